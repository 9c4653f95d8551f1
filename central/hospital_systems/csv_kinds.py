"""The three kinds of files: which columns each has, and how lines become what a hospital system told. Pure.

An order with three items is three lines with the same order number and `as_of`; a payment for two items is two. One
bad line keeps all lines of its order or payment out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from central.hospital_systems.csv_files import BadFile, BadLine, Line, read_csv
from central.hospital_systems.told import PaidItem, ToldAnswer, ToldItem, ToldOrder, ToldPayment, Whose

Told = TypeVar("Told", ToldOrder, ToldPayment, ToldAnswer)


class Kind(StrEnum):
    """Kinds of files, in the order in which they are taken; the value is how a name begins."""

    ORDERS = "orders"
    PAYMENTS = "payments"
    CONFIRMATIONS = "confirmations"


@dataclass(frozen=True, slots=True)
class Block(Generic[Told]):
    """The lines that are one row together."""

    row: Told
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Blocks(Generic[Told]):
    """A file's rows, and its bad lines."""

    blocks: tuple[Block[Told], ...]
    bad: Mapping[int, BadLine]


class _BadValue(Exception):
    """A cell is no such value."""


def read_orders(content: bytes, zone: tzinfo) -> Blocks[ToldOrder] | BadFile:
    """The orders of a file."""
    return _read(content, ORDERS, lambda lines: _order(lines, zone), ("order", "as_of"))


def read_payments(content: bytes, zone: tzinfo) -> Blocks[ToldPayment] | BadFile:
    """The payments of a file."""
    return _read(content, PAYMENTS, lambda lines: _payment(lines, zone), ("source", "payment", "as_of"))


def read_confirmations(content: bytes, zone: tzinfo) -> Blocks[ToldAnswer] | BadFile:
    """The answers of a file."""
    return _read(content, CONFIRMATIONS, lambda lines: _answer(lines, zone), ("booking_number", "as_of"))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a kind: those that must be there, and of those that may be, each with its Chinese name."""

    needed: Mapping[str, str]
    others: Mapping[str, str]
    name: str
    """The one that names the row."""
    of_line: frozenset[str] = frozenset()
    """Those in which lines of one row may differ."""

    @property
    def known(self) -> dict[str, str]:
        """Every name that a header may give."""
        every = {**self.needed, **self.others}
        return {**{name: name for name in every}, **{chinese: name for name, chinese in every.items()}}


_ITEM = {"item_no": "项目序号", "item_code": "项目代码"}
ORDERS = Columns(
    needed={
        "order": "医嘱号",
        "as_of": "截至时间",
        "document_kind": "证件类型",
        "document_number": "证件号码",
        "ordered_at": "开单时间",
        **_ITEM,
        "item_name": "项目名称",
    },
    others={
        "state": "医嘱状态",
        "urgent": "急",
        "fasting": "空腹",
        "series_minutes": "采样分钟",
        "preparation_days": "准备天数",
        "tubes": "试管",
        "item_name_en": "项目英文名",
        "service_id": "服务编号",
        "doctor_id": "医生编号",
        "department_id": "科室编号",
    },
    name="order",
    of_line=frozenset(
        {
            *_ITEM,
            "item_name",
            "item_name_en",
            "fasting",
            "series_minutes",
            "preparation_days",
            "tubes",
            "service_id",
        }
    ),
)
PAYMENTS = Columns(
    needed={
        "source": "收费系统",
        "payment": "收费流水号",
        "as_of": "截至时间",
        "amount": "金额",
        "paid_at": "收费时间",
    },
    others={"state": "收费状态", "order": "医嘱号", "booking_number": "预约号", **_ITEM},
    name="payment",
    of_line=frozenset(_ITEM),
)
CONFIRMATIONS = Columns(
    needed={"booking_number": "预约号", "as_of": "截至时间", "confirmed": "是否确认"},
    others={"reference": "系统流水号"},
    name="booking_number",
)
_YES, _NO = ("yes", "y", "true", "1", "是"), ("no", "n", "false", "0", "否", "")
_ORDER_STATES = {"": "open", "有效": "open", "已完成": "done", "已作废": "withdrawn"}
_PAYMENT_STATES = {"": "paid", "已收": "paid", "已退": "reversed"}
_DOCUMENTS = {
    "身份证": "resident_id",
    "社保卡": "social_security",
    "就诊卡": "hospital_card",
    "护照": "passport",
    "港澳台居民居住证": "residence_permit",
    "外国人永久居留身份证": "permanent_residence",
}


def _read(
    content: bytes, columns: Columns, make: Callable[[list[Line]], Told], key: tuple[str, ...]
) -> Blocks[Told] | BadFile:
    read = read_csv(content, needed=columns.needed, known=columns.known)
    if isinstance(read, BadFile):
        return read
    together: dict[tuple[str, ...], list[Line]] = {}
    for line in read.lines:
        together.setdefault(tuple(line.cells[name] for name in key), []).append(line)
    bad, blocks = dict(read.bad), []
    for lines in together.values():
        numbers = tuple(it.number for it in lines)
        try:
            if not _is_one(lines, columns) or lines[0].cells[columns.name] in read.torn:
                bad.update(dict.fromkeys(numbers, BadLine.ANOTHER_LINE))
                continue
            blocks.append(Block(make(lines), numbers))
        except _BadValue:
            bad.update({it.number: _why(it, make) for it in lines})
    return Blocks(tuple(blocks), bad)


def _why(line: Line, make: Callable[[list[Line]], Told]) -> BadLine:
    """Whether it is this line itself."""
    try:
        make([line])
    except _BadValue:
        return BadLine.BAD_VALUE
    return BadLine.ANOTHER_LINE


def _is_one(lines: list[Line], columns: Columns) -> bool:
    """Whether the lines say the same of what they have in common."""
    common = [{name: text for name, text in it.cells.items() if name not in columns.of_line} for it in lines]
    return all(it == common[0] for it in common)


def _order(lines: list[Line], zone: tzinfo) -> ToldOrder:
    head = lines[0].cells
    kind = head["document_kind"]
    return ToldOrder(
        reference=head["order"],
        as_of_ms=_instant(head["as_of"], zone),
        patient=Whose(document_kind=_DOCUMENTS.get(kind, kind), document_number=head["document_number"]),
        ordered_ms=_instant(head["ordered_at"], zone),
        state=_named(head.get("state", ""), _ORDER_STATES),
        is_urgent=_yes(head.get("urgent", "")),
        doctor_id=_id(head.get("doctor_id", "")),
        department_id=_id(head.get("department_id", "")),
        items=tuple(_item(it.cells) for it in lines),
    )


def _item(cells: Mapping[str, str]) -> ToldItem:
    return ToldItem(
        item_no=_whole(cells["item_no"]),
        code=cells["item_code"],
        name=cells["item_name"],
        name_en=cells.get("item_name_en", ""),
        service_id=_id(cells.get("service_id", "")),
        is_fasting=_yes(cells.get("fasting", "")),
        series_minutes=tuple(map(_whole, _list(cells.get("series_minutes", "")))),
        preparation_days=_whole(cells.get("preparation_days", "") or "0"),
        tubes=cells.get("tubes", ""),
    )


def _payment(lines: list[Line], zone: tzinfo) -> ToldPayment:
    head = lines[0].cells
    return ToldPayment(
        source=head["source"],
        reference=head["payment"],
        as_of_ms=_instant(head["as_of"], zone),
        amount_cents=_cents(head["amount"]),
        paid_ms=_instant(head["paid_at"], zone),
        state=_named(head.get("state", ""), _PAYMENT_STATES),
        order_reference=head.get("order", ""),
        booking_number=head.get("booking_number", ""),
        items=tuple(_paid_items(it.cells for it in lines)),
    )


def _paid_items(lines: Iterable[Mapping[str, str]]) -> Iterable[PaidItem]:
    for cells in lines:
        number, code = cells.get("item_no", ""), cells.get("item_code", "")
        if bool(number) != bool(code):
            raise _BadValue
        if number:
            yield PaidItem(item_no=_whole(number), code=code)


def _answer(lines: list[Line], zone: tzinfo) -> ToldAnswer:
    head = lines[0].cells
    return ToldAnswer(
        booking_number="".join(head["booking_number"].split()),
        as_of_ms=_instant(head["as_of"], zone),
        is_confirmed=_yes(head["confirmed"], may_be_empty=False),
        reference=head.get("reference", ""),
    )


def _instant(text: str, zone: tzinfo) -> int:
    """`2026-03-18 10:00:00`, with a fraction if need be; without an offset it is the hospital's own time."""
    try:
        at = datetime.fromisoformat(text)
        known = at if at.tzinfo is not None else at.replace(tzinfo=zone)
        return round((known - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    except (ValueError, OverflowError) as error:
        raise _BadValue from error


def _cents(text: str) -> int:
    """An amount in yuan with at most two decimals."""
    try:
        cents = Decimal(text) * 100
        if not text.isascii() or not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > 10**12:
            raise _BadValue
        return int(cents)
    except InvalidOperation as error:
        raise _BadValue from error


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _BadValue
    return int(text)


def _yes(text: str, *, may_be_empty: bool = True) -> bool:
    plain = text.casefold()
    if plain not in (*_YES, *_NO) or not (plain or may_be_empty):
        raise _BadValue
    return plain in _YES


def _named(text: str, names: Mapping[str, str]) -> str:
    return names.get(text, text)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise _BadValue from error


def _list(text: str) -> list[str]:
    return [it for it in text.replace(";", " ").replace("/", " ").split() if it]
