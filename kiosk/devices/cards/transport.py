"""The conversation with one card, as the profiles see it: command in, data and status word out.

Decides how a T=0 card's half answers are completed and how much a card may say at most. Knows no reader, no daemon
and no file of any card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.ports.cards import Unreadable

DONE = 0x9000
END_OF_FILE = 0x6282
"""Fewer bytes than asked for: good where data came with it."""
FILE_NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
DENIED = frozenset({0x6982, 0x6985, 0x6986})
"""The card asks for a PIN or a key first. We never offer one."""

_MORE = 0x61
_WRONG_LE = 0x6C


class Transmit(Protocol):
    """Sends one command APDU and returns the answer's data and its status word."""

    def __call__(self, command: bytes, /) -> tuple[bytes, int]:
        """A failure of the exchange itself is the sender's own exception and passes through every profile."""
        ...


class CardFailed(Exception):
    """The card said what it may not say; `why` is the refusal that the caller turns it into."""

    def __init__(self, why: Unreadable, detail: str = "") -> None:
        super().__init__(f"{why.value}: {detail}" if detail else why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Limits:
    """What one card may make us do in one read. A full social-security card needs 34 exchanges and 200 bytes."""

    exchanges: int = 256
    bytes_in_all: int = 65_536
    parts_of_an_answer: int = 64


class Conversation:
    """One read's exchanges: completes T=0 answers and stops a card that never ends.

    `61xx` is followed by GET RESPONSE, `6Cxx` by the same command with the length that the card named (once).
    """

    def __init__(self, transmit: Transmit, limits: Limits | None = None) -> None:
        self._transmit = transmit
        self._limits = limits or Limits()
        self._exchanges = 0
        self._bytes = 0

    def __call__(self, command: bytes, /) -> tuple[bytes, int]:
        """The whole answer. Raises CardFailed (garbage) when the card exceeds the limits."""
        data, status = self._exact(command)
        whole = bytearray(data)
        parts = 1
        while status >> 8 == _MORE:
            if parts >= self._limits.parts_of_an_answer:
                raise CardFailed(Unreadable.GARBAGE, "the answer never ends")
            data, status = self._exact(bytes((command[0], 0xC0, 0x00, 0x00, status & 0xFF)))
            whole += data
            parts += 1
        return bytes(whole), status

    def _exact(self, command: bytes) -> tuple[bytes, int]:
        data, status = self._send(command)
        if status >> 8 == _WRONG_LE:
            data, status = self._send(_with_length(command, status & 0xFF))
        return data, status

    def _send(self, command: bytes) -> tuple[bytes, int]:
        if self._exchanges >= self._limits.exchanges:
            raise CardFailed(Unreadable.GARBAGE, "too many exchanges")
        self._exchanges += 1
        data, status = self._transmit(command)
        self._bytes += len(data)
        if self._bytes > self._limits.bytes_in_all:
            raise CardFailed(Unreadable.GARBAGE, "too many bytes")
        return data, status


def is_good(data: bytes, status: int) -> bool:
    """Whether this answer may be used."""
    return status == DONE or (status == END_OF_FILE and bool(data))


def _with_length(command: bytes, length: int) -> bytes:
    """The same short command with this Le."""
    head = 4 if len(command) <= 5 else 5 + command[4]
    return command[:head] + bytes((length,))
