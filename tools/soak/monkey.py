"""A terminal under somebody who presses, inserts, takes out and scans whatever comes to hand, in any order.

Kept throughout: a name on the screen belongs to the card that is in, or to the number that was typed or scanned in this
visit; left alone, the terminal always comes back to its first page; no step raises.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, is_dataclass
from random import Random

from booking.people import mask_name
from kiosk.devices.cards.in_memory import InMemoryCardReaders
from kiosk.devices.printers.in_memory import InMemoryTicketPrinter
from kiosk.journey.screen import Action, AttractScreen, BookingsScreen, Intent, IntentKind
from kiosk.journey.states import Idle
from kiosk.ports.cards import Unreadable
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.printers import CoverOpen, PaperOut, Ready, Spool
from kiosk.ports.scanners import CodeScanned
from kiosk.settings import Settings
from lab.outages import Refusing
from tools.soak.day import Day, day, scratch
from tools.soak.visits import Patient, patients

_BOOKINGS = 1_500
_TURN_STEPS = 40
_LONGEST_MS = 200_000
_MORNING_H = 9


class Broken(AssertionError):
    """Something that must always hold did not."""


class Monkey:
    """Does one thing after the other, and looks each time."""

    def __init__(self, around: Day, settings: Settings, chance: Random) -> None:
        """The terminal is enrolled and off."""
        from tools.headless import HeadlessTerminal

        self._around = around
        self._chance = chance
        self.terminal = HeadlessTerminal(
            settings, clock=around.clock, make_readers=self._make_readers, make_printer=self._make_printer
        )
        self._patients: tuple[Patient, ...] = tuple(patients(around))
        self._card: Patient | None = None
        self._names: set[str] = set()
        """Masked names of everybody whose number was typed or scanned since the first page."""
        self.steps = self.visits = 0

    def _make_readers(self, emit: Emit, clock: Clock) -> InMemoryCardReaders:
        self._readers = InMemoryCardReaders(emit, clock)
        return self._readers

    def _make_printer(self, _settings: Settings, spool: Spool, emit: Emit, _clock: Clock) -> InMemoryTicketPrinter:
        self._printer = InMemoryTicketPrinter(spool=spool, emit=emit)
        return self._printer

    def turn(self) -> None:
        """A while of anything, then everybody leaves, and the terminal must be itself again."""
        deeds = (
            (30, self._press),
            (14, self._press_blindly),
            (14, self._insert),
            (10, self._take_out),
            (6, self._scan),
            (6, self._type_number),
            (8, self._wait),
            (3, self._disturb_printer),
            (3, self._disturb_network),
        )
        for _step in range(_TURN_STEPS):
            self._chance.choices([deed for _share, deed in deeds], [share for share, _deed in deeds])[0]()
            for _event in range(self._chance.randrange(4)):
                self.terminal.pump(0.01)
            self._look()
            self.steps += 1
        self._everybody_leaves()

    def _everybody_leaves(self) -> None:
        self._take_out()
        self._printer.become(Ready(is_near_end=False))
        self._around.network.restore()
        for _wait in range(20):
            while self.terminal.pump(0.02):
                self._look()
            if isinstance(self.terminal.terminal.runtime.journey.state, Idle):
                break
            self._pass(_LONGEST_MS)
        state = self.terminal.terminal.runtime.journey.state
        if not isinstance(state, Idle) or not isinstance(self.terminal.page, AttractScreen):
            raise Broken(f"left alone, it stands at {type(state).__name__}")
        self._names.clear()
        self._printer.printed.clear()
        self.visits += 1

    # -- what it does

    def _press(self) -> None:
        offered = [one.intent for one in _actions(self.terminal.terminal.runtime.screen()) if one.is_enabled]
        if offered:
            chosen = self._chance.choice(offered)
            self.terminal.tap(chosen.kind, chosen.arg)

    def _press_blindly(self) -> None:
        kind = self._chance.choice(list(IntentKind))
        self.terminal.tap(kind, self._chance.choice(("", "7", "en", "zh-CN", "phone", "birthday", "x")))

    def _insert(self) -> None:
        if self._card is None:
            patient = self._chance.choice(self._patients)
            is_good = self._chance.random() < 0.8
            self._card = patient
            self._readers.insert(patient.identity() if is_good else self._chance.choice(list(Unreadable)))

    def _take_out(self) -> None:
        self._card = None
        self._readers.remove()

    def _scan(self) -> None:
        patient = self._chance.choice(self._patients)
        self._names.add(mask_name(patient.person.name))
        self.terminal.emit(CodeScanned(self._chance.choice(("B1" + patient.booking.number, "B1000", "junk"))))

    def _type_number(self) -> None:
        patient = self._chance.choice(self._patients)
        self._names.add(mask_name(patient.person.name))
        self.terminal.tap(IntentKind.TYPE_NUMBER)
        for digit in patient.booking.number:
            self.terminal.tap(IntentKind.DIGIT, digit)
        self.terminal.tap(IntentKind.SUBMIT)
        for digit in patient.person.phone[-4:]:
            self.terminal.tap(IntentKind.DIGIT, digit)
        self.terminal.tap(IntentKind.SUBMIT)

    def _wait(self) -> None:
        self._pass(self._chance.choice((300, 3_000, 11_000, 31_000, 61_000, 95_000)))

    def _pass(self, ms: int) -> None:
        self._around.clock.put_forward(ms)
        self.terminal.terminal.runtime.wake()

    def _disturb_printer(self) -> None:
        self._printer.become(self._chance.choice((PaperOut(), CoverOpen(), Ready(is_near_end=True))))

    def _disturb_network(self) -> None:
        if self._chance.random() < 0.5:
            self._around.network.switch(Refusing())
        else:
            self._around.network.restore()

    # -- what must hold

    def _look(self) -> None:
        if self.terminal.bugs:
            raise self.terminal.bugs[0]
        page = self.terminal.page
        if not isinstance(page, BookingsScreen):
            return
        known = set(self._names)
        if self._card is not None:
            known.add(mask_name(self._card.person.name))
        if page.person.masked_name not in known and not self._is_event_due():
            raise Broken("a name is shown that belongs to nobody who is here")

    def _is_event_due(self) -> bool:
        """A card's removal that the terminal has not yet been told."""
        while self.terminal.pump(0):
            pass
        page = self.terminal.page
        known = {*self._names, *((mask_name(self._card.person.name),) if self._card else ())}
        return not isinstance(page, BookingsScreen) or page.person.masked_name in known


def _actions(whole: object) -> Iterator[Action]:
    """All controls within a view model."""
    if isinstance(whole, Action):
        yield whole
    elif isinstance(whole, tuple):
        for part in whole:
            yield from _actions(part)
    elif is_dataclass(whole) and not isinstance(whole, Intent):
        for one in fields(whole):
            yield from _actions(getattr(whole, one.name))


def run_monkey(minutes: float, seed: int) -> dict[str, object]:
    """Turn after turn until the time is over. Raises Broken, or the bug that was met."""
    from tools.headless import settings_for

    with ExitStack() as stack:
        folder = stack.enter_context(scratch("monkey-"))
        around = stack.enter_context(day(folder, bookings=_BOOKINGS))
        settings = settings_for(folder / "kiosk", server=around.network.address)
        monkey = Monkey(around, settings, Random(seed))
        monkey.terminal.enrol(around.code)
        terminal = stack.enter_context(monkey.terminal)
        site = terminal.terminal.site
        assert site is not None
        mirror = terminal.terminal.store.mirror(site.hospital_id)
        terminal.until(lambda: bool(mirror.scope().today), timeout_s=60, what="the mirror")
        around.clock.put_forward(_MORNING_H * 3_600_000)
        ends = time.monotonic() + minutes * 60
        while time.monotonic() < ends:
            monkey.turn()
        around.network.restore()
        counts = terminal.terminal.store.outbox(site.hospital_id).counts()
    return {
        "part": "monkey",
        "seed": seed,
        "turns": monkey.visits,
        "steps": monkey.steps,
        "not_applied": counts.not_applied,
        "ok": monkey.visits > 0 and not monkey.terminal.bugs,
    }
