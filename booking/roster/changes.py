"""Stopped, substituted and moved clinics (rules H1, H2): what stands against a request, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from booking.roster.days import local_day, moment_ms
from booking.roster.experts import ExpertStanding, expert_objections
from booking.roster.plans import ClinicKind, Rank
from booking.roster.publish import Session
from booking.roster.settings import RosterPolicy


class ChangeKind(StrEnum):
    """What is to happen to a session.  # rule H1"""

    SUBSTITUTE = "substitute"
    MOVE = "move"
    STOP = "stop"
    EMERGENCY_STOP = "emergency_stop"


class ChangeReason(StrEnum):
    """Why: one of these codes; reports count them."""

    ILLNESS = "illness"
    LEAVE = "leave"
    MEETING = "meeting"
    TEACHING = "teaching"
    OPERATION = "operation"
    EMERGENCY_DUTY = "emergency_duty"
    EQUIPMENT = "equipment"
    ROOM = "room"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A doctor as far as sitting in for another goes."""

    doctor_id: UUID
    department_ids: frozenset[UUID]
    rank: Rank
    sits: tuple[tuple[int, int], ...] = ()
    """First and last instant of each session that this doctor holds."""
    expert: ExpertStanding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """A doctor or department asks for a change; the outpatient office decides.  # rule H1"""

    kind: ChangeKind
    session: Session
    reason: ChangeReason
    asked_ms: int
    absence_days: int = 1
    """Days of the absence that this session falls into."""
    substitute: Colleague | None = None
    consents: frozenset[UUID] = frozenset()
    """Doctors who have agreed to a substitution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """What the office must know to decide."""

    doctor: Colleague | None
    """The session's own doctor; None for a department's session."""
    booked: int
    """Bookings that the change affects."""
    colleagues: tuple[Colleague, ...] = ()
    """Those who could be asked to substitute."""
    next_session: Session | None = None
    """The doctor's next session."""
    free_in_next: int = 0
    is_stopped: bool = False


class Objection(StrEnum):
    """Why the office cannot grant a request as it stands."""

    ALREADY_STOPPED = "already_stopped"
    SESSION_OVER = "session_over"
    ASKED_TOO_LATE = "asked_too_late"
    ABSENCE_REPORTED_TOO_LATE = "absence_reported_too_late"
    NO_DOCTOR_TO_REPLACE = "no_doctor_to_replace"
    NO_SUBSTITUTE_NAMED = "no_substitute_named"
    CONSENT_MISSING = "consent_missing"
    SAME_DOCTOR = "same_doctor"
    OTHER_DEPARTMENT = "other_department"
    LOWER_RANK = "lower_rank"
    SITS_ELSEWHERE = "sits_elsewhere"
    NO_EXPERT_PERMISSION = "no_expert_permission"
    NO_NEXT_SESSION = "no_next_session"
    NEXT_SESSION_TOO_FULL = "next_session_too_full"
    SUBSTITUTE_POSSIBLE = "substitute_possible"
    MOVE_POSSIBLE = "move_possible"


_Asked = Callable[[RosterPolicy, ChangeRequest, ChangeFacts], Iterable[Objection]]


def objections(
    request: ChangeRequest, facts: ChangeFacts, *, policy: RosterPolicy, zone: tzinfo
) -> tuple[Objection, ...]:
    """Everything that stands against a request; empty when the office may grant it.  # rules H1, H2"""
    if facts.is_stopped:
        return (Objection.ALREADY_STOPPED,)
    if request.asked_ms >= request.session.ends_ms:
        return (Objection.SESSION_OVER,)
    if request.kind is ChangeKind.EMERGENCY_STOP:
        return ()  # rule H2: at any time, with one action
    return (*_lead_time(request, policy, zone), *_BY_KIND[request.kind](policy, request, facts))


def work_list(requests: Iterable[ChangeRequest]) -> tuple[ChangeRequest, ...]:
    """What the office has to decide: the session that begins first, then what was asked first.  # rule H1"""
    return tuple(sorted(requests, key=lambda request: (request.session.starts_ms, request.asked_ms)))


def substitute_objections(
    colleague: Colleague, session: Session, doctor: Colleague, policy: RosterPolicy
) -> tuple[Objection, ...]:
    """Why this colleague cannot sit in: same department, at least the same rank, and no session then.  # rule H1"""
    plan, found = session.plan, list[Objection]()
    if colleague.doctor_id == doctor.doctor_id:
        found.append(Objection.SAME_DOCTOR)
    if plan.department_id not in colleague.department_ids:
        found.append(Objection.OTHER_DEPARTMENT)
    if colleague.rank < doctor.rank:
        found.append(Objection.LOWER_RANK)
    if any(starts < session.ends_ms and session.starts_ms < ends for starts, ends in colleague.sits):
        found.append(Objection.SITS_ELSEWHERE)
    if plan.kind is ClinicKind.EXPERT and not _may_hold_expert(colleague, session, policy):
        found.append(Objection.NO_EXPERT_PERMISSION)
    return tuple(found)


def substitutes_for(session: Session, facts: ChangeFacts, policy: RosterPolicy) -> tuple[Colleague, ...]:
    """The colleagues who may be asked, the nearest in rank first.  # rule H1"""
    doctor = facts.doctor
    if doctor is None:
        return ()
    able = [one for one in facts.colleagues if not substitute_objections(one, session, doctor, policy)]
    return tuple(sorted(able, key=lambda one: one.rank))


def substituted(session: Session, substitute: Colleague) -> Session:
    """The same session, places and numbers under its substitute.  # rule H1"""
    return replace(session, plan=replace(session.plan, doctor_id=substitute.doctor_id))


def _lead_time(request: ChangeRequest, policy: RosterPolicy, zone: tzinfo) -> Iterable[Objection]:  # rule H2
    changes, day = policy.changes, request.session.service_date
    if request.asked_ms > moment_ms(changes.ordinary_by, day, zone):
        yield Objection.ASKED_TOO_LATE
    last_day = day - timedelta(days=changes.long_absence_days_ahead)
    is_long = request.absence_days > changes.long_absence_over_days
    if is_long and local_day(request.asked_ms, zone) > last_day:
        yield Objection.ABSENCE_REPORTED_TOO_LATE


def _substitution(policy: RosterPolicy, request: ChangeRequest, facts: ChangeFacts) -> Iterable[Objection]:
    doctor, substitute = facts.doctor, request.substitute
    if doctor is None:
        return (Objection.NO_DOCTOR_TO_REPLACE,)
    if substitute is None:
        return (Objection.NO_SUBSTITUTE_NAMED,)
    found = substitute_objections(substitute, request.session, doctor, policy)
    has_both = {doctor.doctor_id, substitute.doctor_id} <= request.consents
    return found if has_both else (*found, Objection.CONSENT_MISSING)


def _moving(_policy: RosterPolicy, _request: ChangeRequest, facts: ChangeFacts) -> Iterable[Objection]:
    if facts.doctor is None:
        return (Objection.NO_DOCTOR_TO_REPLACE,)
    if facts.next_session is None:
        return (Objection.NO_NEXT_SESSION,)
    return (Objection.NEXT_SESSION_TOO_FULL,) if facts.free_in_next < facts.booked else ()


def _stopping(policy: RosterPolicy, request: ChangeRequest, facts: ChangeFacts) -> Iterable[Objection]:
    """A stop only when neither a substitute nor a move works, or nobody is booked.  # rule H1"""
    if facts.booked == 0:
        return
    if substitutes_for(request.session, facts, policy):
        yield Objection.SUBSTITUTE_POSSIBLE
    if not tuple(_moving(policy, request, facts)):
        yield Objection.MOVE_POSSIBLE


def _may_hold_expert(colleague: Colleague, session: Session, policy: RosterPolicy) -> bool:  # rule C9
    if colleague.expert is None:
        return False
    day, starts = session.service_date, session.plan.starts
    return not expert_objections(colleague.expert, day=day, starts=starts, policy=policy.experts)


_BY_KIND: dict[ChangeKind, _Asked] = {
    ChangeKind.SUBSTITUTE: _substitution,
    ChangeKind.MOVE: _moving,
    ChangeKind.STOP: _stopping,
}
