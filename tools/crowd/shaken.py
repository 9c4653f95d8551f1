"""Clients at a real server that is killed under them: each sends its write, with one key, until there is an answer.

What they were told is kept in a `Journal`, to be compared with the store afterwards.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from booking.ids import RANDOM_BYTES, uuid7
from central.moment import system_clock
from central.web.once import Answer
from tools.crowd.journal import Journal, Sent
from tools.crowd.stage import HOSPITAL

_PATIENCE_S, _ANSWER_S = 90.0, 8.0
_NOT_YET = frozenset({408, 429, 500, 502, 503})
_IN_FLIGHT = "in_flight"
_KINDS = {"book": 45, "change": 25, "cancel": 20, "confirm": 10}


@dataclass(frozen=True, slots=True)
class Write:
    """A write over HTTP. Sent again it is the same to the last byte."""

    path: str
    body: bytes
    token: str
    key: str


@dataclass(slots=True)
class Shaken:
    """Several clients of several channels, all for the same few persons."""

    port: int
    tokens: Sequence[str]
    people: Sequence[UUID]
    sessions: Sequence[UUID]
    seed: int
    journal: Journal
    writes: list[tuple[Write, str, Answer]]
    progress: threading.Condition

    def run(self, operations: int, shake: Callable[[Shaken], None]) -> None:
        """So many operations of each client; meanwhile `shake` does what it does, on the calling thread."""
        with ThreadPoolExecutor(len(self.tokens), thread_name_prefix="client") as pool:
            done = [pool.submit(self._client, at, operations) for at in range(len(self.tokens))]
            shake(self)
            for one in done:
                one.result()

    def wait_for(self, answers: int, seconds: float = 60.0) -> bool:
        """Until so many writes were answered."""
        with self.progress:
            return self.progress.wait_for(lambda: len(self.writes) >= answers, seconds)

    def repeat(self, most: int) -> list[str]:
        """Send earlier writes again; where an answer differs, a line."""
        chosen = Random(self.seed).sample(self.writes, min(most, len(self.writes)))
        again = [(kind, said, self._until_answered(write)) for write, kind, said in chosen]
        return [f"{kind}: {said.status}, and again {now.status}" for kind, said, now in again if said != now]

    def _client(self, at: int, operations: int) -> None:
        rng = Random(f"{self.seed} {at}")
        for _ in range(operations):
            self._operation(rng, self.tokens[at])

    def _operation(self, rng: Random, token: str) -> None:
        (kind,) = rng.choices(list(_KINDS), list(_KINDS.values()))
        known = self.journal.some_booking(rng)
        if known is None:
            kind = "book"
        new_id, session = (
            str(uuid7(now_ms=system_clock(), random=rng.randbytes(RANDOM_BYTES))),
            str(rng.choice(self.sessions)),
        )
        path, body = "bookings", {"booking_id": new_id, "person_id": str(rng.choice(self.people)), "notice_shown": True}
        if known is not None and kind != "book":
            path = f"bookings/{known.booking_id}/{_ENDS[kind]}"
            body = {"is_warned": True} if kind == "cancel" else {}
        if kind == "change":
            body = {"new_booking_id": new_id, "notice_shown": True, "is_warned": True}
        if kind in ("book", "change"):
            body["session_id"] = session
        write = Write(f"/v1/hospitals/{HOSPITAL}/{path}", json.dumps(body).encode(), token, new_id)
        said = self._until_answered(write)
        if said.status >= 500:
            self.journal.fault(f"{kind}: {said.status} {said.body}")
        self.journal.keep(Sent(kind, _over_http, UUID(new_id)), said)
        with self.progress:
            self.writes.append((write, kind, said))
            self.progress.notify_all()

    def _until_answered(self, write: Write) -> Answer:
        """The definite answer. Whoever gets none, or is told to wait, sends the same again."""
        ends_s = time.monotonic() + _PATIENCE_S
        pause = threading.Event()
        while time.monotonic() < ends_s:
            said = self._once(write)
            if said is not None and said.status not in _NOT_YET and said.body.get("reason") != _IN_FLIGHT:
                return said
            self.journal.note("sent again" if said is None else f"sent again: {said.body.get('reason')}")
            pause.wait(0.02)
        return Answer(599, {"reason": "never answered"})

    def _once(self, write: Write) -> Answer | None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_S)
        headers = {
            "Authorization": f"Bearer {write.token}",
            "Idempotency-Key": write.key,
            "Content-Type": "application/json",
        }
        try:
            line.request("POST", write.path, write.body, headers)
            answer = line.getresponse()
            body: dict[str, Any] = json.loads(answer.read())
            return Answer(answer.status, body)
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            line.close()


_ENDS = {"change": "change", "cancel": "cancellation", "confirm": "confirmation"}


def shaken(port: int, tokens: Sequence[str], people: Sequence[UUID], sessions: Sequence[UUID], *, seed: int) -> Shaken:
    """A crowd that is about to be shaken."""
    return Shaken(port, tokens, people, sessions, seed, Journal(), [], threading.Condition())


def _over_http(_connection: object, _moment: object) -> Answer:
    raise AssertionError("it went over HTTP")
