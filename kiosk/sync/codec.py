"""Wire messages to JSON and back, the same for the network and the store. Unknown fields are ignored."""

from __future__ import annotations

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
    Problem,
    Row,
    ServerTime,
    SnapshotHead,
)

Message = TypeVar("Message")

_MESSAGES = (
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
    Problem,
    Row,
    ServerTime,
    SnapshotHead,
)


class WireCodec:
    """Encodes and decodes the messages of `booking.wire`. May be used from any thread."""

    def __init__(self) -> None:
        self._adapters: dict[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in _MESSAGES}

    def encode(self, message: object) -> str:
        """The JSON of a message."""
        return self._adapters[type(message)].dump_json(message).decode("utf-8")

    def decode(self, kind: type[Message], text: str | bytes) -> Message:
        """The message in this JSON. Raises ValueError, which names no content, when it is none."""
        try:
            message: Message = self._adapters[kind].validate_json(text)
        except ValidationError as fault:
            raise ValueError(f"not a {kind.__name__}: {fault.error_count()} errors") from None
        return message
