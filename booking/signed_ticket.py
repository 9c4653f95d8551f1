"""The code on a ticket: `T1` and base45 of what the ticket says, signed by the terminal that printed it.

Enough for any terminal or desk of the hospital to check the ticket, show its place and check it in without having heard
of the booking; ids, numbers and times only, nothing of a person. Decides how the code is written and read; who signs
may be trusted, and what a ticket is good for, is decided elsewhere. docs/protocol.md has the bytes, an ADR the reasons.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto
from uuid import UUID

from booking.base45 import base45, read_base45
from booking.numbers import QR_TICKET
from booking.signing import SUITE_1

SIGNATURE_BYTES = 64
LONGEST_CODE = 512
"""Signs. Ours have about half of it."""
_LAYOUT = 2
_CHECKED_IN, _LEASED = 1, 2
_FIRST_DAY = date(2000, 1, 1)
_IDS = struct.Struct(">16s16s")
_HEAD = struct.Struct(">BBBB")
_PLACE = struct.Struct(">16sHHIHII")
"""Session, number of the slot, day, start and length in seconds, version of the booking, instant of printing."""
_LONGEST_SLOT_S = 0xFFFF
_LONGEST_NUMBER = 64
_FIRST_PURPOSE = b"kiosk-ticket-v1\n"
_PURPOSE = b"kiosk-ticket-v2\n"

Sign = Callable[[bytes], bytes]
"""Makes the 64 bytes of a signature."""


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """The place that a ticket is for, as it was when it was printed. Instants are milliseconds UTC, to the second."""

    hospital_code: str
    session_id: UUID
    slot_no: int
    service_date: str
    starts_ms: int
    ends_ms: int
    queue_number: str
    booking_ver: int
    issued_ms: int
    is_checked_in: bool
    lease_id: UUID | None = None
    """The lease that the place was sold from; none while terminals sell no places."""


@dataclass(frozen=True, slots=True)
class SignedTicket:
    """What a code says, with what is needed to check that its terminal said so."""

    terminal_id: UUID
    booking_id: UUID
    place: TicketPlace | None
    """None in codes of the first layout: they name the booking only."""
    signed: bytes
    """The message under the signature."""
    signature: bytes


class Unreadable(Enum):
    """Why a code says nothing."""

    DAMAGED = auto()
    """Not ours, cut short, or changed."""
    NEWER = auto()
    """A suite or layout that this release does not know."""


def is_ticket(text: str) -> bool:
    """Whether the code claims to be a ticket's."""
    return text.startswith(QR_TICKET)


def ticket_code(*, terminal_id: UUID, booking_id: UUID, place: TicketPlace, sign: Sign) -> str:
    """The text of the code. Raises ValueError for a place that no code can hold."""
    said = _written(terminal_id, booking_id, place)
    return QR_TICKET + base45(said + sign(_PURPOSE + said))


def as_printed(place: TicketPlace) -> TicketPlace:
    """The place as a reader of its code has it: to the second."""
    length_s = min((place.ends_ms - place.starts_ms) // 1000, _LONGEST_SLOT_S)
    starts_ms = place.starts_ms // 1000 * 1000
    issued_ms = place.issued_ms // 1000 * 1000
    return replace(place, starts_ms=starts_ms, ends_ms=starts_ms + length_s * 1000, issued_ms=issued_ms)


def read_ticket(text: str) -> SignedTicket | Unreadable:
    """What a scanned code says. Nothing is believed yet: the signature is not checked here."""
    if not is_ticket(text) or len(text) > LONGEST_CODE:
        return Unreadable.DAMAGED
    try:
        data = read_base45(text[len(QR_TICKET) :])
    except ValueError:
        return Unreadable.DAMAGED
    if not data:
        return Unreadable.DAMAGED
    if data[0] != SUITE_1:
        return Unreadable.NEWER
    if len(data) == 1 + _IDS.size + SIGNATURE_BYTES:
        return _first_layout(data)
    if len(data) < _HEAD.size + SIGNATURE_BYTES:
        return Unreadable.DAMAGED
    if data[1] > _LAYOUT or (data[1] == _LAYOUT and data[2] & ~(_CHECKED_IN | _LEASED)):
        return Unreadable.NEWER
    try:
        return _read(data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:])
    except (struct.error, ValueError, OverflowError):
        return Unreadable.DAMAGED


def _first_layout(data: bytes) -> SignedTicket:
    """Suite, terminal, booking, signature: as terminals printed it first. No other layout has its length."""
    said = data[1:-SIGNATURE_BYTES]
    terminal, booking = _IDS.unpack(said)
    return SignedTicket(UUID(bytes=terminal), UUID(bytes=booking), None, _FIRST_PURPOSE + said, data[-SIGNATURE_BYTES:])


def _written(terminal_id: UUID, booking_id: UUID, place: TicketPlace) -> bytes:
    """All under the signature. An odd number of bytes with it, so that the code never ends in a space."""
    number = place.queue_number.encode("utf-8")
    printed = as_printed(place)
    flags = (_CHECKED_IN if place.is_checked_in else 0) | (_LEASED if place.lease_id else 0)
    if not (len(place.hospital_code) == 2 and place.hospital_code.isascii() and place.hospital_code.isdigit()):
        raise ValueError("a hospital's code is two decimal digits")
    if len(number) > _LONGEST_NUMBER:
        raise ValueError("a queue number is shorter")
    try:
        said = b"".join(
            (
                _HEAD.pack(SUITE_1, _LAYOUT, flags, int(place.hospital_code)),
                _IDS.pack(terminal_id.bytes, booking_id.bytes),
                _PLACE.pack(
                    place.session_id.bytes,
                    place.slot_no,
                    (date.fromisoformat(place.service_date) - _FIRST_DAY).days,
                    printed.starts_ms // 1000,
                    (printed.ends_ms - printed.starts_ms) // 1000,
                    place.booking_ver,
                    printed.issued_ms // 1000,
                ),
                place.lease_id.bytes if place.lease_id else b"",
                bytes((len(number),)),
                number,
            )
        )
    except struct.error as fault:
        raise ValueError("a number that the code has no room for") from fault
    return said if len(said) % 2 else said + b"\0"


def _read(said: bytes, signature: bytes) -> SignedTicket:
    """Raises ValueError, OverflowError or struct.error for anything that is not written exactly as we write it."""
    _, _, flags, hospital = _HEAD.unpack_from(said)
    terminal, booking = _IDS.unpack_from(said, _HEAD.size)
    at = _HEAD.size + _IDS.size
    session, slot_no, day, starts_s, length_s, ver, issued_s = _PLACE.unpack_from(said, at)
    at += _PLACE.size
    lease = None
    if flags & _LEASED:
        lease = UUID(bytes=said[at : at + 16])
        at += 16
    (length,) = struct.unpack_from(">B", said, at)
    place = TicketPlace(
        hospital_code=f"{hospital:02d}",
        session_id=UUID(bytes=session),
        slot_no=slot_no,
        service_date=(_FIRST_DAY + timedelta(days=day)).isoformat(),
        starts_ms=starts_s * 1000,
        ends_ms=(starts_s + length_s) * 1000,
        queue_number=said[at + 1 : at + 1 + length].decode("utf-8"),
        booking_ver=ver,
        issued_ms=issued_s * 1000,
        is_checked_in=bool(flags & _CHECKED_IN),
        lease_id=lease,
    )
    ticket = SignedTicket(UUID(bytes=terminal), UUID(bytes=booking), place, _PURPOSE + said, signature)
    if not place.queue_number.isprintable() or _written(ticket.terminal_id, ticket.booking_id, place) != said:
        raise ValueError("written otherwise than we write")
    return ticket
