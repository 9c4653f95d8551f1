"""What a payment does to a booking, and what a session's owner must say besides.  # rules D4, D9, E4"""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.decide import Accepted, Assumption, Reason, RefusalFacts, Refused
from booking.decide.commands import By, Cancel, Confirm, Pay
from booking.decide.effects import Await, EnterState, Message, OrderRefund, Tell
from booking.facts import UNKNOWN, Known
from booking.policy import ChannelsPolicy, Confirmation, ConfirmationPolicy, PaymentPolicy, Policy, Prepayment
from booking.policy.before import ChannelRights
from booking.roster import BookingState
from booking.roster.channels import Channel
from tests.unit.booking.acts import BOOKED, NOW, ask, effects, place, word

PREPAID = Policy(payment=PaymentPolicy(prepayment=Prepayment.REQUIRED, hold_min=15))
HELD = replace(BOOKED, state=Known(BookingState.PENDING), booked_ms=NOW)
OWNED = replace(HELD, place=place(owner_confirms=True))
STANDS = (EnterState(BookingState.BOOKED), Tell(Message.BOOKED))


def test_a_held_place_stands_once_it_is_paid_and_nothing_else_is_waited_for() -> None:
    assert effects(ask(HELD, Pay(), policy=PREPAID)) == STANDS
    assert effects(ask(OWNED, Pay(), policy=PREPAID)) == ()
    assert effects(ask(OWNED, Pay(owner_has_confirmed=True), policy=PREPAID)) == STANDS
    assert effects(ask(HELD, Pay(is_under_review=True), policy=PREPAID)) == ()
    assert effects(ask(replace(HELD, was_assumed=True), Pay(), policy=PREPAID)) == ()
    assert effects(ask(HELD, Pay())) == ()


def test_the_owners_yes_waits_for_the_payment() -> None:
    yes = Confirm(By.OWNER_SYSTEM)
    assert ask(OWNED, yes, policy=PREPAID) == Accepted()
    assert effects(ask(replace(OWNED, is_paid=True), yes, policy=PREPAID)) == STANDS


def test_what_stands_still_waits_for_the_patients_word() -> None:
    policy = replace(PREPAID, confirmation=ConfirmationPolicy(by=Confirmation.PATIENT, within_min=60))
    waits = Await(NOW + 60 * 60_000)
    assert waits in effects(ask(HELD, Pay(), policy=policy))
    assert waits in effects(ask(replace(OWNED, is_paid=True), Confirm(By.OWNER_SYSTEM), policy=policy))


@pytest.mark.parametrize(
    "state", [BookingState.CANCELLED, BookingState.LAPSED, BookingState.STOPPED, BookingState.MOVED]
)
def test_money_for_what_is_over_goes_back(state: BookingState) -> None:
    assert effects(ask(replace(BOOKED, state=Known(state)), Pay())) == (OrderRefund(),)


def test_a_state_that_nobody_knows_is_asked_for() -> None:
    asked = Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    assert ask(replace(BOOKED, state=UNKNOWN), Pay()) == asked


@pytest.mark.parametrize("state", [BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.VISITED])
def test_what_stands_already_is_paid_and_stays_as_it_is(state: BookingState) -> None:
    assert ask(replace(HELD, state=Known(state)), Pay(), policy=PREPAID) == Accepted()


def test_the_owners_no_needs_no_channel_that_is_on() -> None:
    policy = Policy(channels=ChannelsPolicy(window=ChannelRights(on=False)))
    no = Cancel(Channel.WINDOW, by=By.OWNER_SYSTEM, reason="owner_refused")
    assert EnterState(BookingState.CANCELLED) in effects(ask(OWNED, no, policy=policy))
    assert word(ask(OWNED, replace(no, by=By.HOSPITAL), policy=policy)) == "channel_off"
