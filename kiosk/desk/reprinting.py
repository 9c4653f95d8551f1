"""A further copy of a ticket: two beyond the first at most, each numbered and marked.

A copy that never reached the paper does not count. Where another terminal made the first, ours begin at copy 2.
"""

from __future__ import annotations

from kiosk.desk import tickets, views
from kiosk.desk.standing import moment
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import DeskAnswer, IsCheckedIn, ReprintReady, ReprintRefused, ReprintTicket
from kiosk.ports.store import QueuedTicket

MOST_COPIES = 3
"""The first and two more."""


def reprint(around: Surroundings, command: ReprintTicket) -> DeskAnswer:
    """Queue a copy, or refuse it."""
    now = moment(around)
    here = views.look_up(around, command.booking_id, now, ticket=command.ticket)
    if here is None or not isinstance(here.view.standing, IsCheckedIn):
        return ReprintRefused(command.visit_id)
    copies = around.store.copies(command.booking_id)
    made_elsewhere = 0 if here.arrival is not None else 1
    if copies.used + made_elsewhere >= MOST_COPIES:
        return ReprintRefused(command.visit_id)
    copy_no = max(copies.last_copy_no, 1) + 1
    ticket = tickets.write(around, here, language=command.language, copy_no=copy_no, now_ms=now.now_ms)
    around.expect_ticket(ticket)
    printing = tickets.command(command.visit_id, command.job_id, ticket)
    around.store.write_reprint(
        QueuedTicket(
            command=printing,
            subject_id=command.booking_id,
            copy_no=copy_no,
            service_date=here.booking.service_date,
            made_ms=now.now_ms,
        )
    )
    return ReprintReady(
        visit_id=command.visit_id,
        booking=here.view,
        queue_number=here.queue_number,
        is_confirmed=here.view.standing.is_confirmed,
        print_command=printing,
    )
