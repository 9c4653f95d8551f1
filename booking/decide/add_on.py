"""A place above capacity (加号), and an appointment outside working hours.  # rules C11, C14"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Objection, Refused, Rule, objections
from booking.decide.clock import MINUTE_MS, minute_of_day
from booking.decide.commands import AddPlace, BookOffHours
from booking.decide.effects import Effect, EnterState, ForStaff, GiveNumber, Message, Pool, TakePlace, Tell, Work
from booking.decide.given import PlaceFacts
from booking.decide.limits import limits
from booking.decide.staff import may_do
from booking.decide.when import session_is_offered
from booking.decide.who import channel_may_book, good_standing, real_name
from booking.facts import Known
from booking.policy import Policy, PriorityGroup
from booking.reasons import Reason, RefusalFacts
from booking.roster import BookingState


def session_not_over(policy: Policy, facts: PlaceFacts, command: AddPlace, now_ms: int) -> Objection:
    """Until the session ends."""
    closes_ms = facts.place.closes_ms
    return Refused(Reason.BOOKING_CLOSED, RefusalFacts(closed_ms=closes_ms)) if now_ms > closes_ms else None


def add_ons_left(policy: Policy, facts: PlaceFacts, command: AddPlace, now_ms: int) -> Objection:
    """So many a session, counted apart.  # rule C14"""
    most = policy.roster.extras.add_ons_per_session
    if facts.add_ons < most:
        return None
    return Refused(Reason.ADD_ONS_USED_UP, RefusalFacts(limit=most, count=facts.add_ons))


ADD_ON_RULES: tuple[Rule[PlaceFacts, AddPlace], ...] = (
    real_name,
    session_is_offered,
    session_not_over,
    good_standing,
    limits,
    add_ons_left,
)


def decide_add_place(policy: Policy, facts: PlaceFacts, command: AddPlace, now_ms: int) -> Decision:
    """May staff add a place for this patient?  # rule C14"""
    refused = may_do(policy, command)
    if refused is not None:
        return refused
    found = objections(ADD_ON_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    state = BookingState.PENDING if found else BookingState.BOOKED
    effects: tuple[Effect, ...] = (TakePlace(Pool.ADD_ON), GiveNumber(), EnterState(state))
    told = Tell(Message.PENDING if found else Message.BOOKED)
    return Accepted(assumed=found, effects=(*effects, told, ForStaff(Work.AUDIT_TRAIL)))


def off_hours_on(policy: Policy, facts: PlaceFacts, command: BookOffHours, now_ms: int) -> Objection:
    """The hospital offers it.  # rule C11"""
    return None if policy.off_hours.on else Refused(Reason.OFF_HOURS_OFF)


def entitled(policy: Policy, facts: PlaceFacts, command: BookOffHours, now_ms: int) -> Objection:
    """Over the set age, disabled or otherwise prevented.  # rule C11"""
    if command.is_prevented or not isinstance(facts.person, Known):  # `real_name` asks who it is
        return None
    person = facts.person.value
    is_old = person.age is not None and person.age > policy.off_hours.from_age
    day = facts.place.service_date
    is_disabled = any(it.group is PriorityGroup.DISABLED and it.until >= day for it in person.grants)
    if is_old or is_disabled:
        return None
    return Refused(Reason.OFF_HOURS_NOT_ENTITLED, RefusalFacts(limit=policy.off_hours.from_age, count=person.age))


def day_and_hour(policy: Policy, facts: PlaceFacts, command: BookOffHours, now_ms: int) -> Objection:
    """Not on public holidays, N working days ahead, outside working hours.  # rule C11"""
    place, settings = facts.place, policy.off_hours
    if place.is_public_holiday:
        return Refused(Reason.PUBLIC_HOLIDAY, RefusalFacts(service_date=place.service_date.isoformat()))
    if facts.working_days_ahead < settings.working_days_ahead:
        told = RefusalFacts(limit=settings.working_days_ahead, count=facts.working_days_ahead)
        return Refused(Reason.OFF_HOURS_TOO_SOON, told)
    minute = minute_of_day(place.starts_ms, facts.zone)
    if place.is_working_day and settings.day_begins <= minute < settings.day_ends:
        return Refused(Reason.WITHIN_WORKING_HOURS)
    return None


def staff_named(policy: Policy, facts: PlaceFacts, command: BookOffHours, now_ms: int) -> Objection:
    """The slip names the staff member and phone.  # rule C11"""
    return None if command.staff_name.strip() and command.staff_phone.strip() else Refused(Reason.STAFF_NOT_NAMED)


OFF_HOURS_RULES: tuple[Rule[PlaceFacts, BookOffHours], ...] = (
    off_hours_on,
    channel_may_book,
    real_name,
    session_is_offered,
    entitled,
    day_and_hour,
    good_standing,
    limits,
    staff_named,
)


def decide_off_hours(policy: Policy, facts: PlaceFacts, command: BookOffHours, now_ms: int) -> Decision:
    """May this person be served outside working hours?  # rule C11"""
    found = objections(OFF_HOURS_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    state = BookingState.PENDING if found else BookingState.BOOKED
    there_ms = facts.place.starts_ms - policy.off_hours.staff_there_before_min * MINUTE_MS
    told = Tell(Message.PENDING if found else Message.BOOKED)
    return Accepted(assumed=found, effects=(GiveNumber(), EnterState(state), told, ForStaff(Work.BE_THERE, there_ms)))
