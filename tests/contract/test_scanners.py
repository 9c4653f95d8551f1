"""What every `Scanner` promises: the serial one over a pseudo-terminal, and the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from kiosk.devices.scanned_text import LONGEST_BYTES
from kiosk.devices.scanner import ScannerSettings, SerialScanner
from kiosk.devices.scanner_in_memory import InMemoryScanner
from kiosk.ports.scanners import CodeNotRead, CodeScanned, Scanner, ScannerChanged, ScannerCondition
from lab.scanner import VirtualScanner
from tests.plugins.heard import Heard


class Bench(Protocol):
    """A scanner, and hands to hold codes before it."""

    heard: Heard
    scanner: Scanner

    def scan(self, code: bytes, /) -> None: ...
    def unplug(self) -> None: ...
    def plug_in(self) -> None: ...


class MemoryBench:
    def __init__(self) -> None:
        self.heard = Heard()
        self.scanner = InMemoryScanner(self.heard)
        self.scan = self.scanner.scan
        self.unplug = self.scanner.unplug
        self.plug_in = self.scanner.plug_in


class SerialBench:
    def __init__(self, device: VirtualScanner, link: Path) -> None:
        self.heard = Heard()
        self.scanner = SerialScanner(self.heard, ScannerSettings(link, retry_ms=10))
        self.device = device
        self.unplug = device.unplug
        self.plug_in = device.plug_in

    def scan(self, code: bytes, /) -> None:
        self.device.send(code + b"\r")


@pytest.fixture
def serial(tmp_path: Path) -> Iterator[SerialBench]:
    link = tmp_path / "scanner"
    with VirtualScanner(link=link) as device:
        made = SerialBench(device, link)
        yield made
        made.scanner.stop()


@pytest.fixture(params=["memory", "serial"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made: Bench = MemoryBench() if request.param == "memory" else request.getfixturevalue("serial")
    yield made
    made.scanner.stop()


def start(bench: Bench) -> None:
    bench.scanner.start()
    bench.heard.wait(ScannerChanged, where=lambda e: e.condition is ScannerCondition.READY)


def test_codes_are_read_one_after_another(bench: Bench) -> None:
    start(bench)
    for code in ("B1330112345678", "挂号单 王小明"):
        bench.scan(code.encode())
    bench.heard.wait(CodeScanned, count=2)
    assert bench.heard.of(CodeScanned) == [CodeScanned("B1330112345678"), CodeScanned("挂号单 王小明")]


@pytest.mark.parametrize("code", [b"B1\x1b[2J", b"A" * (LONGEST_BYTES + 1), b"\xff"])
def test_what_is_no_text_is_refused_and_the_next_code_is_read(bench: Bench, code: bytes) -> None:
    start(bench)
    bench.scan(code)
    bench.heard.wait(CodeNotRead)
    bench.scan(b"B1")
    assert bench.heard.wait(CodeScanned) == CodeScanned("B1")
    assert len(bench.heard.of(CodeNotRead)) == 1


def test_a_scanner_is_unplugged_and_plugged_in_again(bench: Bench) -> None:
    start(bench)
    bench.unplug()
    bench.heard.wait(ScannerChanged, where=lambda e: e.condition is ScannerCondition.ABSENT)
    bench.plug_in()
    bench.heard.wait(ScannerChanged, count=3)
    bench.scan(b"B1")
    assert bench.heard.wait(CodeScanned) == CodeScanned("B1")
    assert [e.condition for e in bench.heard.of(ScannerChanged)] == [
        ScannerCondition.READY,
        ScannerCondition.ABSENT,
        ScannerCondition.READY,
    ]


def test_a_scanner_that_is_not_there_is_said_once_and_found_later(bench: Bench) -> None:
    bench.unplug()
    bench.scanner.start()
    assert bench.heard.wait(ScannerChanged) == ScannerChanged(ScannerCondition.ABSENT)
    bench.plug_in()
    assert bench.heard.wait(ScannerChanged, count=2) == ScannerChanged(ScannerCondition.READY)


def test_after_stop_nothing_is_told(bench: Bench) -> None:
    start(bench)
    bench.scanner.stop()
    bench.scan(b"B1")
    bench.scanner.stop()
    assert bench.heard.events == [ScannerChanged(ScannerCondition.READY)]


def test_a_code_without_a_terminator_ends_with_a_pause(serial: SerialBench) -> None:
    start(serial)
    serial.device.send(b"B1")
    assert serial.heard.wait(CodeScanned) == CodeScanned("B1")


def test_a_file_that_is_no_serial_device_is_an_absent_scanner(tmp_path: Path) -> None:
    heard = Heard()
    path = tmp_path / "file"
    path.write_bytes(b"B1\r")
    scanner = SerialScanner(heard, ScannerSettings(path, retry_ms=10))
    scanner.start()
    assert heard.wait(ScannerChanged) == ScannerChanged(ScannerCondition.ABSENT)
    scanner.stop()
    assert heard.of(CodeScanned) == []
