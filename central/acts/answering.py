"""How every act is answered, whatever its kind: once, for ever alike, with a task for staff where it was not applied.

What an act means and what becomes of it is its own module's; here is what all have in common.  # sync A4, C5
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID, uuid5

import sqlalchemy as sa

from booking.decide.effects import Message
from booking.localized import LocalizedText
from booking.wire import EventResult, Verdict
from booking.wire_acts import EventKind
from central.acts.operations import Act, KeyReused, Mode, Told, earlier_answer, remember
from central.keys import Keys
from central.moment import Moment
from central.notify.outbox import Outgoing, put_out
from central.staff.service import Task, open_task
from central.staff.tables import staff_task
from central.sync.rows import booking_row
from central.terminals.caller import Caller
from central.words.acts import sentence_of

KEY_REUSED = "key_reused"
BAD_REQUEST = "bad_request"
WAIT_MS = 48 * 3_600_000
"""How long what an act needs is awaited: a session ends on the day of a check-in, and a day goes by after that."""
_NOTHING: Mapping[str, str] = MappingProxyType({})
AnyAct = TypeVar("AnyAct", bound=Act)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What acts are judged with: the server's keys, who tells, and when."""

    keys: Keys = field(repr=False)
    caller: Caller
    moment: Moment

    @property
    def hospital_id(self) -> UUID:
        """Whose terminal tells."""
        return self.caller.hospital_id

    def told(self, act: AnyAct) -> Told[AnyAct]:
        """An act of the outbox."""
        return Told(act=act, mode=Mode.HAPPENED, caller=self.caller, received_ms=self.moment.now_ms)


def answer(
    connection: sa.Connection,
    told: Told[AnyAct],
    judge: Callable[[sa.Connection, Told[AnyAct]], EventResult],
    *,
    booking_id: UUID | None = None,
) -> EventResult:
    """The first final verdict, now or from before, and the booking as it now is. Raises KeyReused."""
    result = earlier_answer(connection, told)
    if result is None:
        result = judge(connection, told)
        if result.verdict != Verdict.DEFERRED:
            remember(connection, told, result)
    if booking_id is None:
        return result
    return replace(result, booking=booking_row(connection, told.caller.hospital_id, booking_id))


def answer_once(
    connection: sa.Connection,
    told: Told[AnyAct],
    moment: Moment,
    judge: Callable[[sa.Connection, Told[AnyAct]], EventResult],
    *,
    booking_id: UUID | None = None,
) -> EventResult:
    """As `answer`, for what happened: an operation id that was used for another act is a conflict."""
    try:
        return answer(connection, told, judge, booking_id=booking_id)
    except KeyReused:
        return unsettled(connection, told.act.operation_id, KEY_REUSED, told.caller, moment)


def deferred(told: Told[Act]) -> EventResult:
    """Send it again later."""
    return EventResult(operation_id=told.act.operation_id, verdict=Verdict.DEFERRED)


def deferred_or_conflict(
    connection: sa.Connection, told: Told[Act], reason: str, moment: Moment, *, booking_id: UUID | None = None
) -> EventResult:
    """What it needs is not here: it is awaited, but not for ever."""
    if moment.now_ms - told.true_ms < WAIT_MS:
        return deferred(told)
    return conflict(connection, told, reason, moment, booking_id=booking_id)


def applied(told: Told[Act], reason: str = "", task_id: UUID | None = None) -> EventResult:
    """It is done; a reason says what staff look at all the same."""
    return EventResult(operation_id=told.act.operation_id, verdict=Verdict.APPLIED, reason=reason, task_id=task_id)


def duplicate(told: Told[Act], reason: str = "") -> EventResult:
    """It was so already."""
    return EventResult(
        operation_id=told.act.operation_id, verdict=Verdict.DUPLICATE, reason=reason, sentence=sentence_of(reason)
    )


def conflict(
    connection: sa.Connection,
    told: Told[Act],
    reason: str,
    moment: Moment,
    *,
    booking_id: UUID | None = None,
    facts: Mapping[str, str] = _NOTHING,
) -> EventResult:
    """Staff settle it."""
    task_id = _task(connection, told, "conflict", reason, moment, booking_id=booking_id, facts=facts)
    return _not_applied(told, Verdict.CONFLICT, reason, task_id)


def flagged(
    connection: sa.Connection,
    told: Told[Act],
    reason: str,
    moment: Moment,
    *,
    booking_id: UUID | None = None,
    facts: Mapping[str, str] = _NOTHING,
) -> EventResult:
    """It is done; where there is a reason, staff look at it, and it stops nothing."""
    if not reason:
        return applied(told)
    task_id = _task(connection, told, "flag", reason, moment, booking_id=booking_id, facts=facts)
    return applied(told, reason, task_id)


def refused(
    connection: sa.Connection,
    told: Told[Act],
    reason: str,
    moment: Moment,
    *,
    booking_id: UUID | None = None,
    sentence: LocalizedText | None = None,
) -> EventResult:
    """A request that is not granted. Staff see it, and the patient is told: nobody stood before them."""
    task_id = _task(connection, told, "refused", reason, moment, booking_id=booking_id)
    return _not_applied(told, Verdict.REFUSED, reason, task_id, sentence)


def tell_patient(
    connection: sa.Connection,
    hospital_id: UUID,
    person_id: UUID,
    kind: Message,
    moment: Moment,
    *,
    booking_id: UUID | None = None,
    facts: Mapping[str, str] = _NOTHING,
) -> None:
    """A message about what became of an act."""
    put_out(connection, hospital_id, [Outgoing(person_id, kind, booking_id, facts=dict(facts))], moment)


def unsettled(
    connection: sa.Connection,
    operation_id: UUID,
    reason: str,
    caller: Caller,
    moment: Moment,
    *,
    kind: EventKind = EventKind.CHECK_IN,
) -> EventResult:
    """A conflict that is not kept under the operation's id. One task, however often it comes, and wherever: its id
    follows from what it is about, and of two servers the store refuses one, which then finds the other's.
    """
    earlier = connection.execute(
        sa.select(staff_task.c.task_id).where(
            staff_task.c.hospital_id == caller.hospital_id,
            staff_task.c.terminal_id == caller.terminal_id,
            staff_task.c.operation_id == operation_id,
            staff_task.c.reason == reason,
        )
    ).scalar()
    task = Task(
        kind=f"{kind}_conflict",
        reason=reason,
        terminal_id=caller.terminal_id,
        operation_id=operation_id,
        task_id=uuid5(operation_id, f"{caller.terminal_id} {reason}"),
    )
    task_id = earlier or open_task(connection, caller.hospital_id, task, moment)
    return EventResult(operation_id=operation_id, verdict=Verdict.CONFLICT, reason=reason, task_id=task_id)


def _task(
    connection: sa.Connection,
    told: Told[Act],
    what: str,
    reason: str,
    moment: Moment,
    *,
    booking_id: UUID | None,
    facts: Mapping[str, str] = _NOTHING,
) -> UUID:
    task = Task(
        kind=f"{told.kind}_{what}",
        reason=reason,
        terminal_id=told.caller.terminal_id,
        operation_id=told.act.operation_id,
        booking_id=booking_id,
        facts={"true_ms": str(told.true_ms), **facts},
    )
    return open_task(connection, told.caller.hospital_id, task, moment)


def _not_applied(
    told: Told[Act], verdict: Verdict, reason: str, task_id: UUID, sentence: LocalizedText | None = None
) -> EventResult:
    return EventResult(
        operation_id=told.act.operation_id,
        verdict=verdict,
        reason=reason,
        sentence=sentence or sentence_of(reason),
        task_id=task_id,
    )
