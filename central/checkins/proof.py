"""The signed ticket that an act carries: does it hold? The server checks it itself, whatever the terminal found.

A ticket proves a booking that nobody here knows of; of a known one it is an indication at most. What a terminal signed
before it was revoked still counts, and staff are told: the time on the ticket is the signer's own word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from booking.signed_ticket import SignedTicket, TicketPlace, read_ticket
from booking.signing import SUITE_1
from booking.wire import CheckInAct
from central.acts.operations import Told
from central.keys import is_signed
from central.rosters.tables import hospital
from central.terminals.service import ticket_signer


class Proof(StrEnum):
    """What an act's ticket is worth; the value is what a staff task gives as its reason."""

    NONE = ""
    """The act carries none."""
    GOOD = "ticket_good"
    SIGNER_REVOKED = "ticket_signer_revoked"
    """Printed before the terminal was revoked, as it says."""
    NOT_VALID = "ticket_not_valid"
    """Not ours, about another booking, or printed after its terminal was revoked."""


UNKNOWN_BOOKING_OF_TICKET = "ticket_of_unknown_booking"


@dataclass(frozen=True, slots=True)
class Judged:
    """The proof, with what the ticket says where it holds."""

    proof: Proof
    ticket: SignedTicket | None = None

    @property
    def holds(self) -> bool:
        """Whether the booking that it names is proved."""
        return self.ticket is not None

    @property
    def flag(self) -> str:
        """What staff should look at although the arrival stands; empty when nothing."""
        return self.proof if self.proof in (Proof.SIGNER_REVOKED, Proof.NOT_VALID) else ""

    def facts(self) -> dict[str, str]:
        """For the staff task: who signed, and which place it is for."""
        if self.ticket is None:
            return {}
        signed_by = {"signed_by": str(self.ticket.terminal_id)}
        return signed_by | (_facts(self.ticket.place) if self.ticket.place is not None else {})


def judge_ticket(connection: sa.Connection, told: Told[CheckInAct]) -> Judged:
    """What the act's ticket is worth."""
    if not told.act.ticket:
        return Judged(Proof.NONE)
    ticket = read_ticket(told.act.ticket)
    if not isinstance(ticket, SignedTicket) or ticket.booking_id != told.act.booking_id:
        return Judged(Proof.NOT_VALID)
    hospital_id = told.caller.hospital_id
    if ticket.place is not None and ticket.place.hospital_code != _code_of(connection, told):
        return Judged(Proof.NOT_VALID)
    signer = ticket_signer(connection, hospital_id, ticket.terminal_id)
    signature = bytes((SUITE_1,)) + ticket.signature
    if signer is None or not is_signed(public_key=signer.public_key, signature=signature, message=ticket.signed):
        return Judged(Proof.NOT_VALID)
    if signer.revoked_ms is None:
        return Judged(Proof.GOOD, ticket)
    if ticket.place is not None and ticket.place.issued_ms > signer.revoked_ms:
        return Judged(Proof.NOT_VALID)
    return Judged(Proof.SIGNER_REVOKED, ticket)


def _code_of(connection: sa.Connection, told: Told[CheckInAct]) -> str:
    code: str = connection.execute(
        sa.select(hospital.c.code).where(hospital.c.hospital_id == told.caller.hospital_id)
    ).scalar_one()
    return code


def _facts(place: TicketPlace) -> dict[str, str]:
    return {
        "session_id": str(place.session_id),
        "slot_no": str(place.slot_no),
        "service_date": place.service_date,
        "ticket_number": place.queue_number,
        "printed_ms": str(place.issued_ms),
    } | ({"lease_id": str(place.lease_id)} if place.lease_id is not None else {})
