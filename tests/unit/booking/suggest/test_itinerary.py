"""The order of a day that waits least (rule G7), obeying rule D11: by hand, and against every order there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.policy import OrdersPolicy
from booking.suggest.day import Hours, Itinerary, NoOrder, Obstacle, Stop, Walks
from booking.suggest.itinerary import EXACT_UP_TO, begins_ms, itinerary
from tests.unit.booking.acts import DAY, at

MINUTE_MS = 60_000
ORDERS = OrdersPolicy(incompatible_pairs=(("barium-meal", "abdominal-ultrasound"),))
"""Fasting until 10:30, a series of 120 minutes."""
NOWHERE = Walks(usual_min=0)
EIGHT = at(DAY, 8)


def hours(opens: str, closes: str, wait: int = 0) -> Hours:
    return Hours(clock(opens), clock(closes), wait)


def clock(text: str) -> int:
    hour, minute = text.split(":")
    return at(DAY, int(hour), int(minute))


def stop(name: str, *stretches: Hours, takes: int = 10, **more: Any) -> Stop:
    return Stop(name=name, hours=stretches or (hours("8:00", "17:00"),), takes_min=takes, **more)


def plan(*stops: Stop, walks: Walks = NOWHERE, from_ms: int = EIGHT, from_place: str = "") -> Itinerary:
    found = itinerary(stops, ORDERS, walks, from_ms=from_ms, from_place=from_place)
    assert isinstance(found, Itinerary), found
    return found


def names(found: Itinerary) -> list[str]:
    return [it.stop.name for it in found.visits]


def told(found: Itinerary) -> list[str]:
    return [f"{it.stop.name} {_clock(it.begins_ms)}-{_clock(it.ends_ms)}" for it in found.visits]


def _clock(ms: int) -> str:
    minutes = (ms - at(DAY, 0)) // MINUTE_MS
    return f"{minutes // 60}:{minutes % 60:02}"


def obstacle(*stops: Stop, from_ms: int = EIGHT) -> tuple[Obstacle, tuple[str, ...]]:
    found = itinerary(stops, ORDERS, NOWHERE, from_ms=from_ms)
    assert isinstance(found, NoOrder), found
    return found.obstacle, found.stops


def test_nothing_to_do() -> None:
    found = plan()
    assert (found.visits, found.waits_min, found.ends_ms, found.is_exact) == ((), 0, 0, True)


def test_first_where_the_queue_is_still_short() -> None:
    ultrasound = stop("ultrasound", hours("8:00", "9:00", 5), hours("9:00", "12:00", 60))
    ecg = stop("ecg", hours("8:00", "12:00", 20))
    found = plan(ecg, ultrasound)
    assert told(found) == ["ultrasound 8:05-8:15", "ecg 8:35-8:45"]
    assert found.waits_min == 25


def test_a_booked_clinic_is_kept_and_the_time_before_it_is_used() -> None:
    clinic = stop("clinic", hours("8:30", "8:45"), takes=15, is_booked=True)
    xray = stop("x-ray", hours("8:00", "12:00", 10))
    ct = stop("ct", hours("8:00", "12:00", 40))
    assert told(plan(clinic, xray, ct)) == ["x-ray 8:10-8:20", "clinic 8:30-8:45", "ct 9:25-9:35"]


def test_walking_counts() -> None:
    walks = Walks({("east", "west"): 12}, usual_min=2)
    stops = (stop("a", place="west"), stop("b", place="east"), stop("c", place="west"))
    found = plan(*stops, walks=walks, from_place="east")
    assert names(found) == ["b", "a", "c"]
    assert told(found) == ["b 8:00-8:10", "a 8:22-8:32", "c 8:32-8:42"]
    assert found.waits_min == 0
    assert walks.minutes("east", "hall") == 2


def test_fasting_comes_before_ten_thirty_and_before_breakfast() -> None:
    """rule D11"""
    blood = stop("blood", hours("8:00", "12:00", 45), is_fasting=True)
    barium = stop("barium", hours("8:00", "12:00"), ends_fasting=True)
    assert names(plan(barium, blood)) == ["blood", "barium"]
    just = stop("just", hours("10:29", "12:00"), is_fasting=True)
    assert told(plan(just)) == ["just 10:29-10:39"]
    assert obstacle(stop("late", hours("10:30", "12:00"), is_fasting=True)) == (Obstacle.TOO_LATE, ("late",))


def test_what_ends_the_fasting_may_itself_be_a_fasting_one() -> None:
    contrast = stop("contrast", is_fasting=True, ends_fasting=True)
    assert names(plan(contrast, stop("blood", is_fasting=True))) == ["blood", "contrast"]


def test_a_series_is_over_before_the_desk_closes() -> None:
    """rule D11: samples at 0, 60 and 120 minutes"""
    series = stop("glucose", hours("8:00", "11:30"), is_series=True, takes=5)
    assert told(plan(series)) == ["glucose 8:00-10:00"]
    assert told(plan(series, from_ms=clock("9:30"))) == ["glucose 9:30-11:30"]
    assert obstacle(series, from_ms=clock("9:31")) == (Obstacle.TOO_LATE, ("glucose",))
    assert told(plan(replace(series, takes_min=180))) == ["glucose 8:00-11:00"]


def test_a_clinic_waits_for_the_reports_that_it_needs() -> None:
    clinic = stop("clinic", needs=("blood", "x-ray"))
    blood, xray = stop("blood", ready_min=60), stop("x-ray", ready_min=5)
    found = plan(clinic, xray, blood)
    assert told(found) == ["blood 8:00-8:10", "x-ray 8:10-8:20", "clinic 9:10-9:20"]
    assert found.waits_min == 50


def test_what_is_still_awaited_counts_though_another_way_ends_sooner() -> None:
    """Blood first ends five minutes later, but its report is ready sooner."""
    xray = stop("x-ray", hours("8:00", "8:10"), hours("8:10", "12:00", 5))
    blood = stop("blood", ready_min=120)
    rest = stop("rest", takes=30)
    assert told(plan(xray, blood, rest, stop("clinic", needs=("blood",))))[0] == "blood 8:00-8:10"


def test_urgent_orders_go_first_but_booked_times_stand() -> None:
    """rule D11"""
    urgent = stop("urgent", hours("8:00", "12:00", 30), is_urgent=True)
    booked = stop("booked", hours("8:00", "8:10"), is_booked=True)
    assert names(plan(stop("ecg"), booked, urgent)) == ["booked", "urgent", "ecg"]
    assert names(plan(stop("ecg"), urgent)) == ["urgent", "ecg"]


def test_what_an_urgent_one_needs_goes_before_it() -> None:
    urgent = stop("urgent", is_urgent=True, needs=("blood",))
    blood = stop("blood", needs=("form",))
    assert names(plan(urgent, stop("ecg"), blood, stop("form"))) == ["form", "blood", "urgent", "ecg"]


def test_two_urgent_ones_go_as_they_wait_least() -> None:
    one = stop("one", hours("9:00", "12:00"), is_urgent=True)
    assert names(plan(one, stop("two", is_urgent=True))) == ["two", "one"]


def test_an_urgent_one_with_a_time_of_its_own_puts_nobody_off() -> None:
    booked = stop("booked", hours("10:00", "10:15"), is_urgent=True, is_booked=True)
    assert names(plan(booked, stop("ecg"))) == ["ecg", "booked"]


def test_lunch() -> None:
    desk = stop("desk", hours("8:00", "11:30", 20), hours("13:00", "17:00", 5))
    assert told(plan(desk, from_ms=clock("11:00"))) == ["desk 11:20-11:30"]
    assert told(plan(desk, from_ms=clock("11:15"))) == ["desk 13:00-13:10"]
    assert told(plan(desk, from_ms=clock("11:40"))) == ["desk 13:05-13:15"]
    assert obstacle(desk, from_ms=clock("17:00")) == (Obstacle.TOO_LATE, ("desk",))
    assert obstacle(desk, from_ms=clock("16:55")) == (Obstacle.TOO_LATE, ("desk",))


def test_two_items_that_are_not_for_one_day() -> None:
    """rule D11"""
    barium, sound = stop("x", items=("barium-meal",)), stop("u", items=("blood", "abdominal-ultrasound"))
    assert obstacle(barium, stop("e"), sound) == (Obstacle.INCOMPATIBLE, ("x", "u"))
    assert obstacle(sound, barium) == (Obstacle.INCOMPATIBLE, ("u", "x"))


def test_needs_that_cannot_be_met() -> None:
    assert obstacle(stop("clinic", needs=("ct",))) == (Obstacle.NEEDS_MISSING, ("clinic",))
    circle = (stop("a", needs=("b",)), stop("b", needs=("a",)), stop("c", needs=("a",)))
    assert obstacle(*circle) == (Obstacle.NEEDS_IN_CIRCLE, ("a", "b"))


def test_each_alone_but_not_together() -> None:
    same = [stop(name, hours("8:00", "8:05")) for name in "ab"]
    assert obstacle(*same) == (Obstacle.NOT_TOGETHER, ("a", "b"))
    assert obstacle(stop("shut", Hours(0, 0)), stop("ecg")) == (Obstacle.TOO_LATE, ("shut",))
    assert obstacle(Stop(name="never", hours=(), takes_min=1)) == (Obstacle.TOO_LATE, ("never",))


def test_with_more_than_eight_stops_it_says_that_it_may_not_be_the_best() -> None:
    many = [stop(f"s{no}", hours("8:00", "17:00", no)) for no in range(EXACT_UP_TO + 3)]
    found = plan(*many)
    assert (len(found.visits), found.is_exact) == (11, False)
    assert plan(*many[:EXACT_UP_TO]).is_exact
    in_a_row = [replace(it, needs=(f"s{no - 1}",) if no else ()) for no, it in enumerate(many)]
    assert plan(*in_a_row).is_exact


# Every order there is.

MINUTES = st.integers(0, 40)


@st.composite
def days(draw: st.DrawFn) -> list[Stop]:
    """Up to six stops with some of the constraints, seldom impossible."""
    count = draw(st.integers(1, 6))
    found = []
    for no in range(count):
        opens = EIGHT + draw(st.sampled_from([0, 0, 0, 30, 90])) * MINUTE_MS
        turns = opens + draw(st.sampled_from([20, 60, 120])) * MINUTE_MS
        closes = turns + draw(st.sampled_from([60, 240])) * MINUTE_MS
        pause = draw(st.sampled_from([0, 0, 45])) * MINUTE_MS
        needs = draw(st.sets(st.integers(0, no - 1), max_size=2)) if no and draw(st.integers(0, 2)) == 0 else set()
        stretches = (Hours(opens, turns, draw(MINUTES)), Hours(turns + pause, closes + pause, draw(MINUTES)))
        found.append(
            stop(
                f"s{no}",
                *stretches,
                takes=draw(st.integers(1, 25)),
                place=draw(st.sampled_from("ABC")),
                is_urgent=draw(st.integers(0, 5)) == 0,
                is_booked=draw(st.integers(0, 5)) == 0,
                is_fasting=draw(st.integers(0, 5)) == 0,
                ends_fasting=draw(st.integers(0, 5)) == 0,
                is_series=draw(st.integers(0, 9)) == 0,
                ready_min=draw(st.sampled_from([0, 10, 60])),
                needs=tuple(f"s{it}" for it in sorted(needs)),
            )
        )
    return draw(st.permutations(found))


WALKS = Walks({("A", "B"): 4, ("C", "B"): 9}, usual_min=2)


def brute_force(stops: Sequence[Stop]) -> int | None:
    """The earliest end of all orders, each walked through as the rule says; None where none is possible."""
    ends = [_walked(one, stops) for one in permutations(stops)]
    return min((it for it in ends if it is not None), default=None)


def _walked(one: Sequence[Stop], stops: Sequence[Stop]) -> int | None:
    now, place = EIGHT, "A"
    ended: dict[str, int] = {}
    for it in one:
        if not _may_be_next(it, ended, stops):
            return None
        here = now + WALKS.minutes(place, it.place) * MINUTE_MS
        by_name = {other.name: other for other in stops}
        ready = max((ended[name] + by_name[name].ready_min * MINUTE_MS for name in it.needs), default=0)
        begins = _taken(it, max(here, ready))
        if begins is None:
            return None
        now = begins + (max(it.takes_min, 120) if it.is_series else it.takes_min) * MINUTE_MS
        place, ended[it.name] = it.place, now
    return now


def _taken(it: Stop, arrives: int) -> int | None:
    """Minute by minute: join the queue at any later minute, be taken when open."""
    first = None
    for stretch in it.hours:
        if arrives < stretch.closes_ms:
            at_ms = max(arrives, stretch.opens_ms) + stretch.wait_min * MINUTE_MS
            while at_ms < it.hours[-1].closes_ms and not any(h.opens_ms <= at_ms < h.closes_ms for h in it.hours):
                at_ms += MINUTE_MS
            if at_ms < it.hours[-1].closes_ms and (first is None or at_ms < first):
                first = at_ms
    if first is None or (it.is_fasting and first >= at(DAY, 10, 30)):
        return None
    return None if it.is_series and first + 120 * MINUTE_MS > it.hours[-1].closes_ms else first


def _all_needed(it: Stop, stops: Sequence[Stop]) -> set[str]:
    """What must be before it anyway: reports, and fasting ones before what ends the fasting; theirs likewise."""
    by_name = {other.name: other for other in stops}
    found: set[str] = set()
    waiting = [it]
    while waiting:
        one = waiting.pop()
        fasting = [o.name for o in stops if o.is_fasting and o.name != one.name] if one.ends_fasting else []
        new = {*one.needs, *fasting} - found
        found |= new
        waiting += [by_name[name] for name in new]
    return found


def _may_be_next(it: Stop, ended: dict[str, int], stops: Sequence[Stop]) -> bool:
    left = [other for other in stops if other.name not in ended and other.name != it.name]
    if not ended.keys() >= set(it.needs) or (it.ends_fasting and any(other.is_fasting for other in left)):
        return False
    if it.is_urgent or it.is_booked:
        return True
    urgent = [other for other in left if other.is_urgent and not other.is_booked]
    return all(it.name in _all_needed(other, stops) for other in urgent)


@settings(max_examples=150)
@given(days())
def test_it_is_the_best_of_all_orders_and_breaks_no_constraint(stops: list[Stop]) -> None:
    found = itinerary(stops, ORDERS, WALKS, from_ms=EIGHT, from_place="A")
    if isinstance(found, NoOrder):
        assert brute_force(stops) is None
        return
    assert found.is_exact
    assert sorted(it.stop.name for it in found.visits) == sorted(it.name for it in stops)
    assert _walked([it.stop for it in found.visits], stops) == found.ends_ms == brute_force(stops)
    assert found.waits_min == sum(it.begins_ms - it.arrives_ms for it in found.visits) // MINUTE_MS


@given(days(), st.integers(0, 600), st.integers(0, 60))
def test_coming_later_is_never_taken_sooner(stops: list[Stop], minute: int, later: int) -> None:
    """On this rests that the order is exact."""
    for it in stops:
        early = begins_ms(it.hours, EIGHT + minute * MINUTE_MS)
        late = begins_ms(it.hours, EIGHT + (minute + later) * MINUTE_MS)
        assert late is None or (early is not None and early <= late)


@pytest.mark.parametrize("count", [7, 8])
def test_eight_stops_are_exact_too(count: int) -> None:
    """Waits that turn round at ten: none is best done first because it stands first."""
    stops = [
        stop(
            f"s{no}",
            hours("8:00", "10:00", 7 * no % 11 + 3),
            hours("10:00", "17:00", 5 * no % 13 + 1),
            place="ABC"[no % 3],
        )
        for no in range(count)
    ]
    found = itinerary(stops, ORDERS, WALKS, from_ms=EIGHT, from_place="A")
    assert isinstance(found, Itinerary)
    assert found.ends_ms == _best_by_search(tuple(stops), EIGHT, "A", 2**60)


def _best_by_search(left: tuple[Stop, ...], now: int, place: str, best: int) -> int:
    """Depth first through all orders that can still be better."""
    if not left:
        return min(best, now)
    for it in left:
        begins = _taken(it, now + WALKS.minutes(place, it.place) * MINUTE_MS)
        ends = best if begins is None else begins + it.takes_min * MINUTE_MS
        if ends + sum(other.takes_min * MINUTE_MS for other in left if other is not it) < best:
            rest = tuple(other for other in left if other is not it)
            best = _best_by_search(rest, ends, it.place, best)
    return best
