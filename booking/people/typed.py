"""What people type, scan or paste, made plain: full width, spaces, hyphens, invisible characters.

Everything typed is hostile: what a person cannot see is dropped, what looks like a letter but is another one is
refused, and nothing is long.
"""

from __future__ import annotations

import unicodedata

_LONGEST = 64
_MOBILE_DIGITS = 11
_SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MIDDLE_DOTS = frozenset("\u00b7\u0387\u2022\u2027\u2219\u22c5\u30fb\uff65\u16eb\u2e31")
MIDDLE_DOT = "·"
"""As the resident card prints it in names (U+00B7)."""


def normalise_number(text: str) -> str:
    """The form of a document's or card's number that is hashed: NFKC, upper case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def plain_number(text: str) -> str | None:
    """The ASCII letters and digits that were typed, upper case; None when there is anything else among them.

    Full-width forms count as what they show; spaces, hyphens and invisible characters do not count. Where this gives
    a number, `normalise_number` gives the same, so that both find the same person.
    """
    if len(text) > _LONGEST:
        return None
    shown = [c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _SEPARATORS]
    if not all(c.isascii() and c.isalnum() for c in shown):
        return None
    return "".join(shown).upper()


def is_digits(text: str) -> bool:
    """Whether this is one or more of the ten ASCII digits; `str.isdigit` alone takes those of every script."""
    return text.isascii() and text.isdigit()


def clean_name(text: str) -> str:
    """A name as it is kept: composed, one middle dot, single spaces, nothing invisible."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    shown = "".join(MIDDLE_DOT if c in _MIDDLE_DOTS else c for c in spaced if unicodedata.category(c) not in _INVISIBLE)
    parts = (part.strip() for part in shown.split(MIDDLE_DOT))
    return MIDDLE_DOT.join(part for part in parts if part)


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: width, case, spaces and the kind of dot do not matter."""
    return _bare(one) == _bare(other) != ""


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKC", clean_name(name)).casefold()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c) in ("Co", "Mn", "Mc"))


def read_mobile(text: str) -> str | None:
    """The 11 digits of a mainland mobile number, with or without +86; None when it is none.  # rule A1"""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text[:_LONGEST]) if c not in "()")
    before, plus, after = plain.partition("+")
    digits = plain_number(after if plus else plain)
    if (
        digits is None
        or not is_digits(digits)
        or (plus and (plain_number(before) != "" or not digits.startswith("86")))
    ):
        return None
    for prefix in ("0086", "86"):
        if len(digits) == len(prefix) + _MOBILE_DIGITS and digits.startswith(prefix):
            digits = digits[len(prefix) :]
    is_mobile = len(digits) == _MOBILE_DIGITS and digits[0] == "1" and digits[1] in "3456789"
    return digits if is_mobile else None
