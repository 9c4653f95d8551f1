"""The order of a queue by hand, from rule G3, and the bands that check-in gives (rules C8, G2)."""

from __future__ import annotations

import pytest

from booking.cli import preset_texts
from booking.decide import CheckIn, CheckInFacts, decide
from booking.decide.effects import Band, JoinQueue
from booking.decide.given import CHINA
from booking.facts import Known
from booking.policy import Policy, QueueOrder, QueuePolicy
from booking.policy.parse import parse
from booking.queue import Entry, Line, Turns, line_for, order
from booking.roster import BookingState, Slot
from tests.unit.booking.acts import DAY, at, effects
from tests.unit.booking.queue.people import BOOKED_FIRST, RATIO, names, patient, patients, uid, whys


def test_booked_patients_go_by_number_and_walk_ins_take_the_gaps() -> None:
    places = order(BOOKED_FIRST, patients("W1", "B7", "W2", "B3"))
    assert names(places) == ["B3", "B7", "W1", "W2"]
    assert whys(places) == {"B3": "number", "B7": "number", "W1": "gap", "W2": "gap"}
    assert [it.no for it in places] == [1, 2, 3, 4]


def test_nobody_waits() -> None:
    assert order(BOOKED_FIRST, ()) == ()


def test_who_is_not_here_holds_nobody_up() -> None:
    """Number 1 has not checked in: number 2 is next."""
    assert names(order(BOOKED_FIRST, patients("B2", "B5"))) == ["B2", "B5"]


def test_two_booked_then_one_walk_in() -> None:
    places = order(RATIO, patients("W1", "W2", "B1", "B2", "B3", "B4", "B5"))
    assert names(places) == ["B1", "B2", "W1", "B3", "B4", "W2", "B5"]
    assert whys(places)["W1"] == "ratio"


def test_at_the_ratio_a_walk_in_does_not_wait_for_booked_patients_who_are_not_here() -> None:
    assert names(order(RATIO, patients("W1", "W2", "B1"))) == ["B1", "W1", "W2"]
    assert whys(order(RATIO, patients("W1", "B1")))["W1"] == "gap"


def test_the_ratio_counts_from_whose_turns_were_taken() -> None:
    assert names(order(RATIO, patients("B5", "B6", "W1"), Turns(since_walk_in=1))) == ["B5", "W1", "B6"]
    assert names(order(RATIO, patients("B5", "B6", "W1"), Turns(since_walk_in=2))) == ["W1", "B5", "B6"]


def test_other_ratios() -> None:
    policy = QueuePolicy(order=QueueOrder.RATIO, booked_per_walk_in=1)
    assert names(order(policy, patients("B1", "B2", "B3", "W1", "W2"))) == ["B1", "W1", "B2", "W2", "B3"]


def test_emergencies_come_before_everybody_and_take_nobodys_turn() -> None:
    places = order(RATIO, patients("W1", "B1", "B2", "R1", "E1"), Turns(since_walk_in=2, since_returning=2))
    assert names(places)[:2] == ["E1", "W1"]
    assert whys(places)["E1"] == "emergency"


def test_priority_groups_are_ahead_within_their_line_only() -> None:
    entries = (
        *patients("B1", "W1", "B2", "W2"),
        patient("B9", 8, has_priority=True),
        patient("W9", 9, has_priority=True),
    )
    places = order(BOOKED_FIRST, entries)
    assert names(places) == ["B9", "B1", "B2", "W9", "W1", "W2"]
    assert (whys(places)["B9"], whys(places)["W9"]) == ("number priority", "gap priority")


def test_priority_moves_nobody_ahead_among_emergencies_or_the_late() -> None:
    for line in "EL":
        places = order(BOOKED_FIRST, (patient(f"{line}1", 1), patient(f"{line}2", 2, has_priority=True)))
        assert names(places) == [f"{line}1", f"{line}2"]
        assert "priority" not in whys(places)[f"{line}2"]


def test_one_patient_with_results_after_three_others() -> None:
    places = order(BOOKED_FIRST, patients("R1", "R2", "B1", "B2", "B3", "B4", "W1"))
    assert names(places) == ["B1", "B2", "B3", "R1", "B4", "W1", "R2"]
    assert whys(places)["R1"] == "returning"


def test_after_three_others_the_next_is_who_comes_back_with_results() -> None:
    assert names(order(BOOKED_FIRST, patients("B5", "R1"), Turns(since_returning=3))) == ["R1", "B5"]
    assert names(order(BOOKED_FIRST, patients("B5", "R1"), Turns(since_returning=2))) == ["B5", "R1"]


def test_coming_back_with_results_when_nobody_else_waits() -> None:
    assert names(order(BOOKED_FIRST, patients("R2", "R1"))) == ["R2", "R1"]


def test_late_is_behind_those_who_were_here_and_before_walk_ins_who_came_after() -> None:
    """rule G2"""
    entries = (*patients("B8", "W1", "R1"), patient("L2", 10), patient("W5", 11), patient("B9", 12))
    places = order(BOOKED_FIRST, entries)
    assert names(places) == ["B8", "B9", "W1", "R1", "L2", "W5"]
    assert whys(places)["L2"] == "late"


def test_at_the_ratio_late_still_waits_for_all_who_were_here() -> None:
    """rule G2"""
    entries = (*patients("B5", "B6", "B7", "B8"), patient("L1", 10), patient("W1", 11), patient("B9", 12))
    assert names(order(RATIO, entries)) == ["B5", "B6", "W1", "B7", "B8", "L1", "B9"]


def test_who_was_sent_from_another_department_keeps_the_time() -> None:
    """rule G6"""
    guest = patient("B0", 30, due_ms=patient("B3").due_ms, keeps_time=True)
    places = order(BOOKED_FIRST, (*patients("B2", "B3", "B4"), guest))
    assert names(places) == ["B2", "B0", "B3", "B4"]
    assert whys(places)["B0"] == "kept_time"


def test_a_number_added_later_stands_with_its_period() -> None:
    """rule C3: a desk that opens a window adds numbers behind all others for the periods to come."""
    added = patient("B90", 5, due_ms=patient("B2").due_ms)
    assert names(order(BOOKED_FIRST, (*patients("B1", "B2", "B3"), added))) == ["B1", "B2", "B90", "B3"]


def test_two_of_one_instant_are_sorted_alike_everywhere() -> None:
    for one, other in (patient("W1"), patient("W2")), (patient("B1"), patient("B2", due_ms=600_000, number=1)):
        assert order(BOOKED_FIRST, (one, other)) == order(BOOKED_FIRST, (other, one))


def test_returning_patients_of_a_priority_group_are_first_of_those() -> None:
    """rule C8"""
    places = order(BOOKED_FIRST, (patient("R1", 1), patient("R2", 2, has_priority=True)))
    assert names(places) == ["R2", "R1"]
    assert whys(places)["R2"] == "returning priority"


def test_the_time_kept_is_a_reason_only_among_the_booked() -> None:
    """rule G6"""
    assert whys(order(BOOKED_FIRST, (patient("W1", keeps_time=True),))) == {"W1": "gap"}


@pytest.mark.parametrize(
    ("band", "has_booking", "line", "has_priority"),
    [
        (Band.BOOKED, True, Line.BOOKED, False),
        (Band.BOOKED, False, Line.BOOKED, False),
        (Band.PRIORITY, True, Line.BOOKED, True),
        (Band.PRIORITY, False, Line.WALK_IN, True),
        (Band.WALK_IN, False, Line.WALK_IN, False),
        (Band.LATE, True, Line.LATE, False),
        (Band.LATE, False, Line.LATE, False),
    ],
)
def test_each_band_has_its_line(band: Band, line: Line, *, has_booking: bool, has_priority: bool) -> None:
    assert line_for(band, has_booking=has_booking) == (line, has_priority)


def _joined(policy: Policy, minute: int, *, has_priority: bool = False) -> Entry | None:
    """Who has number 3 at 09:00 and checks in at this minute; None where that is refused."""
    slot = Slot(3, at(DAY, 9), at(DAY, 9, 10))
    facts = CheckInFacts(
        slot,
        DAY.isoformat(),
        DAY.isoformat(),
        Known(BookingState.BOOKED),
        BookingState.BOOKED,
        session_ends_ms=at(DAY, 12),
        has_priority=has_priority,
        zone=CHINA,
    )
    now_ms = at(DAY, 8) + minute * 60_000
    decision = decide(policy, facts, CheckIn(), now_ms)
    if not hasattr(decision, "effects"):
        return None
    (joins,) = (it for it in effects(decision) if isinstance(it, JoinQueue))
    line, is_first = line_for(joins.band, has_booking=True)
    number = {"due_ms": slot.starts_ms, "number": slot.no}
    return Entry(id=uid("X"), line=line, joined_ms=now_ms, has_priority=is_first, **number)


_OTHERS = tuple(
    Entry(id=uid(f"B{no}"), line=Line.BOOKED, joined_ms=at(DAY, 8, 30), due_ms=at(DAY, 9, no - 3), number=no)
    for no in (2, 7, 30)
)


@pytest.mark.parametrize(
    ("preset", "minute", "expected"),
    [
        ("general", 60, ["B2", "X", "B7", "B30"]),
        ("general", 76, None),
        ("two-day", 76, ["B2", "X", "B7", "B30"]),
        ("specialist-web", 76, None),
        ("strict-daily", 75, ["B2", "X", "B7", "B30"]),
        ("strict-daily", 76, ["B2", "B7", "B30", "X"]),
        ("trust-points", 76, ["B2", "B7", "B30", "X"]),
        ("slotted", 65, ["B2", "X", "B7", "B30"]),
        ("slotted", 66, ["B2", "B7", "B30", "X"]),
        ("examinations", 90, ["B2", "X", "B7", "B30"]),
        ("examinations", 91, ["B2", "B7", "B30", "X"]),
    ],
)
def test_number_three_comes_late_under_each_preset(preset: str, minute: int, expected: list[str] | None) -> None:
    """rule G2: at the end of the grace the place is kept, the minute after it depends on the preset."""
    policy = parse(preset_texts()[preset])
    assert isinstance(policy, Policy)
    entry = _joined(policy, minute)
    assert (entry is None) == (expected is None)
    if entry is not None:
        assert names(order(policy.queue, (*_OTHERS, entry))) == expected


def test_a_priority_group_that_checks_in_is_first_of_the_booked() -> None:
    """rule C8"""
    entry = _joined(Policy(), 60, has_priority=True)
    assert entry is not None
    assert names(order(BOOKED_FIRST, (*_OTHERS, entry))) == ["X", "B2", "B7", "B30"]


def test_who_has_no_place_has_neither_its_time_nor_its_number() -> None:
    walk_in = Entry(id=uid("W1"), line=Line.WALK_IN, joined_ms=5)
    assert (walk_in.due_ms, walk_in.number) == (0, 0)


def test_a_late_one_of_the_same_instant_takes_the_gap_by_the_id() -> None:  # rule G2
    booked = patient("B1")
    lower, higher = (Entry(id=uid(name), line=Line.LATE, joined_ms=booked.joined_ms) for name in ("A", "Z1"))
    assert names(order(RATIO, (booked, lower), Turns(2, 0))) == ["A", "B1"]
    assert names(order(RATIO, (booked, higher), Turns(2, 0))) == ["B1", "Z1"]
