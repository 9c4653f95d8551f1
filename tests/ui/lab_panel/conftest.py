"""A panel over the lab's own printer, network and scanner; over a real card daemon where cards go in."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lab.cards.slot import Slot
from lab.network import Relay
from lab.panel.bench import Bench
from lab.panel.directory import Opens, nobody_opens
from lab.panel.window import PanelWindow, run_panel
from lab.pcscd import CardDaemon
from lab.people import SampleBooking, SamplePerson
from lab.printer.server import VirtualPrinter
from lab.scanner import VirtualScanner
from tests.plugins.lab_devices import DRIVER
from tests.ui.conftest import flush_deleted

DAY = "2026-11-22"


def person(name: str, *, note: str = "", times: tuple[str, ...] = ("10:00",), place: int = 1) -> SamplePerson:
    bookings = tuple(
        SampleBooking("01", f"01{place:06d}{number:04d}", DAY, time, "骨科") for number, time in enumerate(times, 1)
    )
    return SamplePerson(
        name=name,
        id_number="110101199003070011",
        card_number="A12345678",
        sex="female",
        birth_date="1990-03-07",
        phone="19900001234",
        region="330100",
        note=note,
        bookings=bookings,
    )


PEOPLE = (
    *(person(f"病人{place}", times=("08:00",), place=place) for place in range(3, 300)),
    person("王䶮", note="two bookings today", times=("10:00", "15:00")),
    person("李㛃", note="no booking", times=()),
)


@dataclass
class Stand:
    """A panel, its devices, and the answer that the terminal gives."""

    qtbot: QtBot
    window: PanelWindow
    bench: Bench
    slot: Slot
    printer: VirtualPrinter
    relay: Relay
    scanner: VirtualScanner
    closed: list[str]

    def wait(self, what: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(what, timeout=5000)

    def happened(self) -> list[str]:
        lines = self.window.happenings.lines
        return [lines.item(row).text().split("   ", 1)[1] for row in range(lines.count())]


@dataclass
class Terminal:
    """What the terminal answers; None and a raised OSError mean that it does not."""

    status: Mapping[str, object] | None = field(default_factory=lambda: ONLINE)
    fault: OSError | None = None

    def __call__(self) -> Mapping[str, object] | None:
        if self.fault is not None:
            raise self.fault
        return self.status


ONLINE: Mapping[str, object] = {
    "enrolled": True,
    "online": True,
    "waiting": 0,
    "not_applied": 0,
    "label": "门诊楼 1 层 03",
}
WIDE = QRect(0, 0, 1920, 1080)
OpenPanel = Callable[..., Stand]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def empty_slot() -> Iterator[Slot]:
    """A slot of a daemon that does not run: nothing can be put in."""
    with tempfile.TemporaryDirectory(prefix="lab-") as directory:
        yield Slot(CardDaemon(Path(directory), driver=DRIVER), 0)


@pytest.fixture
def open_panel(
    qapp: QApplication,
    qtbot: QtBot,
    printer: VirtualPrinter,
    relay: Callable[[tuple[str, int]], Relay],
    scanner: VirtualScanner,
    terminal: Terminal,
) -> Iterator[OpenPanel]:
    """Opens the panel over a slot, and waits until it shows what the bench saw."""
    with contextlib.ExitStack() as stack:

        def open_over(slot: Slot, *, room: QRect = WIDE, opens: Opens = nobody_opens) -> Stand:
            network = relay(("127.0.0.1", 9))
            bench = stack.enter_context(
                Bench(slot=slot, printer=printer, relay=network, scanner=scanner, people=PEOPLE, status=terminal)
            )
            closed: list[str] = []
            window = run_panel(bench, room=room, on_closed=lambda: closed.append("closed"), opens=opens)
            stack.callback(_dispose, window)
            stand = Stand(qtbot, window, bench, slot, printer, network, scanner, closed)
            stand.wait(lambda: window.printer.state.text() == "Ready")
            return stand

        yield open_over


@pytest.fixture
def stand(open_panel: OpenPanel, empty_slot: Slot) -> Stand:
    """A panel whose card slot is out of use."""
    return open_panel(empty_slot)


def _dispose(window: PanelWindow) -> None:
    window.close()
    window.deleteLater()
    flush_deleted()
