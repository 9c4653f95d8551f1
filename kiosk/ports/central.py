"""The line to the central booking server, as the desk uses it within a visit; and what is known of the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from booking.wire import CheckInAct, EventResult, FindReply, FindRequest


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer in time: refused, cut, slow, not ours, 5xx. The visit goes on by itself."""

    why: str


class ServerLine(Protocol):
    """Questions with a limit of two seconds to the last byte; answers or NoAnswer, never an exception."""

    def is_online(self) -> bool:
        """Whether the last exchange with the server went well. Off line nobody waits for a time-out."""
        ...

    def ask_check_in(self, act: CheckInAct) -> EventResult | NoAnswer:
        """May this patient check in now? The server decides with all facts and remembers it under the act's id."""
        ...

    def ask_person(self, request: FindRequest) -> FindReply | NoAnswer:
        """Who has this card?"""
        ...

    def now_offset_ms(self) -> int | None:
        """Server time minus this terminal's wall clock, when learnt in this boot; else None."""
        ...

    def wake(self) -> None:
        """Something waits in the outbox: send soon."""
        ...


# Events, from the sync worker
@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """On line or off line, from now on."""

    is_online: bool


@dataclass(frozen=True, slots=True)
class TimeCorrected:
    """The best known time has moved noticeably: what shows it is out of date."""


@dataclass(frozen=True, slots=True)
class MirrorChanged:
    """The mirror holds newer rows."""

    rows: int


@dataclass(frozen=True, slots=True)
class WaitingChanged:
    """So many operations wait to be sent; so many were answered with something other than applied."""

    waiting: int
    not_applied: int
