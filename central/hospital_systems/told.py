"""What a hospital's own system says, each with its own name for the thing and `as_of_ms`: when it was so.

The newest counts, whatever the order in which it comes: an older word never overwrites a newer one, and the same word
said again changes nothing. Instants are milliseconds UTC, money is whole cents. Texts are checked by `flaws`, row by
row: one bad row does not keep the others out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

MOST_ROWS = 500
MOST_ITEMS = 50
Code = str


class OrderState(StrEnum):
    """What has become of an order."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class PaymentState(StrEnum):
    """What has become of a payment."""

    PAID = "paid"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The patient: by the group's id, or by a document or card."""

    person_id: UUID | None = None
    document_kind: str = ""
    document_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldItem:
    """One examination or blood test of an order.  # rule D11"""

    item_no: int
    code: Code
    name: str
    name_en: str = ""
    service_id: UUID | None = None
    is_fasting: bool = False
    series_minutes: tuple[int, ...] = ()
    """At which minutes blood is drawn: 0, 60, 120."""
    preparation_days: int = 0
    tubes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOrder:
    """A doctor's order, whole: items that are not named any more are gone."""

    reference: str = field(repr=False)
    """As its barcode says it."""
    as_of_ms: int
    patient: Whose
    items: tuple[ToldItem, ...]
    ordered_ms: int
    state: str = OrderState.OPEN.value
    is_urgent: bool = False
    doctor_id: UUID | None = None
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidItem:
    """What was paid for one item of an order. The code is the cashier's; it may differ from the doctor's."""

    item_no: int
    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPayment:
    """A payment or its reversal, for an order or for a booking.  # rule D9"""

    source: str
    """Which cashier system says so; its references are its own."""
    reference: str
    as_of_ms: int
    amount_cents: int
    paid_ms: int
    state: str = PaymentState.PAID.value
    order_reference: str = field(default="", repr=False)
    items: tuple[PaidItem, ...] = ()
    """Of an order; empty: all its items, as ordered."""
    booking_number: str = field(default="", repr=False)
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAnswer:
    """Whether the system that owns the session takes a pending booking.  # rule D4"""

    as_of_ms: int
    is_confirmed: bool
    booking_number: str = field(default="", repr=False)
    booking_id: UUID | None = None
    reference: str = ""
    """What that system calls the booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSitting:
    """What a department says on the day: whether the session takes place, and since when it does.  # rule C4"""

    session_id: UUID
    as_of_ms: int
    sits: bool
    confirmed_by: str = ""
    opened_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PutOrders:
    """PUT hospital-system/orders."""

    orders: Annotated[tuple[ToldOrder, ...], Field(max_length=MOST_ROWS)]


@dataclass(frozen=True, slots=True)
class PutPayments:
    """PUT hospital-system/payments."""

    payments: Annotated[tuple[ToldPayment, ...], Field(max_length=MOST_ROWS)]


@dataclass(frozen=True, slots=True)
class PutAnswers:
    """PUT hospital-system/confirmations."""

    confirmations: Annotated[tuple[ToldAnswer, ...], Field(max_length=MOST_ROWS)]


@dataclass(frozen=True, slots=True)
class PutSittings:
    """PUT hospital-system/sittings."""

    sittings: Annotated[tuple[ToldSitting, ...], Field(max_length=MOST_ROWS)]


class Verdict(StrEnum):
    """What became of a row."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    """It says what is known already."""
    OLDER = "older"
    """Something newer is known; it was left out."""
    REFUSED = "refused"
    """Nothing of it was stored; `why` says what to do about it."""


class Why(StrEnum):
    """Why a row was refused. The list is closed; docs/integration.md tells what to do."""

    BAD_REFERENCE = "bad_reference"
    BAD_AS_OF = "bad_as_of"
    AS_OF_IN_FUTURE = "as_of_in_future"
    AS_OF_USED = "as_of_used"
    """The same `as_of` said something else before."""
    BAD_TIME = "bad_time"
    BAD_TEXT = "bad_text"
    BAD_CODE = "bad_code"
    BAD_STATE = "bad_state"
    BAD_AMOUNT = "bad_amount"
    BAD_ITEMS = "bad_items"
    BAD_DOCUMENT = "bad_document"
    NAMES_NOT_ONE = "names_not_one"
    """A payment is for an order or for a booking; a booking is named by number or by id; a patient likewise."""
    UNKNOWN_PERSON = "unknown_person"
    PERSON_NOT_UNIQUE = "person_not_unique"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_BOOKING = "unknown_booking"
    UNKNOWN_SESSION = "unknown_session"
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_DOCTOR = "unknown_doctor"
    UNKNOWN_DEPARTMENT = "unknown_department"
    NOT_ASKED = "not_asked"
    """Nobody waits for this system's word on that booking."""
    STATE_FORBIDS = "state_forbids"
    """The booking is over, or the patient is here already."""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """One row's verdict; rows are counted from 0, in the order in which they were sent."""

    row: int
    verdict: Verdict
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The answer: one verdict for each row."""

    verdicts: tuple[RowVerdict, ...]


class NotTaken(Exception):
    """Raised while a row is stored: nothing of it stays."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
