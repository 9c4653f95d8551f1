"""What a virtual card is: an answer to reset and an answer to each command.

Knows neither sockets nor readers. A card may be slow or may leave in the middle of an exchange; which cards exist and
what is on them stands in the other modules.
"""

from __future__ import annotations

from typing import Protocol

T0_ATR = bytes.fromhex("3B 68 00 00 00 73 C8 40 00 00 90 00")
T1_ATR = bytes.fromhex("3B 80 80 01 01")

OK = b"\x90\x00"
FILE_NOT_FOUND = b"\x6a\x82"
RECORD_NOT_FOUND = b"\x6a\x83"
WRONG_PARAMETERS = b"\x6a\x86"
WRONG_LENGTH = b"\x67\x00"
NOT_ALLOWED = b"\x69\x82"
NO_FILE_SELECTED = b"\x69\x86"
WRONG_INSTRUCTION = b"\x6d\x00"


class PulledOut(Exception):
    """Raised by a card's `answer` when the card leaves the reader instead of answering."""


class Card(Protocol):
    """A card, as its reader meets it."""

    @property
    def atr(self) -> bytes:
        """The answer to reset, 2 to 33 bytes."""
        ...

    def reset(self) -> None:
        """Power came or the reader reset the card: nothing is selected any more."""
        ...

    def answer(self, apdu: bytes) -> bytes:
        """Data and status word for one command. Raises PulledOut when the card leaves instead."""
        ...

    def taken_out(self) -> None:
        """Somebody pulled the card: an `answer` that still waits must end."""
        ...


class PlainCard:
    """A card that recognises nothing: a foreign card, or one put in upside down. A base for others."""

    def __init__(self, *, atr: bytes = T0_ATR) -> None:
        """`atr` is also only a hint: cards of quite different kinds share one."""
        self._atr = atr

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._atr

    def reset(self) -> None:
        """Nothing to forget."""

    def answer(self, apdu: bytes) -> bytes:
        """Every SELECT finds nothing, everything else is unknown."""
        return FILE_NOT_FOUND if apdu[1:2] == b"\xa4" else WRONG_INSTRUCTION

    def taken_out(self) -> None:
        """Nothing waits."""
