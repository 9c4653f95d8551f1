"""The outbox: every act of this terminal with what the server said to it. Nothing is deleted before its time.

A verdict that is not `applied` or `duplicate` stays visible as `not_applied` until staff have settled it; only the
server can say that. From then on it is kept for as long as any answered act.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.wire import EventResult, Verdict
from kiosk.ports.store import Codec, OutboxCounts, Waiting
from kiosk.store.acts import ACTS, Act, earlier_acts, event_of, kind_of, subject_of
from kiosk.store.engine import reading, reading_of_file, writing
from kiosk.store.mirror import MirrorTable
from kiosk.store.outcomes import Outcomes
from kiosk.store.tables import OUTBOX, OUTBOX_AFTER

WAITING, ANSWERED, NOT_APPLIED = "waiting", "answered", "not_applied"
_STATES: dict[Verdict | None, str] = {Verdict.APPLIED: ANSWERED, Verdict.DUPLICATE: ANSWERED, Verdict.DEFERRED: WAITING}


class OutboxTable:
    """The operations of one hospital's terminal."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, codec: Codec, mirror: MirrorTable) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._codec = codec
        self._mirror = mirror
        self._outcomes = Outcomes(hospital_id, codec=codec)
        # Asked with each step of the synchronisation: a query made anew is rubbish that only a collection finds.
        self._counted = (
            sa.select(
                OUTBOX.c.state, sa.func.count().label("how_many"), sa.func.min(OUTBOX.c.made_ms).label("since_ms")
            )
            .where(OUTBOX.c.hospital_id == self._hospital_id, OUTBOX.c.state.in_((WAITING, NOT_APPLIED)))
            .group_by(OUTBOX.c.state)
        )

    def add(self, connection: sa.Connection, act: Act, *, made_ms: int, result: EventResult | None = None) -> None:
        """One act, within the caller's transaction; already answered when the server was asked first."""
        subject_id = subject_of(act)
        last = connection.scalar(
            sa.select(sa.func.max(OUTBOX.c.seq)).where(
                OUTBOX.c.hospital_id == self._hospital_id, OUTBOX.c.subject_id == subject_id
            )
        )
        connection.execute(
            insert(OUTBOX).values(
                hospital_id=self._hospital_id,
                operation_id=act.operation_id,
                subject_id=subject_id,
                seq=(last or 0) + 1,
                kind=kind_of(act),
                body=self._codec.encode(act),
                made_ms=made_ms,
                state=WAITING if result is None else _STATES.get(_verdict(result), NOT_APPLIED),
                verdict="" if result is None else result.verdict,
                result=None if result is None else self._codec.encode(result),
                attempts=0 if result is None else 1,
                answered_ms=None if result is None else made_ms,
                offered_ms=None if result is None else made_ms,
            )
        )
        earlier = earlier_acts(connection, self._hospital_id, act) if result is None else set()
        if earlier:
            of_act = {"hospital_id": self._hospital_id, "operation_id": act.operation_id}
            connection.execute(insert(OUTBOX_AFTER), [{**of_act, "after_id": one} for one in earlier])

    def waiting(self) -> tuple[Waiting, ...]:
        """All acts without a final answer, oldest first. What only a newer release knows waits for it."""
        query = (
            sa.select(OUTBOX)
            .where(OUTBOX.c.hospital_id == self._hospital_id, OUTBOX.c.state == WAITING, OUTBOX.c.kind.in_(tuple(ACTS)))
            .order_by(OUTBOX.c.made_ms, OUTBOX.c.seq, OUTBOX.c.operation_id)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
            after = self._unanswered_before(connection) if found else {}
        return tuple(self._waiting(row, tuple(after.get(row.operation_id, ()))) for row in found)

    def note_offered(self, operation_ids: Iterable[UUID], *, now_ms: int) -> None:
        """From now on the server may know these: written before they are sent."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(OUTBOX)
                .where(
                    OUTBOX.c.hospital_id == self._hospital_id,
                    OUTBOX.c.operation_id.in_(tuple(operation_ids)),
                    OUTBOX.c.offered_ms.is_(None),
                )
                .values(offered_ms=now_ms)
            )

    def note_result(self, result: EventResult, *, now_ms: int) -> None:
        """The server's answer to one act, with all that follows from it."""
        state = _STATES.get(_verdict(result), NOT_APPLIED)
        ours = (OUTBOX.c.hospital_id == self._hospital_id, OUTBOX.c.operation_id == result.operation_id)
        with writing(self._engine) as connection:
            noted = connection.execute(
                sa.update(OUTBOX)
                .where(*ours, OUTBOX.c.state == WAITING)
                .values(
                    state=state,
                    verdict=result.verdict,
                    result=self._codec.encode(result),
                    attempts=OUTBOX.c.attempts + 1,
                    answered_ms=None if state == WAITING else now_ms,
                )
            )
            if state != WAITING and noted.rowcount == 1:
                kind, body = connection.execute(sa.select(OUTBOX.c.kind, OUTBOX.c.body).where(*ours)).one()
                act = self._codec.decode(ACTS[kind], body)
                self._outcomes.settle(connection, act, is_applied=state == ANSWERED)
                connection.execute(
                    sa.delete(OUTBOX_AFTER).where(
                        OUTBOX_AFTER.c.hospital_id == self._hospital_id, OUTBOX_AFTER.c.after_id == result.operation_id
                    )
                )
            if result.booking is not None:
                self._mirror.take(connection, (result.booking,))

    def not_applied(self, *, most: int, after: UUID | None = None) -> tuple[UUID, ...]:
        """What is for staff to settle, by its ids, which are in the order of time; after one of them the next."""
        query = (
            sa.select(OUTBOX.c.operation_id)
            .where(OUTBOX.c.hospital_id == self._hospital_id, OUTBOX.c.state == NOT_APPLIED)
            .order_by(OUTBOX.c.operation_id)
            .limit(most)
        )
        if after is not None:
            query = query.where(OUTBOX.c.operation_id > after)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query))

    def note_settled(self, operation_ids: Iterable[UUID], *, now_ms: int) -> None:
        """Staff have settled these; the verdict stays as it was."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(OUTBOX)
                .where(
                    OUTBOX.c.hospital_id == self._hospital_id,
                    OUTBOX.c.state == NOT_APPLIED,
                    OUTBOX.c.operation_id.in_(tuple(operation_ids)),
                )
                .values(state=ANSWERED, answered_ms=now_ms)
            )

    def counts(self) -> OutboxCounts:
        """How many wait, how many were not applied, since when the oldest waits; StoreBroken if the file is gone."""
        with reading_of_file(self._engine) as connection:
            found = {row.state: row for row in connection.execute(self._counted)}
        waiting, not_applied = found.get(WAITING), found.get(NOT_APPLIED)
        return OutboxCounts(
            waiting=0 if waiting is None else waiting.how_many,
            not_applied=0 if not_applied is None else not_applied.how_many,
            oldest_ms=None if waiting is None else waiting.since_ms,
        )

    def _unanswered_before(self, connection: sa.Connection) -> dict[UUID, list[UUID]]:
        """For each act those that it must wait for."""
        found = connection.execute(
            sa.select(OUTBOX_AFTER.c.operation_id, OUTBOX_AFTER.c.after_id).where(
                OUTBOX_AFTER.c.hospital_id == self._hospital_id
            )
        )
        after: dict[UUID, list[UUID]] = {}
        for operation_id, after_id in found:
            after.setdefault(operation_id, []).append(after_id)
        return after

    def _waiting(self, row: sa.Row[Any], after: tuple[UUID, ...]) -> Waiting:
        act = self._codec.decode(ACTS[row.kind], row.body)
        return Waiting(
            event=event_of(row.kind, row.seq, act),
            operation_id=row.operation_id,
            subject_id=row.subject_id,
            made_ms=row.made_ms,
            attempts=row.attempts,
            size=len(row.body),
            after=after,
        )


def _verdict(result: EventResult) -> Verdict | None:
    """None for a verdict of a newer server: kept, and shown as not applied."""
    return Verdict(result.verdict) if result.verdict in Verdict.__members__.values() else None
