"""May the patient check in now? At the minute's edge, in every state, with facts known and not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.decide import (
    Accepted,
    Assumption,
    CheckIn,
    CheckInFacts,
    Decision,
    Reason,
    RefusalFacts,
    Refused,
    check_in_window,
    decide,
)
from booking.facts import UNKNOWN, Known
from booking.policy import CheckInPolicy, LateArrival, Policy, WhenUnknown
from booking.roster import BookingState, Slot

MINUTE_MS = 60_000
STARTS_MS = 1_795_311_000_000
OPENS_MS = STARTS_MS - 60 * MINUTE_MS
CLOSES_MS = STARTS_MS + 15 * MINUTE_MS
SLOT = Slot(37, STARTS_MS, STARTS_MS + 10 * MINUTE_MS)
FACTS = CheckInFacts(SLOT, "2026-11-22", "2026-11-22", Known(BookingState.BOOKED), BookingState.BOOKED)
POLICY = Policy()


def decided(now_ms: int = STARTS_MS, *, facts: CheckInFacts = FACTS, policy: Policy = POLICY) -> Decision:
    return decide(policy, facts, CheckIn(), now_ms)


def reason(decision: Decision) -> Reason | None:
    return decision.reason if isinstance(decision, Refused) else None


def is_late(decision: Decision) -> bool | None:
    return decision.late if isinstance(decision, Accepted) else None


@pytest.mark.parametrize(
    ("now_ms", "wanted"),
    [
        (OPENS_MS - 1, Reason.TOO_EARLY),
        (OPENS_MS, None),
        (STARTS_MS, None),
        (CLOSES_MS, None),
        (CLOSES_MS + 1, Reason.TOO_LATE),
    ],
)
def test_the_edges_of_the_window(now_ms: int, wanted: Reason | None) -> None:  # rule G1
    assert reason(decided(now_ms)) is wanted


def test_a_refusal_in_time_carries_the_window() -> None:
    for now_ms in (OPENS_MS - 1, CLOSES_MS + 1):
        decision = decided(now_ms)
        assert isinstance(decision, Refused)
        assert (decision.facts.opens_ms, decision.facts.closed_ms) == (OPENS_MS, CLOSES_MS)


def test_late_by_the_requeueing_preset() -> None:  # rule G2
    policy = Policy(check_in=CheckInPolicy(late=LateArrival.REQUEUE))
    assert is_late(decided(CLOSES_MS, policy=policy)) is False
    assert is_late(decided(CLOSES_MS + 1, policy=policy)) is True
    assert reason(decided(OPENS_MS - 1, policy=policy)) is Reason.TOO_EARLY


WANTED = {
    BookingState.PENDING: Reason.BOOKING_NOT_ACTIVE,
    BookingState.BOOKED: None,
    BookingState.CONFIRMED: None,
    BookingState.CHECKED_IN: Reason.ALREADY_CHECKED_IN,
    BookingState.CALLED: Reason.ALREADY_CHECKED_IN,
    BookingState.IN_CONSULTATION: Reason.ALREADY_CHECKED_IN,
    BookingState.VISITED: Reason.ALREADY_CHECKED_IN,
    BookingState.CANCELLED: Reason.BOOKING_CANCELLED,
    BookingState.MOVED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.STOPPED: Reason.CLINIC_STOPPED,
    BookingState.LAPSED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.NO_SHOW: Reason.TOO_LATE,
}


@pytest.mark.parametrize("state", list(BookingState))
def test_every_state_of_a_booking(state: BookingState) -> None:  # rule D13
    assert reason(decided(facts=replace(FACTS, state=Known(state)))) is WANTED[state]


@pytest.mark.parametrize("state", list(BookingState))
def test_the_state_at_hand_is_used_only_where_the_policy_assumes(state: BookingState) -> None:
    facts = replace(FACTS, state=UNKNOWN, last_known_state=state)
    decision = decided(facts=facts)
    assert reason(decision) is WANTED[state]
    if isinstance(decision, Accepted):
        assert decision.assumed == (Assumption.BOOKING_STATE,)
    for meaning in (WhenUnknown.REFUSE, WhenUnknown.ASK_SERVER):
        policy = Policy(check_in=CheckInPolicy(booking_state_unknown=meaning))
        told = decided(facts=facts, policy=policy)
        assert told == Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))


def test_who_never_came_is_told_when_the_window_closed() -> None:  # rules G1, G9
    told = decided(facts=replace(FACTS, state=Known(BookingState.NO_SHOW)))
    assert told == Refused(Reason.TOO_LATE, RefusalFacts(closed_ms=CLOSES_MS, service_date="2026-11-22"))


def test_a_known_state_is_never_assumed() -> None:
    facts = replace(FACTS, last_known_state=BookingState.CANCELLED)
    decision = decided(facts=facts)
    assert isinstance(decision, Accepted)
    assert decision.assumed == ()


@pytest.mark.parametrize(("now_ms", "today"), [(OPENS_MS - 1, "2026-11-21"), (CLOSES_MS + 1, "2026-11-23")])
def test_another_day(now_ms: int, today: str) -> None:
    decision = decided(now_ms, facts=replace(FACTS, today=today))
    assert isinstance(decision, Refused)
    assert (decision.reason, decision.facts.service_date) == (Reason.OTHER_DAY, "2026-11-22")


def test_a_place_just_after_midnight_opens_on_the_evening_before() -> None:  # rule G1: the window counts, not the date
    eve = replace(FACTS, today="2026-11-21")
    assert isinstance(decided(OPENS_MS, facts=eve), Accepted)
    assert reason(decided(OPENS_MS - 1, facts=eve)) is Reason.OTHER_DAY


def test_what_became_of_the_booking_comes_before_the_day() -> None:
    facts = replace(FACTS, today="2026-11-23", state=Known(BookingState.CANCELLED))
    assert reason(decided(facts=facts)) is Reason.BOOKING_CANCELLED


@given(before=st.integers(0, 600), grace=st.integers(0, 120), now_ms=st.integers(OPENS_MS - 10**8, CLOSES_MS + 10**8))
def test_accepted_exactly_within_the_window(before: int, grace: int, now_ms: int) -> None:
    policy = Policy(check_in=CheckInPolicy(opens_before_min=before, grace_min=grace))
    opens_ms, closes_ms = check_in_window(policy, SLOT)
    assert isinstance(decided(now_ms, policy=policy), Accepted) is (opens_ms <= now_ms <= closes_ms)
