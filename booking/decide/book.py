"""Booking a place (预约), and staff's exemption from a limit.  # rules C5-C8, C14, D1-D5, D8-D12"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Objection, Refused, Rule, objections
from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.commands import Book, Exempt
from booking.decide.effects import Await, Effect, EnterState, ForStaff, GiveNumber, Message, Pool, TakePlace, Tell, Work
from booking.decide.given import PlaceFacts
from booking.decide.limits import limits
from booking.decide.orders import on_a_rest_day, order_is_good
from booking.decide.places import place_is_free, pool_for
from booking.decide.screening import screened_on_the_spot
from booking.decide.staff import may_do
from booking.decide.terms import free_until_ms
from booking.decide.when import before_cut_off, day_is_open, has_the_turn, session_is_offered
from booking.decide.who import channel_may_book, good_standing, real_name
from booking.facts import Known
from booking.policy import Confirmation, Policy, Prepayment
from booking.reasons import Reason, RefusalFacts
from booking.roster import BookingState

_TAKE = {pool: TakePlace(pool) for pool in Pool}
_ENTER = {state: EnterState(state) for state in (BookingState.PENDING, BookingState.BOOKED)}
_NUMBER = GiveNumber()
_TOLD_BOOKED, _TOLD_PENDING = Tell(Message.BOOKED), Tell(Message.PENDING)


def notice_was_shown(policy: Policy, facts: PlaceFacts, command: Book | Exempt, now_ms: int) -> Objection:
    """What to bring, to prepare, how long, what it costs: told before the booking.  # rule D10"""
    if policy.notices.shown_before_booking and not command.notice_shown:
        return Refused(Reason.NOTICE_NOT_SHOWN)
    return None


_BEFORE_LIMITS: tuple[Rule[PlaceFacts, Book | Exempt], ...] = (
    channel_may_book,
    real_name,
    session_is_offered,
    day_is_open,
    before_cut_off,
    has_the_turn,
    good_standing,
    order_is_good,
    on_a_rest_day,
)
_AFTER_LIMITS: tuple[Rule[PlaceFacts, Book | Exempt], ...] = (place_is_free, screened_on_the_spot, notice_was_shown)
BOOKING_RULES: tuple[Rule[PlaceFacts, Book | Exempt], ...] = (*_BEFORE_LIMITS, limits, *_AFTER_LIMITS)
_EXEMPTED_RULES = (*_BEFORE_LIMITS, *_AFTER_LIMITS)


def decide_book(policy: Policy, facts: PlaceFacts, command: Book, now_ms: int) -> Decision:
    """May this place be booked now?"""
    found = objections(BOOKING_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    effects = effects_of(policy, facts, now_ms, is_assumed=bool(found), is_paid=command.is_paid)
    return Accepted(assumed=found, effects=effects)


def decide_exempt(policy: Policy, facts: PlaceFacts, command: Exempt, now_ms: int) -> Decision:
    """All rules of booking but the limits, so many times a session, with right and reason.  # rule C14"""
    refused = may_do(policy, command)
    if refused is not None:
        return refused
    most = policy.add_on.exemptions_per_session
    if facts.exemptions >= most:
        return Refused(Reason.EXEMPTIONS_USED_UP, RefusalFacts(limit=most, count=facts.exemptions))
    found = objections(_EXEMPTED_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    effects = effects_of(policy, facts, now_ms, is_assumed=bool(found), is_paid=False)
    return Accepted(assumed=found, effects=(*effects, ForStaff(Work.AUDIT_TRAIL)))


def effects_of(
    policy: Policy, facts: PlaceFacts, now_ms: int, *, is_assumed: bool, is_paid: bool
) -> tuple[Effect, ...]:
    """The place, a number at once, the state, who confirms until when, and the messages.  # rules D4, D5, D8, D9"""
    is_held = policy.payment.prepayment is Prepayment.REQUIRED and not is_paid
    is_pending = is_assumed or is_held or facts.place.owner_confirms
    state = BookingState.PENDING if is_pending else BookingState.BOOKED
    effects: list[Effect] = [_TAKE[pool_for(policy, facts)], _NUMBER, _ENTER[state]]
    if is_held:
        effects.append(Await(now_ms + policy.payment.hold_min * MINUTE_MS))
    if facts.place.owner_confirms or policy.confirmation.by is not Confirmation.NOBODY:
        effects.append(Await(now_ms + policy.confirmation.within_min * MINUTE_MS))
    if policy.confirmation.by is Confirmation.HOSPITAL:
        effects.append(ForStaff(Work.CONFIRM_BOOKING))
    if isinstance(facts.person, Known) and facts.person.value.is_referred:
        effects.append(ForStaff(Work.REFERRAL_OFFICE))
    effects.append(_TOLD_PENDING if is_pending else _TOLD_BOOKED)
    effects.extend(_reminders(policy, facts, now_ms))
    return tuple(effects)


def _reminders(policy: Policy, facts: PlaceFacts, now_ms: int) -> list[Effect]:
    """One before cancelling stops being free, one the day before; none in the past.  # rule D5"""
    effects: list[Effect] = []
    deadline_ms = free_until_ms(policy, facts.place, facts.zone)
    if deadline_ms is not None:
        first_ms = deadline_ms - policy.notices.first_reminder_before_deadline_min * MINUTE_MS
        if first_ms > now_ms:
            effects.append(Tell(Message.FIRST_REMINDER, first_ms))
    second_ms = instant(days_on(facts.place.service_date, -1), policy.notices.second_reminder_at, facts.zone)
    if second_ms > now_ms:
        effects.append(Tell(Message.SECOND_REMINDER, second_ms))
    return effects
