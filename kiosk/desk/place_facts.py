"""What the terminal knows by itself when somebody asks for a place, or gives one up: the facts of `booking.decide`.

Off line most of it is Unknown, and the settings say what that means. What the mirror has is looked at all the same:
what is refused even if all the rest is well stays refused (`decided`), so that nobody gets a second booking for the
same hour because the line is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from booking.decide import Accepted, Decision, Reason, Refused
from booking.decide.given import (
    Acting,
    BookingFacts,
    Free,
    Held,
    Order,
    Person,
    Place,
    PlaceFacts,
    Screened,
    SessionNow,
    Standing,
    Waiting,
)
from booking.decide.states import counts_for_limits
from booking.facts import UNKNOWN, Fact, Known
from booking.roster.days import Calendar
from booking.roster.plans import ClinicKind
from booking.wire import BookingRow, Row, RowKind, SessionRow
from kiosk.desk.standing import state_of
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import PersonView
from kiosk.ports.lending import LocalPerson, SellablePlace

Value = TypeVar("Value")

_WHEN_IN_DOUBT = ClinicKind.LABORATORY
"""A kind of clinic that this release does not know may need a doctor's order."""
_NOT_CERTAIN = (Reason.NEEDS_SERVER, Reason.CANNOT_KNOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants a place of which session, and the lent place that it would be."""

    person: PersonView
    session: SessionRow
    place: SellablePlace | None
    acting_id: UUID | None = None
    instead_of: UUID | None = None


def decided(decide_with: Callable[[bool], Decision]) -> Decision:
    """The decision by what is known. A certain no to the most hopeful view of the rest comes first."""
    hopeful = decide_with(True)  # noqa: FBT003 - the callable's one question
    if isinstance(hopeful, Refused) and hopeful.reason not in _NOT_CERTAIN:
        return hopeful
    return decide_with(False)  # noqa: FBT003 - as above


def session_here(around: Surroundings, session_id: UUID) -> SessionRow | None:
    """The session, as the mirror has it."""
    row = around.store.row(RowKind.SESSION, session_id)
    return None if row is None else row.session


def place_facts(around: Surroundings, wish: Wish, now_ms: int, *, is_hopeful: bool) -> PlaceFacts:
    """All facts about the wish; hopeful ones where nobody here knows, or Unknown."""
    session = wish.session
    place = _place(session, wish.place)
    today = date.fromisoformat(around.day_of(now_ms))
    calendar = Calendar()
    return PlaceFacts(
        place=place,
        zone=around.zone,
        person=_person(around, wish, is_hopeful=is_hopeful),
        session=_or_unknown(session_now(around, session), is_hopeful=is_hopeful),
        free=Known(Free(in_channel=1)) if wish.place is not None else UNKNOWN,
        bookings=_or_unknown(_held(around, wish.person), is_hopeful=is_hopeful),
        instead_of="" if wish.instead_of is None else str(wish.instead_of),
        standing=_or_unknown(Standing(), is_hopeful=is_hopeful),
        order=_or_unknown(Order(), is_hopeful=is_hopeful),
        turn=_or_unknown(value=True, is_hopeful=is_hopeful),
        screening=_or_unknown(Screened(taken_ms=now_ms), is_hopeful=is_hopeful),
        waiting=_or_unknown(Waiting(), is_hopeful=is_hopeful),
        today_is_rest_day=not calendar.is_working_day(today),
        working_days_ahead=calendar.working_days_ahead(today, place.service_date),
    )


def booking_facts(
    around: Surroundings,
    booking: BookingRow,
    session: SessionRow,
    *,
    is_hopeful: bool,
    is_only_here: bool,
    acting_id: UUID | None,
) -> BookingFacts:
    """All facts about a booking that exists. One that only this terminal has cannot have changed elsewhere."""
    state = state_of(booking)
    is_sure = is_hopeful or is_only_here
    return BookingFacts(
        place=Place(
            service_date=date.fromisoformat(booking.service_date),
            starts_ms=booking.slot_starts_ms,
            ends_ms=booking.slot_ends_ms,
            department=str(session.department_id),
            kind=_kind(session),
            session_ends_ms=session.ends_ms,
        ),
        number=str(booking.id),
        zone=around.zone,
        state=_or_unknown(state, is_hopeful=is_sure),
        last_known_state=state,
        acting=Acting.SELF if acting_id is None else Acting.GUARDIAN,
        session=_or_unknown(session_now(around, session), is_hopeful=is_sure),
        waiting=_or_unknown(Waiting(), is_hopeful=is_hopeful),
        changes=_or_unknown(0, is_hopeful=is_sure),
    )


def session_now(around: Surroundings, session: SessionRow) -> SessionNow:
    """Whether it takes place and can be booked, when the mirror last heard of it.  # rules C12, H1"""
    department = around.store.row(RowKind.DEPARTMENT, session.department_id)
    doctor = None if session.doctor_id is None else around.store.row(RowKind.DOCTOR, session.doctor_id)
    is_on = (department is None or department.department is None or department.department.is_bookable) and (
        doctor is None or doctor.doctor is None or doctor.doctor.is_bookable
    )
    return SessionNow(is_stopped=session.is_stopped or session.sits is False, is_offered=session.is_offered and is_on)


def assumed_by(decision: Decision) -> tuple[str, ...]:
    """What an act relies on without knowing it: what was assumed, or is left to the server."""
    missing = decision.assumed if isinstance(decision, Accepted) else decision.facts.missing
    return tuple(it.value for it in missing)


def _place(session: SessionRow, place: SellablePlace | None) -> Place:
    """The lent place; without one the instant at which the session begins, which collides with nothing."""
    return Place(
        service_date=date.fromisoformat(session.service_date),
        starts_ms=session.starts_ms if place is None else place.starts_ms,
        ends_ms=session.starts_ms if place is None else place.ends_ms,
        department=str(session.department_id),
        kind=_kind(session),
        session_ends_ms=session.ends_ms,
        is_working_day=Calendar().is_working_day(date.fromisoformat(session.service_date)),
    )


def _kind(session: SessionRow) -> ClinicKind:
    is_known = session.kind in ClinicKind.__members__.values()
    return ClinicKind(session.kind) if is_known else _WHEN_IN_DOUBT


def _person(around: Surroundings, wish: Wish, *, is_hopeful: bool) -> Fact[Person]:
    """Known is who registered at this terminal, for themselves: all of it was asked for then."""
    acting = Acting.SELF if wish.acting_id is None else Acting.GUARDIAN
    registered = around.sales.local_person(wish.person.keys) if wish.person.keys else None
    if registered is not None and registered.person_id == wish.person.person_id:
        known = Known(_as_registered(registered, wish.person, acting))
        return known if acting is Acting.SELF or is_hopeful else UNKNOWN
    if not is_hopeful:
        return UNKNOWN
    person = Person(acting=acting)
    return Known(person if wish.person.document is None else Person(document=wish.person.document, acting=acting))


def _as_registered(registered: LocalPerson, shown: PersonView, acting: Acting) -> Person:
    verified = registered.was_card_read
    if shown.document is None:
        return Person(is_verified=verified, acting=acting)
    return Person(document=shown.document, is_verified=verified, acting=acting)


def _held(around: Surroundings, person: PersonView) -> tuple[Held, ...]:
    rows = around.store.bookings_of(person.keys) if person.keys else ()
    return tuple(held for row in rows if (held := _held_in(around, row)) is not None)


def _held_in(around: Surroundings, row: Row) -> Held | None:
    booking = row.booking
    if booking is None or not counts_for_limits(state_of(booking)):
        return None
    session = session_here(around, booking.session_id)
    return Held(
        number=str(booking.id),
        service_date=date.fromisoformat(booking.service_date),
        starts_ms=booking.slot_starts_ms,
        ends_ms=booking.slot_ends_ms,
        department="" if session is None else str(session.department_id),
    )


def _or_unknown(value: Value, *, is_hopeful: bool) -> Fact[Value]:
    return Known(value) if is_hopeful else UNKNOWN


def may_be_asked_for(refused: Refused) -> bool:
    """Whether the server only has to be asked: it judges a request when it arrives. What the settings refuse where it
    is not known is refused.
    """
    return refused.reason is Reason.NEEDS_SERVER
