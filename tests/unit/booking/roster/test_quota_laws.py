"""Both quota laws over any sequence of what can happen to the places of two sessions of one doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, time
from fractions import Fraction
from itertools import count
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from booking.roster import steps
from booking.roster.changes import Colleague, substituted
from booking.roster.channels import Channel
from booking.roster.extras import Allowance, add_on, overflow
from booking.roster.laws import numbers_breach, pool_breaches
from booking.roster.places import Places, unreleased
from booking.roster.plans import ClinicKind, Draft, Rank, SessionPlan
from booking.roster.pools import (
    COMMON,
    WALK_IN,
    Pool,
    channel_pool,
    pools_for_booking,
    pools_for_walking_in,
    reserve_pool,
    split,
)
from booking.roster.publish import Session, publish
from booking.roster.settings import (
    ChannelShare,
    ExtraPolicy,
    PriorityPolicy,
    ReleasePolicy,
    Reserve,
    RosterPolicy,
)
from booking.roster.states import SlotState

POLICY = RosterPolicy(
    release=ReleasePolicy(
        share=Fraction(2, 3),
        channels=(ChannelShare(Channel.KIOSK, Fraction(1, 3)), ChannelShare(Channel.WEB, Fraction(1, 3))),
    ),
    priority=PriorityPolicy(reserves=(Reserve("elder", 1),)),
    extras=ExtraPolicy(add_ons_per_session=2),
)
POOLS = [COMMON, WALK_IN, channel_pool(Channel.KIOSK), channel_pool(Channel.WEB), reserve_pool("elder")]
OFFICE = Allowance(by="Wang", why="sent on by the emergency room")
SESSIONS = st.integers(0, 1)
NUMBERS = st.integers(1, 16)


def two_sessions(capacities: tuple[int, int]) -> list[Session]:
    plan = SessionPlan(
        UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.GENERAL, time(8), time(12), UUID(int=4), slot_min=10
    )
    drafts = [Draft(replace(plan, capacity=size), date(2026, 11, 2 + at)) for at, size in enumerate(capacities)]
    return list(publish(drafts, policy=POLICY, zone=UTC, ids=map(UUID, map("{:032x}".format, count(1)))).sessions)


class TwoSessions(RuleBasedStateMachine):
    """What staff, patients, terminals and the clock may do, in any order, with what they must remember of it."""

    def __init__(self) -> None:
        super().__init__()
        self.new_ids = (UUID(int=n) for n in count(100))
        self.lent: dict[tuple[int, int], UUID] = {}
        self.on_paper: list[set[UUID]] = [set(), set()]
        self.thrown_away = [0, 0]

    @initialize(capacities=st.tuples(st.integers(1, 12), st.integers(1, 12)))
    def publish(self, capacities: tuple[int, int]) -> None:
        self.sessions = two_sessions(capacities)
        self.all = [unreleased(session.runs, split(session.capacity, POLICY)) for session in self.sessions]

    def done(self, at: int, step: steps.Step) -> bool:
        if isinstance(step, steps.Declined):
            return False
        self.all[at] = step
        return True

    def holder(self, at: int, no: int) -> UUID | None:
        place, extra = self.all[at].place(no), self.all[at].above(no)
        return extra.booking_id if extra else place.holder if place else None

    @rule(at=SESSIONS, pools=st.sets(st.sampled_from(POOLS)))
    def release(self, at: int, pools: set[Pool]) -> None:
        self.all[at] = steps.release(self.all[at], pools)

    @rule(at=SESSIONS)
    def release_everything(self, at: int) -> None:
        self.all[at] = steps.release(self.all[at], POOLS)

    @rule(at=SESSIONS, no=NUMBERS)
    def hold(self, at: int, no: int) -> None:
        self.done(at, steps.hold(self.all[at], no, next(self.new_ids)))

    @rule(at=SESSIONS, no=NUMBERS)
    def lease(self, at: int, no: int) -> None:
        lease_id = next(self.new_ids)
        if self.done(at, steps.lease(self.all[at], no, lease_id)):
            self.lent[at, no] = lease_id

    @rule(at=SESSIONS, no=NUMBERS, knows_holder=st.booleans())
    def sell(self, at: int, no: int, knows_holder: bool) -> None:
        held_by = self.holder(at, no) if knows_holder else next(self.new_ids)
        if self.done(at, steps.sell(self.all[at], no, next(self.new_ids), held_by=held_by)):
            assert self.lent.get((at, no)) in {None, held_by}
            self.lent.pop((at, no), None)

    @rule(at=SESSIONS, no=NUMBERS)
    def print_ticket(self, at: int, no: int) -> None:
        if self.done(at, steps.mark_printed(self.all[at], no)):
            self.on_paper[at].add(self.holder(at, no))

    @rule(at=SESSIONS, no=NUMBERS)
    def free(self, at: int, no: int) -> None:
        booking_id = self.holder(at, no)
        if self.done(at, steps.free(self.all[at], no)):
            self.forget(at, booking_id)

    def forget(self, at: int, booking_id: UUID | None) -> None:
        if booking_id in self.on_paper[at]:
            self.on_paper[at].remove(booking_id)
            self.thrown_away[at] += 1

    @rule(at=SESSIONS, no=NUMBERS)
    def drop_hold(self, at: int, no: int) -> None:
        self.done(at, steps.drop_hold(self.all[at], no, self.holder(at, no) or next(self.new_ids)))

    @rule(at=SESSIONS, no=NUMBERS, is_right_lease=st.booleans())
    def give_back(self, at: int, no: int, is_right_lease: bool) -> None:
        lease_id = self.lent.get((at, no)) if is_right_lease else None
        if self.done(at, steps.give_back(self.all[at], no, lease_id or next(self.new_ids))):
            assert self.lent.pop((at, no)) == lease_id

    @rule(at=SESSIONS, no=NUMBERS)
    def revoke(self, at: int, no: int) -> None:
        lease_id = self.lent.get((at, no)) or next(self.new_ids)
        if self.done(at, steps.revoke(self.all[at], no, lease_id, by=("Wang", "Li"), why="the terminal is lost")):
            del self.lent[at, no]

    @rule(at=SESSIONS, pool=st.sampled_from(POOLS))
    def timed_return(self, at: int, pool: Pool) -> None:
        taken = {place for place in self.all[at].places if place.state.is_somebodys}
        self.all[at] = steps.return_to_common(self.all[at], pool)
        assert taken <= set(self.all[at].places)

    @rule(at=SESSIONS, no=NUMBERS)
    def block(self, at: int, no: int) -> None:
        self.done(at, steps.block(self.all[at], no))

    @rule(at=SESSIONS, no=NUMBERS)
    def unblock(self, at: int, no: int) -> None:
        self.done(at, steps.unblock(self.all[at], no))

    @rule(at=SESSIONS, no=NUMBERS)
    def open_early(self, at: int, no: int) -> None:
        self.done(at, steps.open_early(self.all[at], no))

    @rule(at=SESSIONS, places=st.integers(0, 2))
    def widen(self, at: int, places: int) -> None:
        self.all[at] = steps.add_places(self.all[at], places)

    @rule(at=SESSIONS)
    def overflow(self, at: int) -> None:
        assert self.done(at, overflow(self.all[at], next(self.new_ids), OFFICE))

    @rule(at=SESSIONS)
    def add_on(self, at: int) -> None:
        self.done(at, add_on(self.all[at], next(self.new_ids), OFFICE, POLICY.extras))

    @rule(at=SESSIONS)
    def stop(self, at: int) -> None:
        taken = {place for place in self.all[at].places if place.state in {SlotState.LEASED, SlotState.BUSY}}
        self.all[at] = steps.stop(self.all[at])
        assert taken <= set(self.all[at].places)

    @rule(at=SESSIONS, doctor=st.integers(5, 9))
    def substitute(self, at: int, doctor: int) -> None:
        stand_in = Colleague(doctor_id=UUID(int=doctor), department_ids=frozenset({UUID(int=1)}), rank=Rank.CHIEF)
        before = self.sessions[at]
        self.sessions[at] = substituted(before, stand_in)
        assert (self.sessions[at].runs, self.sessions[at].letters) == (before.runs, before.letters)

    @rule(at=SESSIONS, no=NUMBERS, walks_in=st.booleans())
    def move(self, at: int, no: int, walks_in: bool) -> None:
        pools = pools_for_walking_in({"elder"}) if walks_in else pools_for_booking(Channel.WEB, {"elder"})
        booking_id = self.holder(at, no)
        moved = steps.move(self.all[at], no, self.all[1 - at], pools)
        if isinstance(moved, steps.Declined):
            return
        self.all[at], self.all[1 - at], new_no = moved
        assert self.holder(1 - at, new_no) == booking_id
        self.forget(at, booking_id)

    @invariant()
    def every_pool_adds_up(self) -> None:
        for places in getattr(self, "all", ()):
            assert pool_breaches(places) == ()
            assert sum(places.quotas.values()) == places.capacity

    @invariant()
    def numbers_given_add_up(self) -> None:
        for at, places in enumerate(getattr(self, "all", ())):
            assert numbers_breach(places) is None
            assert places.cancelled_after_print == self.thrown_away[at]

    @invariant()
    def nobody_loses_and_nothing_is_given_twice(self) -> None:
        bookings: list[UUID | None] = []
        for at, places in enumerate(getattr(self, "all", ())):
            numbers = [place.no for place in places.places] + [extra.no for extra in places.extras]
            assert len(set(numbers)) == len(numbers)
            assert max(numbers, default=0) <= places.last_no
            bookings += [place.holder for place in places.places if place.state is SlotState.BUSY]
            bookings += [extra.booking_id for extra in places.extras]
            leased = {place.no: place.holder for place in places.places if place.state is SlotState.LEASED}
            assert leased == {no: lease for (of, no), lease in self.lent.items() if of == at}
        assert len(set(bookings)) == len(bookings)

    @invariant()
    def what_is_free_may_be_given(self) -> None:
        for places in getattr(self, "all", ()):
            assert all(_agrees(places, place.no) for place in places.places)


def _agrees(places: Places, no: int) -> bool:
    place = places.place(no)
    assert place is not None
    if places.is_stopped and place.state in {SlotState.FREE, SlotState.HELD}:
        return False
    if place.state is SlotState.FREE and place.pool in places.returned:
        return False
    has_holder = place.holder is not None
    return has_holder == place.state.is_somebodys and (place.blocked_for is None) == (place.state != SlotState.BLOCKED)


TwoSessions.TestCase.settings = settings(
    settings.default, max_examples=settings.default.max_examples // 3, stateful_step_count=40
)
TestTwoSessions = TwoSessions.TestCase
