"""A page as the bytes of one print job. The only importer of python-escpos; import it on the printer's thread (slow).

Decides the commands and their order: initialise, automatic status on again, bands of pixels with blank rows as feeds,
the cut, and the fence last. Must not know the link, nor what the page shows.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escpos.escpos import Escpos
from PIL import Image

from kiosk.devices.printers.profile import Cut, Fence, Profile

_INITIALISE = b"\x1b@"
_AUTOMATIC_STATUS_ON = b"\x1da\x0e"
_RASTER_HEADER = b"\x1dv0"
_RASTER_HEADER_LENGTH = 8
_PROCESS_ID = b"\x1d(H\x06\x0000"
_STATUS_BEHIND = b"\x1dr\x01"
_FEED = b"\x1bJ"
_PARTIAL_CUT = b"\x1dV\x01"
_FEED_LIMIT = 255
_LOOK_AHEAD_ROWS = 8
_WORTH_A_BAND = 48
_MM_PER_DOT = 1 / 8
_INVERTED = bytes(0xFF ^ byte for byte in range(256))

_REAL_TIME_COMMAND = re.compile(rb"\x10[\x04\x05\x14]")
"""Obeyed wherever it stands, even among pixels (Citizen CBM1000 manual p. 50, HCC POS80B p. 35)."""


@dataclass(frozen=True, slots=True)
class JobBytes:
    """All bytes of one job, and how much paper they take."""

    data: bytes
    paper_mm: float


def neutralised(pixels: bytes) -> bytes:
    """The same pixels without anything that a printer obeys as a real-time command: one dot more in the second byte."""
    return _REAL_TIME_COMMAND.sub(lambda found: bytes((0x10, found[0][1] | 0x08)), pixels)


class _Recorder(Escpos):  # type: ignore[misc]  # python-escpos ships no types
    """python-escpos without a device: its commands are collected instead of sent."""

    def __init__(self, profile: str) -> None:
        super().__init__(profile=profile)
        self.recorded = bytearray()

    def _raw(self, msg: bytes) -> None:
        if msg.startswith(_RASTER_HEADER):
            msg = msg[:_RASTER_HEADER_LENGTH] + neutralised(msg[_RASTER_HEADER_LENGTH:])
        self.recorded += msg

    def _read(self) -> bytes:
        """Nobody answers here: status is read on the link."""
        return b""

    def open(self, raise_not_found: bool = True) -> None:  # noqa: FBT001, FBT002 - the library's signature
        """There is no device."""

    def close(self) -> None:
        """There is no device."""

    def raw(self, command: bytes) -> None:
        """Record a command that python-escpos has no name for."""
        self._raw(command)

    def raster(self, rows: Sequence[bytes]) -> None:
        """GS v 0: a band of pixels, each row so many bytes of ink. python-escpos would convert each band four times."""
        width, height = len(rows[0]), len(rows)
        self._raw(_RASTER_HEADER + struct.pack("<BHH", 0, width, height) + b"".join(rows))

    def feed_dots(self, dots: int, units_per_dot: int) -> None:
        """ESC J in as many steps as it takes."""
        units = dots * units_per_dot
        while units > 0:
            step = min(units, _FEED_LIMIT)
            self._raw(_FEED + bytes((step,)))
            units -= step


def encode_job(page: Image.Image, profile: Profile, fence_id: bytes) -> JobBytes:
    """The bytes that print this page once. `fence_id` are four printable characters that come back when it is done."""
    if page.width > profile.width_dots or page.width % 8:
        raise ValueError(f"a page of {page.width} dots does not fit a printer of {profile.width_dots}")
    printer = _Recorder(profile.escpos_profile)
    printer.raw(_INITIALISE)
    if profile.has_automatic_status:
        printer.raw(_AUTOMATIC_STATUS_ON)
    for stretch in _stretches(page, profile.band_rows):
        if isinstance(stretch, int):
            printer.feed_dots(stretch, profile.feed_units_per_dot)
        else:
            printer.raster(stretch)
    _part_from_roll(printer, profile)
    _fence(printer, profile, fence_id)
    return JobBytes(bytes(printer.recorded), page.height * _MM_PER_DOT + profile.feed_to_cutter_mm)


def _part_from_roll(printer: _Recorder, profile: Profile) -> None:
    feed = round(profile.feed_to_cutter_mm / _MM_PER_DOT)
    match profile.cut:
        case Cut.FEED_AND_PARTIAL:
            printer.cut(feed=False)
        case Cut.PARTIAL:
            printer.feed_dots(feed, profile.feed_units_per_dot)
            printer.raw(_PARTIAL_CUT)
        case Cut.NONE:
            printer.feed_dots(feed, profile.feed_units_per_dot)


def _fence(printer: _Recorder, profile: Profile, fence_id: bytes) -> None:
    match profile.fence:
        case Fence.PROCESS_ID:
            printer.raw(_PROCESS_ID + fence_id)
        case Fence.STATUS_BEHIND:
            printer.raw(_STATUS_BEHIND)
        case Fence.NONE:
            pass


@dataclass(frozen=True, slots=True)
class Band:
    """Rows `top` to `bottom` (not included) of a page, `width` bytes of them; no width: blank."""

    top: int
    bottom: int
    width: int


def bands(row_widths: Sequence[int], limit: int) -> Iterator[Band]:
    """Part a page into bands of at most `limit` rows and into blank stretches, so that few bytes are sent.

    `row_widths` are the bytes up to each row's last dot. A band begins where that saves more than its header costs.
    """
    top = 0
    for row in range(1, len(row_widths) + 1):
        if row == len(row_widths) or _is_new_band(row_widths, top, row, limit):
            yield Band(top, row, max(row_widths[top:row]))
            top = row


def _is_new_band(row_widths: Sequence[int], top: int, row: int, limit: int) -> bool:
    """Does a band that began at `top` end before `row`?"""
    before, here = row_widths[top:row], row_widths[row]
    widest = max(before)
    ahead = max(row_widths[row : row + _LOOK_AHEAD_ROWS])
    if widest == 0:
        return here > 0
    if len(before) >= limit or here > widest:
        return len(before) >= limit or len(before) * (here - widest) > _WORTH_A_BAND
    return (widest - ahead) * len(row_widths[row : row + _LOOK_AHEAD_ROWS]) > _WORTH_A_BAND


def _stretches(page: Image.Image, band_rows: int) -> Iterator[Sequence[bytes] | int]:
    """The page from top to bottom: rows of bands with ink, cut off behind their last dot, and numbers of blank rows."""
    row_bytes = page.width // 8
    ink = page.tobytes().translate(_INVERTED)
    rows = [ink[start : start + row_bytes] for start in range(0, len(ink), row_bytes)]
    widths = [len(row.rstrip(b"\x00")) for row in rows]
    for band in bands(widths, band_rows):
        if band.width == 0:
            yield band.bottom - band.top
        else:
            yield [row[: band.width] for row in rows[band.top : band.bottom]]
