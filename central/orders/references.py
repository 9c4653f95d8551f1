"""An order's own number, as its barcode says it: sealed where it is kept, and found by its hash.  # rule D11"""

from __future__ import annotations

import unicodedata
from uuid import UUID

from central.keys import Keys, LookupHash

LONGEST = 64
_COLUMN = "reference_sealed"


def plain_reference(text: str) -> str | None:
    """As it is hashed: NFKC, without spaces around it; None where it cannot be a number that a barcode carries."""
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= LONGEST else ""
    return plain if plain.isascii() and plain.isprintable() and 1 <= len(plain) <= LONGEST else None


def order_message(reference: str) -> bytes:
    """What is hashed to find an order by the text of its barcode."""
    return f"order\n{reference}".encode()


def hash_of(lookup: LookupHash, reference: str) -> bytes:
    """What an order is found by."""
    return lookup.of(order_message(reference))


def sealed_reference(keys: Keys, order_id: UUID, reference: str) -> bytes:
    """As the order keeps it."""
    return keys.seal.seal(reference, table="doctor_order", column=_COLUMN, row=order_id)


def open_reference(keys: Keys, order_id: UUID, sealed: bytes) -> str:
    """The number again."""
    return keys.seal.open(sealed, table="doctor_order", column=_COLUMN, row=order_id)
