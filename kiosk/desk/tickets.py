"""Tickets of the desk: gathers what is on one, and hands out the command that prints it."""

from __future__ import annotations

from uuid import UUID

from kiosk.desk.slips import code_of
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Found
from kiosk.ports.desk import TicketFacts
from kiosk.ports.printers import PrintTicket
from kiosk.ports.tickets import Ticket


def write(around: Surroundings, here: Found, *, language: str, copy_no: int, now_ms: int) -> Ticket:
    """The queue ticket of a booking that is checked in."""
    arrival, booking = here.arrival, here.booking
    facts = TicketFacts(
        hospital=around.site.hospital_name,
        terminal_label=around.site.label,
        booking=here.view,
        queue_number=here.queue_number,
        time_zone=around.zone,
        masked_name=booking.masked_name,
        qr=code_of(around, booking, ver=here.ver, queue_number=here.queue_number, is_checked_in=True, now_ms=now_ms),
        checked_in_ms=booking.checked_in_ms or now_ms if arrival is None else arrival.checked_in_ms,
        printed_ms=now_ms,
        is_confirmed=arrival is None or arrival.is_confirmed,
        copy_no=copy_no,
    )
    return around.tickets.check_in_ticket(facts, language)


def command(visit_id: UUID, job_id: UUID, ticket: Ticket) -> PrintTicket:
    """What the printer is told."""
    return PrintTicket(visit_id=visit_id, job_id=job_id, ticket=ticket)
