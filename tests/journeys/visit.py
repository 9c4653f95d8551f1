"""The words in which a visit is told: `visitor.inserts(...)`, `sees(...)`, `presses(...)`, `takes_ticket()`.

A visitor stands before a whole terminal without a window (tools.headless), in a whole hospital. They know what stands
on the screen and on paper, and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Self, TypeVar

import pytest

from booking.wire import RowKind
from kiosk.devices.printers.picture import text_lines
from kiosk.journey.screen import Action, BookingsScreen, DoneScreen, Intent, IntentKind, MessageScreen, Page, Screen
from kiosk.journey.states import Idle
from kiosk.ports.cards import CardRemoved
from kiosk.ports.desk import CheckedIn, ReprintReady
from kiosk.ports.printers import PrinterStatus, PrintFinished, PrintResult, Ready
from kiosk.ports.tickets import QrCode, Ticket
from lab.cards.card import Card
from lab.printer.paper import PrintedTicket
from tests.plugins.print_bench import qr_texts
from tests.plugins.whole_hospital import Patient, Surroundings
from tools.headless import HeadlessTerminal, NotReached, settings_for

WITHIN_S = 40.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paper:
    """A ticket in somebody's hand: its words, and the codes that a scanner reads from the paper itself."""

    lines: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Handled:
    """An event that the terminal took, and when."""

    at_s: float
    event: object


class Visitor:
    """Somebody before the terminal, and the terminal itself."""

    def __init__(self, hospital: Surroundings, data: Path) -> None:
        """The terminal is off, and not enrolled if its directory `data` is new."""
        self.hospital = hospital
        self.data = data
        self.handled: list[Handled] = []
        self._taken = 0
        self.terminal = self._make()

    def _make(self) -> HeadlessTerminal:
        settings = settings_for(
            self.data,
            server=self.hospital.network.address,
            printer=self.hospital.printer.address,
            scanner=str(self.hospital.scanner.path),
        )
        return HeadlessTerminal(settings, clock=self.hospital.clock, on_event=self._note)

    def _note(self, event: object) -> None:
        self.handled.append(Handled(time.monotonic(), event))

    # -- the terminal ----------------------------------------------------------------------------------------------

    def enrolled(self, label: str = "T1") -> Self:
        """The terminal has been enrolled by IT."""
        self.terminal.enrol(self.hospital.server.code(label))
        return self

    def switched_on(self) -> Self:
        """The terminal is on, and shows its first page with everything in order."""
        self.terminal.start()
        self.until(self._has_reader, "a reader")
        return self

    def _has_reader(self) -> bool:
        return self.terminal.terminal.runtime.facts.has_reader()

    def in_step(self) -> Self:
        """The terminal knows today's bookings, and has nothing to send."""
        self.until(self._is_in_step, "in step with the server")
        return self

    def _is_in_step(self) -> bool:
        terminal = self.terminal.terminal
        facts, site = terminal.runtime.facts, terminal.site
        if site is None or not facts.is_online or facts.waiting:
            return False
        waiting = terminal.store.outbox(site.hospital_id).counts().waiting
        # A snapshot may be some seconds old: the terminal has followed the feed since when it knows itself.
        itself = terminal.store.arrivals(site.hospital_id).row(RowKind.TERMINAL, site.terminal_id)
        return not waiting and itself is not None

    def mirrors_from(self) -> str:
        """The day that the terminal's mirror counts as today."""
        site = self.terminal.terminal.site
        assert site is not None
        return self.terminal.terminal.store.mirror(site.hospital_id).scope().today

    def switched_off(self) -> None:
        """Harmless when it is off."""
        self.terminal.stop()

    def restarted(self) -> Self:
        """The terminal is switched off and on again."""
        self.switched_off()
        self.terminal = self._make()
        return self.switched_on()

    def until(self, reached: Callable[[], bool], what: str = "", *, within_s: float = WITHIN_S) -> None:
        """Let the terminal run until it is so."""
        self.terminal.until(reached, timeout_s=within_s, what=what)

    def is_left(self) -> Self:
        """Whatever the last one did: nobody is here now, no card, no fault, and all is in step again."""
        hospital = self.hospital
        hospital.slot.remove()
        hospital.network.restore()
        hospital.printer.set_speed(None)
        self.until(self._is_left, "the first page")
        self._has_printer_again()
        if not self._is_in_step():
            self.has_network_again()
        hospital.clock.set_right(hospital.server.ahead_ms)
        if not self.knows_the_time():
            self.terminal.terminal.sync_now()
            self.until(self.knows_the_time, "the server's time")
        self._taken = len(hospital.printer.tickets)
        self.handled.clear()
        return self

    def knows_the_time(self) -> bool:
        """Whether the terminal's best known time is the server's."""
        behind_ms = self.terminal.terminal.status()["clock_behind_ms"]
        ahead_ms = self.hospital.clock.ahead_ms - self.hospital.server.ahead_ms
        return isinstance(behind_ms, int) and abs(behind_ms + ahead_ms) < 1_000

    def _is_left(self) -> bool:
        journey = self.terminal.terminal.runtime.journey
        if isinstance(journey.state, Idle) and journey.language == "zh-CN":
            return True
        self.waits(120)
        return False

    def _has_printer_again(self) -> None:
        if not self.is_printer_ready():
            self.hospital.printer.load_paper()
            self.hospital.printer.plug_in()
            self.waits_until(self.is_printer_ready, most_s=60)

    @property
    def printer_status(self) -> PrinterStatus:
        """How the terminal thinks that its printer is."""
        return self.terminal.terminal.runtime.facts.printer

    def is_printer_ready(self) -> bool:
        """Whether it could print."""
        return isinstance(self.printer_status, Ready)

    def has_network_again(self) -> None:
        """The network is restored, and the terminal has tried again; what waited was sent."""
        self.hospital.network.restore()
        self.hospital.clock.put_forward(60)
        self.terminal.terminal.sync_now()
        self.in_step()

    # -- what is done ----------------------------------------------------------------------------------------------

    def inserts(self, card: Card | Patient) -> None:
        """Put a card in."""
        self.hospital.slot.insert(card.card() if isinstance(card, Patient) else card)

    def takes_card(self) -> None:
        """Pull the card out; the terminal has noticed it."""
        before = self._count(CardRemoved)
        self.hospital.slot.remove()
        self.until(lambda: self._count(CardRemoved) > before, "the card to be noticed missing")
        self.hospital.slot.wait_until_noticed()  # another terminal would still meet it

    def _count(self, kind: type) -> int:
        return sum(isinstance(each.event, kind) for each in self.handled)

    def scans(self, text: str) -> None:
        """Hold a code before the scanner."""
        self.hospital.scanner.scan(text)

    def presses(self, label: str) -> None:
        """Press the control whose words begin so, as soon as it is there."""
        self.until(lambda: self._control(label) is not None, f"a control '{label}' on: {self.reads()}")
        control = self._control(label)
        assert control is not None
        self.terminal.tap(control.intent.kind, control.intent.arg)

    def can_press(self, label: str) -> bool:
        """Whether there is such a control."""
        return self._control(label) is not None

    def _control(self, label: str) -> Action | None:
        actions = (one for one in _of_kind(self.screen, Action) if one.is_enabled)
        return next((one for one in actions if one.label.startswith(label)), None)

    def chooses(self, time_of_day: str) -> None:
        """Press the booking of this time in the list."""
        rows = self.page.rows if isinstance(self.page, BookingsScreen) else ()
        (select,) = (row.select for row in rows if row.time == time_of_day and row.select is not None)
        self.terminal.tap(select.intent.kind, select.intent.arg)

    def types(self, digits: str) -> None:
        """Press one key after the other."""
        for digit in digits:
            self.terminal.tap(IntentKind.DIGIT, digit)

    def types_number(self, number: str) -> None:
        """Choose to type a booking number, and type it."""
        self.presses("输入预约号")
        self.sees("输入预约号", "在预约短信或预约凭证上")
        self.types(number)
        self.presses("下一步")

    def answers(self, digits: str) -> None:
        """Answer the second question."""
        self.types(digits)
        self.presses("查找预约")

    def waits(self, seconds: float) -> None:
        """Time passes and nobody does anything."""
        self.hospital.clock.put_forward(seconds)
        self.terminal.terminal.runtime.wake()

    def waits_until(self, reached: Callable[[], bool], *, most_s: int) -> None:
        """Time passes, second by second and faster than outside, until it is so; the slower the machine, the fewer of
        these seconds would be enough for it.
        """
        for _ in range(most_s):
            if reached():
                return
            self.waits(1)
            self.terminal.pump(0.1)
        self.until(reached, f"it, within {most_s} s")

    # -- what is seen ----------------------------------------------------------------------------------------------

    @property
    def screen(self) -> Screen:
        """What is shown now."""
        return self.terminal.terminal.runtime.screen()

    @property
    def page(self) -> Page:
        """The page shown now."""
        return self.screen.page

    def reads(self) -> str:
        """Everything that is written on the screen now."""
        return "\n".join(text for text in _of_kind(self.screen, str) if text)

    def sees(self, *words: str, within_s: float = WITHIN_S) -> str:
        """Wait until all these words are on the screen; all that is written there then."""
        try:
            self.until(lambda: all(word in self.reads() for word in words), f"{words}", within_s=within_s)
        except NotReached as fault:
            raise NotReached(f"{fault}\n--- on the screen:\n{self.reads()}") from None
        return self.reads()

    def sees_refusal(self, code: str, title: str, *, step: str, within_s: float = WITHIN_S) -> MessageScreen:
        """Wait for the page of a refusal: its code, its title, and the first thing to do."""
        self.sees(title, within_s=within_s)
        page = self.page
        assert isinstance(page, MessageScreen)
        assert (page.code, page.title, page.steps[0]) == (code, title, step)
        assert page.safe
        assert page.actions
        return page

    def sees_number(self, title: str = "签到成功") -> str:
        """Wait for the page with the queue number; the number."""
        self.sees(title)
        page = self.page
        assert isinstance(page, DoneScreen)
        return page.number

    def sees_first_page(self) -> None:
        """Wait until nobody is there any more."""
        self.sees("请插入社保卡")

    def takes_ticket(self) -> Paper:
        """Wait for the next ticket to come out, and take it."""
        printer = self.hospital.printer
        self.until(lambda: len(printer.tickets) > self._taken, "a ticket")
        printed = printer.tickets[self._taken]
        self._taken += 1
        return self._paper(printed)

    def takes_all_so_far(self) -> None:
        """Take what lies there, whatever it is."""
        self._taken = len(self.hospital.printer.tickets)

    def takes_all_tickets(self, *, after: type[PrintResult]) -> tuple[Paper, ...]:
        """Wait until the printer has answered for the last one; all that came out."""
        self.until(lambda: isinstance(self.result_of_printing(), after), f"{after.__name__}")
        printed = self.hospital.printer.tickets[self._taken :]
        self._taken += len(printed)
        return tuple(self._paper(one) for one in printed)

    def result_of_printing(self) -> PrintResult | None:
        """What became of the last ticket; None while it is being printed."""
        last = next((each.event for each in reversed(self.handled) if isinstance(each.event, _PRINTING)), None)
        return last.result if isinstance(last, PrintFinished) else None

    def _paper(self, printed: PrintedTicket) -> Paper:
        """The words are those of the job that the desk handed over; that they are on this paper says its code."""
        commands = [each.event.print_command for each in self.handled if isinstance(each.event, _HANDED_OVER)]
        codes = tuple(qr_texts(printed))
        meant = [
            one.ticket for one in commands if set(codes) & {b.data for b in one.ticket.blocks if isinstance(b, QrCode)}
        ]
        return Paper(text_lines(meant[-1]) if meant else (), codes)

    @property
    def papers_out(self) -> int:
        """How many tickets have come out that nobody has taken."""
        return len(self.hospital.printer.tickets) - self._taken

    # -- how long it took ------------------------------------------------------------------------------------------

    def handled_last(self, kind: type[T]) -> T | None:
        """The last event of this kind in this visit."""
        return next((each.event for each in reversed(self.handled) if isinstance(each.event, kind)), None)

    def took_s(self, first: IntentKind, then: type) -> float:
        """Seconds from the last touch of this kind to the last answer of that kind."""
        begins = [each.at_s for each in self.handled if isinstance(each.event, Intent) and each.event.kind is first]
        ends = [each.at_s for each in self.handled if isinstance(each.event, then)]
        return ends[-1] - begins[-1]


_HANDED_OVER = CheckedIn | ReprintReady
_PRINTING = CheckedIn | ReprintReady | PrintFinished


def _code_on(ticket: Ticket) -> str:
    return next(block.data for block in ticket.blocks if isinstance(block, QrCode))


def _of_kind(whole: object, kind: type[T]) -> Iterator[T]:
    """All things of a kind within a view model."""
    if isinstance(whole, kind):
        yield whole
    if isinstance(whole, tuple):
        for part in whole:
            yield from _of_kind(part, kind)
    elif is_dataclass(whole):
        for one in fields(whole):
            yield from _of_kind(getattr(whole, one.name), kind)


@pytest.fixture(scope="module")
def terminal_in_the_lobby(lobby: Surroundings) -> Iterator[Visitor]:
    """A terminal that is on for all visits of a module."""
    somebody = Visitor(lobby, lobby.folder / "kiosk").enrolled().switched_on().in_step()
    yield somebody
    somebody.switched_off()


@pytest.fixture
def visitor(terminal_in_the_lobby: Visitor, silent_logs: None) -> Visitor:
    """Somebody before a terminal that is on, on line and in step; nobody was there before."""
    return terminal_in_the_lobby.is_left()
