"""Faults round any card: each takes a card and is a card. They may be put round each other.

Commands are counted from 1 since the card was made, over resets: the n-th command means the n-th the terminal sends.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from lab.cards.card import Card, PulledOut


class _Around(ABC):
    """A card that passes everything on to another one, and counts the commands."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._commands = 0

    @property
    def atr(self) -> bytes:
        """The inner card's."""
        return self._card.atr

    def reset(self) -> None:
        """Passed on."""
        self._card.reset()

    def answer(self, apdu: bytes) -> bytes:
        """The inner card's answer, as the fault makes it."""
        self._commands += 1
        return self._spoil(apdu)

    def taken_out(self) -> None:
        """Passed on."""
        self._card.taken_out()

    @abstractmethod
    def _spoil(self, apdu: bytes) -> bytes:
        """The answer to this command, spoilt or not."""


class Garbling(_Around):
    """Answers are changed by a function of the answer, from the n-th command on."""

    def __init__(self, card: Card, change: Callable[[bytes], bytes], *, from_command: int = 1) -> None:
        """`change` gets data and status word and returns whatever the terminal shall see."""
        super().__init__(card)
        self._change = change
        self._from = from_command

    def _spoil(self, apdu: bytes) -> bytes:
        answer = self._card.answer(apdu)
        return self._change(answer) if self._commands >= self._from else answer


def with_noise(answer: bytes) -> bytes:
    """A good status word after nonsense of the same length."""
    return bytes((byte * 167 + 89) & 0xFF for byte in answer[:-2]) + answer[-2:]


def with_wrong_lengths(answer: bytes) -> bytes:
    """Records whose length byte promises more than there is."""
    return answer[:1] + b"\xff" + answer[2:] if len(answer) > 3 else answer


def with_undecodable_text(answer: bytes) -> bytes:
    """Values that are no text in any encoding of the trade; tag and length stay right."""
    return answer[:2] + b"\xff\xfe\x81" * ((len(answer) - 4) // 3) + answer[-2:] if len(answer) > 6 else answer


def without_data(answer: bytes) -> bytes:
    """Success, and nothing in it."""
    return answer[-2:]


def without_status(_answer: bytes) -> bytes:
    """One byte where at least two must be."""
    return b"\x90"


def far_too_long(answer: bytes) -> bytes:
    """Sixty thousand bytes."""
    return answer[:-2].ljust(60_000, b"\x55") + answer[-2:]


class Hanging(_Around):
    """Does not answer the n-th command until it is released or taken out."""

    def __init__(self, card: Card, *, at_command: int = 1) -> None:
        """Commands before and after are answered."""
        super().__init__(card)
        self._at = at_command
        self._let_go = threading.Event()
        self._is_out = False
        self.reached = threading.Event()
        """Set when the command that hangs has arrived."""

    def release(self) -> None:
        """Answer, late."""
        self._let_go.set()

    def taken_out(self) -> None:
        """Stop waiting."""
        self._is_out = True
        self._let_go.set()
        super().taken_out()

    def _spoil(self, apdu: bytes) -> bytes:
        if self._commands == self._at:
            self.reached.set()
            self._let_go.wait()
            if self._is_out:
                raise PulledOut
        return self._card.answer(apdu)


class LeavingEarly(_Around):
    """Is pulled out instead of answering the n-th command."""

    def __init__(self, card: Card, *, at_command: int = 1) -> None:
        """Commands before are answered."""
        super().__init__(card)
        self._at = at_command

    def _spoil(self, apdu: bytes) -> bytes:
        if self._commands >= self._at:
            raise PulledOut
        return self._card.answer(apdu)


class Slow(_Around):
    """Takes its time for each command."""

    def __init__(self, card: Card, *, delay_ms: int) -> None:
        """Taken out while it thinks, it leaves at once."""
        super().__init__(card)
        self._delay_s = delay_ms / 1000
        self._out = threading.Event()

    def taken_out(self) -> None:
        """Stop thinking."""
        self._out.set()
        super().taken_out()

    def _spoil(self, apdu: bytes) -> bytes:
        if self._out.wait(self._delay_s):
            raise PulledOut
        return self._card.answer(apdu)


class NeverDone(_Around):
    """Always says that more data wait (61xx), without end."""

    def _spoil(self, apdu: bytes) -> bytes:
        return b"\x61\x10" if apdu[1] != 0xC0 else bytes(16) + b"\x61\x10"


class NeverContent(_Around):
    """Always wants another length (6Cxx)."""

    def _spoil(self, apdu: bytes) -> bytes:
        asked = apdu[4] if len(apdu) > 4 else 0
        return bytes((0x6C, (asked + 1) & 0xFF or 1))
