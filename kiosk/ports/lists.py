"""Lists for staff: who has arrived here without the server knowing it, and who is booked today. Masked names only.

Nobody waits unseen: while the line is cut, these are the only way in which a clinic hears of an arrival.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from booking.localized import LocalizedText
from booking.wire import Row
from kiosk.ports.lending import LeaseStand
from kiosk.ports.store import Arrival, QueuedTicket
from kiosk.ports.tickets import Ticket


class Fate(StrEnum):
    """What became of an arrival on the lists printed so far."""

    NEW = "new"
    """On none."""
    ON_PAPER = "on_paper"
    DOUBTFUL = "doubtful"
    """On one of which nobody knows whether it came out."""


@dataclass(frozen=True, slots=True)
class ListedArrival:
    """A check-in made here, and where it was listed."""

    arrival: Arrival
    fate: Fate = Fate.NEW
    slip_ms: int = 0
    """When the doubtful list was made."""


class ListStore(Protocol):
    """What lists are made of, and which were made. Raises StoreFault."""

    def row(self, kind: str, row_id: UUID) -> Row | None:
        """One row of the mirror that is not deleted."""
        ...

    def bookings_on(self, service_date: str) -> tuple[Row, ...]:
        """The mirror's bookings of a day, in order of time."""
        ...

    def leases(self) -> tuple[LeaseStand, ...]:
        """What is lent to this terminal, in order of the days."""
        ...

    def unheard(self) -> tuple[ListedArrival, ...]:
        """The check-ins made here that the server does not know or did not take, the earliest first."""
        ...

    def arrivals_since(self, at_ms: int) -> tuple[ListedArrival, ...]:
        """The check-ins made here from then on, the earliest first."""
        ...

    def write_page(self, page: QueuedTicket, operation_ids: Iterable[UUID]) -> None:
        """A page to print and whom it names. Pages that were never printed make room for it."""
        ...

    def cut_ms(self) -> int | None:
        """Since when the line is cut; None on line."""
        ...

    def note_cut(self, at_ms: int | None) -> None:
        """The line is cut since then, or not any more."""
        ...


class ListKind(StrEnum):
    """What a list is of."""

    ARRIVALS = "arrivals"
    DAY = "day"
    LENT = "lent"
    """What this terminal may sell without the server: it follows the day's list."""


@dataclass(frozen=True, slots=True)
class ListOrder:
    """A list that staff ask for."""

    kind: ListKind
    since_ms: int | None = None
    """Arrivals: all from then on; None: those that the server does not know."""
    department: str = ""
    """The day's list: a part of the department's name; empty: all."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One patient, or a lent number. Its repr says nothing of a patient."""

    number: str
    at_ms: int
    """Of the arrival; in the day's list of the booked time."""
    masked_name: str = field(repr=False)
    is_known: bool
    """Arrivals: the server has it. The day's list: the patient is here. Lent numbers: it was sold here."""
    operation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListGroup:
    """The patients of one department at one desk, in order of time."""

    department: LocalizedText
    is_sensitive: bool
    """Its name is not shown where others may read it."""
    building: LocalizedText
    floor: LocalizedText
    area: LocalizedText
    lines: tuple[ListLine, ...]
    is_continued: bool = False
    """It began on the page before."""


@dataclass(frozen=True, slots=True)
class DoubtfulSlip:
    """An earlier list of which nobody knows whether it came out."""

    made_ms: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """All that is on one page of a list. Instants are milliseconds UTC."""

    kind: ListKind
    hospital: LocalizedText
    terminal_label: str
    time_zone: tzinfo
    service_date: str
    groups: tuple[ListGroup, ...]
    people: int
    """On all pages; of lent numbers how many are not sold."""
    cut_ms: int | None
    """Since when the line is cut; None on line."""
    since_ms: int | None
    """Asked for from then on, whether the server knows of them or not."""
    doubtful: tuple[DoubtfulSlip, ...]
    printed_ms: int
    page: int
    pages: int


class ListWriter(Protocol):
    """Makes the pages of lists, in the words of a language. Pure; kiosk.journey provides it."""

    def list_page(self, facts: ListFacts, language: str) -> Ticket:
        """One page."""
        ...
