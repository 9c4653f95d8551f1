"""The patients of a changed session: offered other places, followed until reached (rules H1, H3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from booking.roster import steps
from booking.roster.affected import (
    Choice,
    Told,
    Tracked,
    affected,
    answer_due_ms,
    choices,
    first_choice_until_ms,
    open_to_others,
    phone_list,
    told_of,
)
from booking.roster.changes import ChangeKind
from booking.roster.extras import Allowance, overflow
from booking.roster.places import Places, unreleased
from booking.roster.pools import COMMON
from booking.roster.settings import ChangePolicy
from booking.roster.slots import SlotRun
from booking.roster.states import BookingState

SHANGHAI = timezone(timedelta(hours=8))
POLICY = ChangePolicy()
PATIENT = Tracked(booking_id=UUID(int=1))


def ms(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).timestamp()) * 1000


STARTS_MS = ms(25, 8)


def sold_to(*numbers: int) -> Places:
    places = steps.release(unreleased([SlotRun(1, 9, 0, 1)], {COMMON: 9}), [COMMON])
    for no in numbers:
        sold = steps.sell(places, no, UUID(int=no))
        assert isinstance(sold, Places)
        places = sold
    return places


@pytest.mark.parametrize(
    ("state", "is_affected"),
    [
        (BookingState.PENDING, True),
        (BookingState.BOOKED, True),
        (BookingState.CONFIRMED, True),
        (BookingState.CHECKED_IN, True),
        (BookingState.CALLED, True),
        (BookingState.IN_CONSULTATION, False),
        (BookingState.VISITED, False),
        (BookingState.CANCELLED, False),
        (BookingState.MOVED, False),
        (BookingState.STOPPED, False),
        (BookingState.LAPSED, False),
        (BookingState.NO_SHOW, False),
    ],
)
def test_who_has_not_seen_the_doctor_is_affected(state: BookingState, is_affected: bool) -> None:  # rule H1
    assert affected(sold_to(3), {UUID(int=3): state}) == ((UUID(int=3),) if is_affected else ())


def test_affected_patients_come_in_the_order_of_their_numbers() -> None:
    added = overflow(sold_to(2), UUID(int=77), Allowance(by="Wang", why="why"))  # number 10
    assert isinstance(added, Places)
    last = steps.sell(steps.add_places(added, 1), 11, UUID(int=3))
    assert isinstance(last, Places)
    assert affected(last, {}) == (UUID(int=2), UUID(int=77), UUID(int=3))


def test_patients_above_capacity_and_of_unknown_state_are_not_forgotten() -> None:  # rule H3
    places = overflow(sold_to(2, 1), UUID(int=77), Allowance(by="Wang", why="why"))
    assert isinstance(places, Places)
    lent = steps.lease(places, 5, UUID(int=55))
    assert isinstance(lent, Places)
    assert affected(steps.stop(lent), {}) == (UUID(int=1), UUID(int=2), UUID(int=77))


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (ChangeKind.SUBSTITUTE, [Choice.TAKE_SUBSTITUTE]),
        (ChangeKind.MOVE, [Choice.TAKE_NEXT_SESSION]),
        (ChangeKind.STOP, []),
        (ChangeKind.EMERGENCY_STOP, []),
    ],
)
def test_every_patient_may_take_another_place_or_cancel_free_of_charge(
    kind: ChangeKind, own: list[Choice]
) -> None:  # rule H1
    assert list(choices(kind)) == [*own, Choice.TAKE_OTHER_PLACE, Choice.CANCEL_FREE]


def test_doctor_desk_patients_and_screens_hear_of_it_at_once() -> None:  # rule H1
    assert told_of(ChangeKind.SUBSTITUTE) == set(Told)
    for kind in (ChangeKind.MOVE, ChangeKind.STOP, ChangeKind.EMERGENCY_STOP):
        assert told_of(kind) == set(Told) - {Told.SUBSTITUTE}


def test_affected_patients_choose_ahead_of_others_for_a_set_time() -> None:  # rule H1
    changed = ms(23, 9)
    until = first_choice_until_ms(changed, POLICY)
    assert until == ms(23, 11)

    def left(free: int, *, now_ms: int) -> int:
        return open_to_others(free, still_choosing=4, changed_ms=changed, now_ms=now_ms, policy=POLICY)

    assert [left(free, now_ms=until - 1) for free in (3, 4, 6)] == [0, 0, 2]
    assert [left(free, now_ms=until) for free in (3, 4, 6)] == [3, 4, 6]


@pytest.mark.parametrize(
    ("told_ms", "due_ms"),
    [
        (ms(23, 9), ms(23, 17)),
        (ms(23, 17) - 1, ms(23, 17)),
        (ms(23, 17), ms(24, 17)),
        (ms(24, 18), STARTS_MS),
        (ms(25, 7), STARTS_MS),
    ],
)
def test_an_answer_is_awaited_until_the_next_set_hour(told_ms: int, due_ms: int) -> None:  # rule H3
    assert answer_due_ms(told_ms, STARTS_MS, POLICY, SHANGHAI) == due_ms


def is_listed(patient: Tracked, now_ms: int) -> bool:
    listed = phone_list([patient], starts_ms=STARTS_MS, now_ms=now_ms, policy=POLICY, zone=SHANGHAI)
    assert listed in {(), (patient,)}
    return bool(listed)


def test_who_could_not_be_told_is_called_at_once() -> None:  # rule H3
    assert is_listed(PATIENT, ms(23, 9))


def test_who_has_not_answered_by_the_set_hour_is_called() -> None:  # rule H3
    told = replace(PATIENT, told_ms=ms(23, 9))
    assert not is_listed(told, ms(23, 17) - 1)
    assert is_listed(told, ms(23, 17))
    assert is_listed(replace(told, reached_ms=ms(23, 10)), ms(23, 17))


@pytest.mark.parametrize(
    "settled", [replace(PATIENT, choice=Choice.CANCEL_FREE), replace(PATIENT, excused_why="abroad")]
)
def test_who_is_settled_is_called_no_more(settled: Tracked) -> None:  # rule H3
    assert settled.is_settled
    assert not settled.is_followed
    assert not is_listed(settled, STARTS_MS)


def test_every_patient_is_followed_until_reached_or_excused() -> None:  # rule H3
    assert PATIENT.is_followed
    assert replace(PATIENT, told_ms=ms(23, 9)).is_followed
    reached = replace(PATIENT, reached_ms=ms(23, 9))
    assert not reached.is_followed
    assert not reached.is_settled
