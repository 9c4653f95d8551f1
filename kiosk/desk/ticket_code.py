"""The code on a ticket: `T1` and base45 (RFC 9285) of suite byte, terminal, booking and the terminal's signature.

Another terminal or the clinic's desk can tell by it that this terminal checked the booking in, without having heard
of it from the server. It holds ids only.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from booking.numbers import QR_TICKET
from booking.signing import SUITE_1

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PURPOSE = b"kiosk-ticket-v1\n"


def ticket_code(*, terminal_id: UUID, booking_id: UUID, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR code; upper case and few other signs only, so that it stays small on paper."""
    signed = terminal_id.bytes + booking_id.bytes
    return QR_TICKET + base45(bytes((SUITE_1,)) + signed + sign(_PURPOSE + signed))


def base45(data: bytes) -> str:
    """RFC 9285: two bytes in three characters, a last odd byte in two."""
    text = []
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text.append(_ALPHABET[digit])
    return "".join(text)
