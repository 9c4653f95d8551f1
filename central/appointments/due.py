"""What falls due with bookings by the clock: kept places and offers that lapse, bookings that nobody paid or confirmed,
graces that end, and who never came.  # rules D4, D9, E2, G1, G9

`step(now)` does what is due, each in a piece of its own, so that bookings get their turn between them; a thread only
calls it. Two servers may do it side by side: each piece looks again at what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, decide
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import EndGrace, Lapse, RecordNoShow
from booking.decide.confirm import due_ms
from booking.decide.effects import ForStaff, Work
from booking.facts import Known
from booking.roster import BookingState
from booking.roster.channels import Channel
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Trace
from central.appointments.existing import BookingNow, booking_now
from central.appointments.freed import end_hold
from central.appointments.place_times import OWN_SLOT
from central.appointments.provisional import all_have_delivered, delivered_since, make_final
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.appointments.tables import booking, hold
from central.channels.caller import Asker
from central.clockwork import IsEnding, never_ending
from central.keys import Keys
from central.moment import Moment, days_around, local_date
from central.policies.service import policy_in_force
from central.rosters.tables import hospital, session, slot
from central.staff.service import settle_tasks
from central.staff.tables import staff_task

Result = TypeVar("Result")

PAUSE_MS = 5_000
_BATCH = 200
_CLOCK = UUID(int=0)
_AWAITS = (BookingState.BOOKED.value, BookingState.CONFIRMED.value)


class Submit(Protocol):
    """Hands a question or a piece of work over."""

    def __call__(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]: ...


Piece = Callable[[Scene, UUID], None]


class Due:
    """Does what is due with bookings."""

    def __init__(self, *, ask: Submit, write: Submit, keys: Keys, is_ending: IsEnding = never_ending) -> None:
        self._ask = ask
        self._write = write
        self._keys = keys
        self._is_ending = is_ending

    def step(self, now_ms: int) -> int:
        """Do it; when to be called again. Raises what the store raises: try again later."""
        for hospital_id, time_zone in self._ask(_hospitals).result():
            today = local_date(now_ms, time_zone)
            days = days_around(today, before=1, after=0)
            for question, piece in _KINDS:
                found = self._ask(partial(question, hospital_id=hospital_id, now_ms=now_ms, days=days)).result()
                for thing_id in found:
                    if self._is_ending():
                        return now_ms
                    self._write(partial(self._do, piece, hospital_id, thing_id, now_ms)).result()
        return now_ms + PAUSE_MS

    def _do(self, piece: Piece, hospital_id: UUID, thing_id: UUID, now_ms: int, connection: sa.Connection) -> None:
        asker = Asker(_CLOCK, hospital_id, Channel.WINDOW, is_clock=True)
        try:
            piece(scene_at(connection, asker, self._keys, Moment(now_ms)), thing_id)
        except NoSuchThing:
            return  # somebody else did it


def lapse_hold(scene: Scene, hold_id: UUID) -> None:
    """A place was kept long enough. Raises NoSuchThing, Overtaken."""
    kept = scene.connection.execute(
        sa.select(hold).where(
            hold.c.hospital_id == scene.hospital_id, hold.c.hold_id == hold_id, hold.c.ended_ms.is_(None)
        )
    ).one_or_none()
    if kept is None:
        raise NoSuchThing
    end_hold(scene, kept)


def lapse_booking(scene: Scene, booking_id: UUID) -> None:
    """Nobody paid, confirmed or came; or it is not due yet, and the clock is set again.

    Raises NoSuchThing, Overtaken.
    """
    now = _now(scene, booking_id)
    decision = decide(scene.policy, now.facts, Lapse(), scene.now_ms)
    if isinstance(decision, Accepted):
        carry_out(scene, now.subject, decision.effects, Doing(Trace(by="hospital", reason="lapsed")))
        return
    due = due_ms(scene.policy, now.facts)
    later = due[0] + 1 if due is not None and due[0] >= scene.now_ms else None
    scene.connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.booking_id == booking_id,
            booking.c.ver == now.subject.ver,
        )
        .values(await_until_ms=later)
    )


def end_grace(scene: Scene, booking_id: UUID) -> None:
    """The patient is not here when the grace ends: told once. Who was perhaps here while a terminal was off line is
    looked at again when all terminals have delivered. Raises NoSuchThing, Overtaken.
    """
    now = _now(scene, booking_id)
    told_all = _tells_all(scene.connection, scene.hospital_id, scene.now_ms)
    if scene.connection.execute(sa.select(_is_told(scene.hospital_id, booking_id, told_all))).scalar():
        raise NoSuchThing
    accepted = _decided(scene, now, EndGrace(), "missing")
    if accepted is not None and ForStaff(Work.MISSING_PATIENT) in accepted.effects:
        settle_tasks(scene.connection, scene.hospital_id, booking_id, Work.PERHAPS_HERE.value, scene.moment)


def record_no_show(scene: Scene, booking_id: UUID) -> None:
    """The session is over and the patient never came. Raises NoSuchThing, Overtaken."""
    _decided(scene, _now(scene, booking_id), RecordNoShow(), "never_came")


def _decided(scene: Scene, now: BookingNow, command: EndGrace | RecordNoShow, reason: str) -> Accepted | None:
    decision = decide(scene.policy, now.facts, command, scene.now_ms)
    if not isinstance(decision, Accepted):
        return None
    carry_out(scene, now.subject, decision.effects, Doing(Trace(by="hospital", reason=reason)))
    return decision


def _now(scene: Scene, booking_id: UUID) -> BookingNow:
    found = booking_now(scene, booking_id)
    has_all = all_have_delivered(scene.connection, scene.hospital_id, scene.now_ms)
    return replace(found, facts=replace(found.facts, terminals_off_line=Known(not has_all)))


def _hospitals(connection: sa.Connection) -> list[tuple[UUID, str]]:
    return [(it.hospital_id, it.time_zone) for it in connection.execute(sa.select(hospital))]


def _holds(connection: sa.Connection, *, hospital_id: UUID, now_ms: int, days: tuple[str, ...]) -> list[UUID]:
    del days
    query = sa.select(hold.c.hold_id).where(
        hold.c.hospital_id == hospital_id, hold.c.ended_ms.is_(None), hold.c.until_ms <= now_ms
    )
    return list(connection.execute(query.order_by(hold.c.until_ms).limit(_BATCH)).scalars())


def _awaited(connection: sa.Connection, *, hospital_id: UUID, now_ms: int, days: tuple[str, ...]) -> list[UUID]:
    del days
    query = sa.select(booking.c.booking_id).where(
        booking.c.hospital_id == hospital_id, booking.c.await_until_ms < now_ms
    )
    return list(connection.execute(query.order_by(booking.c.await_until_ms).limit(_BATCH)).scalars())


def _not_here(connection: sa.Connection, *, hospital_id: UUID, now_ms: int, days: tuple[str, ...]) -> list[UUID]:
    """Whose place has begun, who is not here, and of whom staff have not been told all that can be told now. The rules
    know when it is over.
    """
    told_all = _tells_all(connection, hospital_id, now_ms)
    check_in = policy_in_force(connection, hospital_id, now_ms).check_in
    grace_ms = 0 if check_in.morning_until is not None else check_in.grace_min * MINUTE_MS
    query = (
        sa.select(booking.c.booking_id)
        .join(slot, OWN_SLOT)
        .where(
            booking.c.hospital_id == hospital_id,
            booking.c.service_date.in_(days),
            booking.c.state.in_(_AWAITS),
            slot.c.starts_ms < now_ms - grace_ms,
            ~_is_told(hospital_id, booking.c.booking_id, told_all),
        )
    )
    return list(connection.execute(query.order_by(slot.c.starts_ms).limit(_BATCH)).scalars())


def _tells_all(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> frozenset[str]:
    """The tasks behind which nothing more is to be told now: while a terminal is off line, also "perhaps here"."""
    missing, perhaps = Work.MISSING_PATIENT.value, Work.PERHAPS_HERE.value
    has_all = all_have_delivered(connection, hospital_id, now_ms)
    return frozenset({missing} if has_all else {missing, perhaps})


def _is_told(hospital_id: UUID, booking_id: UUID | sa.ColumnElement[UUID], kinds: frozenset[str]) -> sa.Exists:
    """Whether staff have been told of the booking by a task of these kinds."""
    return sa.exists().where(
        staff_task.c.hospital_id == hospital_id,
        staff_task.c.booking_id == booking_id,
        staff_task.c.kind.in_(kinds),
    )


def _over(connection: sa.Connection, *, hospital_id: UUID, now_ms: int, days: tuple[str, ...]) -> list[UUID]:
    query = (
        sa.select(booking.c.booking_id)
        .join(
            session,
            sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
        )
        .where(
            booking.c.hospital_id == hospital_id,
            booking.c.service_date.in_(days),
            booking.c.state.in_(_AWAITS),
            session.c.ends_ms < now_ms,
        )
    )
    return list(connection.execute(query.order_by(session.c.ends_ms).limit(_BATCH)).scalars())


_Question = Callable[..., list[UUID]]
_KINDS: tuple[tuple[_Question, Piece], ...] = (
    (_holds, lapse_hold),
    (_awaited, lapse_booking),
    (_not_here, end_grace),
    (_over, record_no_show),
    (delivered_since, make_final),
)
