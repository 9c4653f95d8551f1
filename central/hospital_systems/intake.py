"""Taking rows over from a hospital's system: each by itself, in small pieces, so that bookings get their turn between.

Whoever dies in the middle has stored some of the rows, each whole; sent again, those are unchanged. The same way in
for the interface and for files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker
from central.hospital_systems.answers import take_answer
from central.hospital_systems.flaws import flaw_of_answer, flaw_of_order, flaw_of_payment, flaw_of_sitting
from central.hospital_systems.orders import take_order
from central.hospital_systems.payments import take_payment
from central.hospital_systems.sittings import take_sitting
from central.hospital_systems.told import (
    NotTaken,
    RowVerdict,
    ToldAnswer,
    ToldOrder,
    ToldPayment,
    ToldSitting,
    Verdict,
    Why,
)
from central.hospital_systems.whose import Patients, Submit
from central.keys import Keys
from central.moment import Moment, local_date
from central.rosters.tables import hospital

Told = TypeVar("Told", ToldOrder, ToldPayment, ToldAnswer, ToldSitting)
Result = TypeVar("Result")
PIECE = 25
"""Rows in one transaction."""


class SubmitInOrder(Protocol):
    """Hands work over; pieces with the same key are done in their order."""

    def __call__(self, work: Callable[[sa.Connection], Result], *, key: UUID | None = None) -> Future[Result]: ...


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a hospital belongs."""

    group_id: UUID
    time_zone: str


class Intake:
    """Stores what hospital systems tell. It blocks: it is for threads."""

    def __init__(self, *, ask: Submit, write: SubmitInOrder, keys: Keys) -> None:
        self._ask = ask
        self._write = write
        self._keys = keys
        self._patients = Patients(ask=ask, write=write, keys=keys)

    def orders(self, asker: Asker, rows: Sequence[ToldOrder], now_ms: int) -> list[RowVerdict]:
        """A verdict for each. Raises what the store raises: what was stored stays, and all may be sent again."""
        moment = Moment(now_ms)
        home = self._ask(partial(_home, hospital_id=asker.hospital_id)).result()
        today = local_date(now_ms, home.time_zone)
        flaws = [flaw_of_order(row, now_ms) for row in rows]
        good = [row.patient for row, flaw in zip(rows, flaws, strict=True) if flaw is None]
        named = self._patients.find(asker.hospital_id, home.group_id, good, today, moment)

        def take(scene: Scene, row: ToldOrder) -> Verdict:
            person_id = named[row.patient]
            if isinstance(person_id, Why):
                raise NotTaken(person_id)
            return take_order(scene, row, person_id)

        return self._each(asker, rows, flaws, take, moment)

    def payments(self, asker: Asker, rows: Sequence[ToldPayment], now_ms: int) -> list[RowVerdict]:
        """As `orders`."""
        flaws = [flaw_of_payment(row, now_ms) for row in rows]
        return self._each(asker, rows, flaws, take_payment, Moment(now_ms))

    def answers(self, asker: Asker, rows: Sequence[ToldAnswer], now_ms: int) -> list[RowVerdict]:
        """As `orders`."""
        flaws = [flaw_of_answer(row, now_ms) for row in rows]
        return self._each(asker, rows, flaws, take_answer, Moment(now_ms))

    def sittings(self, asker: Asker, rows: Sequence[ToldSitting], now_ms: int) -> list[RowVerdict]:
        """As `orders`."""
        flaws = [flaw_of_sitting(row, now_ms) for row in rows]
        return self._each(asker, rows, flaws, take_sitting, Moment(now_ms))

    def _each(
        self,
        asker: Asker,
        rows: Sequence[Told],
        flaws: list[Why | None],
        take: Callable[[Scene, Told], Verdict],
        moment: Moment,
    ) -> list[RowVerdict]:
        verdicts = [RowVerdict(at, Verdict.REFUSED, flaw) for at, flaw in enumerate(flaws) if flaw is not None]
        good = [(at, row) for at, (row, flaw) in enumerate(zip(rows, flaws, strict=True)) if flaw is None]
        for piece in _pieces(good):
            verdicts += self._write(partial(self._piece, asker, piece, take, moment), key=asker.hospital_id).result()
        return sorted(verdicts, key=lambda it: it.row)

    def _piece(
        self,
        asker: Asker,
        piece: list[tuple[int, Told]],
        take: Callable[[Scene, Told], Verdict],
        moment: Moment,
        connection: sa.Connection,
    ) -> list[RowVerdict]:
        scene = scene_at(connection, asker, self._keys, moment)
        return [_taken(scene, at, row, take) for at, row in piece]


def _taken(scene: Scene, at: int, row: Told, take: Callable[[Scene, Told], Verdict]) -> RowVerdict:
    """All of a row, or nothing of it."""
    try:
        with scene.connection.begin_nested():
            return RowVerdict(at, take(scene, row))
    except NotTaken as refused:
        return RowVerdict(at, Verdict.REFUSED, refused.why)


def _pieces(rows: list[tuple[int, Told]]) -> Iterator[list[tuple[int, Told]]]:
    for first in range(0, len(rows), PIECE):
        yield rows[first : first + PIECE]


def _home(connection: sa.Connection, hospital_id: UUID) -> _Home:
    it = connection.execute(
        sa.select(hospital.c.group_id, hospital.c.time_zone).where(hospital.c.hospital_id == hospital_id)
    ).one()
    return _Home(it.group_id, it.time_zone)
