"""One client of the crowd: it draws what to do, and does it as the endpoints would."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.ids import RANDOM_BYTES, uuid7
from booking.roster.channels import Channel
from booking.wire import CheckInAct
from booking.wire_booking import (
    AddPlaceForPatient,
    BookPlace,
    CancelBooking,
    ChangePlace,
    ConfirmBooking,
    JoinList,
    KeepPlace,
)
from booking.wire_time import DeviceTime
from central.appointments import booking_acts, held, later_acts, waiting
from central.appointments.messages import CREATED, booking_answer, kept_answer, waiting_answer
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker, Right
from central.checkins.service import ask_check_in, record_check_in
from central.moment import Moment
from central.terminals.caller import Caller
from central.web.once import Answer, Repeatable, once
from central.web.parts import Parts
from tools.crowd.journal import Journal, Said, Sent, outcome, send
from tools.crowd.stage import HOSPITAL, KEYS, Open

CHANNELS = (Channel.WEB, Channel.APP, Channel.PHONE, Channel.WINDOW, Channel.KIOSK)
_TWICE_AT_ONCE, _ANY_SESSION = 0.03, 0.1
_MINUTE_MS = 60_000
_WEIGHTS = {
    "book": 26,
    "hold": 9,
    "drop": 4,
    "cancel": 9,
    "change": 9,
    "confirm": 14,
    "walk_in": 7,
    "join": 8,
    "leave": 2,
    "take": 5,
    "add_on": 1,
    "exempt": 1,
    "check_in": 6,
    "happened": 3,
    "again": 3,
}
_KINDS = tuple(itertools.accumulate(_WEIGHTS.values()))


@dataclass(frozen=True, slots=True)
class Around:
    """What all clients share. `servers` are processes as far as the store can tell."""

    servers: Sequence[Parts]
    journal: Journal
    people: Sequence[UUID]
    sessions: Sequence[Open]
    """Those of today and of the days ahead, today's first."""


@dataclass(slots=True)
class Member:
    """A client, with what it remembers of its own."""

    around: Around
    rng: Random
    channel: Channel
    caller_id: UUID
    holds: list[dict[str, Any]] = field(default_factory=list)
    entries: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)
    """Waiting lists: entry, person, session."""

    @property
    def asker(self) -> Asker:
        """How the server sees it."""
        rights = frozenset({Right.STAFF}) if self.channel is Channel.WINDOW else frozenset[Right]()
        return Asker(self.caller_id, HOSPITAL, self.channel, rights, is_terminal=self.channel is Channel.KIOSK)

    def act(self) -> None:
        """Do one thing."""
        (kind,) = self.rng.choices(tuple(_WEIGHTS), cum_weights=_KINDS)
        doing: Callable[[], None] = getattr(self, f"_{kind}")
        doing()

    def _book(self) -> None:
        session = self._session()
        wish = self._wish(self._person(), session.session_id)
        if self.rng.random() < 0.15:
            wish["slot_no"] = self.rng.randint(1, 18)
        if self.holds and self.rng.random() < 0.6:
            kept = self.holds.pop()
            wish |= {"person_id": kept["person_id"], "session_id": UUID(kept["session_id"]), "slot_no": None}
            wish["hold_id"] = UUID(kept["hold_id"])
        self._made("book", booking_acts.book, BookPlace(**wish))

    def _walk_in(self) -> None:
        wish = self._wish(self._person(), self._todays().session_id)
        self._made("walk_in", booking_acts.walk_in, BookPlace(**wish))

    def _add_on(self) -> None:
        wish = self._wish(self._person(), self._session().session_id)
        self._made("add_on", booking_acts.add_place, AddPlaceForPatient(**wish, reason="远道而来", agent="7"))

    def _exempt(self) -> None:
        wish = self._wish(self._person(), self._session().session_id)
        self._made("exempt", booking_acts.exempt, AddPlaceForPatient(**wish, reason="两科会诊", agent="7"))

    def _hold(self) -> None:
        ask = KeepPlace(person_id=self._person(), session_id=self._session().session_id)
        said = self._write("hold", ask, lambda scene: kept_answer(scene, held.keep(scene, ask)), order=ask.person_id)
        if isinstance(said, Answer) and said.status == CREATED:
            self.holds.append({**said.body, "person_id": ask.person_id})

    def _drop(self) -> None:
        if not self.holds:
            return
        hold_id = UUID(self.holds.pop(0)["hold_id"])

        def end(scene: Scene) -> Answer:
            held.give_up(scene, hold_id)
            return Answer(200, {"hold_id": str(hold_id)})

        self._write("drop", hold_id, end, order=hold_id)

    def _cancel(self) -> None:
        known = self.around.journal.some_booking(self.rng)
        if known is None:
            return
        ask = CancelBooking(is_warned=True)
        self._write(
            "cancel",
            (known.booking_id, ask),
            lambda scene: booking_answer(scene, later_acts.cancel(scene, known.booking_id, ask)),
            order=known.booking_id,
        )

    def _confirm(self) -> None:
        known = self.around.journal.some_booking(self.rng)
        if known is None:
            return
        ask = ConfirmBooking()
        self._write(
            "confirm",
            (known.booking_id, ask),
            lambda scene: booking_answer(scene, later_acts.confirm(scene, known.booking_id, ask)),
            order=known.booking_id,
        )

    def _change(self) -> None:
        known = self.around.journal.some_booking(self.rng)
        if known is None:
            return
        ask = ChangePlace(
            new_booking_id=self._new_id(), session_id=self._session().session_id, notice_shown=True, is_warned=True
        )
        self._write(
            "change",
            (known.booking_id, ask),
            lambda scene: booking_answer(scene, later_acts.change(scene, known.booking_id, ask), status=CREATED),
            order=known.booking_id,
        )

    def _join(self) -> None:
        ask = JoinList(entry_id=self._new_id(), person_id=self._person(), session_id=self._session().session_id)
        said = self._write(
            "join",
            ask,
            lambda scene: waiting_answer(scene, waiting.join(scene, ask), status=CREATED),
            order=ask.person_id,
        )
        if isinstance(said, Answer) and said.status == CREATED:
            self.entries.append((ask.entry_id, ask.person_id, ask.session_id))

    def _leave(self) -> None:
        if not self.entries:
            return
        entry_id, _, _ = self.entries.pop(self.rng.randrange(len(self.entries)))
        self._write(
            "leave", entry_id, lambda scene: waiting_answer(scene, waiting.leave(scene, entry_id)), order=entry_id
        )

    def _take(self) -> None:
        """Look whether a place is offered, and book it."""
        if not self.entries:
            return
        at = self.rng.randrange(len(self.entries))
        entry_id, person_id, session_id = self.entries[at]
        server = self._server()

        def look(connection: sa.Connection) -> UUID | None:
            scene = scene_at(connection, self.asker, KEYS, server.moment())
            return waiting.waiting_view(scene, entry_id).hold_id

        hold_id = server.reader.submit(look).result(60)
        if hold_id is None:
            return
        self.entries.pop(at)
        wish = self._wish(person_id, session_id) | {"hold_id": hold_id}
        self._made("take", booking_acts.book, BookPlace(**wish))

    def _check_in(self) -> None:
        self._arrive("check_in", ask_check_in)

    def _happened(self) -> None:
        self._arrive("happened", partial(record_check_in, keys=KEYS))

    def _again(self) -> None:
        """An answer did not come, so it is sent again: nothing is done twice."""
        known = self.around.journal.some_answered(self.rng)
        if known is None:
            return
        sent, said = known
        repeated = send(self._server(), sent, self.around.journal)
        self.around.journal.note("again")
        if repeated is not None and repeated != said:
            self.around.journal.fault(f"{sent.kind}: {outcome(said)}, and again {outcome(repeated)}")

    def _arrive(self, kind: str, record: Callable[..., Said]) -> None:
        known = self.around.journal.some_booking(self.rng)
        if known is None:
            return
        letters = next((it.letters for it in self.around.sessions if it.session_id == known.session_id), None)
        if letters is None:
            return
        now_ms = self._server().clock()
        act = CheckInAct(
            operation_id=self._new_id(),
            booking_id=known.booking_id,
            booking_ver=1,
            policy_version=1,
            at=DeviceTime(now_ms - self.rng.randint(0, 10) * _MINUTE_MS, "boot", 1),
            queue_number=f"{letters}{known.slot_no:03}",
        )
        caller = Caller(self.caller_id, HOSPITAL)
        self._send(Sent(kind, lambda connection, moment: record(connection, act, caller, moment), self.caller_id))

    def _made(self, kind: str, book: Callable[[Scene, Any], Any], ask: BookPlace) -> None:
        self._write(
            kind, ask, lambda scene: booking_answer(scene, book(scene, ask), status=CREATED), order=ask.person_id
        )

    def _write(self, kind: str, ask: object, act: Callable[[Scene], Answer], *, order: UUID) -> Said | None:
        digest = hashlib.sha256(f"{kind} {ask}".encode()).digest()
        write = Repeatable(HOSPITAL, self.caller_id, str(self._new_id()), digest)
        asker = self.asker

        def piece(connection: sa.Connection, moment: Moment) -> Answer:
            def work(within: sa.Connection, now: Moment) -> Answer:
                return act(scene_at(within, asker, KEYS, now))

            return once(connection, write, work, moment)

        return self._send(Sent(kind, piece, order))

    def _send(self, sent: Sent) -> Said | None:
        journal = self.around.journal
        if self.rng.random() >= _TWICE_AT_ONCE:
            said = send(self._server(), sent, journal)
        else:
            with ThreadPoolExecutor(2) as pool:
                servers = [self._server(), self._server()]
                said, other = pool.map(partial(_send_to, sent, journal), servers)
            if said != other:
                journal.fault(f"{sent.kind}: sent twice at once, and answered in two ways")
        if said is not None:
            journal.keep(sent, said)
        return said

    def _server(self) -> Parts:
        return self.rng.choice(self.around.servers)

    def _person(self) -> UUID:
        return self.rng.choice(self.around.people)

    def _session(self) -> Open:
        """One that has not begun, as a rule; the first of them are wanted most."""
        now_ms = self.around.servers[0].clock()
        ahead = [it for it in self.around.sessions if it.starts_ms > now_ms]
        if not ahead or self.rng.random() < _ANY_SESSION:
            return self.rng.choice(self.around.sessions)
        return ahead[min(self.rng.randrange(len(ahead)), self.rng.randrange(len(ahead)))]

    def _todays(self) -> Open:
        return self.rng.choice([it for it in self.around.sessions if it.day == self.around.sessions[0].day])

    def _new_id(self) -> UUID:
        return uuid7(now_ms=self.around.servers[0].clock(), random=self.rng.randbytes(RANDOM_BYTES))

    def _wish(self, person_id: UUID, session_id: UUID) -> dict[str, Any]:
        named = {"booking_id": self._new_id(), "person_id": person_id, "session_id": session_id}
        return {**named, "notice_shown": True}


def _send_to(sent: Sent, journal: Journal, server: Parts) -> Said | None:
    return send(server, sent, journal)
