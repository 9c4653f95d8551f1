"""The loop without Qt: event -> journey.step -> effects to their workers; and when it wants to be woken.

Owned by one thread (the GUI's, or a test's). It waits for nobody: every port takes a command and returns at once, and
answers come back as events. A bug in a step is caught here, reported to the crash sink, and the visit is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from kiosk.journey.events import Effect, Event, Forget, Moment, TimePassed
from kiosk.journey.facts import Facts, learn
from kiosk.journey.screen import Screen
from kiosk.journey.states import Journey, State
from kiosk.journey.step import after_a_bug, begin, step
from kiosk.journey.timeouts import wake_at
from kiosk.journey.view import view
from kiosk.ports.cards import CardReaders, ReadCard
from kiosk.ports.clock import Clock
from kiosk.ports.desk import CheckedIn, Desk, HoldTicket, ReprintReady
from kiosk.ports.printers import PrintTicket, TicketPrinter
from kiosk.words.catalogue import Words

_MINUTE_MS = 60_000
_NO_IDS = (UUID(int=0), UUID(int=0), UUID(int=0))
"""For looking at the machine: a view makes nothing."""


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where effects go."""

    readers: CardReaders
    desk: Desk
    printer: TicketPrinter
    forget: Callable[[], None]
    """Drop caches and garbage: the visit is over."""
    report_bug: Callable[[BaseException], None]
    """The crash sink. Returns; or ends the process when bugs come too fast."""
    on_step: Callable[[State, State], None] = lambda _before, _after: None
    """Told each change of state, for the record of visits, and when the terminal opens or closes. Gets states, must
    keep nothing of them."""


class Runtime:
    """One terminal's running machine."""

    def __init__(self, *, facts: Facts, words: Mapping[str, Words], clock: Clock, outlets: Outlets) -> None:
        """Start at the first page."""
        self._facts = facts
        self._words = words
        self._clock = clock
        self._outlets = outlets
        self._journey = begin(facts, self._moment())

    @property
    def journey(self) -> Journey:
        """Where the machine stands; immutable."""
        return self._journey

    @property
    def facts(self) -> Facts:
        """What is so around it; immutable."""
        return self._facts

    def handle(self, event: object) -> None:
        """Take one event. Events of unknown kinds are facts for nobody and change nothing."""
        try:
            self._handle(cast("Event", event))
        except Exception as bug:  # noqa: BLE001 - any other exception is a bug: drop the visit, keep the terminal
            self._drop_visit(bug)
            if isinstance(event, CheckedIn | ReprintReady):
                # It is on disk, and perhaps nobody has told the printer.
                self._outlets.desk.submit(HoldTicket(event.visit_id, event.print_command.job_id))

    def wake(self) -> None:
        """The moment of `next_wake_ms` has come."""
        self.handle(TimePassed())

    def screen(self) -> Screen:
        """What is to be shown now. A bug in a page drops the visit; what follows the end of one is shown instead."""
        try:
            return self._view()
        except Exception as bug:  # noqa: BLE001 - as above
            self._drop_visit(bug)
            return self._view()

    def next_wake_ms(self) -> int:
        """Milliseconds until `wake` should be called: a bound or shown second of the journey, or the next minute."""
        boot_ms = self._clock.boot_ms()
        to_minute_ms = _MINUTE_MS - self._clock.now_ms() % _MINUTE_MS
        at_ms = wake_at(self._journey, boot_ms)
        return to_minute_ms if at_ms is None else max(0, min(to_minute_ms, at_ms - boot_ms))

    def _view(self) -> Screen:
        return view(self._journey, self._facts, self._words, self._now(_NO_IDS))

    def _drop_visit(self, bug: BaseException) -> None:
        self._journey = after_a_bug(self._journey, self._facts, self._moment())
        self._outlets.forget()
        self._outlets.report_bug(bug)

    def _moment(self) -> Moment:
        return self._now((self._clock.new_id(), self._clock.new_id(), self._clock.new_id()))

    def _now(self, ids: tuple[UUID, UUID, UUID]) -> Moment:
        return Moment(now_ms=self._clock.now_ms(), boot_ms=self._clock.boot_ms(), ids=ids)

    def _handle(self, event: Event) -> None:
        was_open = self._facts.is_open()
        self._facts = learn(self._facts, event)
        before = self._journey.state
        self._journey, effects = step(self._journey, event, self._facts, self._moment())
        if self._journey.state is not before or self._facts.is_open() is not was_open:
            self._outlets.on_step(before, self._journey.state)
        for effect in effects:
            self._send(effect)

    def _send(self, effect: Effect) -> None:
        match effect:
            case ReadCard():
                self._outlets.readers.read(effect)
            case PrintTicket():
                self._outlets.printer.print_ticket(effect)
            case Forget():
                self._outlets.forget()
            case _:
                self._outlets.desk.submit(effect)
