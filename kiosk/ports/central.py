"""The line to the central booking server, as the desk uses it within a visit; and what is known of the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from booking.localized import LocalizedText
from booking.wire import CheckInAct, EventResult, FindReply, FindRequest
from booking.wire_booking import BookingView, BookPlace, CancelBooking, ChangePlace, JoinList, WaitingView
from booking.wire_catalogue import Sessions, SlotView
from booking.wire_people import PersonRegistered, RegisterPerson


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer in time: refused, cut, slow, not ours, 5xx. The visit goes on by itself."""

    why: str
    may_have_happened: bool = True
    """False: the server did not want it, so it has done nothing."""


@dataclass(frozen=True, slots=True)
class RefusedThere:
    """The server's rules say no: a definite answer, the same whenever the act is sent again."""

    reason: str
    """A `decide.Reason`, or a newer one, which `sentence` explains."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """As in `wire_problem.Problem`."""
    sentence: LocalizedText = field(default_factory=LocalizedText)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSessions:
    """Which sessions are asked for."""

    first_day: str
    last_day: str
    department_id: UUID | None = None
    doctor_id: UUID | None = None


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

    # Acts are asked under their operation id: sent again, they are the same act.
    def ask_booking(
        self, operation_id: UUID, ask: BookPlace, *, is_walk_in: bool = False
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this person have this place?"""
        ...

    def ask_change(
        self, operation_id: UUID, booking_id: UUID, ask: ChangePlace
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this person have this place instead?"""
        ...

    def ask_cancel(
        self, operation_id: UUID, booking_id: UUID, ask: CancelBooking
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this booking be given up?"""
        ...

    def ask_waiting(self, operation_id: UUID, ask: JoinList) -> WaitingView | RefusedThere | NoAnswer:
        """May this person wait for a place?"""
        ...

    def ask_register(self, operation_id: UUID, ask: RegisterPerson) -> PersonRegistered | RefusedThere | NoAnswer:
        """May this person be known?"""
        ...

    def ask_sessions(self, wanted: WantedSessions) -> Sessions | RefusedThere | NoAnswer:
        """Which sessions are there, and how many of their places are free?"""
        ...

    def ask_places(self, session_id: UUID) -> tuple[SlotView, ...] | RefusedThere | NoAnswer:
        """Which places has this session?"""
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
