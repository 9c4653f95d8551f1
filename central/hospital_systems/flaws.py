"""What is wrong with a row by itself, before anything is looked up. Everything that comes in is hostile."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from booking.people import DocumentKind
from central.hospital_systems.told import (
    MOST_ITEMS,
    OrderState,
    PaymentState,
    ToldAnswer,
    ToldItem,
    ToldOrder,
    ToldPayment,
    ToldSitting,
    Whose,
    Why,
)
from central.orders.references import plain_reference

AHEAD_MS = 10 * 60_000
"""So much another computer's clock may be ahead: a word from the far future would keep all later ones out."""
_EARLIEST_MS = 946_684_800_000
"""The year 2000."""
_MOST_CENTS = 100_000_000
_CODE, _SHORT, _NAME = 32, 64, 200
_LONGEST_SERIES_MIN = 24 * 60
_MOST_DRAWS = 12
_MOST_DAYS = 60
_MOST_ITEM_NO = 9_999
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"})


def flaw_of_order(row: ToldOrder, now_ms: int) -> Why | None:
    """The first one; None: the row can be looked at."""
    if plain_reference(row.reference) is None:
        return Why.BAD_REFERENCE
    if row.state not in set(OrderState):
        return Why.BAD_STATE
    if not _is_time(row.ordered_ms, now_ms):
        return Why.BAD_TIME
    return _as_of(row.as_of_ms, now_ms) or _whose(row.patient) or _items(row.items)


def flaw_of_payment(row: ToldPayment, now_ms: int) -> Why | None:
    """As `flaw_of_order`."""
    if not _is_reference(row.reference) or not _is_code(row.source):
        return Why.BAD_REFERENCE
    named = (bool(row.order_reference), bool(row.booking_number), row.booking_id is not None)
    if sum(named) != 1 or (row.items and not row.order_reference):
        return Why.NAMES_NOT_ONE
    if row.order_reference and plain_reference(row.order_reference) is None:
        return Why.BAD_REFERENCE
    if row.state not in set(PaymentState):
        return Why.BAD_STATE
    if not 0 <= row.amount_cents <= _MOST_CENTS:
        return Why.BAD_AMOUNT
    if not _is_time(row.paid_ms, now_ms):
        return Why.BAD_TIME
    return _as_of(row.as_of_ms, now_ms) or _numbers((it.item_no for it in row.items), (it.code for it in row.items))


def flaw_of_answer(row: ToldAnswer, now_ms: int) -> Why | None:
    """As `flaw_of_order`."""
    if bool(row.booking_number) == (row.booking_id is not None):
        return Why.NAMES_NOT_ONE
    if row.reference and not _is_reference(row.reference):
        return Why.BAD_REFERENCE
    return _as_of(row.as_of_ms, now_ms)


def flaw_of_sitting(row: ToldSitting, now_ms: int) -> Why | None:
    """As `flaw_of_order`."""
    if not _is_text(row.confirmed_by, _SHORT, may_be_empty=True):
        return Why.BAD_TEXT
    if row.opened_ms is not None and not _is_time(row.opened_ms, now_ms):
        return Why.BAD_TIME
    return _as_of(row.as_of_ms, now_ms)


def is_plain(text: str) -> bool:
    """Nothing in it that cannot be seen, and nothing that a spreadsheet would take for a formula."""
    return not text.startswith(("=", "+", "-", "@")) and not any(unicodedata.category(c) in _UNSEEN for c in text)


def _as_of(as_of_ms: int, now_ms: int) -> Why | None:
    if as_of_ms < _EARLIEST_MS:
        return Why.BAD_AS_OF
    return Why.AS_OF_IN_FUTURE if as_of_ms > now_ms + AHEAD_MS else None


def _is_time(at_ms: int, now_ms: int) -> bool:
    return _EARLIEST_MS <= at_ms <= now_ms + AHEAD_MS


def _whose(patient: Whose) -> Why | None:
    has_document = bool(patient.document_kind or patient.document_number)
    if has_document == (patient.person_id is not None):
        return Why.NAMES_NOT_ONE
    if has_document and patient.document_kind not in set(DocumentKind):
        return Why.BAD_DOCUMENT
    return None


def _items(items: tuple[ToldItem, ...]) -> Why | None:
    if not items:
        return Why.BAD_ITEMS
    found = _numbers((it.item_no for it in items), (it.code for it in items))
    return found or next((why for why in map(_item, items) if why), None)


def _item(item: ToldItem) -> Why | None:
    texts = _is_text(item.name, _NAME) and _is_text(item.name_en, _NAME, may_be_empty=True)
    if not texts or not _is_text(item.tubes, _SHORT, may_be_empty=True):
        return Why.BAD_TEXT
    series = item.series_minutes
    is_series = list(series) == sorted(set(series)) and len(series) <= _MOST_DRAWS
    if not is_series or not all(0 <= it <= _LONGEST_SERIES_MIN for it in series):
        return Why.BAD_ITEMS
    return None if 0 <= item.preparation_days <= _MOST_DAYS else Why.BAD_ITEMS


def _numbers(numbers: Iterable[int], codes: Iterable[str]) -> Why | None:
    found = list(numbers)
    if len(found) > MOST_ITEMS or len(set(found)) != len(found) or not all(1 <= it <= _MOST_ITEM_NO for it in found):
        return Why.BAD_ITEMS
    return None if all(map(_is_code, codes)) else Why.BAD_CODE


def _is_code(text: str) -> bool:
    return _is_text(text, _CODE) and text.isascii() and "," not in text


def _is_reference(text: str) -> bool:
    return _is_text(text, _SHORT) and text.isascii()


def _is_text(text: str, longest: int, *, may_be_empty: bool = False) -> bool:
    return len(text) <= longest and (may_be_empty or bool(text.strip())) and is_plain(text)
