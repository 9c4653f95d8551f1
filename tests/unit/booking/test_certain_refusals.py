"""A refusal that a missing fact could turn round is a question: it asks, refuses or assumes as the policy says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking.decide import Assumption, Reason, Refused
from booking.decide.commands import Book, By, Cancel, Change
from booking.decide.effects import Pool, RecordAct, TakePlace
from booking.decide.given import BookingFacts, Free, SessionNow
from booking.facts import UNKNOWN, Known
from booking.policy import AfterDeadline, CancellingPolicy, Channel, Policy, UnknownPolicy, WhenUnknown
from booking.roster import BookingState
from tests.unit.booking.acts import (
    ALL_ASSUMED,
    ALL_REFUSED,
    BOOK,
    BOOKED,
    CHANGE,
    DAY,
    FACTS,
    MINUTE_MS,
    NOW,
    POINTS,
    ask,
    at,
    effects,
    person,
    place,
    word,
)

NOBODY_KNOWN = replace(FACTS, person=UNKNOWN)
ONE_RESERVED = Known(Free(reserved=1))
FAR = place(DAY + timedelta(days=30))
LAST_FAR = place(at_last := (DAY - timedelta(days=2)) + timedelta(days=180))
BEYOND = place(at_last + timedelta(days=1))
BY_PHONE = Book(Channel.PHONE)
CANCEL = Cancel(Channel.KIOSK, is_warned=True)
STRICT = CancellingPolicy(afterwards=AfterDeadline.REFUSED)
MAYBE_STOPPED = replace(BOOKED, session=UNKNOWN)
TOO_OFTEN = Known(2)


def asked_for(decision: Any) -> tuple[Reason, tuple[Assumption, ...]]:
    assert isinstance(decision, Refused), decision
    return decision.reason, decision.facts.missing


def unknown(**more: WhenUnknown) -> UnknownPolicy:
    return replace(ALL_ASSUMED, **more)


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        (replace(NOBODY_KNOWN, free=ONE_RESERVED), BOOK),
        (replace(NOBODY_KNOWN, place=FAR), BY_PHONE),
        (replace(NOBODY_KNOWN, place=LAST_FAR), BY_PHONE),
    ],
)
def test_a_reserved_place_or_a_far_day_for_somebody_unknown(facts: Any, command: Book) -> None:  # rules C8, D2
    assert asked_for(ask(facts, command)) == (Reason.NEEDS_SERVER, (Assumption.PROFILE,))
    assert asked_for(ask(facts, command, policy=Policy(unknown=ALL_REFUSED)))[0] is Reason.CANNOT_KNOW
    assumed = ask(facts, command, policy=Policy(unknown=ALL_ASSUMED))
    assert word(assumed) == "accepted"
    assert Assumption.PROFILE in assumed.assumed  # type: ignore[union-attr]  # accepted


def test_what_is_certain_of_somebody_unknown_stays_refused() -> None:  # rules C6, D2
    assert word(ask(replace(NOBODY_KNOWN, free=Known(Free())), BOOK)) == "full"
    assert word(ask(replace(NOBODY_KNOWN, place=FAR), BOOK)) == "day_too_far", "a kiosk books no follow-up"
    assert word(ask(replace(NOBODY_KNOWN, place=BEYOND), BY_PHONE)) == "day_too_far"
    assert word(ask(replace(FACTS, free=ONE_RESERVED), BOOK)) == "only_reserved_left"


def test_the_last_reserved_place_is_the_one_that_is_taken_on_an_assumption() -> None:  # rules C5, C8
    assumed = Policy(unknown=ALL_ASSUMED)
    pools = {
        Pool.RESERVED: Free(reserved=1),
        Pool.CHANNEL: Free(reserved=1, in_channel=1),
        Pool.COMMON: Free(reserved=1, in_pool=1),
    }
    for pool, free in pools.items():
        assert TakePlace(pool) in effects(ask(replace(NOBODY_KNOWN, free=Known(free)), BOOK, policy=assumed))
    elder = replace(person(age=70), free=Known(Free(reserved=1, in_channel=1)))
    assert TakePlace(Pool.RESERVED) in effects(ask(elder, BOOK))


@pytest.mark.parametrize(
    ("facts", "command", "now_ms", "policy"),
    [
        (MAYBE_STOPPED, CANCEL, at(DAY, 9) + 1, Policy()),
        (MAYBE_STOPPED, CANCEL, at(DAY, 8), Policy(cancelling=STRICT)),
        (MAYBE_STOPPED, CANCEL, NOW, Policy(credit=POINTS, cancelling=CancellingPolicy(warned_before=False))),
        (MAYBE_STOPPED, CANCEL, NOW, Policy(credit=POINTS)),
        (MAYBE_STOPPED, replace(CANCEL, is_warned=False), NOW, Policy(credit=POINTS)),
        (replace(CHANGE, old=replace(MAYBE_STOPPED, changes=TOO_OFTEN)), Change(Channel.KIOSK), NOW, Policy()),
    ],
)
def test_leaving_a_clinic_that_may_be_stopped(
    facts: Any, command: Any, now_ms: int, policy: Policy
) -> None:  # rules E1, E4, F4
    assert asked_for(ask(facts, command, now_ms, policy)) == (Reason.NEEDS_SERVER, (Assumption.SESSION,))
    refusing = replace(policy, unknown=unknown(session=WhenUnknown.REFUSE))
    assert asked_for(ask(facts, command, now_ms, refusing)) == (Reason.CANNOT_KNOW, (Assumption.SESSION,))


def test_a_cancellation_on_an_assumption_costs_nothing_but_is_told() -> None:  # rules F4, F5
    policy = Policy(credit=POINTS, unknown=ALL_ASSUMED)
    found = ask(MAYBE_STOPPED, CANCEL, policy=policy)
    assert found.assumed == (Assumption.SESSION,)  # type: ignore[union-attr]  # accepted
    assert not any(isinstance(it, RecordAct) for it in effects(found))
    assert word(ask(MAYBE_STOPPED, replace(CANCEL, is_warned=False), policy=policy)) == "cost_not_shown"
    assert any(isinstance(it, RecordAct) for it in effects(ask(BOOKED, CANCEL, policy=policy)))


@pytest.mark.parametrize(
    "stopped",
    [
        replace(BOOKED, session=Known(SessionNow(is_stopped=True))),
        replace(MAYBE_STOPPED, state=Known(BookingState.STOPPED)),
    ],
)
def test_nothing_holds_against_leaving_a_stopped_clinic(stopped: BookingFacts) -> None:  # rules E1, F4, H1
    policy = Policy(credit=POINTS, cancelling=STRICT)
    assert word(ask(stopped, Cancel(Channel.KIOSK), at(DAY, 12), policy)) == "accepted"
    assert word(ask(replace(CHANGE, old=replace(stopped, changes=TOO_OFTEN)), Change(Channel.KIOSK))) == "accepted"


def test_a_change_names_each_assumption_once() -> None:
    facts = replace(CHANGE, old=replace(MAYBE_STOPPED, changes=TOO_OFTEN), new=replace(CHANGE.new, session=UNKNOWN))
    found = ask(facts, Change(Channel.KIOSK), policy=Policy(unknown=ALL_ASSUMED))
    assert found.assumed == (Assumption.SESSION,)  # type: ignore[union-attr]  # accepted


def test_before_the_deadline_nobody_needs_to_know_whether_it_is_stopped() -> None:  # rule E1
    assert word(ask(MAYBE_STOPPED, CANCEL, NOW)) == "accepted"
    assert word(ask(MAYBE_STOPPED, CANCEL, at(DAY, 9))) == "accepted"
    late = replace(CANCEL, by=By.DOCTOR, reason="fever")
    assert word(ask(MAYBE_STOPPED, late, at(DAY, 12), Policy(credit=POINTS))) == "accepted"


@pytest.mark.parametrize(
    ("now_ms", "closed_ms"), [(at(DAY, 8), at(DAY, 9) - 1440 * MINUTE_MS), (at(DAY, 9) + 1, at(DAY, 9))]
)
def test_which_deadline_has_passed_is_told(now_ms: int, closed_ms: int) -> None:  # rule E1
    found = ask(BOOKED, CANCEL, now_ms, Policy(cancelling=STRICT))
    assert isinstance(found, Refused)
    assert (found.reason, found.facts.closed_ms) == (Reason.DEADLINE_PASSED, closed_ms)
