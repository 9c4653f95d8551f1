"""Which questions of the golden corpus the server's rows can say, and the server is asked one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

from booking.decide.clock import MINUTE_MS, today
from booking.decide.commands import (
    AddPlace,
    Book,
    BookOffHours,
    Cancel,
    Confirm,
    Exempt,
    JoinWaitingList,
    UndoCheckIn,
    WalkIn,
)
from booking.decide.given import Acting, BookingFacts, Place, PlaceFacts
from booking.decide.orders import EXAMINATIONS
from booking.decide.when import released_ms
from booking.facts import Known
from booking.policy import Policy
from booking.roster.days import Calendar
from tools.corpus_form import Asked

NEW_PLACE = (Book, WalkIn, JoinWaitingList, Exempt, AddPlace, BookOffHours)
LATER = (Cancel, Confirm, UndoCheckIn)


def not_in_rows(asked: Asked) -> str:
    """What of a question the server's rows cannot say; empty: all of it can be asked."""
    facts, command = asked.facts, asked.command
    if not isinstance(command, NEW_PLACE + LATER):
        return f"{type(command).__name__} is not asked one by one"
    if isinstance(facts, PlaceFacts):
        return _not_of_place(facts, command, asked.now_ms)
    assert isinstance(facts, BookingFacts)
    if facts.is_excused or facts.terminals_off_line != Known(value=False):
        return "only what is due knows who is excused and which terminals are off line"
    if isinstance(command, UndoCheckIn | Confirm) and facts.acting is not Acting.SELF:
        return "staff act for nobody"
    known = (facts.state, facts.session, facts.waiting)
    return "" if all(isinstance(it, Known) for it in known) else "a fact that nobody knows"


def is_by_lot(asked: Asked, policy: Policy) -> bool:
    """Whether it is asked in the midst of a release rush, where the server draws whose turn it is."""
    if not isinstance(asked.facts, PlaceFacts) or not policy.window.rush_min:
        return False
    opens_ms = released_ms(policy, asked.facts.place, asked.facts.zone)
    return opens_ms <= asked.now_ms < opens_ms + policy.window.rush_min * MINUTE_MS


def _not_of_place(facts: PlaceFacts, command: Any, now_ms: int) -> str:
    person = facts.person.value if isinstance(facts.person, Known) else None
    standing = facts.standing.value if isinstance(facts.standing, Known) else None
    known = (facts.session, facts.free, facts.bookings, facts.waiting, facts.order)
    if person is None or standing is None or not all(isinstance(it, Known) for it in known):
        return "a fact that nobody knows"
    if not person.has_name:
        return "every copy of a person has a name"
    if facts.turn != Known(value=True):
        return "whose turn it is comes from no row"
    if facts.screening != Known(None):
        return "screenings are not stored yet"
    if getattr(command, "is_prevented", False) and person.acting is not Acting.STAFF:
        return "only staff say that somebody is prevented"
    if person.is_follow_up and person.acting is not Acting.STAFF:
        return "only staff say that a doctor asked somebody to come again"
    if isinstance(command, JoinWaitingList) and _collides(facts):
        return "who waits for whichever place of a session waits for no certain time"
    if getattr(command, "is_paid", False):
        return "who books pays afterwards"
    if not _is_of_its_items(facts):
        return "what is not paid is an item that was ordered"
    day = today(now_ms, facts.zone)
    if standing.suspended_until is not None and standing.suspended_until < day:
        return "a suspension that is over is read as the rules of trust say"
    return "" if _is_by_calendar(facts, command, day) else "another calendar than the year's own"


def _collides(facts: PlaceFacts) -> bool:
    held = facts.bookings.value if isinstance(facts.bookings, Known) else ()
    return any(it.starts_ms < facts.place.ends_ms and facts.place.starts_ms < it.ends_ms for it in held)


def _is_of_its_items(facts: PlaceFacts) -> bool:
    order = facts.order.value if isinstance(facts.order, Known) else None
    if order is None:
        return True
    return {*order.unpaid, *order.differing} <= set(order.items) and not set(order.unpaid) & set(order.differing)


def _is_by_calendar(facts: PlaceFacts, command: Any, day: date) -> bool:
    if facts.place.kind not in EXAMINATIONS and not isinstance(command, BookOffHours):
        return True
    calendar = _calendar(facts.place)
    return (
        facts.place.is_working_day == calendar.is_working_day(facts.place.service_date)
        and facts.today_is_rest_day == (not calendar.is_working_day(day))
        and facts.working_days_ahead in (0, calendar.working_days_ahead(day, facts.place.service_date))
        and (not isinstance(command, BookOffHours) or facts.working_days_ahead > 0)
    )


def _calendar(place: Place) -> Calendar:
    return Calendar(holidays=frozenset({place.service_date} if place.is_public_holiday else ()), make_up_days={})
