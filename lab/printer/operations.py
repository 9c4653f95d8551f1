"""What a printer does: the vocabulary between the bytes that come and the paper that goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Justification(Enum):
    """ESC a."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look."""

    width: int = 1
    height: int = 1
    is_bold: bool = False
    is_inverse: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class PrintLine:
    """A line of text; `advance_dots` is how far the paper moves."""

    runs: tuple[Run, ...]
    justification: Justification
    advance_dots: int


@dataclass(frozen=True, slots=True)
class PrintRow:
    """One row of a picture, most significant bit left, 1 is black; printed `high` times, each dot `wide` times."""

    row: bytes
    justification: Justification
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class PrintQr:
    """A QR code made by the printer."""

    data: bytes
    module_dots: int
    correction: str
    justification: Justification


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper."""

    dots: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed to the cutter and cut."""

    is_partial: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes for the host, sent when everything before is done."""

    data: bytes


@dataclass(frozen=True, slots=True)
class AnswerPaper:
    """GS r: what the sensors say at that moment."""

    which: int


@dataclass(frozen=True, slots=True)
class SwitchAsb:
    """GS a, or ESC @ (which switches it off)."""

    mask: int


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A command this printer does not have; its bytes are passed over."""

    prefix: bytes


Operation = PrintLine | PrintRow | PrintQr | Feed | Cut | Answer | AnswerPaper | SwitchAsb | NotUnderstood
