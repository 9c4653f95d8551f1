"""The desk's line to the server: two seconds to the last byte, an answer or NoAnswer, never an exception."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from booking.wire import CheckInAct, EventResult, FindReply, FindRequest
from booking.wire_booking import BookingView, BookPlace, CancelBooking, ChangePlace, JoinList, WaitingView
from booking.wire_catalogue import Sessions, SlotView
from booking.wire_people import PersonRegistered, RegisterPerson
from kiosk.ports.central import NoAnswer, RefusedThere, WantedSessions
from kiosk.ports.store import StoreFault
from kiosk.sync.contact import Contact
from kiosk.sync.server import CentralServer, Unanswered

_log = logging.getLogger(__name__)
_NOT_DONE = (
    *("not_found", "too_many", "forbidden", "bad_request", "too_large"),
    *("revoked", "not_enrolled", "bad_signature", "stale_counter", "replayed"),
)
"""What the server says before it does anything."""
Answer = TypeVar("Answer")


class DeskLine:
    """A `kiosk.ports.central.ServerLine` with an HTTP session of its own. For the desk's thread."""

    def __init__(
        self, server: CentralServer, contact: Contact, *, hospital_id: UUID, wake_sync: Callable[[], None]
    ) -> None:
        self._server = server
        self._here = f"/v1/hospitals/{hospital_id}"
        self._contact = contact
        self._wake_sync = wake_sync

    def is_online(self) -> bool:
        """Whether the last exchange with the server went well."""
        return self._contact.is_online()

    def now_offset_ms(self) -> int | None:
        """Server time minus wall clock."""
        return self._contact.now_offset_ms()

    def wake(self) -> None:
        """Something waits in the outbox."""
        self._wake_sync()

    def ask_check_in(self, act: CheckInAct) -> EventResult | NoAnswer:
        """May this patient check in?"""
        answer = self._ask(lambda: self._server.check_in(act))
        if isinstance(answer, EventResult) and answer.operation_id != act.operation_id:
            return NoAnswer("the answer is to another question")
        return answer

    def ask_person(self, request: FindRequest) -> FindReply | NoAnswer:
        """Who has this card?"""
        return self._ask(lambda: self._server.find(request))

    def ask_booking(
        self, operation_id: UUID, ask: BookPlace, *, is_walk_in: bool = False
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this person have this place? An answer about another booking is none."""
        answer = self._act(BookingView, "walk-ins" if is_walk_in else "bookings", ask, operation_id)
        return _about(ask.booking_id, answer)

    def ask_change(
        self, operation_id: UUID, booking_id: UUID, ask: ChangePlace
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this person have this place instead?"""
        answer = self._act(BookingView, f"bookings/{booking_id}/change", ask, operation_id)
        return _about(ask.new_booking_id, answer)

    def ask_cancel(
        self, operation_id: UUID, booking_id: UUID, ask: CancelBooking
    ) -> BookingView | RefusedThere | NoAnswer:
        """May this booking be given up?"""
        answer = self._act(BookingView, f"bookings/{booking_id}/cancellation", ask, operation_id)
        return _about(booking_id, answer)

    def ask_waiting(self, operation_id: UUID, ask: JoinList) -> WaitingView | RefusedThere | NoAnswer:
        """May this person wait for a place?"""
        return self._act(WaitingView, "waiting-entries", ask, operation_id)

    def ask_register(self, operation_id: UUID, ask: RegisterPerson) -> PersonRegistered | RefusedThere | NoAnswer:
        """May this person be known?"""
        return self._act(PersonRegistered, "people", ask, operation_id)

    def ask_sessions(self, wanted: WantedSessions) -> Sessions | RefusedThere | NoAnswer:
        """Which sessions are there?"""
        named = {"first_day": wanted.first_day, "last_day": wanted.last_day}
        for name, value in (("department_id", wanted.department_id), ("doctor_id", wanted.doctor_id)):
            if value is not None:
                named[name] = str(value)
        return self._ask_rules(lambda: self._server.look(Sessions, f"{self._here}/sessions?{urlencode(named)}"))

    def ask_places(self, session_id: UUID) -> tuple[SlotView, ...] | RefusedThere | NoAnswer:
        """Which places has this session?"""
        target = f"{self._here}/sessions/{session_id}/slots"
        return self._ask_rules(lambda: self._server.look(tuple[SlotView, ...], target))

    def close(self) -> None:
        """Give up what is at hand, for good."""
        self._server.close()

    def _act(
        self, kind: type[Answer], what: str, message: object, operation_id: UUID
    ) -> Answer | RefusedThere | NoAnswer:
        return self._ask_rules(lambda: self._server.act(kind, f"{self._here}/{what}", message, key=operation_id))

    def _ask_rules(self, question: Callable[[], Answer]) -> Answer | RefusedThere | NoAnswer:
        """As `_ask`, where the rules may say no."""

        def asked() -> Answer | RefusedThere:
            try:
                return question()
            except Unanswered as silence:
                said = silence.refusal()
                if said is None:
                    raise
                return RefusedThere(said.reason, said.facts, said.sentence)

        return self._ask(asked)

    def _ask(self, question: Callable[[], Answer]) -> Answer | NoAnswer:
        try:
            return question()
        except Unanswered as silence:
            _log.info("no answer in a visit: %s %s", silence.why, silence.reason)
            self._wake_sync()
            return NoAnswer(silence.reason or silence.why, may_have_happened=silence.reason not in _NOT_DONE)
        except StoreFault as fault:
            return NoAnswer(fault.code)


def _about(booking_id: UUID, answer: BookingView | RefusedThere | NoAnswer) -> BookingView | RefusedThere | NoAnswer:
    if isinstance(answer, BookingView) and answer.booking_id != booking_id:
        return NoAnswer("the answer is to another question")
    return answer
