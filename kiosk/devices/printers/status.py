"""What a printer's bytes say about it.

Decides which received byte belongs to which answer (by its fixed bits, never by its place), and which status the bits
mean. Pure: knows no link and no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.devices.printers.profile import Dialect, Profile
from kiosk.ports.printers import (
    CoverOpen,
    FaultKind,
    Faulty,
    PaperOut,
    PrinterStatus,
    Ready,
    UnknownStatus,
    Unreachable,
)

ASKED = (1, 2, 3, 4)
"""The n of `DLE EOT n` that make one complete picture, asked and answered in this order."""
ASK_ALL = b"".join(bytes((0x10, 0x04, n)) for n in ASKED)

_PROCESS_BLOCK, _TEXT_BLOCK, _BLOCK_END = 0x37, 0x5F, 0x00
_FENCE_MARK, _CLEARED_MARK = 0x22, 0x25
_XON, _XOFF = 0x11, 0x13
_BLOCK_LIMIT = 80


@dataclass(frozen=True, slots=True)
class RealTimeAnswer:
    """One answer to `DLE EOT n`; which n, only the order tells."""

    bits: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """The four bytes that the printer sends by itself when something changes (ASB)."""

    packet: bytes


@dataclass(frozen=True, slots=True)
class StatusBehind:
    """The answer to `GS r`, given when its turn came."""

    bits: int


@dataclass(frozen=True, slots=True)
class FenceReached:
    """The process id that was sent behind a job: all before it is on paper."""

    fence_id: bytes


@dataclass(frozen=True, slots=True)
class BufferCleared:
    """The printer dropped what it had not printed."""


Received = RealTimeAnswer | AutomaticStatus | StatusBehind | FenceReached | BufferCleared


class Demultiplexer:
    """Parts the received bytes into answers, however they were cut. Bytes of no known pattern are dropped."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Received]:
        """Take bytes; the answers that they complete."""
        answers: list[Received] = []
        for byte in data:
            answer = self._take(byte)
            if answer is not None:
                answers.append(answer)
        return answers

    def _take(self, byte: int) -> Received | None:
        if self._pending:
            if self._pending[0] in {_PROCESS_BLOCK, _TEXT_BLOCK}:
                return self._go_on_with_block(byte)
            if byte & 0x90 == 0:
                return self._go_on_with_packet(byte)
            self._pending.clear()
        if byte in {_PROCESS_BLOCK, _TEXT_BLOCK} or byte & 0x93 == 0x10:
            self._pending.append(byte)
            return None
        if byte & 0x93 == 0x12:
            return RealTimeAnswer(byte)
        if byte & 0x90 == 0 and byte not in {_XON, _XOFF}:
            return StatusBehind(byte)
        return None

    def _go_on_with_packet(self, byte: int) -> Received | None:
        self._pending.append(byte)
        if len(self._pending) < 4:
            return None
        packet = bytes(self._pending)
        self._pending.clear()
        return AutomaticStatus(packet)

    def _go_on_with_block(self, byte: int) -> Received | None:
        self._pending.append(byte)
        if byte != _BLOCK_END:
            if len(self._pending) > _BLOCK_LIMIT:
                self._pending.clear()
            return None
        block = bytes(self._pending)
        self._pending.clear()
        if block[0] != _PROCESS_BLOCK or len(block) < 3:
            return None
        if block[1] == _FENCE_MARK:
            return FenceReached(block[2:-1])
        return BufferCleared() if block[1] == _CLEARED_MARK else None


@dataclass(frozen=True, slots=True)
class Readings:
    """What the printer said last, in words."""

    is_offline: bool
    is_cover_open: bool
    is_paper_out: bool
    is_near_end: bool
    has_cutter_error: bool
    has_unrecoverable_error: bool
    is_overheated: bool


@dataclass(frozen=True, slots=True)
class _PaperBits:
    near_end: int
    end: int


_PAPER_BITS = {
    Dialect.EPSON: _PaperBits(near_end=0x0C, end=0x60),
    # Citizen PPU-231II manual p. 12: bit 6 is the sensor of the presenter.
    Dialect.PRESENTER: _PaperBits(near_end=0x0C, end=0x20),
}


def read_answers(answers: Sequence[int], dialect: Dialect) -> Readings:
    """The picture that the four answers to `DLE EOT 1` to `4` give together."""
    printer, cause, errors, paper = answers
    bits = _PAPER_BITS[dialect]
    return Readings(
        is_offline=bool(printer & 0x08),
        is_cover_open=bool(cause & 0x04),
        is_paper_out=bool(paper & bits.end or cause & 0x20),
        is_near_end=bool(paper & bits.near_end),
        has_cutter_error=bool(errors & 0x08),
        has_unrecoverable_error=bool(errors & 0x20),
        is_overheated=bool(errors & 0x40),
    )


def read_packet(packet: bytes) -> Readings:
    """The picture that an automatic status packet gives."""
    printer, errors, paper, _ = packet
    return Readings(
        is_offline=bool(printer & 0x08),
        is_cover_open=bool(printer & 0x20),
        is_paper_out=bool(paper & 0x0C),
        is_near_end=bool(paper & 0x03),
        has_cutter_error=bool(errors & 0x08),
        has_unrecoverable_error=bool(errors & 0x20),
        is_overheated=bool(errors & 0x40),
    )


def status_of(readings: Readings, profile: Profile) -> PrinterStatus:
    """The one status that these readings mean; of several faults the one that a person deals with first."""
    if readings.is_cover_open:
        return CoverOpen()
    if readings.is_paper_out:
        return PaperOut()
    if readings.has_cutter_error:
        return Faulty(FaultKind.CUTTER)
    if readings.has_unrecoverable_error:
        return Faulty(FaultKind.UNRECOVERABLE)
    if readings.is_overheated:
        return Faulty(FaultKind.OVERHEATED)
    if readings.is_offline:
        return Faulty(FaultKind.OTHER)
    return Ready(readings.is_near_end if profile.has_near_end_sensor else None)


def cause_of(status: PrinterStatus) -> str:
    """Why the printer is so, in a word for the log; empty where its kind says all."""
    match status:
        case Faulty():
            return status.kind.value
        case Unreachable() | UnknownStatus():
            return status.why
        case _:
            return ""
