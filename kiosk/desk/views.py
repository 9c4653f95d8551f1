"""Rows of the mirror as a screen or a ticket may show them: everything masked, nothing decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from booking.localized import LocalizedText
from booking.people import DocumentKind, Identity, Sex, last_four, mask_name
from booking.reasons import Reason
from booking.roster import BookingState
from booking.signed_ticket import SignedTicket, TicketPlace
from booking.wire import BookingRow, FindReply, Row, RowKind
from kiosk.desk.standing import Moment, counting, number_of, standing_of
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.ticket_check import GoodTicket, check_ticket
from kiosk.ports.desk import BookingView, CannotCheckIn, IsCheckedIn, PersonView, Standing
from kiosk.ports.lending import LocalPerson
from kiosk.ports.store import Arrival

_NO_TEXT = LocalizedText()
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Found:
    """A booking of the mirror with all that the desk knows of it."""

    booking: BookingRow
    ver: int
    arrival: Arrival | None
    """The check-in made here, if it counts."""
    queue_number: str
    """What it has or will have."""
    view: BookingView


@dataclass(frozen=True, slots=True)
class Where:
    """What a session belongs to."""

    department_id: UUID
    doctor_id: UUID | None
    place_id: UUID


@dataclass(frozen=True, slots=True)
class Names:
    """The same as people say it."""

    department: LocalizedText
    is_sensitive: bool
    doctor: LocalizedText | None
    doctor_title: LocalizedText | None
    building: LocalizedText
    floor: LocalizedText
    area: LocalizedText
    room: LocalizedText


def found(around: Surroundings, row: Row, now: Moment) -> Found | None:
    """The booking in this row; None while its session has not arrived, for nobody could be told where to go."""
    booking = row.booking
    if booking is None:
        return None
    session = _body(around, RowKind.SESSION, booking.session_id)
    if session is None or session.session is None:
        return None
    plan = session.session
    arrival = counting(around.store.arrival(booking.id), booking)
    standing = standing_of(booking, now, arrival=arrival, letters=plan.letters)
    where = Where(plan.department_id, plan.doctor_id, plan.place_id)
    number = arrival.queue_number if arrival is not None else booking.queue_number or number_of(booking, plan.letters)
    view = view_of(around, booking, where, ver=row.ver, standing=standing)
    return Found(booking=booking, ver=row.ver, arrival=arrival, queue_number=number, view=view)


def view_of(around: Surroundings, booking: BookingRow, where: Where, *, ver: int, standing: Standing) -> BookingView:
    """The booking in the words of the catalogue."""
    names = names_of(around, where)
    return BookingView(
        booking_id=booking.id,
        ver=ver,
        service_date=booking.service_date,
        starts_ms=booking.slot_starts_ms,
        ends_ms=booking.slot_ends_ms,
        department=names.department,
        is_sensitive=names.is_sensitive,
        doctor=names.doctor,
        doctor_title=names.doctor_title,
        building=names.building,
        floor=names.floor,
        area=names.area,
        room=names.room,
        number_last_four=booking.number_last_four,
        standing=standing,
    )


def names_of(around: Surroundings, where: Where) -> Names:
    """What the catalogue calls them; a department that it does not have may be a sensitive one."""
    department = _body(around, RowKind.DEPARTMENT, where.department_id)
    doctor = None if where.doctor_id is None else _body(around, RowKind.DOCTOR, where.doctor_id)
    place = _body(around, RowKind.PLACE, where.place_id)
    at = None if place is None else place.place
    return Names(
        department=_NO_TEXT if department is None or department.department is None else department.department.name,
        is_sensitive=department is None or department.department is None or department.department.is_sensitive,
        doctor=None if doctor is None or doctor.doctor is None else doctor.doctor.name,
        doctor_title=None if doctor is None or doctor.doctor is None else doctor.doctor.title,
        building=_NO_TEXT if at is None else at.building,
        floor=_NO_TEXT if at is None else at.floor,
        area=_NO_TEXT if at is None else at.area,
        room=_NO_TEXT if at is None else at.room,
    )


def look_up(around: Surroundings, booking_id: UUID, now: Moment, *, ticket: str = "") -> Found | None:
    """The booking with this id: of the mirror, and where that has none, of the ticket that was shown for it."""
    good = None
    if ticket:
        checked = check_ticket(ticket, site=around.site, row=around.store.row, is_signed=around.is_signed)
        good = checked if isinstance(checked, GoodTicket) and checked.ticket.booking_id == booking_id else None
    if good is not None:
        return found_by_ticket(around, good, now, code=ticket)
    row = around.store.row(RowKind.BOOKING, booking_id)
    return None if row is None else found(around, row, now)


def found_by_ticket(around: Surroundings, good: GoodTicket, now: Moment, *, code: str) -> Found | None:
    """The booking that the ticket is for. What the mirror has of it is newer, and names the person; else the ticket's
    own word counts. None where neither says enough, or nobody could be told where to go.
    """
    row = around.store.row(RowKind.BOOKING, good.ticket.booking_id) or _row_of(good.ticket)
    here = None if row is None else found(around, row, now)
    if here is None:
        return None
    view = replace(here.view, ticket=code)
    place = good.ticket.place
    if place is not None and _says_that_it_is_used(place, view.standing, now):
        view = replace(view, standing=IsCheckedIn(place.queue_number, is_confirmed=False))
        return replace(here, view=view, queue_number=place.queue_number)
    return replace(here, view=view)


def _says_that_it_is_used(place: TicketPlace, standing: Standing, now: Moment) -> bool:
    """A patient who checked in elsewhere in time does not come late because this terminal has not heard of it."""
    is_too_late = isinstance(standing, CannotCheckIn) and standing.reason is Reason.TOO_LATE
    return is_too_late and place.is_checked_in and place.service_date == now.today


def _row_of(ticket: SignedTicket) -> Row | None:
    """What the ticket proves, as the mirror would have it: a booking in a place, and nobody's name."""
    place = ticket.place
    if place is None:
        return None
    booking = BookingRow(
        id=ticket.booking_id,
        session_id=place.session_id,
        slot_no=place.slot_no,
        slot_starts_ms=place.starts_ms,
        slot_ends_ms=place.ends_ms,
        service_date=place.service_date,
        state=BookingState.BOOKED,
        person_id=_NOBODY,
        masked_name="",
        sex=Sex.UNKNOWN,
        birth_year=0,
        number_hash="",
        number_last_four="",
        credential_hashes=(),
        check_phone="",
        check_birthday="",
        queue_number=place.queue_number,
    )
    return Row(kind=RowKind.BOOKING, id=str(ticket.booking_id), ver=place.booking_ver, booking=booking)


def _body(around: Surroundings, kind: RowKind, row_id: UUID) -> Row | None:
    return around.store.row(kind, row_id)


def person_of_booking(booking: BookingRow, identity: Identity | None) -> PersonView:
    """The person as their booking names them; with what was shown, if a card was."""
    return PersonView(
        masked_name=booking.masked_name,
        sex=sex_of(booking.sex),
        birth_year=booking.birth_year,
        document=None if identity is None else identity.kind,
        document_last_four="" if identity is None else shown_number(identity),
        person_id=None if booking.person_id == _NOBODY else booking.person_id,
        keys=booking.credential_hashes,
    )


def person_registered_here(person: LocalPerson, identity: Identity) -> PersonView:
    """The person as this terminal registered them."""
    return PersonView(
        masked_name=person.masked_name,
        sex=sex_of(person.sex),
        birth_year=person.birth_year,
        document=identity.kind,
        document_last_four=shown_number(identity),
        person_id=person.person_id,
        keys=person.credential_hashes,
    )


def person_of_reply(reply: FindReply, identity: Identity, keys: tuple[str, ...]) -> PersonView:
    """The person as the server knows them; what it leaves out, the card says."""
    return PersonView(
        masked_name=reply.masked_name or mask_name(identity.name),
        sex=sex_of(reply.sex),
        birth_year=reply.birth_year,
        document=identity.kind,
        document_last_four=shown_number(identity),
        person_id=reply.person_id,
        keys=keys,
    )


def sex_of(text: str) -> Sex:
    """The sex, or unknown for a word that this release does not know."""
    return Sex(text) if text in Sex.__members__.values() else Sex.UNKNOWN


def shown_number(identity: Identity) -> str:
    """The last four of the number that the card is known by: its own, else the citizen's."""
    if identity.kind is DocumentKind.RESIDENT_ID:
        return last_four(identity.id_number)
    return last_four(identity.card_number or identity.id_number)
