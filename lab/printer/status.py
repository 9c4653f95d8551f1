"""How the printer is, and how it says so: DLE EOT 1 to 4, GS r, and automatic status back. Pure.

Bits as Epson documents them and as Chinese printers copy them. `Dialect` names what cheaper printers leave out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Paper(Enum):
    """What the two paper sensors see."""

    PLENTY = "plenty"
    NEAR_END = "near_end"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the mechanism."""

    paper: Paper = Paper.PLENTY
    is_cover_open: bool = False
    is_cutter_jammed: bool = False
    is_overheated: bool = False
    is_broken: bool = False
    """An unrecoverable error (voltage, print head)."""

    @property
    def is_online(self) -> bool:
        """Whether it prints and carries out buffered commands."""
        return self.paper is not Paper.OUT and not (
            self.is_cover_open or self.is_cutter_jammed or self.is_overheated or self.is_broken
        )

    @property
    def has_error(self) -> bool:
        """An error in the printer's own sense: no paper and an open cover are not errors."""
        return self.is_cutter_jammed or self.is_overheated or self.is_broken


@dataclass(frozen=True, slots=True)
class Dialect:
    """What this model can do beside printing."""

    has_process_id: bool = True
    """GS ( H function 48 is answered; else ignored."""
    has_asb: bool = True
    has_clear_buffer: bool = True
    """DLE DC4 8 is carried out and answered."""
    has_near_end_sensor: bool = True
    has_chinese_at_power_on: bool = True
    """Chinese-market printers start in Kanji mode."""
    has_four_byte_characters: bool = True
    """GB18030's four-byte codes; older fonts print digits instead."""
    model_name: str = "Virtual-80"


def answer_to_dle_eot(which: int, health: Health, dialect: Dialect) -> bytes:
    """The one byte `0xx1xx10` for DLE EOT 1 to 4; nothing for other numbers."""
    near = health.paper is not Paper.PLENTY and dialect.has_near_end_sensor
    out = health.paper is Paper.OUT
    bits = {
        1: (0x08, not health.is_online),
        2: (0x04, health.is_cover_open),
        3: (0x08, health.is_cutter_jammed),
        4: (0x0C, near),
    }
    if which not in bits:
        return b""
    mask, is_set = bits[which]
    value = 0x12 | (mask if is_set else 0)
    if which == 1:
        value |= 0x04  # the drawer's line, high while nothing is connected
    if which == 2:
        value |= (0x20 if out else 0) | (0x40 if health.has_error else 0)
    if which == 3:
        value |= (0x20 if health.is_broken else 0) | (0x40 if health.is_overheated else 0)
    if which == 4:
        value |= 0x60 if out else 0
    return bytes((value,))


def answer_to_gs_r(which: int, health: Health, dialect: Dialect) -> bytes:
    """The one byte `0xx0xxxx` for GS r 1 (paper) and 2 (drawer)."""
    if which in (1, 49):
        near = health.paper is not Paper.PLENTY and dialect.has_near_end_sensor
        return bytes(((0x03 if near else 0) | (0x0C if health.paper is Paper.OUT else 0),))
    return b"\x00" if which in (2, 50) else b""


def automatic_status(health: Health, dialect: Dialect) -> bytes:
    """The four bytes of automatic status back."""
    near = health.paper is not Paper.PLENTY and dialect.has_near_end_sensor
    first = 0x14 | (0 if health.is_online else 0x08) | (0x20 if health.is_cover_open else 0)
    second = (
        (0x08 if health.is_cutter_jammed else 0)
        | (0x20 if health.is_broken else 0)
        | (0x40 if health.is_overheated else 0)
    )
    third = (0x03 if near else 0) | (0x0C if health.paper is Paper.OUT else 0)
    return bytes((first, second, third, 0x00))


def asb_reports(mask: int, before: Health, after: Health) -> bool:
    """Whether a change is one that GS a `mask` asked to hear of (1 offline, 2 error, 3 paper; bit numbers)."""
    return (
        (bool(mask & 0x02) and (before.is_online, before.is_cover_open) != (after.is_online, after.is_cover_open))
        or (bool(mask & 0x04) and _errors(before) != _errors(after))
        or (bool(mask & 0x08) and before.paper is not after.paper)
    )


def _errors(health: Health) -> tuple[bool, bool, bool]:
    return health.is_cutter_jammed, health.is_overheated, health.is_broken
