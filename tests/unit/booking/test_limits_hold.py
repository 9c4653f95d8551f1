"""A person's limits hold over any sequence of acts, on line and off.  # rules D3, E3, F6"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.credit import CreditPolicy, Scheme
from booking.decide import Accepted, Assumption, Decision, decide
from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.commands import Book, Cancel, Change, WalkIn
from booking.decide.effects import EnterState, KeepPlace
from booking.decide.given import CHINA, BookingFacts, ChangeFacts, Free, Held, Place, PlaceFacts, Standing
from booking.facts import UNKNOWN, Known
from booking.policy import (
    CancellingPolicy,
    ChangingPolicy,
    Channel,
    ChannelRights,
    ChannelsPolicy,
    DayMinute,
    FreeUntil,
    LimitsPolicy,
    Policy,
    RosterPolicy,
    UnknownPolicy,
    WhenUnknown,
    WindowPolicy,
)
from booking.roster import BookingState
from booking.roster.settings import ReleasePolicy, SetTime

TODAY = date(2027, 12, 29)
"""A Wednesday; the fourth day from here is a Sunday, in another month and year."""
NOW_MS = instant(TODAY, 450, CHINA)
ALWAYS = ChannelRights(opens=DayMinute(0), closes=DayMinute(1440), may_walk_in=True)
FREE = Known(Free(in_channel=1))


@dataclass(frozen=True, slots=True)
class Wish:
    """One act of the person."""

    act: str
    place: Place
    which: int
    """Of the bookings at hand, which to give up."""
    lost: int
    """Bookings that no-shows have taken off the allowance by then."""
    is_off_line: bool


def place(day: int, minute: int, length: int, department: str) -> Place:
    service_date = days_on(TODAY, day)
    starts_ms = instant(service_date, minute, CHINA)
    return Place(service_date, starts_ms, starts_ms + length * MINUTE_MS, department)


PLACES = st.builds(
    place,
    st.sampled_from([0, 1, 4, 5, 5]),
    st.integers(48, 72).map(lambda tens: tens * 10),
    st.sampled_from([10, 10, 10, 20, 60]),
    st.sampled_from(["internal", "surgery", "eyes"]),
)
WISHES = st.builds(
    Wish,
    st.sampled_from(["book", "book", "book", "book", "book", "walk in", "change", "cancel"]),
    PLACES,
    st.integers(0, 20),
    st.sampled_from([0, 0, 1, 2]),
    st.booleans(),
)
LIMITS = st.one_of(
    st.builds(LimitsPolicy, st.integers(1, 2), st.just(0), st.just(0)),
    st.builds(LimitsPolicy, st.just(0), st.integers(1, 3), st.just(0)),
    st.builds(LimitsPolicy, st.integers(0, 2), st.integers(0, 3), st.integers(1, 4)),
)


def policy_with(limits: LimitsPolicy, scheme: Scheme) -> Policy:
    assume = dict.fromkeys(("bookings", "standing", "booking_state", "changes"), WhenUnknown.ASSUME)
    return Policy(
        limits=limits,
        credit=CreditPolicy(scheme=scheme),
        channels=ChannelsPolicy(kiosk=ALWAYS),
        window=WindowPolicy(earliest_days=0, cut_off_before_min=0),
        roster=RosterPolicy(release=ReleasePolicy(opens=SetTime(30, time(0)))),
        cancelling=CancellingPolicy(free_until=FreeUntil.NEVER),
        changing=ChangingPolicy(most=50),
        unknown=UnknownPolicy(**assume),
    )


class Patient:
    """A person's bookings, as the server has them; every act is decided on them."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.held: dict[str, Held] = {}
        self._made = 0

    def wants(self, wish: Wish) -> None:
        facts = PlaceFacts(
            wish.place,
            free=FREE,
            bookings=Known(tuple(self.held.values())),
            standing=Known(Standing(allowance_lost=wish.lost)),
        )
        old = sorted(self.held)[wish.which % len(self.held)] if self.held else None
        if wish.act == "book":
            self._takes(wish, decide(self.policy, facts, Book(Channel.KIOSK), NOW_MS))
        elif wish.act == "walk in":
            self._takes(wish, decide(self.policy, facts, WalkIn(Channel.KIOSK), NOW_MS))
        elif old is None:
            return
        elif wish.act == "change":
            both = ChangeFacts(self._booking(old), replace(facts, instead_of=old))
            decision = decide(self.policy, both, Change(Channel.KIOSK, is_warned=True), NOW_MS)
            if isinstance(decision, Accepted):
                assert KeepPlace() not in decision.effects
                del self.held[old]
            self._takes(wish, decision)
        elif isinstance(
            decide(self.policy, self._booking(old), Cancel(Channel.KIOSK, is_warned=True), NOW_MS), Accepted
        ):
            del self.held[old]

    def asks_off_line(self, wish: Wish) -> Decision:
        """What a terminal says that knows nothing of the person's other bookings."""
        facts = PlaceFacts(wish.place, free=FREE, bookings=UNKNOWN, standing=UNKNOWN)
        return decide(self.policy, facts, Book(Channel.KIOSK), NOW_MS)

    def _booking(self, number: str) -> BookingFacts:
        it = self.held[number]
        return BookingFacts(Place(it.service_date, it.starts_ms, it.ends_ms, it.department), number)

    def _takes(self, wish: Wish, decision: Decision) -> None:
        if not isinstance(decision, Accepted):
            return
        assert decision.assumed == ()
        self._made += 1
        it, number = wish.place, f"b{self._made}"
        self.held[number] = Held(number, it.service_date, it.starts_ms, it.ends_ms, it.department)
        self._allowance_holds(wish)

    def _allowance_holds(self, wish: Wish) -> None:
        """A no-show takes one off the weekly, else the daily allowance.  # rule F6"""
        limits = self.policy.limits
        lost = wish.lost if self.policy.credit.scheme is Scheme.ALLOWANCE else 0
        if limits.per_week:
            assert in_week(self.held.values(), wish.place.service_date) <= max(0, limits.per_week - lost)
        elif limits.per_day:
            assert on_day(self.held.values(), wish.place.service_date) <= max(0, limits.per_day - lost)


def on_day(held: Iterable[Held], day: date) -> int:
    return sum(it.service_date == day for it in held)


def in_week(held: Iterable[Held], day: date) -> int:
    return sum(it.service_date.isocalendar()[:2] == day.isocalendar()[:2] for it in held)


def limits_hold(limits: LimitsPolicy, held: Iterable[Held]) -> None:
    all_held = sorted(held, key=lambda it: it.starts_ms)
    for one, other in pairwise(all_held):
        assert one.ends_ms <= other.starts_ms
    for day in {it.service_date for it in all_held}:
        assert limits.per_day == 0 or on_day(all_held, day) <= limits.per_day
        assert limits.per_week == 0 or in_week(all_held, day) <= limits.per_week
    in_department = Counter((it.department, it.service_date) for it in all_held)
    if limits.per_department_and_day and in_department:
        assert max(in_department.values()) <= limits.per_department_and_day


@settings(max_examples=40)
@given(
    limits=LIMITS,
    scheme=st.sampled_from([Scheme.LENIENT, Scheme.ALLOWANCE]),
    wishes=st.lists(WISHES, min_size=8, max_size=24),
)
def test_whatever_a_person_does(limits: LimitsPolicy, scheme: Scheme, wishes: list[Wish]) -> None:  # rules D3, F6
    patient = Patient(policy_with(limits, scheme))
    for wish in wishes:
        if wish.is_off_line:
            said = patient.asks_off_line(wish)
            if isinstance(said, Accepted):  # never final: the server decides again with all facts
                assert Assumption.BOOKINGS in said.assumed
                assert EnterState(BookingState.PENDING) in said.effects
        patient.wants(wish)
        limits_hold(limits, patient.held.values())


def test_places_that_only_touch_do_not_collide() -> None:  # rule D3
    patient = Patient(policy_with(LimitsPolicy(0, 0, 0), Scheme.LENIENT))
    for act, minute, length, count in [
        ("book", 500, 20, 1),
        ("book", 519, 10, 1),
        ("book", 520, 10, 2),
        ("book", 490, 10, 3),
        ("book", 495, 10, 3),
    ]:
        patient.wants(Wish(act, place(1, minute, length, "internal"), 0, 0, is_off_line=False))
        assert len(patient.held) == count


def test_a_place_may_be_changed_for_one_at_the_same_time() -> None:  # rules D3, E3
    patient = Patient(policy_with(LimitsPolicy(1, 1, 1), Scheme.LENIENT))
    for act, minute in [("book", 500), ("change", 505), ("change", 500), ("book", 600)]:
        patient.wants(Wish(act, place(1, minute, 20, "internal"), 0, 0, is_off_line=False))
    assert [it.starts_ms for it in patient.held.values()] == [place(1, 500, 20, "internal").starts_ms]
