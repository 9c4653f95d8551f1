"""One slot of a virtual reader, and the thread that answers for the card in it.

Decides when a card counts as in or out; knows nothing of what it says. The daemon looks every 400 ms, so an insertion
or a removal is noticed up to that much later: `wait_until_noticed` waits for that.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

from lab.cards.card import Card
from lab.cards.vpcd import serve
from lab.pcscd import CardDaemon, DaemonFault, ReaderState

_NOTICE_S = 20.0
_END_S = 2.0
_LOOK_S = 0.6  # a little more than the daemon's interval


class Slot:
    """A slot: at most one card in it. A context manager that leaves the slot empty."""

    def __init__(self, daemon: CardDaemon, number: int = 0) -> None:
        """`number` counts the daemon's slots from 0, in the order of its `reader_names`."""
        self._daemon = daemon
        self._number = number
        self._card: Card | None = None
        self._link: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._is_known = threading.Event()
        self._has_left = threading.Event()

    @property
    def reader_name(self) -> str:
        """The reader as clients see it. Raises DaemonFault when the daemon does not answer."""
        return self._daemon.reader_names[self._number]

    @property
    def card(self) -> Card | None:
        """The card that is in, or None. It stays in when the daemon dies, and is met by the next one."""
        return None if self._has_left.is_set() else self._card

    def insert(self, card: Card) -> None:
        """Put a card in; returns before the daemon noticed it, but after it noticed that the last one went.

        Raises ValueError when a card is in, DaemonFault when the daemon does not answer.
        """
        if self.card is not None:
            raise ValueError("a card is in this slot")
        self.remove()
        self.wait_until_noticed()
        self._connect(card)

    def remove(self) -> None:
        """Pull the card out, also in the middle of an exchange. Harmless when none is in."""
        if self._thread is None or self._link is None or self._card is None:
            return
        if self._thread.is_alive():
            # A card that the daemon has not looked at yet would stay in its queue, dead, and be met by the next one.
            self._is_known.wait(_LOOK_S)
        with contextlib.suppress(OSError):  # it may have left by itself
            self._link.shutdown(socket.SHUT_RDWR)
        self._card.taken_out()
        self._thread.join(_END_S)
        self._daemon.after_start.discard(self._reconnect)
        self._card = self._link = self._thread = None

    def swap(self, card: Card) -> None:
        """Take the card out and put this one in, as quickly as a person can: the daemon notices both."""
        self.remove()
        self.insert(card)

    def swap_unnoticed(self, card: Card) -> None:
        """Swap within one look of the daemon: with an equal ATR it reports nothing, but an open handle is dead."""
        self.remove()
        self._connect(card)

    def wait_until_noticed(self, *, timeout_s: float = _NOTICE_S) -> None:
        """Return when the daemon's view of this slot is the truth. Raises DaemonFault after the time."""
        wanted = self.card is not None
        if not self._daemon.wait_for(lambda states: self._is_occupied(states) is wanted, timeout_s=timeout_s):
            raise DaemonFault("the card daemon did not notice the change")

    def _is_occupied(self, states: tuple[ReaderState, ...]) -> bool:
        if self._number >= len(states):
            raise DaemonFault(f"there is no slot {self._number}")
        return states[self._number].has_card

    def _connect(self, card: Card) -> None:
        link = self._daemon.connect(self._number)
        known, left = self._is_known, self._has_left = threading.Event(), threading.Event()
        self._card, self._link = card, link

        def answer() -> None:
            if serve(link, card, on_message=known.set):
                left.set()

        self._thread = threading.Thread(target=answer, name=f"card-{self._number}", daemon=True)
        self._thread.start()
        self._daemon.after_start.add(self._reconnect)

    def _reconnect(self) -> None:
        """The daemon was started again: a card that lies in the reader is there for it too."""
        card = self.card
        if card is not None and self._number < self._daemon.slot_count:
            if self._thread is not None:
                self._thread.join(_END_S)
            self._connect(card)

    def __enter__(self) -> Self:
        """Nothing is in yet."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the slot empty."""
        self.remove()
