"""Stopped, substituted and moved clinics: what the office may grant, and until when (rules C9, H1, H2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from uuid import UUID

import pytest

from booking.roster.changes import (
    ChangeFacts,
    ChangeKind,
    ChangeReason,
    ChangeRequest,
    Colleague,
    Objection,
    objections,
    substitute_objections,
    substituted,
    substitutes_for,
    work_list,
)
from booking.roster.experts import ExpertStanding
from booking.roster.plans import ClinicKind, Draft, Rank, SessionPlan
from booking.roster.publish import Session, publish
from booking.roster.settings import RosterPolicy

SHANGHAI = timezone(timedelta(hours=8))
POLICY = RosterPolicy()
HEART, LUNG = UUID(int=1), UUID(int=2)
OWN = Colleague(doctor_id=UUID(int=10), department_ids=frozenset({HEART}), rank=Rank.ASSOCIATE_CHIEF)
PEER = replace(OWN, doctor_id=UUID(int=11))
CHIEF = replace(OWN, doctor_id=UUID(int=12), rank=Rank.CHIEF)
PLAN = SessionPlan(HEART, UUID(int=3), UUID(int=4), ClinicKind.GENERAL, time(8), time(12), OWN.doctor_id)


def ms(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).timestamp()) * 1000


def session_on(day: int, plan: SessionPlan = PLAN) -> Session:
    drafts = [Draft(plan, date(2026, 11, day))]
    return publish(drafts, policy=POLICY, zone=SHANGHAI, ids=[UUID(int=100 + day)]).sessions[0]


SESSION, NEXT = session_on(23), session_on(25)
REQUEST = ChangeRequest(
    kind=ChangeKind.SUBSTITUTE,
    session=SESSION,
    reason=ChangeReason.ILLNESS,
    asked_ms=ms(22, 16),
    substitute=PEER,
    consents=frozenset({OWN.doctor_id, PEER.doctor_id}),
)
FACTS = ChangeFacts(doctor=OWN, booked=5, colleagues=(OWN, CHIEF, PEER), next_session=NEXT, free_in_next=5)


def found(request: ChangeRequest, facts: ChangeFacts = FACTS) -> list[Objection]:
    return list(objections(request, facts, policy=POLICY, zone=SHANGHAI))


def test_a_substitution_by_a_peer_with_both_consents_is_granted() -> None:  # rule H1
    assert found(REQUEST) == []


@pytest.mark.parametrize(
    ("substitute", "expected"),
    [
        (CHIEF, []),
        (OWN, [Objection.SAME_DOCTOR]),
        (replace(PEER, rank=Rank.ATTENDING), [Objection.LOWER_RANK]),
        (replace(PEER, department_ids=frozenset({LUNG})), [Objection.OTHER_DEPARTMENT]),
        (replace(PEER, department_ids=frozenset({LUNG, HEART})), []),
        (replace(PEER, sits=((ms(23, 11, 59), ms(23, 13)),)), [Objection.SITS_ELSEWHERE]),
        (replace(PEER, sits=((ms(23, 7), ms(23, 8, 1)),)), [Objection.SITS_ELSEWHERE]),
        (replace(PEER, sits=((ms(23, 7), ms(23, 8)), (ms(23, 12), ms(23, 13)))), []),
        (
            Colleague(doctor_id=UUID(int=9), department_ids=frozenset(), rank=Rank.RESIDENT),
            [Objection.OTHER_DEPARTMENT, Objection.LOWER_RANK],
        ),
    ],
)
def test_a_substitute_is_of_the_department_and_of_the_rank(
    substitute: Colleague, expected: list[Objection]
) -> None:  # rule H1
    assert list(substitute_objections(substitute, SESSION, OWN, POLICY)) == expected
    consents = frozenset({OWN.doctor_id, substitute.doctor_id})
    assert found(replace(REQUEST, substitute=substitute, consents=consents)) == expected


def test_an_expert_clinic_goes_to_an_expert() -> None:  # rules C9, H1
    expert_session = session_on(23, replace(PLAN, kind=ClinicKind.EXPERT))
    permitted = ExpertStanding(is_permitted=True, leaves_from=date(2026, 11, 24))
    leaving = ExpertStanding(is_permitted=True, leaves_from=date(2026, 11, 23))
    head = ExpertStanding(is_permitted=True, holds_administrative_post=True)
    for standing, is_able in (
        (None, False),
        (ExpertStanding(is_permitted=False), False),
        (head, False),
        (leaving, False),
        (permitted, True),
    ):
        objection = substitute_objections(replace(PEER, expert=standing), expert_session, OWN, POLICY)
        assert objection == (() if is_able else (Objection.NO_EXPERT_PERMISSION,))


@pytest.mark.parametrize("consents", [set(), {OWN.doctor_id}, {PEER.doctor_id}])
def test_both_doctors_consent_to_a_substitution(consents: set[UUID]) -> None:  # rule H1
    assert found(replace(REQUEST, consents=frozenset(consents))) == [Objection.CONSENT_MISSING]


def test_a_substitution_names_its_substitute() -> None:
    assert found(replace(REQUEST, substitute=None)) == [Objection.NO_SUBSTITUTE_NAMED]


def test_a_departments_session_has_no_doctor_to_replace() -> None:
    nobodys = replace(FACTS, doctor=None)
    assert found(REQUEST, nobodys) == [Objection.NO_DOCTOR_TO_REPLACE]
    assert found(replace(REQUEST, kind=ChangeKind.MOVE), nobodys) == [Objection.NO_DOCTOR_TO_REPLACE]
    assert found(replace(REQUEST, kind=ChangeKind.STOP), nobodys) == []


def test_everything_against_a_request_is_said_at_once() -> None:
    lower = replace(PEER, rank=Rank.ATTENDING)
    late = replace(REQUEST, substitute=lower, consents=frozenset(), asked_ms=ms(23, 9))
    assert found(late) == [Objection.ASKED_TOO_LATE, Objection.LOWER_RANK, Objection.CONSENT_MISSING]


MOVE = replace(REQUEST, kind=ChangeKind.MOVE, substitute=None)
STOP = replace(REQUEST, kind=ChangeKind.STOP, substitute=None)
EMERGENCY = replace(STOP, kind=ChangeKind.EMERGENCY_STOP)


def test_a_move_goes_to_the_doctors_next_session_with_room_for_all() -> None:  # rule H1
    assert found(MOVE) == []
    assert found(MOVE, replace(FACTS, free_in_next=4)) == [Objection.NEXT_SESSION_TOO_FULL]
    assert found(MOVE, replace(FACTS, next_session=None)) == [Objection.NO_NEXT_SESSION]
    untold = ChangeFacts(doctor=OWN, booked=1, next_session=NEXT)
    assert found(MOVE, untold) == [Objection.NEXT_SESSION_TOO_FULL], "room that nobody told of is no room"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FACTS, [Objection.SUBSTITUTE_POSSIBLE, Objection.MOVE_POSSIBLE]),
        (replace(FACTS, free_in_next=4), [Objection.SUBSTITUTE_POSSIBLE]),
        (replace(FACTS, colleagues=(OWN,)), [Objection.MOVE_POSSIBLE]),
        (replace(FACTS, colleagues=(), next_session=None), []),
        (replace(FACTS, booked=0), []),
    ],
)
def test_a_stop_only_when_neither_works_or_nobody_is_booked(
    facts: ChangeFacts, expected: list[Objection]
) -> None:  # rule H1
    assert found(STOP, facts) == expected


@pytest.mark.parametrize("request_", [REQUEST, MOVE, replace(STOP)])
@pytest.mark.parametrize(("asked_ms", "in_time"), [(ms(22, 16), True), (ms(22, 16) + 1, False), (ms(20, 23), True)])
def test_an_ordinary_change_is_asked_a_day_before_by_four(
    request_: ChangeRequest, asked_ms: int, in_time: bool
) -> None:  # rule H2
    facts = replace(FACTS, booked=0)
    assert found(replace(request_, asked_ms=asked_ms), facts) == ([] if in_time else [Objection.ASKED_TOO_LATE])


@pytest.mark.parametrize(
    ("days", "asked_ms", "in_time"),
    [(7, ms(22, 15), True), (8, ms(20, 23, 59), True), (8, ms(21, 0), False)],
)
def test_an_absence_over_a_week_is_reported_three_days_ahead(days: int, asked_ms: int, in_time: bool) -> None:
    request = replace(MOVE, absence_days=days, asked_ms=asked_ms)  # rule H2
    assert found(request) == ([] if in_time else [Objection.ABSENCE_REPORTED_TOO_LATE])


def test_an_absence_is_of_one_day_unless_more_is_said() -> None:  # rule H2
    policy = replace(POLICY, changes=replace(POLICY.changes, long_absence_over_days=1))
    move = ChangeRequest(kind=ChangeKind.MOVE, session=SESSION, reason=ChangeReason.ILLNESS, asked_ms=ms(22, 15))
    longer = replace(move, absence_days=2)
    objected = [list(objections(it, FACTS, policy=policy, zone=SHANGHAI)) for it in (move, longer)]
    assert objected == [[], [Objection.ABSENCE_REPORTED_TOO_LATE]]


def test_an_emergency_stop_is_possible_at_any_time() -> None:  # rule H2
    for asked_ms in (ms(1, 8), ms(23, 8), SESSION.ends_ms - 1):
        assert found(replace(EMERGENCY, asked_ms=asked_ms, absence_days=30)) == []


@pytest.mark.parametrize("request_", [REQUEST, MOVE, STOP, EMERGENCY])
def test_what_is_over_or_stopped_changes_no_more(request_: ChangeRequest) -> None:
    assert found(replace(request_, asked_ms=SESSION.ends_ms)) == [Objection.SESSION_OVER]
    assert found(request_, replace(FACTS, is_stopped=True)) == [Objection.ALREADY_STOPPED]


def test_the_nearest_in_rank_is_asked_first() -> None:  # rule H1
    assert substitutes_for(SESSION, FACTS, POLICY) == (PEER, CHIEF)
    assert substitutes_for(SESSION, replace(FACTS, doctor=None), POLICY) == ()


def test_a_substitute_takes_over_places_and_numbers_as_they_are() -> None:  # rule H1
    after = substituted(SESSION, PEER)
    assert after.plan.doctor_id == PEER.doctor_id
    assert replace(after, plan=SESSION.plan) == SESSION


def test_the_office_decides_first_what_begins_first() -> None:  # rule H1
    later_asked = replace(REQUEST, asked_ms=REQUEST.asked_ms + 1)
    other_day = replace(REQUEST, session=NEXT, asked_ms=0)
    assert work_list([other_day, later_asked, REQUEST]) == (REQUEST, later_asked, other_day)
