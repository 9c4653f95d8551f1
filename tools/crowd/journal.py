"""What a crowd knows: who it asked what, what it was answered, and what went wrong. Written by many threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire import EventResult
from central.appointments.scene import NoSuchThing
from central.moment import Moment
from central.web.once import Answer
from central.web.parts import Parts
from central.writer import Busy, Overtaken

_DRAWS = 3
"""As the endpoints: a booking's number may be taken."""
_PATIENCE_S = 120
_TRIES = 50
_LATELY = 200
Said = Answer | EventResult
Piece = Callable[[sa.Connection, Moment], Said]


@dataclass(frozen=True, slots=True)
class Sent:
    """A write as its endpoint hands it over. Sent again it is the same."""

    kind: str
    piece: Piece
    order: UUID


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking that was acknowledged."""

    booking_id: UUID
    person_id: UUID
    session_id: UUID
    slot_no: int
    earlier_id: UUID | None = None


@dataclass(slots=True)
class Journal:
    """All of it."""

    answered: list[tuple[Sent, Said]] = field(default_factory=list)
    booked: list[Booked] = field(default_factory=list)
    ended: list[tuple[UUID, str]] = field(default_factory=list)
    """Bookings whose entering a state was acknowledged."""
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, sent: Sent, said: Said) -> None:
        """An answer came."""
        with self._lock:
            self.answered.append((sent, said))
            self.counts[f"{sent.kind}: {outcome(said)}"] += 1
            if isinstance(said, Answer) and "number" in said.body:
                self._keep_booking(sent.kind, said.body)

    def note(self, what: str) -> None:
        """Something that is counted, and is no fault."""
        with self._lock:
            self.counts[what] += 1

    def fault(self, what: str) -> None:
        """What must not be."""
        with self._lock:
            self.wrong.append(what)

    def some_booking(self, rng: Random) -> Booked | None:
        """One of those made lately."""
        with self._lock:
            lately = min(len(self.booked), _LATELY)
            return self.booked[-1 - rng.randrange(lately)] if lately else None

    def some_answered(self, rng: Random) -> tuple[Sent, Said] | None:
        """Any write that was answered."""
        with self._lock:
            return rng.choice(self.answered) if self.answered else None

    def _keep_booking(self, kind: str, body: dict[str, Any]) -> None:
        booking_id, earlier = UUID(body["booking_id"]), body["earlier_booking_id"]
        if kind in ("cancel", "confirm"):
            self.ended.append((booking_id, body["state"]))
            return
        made = Booked(booking_id, UUID(body["person_id"]), UUID(body["session_id"]), body["slot_no"])
        self.booked.append(replace(made, earlier_id=UUID(earlier)) if earlier else made)


def outcome(said: Said) -> str:
    """In a word."""
    if isinstance(said, EventResult):
        return f"{said.verdict} {said.reason}".strip()
    return str(said.body.get("reason", said.status))


def send(parts: Parts, sent: Sent, journal: Journal) -> Said | None:
    """Send it until there is an answer, as often as a busy server wants. None: there is no such thing."""
    for _ in range(_TRIES):
        try:
            return once_more(parts, sent)
        except NoSuchThing:
            journal.note(f"{sent.kind}: no such thing")
            return None
        except (Busy, Overtaken):
            journal.note("busy")
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be a 500
            journal.fault(f"{sent.kind}: {type(error).__name__} {error}"[:400])
            return None
    journal.fault(f"{sent.kind}: busy for ever")
    return None


def once_more(parts: Parts, sent: Sent) -> Said:
    """What an endpoint does with it. Raises what the piece raises."""
    moment = parts.moment()
    for left in reversed(range(_DRAWS)):
        try:
            said = parts.writer.submit(lambda connection: sent.piece(connection, moment), key=sent.order)
            return plain(said.result(_PATIENCE_S))
        except sa.exc.IntegrityError:
            if not left:
                raise
    raise AssertionError("unreachable")


def plain(said: Said) -> Said:
    """Without what may differ from one sending to the next: the booking as it now is."""
    return replace(said, booking=None) if isinstance(said, EventResult) else said
