"""The devices as the panel knows them: everything that may wait for one is done on a thread of the bench's own.

Decides what a wish of the panel's does to the devices and when they are looked at; tells what it sees as `Report`s.
Knows nothing of how any of it is shown.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Self

from lab.cards.card import Card
from lab.cards.slot import Slot
from lab.network import Relay
from lab.panel.cards import card_of
from lab.panel.changes import changes
from lab.panel.seen import (
    OUTAGES,
    BenchSeen,
    CardActionEnded,
    CardFault,
    CardSeen,
    Happened,
    NetworkCondition,
    News,
    PrinterLink,
    PrinterSeen,
    Report,
    TicketCut,
    network_from,
    terminal_from,
)
from lab.pcscd import DaemonFault
from lab.people import SamplePerson
from lab.printer.server import VirtualPrinter
from lab.printer.status import Paper
from lab.scanner import VirtualScanner

Status = Callable[[], Mapping[str, object] | None]
_LOOK_S = 0.1
_ASK_S = 0.5
_MOST_WISHES = 32
_JOIN_S = 2.0
_BOOKING_CODE = "B1"


@dataclass(frozen=True, slots=True)
class _Wish:
    name: str
    do: Callable[[], object]
    is_for_card: bool = False


class Bench:
    """Slot, printer, network and scanner, and what the terminal says of itself. A context manager.

    Every method but `stop` returns at once; what came of it is told to the listener. `status` asks the terminal and
    must answer within a second: None, or OSError, means that it does not answer.
    """

    def __init__(
        self,
        *,
        slot: Slot,
        printer: VirtualPrinter,
        relay: Relay,
        scanner: VirtualScanner | None = None,
        people: Sequence[SamplePerson] = (),
        status: Status = lambda: None,
    ) -> None:
        """All devices are already started, and outlive the bench."""
        self.people = tuple(people)
        self.has_scanner = scanner is not None
        self._slot = slot
        self._printer = printer
        self._relay = relay
        self._scanner = scanner
        self._status = status
        self._wishes: queue.Queue[_Wish] = queue.Queue(_MOST_WISHES)
        self._telling = threading.Lock()
        self._tell: Callable[[Report], None] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bench", daemon=True)
        self._put_in: tuple[Card, CardSeen] | None = None
        self._link = PrinterLink.ANSWERING
        self._seen: BenchSeen | None = None
        self._tickets_told = 0
        self._ask_at_s = 0.0

    # -- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Look at the devices from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more. Within 2 s; harmless when repeated."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self.stop()

    def listen(self, tell: Callable[[Report], None]) -> None:
        """Tell this one, on the bench's thread: first how all is and the tickets so far, then each change."""
        with self._telling:
            self._tell = tell
        self._wish("look", self._forget_told)

    def leave(self) -> None:
        """Tell nobody any more; after this returns nothing is told."""
        with self._telling:
            self._tell = None

    # -- cards and codes -----------------------------------------------------------------------------------------

    def insert(self, person: SamplePerson, fault: CardFault = CardFault.NONE) -> None:
        """Put this person's card in."""
        self._wish("insert", partial(self._put, self._slot.insert, person, fault), is_for_card=True)

    def swap(self, person: SamplePerson) -> None:
        """Swap the card for this person's so quickly, with an equal answer to reset, that no reader reports it."""
        self._wish("swap", partial(self._put, self._slot.swap_unnoticed, person, CardFault.NONE), is_for_card=True)

    def remove(self) -> None:
        """Pull the card out."""
        self._wish("remove", self._slot.remove, is_for_card=True)

    def scan(self, booking_number: str) -> None:
        """Hold the code of this booking before the scanner."""
        self._wish("scan", partial(self._scan, booking_number))

    # -- printer -------------------------------------------------------------------------------------------------

    def set_paper(self, paper: Paper) -> None:
        """Load a full roll, let it come near its end, or take it out."""
        act = {
            Paper.PLENTY: self._printer.load_paper,
            Paper.NEAR_END: self._printer.paper_near_end,
            Paper.OUT: self._printer.take_paper_out,
        }[paper]
        self._wish("paper", act)

    def open_cover(self) -> None:
        """Open the printer's cover."""
        self._wish("cover", self._printer.open_cover)

    def close_cover(self) -> None:
        """Close it."""
        self._wish("cover", self._printer.close_cover)

    def jam_cutter(self) -> None:
        """Let the cutter stick."""
        self._wish("cutter", self._printer.jam_cutter)

    def free_cutter(self) -> None:
        """Let it move again."""
        self._wish("cutter", self._printer.free_cutter)

    def set_speed(self, mm_s: float | None) -> None:
        """How fast it prints; None is at once."""
        self._wish("speed", partial(self._printer.set_speed, mm_s))

    def set_link(self, link: PrinterLink) -> None:
        """How the printer is to be reached."""
        self._wish("link", partial(self._connect_printer, link))

    # -- network -------------------------------------------------------------------------------------------------

    def set_network(self, condition: NetworkCondition) -> None:
        """What the network is like from now on."""
        self._wish("network", partial(self._relay.switch, OUTAGES[condition]))

    # -- the bench's thread ----------------------------------------------------------------------------------------

    def _wish(self, name: str, do: Callable[[], object], *, is_for_card: bool = False) -> None:
        try:
            self._wishes.put_nowait(_Wish(name, do, is_for_card=is_for_card))
        except queue.Full:
            self._say(f"Not done ({name}): too much is waiting", News.BAD)

    def _run(self) -> None:
        wake_s = self.step(time.monotonic())
        while not self._stop.is_set():
            try:
                wish = self._wishes.get(timeout=max(0.0, wake_s - time.monotonic()))
            except queue.Empty:
                pass
            else:
                self._carry_out(wish)
            wake_s = self.step(time.monotonic())

    def step(self, now_s: float) -> float:
        """Look once, tell what is new; when to look again. Only the bench's thread calls it."""
        before = self._seen
        terminal = before.terminal if before else None
        if now_s >= self._ask_at_s:
            self._ask_at_s = now_s + _ASK_S
            terminal = terminal_from(self._ask())
        seen = BenchSeen(self._card(), self._printer_now(), network_from(self._relay.condition), terminal)
        self._seen = seen
        self._tell_tickets()  # before the rest: the paper that hung out is now this ticket
        if seen != before:
            for text, news in changes(before, seen) if before else ():
                self._say(text, news)
            self._report(seen)
        return now_s + _LOOK_S

    def _carry_out(self, wish: _Wish) -> None:
        try:
            wish.do()
        except (ValueError, OSError, DaemonFault) as error:
            self._say(f"Not done ({wish.name}): {error}", News.BAD)
        if wish.is_for_card:
            self.step(time.monotonic())
            self._report(CardActionEnded())

    def _ask(self) -> Mapping[str, object] | None:
        try:
            return self._status()
        except OSError:
            return None

    def _card(self) -> CardSeen | None:
        card = self._slot.card
        if card is None:
            return None
        return self._put_in[1] if self._put_in and self._put_in[0] is card else CardSeen(None)

    def _printer_now(self) -> PrinterSeen:
        printer = self._printer
        return PrinterSeen(
            health=printer.health,
            link=self._link,
            speed_mm_s=printer.speed_mm_s,
            unfinished_mm=printer.unfinished_mm,
            is_stalled=printer.is_stalled,
        )

    def _tell_tickets(self) -> None:
        tickets = self._printer.tickets
        for number, ticket in enumerate(tickets[self._tickets_told :], self._tickets_told + 1):
            self._report(TicketCut(_now(), number, ticket))
            self._say(f"Ticket {number} came out, {ticket.height_mm:.0f} mm", News.GOOD)
        self._tickets_told = len(tickets)

    def _forget_told(self) -> None:
        self._seen = None
        self._tickets_told = 0
        self._ask_at_s = 0.0

    def _put(self, way: Callable[[Card], None], person: SamplePerson, fault: CardFault) -> None:
        card = card_of(person, fault)
        way(card)
        self._put_in = card, CardSeen(None if fault is CardFault.UNKNOWN else person, fault)

    def _scan(self, booking_number: str) -> None:
        if self._scanner is None:
            raise ValueError("there is no scanner")
        self._scanner.scan(_BOOKING_CODE + booking_number)
        self._say("Booking code scanned", News.PLAIN)

    def _connect_printer(self, link: PrinterLink) -> None:
        if self._link is PrinterLink.UNPLUGGED and link is not PrinterLink.UNPLUGGED:
            self._printer.plug_in()
        if link is PrinterLink.UNPLUGGED:
            self._printer.unplug()
        elif link is PrinterLink.SILENT:
            self._printer.fall_silent()
        if link is not PrinterLink.SILENT:
            self._printer.speak_again()
        self._link = link

    def _say(self, text: str, news: News) -> None:
        self._report(Happened(_now(), text, news))

    def _report(self, report: Report) -> None:
        with self._telling:
            if self._tell is not None:
                self._tell(report)


def _now() -> datetime:
    return datetime.now(tz=UTC).astimezone()
