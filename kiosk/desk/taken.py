"""A place that is a patient's now: as the mirror will have it, as a screen shows it, and as it is printed.

One form for both ways to a place: the server gave it, or this terminal sold it from a lease.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

from booking import wire_booking
from booking.decide import Accepted, Assumption, Decision
from booking.decide.effects import EnterState
from booking.numbers import queue_number
from booking.roster import BookingState
from booking.wire import BookingRow, Row, RowKind, SessionRow
from booking.wire_acts import LentPlaceTaken
from kiosk.desk import hashes, slips, views
from kiosk.desk.standing import Moment, standing_of
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Where
from kiosk.ports.desk import BookingView, IsCheckedIn, PersonView, SlipKind, Standing, TicketFacts
from kiosk.ports.lending import SellablePlace
from kiosk.ports.store import Arrival, QueuedTicket
from kiosk.ports.tickets import Ticket

NOT_YET = 0
"""The version of what the server has not sent as a row: any row of its own is newer."""
NO_LEASE = UUID(int=0)
"""In an act that the server was asked for first: the place was lent to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The booking with all that the desk does with it."""

    row: BookingRow
    view: BookingView
    number: str = field(repr=False)
    queue_number: str
    is_walk_in: bool
    is_confirmed: bool
    is_request: bool = False
    """The place is kept for a change that the server will judge."""
    assumed: tuple[Assumption, ...] = ()
    lease_id: UUID | None = None

    @property
    def as_row(self) -> Row:
        """As the mirror has bookings."""
        return Row(kind=RowKind.BOOKING, id=str(self.row.id), ver=NOT_YET, booking=self.row)

    @property
    def is_pending(self) -> bool:
        """Whether it stands only when it has been confirmed or paid."""
        return self.row.state == BookingState.PENDING or bool(self.assumed)

    @property
    def is_assumed(self) -> bool:
        """Whether paper and screen say that it is subject to confirmation."""
        return self.is_pending

    def place(self) -> LentPlaceTaken:
        """As acts name it."""
        return LentPlaceTaken(
            lease_id=self.lease_id or NO_LEASE,
            session_id=self.row.session_id,
            slot_no=self.row.slot_no,
            number=self.number,
        )

    def arrival(self, operation_id: UUID) -> Arrival | None:
        """Of a walk-in, who is checked in."""
        if not self.is_walk_in:
            return None
        return Arrival(
            booking_id=self.row.id,
            operation_id=operation_id,
            service_date=self.row.service_date,
            queue_number=self.queue_number,
            checked_in_ms=self.row.checked_in_ms,
            is_confirmed=self.is_confirmed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a lent place is taken."""

    booking_id: UUID
    state: BookingState
    assumed: tuple[Assumption, ...]
    is_walk_in: bool = False
    is_return_visit: bool = False
    is_request: bool = False


def taken_there(
    around: Surroundings, said: wire_booking.BookingView, person: PersonView, now: Moment, *, is_walk_in: bool
) -> Taken:
    """What the server gave."""
    row = replace(
        _row(around, person, booking_id=said.booking_id, number=said.number),
        session_id=said.session_id,
        slot_no=said.slot_no,
        slot_starts_ms=said.starts_ms,
        slot_ends_ms=said.ends_ms,
        service_date=said.service_date,
        state=said.state,
        person_id=said.person_id,
        queue_number=said.queue_number,
        checked_in_ms=said.checked_in_ms or (now.now_ms if is_walk_in else 0),
        is_return_visit=said.is_return_visit,
    )
    session = around.store.row(RowKind.SESSION, said.session_id)
    letters = "" if session is None or session.session is None else session.session.letters
    called = said.queue_number or (queue_number(letters=letters, slot_no=said.slot_no) if letters else "")
    where = Where(said.department_id, said.doctor_id, said.place_id)
    return Taken(
        row=row,
        view=_view(around, row, where, now, ver=said.ver, called=called if is_walk_in else None, is_confirmed=True),
        number=said.number,
        queue_number=called,
        is_walk_in=is_walk_in,
        is_confirmed=True,
        assumed=tuple(Assumption(it) for it in said.assumed if it in Assumption.__members__.values()),
    )


def taken_here(
    around: Surroundings,
    place: SellablePlace,
    session: SessionRow,
    person: PersonView,
    now: Moment,
    terms: Terms,
) -> Taken:
    """What this terminal sells from a lease."""
    called = queue_number(letters=session.letters, slot_no=place.no) if session.letters else f"{place.no:03d}"
    row = replace(
        _row(around, person, booking_id=terms.booking_id, number=place.number),
        session_id=place.session_id,
        slot_no=place.no,
        slot_starts_ms=place.starts_ms,
        slot_ends_ms=place.ends_ms,
        service_date=place.service_date,
        state=terms.state.value,
        queue_number=called if terms.is_walk_in else "",
        checked_in_ms=now.now_ms if terms.is_walk_in else 0,
        is_return_visit=terms.is_return_visit,
    )
    where = Where(session.department_id, session.doctor_id, session.place_id)
    return Taken(
        row=row,
        view=_view(
            around, row, where, now, ver=NOT_YET, called=called if terms.is_walk_in else None, is_confirmed=False
        ),
        number=place.number,
        queue_number=called,
        is_walk_in=terms.is_walk_in,
        is_confirmed=False,
        is_request=terms.is_request,
        assumed=terms.assumed,
        lease_id=place.lease_id,
    )


def state_entered(decision: Decision, decide_with: Callable[[bool], Decision]) -> BookingState:
    """The state that the new booking is in at this terminal: the one that it has when all that was assumed is right.
    What was assumed stands on paper and screen, and keeps nobody from checking in with that paper.
    """
    hopeful = decide_with(True)  # noqa: FBT003 - the callable's one question
    accepted = hopeful if isinstance(hopeful, Accepted) else decision
    assert isinstance(accepted, Accepted), "only what was accepted is entered"
    return next(it.state for it in accepted.effects if isinstance(it, EnterState) and not it.is_earlier)


def printed(
    around: Surroundings,
    taken: Taken,
    now: Moment,
    *,
    kind: SlipKind,
    visit_id: UUID,
    job_id: UUID,
    language: str,
) -> QueuedTicket:
    """The voucher, or of a walk-in the queue ticket. What waits for an answer bears no code: it is not a place yet."""
    ticket = _ticket(around, taken, now, kind=kind, language=language)
    return slips.queued(
        around,
        ticket,
        visit_id=visit_id,
        job_id=job_id,
        subject_id=taken.row.id,
        day=taken.row.service_date,
        now_ms=now.now_ms,
    )


def _ticket(around: Surroundings, taken: Taken, now: Moment, *, kind: SlipKind, language: str) -> Ticket:
    qr = slips.code_of(
        around,
        taken.row,
        ver=taken.view.ver,
        queue_number=taken.queue_number,
        is_checked_in=taken.is_walk_in,
        now_ms=now.now_ms,
        lease_id=taken.lease_id,
    )
    if taken.is_walk_in:
        return around.tickets.check_in_ticket(_walk_in_facts(around, taken, now, qr), language)
    blank = slips.slip_facts(
        around,
        kind,
        taken.view,
        masked_name=taken.row.masked_name,
        now_ms=now.now_ms,
        is_request=taken.is_request,
        is_confirmed=taken.is_confirmed,
    )
    facts = replace(
        blank,
        is_assumed=taken.is_assumed,
        number=taken.number,
        queue_number=taken.queue_number,
        qr="" if taken.is_request else qr,
    )
    return around.tickets.slip(facts, language)


def _walk_in_facts(around: Surroundings, taken: Taken, now: Moment, qr: str) -> TicketFacts:
    """The queue ticket of somebody who registered on the spot.  # rules G4, G8"""
    return TicketFacts(
        hospital=around.site.hospital_name,
        terminal_label=around.site.label,
        booking=taken.view,
        queue_number=taken.queue_number,
        time_zone=around.zone,
        masked_name=taken.row.masked_name,
        qr=qr,
        checked_in_ms=now.now_ms,
        printed_ms=now.now_ms,
        is_confirmed=taken.is_confirmed,
        copy_no=1,
        is_walk_in=True,
        is_assumed=taken.is_assumed,
    )


def _row(around: Surroundings, person: PersonView, *, booking_id: UUID, number: str) -> BookingRow:
    """All of it that does not depend on the place."""
    assert person.person_id is not None, "nobody books who is not known"
    return BookingRow(
        id=booking_id,
        session_id=booking_id,
        slot_no=0,
        slot_starts_ms=0,
        slot_ends_ms=0,
        service_date="",
        state=BookingState.BOOKED,
        person_id=person.person_id,
        masked_name=person.masked_name,
        sex=person.sex.value,
        birth_year=person.birth_year,
        number_hash=hashes.number_hash(around.site.lookup_key, number),
        number_last_four=number[-4:],
        credential_hashes=person.keys,
        check_phone="",
        check_birthday="",
    )


def _view(
    around: Surroundings,
    row: BookingRow,
    where: Where,
    now: Moment,
    *,
    ver: int,
    called: str | None,
    is_confirmed: bool,
) -> BookingView:
    """`called` is the number of somebody who is here already."""
    if called is not None:
        standing: Standing = IsCheckedIn(called, is_confirmed)
    else:
        standing = standing_of(row, now, arrival=None, letters="")
    return views.view_of(around, row, where, ver=ver, standing=standing)
