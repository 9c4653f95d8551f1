"""Commands that a printer obeys as they arrive, before and beside its receive buffer. Pure.

A printer looks for these byte patterns in everything it receives, also in the middle of a picture; the bytes stay
where they are and are later printed as pixels, or passed over when they stand between commands.
"""

from __future__ import annotations

from dataclasses import dataclass

_DLE, _EOT, _DC4 = 0x10, 0x04, 0x14
_CLEAR = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """DLE EOT n."""

    which: int


@dataclass(frozen=True, slots=True)
class ClearAsked:
    """DLE DC4 8: throw away what was received."""

    end: int
    """How many bytes of the piece had been looked at when it was complete."""


RealTimeCommand = StatusAsked | ClearAsked


class RealTimeWatch:
    """Finds the patterns in a stream that comes in pieces."""

    def __init__(self) -> None:
        """At power-on nothing has been seen."""
        self._tail = b""

    def look(self, piece: bytes) -> list[RealTimeCommand]:
        """The commands that this piece completes, in their order."""
        seen = self._tail + piece
        fresh_from = len(self._tail)
        found: list[RealTimeCommand] = []
        place = seen.find(_DLE)
        while place != -1:
            command, length = _at(seen, place)
            if command is not None and place + length > fresh_from:
                found.append(ClearAsked(place + length - fresh_from) if isinstance(command, ClearAsked) else command)
            place = seen.find(_DLE, place + 1)
        self._tail = seen[-(len(_CLEAR) - 1) :]
        return found


def _at(seen: bytes, place: int) -> tuple[RealTimeCommand | None, int]:
    if seen[place + 1 : place + 2] == bytes((_EOT,)) and len(seen) > place + 2 and 1 <= seen[place + 2] <= 4:
        return StatusAsked(seen[place + 2]), 3
    if seen.startswith(_CLEAR, place):
        return ClearAsked(0), len(_CLEAR)
    return None, 0


def length_between_commands(data: bytes | bytearray) -> int | None:
    """How long the real-time command at the start of `data` is; None when more bytes are needed to tell."""
    if len(data) < 3:
        return None
    wanted = 3
    if data[1] == _DC4:
        wanted = len(_CLEAR) if data[2] == 8 else 5
    return wanted if len(data) >= wanted else None
