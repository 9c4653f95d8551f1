"""What a card's bytes may be: texts, numbers and dates of cards, all of them untrusted.

Everything that no honest card holds raises CardFailed (garbage). Knows no card in particular.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from kiosk.devices.cards.transport import CardFailed
from kiosk.ports.cards import Unreadable

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_REPLACEMENT = "\ufffd"
_IDEOGRAPHIC_PLANES = (0x2, 0x3)
_EARLIEST_YEAR = 1880


def garbage(detail: str) -> CardFailed:
    """The exception for content that no such card may hold. `detail` must not repeat the content."""
    return CardFailed(Unreadable.GARBAGE, detail)


def cut(value: bytes) -> bytes:
    """A padded field without its padding: up to the first NUL, without FF (unwritten memory) and spaces at its end."""
    return value.split(b"\0", 1)[0].rstrip(b"\xff ")


def name_text(value: bytes) -> str:
    """A person's name in GB18030, with single spaces. Rare and private-use characters stay as they are."""
    try:
        text = value.decode("gb18030")
    except UnicodeDecodeError:
        raise garbage("a name that is not GB18030") from None
    if not all(_is_allowed_in_name(c) for c in text):
        raise garbage("a name with control or invisible characters")
    clean = " ".join(text.split())
    if not any(unicodedata.category(c)[0] == "L" or unicodedata.category(c) in {"Co", "Cn"} for c in clean):
        raise garbage("a name without a letter")
    return clean


def _is_allowed_in_name(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        # Ideographs newer than this Python's Unicode tables; elsewhere unassigned means nonsense.
        point = ord(character)
        return point >> 16 in _IDEOGRAPHIC_PLANES and point & 0xFFFE != 0xFFFE
    return category not in _REFUSED_CATEGORIES and character != _REPLACEMENT


def code_text(value: bytes) -> str:
    """A number made of ASCII letters and digits, upper case; may be empty."""
    text = cut(value).decode("latin-1")
    if text and not (text.isascii() and text.isalnum()):
        raise garbage("a number with other characters than letters and digits")
    return text.upper()


def bcd_date(value: bytes) -> str:
    """Four BCD bytes YYYYMMDD as `YYYY-MM-DD`; empty where the field was never written (all zeros or all F)."""
    if not value.strip(b"\0") or not value.strip(b"\xff"):
        return ""
    digits = value.hex()
    if len(digits) != 8 or not digits.isdigit():
        raise garbage("a date that is not BCD")
    return calendar_date(digits)


def calendar_date(digits: str) -> str:
    """`YYYYMMDD` as `YYYY-MM-DD`, if there is such a day."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise garbage("a day that does not exist") from None
    if day.year < _EARLIEST_YEAR:
        raise garbage("a day long before any patient's birth")
    return day.isoformat()
