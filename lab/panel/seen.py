"""What the panel sees of the devices and of the terminal: values that travel from the bench to whoever shows them.

Decides which conditions the panel can tell apart and set. Knows no Qt, and no device's inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from lab import outages
from lab.people import SamplePerson
from lab.printer.paper import PrintedTicket
from lab.printer.status import Health


class CardFault(Enum):
    """What is wrong with a card that is put in."""

    NONE = "sound"
    GARBAGE = "answers garbage"
    HANGS = "hangs"
    LEAVES = "leaves while it is read"
    UNKNOWN = "unknown kind"


class PrinterLink(Enum):
    """How the printer is to be reached."""

    ANSWERING = "answering"
    SILENT = "silent"
    UNPLUGGED = "unplugged"


class NetworkCondition(Enum):
    """The conditions of the network that the panel can set."""

    WORKING = "working"
    CUT = "cut"
    SLOW = "slow"
    ANSWERS_LOST = "answers lost"
    SERVER_ERRORS = "server errors"
    CAPTIVE_PORTAL = "captive portal"


SLOW_MS: Final = 1_500
OUTAGES: Final[Mapping[NetworkCondition, outages.Condition]] = {
    NetworkCondition.WORKING: outages.Passing(),
    NetworkCondition.CUT: outages.Refusing(),
    NetworkCondition.SLOW: outages.Delaying(delay_ms=SLOW_MS),
    NetworkCondition.ANSWERS_LOST: outages.LosingAnswers(),
    NetworkCondition.SERVER_ERRORS: outages.SERVER_ERROR,
    NetworkCondition.CAPTIVE_PORTAL: outages.CAPTIVE_PORTAL,
}


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A card in the slot; `person` is None for a card that is nobody's, or was not put in from here."""

    person: SamplePerson | None
    fault: CardFault = CardFault.NONE


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    """The printer."""

    health: Health = field(default_factory=Health)
    link: PrinterLink = PrinterLink.ANSWERING
    speed_mm_s: float | None = None
    unfinished_mm: float = 0.0
    """How much paper hangs out, printed and not cut."""
    is_stalled: bool = False
    """Whether something waits in it for a person."""


@dataclass(frozen=True, slots=True)
class TerminalSeen:
    """What the terminal says of itself. None where it does not say."""

    is_enrolled: bool
    is_online: bool | None = None
    waiting: int | None = None
    not_applied: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class BenchSeen:
    """Everything at one moment. `terminal` is None while it does not answer, `network` where it is none of ours."""

    card: CardSeen | None = None
    printer: PrinterSeen = PrinterSeen()
    network: NetworkCondition | None = NetworkCondition.WORKING
    terminal: TerminalSeen | None = None


class News(Enum):
    """How a thing that happened is meant."""

    PLAIN = "plain"
    GOOD = "good"
    CARE = "care"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened at a device, in one line for people."""

    at: datetime
    text: str = field(repr=False)
    news: News = News.PLAIN


@dataclass(frozen=True, slots=True)
class TicketCut:
    """A ticket came out; `number` counts from 1 since the printer was made."""

    at: datetime
    number: int
    ticket: PrintedTicket


@dataclass(frozen=True, slots=True)
class CardActionEnded:
    """What was asked of the card slot was done, or was not: the next may be asked."""


Report = BenchSeen | Happened | TicketCut | CardActionEnded


def terminal_from(status: Mapping[str, object] | None) -> TerminalSeen | None:
    """The terminal's own status; what is missing or of another kind in it is unknown."""
    if status is None:
        return None
    online, label = status.get("online"), status.get("label")
    return TerminalSeen(
        is_enrolled=status.get("enrolled") is True,
        is_online=online if isinstance(online, bool) else None,
        waiting=_count(status.get("waiting")),
        not_applied=_count(status.get("not_applied")),
        label=label if isinstance(label, str) else "",
    )


def network_from(condition: outages.Condition) -> NetworkCondition | None:
    """Which of ours this is."""
    return next((ours for ours, theirs in OUTAGES.items() if theirs == condition), None)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
