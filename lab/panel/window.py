"""The panel's window: its sections, and the one door through which the bench's reports come to them.

Decides where things stand. Never touches a device: every wish goes to the bench, every fact comes from it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lab.panel import style
from lab.panel.bench import Bench
from lab.panel.directory import Opens, nobody_opens
from lab.panel.happenings import Happenings
from lab.panel.network import Network
from lab.panel.people_list import PeopleList
from lab.panel.person_card import PersonCard
from lab.panel.printer import Printer
from lab.panel.reader import Reader
from lab.panel.seen import BenchSeen, CardActionEnded, Happened, TicketCut
from lab.panel.terminal_bar import TerminalBar
from lab.people import SamplePerson

WIDTH_PX, HEIGHT_PX = 760, 980
_LEFT_PX = 328
_HOURS_MS = 30_000
_LEAST_PX = 420


class _Door(QObject):
    """Carries reports from the bench's thread to the GUI's."""

    told = Signal(object)


class PanelWindow(QWidget):
    """The panel."""

    def __init__(self, bench: Bench, *, on_closed: Callable[[], None], opens: Opens = nobody_opens) -> None:
        """Listens to a bench that its owner starts and stops; `on_closed` once the window was closed.

        `opens` says who may check in at this moment; it is asked again every half minute.
        """
        super().__init__()
        self.setObjectName("panel")
        self.setWindowTitle("Device bench")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFont(style.font(13))
        self.setStyleSheet(style.SHEET)
        self._bench = bench
        self._on_closed = on_closed
        self.terminal = TerminalBar()
        self.people = PeopleList(bench.people, opens)
        self.person = PersonCard(has_scanner=bench.has_scanner)
        self.happenings = Happenings()
        self.reader = Reader(bench)
        self.printer = Printer(bench)
        self.network = Network(bench)
        self._arrange()
        self.people.chosen.connect(self._on_person_chosen)
        self.people.activated.connect(self._on_person_activated)
        self.person.scan_asked.connect(bench.scan)
        self.people.show_all()
        self.people.list.setFocus()
        self._door = _Door(self)
        self._door.told.connect(self._on_bench_reported, Qt.ConnectionType.QueuedConnection)
        bench.listen(self._door.told.emit)
        hours = QTimer(self)
        hours.timeout.connect(self.people.refresh)
        hours.start(_HOURS_MS)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Listen no more, and say that it is closed."""
        self._bench.leave()
        event.accept()
        self._on_closed()

    def _arrange(self) -> None:
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
        left.addWidget(self.people, 1)
        left.addWidget(self.person)
        self.happenings.setFixedHeight(176)
        left.addWidget(self.happenings)
        right.addWidget(self.reader)
        right.addWidget(self.network)
        right.addWidget(self.printer, 1)
        beside = QWidget()
        beside.setLayout(left)
        beside.setFixedWidth(_LEFT_PX)
        left.setContentsMargins(0, 0, 0, 0)
        desk = QWidget()
        desk.setObjectName("panel")
        columns = QHBoxLayout(desk)
        columns.setContentsMargins(14, 14, 14, 14)
        columns.setSpacing(12)
        columns.addWidget(beside)
        columns.addLayout(right, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.terminal)
        # On a low screen the panel is as high as the screen, and what does not fit is scrolled to.
        scroll = QScrollArea()
        scroll.setWidget(desk)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole.addWidget(scroll, 1)
        self.setMinimumHeight(_LEAST_PX)

    def _on_person_chosen(self, person: SamplePerson | None) -> None:
        self.person.show_person(person)
        self.reader.show_person(person)

    def _on_person_activated(self, _person: SamplePerson) -> None:
        self.reader.insert_chosen()

    def _on_bench_reported(self, report: object) -> None:
        match report:
            case BenchSeen(card, printer, network, terminal):
                self.reader.show_card(card)
                self.printer.show_printer(printer)
                self.network.show_network(network)
                self.terminal.show_terminal(terminal)
            case TicketCut():
                self.printer.add_ticket(report)
            case Happened():
                self.happenings.add(report)
            case CardActionEnded():
                self.reader.card_action_ended()


def run_panel(bench: Bench, *, room: QRect, on_closed: Callable[[], None], opens: Opens = nobody_opens) -> PanelWindow:
    """Show the panel inside the application that runs, at the corner of this room of the screen and not beyond it.

    The caller keeps the window.
    """
    window = PanelWindow(bench, on_closed=on_closed, opens=opens)
    window.resize(WIDTH_PX, min(HEIGHT_PX, room.height()))
    window.move(room.topLeft())
    window.show()
    return window
