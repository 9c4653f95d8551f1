"""Many at once for one place: one has it, the others hear that it is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from booking.wire_booking import BookPlace, CancelBooking
from central.appointments import booking_acts, later_acts
from central.appointments.messages import CREATED, booking_answer
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker
from central.moment import Moment
from central.rosters.tables import slot
from central.web.once import Answer
from central.web.parts import Parts
from tools.crowd.journal import Journal, Said, Sent, outcome, send
from tools.crowd.stage import HOSPITAL, KEYS, ask

RACERS = 32
_WEB, _APP = Asker(UUID(int=71), HOSPITAL, Channel.WEB), Asker(UUID(int=72), HOSPITAL, Channel.APP)


@dataclass(frozen=True, slots=True)
class Race:
    """For one common place of a session, again and again: whoever has it gives it up before the next round."""

    servers: Sequence[Parts]
    people: Sequence[UUID]
    session_id: UUID

    def run(self, rounds: int) -> list[str]:
        """What was not as it should be, in lines."""
        with ThreadPoolExecutor(RACERS, thread_name_prefix="racer") as pool:
            return [line for at in range(rounds) for line in self._round(at, pool)]

    def _round(self, at: int, pool: ThreadPoolExecutor) -> Iterator[str]:
        no, journal = self._common_place(), Journal()

        def run(racer: int) -> Said | None:
            return send(self.servers[racer % len(self.servers)], self._start(racer, no), journal)

        said = list(pool.map(run, range(RACERS)))
        outcomes = Counter("nothing" if it is None else outcome(it) for it in said)
        if outcomes != {"201": 1, "full": RACERS - 1} or journal.wrong:
            yield f"round {at}: {dict(outcomes)} {journal.wrong[:1]}"
        for it in said:
            if isinstance(it, Answer) and it.status == CREATED:
                self._give_up(UUID(it.body["booking_id"]), journal)

    def _start(self, racer: int, no: int) -> Sent:
        wish = BookPlace(
            person_id=self.people[racer],
            session_id=self.session_id,
            booking_id=uuid4(),
            slot_no=no,
            notice_shown=True,
        )
        asker = (_WEB, _APP)[racer % 2]

        def piece(connection: sa.Connection, moment: Moment) -> Answer:
            scene = scene_at(connection, asker, KEYS, moment)
            return booking_answer(scene, booking_acts.book(scene, wish), status=CREATED)

        return Sent("book", piece, wish.person_id)

    def _give_up(self, booking_id: UUID, journal: Journal) -> None:
        def act(scene: Scene) -> Answer:
            return booking_answer(scene, later_acts.cancel(scene, booking_id, CancelBooking(is_warned=True)))

        def piece(connection: sa.Connection, moment: Moment) -> Answer:
            return act(scene_at(connection, _WEB, KEYS, moment))

        send(self.servers[0], Sent("cancel", piece, booking_id), journal)

    def _common_place(self) -> int:
        query = sa.select(sa.func.min(slot.c.no)).where(
            slot.c.hospital_id == HOSPITAL,
            slot.c.session_id == self.session_id,
            slot.c.pool == "common",
            slot.c.state == "free",
        )
        return int(ask(self.servers[0], lambda connection: connection.execute(query).scalar_one()))
