"""Giving a place up, and another place instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from booking.credit import CreditPolicy, Scheme
from booking.credit.settings import Act
from booking.decide import commands
from booking.decide.commands import By
from booking.decide.effects import (
    EnterState,
    ForStaff,
    FreePlace,
    KeepPlace,
    Message,
    OrderRefund,
    Pool,
    RecordAct,
    TakePlace,
    Tell,
    Work,
)
from booking.decide.given import (
    Acting,
    Free,
    SessionNow,
    Waiting,
)
from booking.facts import UNKNOWN, Known
from booking.policy import (
    AfterDeadline,
    CancellingPolicy,
    ChangingPolicy,
    Channel,
    ChannelRights,
    ChannelsPolicy,
    FreeUntil,
    OrdersPolicy,
    Policy,
    WaitingListPolicy,
)
from booking.roster import BookingState
from tests.unit.booking.acts import (
    ALL_ASSUMED,
    ALL_REFUSED,
    BOOKED,
    CHANGE,
    DAY,
    LAB,
    NOW,
    POINTS,
    TODAY,
    UNSURE,
    VISITED,
    ask,
    at,
    effects,
    held,
    word,
)

CANCEL = commands.Cancel(Channel.KIOSK)
CHANGE_IT = commands.Change(Channel.KIOSK)
LATE = at(date(2026, 11, 24), 9, 1)
NO_CANCEL = ChannelsPolicy(kiosk=ChannelRights(may_cancel=False))
PRESENT = replace(BOOKED, state=Known(BookingState.CHECKED_IN))
OLD_MOVES = [
    ("accepted", BOOKED, CANCEL, NOW, Policy()),
    ("channel_off", BOOKED, CANCEL, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("channel_may_not", BOOKED, CANCEL, NOW, Policy(channels=NO_CANCEL)),
    ("not_the_guardian", replace(BOOKED, acting=Acting.STRANGER), CANCEL, NOW, Policy()),
    ("state_forbids", VISITED, CANCEL, NOW, Policy()),
    ("needs_server", UNSURE, CANCEL, NOW, Policy()),
    ("needs_server", replace(UNSURE, last_known_state=BookingState.VISITED), CANCEL, NOW, Policy(unknown=ALL_ASSUMED)),
    ("accepted", UNSURE, CANCEL, NOW, Policy(unknown=ALL_ASSUMED)),
    ("deadline_passed", BOOKED, CANCEL, TODAY + 1, Policy()),
    ("deadline_passed", BOOKED, CANCEL, LATE, Policy(cancelling=CancellingPolicy(afterwards=AfterDeadline.REFUSED))),
    ("accepted", BOOKED, CANCEL, LATE, Policy()),
    ("cost_not_shown", BOOKED, CANCEL, LATE, Policy(credit=POINTS)),
    ("accepted", BOOKED, CANCEL, LATE, Policy(credit=POINTS, cancelling=CancellingPolicy(warned_before=False))),
    ("accepted", CHANGE, CHANGE_IT, NOW, Policy()),
    ("channel_may_not", CHANGE, CHANGE_IT, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(may_change=False)))),
    ("channel_off", CHANGE, CHANGE_IT, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("not_the_guardian", replace(CHANGE, old=replace(BOOKED, acting=Acting.STRANGER)), CHANGE_IT, NOW, Policy()),
    ("state_forbids", replace(CHANGE, old=VISITED), CHANGE_IT, NOW, Policy()),
    ("state_forbids", replace(CHANGE, old=PRESENT), CHANGE_IT, NOW, Policy()),
    ("accepted", replace(CHANGE, old=replace(BOOKED, state=Known(BookingState.STOPPED))), CHANGE_IT, NOW, Policy()),
    (
        "channel_off",
        CHANGE,
        CHANGE_IT,
        NOW,
        Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False, may_change=False))),
    ),
    ("needs_server", replace(CHANGE, old=replace(BOOKED, changes=UNKNOWN)), CHANGE_IT, NOW, Policy()),
    ("cost_not_shown", CHANGE, CHANGE_IT, LATE, Policy(credit=POINTS)),
    (
        "same_time",
        replace(CHANGE, new=replace(CHANGE.new, bookings=Known((held("7", hour=10),)))),
        CHANGE_IT,
        NOW,
        Policy(),
    ),
    ("full", replace(CHANGE, old=UNSURE, new=replace(CHANGE.new, free=Known(Free()))), CHANGE_IT, NOW, Policy()),
    (
        "full",
        replace(CHANGE, old=UNSURE, new=replace(CHANGE.new, free=Known(Free()))),
        CHANGE_IT,
        NOW,
        Policy(unknown=ALL_REFUSED),
    ),
]


@pytest.mark.parametrize(("wanted", "facts", "command", "now_ms", "policy"), OLD_MOVES)
def test_who_may_cancel_or_change(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


def test_a_cancelled_place_goes_to_whoever_waits() -> None:  # rule E2
    assert FreePlace() in effects(ask(BOOKED, CANCEL))
    for waiting in (Known(Waiting(1)), UNKNOWN):
        assert FreePlace(30) in effects(ask(replace(BOOKED, waiting=waiting), CANCEL))
    off = Policy(waiting_list=WaitingListPolicy(on=False))
    assert FreePlace() in effects(ask(replace(BOOKED, waiting=UNKNOWN), CANCEL, policy=off))


def test_what_a_cancellation_costs_and_refunds() -> None:  # rules D9, F1, F4
    told = replace(CANCEL, is_warned=True)
    paid = replace(BOOKED, is_paid=True)
    policy = Policy(credit=POINTS)
    assert RecordAct(Act.CANCELLED_LATE) in effects(ask(paid, told, LATE, policy))
    assert RecordAct(Act.CANCELLED) in effects(ask(paid, told, NOW, policy))
    assert effects(ask(paid, told, NOW, policy)).count(OrderRefund()) == 1
    stopped = effects(ask(replace(BOOKED, state=Known(BookingState.STOPPED)), CANCEL, TODAY + 1, policy))
    assert stopped == (EnterState(BookingState.CANCELLED), Tell(Message.CANCELLED))
    assumed = ask(UNSURE, told, LATE, replace(policy, unknown=ALL_ASSUMED))
    assert not any(isinstance(it, RecordAct) for it in effects(assumed))
    by_doctor = commands.Cancel(Channel.CONSULTING_ROOM, By.DOCTOR, "fever")
    assert not any(isinstance(it, RecordAct) for it in effects(ask(BOOKED, by_doctor, LATE, policy)))


@pytest.mark.parametrize("free_until", [FreeUntil.CUT_OFF, FreeUntil.DAY_BEFORE])
def test_the_other_free_deadlines(free_until: FreeUntil) -> None:  # rule E1
    policy = Policy(credit=POINTS, cancelling=CancellingPolicy(free_until=free_until))
    last = at(date(2026, 11, 24), 17) if free_until is FreeUntil.DAY_BEFORE else at(DAY, 8)
    told = replace(CANCEL, is_warned=True)
    assert RecordAct(Act.CANCELLED) in effects(ask(BOOKED, told, last, policy))
    assert RecordAct(Act.CANCELLED_LATE) in effects(ask(BOOKED, told, last + 1, policy))


def test_the_new_place_is_taken_before_the_old_one_is_freed() -> None:  # rule E3
    found = effects(ask(CHANGE, CHANGE_IT))
    assert found.index(TakePlace(Pool.CHANNEL)) < found.index(EnterState(BookingState.MOVED, is_earlier=True))
    assert found.index(EnterState(BookingState.MOVED, is_earlier=True)) < found.index(FreePlace())


def test_the_old_booking_does_not_count_against_the_new_one() -> None:  # rules D3, E3
    old = replace(held(BOOKED.number), department="cardiology")
    facts = replace(CHANGE, new=replace(CHANGE.new, bookings=Known((old,))))
    assert word(ask(facts, CHANGE_IT)) == "accepted"
    named = replace(facts, new=replace(facts.new, instead_of=BOOKED.number))
    assert word(ask(named, CHANGE_IT)) == "accepted"
    pairs = Policy(orders=OrdersPolicy(incompatible_pairs=(("x", "y"),)))
    exam = replace(
        LAB, bookings=Known((held(BOOKED.number, items=("y",)), held("2", date(2026, 11, 26), items=("y",))))
    )
    assert word(ask(replace(CHANGE, new=exam), CHANGE_IT, policy=pairs)) == "accepted"


def test_nobody_ends_with_none_while_staff_review() -> None:  # rules E3, E4
    found = effects(ask(CHANGE, CHANGE_IT, policy=Policy(changing=ChangingPolicy(reviewed_by_staff=True))))
    assert KeepPlace() in found
    assert ForStaff(Work.REVIEW_CHANGE) in found
    assumed = effects(ask(replace(CHANGE, old=UNSURE), CHANGE_IT, policy=Policy(unknown=ALL_ASSUMED)))
    assert KeepPlace() in assumed
    assert not any(isinstance(it, FreePlace) for it in (*found, *assumed))


def test_what_a_change_counts_as() -> None:  # rules E3, F4, F6
    told = replace(CHANGE_IT, is_warned=True)
    for scheme, now_ms, counted in [
        (Scheme.POINTS, LATE, [RecordAct(Act.CANCELLED_LATE)]),
        (Scheme.POINTS, NOW, []),
        (Scheme.ALLOWANCE, NOW, [RecordAct(Act.CHANGED)]),
    ]:
        found = effects(ask(CHANGE, told, now_ms, Policy(credit=CreditPolicy(scheme=scheme))))
        assert [it for it in found if isinstance(it, RecordAct)] == counted
    stopped = replace(CHANGE, old=replace(BOOKED, changes=Known(9), session=Known(SessionNow(is_stopped=True))))
    found = effects(ask(stopped, CHANGE_IT, LATE, Policy(credit=POINTS)))
    assert not any(isinstance(it, RecordAct | FreePlace) for it in found)
    for ours in (replace(BOOKED, was_our_fault=True), replace(BOOKED, was_assumed=True)):
        found = effects(ask(replace(CHANGE, old=ours), CHANGE_IT, LATE, Policy(credit=POINTS)))
        assert not any(isinstance(it, RecordAct) for it in found)
