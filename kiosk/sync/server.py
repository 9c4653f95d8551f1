"""The server's endpoints as calls: signs, encodes, decodes, and says why there is no usable answer.

Anything that is not this server's own well-formed answer (a proxy's page, half a body, a wrong type) is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from booking.signing import HEADER_IDEMPOTENCY, HEADER_SERVER_TIME
from booking.wire import (
    CheckInAct,
    EventBatch,
    EventResult,
    EventResults,
    FindReply,
    FindRequest,
    Heartbeat,
    HeartbeatReply,
    Row,
)
from booking.wire_digest import Digests
from booking.wire_lease import LeaseAsk, LeaseGrant
from booking.wire_problem import Problem
from kiosk.ports.clock import Clock
from kiosk.ports.store import Codec
from kiosk.sync.contact import Contact
from kiosk.sync.identity import Signer
from kiosk.sync.mirror import Page, Snapshot, read_page, read_snapshot
from kiosk.sync.transport import GIVEN_UP, HttpReply, HttpRequest, NoReply, Transport

Message = TypeVar("Message")

VISIT_S = 2.0
CONNECT_S = 5.0
TOTAL_S = 15.0
_POLL_GRACE_S = 5.0
"""On top of the time that the server may wait for a change."""
_SNAPSHOT_BYTES = 256 * 1024 * 1024
_FEED_ROWS = 500
_FEED_BYTES = 8 * 1024 * 1024
_DONE = (200, 201)
_JSON = "application/json"
_NDJSON = "application/x-ndjson"
_PROBLEM = "application/problem+json"
_ASK_AGAIN = ("stale_counter", "replayed", "in_flight")
_STILL_ONLINE = (
    *("gone", "key_reused", "bad_request", "too_large", "busy"),
    *("not_found", "forbidden", "in_flight", "too_many"),
)
"""The server answers; it is only this request that it does not want, or not now."""
_REFUSED = 409
_SHUT_OUT = ("revoked", "not_enrolled", "bad_signature")
"""The server answers, and wants nothing of this terminal until staff have acted."""


class Unanswered(Exception):
    """No usable answer. `reason` is the server's closed code when it gave one; `status` None: nobody answered."""

    def __init__(
        self,
        why: str,
        *,
        reason: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
        problem: Problem | None = None,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.reason = reason
        self.status = status
        self.retry_after_s = retry_after_s
        self.problem = problem

    def refusal(self) -> Problem | None:
        """The rules' no, which is a definite answer; None: it is anything else."""
        is_rules = self.status == _REFUSED and self.reason not in _ASK_AGAIN
        return self.problem if is_rules else None


class CentralServer:
    """Calls to the server over one transport. For one thread at a time; each call raises Unanswered."""

    def __init__(self, transport: Transport, *, signer: Signer, codec: Codec, contact: Contact, clock: Clock) -> None:
        self._transport = transport
        self._signer = signer
        self._codec = codec
        self._contact = contact
        self._clock = clock

    def interrupt(self) -> None:
        """Give up a long poll, from any thread."""
        self._transport.interrupt()

    def close(self) -> None:
        """Give up everything, from any thread."""
        self._transport.close()

    def check_in(self, act: CheckInAct) -> EventResult:
        """Ask whether a patient may check in, within a visit."""
        reply = self._post("/v1/check-ins", act, key=str(act.operation_id), total_s=VISIT_S, connect_s=VISIT_S)
        return self._read(EventResult, reply)

    def find(self, request: FindRequest) -> FindReply:
        """Ask who somebody is, within a visit."""
        return self._read(FindReply, self._post("/v1/find", request, total_s=VISIT_S, connect_s=VISIT_S))

    def act(self, kind: type[Message], target: str, message: object, *, key: UUID) -> Message:
        """Ask for an act within a visit; `Unanswered.refusal` is the rules' no."""
        reply = self._post(target, message, key=str(key), total_s=VISIT_S, connect_s=VISIT_S)
        return self._read(kind, reply)

    def look(self, kind: type[Message], target: str) -> Message:
        """Ask what there is, within a visit."""
        return self._read(kind, self._exchange(HttpRequest("GET", target, total_s=VISIT_S, connect_s=VISIT_S)))

    def send(self, batch: EventBatch) -> EventResults:
        """Tell what happened. A refusal, whoever's it is, says nothing of the line: the next heartbeat does."""
        return self._read(EventResults, self._post("/v1/events", batch, is_of_the_line=False))

    def ask_leases(self, ask: LeaseAsk) -> LeaseGrant:
        """Ask what may be sold without the server. A refusal says nothing of the line, as with `send`."""
        reply = self._post("/v1/leases", ask, key=str(ask.request_id), is_of_the_line=False)
        return self._read(LeaseGrant, reply)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatReply:
        """Tell how the terminal is."""
        return self._read(HeartbeatReply, self._post("/v1/heartbeat", heartbeat))

    def portion(self, *, day: str = "", after: str = "", since: str = "", limit: int) -> Snapshot:
        """A portion of all that the terminal may hold, or of one day of it. Its rows raise Unanswered too, at one that
        is none. A server that knows no portions answers with the whole.
        """
        asked = {"day": day, "limit": str(limit), "after": after, "since": since}
        query = urlencode({name: value for name, value in asked.items() if value})
        reply = self._exchange(
            HttpRequest(
                "GET", f"/v1/snapshot?{query}", total_s=TOTAL_S, connect_s=CONNECT_S, most_bytes=_SNAPSHOT_BYTES
            )
        )
        with self._understood():
            snapshot = read_snapshot(reply.body, self._codec)
        return Snapshot(snapshot.head, self._understood_rows(snapshot.rows), snapshot.unreadable)

    def digests(self, cursor: str) -> Digests:
        """Of what the server has, if its feed ends at this position now."""
        query = urlencode({"cursor": cursor})
        reply = self._exchange(HttpRequest("GET", f"/v1/digests?{query}", total_s=TOTAL_S, connect_s=CONNECT_S))
        return self._read(Digests, reply)

    def _understood_rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        with self._understood():
            yield from rows

    def feed(self, cursor: str, *, wait_s: int, now_boot_ms: int) -> Page:
        """What changed after the cursor; if nothing, waits for a change, so long from now on. Raises Unanswered."""
        query = urlencode({"cursor": cursor, "limit": _FEED_ROWS, "wait": wait_s})
        reply = self._exchange(
            HttpRequest(
                "GET",
                f"/v1/feed?{query}",
                total_s=wait_s + _POLL_GRACE_S,
                connect_s=CONNECT_S,
                most_bytes=_FEED_BYTES,
                is_poll=True,
                decided_boot_ms=now_boot_ms,
            )
        )
        with self._understood():
            return read_page(reply.body, self._codec)

    def _post(
        self,
        target: str,
        message: object,
        *,
        key: str | None = None,
        total_s: float = TOTAL_S,
        connect_s: float = CONNECT_S,
        is_of_the_line: bool = True,
    ) -> HttpReply:
        return self._exchange(
            HttpRequest(
                "POST",
                target,
                total_s=total_s,
                connect_s=connect_s,
                headers={"Content-Type": _JSON, HEADER_IDEMPOTENCY: key or str(self._clock.new_id())},
                body=self._codec.encode(message).encode("utf-8"),
            ),
            is_of_the_line=is_of_the_line,
        )

    def _exchange(self, request: HttpRequest, *, is_of_the_line: bool = True) -> HttpReply:
        """One request; a stale counter is answered by raising the boot number and one repeat, in the same time."""
        started_ms = self._clock.boot_ms()
        try:
            return self._once(request)
        except Unanswered as first:
            if first.why in GIVEN_UP:
                raise
            if first.reason not in ("stale_counter", "replayed"):
                self._note_refusal(first, is_of_the_line=is_of_the_line)
                raise
        left_s = request.total_s - (self._clock.boot_ms() - started_ms) / 1000
        try:
            return self._once(request, total_s=max(left_s, 0.0))
        except Unanswered as second:
            self._note_refusal(second, is_of_the_line=is_of_the_line)
            raise

    def _note_refusal(self, silence: Unanswered, *, is_of_the_line: bool) -> None:
        shut_out = silence.reason if silence.reason in _SHUT_OUT else ""
        if silence.status is not None and not shut_out and not is_of_the_line:
            return
        is_online = silence.reason in _STILL_ONLINE or silence.refusal() is not None
        self._contact.note(is_online=is_online, shut_out=shut_out)

    def _once(self, request: HttpRequest, *, total_s: float | None = None) -> HttpReply:
        signed = self._signer.headers(request.method, request.target, request.body)
        sent_ms = self._clock.boot_ms()
        try:
            reply = self._transport.exchange(
                HttpRequest(
                    request.method,
                    request.target,
                    total_s=request.total_s if total_s is None else total_s,
                    connect_s=request.connect_s,
                    headers={**request.headers, **signed},
                    body=request.body,
                    most_bytes=request.most_bytes,
                    is_poll=request.is_poll,
                    decided_boot_ms=request.decided_boot_ms,
                )
            )
        except NoReply as fault:
            raise Unanswered(str(fault)) from None
        if reply.status in _DONE and _media_type(reply) in (_JSON, _NDJSON):
            self._note_time(reply, sent_ms)
            return reply
        raise self._unanswered(reply, signed)

    def _unanswered(self, reply: HttpReply, signed: dict[str, str]) -> Unanswered:
        why, retry_after_s = f"status {reply.status}", _retry_after_s(reply)
        if _media_type(reply) != _PROBLEM:
            return Unanswered(why, status=reply.status, retry_after_s=retry_after_s)
        try:
            problem = self._codec.decode(Problem, reply.body)
        except ValueError:
            return Unanswered(why, status=reply.status, retry_after_s=retry_after_s)
        if problem.reason == "stale_counter":
            self._signer.counter.raise_from(int(signed["Kiosk-Boot"]))
        return Unanswered(why, reason=problem.reason, status=reply.status, retry_after_s=retry_after_s, problem=problem)

    def _note_time(self, reply: HttpReply, sent_ms: int) -> None:
        text = reply.headers.get(HEADER_SERVER_TIME.lower(), "")
        if text.isascii() and text.isdigit() and len(text) < 16:
            self._contact.note_time(int(text), sent_boot_ms=sent_ms, received_boot_ms=self._clock.boot_ms())

    def _read(self, kind: type[Message], reply: HttpReply) -> Message:
        with self._understood():
            return self._codec.decode(kind, reply.body)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """On line is who has understood the answer: somebody else's may look like one, again and again."""
        try:
            yield
        except ValueError as fault:
            self._contact.note(is_online=False)
            raise Unanswered(str(fault)) from None
        self._contact.note(is_online=True)


def _media_type(reply: HttpReply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()


def _retry_after_s(reply: HttpReply) -> float | None:
    """The seconds of `Retry-After`; a date is not worth trusting a clock for."""
    text = reply.headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
