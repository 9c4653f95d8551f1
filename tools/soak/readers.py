"""Two sets of card readers as one: those in memory for most visits, real ones over the card daemon for some."""

from __future__ import annotations

from kiosk.devices.cards.in_memory import InMemoryCardReaders
from kiosk.devices.cards.readers import PcscCardReaders
from kiosk.ports.cards import ReadCard
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_IN_MEMORY = "In memory"


class BothReaders:
    """`CardReaders` that passes each command to the reader that it names."""

    def __init__(self, emit: Emit, clock: Clock, *, has_real: bool) -> None:
        """Nothing is opened before `start`."""
        self.in_memory = InMemoryCardReaders(emit, clock, readers=(_IN_MEMORY,))
        self._real = PcscCardReaders(emit, clock) if has_real else None

    def start(self) -> None:
        """Begin to watch."""
        self.in_memory.start()
        if self._real is not None:
            self._real.start()

    def read(self, command: ReadCard) -> None:
        """Queue a read."""
        is_real = self._real is not None and command.insertion.reader != _IN_MEMORY
        if is_real and self._real is not None:
            self._real.read(command)
        else:
            self.in_memory.read(command)

    def needs_restart(self) -> bool:
        """Whether real readers are stuck."""
        return self._real is not None and self._real.needs_restart()

    def stop(self) -> None:
        """End the workers."""
        self.in_memory.stop()
        if self._real is not None:
            self._real.stop()
