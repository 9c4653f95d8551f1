"""Card readers as the terminal sees them.

A read belongs to an insertion (reader and event counter); whoever gets it compares the insertion with the visit's
anchor and drops what does not fit: a late read never greets the next person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from booking.people import Identity


@dataclass(frozen=True, slots=True)
class Insertion:
    """One card in one reader, from its insertion to its removal. Two cards with equal ATR have two of these."""

    reader: str
    counter: int
    """pcscd's event counter for this reader, made unique over restarts of pcscd."""


class ReaderCondition(StrEnum):
    """What is known of a reader."""

    READY = "ready"
    ABSENT = "absent"
    NO_SERVICE = "no_service"
    """The card daemon does not answer."""
    HUNG = "hung"
    """A card does not answer; taking it out helps."""
    UNKNOWN = "unknown"


class Unreadable(StrEnum):
    """Why a card could not be read."""

    NOT_RECOGNISED = "not_recognised"
    """No profile knows this card (upside down, or of another kind)."""
    GARBAGE = "garbage"
    """It answered with what no such card may answer."""
    NO_ANSWER = "no_answer"
    """It did not answer in time."""
    REMOVED = "removed"
    """It was taken out while being read."""
    READER = "reader"
    """The reader or the card daemon failed."""


# Events, from the reader's worker
@dataclass(frozen=True, slots=True)
class CardInserted:
    """A card is in. `seen_boot_ms` is when the process saw the daemon's event."""

    insertion: Insertion
    seen_boot_ms: int


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """That card is out (or its reader is gone)."""

    insertion: Insertion


@dataclass(frozen=True, slots=True)
class CardRead:
    """What the card said. `identity` is personal data of this visit only."""

    visit_id: UUID
    insertion: Insertion
    identity: Identity


@dataclass(frozen=True, slots=True)
class CardNotRead:
    """The card could not be read."""

    visit_id: UUID
    insertion: Insertion
    why: Unreadable


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """A reader's condition is now this."""

    reader: str
    condition: ReaderCondition


# Command, to the reader's worker
@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read the card of this insertion for this visit."""

    visit_id: UUID
    insertion: Insertion


class CardReaders(Protocol):
    """All card readers of the terminal. Events come through the `Emit` given at construction."""

    def start(self) -> None:
        """Begin to watch. Returns at once."""
        ...

    def read(self, command: ReadCard) -> None:
        """Queue a read. The answer is exactly one CardRead or CardNotRead. Returns at once."""
        ...

    def stop(self) -> None:
        """End the workers; within 2 s, a reader stuck in its driver is left behind."""
        ...

    def needs_restart(self) -> bool:
        """Whether so many reads are stuck in drivers that the application should be started anew in an idle moment."""
        ...
