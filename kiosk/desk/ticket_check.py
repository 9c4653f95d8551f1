"""Is this ticket good? Checked without a network: by the hospital's terminals and their keys, as the mirror has them.

A ticket that a terminal printed before it was revoked stays good, and is noted; one that says it was printed later is
not. Decides nothing about the booking: what the ticket is good for, the rules say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from booking.signed_ticket import SignedTicket, Unreadable, read_ticket
from booking.wire import Row, RowKind
from booking.wire_terminal import TerminalRow
from kiosk.desk.surroundings import IsSigned
from kiosk.ports.desk import NotFoundWhy
from kiosk.ports.store import Site

FindRow = Callable[[str, UUID], Row | None]


@dataclass(frozen=True, slots=True)
class GoodTicket:
    """A terminal of this hospital printed it."""

    ticket: SignedTicket
    signer: TerminalRow


@dataclass(frozen=True, slots=True)
class BadTicket:
    """Not to be believed, and why."""

    why: NotFoundWhy


def check_ticket(code: str, *, site: Site, row: FindRow, is_signed: IsSigned) -> GoodTicket | BadTicket:
    """Whether the code was signed by a terminal of this hospital, as far as the mirror knows."""
    ticket = read_ticket(code)
    if ticket is Unreadable.NEWER:
        return BadTicket(NotFoundWhy.TICKET_NOT_CHECKED)
    if not isinstance(ticket, SignedTicket):
        return BadTicket(NotFoundWhy.TICKET_DAMAGED)
    if ticket.place is not None and ticket.place.hospital_code != site.hospital_code:
        return BadTicket(NotFoundWhy.TICKET_OF_OTHER_HOSPITAL)
    found = row(RowKind.TERMINAL, ticket.terminal_id)
    signer = None if found is None else found.terminal
    if signer is None:
        return BadTicket(NotFoundWhy.TICKET_NOT_CHECKED)
    if not is_signed(public_key=signer.public_key, signature=ticket.signature, message=ticket.signed):
        return BadTicket(NotFoundWhy.TICKET_DAMAGED)
    if signer.revoked_ms and ticket.place is not None and ticket.place.issued_ms > signer.revoked_ms:
        return BadTicket(NotFoundWhy.TICKET_NOT_CHECKED)
    return GoodTicket(ticket, signer)


def described(checked: GoodTicket | BadTicket, zone: tzinfo) -> dict[str, object]:
    """For staff and IT: whether it is good, who printed it, when and for what."""
    if isinstance(checked, BadTicket):
        return {"ok": False, "why": checked.why.value}
    signer, place = checked.signer, checked.ticket.place
    said: dict[str, object] = {
        "ok": True,
        "signed_by": signer.label,
        "terminal": str(signer.id),
        "revoked": _local(signer.revoked_ms, zone) if signer.revoked_ms else "",
        "booking": str(checked.ticket.booking_id),
    }
    if place is None:
        return said
    return said | {
        "printed": _local(place.issued_ms, zone),
        "checked_in": place.is_checked_in,
        "queue_number": place.queue_number,
        "day": place.service_date,
        "starts": _local(place.starts_ms, zone),
        "session": str(place.session_id),
        "slot": place.slot_no,
    }


def _local(instant_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")
