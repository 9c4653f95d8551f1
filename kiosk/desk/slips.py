"""Slips of the desk: what is on each of them, and how the spool takes them."""

from __future__ import annotations

from uuid import UUID

from booking.signed_ticket import TicketPlace, ticket_code
from booking.wire import BookingRow
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import BookingView, SlipFacts, SlipKind
from kiosk.ports.printers import PrintTicket
from kiosk.ports.store import QueuedTicket
from kiosk.ports.tickets import Ticket


def code_of(
    around: Surroundings,
    booking: BookingRow,
    *,
    ver: int,
    queue_number: str,
    is_checked_in: bool,
    now_ms: int,
    lease_id: UUID | None = None,
) -> str:
    """What another terminal can check the patient in by, without having heard of the booking."""
    place = TicketPlace(
        hospital_code=around.site.hospital_code,
        session_id=booking.session_id,
        slot_no=booking.slot_no,
        service_date=booking.service_date,
        starts_ms=booking.slot_starts_ms,
        ends_ms=booking.slot_ends_ms,
        queue_number=queue_number,
        booking_ver=ver,
        issued_ms=now_ms,
        is_checked_in=is_checked_in,
        lease_id=lease_id,
    )
    return ticket_code(terminal_id=around.site.terminal_id, booking_id=booking.id, place=place, sign=around.sign)


def slip_facts(
    around: Surroundings,
    kind: SlipKind,
    view: BookingView,
    *,
    masked_name: str,
    now_ms: int,
    is_request: bool,
    is_confirmed: bool,
) -> SlipFacts:
    """What is on every slip.  # rule G8"""
    return SlipFacts(
        kind=kind,
        hospital=around.site.hospital_name,
        terminal_label=around.site.label,
        time_zone=around.zone,
        booking=view,
        masked_name=masked_name,
        printed_ms=now_ms,
        is_request=is_request,
        is_confirmed=is_confirmed,
        is_assumed=False,
    )


def queued(
    around: Surroundings, ticket: Ticket, *, visit_id: UUID, job_id: UUID, subject_id: UUID, day: str, now_ms: int
) -> QueuedTicket:
    """The ticket as the spool takes it, whatever was printed about the subject before."""
    around.expect_ticket(ticket)
    return QueuedTicket(
        command=PrintTicket(visit_id=visit_id, job_id=job_id, ticket=ticket),
        subject_id=subject_id,
        copy_no=around.store.copies(subject_id).last_copy_no + 1,
        service_date=day,
        made_ms=now_ms,
    )
