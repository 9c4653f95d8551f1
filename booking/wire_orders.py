"""What terminals and channels ask about doctors' orders, version 1. As `booking.wire`: frozen dataclasses, unknown
fields ignored. A barcode travels in a body, never in an address.  # rule D11
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.localized import LocalizedText
from booking.wire import WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOrder:
    """POST orders/find: the order of a barcode; its text, or its keyed hash (base64), one of them."""

    reference: str = field(default="", repr=False)
    reference_hash: str = field(default="", repr=False)
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItemView:
    """One examination or blood test of an order."""

    item_no: int
    code: str
    name: LocalizedText
    service_id: UUID | None = None
    is_paid: bool = False
    is_differing: bool = False
    """What was paid and what was ordered do not agree."""
    is_fasting: bool = False
    series_minutes: tuple[int, ...] = ()
    preparation_days: int = 0
    tubes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order, to whoever may see it. `unpaid` and `differing` are codes of items."""

    order_id: UUID
    person_id: UUID
    masked_name: str = field(repr=False)
    state: str
    is_urgent: bool
    ordered_ms: int
    as_of_ms: int
    """When the hospital's system last said so."""
    items: tuple[OrderItemView, ...]
    unpaid: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    doctor_id: UUID | None = None
    department_id: UUID | None = None
    booking_ids: tuple[UUID, ...] = ()
    """Bookings made with it that still count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderViews:
    """Several orders, the newest first."""

    orders: tuple[OrderView, ...]
