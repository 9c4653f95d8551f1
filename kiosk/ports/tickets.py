"""A ticket as data: what is on the paper, not how it is drawn. The same blocks give paper, picture and text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a text stands on the line."""

    LEFT = "left"
    CENTRE = "centre"


class Size(StrEnum):
    """Sizes of text on paper, smallest first."""

    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    size: Size = Size.NORMAL
    align: Align = Align.LEFT
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class BigNumber:
    """The queue number, as large as the paper allows."""

    text: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class KeyValue:
    """A named value: the name small and grey-light, the value strong."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Columns:
    """One line of a list. Lines that follow each other share their columns; the first cell is strong."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    is_dashed: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """A framed paragraph that must not be missed."""

    text: str


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code with its caption."""

    data: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """An inverse label, e.g. the booking mark 预约专用章 or 补打 on a reprint."""

    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """Empty paper."""

    mm: float


Block = Text | BigNumber | KeyValue | Columns | Rule | Notice | QrCode | Mark | Space


@dataclass(frozen=True, slots=True)
class Ticket:
    """One slip. `template` and `template_version` name the layout; `language` is a BCP 47 tag."""

    template: str
    template_version: int
    language: str
    blocks: tuple[Block, ...]
