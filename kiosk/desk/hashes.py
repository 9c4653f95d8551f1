"""Keyed hashes: how the desk finds people and bookings without any number being on the disk."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from booking.people import DocumentKind, Identity, normalise_number
from booking.signing import SUITE_1
from booking.wire import (
    CHECK_VALUE_BYTES,
    LOOKUP_HASH_BYTES,
    BookingRow,
    CheckQuestion,
    booking_lookup_message,
    check_message,
    lookup_message,
)


def credential_hashes(key: bytes, identity: Identity) -> tuple[str, ...]:
    """What this card may be known by: its citizen's number, and its own."""
    credentials = (
        (DocumentKind.RESIDENT_ID, identity.id_number),
        (identity.kind, identity.card_number),
    )
    normalised = ((kind, normalise_number(number)) for kind, number in credentials)
    return tuple(_hash(key, lookup_message(kind=kind.value, number=number)) for kind, number in normalised if number)


def number_hash(key: bytes, number: str) -> str:
    """What a booking number is looked up by."""
    return _hash(key, booking_lookup_message(number))


def is_right_answer(key: bytes, booking: BookingRow, *, number: str, question: CheckQuestion, answer: str) -> bool:
    """Whether the second question was answered rightly; takes as long for a wrong answer as for a right one."""
    kept = booking.check_phone if question is CheckQuestion.PHONE else booking.check_birthday
    try:
        wanted = base64.b64decode(kept, validate=True)
    except (binascii.Error, ValueError):
        wanted = b""
    message = check_message(number=number, question=question, answer=answer)
    given = hmac.digest(key, message, hashlib.sha256)[:CHECK_VALUE_BYTES]
    return hmac.compare_digest(wanted, given)


def _hash(key: bytes, message: bytes) -> str:
    digest = hmac.digest(key, message, hashlib.sha256)[:LOOKUP_HASH_BYTES]
    return base64.b64encode(bytes((SUITE_1,)) + digest).decode("ascii")
