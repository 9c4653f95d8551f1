"""What a printer's bytes mean, however the network cut them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printers.profile import Cut, Dialect, Fence, Profile
from kiosk.devices.printers.status import (
    AutomaticStatus,
    BufferCleared,
    Demultiplexer,
    FenceReached,
    RealTimeAnswer,
    Received,
    StatusBehind,
    read_answers,
    read_packet,
    status_of,
)
from kiosk.ports.printers import CoverOpen, FaultKind, Faulty, PaperOut, PrinterStatus, Ready

PROFILE = Profile("test", "", 576, Fence.PROCESS_ID, Cut.NONE, Dialect.EPSON, True, True, True, 10.0, 100.0)

ANSWERS = (
    st.integers(0, 255).map(lambda byte: byte & 0x6C | 0x12).map(lambda byte: (bytes((byte,)), RealTimeAnswer(byte)))
)
PACKETS = (
    st.tuples(*[st.integers(0, 255)] * 4)
    .map(lambda four: bytes((four[0] & 0x6C | 0x10, *(byte & 0x6F for byte in four[1:]))))
    .map(lambda packet: (packet, AutomaticStatus(packet)))
)
BEHIND = st.integers(0, 255).map(lambda byte: byte & 0x6F).map(lambda byte: (bytes((byte,)), StatusBehind(byte)))
FENCES = st.text("0123456789", min_size=4, max_size=4).map(
    lambda digits: (b"\x37\x22" + digits.encode() + b"\x00", FenceReached(digits.encode()))
)
CLEARED = st.just((b"\x37\x25\x00", BufferCleared()))
PASSED_OVER = st.sampled_from([b"\x11", b"\x13", b"\x5fTM-T88V\x00", b"\x80", b"\xff"]).map(lambda noise: (noise, None))


@given(st.lists(st.one_of(ANSWERS, PACKETS, BEHIND, FENCES, CLEARED, PASSED_OVER), max_size=20), st.data())
def test_every_answer_is_told_apart_in_any_mixture_and_any_chunks(
    said: list[tuple[bytes, Received | None]], data: st.DataObject
) -> None:
    stream = b"".join(raw for raw, _ in said)
    demultiplexer = Demultiplexer()
    heard: list[Received] = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        heard += demultiplexer.feed(stream[:cut])
        stream = stream[cut:]
    assert heard == [meaning for _, meaning in said if meaning is not None]


@given(st.binary(max_size=200))
def test_after_any_garbage_a_status_is_understood_again(garbage: bytes) -> None:
    demultiplexer = Demultiplexer()
    demultiplexer.feed(garbage + b"\x00" * 100)  # ends whatever block the garbage began
    assert demultiplexer.feed(b"\x12")[-1:] == [RealTimeAnswer(0x12)]


ONLINE, CALM = 0x16, 0x12


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((ONLINE, CALM, CALM, CALM), Ready(is_near_end=False)),
        ((ONLINE, CALM, CALM, CALM | 0x0C), Ready(is_near_end=True)),
        ((ONLINE | 0x08, CALM | 0x20, CALM, CALM | 0x6C), PaperOut()),
        ((ONLINE | 0x08, CALM, CALM, CALM | 0x20), PaperOut()),  # clones set one bit of the two
        ((ONLINE | 0x08, CALM | 0x24, CALM, CALM | 0x60), CoverOpen()),
        ((ONLINE | 0x08, CALM | 0x40, CALM | 0x08, CALM), Faulty(FaultKind.CUTTER)),
        ((ONLINE | 0x08, CALM | 0x40, CALM | 0x20, CALM), Faulty(FaultKind.UNRECOVERABLE)),
        ((ONLINE | 0x08, CALM | 0x40, CALM | 0x40, CALM), Faulty(FaultKind.OVERHEATED)),
        ((ONLINE | 0x08, CALM, CALM, CALM), Faulty(FaultKind.OTHER)),
    ],
)
def test_four_answers_make_one_status(answers: tuple[int, ...], status: PrinterStatus) -> None:
    assert status_of(read_answers(answers, Dialect.EPSON), PROFILE) == status


@pytest.mark.parametrize(
    ("packet", "status"),
    [
        ("14000000", Ready(is_near_end=False)),
        ("14000300", Ready(is_near_end=True)),
        ("1c000f00", PaperOut()),
        ("3c000000", CoverOpen()),
        ("1c080000", Faulty(FaultKind.CUTTER)),
        ("1c200000", Faulty(FaultKind.UNRECOVERABLE)),
        ("1c400000", Faulty(FaultKind.OVERHEATED)),
    ],
)
def test_an_automatic_packet_makes_one_status(packet: str, status: PrinterStatus) -> None:
    assert status_of(read_packet(bytes.fromhex(packet)), PROFILE) == status


def test_a_ticket_in_the_presenter_is_not_a_missing_roll() -> None:
    assert read_answers((ONLINE, CALM, CALM, CALM | 0x40), Dialect.EPSON).is_paper_out
    assert not read_answers((ONLINE, CALM, CALM, CALM | 0x40), Dialect.PRESENTER).is_paper_out


def test_a_printer_without_the_sensor_says_nothing_about_the_end_of_the_roll() -> None:
    blind = replace(PROFILE, has_near_end_sensor=False)
    assert status_of(read_packet(bytes.fromhex("14000300")), blind) == Ready(is_near_end=None)
