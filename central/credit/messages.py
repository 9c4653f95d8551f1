"""What is asked and told about how a person stands: balance, each entry with its reason, how to appeal.  # rule F3"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from pydantic import Field

from booking.localized import LocalizedText

Why = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the ledger as the patient sees it."""

    entry_id: UUID
    day: str
    act: str
    """A `credit.Act`; `what` says it in words."""
    what: LocalizedText
    why_not_the_patient: LocalizedText
    """Where it was not the patient's doing; else empty texts."""
    state: str
    """A `credit.LineState`; `state_text` says it in words."""
    state_text: LocalizedText
    cost: int
    lapses_on: str | None
    appeal: str
    """A `credit.Appeal`."""
    appeal_until: str | None
    booking_id: UUID | None
    hospital_id: UUID | None
    is_provisional: bool
    staff_reason: str = field(default="", repr=False)
    """Why staff voided it, or let it stand."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """How a person stands at this hospital today."""

    person_id: UUID
    scheme: str
    day: str
    level: str
    may_book: bool
    balance: int | None
    strikes: int
    bookings_off: int
    suspended_until: str | None
    restricted_until: str | None
    awaits_reactivation: bool
    advice: tuple[LocalizedText, ...]
    """What it means and what to do; empty for who stands well."""
    how_to_appeal: LocalizedText
    entries: tuple[EntryLine, ...]


@dataclass(frozen=True, slots=True)
class AppealEntry:
    """POST people/{person_id}/appeals. `acting_id`: the guardian who appeals."""

    entry_id: UUID
    acting_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SettleEntry:
    """POST people/{person_id}/voids and .../appeal-refusals, by staff."""

    entry_id: UUID
    reason: Why
