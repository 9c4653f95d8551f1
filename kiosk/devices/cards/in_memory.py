"""Card readers without a daemon: cards are put in by calling. For tests, demonstrations and simulations.

Decides the same as the real ones through the same `watch`; its reads take no time unless a card is made to hang.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from booking.people import Identity
from kiosk.devices.cards.watch import (
    NO_READER,
    Change,
    Seen,
    Watched,
    hang,
    is_current,
    lose_service,
    observe,
    refusal,
)
from kiosk.ports.cards import CardNotRead, CardRead, CardRemoved, Insertion, ReadCard, Unreadable
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_COUNTER_ROUND = 1 << 16


@dataclass(frozen=True, slots=True)
class Hangs:
    """A card that never answers."""


CardContent = Identity | Unreadable | Hangs


@dataclass(slots=True)
class _Slot:
    counter: int = 0
    content: CardContent | None = None


class InMemoryCardReaders:
    """`CardReaders` in memory. Events go out on the thread of whoever calls."""

    def __init__(self, emit: Emit, clock: Clock, *, readers: tuple[str, ...] = ("Reader 0",)) -> None:
        """All readers are empty and the daemon answers."""
        self._emit = emit
        self._clock = clock
        self._lock = threading.RLock()
        self._slots = {name: _Slot() for name in readers if name != NO_READER}
        self._watched = Watched()
        self._waiting: list[ReadCard] = []
        self._is_running = False
        self._is_served = True

    # What the terminal calls

    def start(self) -> None:
        """Begin to watch."""
        with self._lock:
            self._is_running = True
            self._look()

    def read(self, command: ReadCard) -> None:
        """Answer at once; a card that hangs is answered for by `pass_limit`, its removal or `stop`."""
        with self._lock:
            why = refusal(self._watched, command.insertion) if self._is_running else Unreadable.READER
            if why is not None:
                self._emit(CardNotRead(command.visit_id, command.insertion, why))
                return
            content = self._slots[command.insertion.reader].content
            if isinstance(content, Identity):
                self._emit(CardRead(command.visit_id, command.insertion, content))
            elif isinstance(content, Unreadable):
                self._emit(CardNotRead(command.visit_id, command.insertion, content))
            else:
                self._waiting.append(command)

    def stop(self) -> None:
        """Refuse what is open."""
        with self._lock:
            self._is_running = False
            self._refuse(self._waiting, Unreadable.READER)

    def needs_restart(self) -> bool:
        """Nothing is ever stuck."""
        return False

    # What the person at the terminal does, and what befalls it

    def insert(self, content: CardContent, *, reader: str | None = None) -> Insertion | None:
        """Put a card in (the first reader if none is named); its insertion, where the watch sees it.

        Raises ValueError when a card is in.
        """
        with self._lock:
            name = self._name(reader)
            slot = self._slots[name]
            if slot.content is not None:
                raise ValueError("a card is in this reader")
            slot.content = content
            self._move(slot)
            known = self._watched.readers.get(name)
            return known.insertion if known else None

    def remove(self, *, reader: str | None = None) -> None:
        """Pull the card out. Harmless when none is in."""
        with self._lock:
            slot = self._slots[self._name(reader)]
            if slot.content is not None:
                slot.content = None
                self._move(slot)

    def pass_limit(self) -> None:
        """The time for every read under way is over."""
        with self._lock:
            late = tuple(self._waiting)
            self._refuse(self._waiting, Unreadable.NO_ANSWER)
            for command in late:
                self._apply(hang(self._watched, command.insertion))

    def lose_service(self) -> None:
        """The card daemon dies."""
        with self._lock:
            self._is_served = False
            if self._is_running:
                self._apply(lose_service(self._watched))

    def restore_service(self) -> None:
        """The card daemon runs again; its counters begin anew."""
        with self._lock:
            self._is_served = True
            for slot in self._slots.values():
                slot.counter = 0
            self._look()

    def _name(self, reader: str | None) -> str:
        return next(iter(self._slots)) if reader is None else reader

    def _move(self, slot: _Slot) -> None:
        slot.counter = (slot.counter + 1) % _COUNTER_ROUND
        self._look()

    def _look(self) -> None:
        if self._is_running and self._is_served:
            seen = [Seen(name, slot.content is not None, slot.counter) for name, slot in self._slots.items()]
            self._apply(observe(self._watched, seen, now_boot_ms=self._clock.boot_ms()))

    def _apply(self, change: Change) -> None:
        self._watched = change.watched
        for event in change.events:
            self._emit(event)
            if isinstance(event, CardRemoved):
                gone = [c for c in self._waiting if not is_current(self._watched, c.insertion)]
                self._refuse(gone, refusal(self._watched, event.insertion) or Unreadable.REMOVED)

    def _refuse(self, commands: list[ReadCard], why: Unreadable) -> None:
        for command in tuple(commands):
            self._waiting.remove(command)
            self._emit(CardNotRead(command.visit_id, command.insertion, why))
