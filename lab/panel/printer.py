"""The printer's section: its lamp, its paper, and a switch for everything that happens to it."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout

from lab.panel.bench import Bench
from lab.panel.changes import printer_in_words
from lab.panel.controls import Choice, Lamp, Section, Segments, captioned, label
from lab.panel.paper import EarlierTickets, PaperStrip, TicketWindow
from lab.panel.seen import News, PrinterLink, PrinterSeen, TicketCut
from lab.printer.status import Paper

REAL_SPEED_MM_S = 150.0
_MOST_KEPT = 40


class Printer(Section):
    """Shows a printer, and turns clicks into wishes to the bench."""

    def __init__(self, bench: Bench) -> None:
        """Nothing printed yet."""
        super().__init__("Printer")
        self._bench = bench
        self._tickets: OrderedDict[int, tuple[TicketCut, QPixmap]] = OrderedDict()
        self._lamp = Lamp()
        self.state = label("", "heading")
        self.head.addWidget(self._lamp)
        self.head.addWidget(self.state)
        self.strip = PaperStrip()
        self.earlier = EarlierTickets()
        self.none_yet = label("Tickets that come out are kept here.", "caption")
        self.paper = Segments("Paper", _PAPER)
        self.cover = Segments("Cover", _COVER)
        self.cutter = Segments("Cutter", _CUTTER)
        self.link = Segments("Cable", _LINK)
        self.speed = Segments("Speed", _SPEED)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.strip)
        row.addLayout(self._switches(), 1)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.none_yet)
        self.body.addWidget(self.earlier)
        self.earlier.hide()
        self._connect()

    def show_printer(self, printer: PrinterSeen) -> None:
        """How it is now."""
        words, news = printer_in_words(printer)
        self._lamp.show_news(news)
        self.state.setText(words)
        self.strip.show_hanging(printer.unfinished_mm)
        self.paper.show_value(printer.health.paper)
        self.cover.show_value(printer.health.is_cover_open)
        self.cutter.show_value(printer.health.is_cutter_jammed)
        self.link.show_value(printer.link)
        self.speed.show_value(printer.speed_mm_s)

    def add_ticket(self, cut: TicketCut) -> None:
        """A ticket came out."""
        # Grey, because a picture of one bit a dot cannot be made smaller smoothly.
        image = QImage.fromData(cut.ticket.png).convertToFormat(QImage.Format.Format_Grayscale8)
        picture = QPixmap.fromImage(image)
        if picture.isNull():
            return
        self._tickets[cut.number] = cut, picture
        if len(self._tickets) > _MOST_KEPT:
            self._tickets.popitem(last=False)
        self.strip.show_ticket(picture, f"number {cut.number}, {cut.ticket.height_mm:.0f} mm")
        self.earlier.add(cut, picture)
        self.none_yet.hide()
        self.earlier.show()

    def enlarge(self, number: int) -> None:
        """Open a window with this ticket."""
        if number in self._tickets:
            cut, picture = self._tickets[number]
            TicketWindow(cut, picture, self).show()

    def _switches(self) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(11)
        column.addLayout(captioned("Paper", self.paper))
        column.addLayout(captioned("Cover", self.cover))
        column.addLayout(captioned("Cutter", self.cutter))
        column.addLayout(captioned("Cable", self.link))
        column.addLayout(captioned("Speed", self.speed))
        column.addStretch()
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        return column

    def _connect(self) -> None:
        self.paper.chosen.connect(self._bench.set_paper)
        self.cover.chosen.connect(self._on_cover_chosen)
        self.cutter.chosen.connect(self._on_cutter_chosen)
        self.link.chosen.connect(self._bench.set_link)
        self.speed.chosen.connect(self._bench.set_speed)
        self.strip.clicked.connect(self._on_strip_clicked)
        self.earlier.chosen.connect(self.enlarge)

    def _on_cover_chosen(self, is_open: object) -> None:
        if is_open:
            self._bench.open_cover()
        else:
            self._bench.close_cover()

    def _on_cutter_chosen(self, is_jammed: object) -> None:
        if is_jammed:
            self._bench.jam_cutter()
        else:
            self._bench.free_cutter()

    def _on_strip_clicked(self) -> None:
        self.enlarge(next(reversed(self._tickets)))


_PAPER = (
    Choice(Paper.PLENTY, "Loaded"),
    Choice(Paper.NEAR_END, "Near end", News.CARE),
    Choice(Paper.OUT, "Out", News.BAD, "Take the paper out"),
)
_COVER = (Choice(value=False, text="Closed"), Choice(value=True, text="Open", news=News.BAD))
_CUTTER = (Choice(value=False, text="Free"), Choice(value=True, text="Jammed", news=News.BAD))
_LINK = (
    Choice(PrinterLink.ANSWERING, "Plugged"),
    Choice(PrinterLink.SILENT, "Silent", News.BAD, "Takes data and prints, answers nothing"),
    Choice(PrinterLink.UNPLUGGED, "Unplugged", News.BAD),
)
_SPEED = (Choice(REAL_SPEED_MM_S, "150 mm/s", hint="As a real printer"), Choice(None, "Instant"))
