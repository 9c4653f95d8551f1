"""Wire messages to JSON and back, the same for the network and the store. Unknown fields are ignored.

How a kind of message is read and written is worked out when it is first met, or ahead of that by `prepare`: all kinds
together take longer than a first page may wait for, and the first page needs one of them.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from booking.wire import (
    CheckInAct,
    Enrolled,
    EnrolRequest,
    EventBatch,
    EventResult,
    EventResults,
    FeedPage,
    FindReply,
    FindRequest,
    Heartbeat,
    HeartbeatReply,
    PolicyRow,
    Row,
    ServerTime,
    SnapshotHead,
)
from booking.wire_acts import BookAct, CancelAct, ChangeAct, JoinListAct, RegisterAct, ReturnPlacesAct
from booking.wire_booking import BookingView, BookPlace, CancelBooking, ChangePlace, JoinList, WaitingView
from booking.wire_catalogue import Sessions
from booking.wire_digest import Digests
from booking.wire_lease import LeaseAsk, LeaseGrant
from booking.wire_people import PersonRegistered, RegisterPerson
from booking.wire_problem import Problem

Message = TypeVar("Message")

_MESSAGES = (
    BookAct,
    BookingView,
    BookPlace,
    CancelAct,
    CancelBooking,
    ChangeAct,
    ChangePlace,
    CheckInAct,
    Digests,
    Enrolled,
    EnrolRequest,
    EventBatch,
    EventResult,
    EventResults,
    FeedPage,
    FindReply,
    FindRequest,
    Heartbeat,
    HeartbeatReply,
    JoinList,
    JoinListAct,
    LeaseAsk,
    LeaseGrant,
    PersonRegistered,
    PolicyRow,
    Problem,
    RegisterAct,
    RegisterPerson,
    ReturnPlacesAct,
    Row,
    ServerTime,
    Sessions,
    SnapshotHead,
    WaitingView,
)


class WireCodec:
    """Encodes and decodes the messages of `booking.wire`. May be used from any thread."""

    def __init__(self) -> None:
        self._adapters: dict[type, TypeAdapter[Any]] = {}
        self._making = threading.Lock()
        # Whoever opens a store reads its policy.
        self._adapter(PolicyRow)

    def prepare(self) -> None:
        """Get ready for every kind of message, so that no visit waits for it."""
        for kind in _MESSAGES:
            self._adapter(kind)

    def encode(self, message: object) -> str:
        """The JSON of a message."""
        # Of a row one body in ten is there, and a mirror has tens of thousands: what is not there need not be said.
        is_row = isinstance(message, Row)
        return self._adapter(type(message)).dump_json(message, exclude_none=is_row).decode("utf-8")

    def decode(self, kind: type[Message], text: str | bytes) -> Message:
        """The message in this JSON. Raises ValueError, which names no content, when it is none."""
        try:
            message: Message = self._adapter(kind).validate_json(text)
        except ValidationError as fault:
            raise ValueError(f"not a {kind.__name__}: {fault.error_count()} errors") from None
        return message

    def _adapter(self, kind: type) -> TypeAdapter[Any]:
        made = self._adapters.get(kind)
        if made is None:
            with self._making:
                made = self._adapters.get(kind) or TypeAdapter(kind)
                self._adapters[kind] = made
        return made
