"""Matters without slots: bed, operation, consultation, family-doctor signing.  # rule D14

`booking.decide` says what may become of a request; here it is stored, with the staff's work and the patient's message.
What the patient needs is sealed; the reason of a refusal is a text for the patient that names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, Refused, decide
from booking.decide.commands import Review, Submit, Withdraw
from booking.decide.effects import Await, Effect, EnterRequest, ForStaff, Tell
from booking.decide.given import Acting, RequestFacts, RequestState
from booking.facts import Known
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import request
from central.notify.outbox import Outgoing, put_out
from central.people.facts import acting_for, copy_of, person_on
from central.rosters.tables import department
from central.staff.service import Deed, Task, open_task, write_audit
from central.staff.tables import staff_task
from central.writer import Overtaken

_OPEN = (RequestState.SUBMITTED.value, RequestState.UNDER_REVIEW.value)


class RequestKind(StrEnum):
    """What is asked for; the values stand in the store.  # rules C2, D14"""

    BED = "bed"
    OPERATION = "operation"
    CONSULTATION = "consultation"
    FAMILY_DOCTOR_SIGNING = "family_doctor_signing"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """Somebody asks for one. `asker_id` is the guardian, where one asks."""

    request_id: UUID
    person_id: UUID
    kind: RequestKind
    department_id: UUID | None = None
    need: str = field(default="", repr=False)
    asker_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request as it is."""

    request_id: UUID
    person_id: UUID
    kind: str
    department_id: UUID | None
    state: RequestState
    submitted_ms: int
    review_due_ms: int | None
    starts_ms: int | None
    reason: str
    ver: int


def submit_request(scene: Scene, wanted: NewRequest) -> StoredRequest | Refused:
    """Ask for it. The same request twice is one. Raises NoSuchThing."""
    earlier = _row(scene, wanted.request_id)
    if earlier is not None:
        return _stored(earlier)
    row = copy_of(scene.connection, scene.hospital_id, wanted.person_id)
    if row is None:
        raise NoSuchThing
    check_department(scene, wanted.department_id)
    acting = Acting.STAFF if scene.asker.is_staff else acting_for(row, wanted.asker_id)
    person = person_on(row, scene.today, seal=scene.keys.seal, acting=acting)
    decision = decide(scene.policy, RequestFacts(person=Known(person)), Submit(), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    scene.connection.execute(
        request.insert().values(
            hospital_id=scene.hospital_id,
            request_id=wanted.request_id,
            person_id=wanted.person_id,
            kind=wanted.kind.value,
            department_id=wanted.department_id,
            channel=scene.asker.channel.value,
            state=RequestState.SUBMITTED.value,
            need_sealed=_sealed(scene, wanted),
            submitted_ms=scene.now_ms,
            ver=0,
        )
    )
    scene.trail("request made", "request", wanted.request_id)
    return _carried_out(scene, wanted.request_id, decision, {})


def review_request(scene: Scene, request_id: UUID, review: Review) -> StoredRequest | Refused:
    """Staff take it up, grant it with a time, or refuse it with a reason. Raises NoSuchThing, Overtaken."""
    row = _row(scene, request_id)
    if row is None:
        raise NoSuchThing
    decision = decide(scene.policy, RequestFacts(state=RequestState(row.state)), review, scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    deed = Deed(scene.asker.actor, f"request {review.outcome.value}", "request", request_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    told = {"starts_ms": review.starts_ms, "reason": review.reason or None}
    return _carried_out(scene, request_id, decision, told)


def withdraw_request(scene: Scene, request_id: UUID) -> StoredRequest | Refused:
    """Taken back; a granted one passes the review again. Raises NoSuchThing, Overtaken."""
    row = _row(scene, request_id)
    if row is None:
        raise NoSuchThing
    decision = decide(scene.policy, RequestFacts(state=RequestState(row.state)), Withdraw(), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    scene.trail("request withdrawn", "request", request_id)
    return _carried_out(scene, request_id, decision, {})


def request_of(scene: Scene, request_id: UUID) -> StoredRequest:
    """One request. Raises NoSuchThing."""
    row = _row(scene, request_id)
    if row is None:
        raise NoSuchThing
    return _stored(row)


def requests_of(scene: Scene, person_id: UUID) -> list[StoredRequest]:
    """All requests of a person here, the newest first."""
    query = _here(scene, request.c.person_id == person_id).order_by(request.c.submitted_ms.desc())
    return [_stored(row) for row in scene.connection.execute(query)]


def open_requests(scene: Scene, *, limit: int) -> list[StoredRequest]:
    """What staff have to review, the one that is due first at the head."""
    query = _here(scene, request.c.state.in_(_OPEN)).order_by(request.c.review_due_ms, request.c.request_id)
    return [_stored(row) for row in scene.connection.execute(query.limit(limit))]


def check_department(scene: Scene, department_id: UUID | None) -> None:
    """Where a department is named, the hospital has it. Raises NoSuchThing."""
    if department_id is None:
        return
    here = (department.c.hospital_id == scene.hospital_id, department.c.department_id == department_id)
    if scene.connection.execute(sa.select(department.c.ver).where(*here)).one_or_none() is None:
        raise NoSuchThing


def _carried_out(scene: Scene, request_id: UUID, decision: Accepted, told: dict[str, Any]) -> StoredRequest:
    """The effects, stored; the request afterwards. Raises Overtaken."""
    row = _row(scene, request_id)
    assert row is not None
    values = told | _columns(decision.effects)
    entered = scene.connection.execute(
        request.update()
        .where(
            request.c.hospital_id == scene.hospital_id,
            request.c.request_id == request_id,
            request.c.ver == row.ver,
        )
        .values(**values, ver=request.c.ver + 1)
    )
    if entered.rowcount != 1:
        raise Overtaken
    state = values["state"]
    _settle_tasks(scene, request_id)
    for effect in decision.effects:
        match effect:
            case ForStaff(work=work):
                task = Task(kind=work.value, reason=state, operation_id=request_id)
                open_task(scene.connection, scene.hospital_id, task, scene.moment)
            case Tell(message=message):
                facts = {"request_id": str(request_id), "state": state}
                outgoing = Outgoing(row.person_id, message, facts=facts)
                put_out(scene.connection, scene.hospital_id, [outgoing], scene.moment)
    return request_of(scene, request_id)


def _columns(effects: Iterable[Effect]) -> dict[str, Any]:
    """What changes in the request's row; without a new deadline there is none any more."""
    values: dict[str, Any] = {"review_due_ms": None}
    for effect in effects:
        match effect:
            case EnterRequest(state=state):
                values["state"] = state.value
                if state is RequestState.UNDER_REVIEW:
                    values.pop("review_due_ms", None)
            case Await(until_ms=until_ms):
                values["review_due_ms"] = until_ms
    return values


def _settle_tasks(scene: Scene, request_id: UUID) -> None:
    """What staff had to do for it is done; a new step brings new work."""
    scene.connection.execute(
        staff_task.update()
        .where(
            staff_task.c.hospital_id == scene.hospital_id,
            staff_task.c.operation_id == request_id,
            staff_task.c.settled_ms.is_(None),
        )
        .values(settled_ms=scene.now_ms)
    )


def _sealed(scene: Scene, wanted: NewRequest) -> bytes | None:
    if not wanted.need:
        return None
    return scene.keys.seal.seal(wanted.need, table="request", column="need_sealed", row=wanted.request_id)


def _here(scene: Scene, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(request).where(request.c.hospital_id == scene.hospital_id, *where)


def _row(scene: Scene, request_id: UUID) -> sa.Row[Any] | None:
    return scene.connection.execute(_here(scene, request.c.request_id == request_id)).one_or_none()


def _stored(row: sa.Row[Any]) -> StoredRequest:
    return StoredRequest(
        request_id=row.request_id,
        person_id=row.person_id,
        kind=row.kind,
        department_id=row.department_id,
        state=RequestState(row.state),
        submitted_ms=row.submitted_ms,
        review_due_ms=row.review_due_ms,
        starts_ms=row.starts_ms,
        reason=row.reason or "",
        ver=row.ver,
    )
