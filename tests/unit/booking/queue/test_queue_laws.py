"""Laws of any queue (rules G3, G2, J4): total, stable, nobody starves, nobody is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from booking.policy import QueueOrder, QueuePolicy
from booking.queue import Entry, Line, Place, Queue, Turns, Why, order
from booking.queue.steps import (
    Declined,
    Step,
    begin,
    call_next,
    come_back,
    join,
    leave,
    pass_over,
    put_back,
    put_first,
    recall,
)
from tests.unit.booking.queue.people import MINUTE_MS, done, patient, uid

POLICIES = st.builds(
    QueuePolicy,
    order=st.sampled_from(QueueOrder),
    booked_per_walk_in=st.integers(1, 3),
    others_per_returning=st.integers(1, 4),
    calls_before_passed=st.integers(1, 2),
)
TURNS = st.builds(Turns, since_walk_in=st.integers(0, 4), since_returning=st.integers(0, 5))
LETTERS = "BBBWWWRLE"


@st.composite
def crowds(draw: st.DrawFn, letters: str = LETTERS, most: int = 14) -> list[Entry]:
    """Patients of all lines; several may have come in one minute."""
    drawn = draw(st.lists(st.tuples(st.sampled_from(letters), st.integers(0, 20), st.booleans()), max_size=most))
    return [patient(f"{line}{no}", came, has_priority=prior) for no, (line, came, prior) in enumerate(drawn, 1)]


@given(POLICIES, crowds(), TURNS, st.randoms(use_true_random=False))
def test_the_order_is_total_and_depends_on_nothing_else(
    policy: QueuePolicy, crowd: list[Entry], turns: Turns, dice: Random
) -> None:
    places = order(policy, crowd, turns)
    assert sorted(it.entry.id for it in places) == sorted(it.id for it in crowd)
    assert [it.no for it in places] == list(range(1, len(crowd) + 1))
    assert all(it.whys for it in places)
    shuffled = dice.sample(crowd, len(crowd))
    assert order(policy, shuffled, turns) == places == order(policy, crowd, turns)


@given(POLICIES, crowds(), TURNS)
def test_calling_the_first_leaves_the_others_as_they_were(
    policy: QueuePolicy, crowd: list[Entry], turns: Turns
) -> None:
    queue = Queue(waiting=tuple(crowd), turns=turns)
    while queue.waiting:
        expected = [it.entry for it in queue.order(policy)]
        queue = done(call_next(queue, policy))
        assert [queue.called[-1].entry, *(it.entry for it in queue.order(policy))] == expected


def _turned_round(before: tuple[Place, ...], after: tuple[Place, ...]) -> Iterator[tuple[Place, ...]]:
    """Pairs that stand the other way round, each with its places before and after."""
    now = {it.entry.id: it for it in after}
    for one, other in combinations(before, 2):
        new_one, new_other = now[one.entry.id], now[other.entry.id]
        if new_one.no > new_other.no:
            yield one, other, new_one, new_other


@given(POLICIES, crowds(), TURNS, crowds(most=1))
def test_who_joins_turns_nobody_round_but_by_a_stated_turn(
    policy: QueuePolicy, crowd: list[Entry], turns: Turns, new: list[Entry]
) -> None:
    more = [replace(it, id=uid("X")) for it in new]
    for pair in _turned_round(order(policy, crowd, turns), order(policy, [*crowd, *more], turns)):
        assert pair[0].entry.line is not pair[1].entry.line
        assert {Why.RATIO, Why.RETURNING, Why.LATE} & {why for place in pair for why in place.whys}


@given(crowds("BBWWE"), crowds("BWE", most=1))
def test_booked_first_who_joins_turns_nobody_round_at_all(crowd: list[Entry], new: list[Entry]) -> None:
    policy = QueuePolicy()
    more = [replace(it, id=uid("X")) for it in new]
    assert list(_turned_round(order(policy, crowd), order(policy, [*crowd, *more]))) == []


@dataclass
class Watched:
    """One who waits, and who was called meanwhile."""

    entry: Entry
    here_before: frozenset[str]
    meanwhile: list[Entry] = field(default_factory=list)

    def count(self, *lines: Line) -> int:
        return sum(it.line in lines for it in self.meanwhile)


EVENTS = st.lists(
    st.one_of(st.just("call"), st.tuples(st.sampled_from("BBWWRL"), st.booleans()), st.just("emergency")), max_size=60
)


@given(POLICIES, EVENTS, st.randoms(use_true_random=False))
def test_nobody_starves(policy: QueuePolicy, events: list[Any], dice: Random) -> None:
    """Whatever comes: the bounds that the order's own page states, emergencies aside."""
    numbers = dice.sample(range(1, 99), 61)
    queue, watched, waited = Queue(), dict[str, Watched](), list[Watched]()
    for minute, event in enumerate([*events, *["call"] * 61]):
        if event == "call":
            after = call_next(queue, policy)
            if isinstance(after, Declined):
                continue
            entry = after.called[-1].entry
            queue = done(begin(after, entry.id))
            one = watched.pop(str(entry.id))
            if entry.line is not Line.EMERGENCY:
                waited.append(one)
                for it in watched.values():
                    it.meanwhile.append(entry)
        elif event == "emergency":
            if queue.waiting:
                queue = done(put_first(queue, queue.waiting[0].id, has_right=True))
        else:
            line, prior = event
            entry = patient(f"{line}{numbers[minute]}", minute, has_priority=prior)
            watched[str(entry.id)] = Watched(entry, frozenset(str(it.id) for it in queue.waiting))
            queue = done(join(queue, entry))
    assert not queue.waiting
    for one in waited:
        _assert_bounded(policy, one)


def _assert_bounded(policy: QueuePolicy, one: Watched) -> None:
    ratio, results = policy.booked_per_walk_in, policy.others_per_returning
    booked, gaps = one.count(Line.BOOKED), one.count(Line.WALK_IN, Line.LATE)
    returning, others = one.count(Line.RETURNING), booked + gaps
    is_ratio = policy.order is QueueOrder.RATIO
    match one.entry.line:
        case Line.RETURNING:
            assert others <= (returning + 1) * results
            assert all(it.claim < one.entry.claim for it in one.meanwhile if it.line is Line.RETURNING)
            return
        case Line.BOOKED:
            assert gaps <= (booked // ratio + 1 if is_ratio else 0)
            assert all(it.claim < one.entry.claim for it in one.meanwhile if it.line is Line.BOOKED)
        case Line.WALK_IN:
            assert not is_ratio or booked <= (gaps + 1) * ratio
            assert all(it.claim < one.entry.claim for it in one.meanwhile if it.line is Line.WALK_IN)
            assert all(it.came < one.entry.came for it in one.meanwhile if it.line is Line.LATE)
        case _:
            after = one.meanwhile[_last_of(one.meanwhile, one.here_before) :]
            assert all(it.came < one.entry.came for it in one.meanwhile if it.line is Line.LATE)
            assert not [it for it in after if it.line in (Line.WALK_IN, Line.LATE)]
            assert not is_ratio or sum(it.line is Line.BOOKED for it in after) <= ratio
            returning = sum(it.line is Line.RETURNING for it in after)  # all who were here go before who is late
            others = len(after) - returning
    assert returning <= others // results + 1


def _last_of(called: list[Entry], before: frozenset[str]) -> int:
    """Behind the last one called who was here before."""
    return max((at + 1 for at, it in enumerate(called) if str(it.id) in before), default=0)


STEPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), max_size=40)


@given(POLICIES, STEPS)
def test_everybody_is_here_exactly_once_until_they_go(policy: QueuePolicy, steps: list[tuple[int, int]]) -> None:
    queue, here = Queue(), set[str]()
    for minute, (what, who) in enumerate(steps):
        name = f"{'BWRLBW'[who]}{who + 1}"
        step = _step(queue, policy, what, name, minute)
        if isinstance(step, Declined):
            continue
        queue = step
        here = {*here, name} if what == 0 else here - {name} if what in (6, 7) else here
        assert sorted(queue.ids) == sorted(map(uid, here))
        assert len(queue.order(policy)) == len(queue.waiting)


def _step(queue: Queue, policy: QueuePolicy, what: int, name: str, minute: int) -> Step:
    match what:
        case 0:
            return join(queue, patient(name, minute))
        case 1:
            return call_next(queue, policy)
        case 2:
            return recall(queue, uid(name))
        case 3:
            return pass_over(queue, uid(name), policy)
        case 4:
            return come_back(queue, uid(name), now_ms=minute * MINUTE_MS)
        case 5:
            return put_back(queue, uid(name))
        case 6:
            return begin(queue, uid(name))
        case 7:
            return leave(queue, uid(name))
        case _:
            return put_first(queue, uid(name), has_right=True)
