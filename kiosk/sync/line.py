"""The desk's line to the server: two seconds to the last byte, an answer or NoAnswer, never an exception."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from booking.wire import CheckInAct, EventResult, FindReply, FindRequest
from kiosk.ports.central import NoAnswer
from kiosk.ports.store import StoreFault
from kiosk.sync.contact import Contact
from kiosk.sync.server import CentralServer, Unanswered

_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class DeskLine:
    """A `kiosk.ports.central.ServerLine` with an HTTP session of its own. For the desk's thread."""

    def __init__(self, server: CentralServer, contact: Contact, *, wake_sync: Callable[[], None]) -> None:
        self._server = server
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

    def close(self) -> None:
        """Give up what is at hand, for good."""
        self._server.close()

    def _ask(self, question: Callable[[], Answer]) -> Answer | NoAnswer:
        try:
            return question()
        except Unanswered as silence:
            _log.info("no answer in a visit: %s %s", silence.why, silence.reason)
            self._wake_sync()
            return NoAnswer(silence.reason or silence.why)
        except StoreFault as fault:
            return NoAnswer(fault.code)
