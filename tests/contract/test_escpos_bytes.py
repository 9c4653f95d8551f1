"""The bytes of a job: what stands where, and what must never stand there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from escpos.printer import Dummy
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.devices.printers.escpos_bytes import bands, encode_job, neutralised
from kiosk.devices.printers.profile import Cut, Fence, packaged_profile

EPSON = packaged_profile("epson")
RASTER = re.compile(rb"\x1dv0\x00(..)(..)", re.DOTALL)
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
INK = st.sampled_from([0x00, 0x04, 0x05, 0x10, 0x14, 0x1B, 0xFF])


@given(st.lists(INK, max_size=300).map(bytes))
def test_no_pixels_are_a_real_time_command_and_at_most_one_dot_is_added_for_each(pixels: bytes) -> None:
    safe = neutralised(pixels)
    assert REAL_TIME.search(safe) is None
    assert len(safe) == len(pixels)
    added = [a ^ b for a, b in zip(pixels, safe, strict=True)]
    assert set(added) <= {0, 0x08}
    assert added.count(0x08) == len(REAL_TIME.findall(pixels))


@pytest.mark.parametrize("rows", [1, 8, 64])
def test_a_band_is_what_python_escpos_makes_of_the_same_pixels(rows: int) -> None:
    page = Image.frombytes("1", (64, rows), bytes(0xFF ^ (0x81 + row) for row in range(rows) for _ in range(8)))
    library = Dummy(profile=EPSON.escpos_profile)
    library.image(page)
    assert library.output in encode_job(page, EPSON, b"1234").data


@given(st.lists(INK, min_size=8, max_size=8 * 40).map(bytes))
def test_no_whole_job_contains_a_real_time_command(ink: bytes) -> None:
    rows = len(ink) // 8
    page = Image.frombytes("1", (64, rows), bytes(byte ^ 0xFF for byte in ink[: rows * 8]))
    assert REAL_TIME.search(encode_job(page, EPSON, b"1234").data) is None


@given(st.lists(st.integers(0, 72), min_size=1, max_size=300))
def test_bands_cover_the_page_once_with_nothing_cut_off(row_widths: list[int]) -> None:
    parts = list(bands(row_widths, 64))
    assert [part.top for part in parts] == [0, *(part.bottom for part in parts[:-1])]
    assert parts[-1].bottom == len(row_widths)
    for part in parts:
        assert part.width == max(row_widths[part.top : part.bottom])
        assert part.width == 0 or part.bottom - part.top <= 64


def test_a_job_begins_and_ends_as_it_must() -> None:
    page = Image.new("1", (576, 200), 1)
    page.paste(0, (0, 50, 100, 150))
    job = encode_job(page, EPSON, b"0042")
    assert job.data.startswith(b"\x1b@\x1da\x0e\x1bJ\x32\x1dv0\x00")
    assert job.data.endswith(b"\x1bJ\x32\x1dVB\x00\x1d(H\x06\x00000042")
    assert job.paper_mm == 200 / 8 + EPSON.feed_to_cutter_mm


def test_bands_are_low_and_no_wider_than_their_ink() -> None:
    page = Image.new("1", (576, 200), 1)
    page.paste(0, (0, 0, 100, 200))
    heads = [
        tuple(int.from_bytes(part, "little") for part in head)
        for head in RASTER.findall(encode_job(page, EPSON, b"0042").data)
    ]
    assert heads == [(13, 64), (13, 64), (13, 64), (13, 8)]


@pytest.mark.parametrize(
    ("cut", "fence", "end"),
    [
        (Cut.PARTIAL, Fence.STATUS_BEHIND, b"\x1bJ\x70\x1dV\x01\x1dr\x01"),
        (Cut.NONE, Fence.NONE, b"\x1bJ\x70"),
    ],
)
def test_the_profile_decides_cut_and_fence(cut: Cut, fence: Fence, end: bytes) -> None:
    page = Image.new("1", (576, 8), 0)
    assert encode_job(page, replace(EPSON, cut=cut, fence=fence), b"0042").data.endswith(end)


def test_a_printer_without_automatic_status_is_not_asked_for_it() -> None:
    data = encode_job(Image.new("1", (576, 8), 0), replace(EPSON, has_automatic_status=False), b"0042").data
    assert b"\x1da" not in data


def test_a_page_too_wide_for_the_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode_job(Image.new("1", (584, 8), 0), EPSON, b"0042")
