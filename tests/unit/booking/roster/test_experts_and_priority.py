"""Expert permission (rule C9), priority groups (rule C8), and how a roster comes into force (rule C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from uuid import UUID

import pytest

from booking.roster.approval import Act, Side, Sitting, SittingFlag, Stage, after, sitting_flag
from booking.roster.experts import (
    Application,
    ExpertDraft,
    ExpertObjection,
    ExpertStanding,
    Missing,
    SuspensionGround,
    expert_objections,
    may_leave_from,
    missing_for_permission,
    suspension_grounds,
    unfit_drafts,
)
from booking.roster.plans import ClinicKind, Draft, Rank, SessionPlan
from booking.roster.priority import Grant, GrantStanding, groups_of, standing, to_reverify
from booking.roster.settings import ExpertPolicy, PriorityPolicy, RosterPolicy

SHANGHAI = timezone(timedelta(hours=8))
DAY = date(2026, 11, 23)
EXPERTS, PRIORITY = ExpertPolicy(), PriorityPolicy()


def test_a_permission_needs_title_application_consent_and_check() -> None:  # rule C9
    bare = Application(rank=Rank.ATTENDING)
    assert missing_for_permission(bare) == tuple(Missing)
    complete = Application(rank=Rank.ASSOCIATE_CHIEF, has_applied=True, head_consents=True, is_checked=True)
    assert missing_for_permission(complete) == ()
    unchecked = Application(rank=Rank.CHIEF, has_applied=True, head_consents=True)
    assert missing_for_permission(unchecked) == (Missing.EDUCATION_OFFICES_CHECK,)


def test_a_discipline_leader_needs_no_senior_title() -> None:  # rule C9
    leader = Application(
        rank=Rank.ATTENDING, leads_discipline=True, has_applied=True, head_consents=True, is_checked=True
    )
    assert missing_for_permission(leader) == ()


def objections(standing: ExpertStanding, *, starts: time = time(8), override_why: str = "") -> list[ExpertObjection]:
    return list(expert_objections(standing, day=DAY, starts=starts, policy=EXPERTS, override_why=override_why))


def test_without_permission_no_expert_clinic() -> None:  # rule C9
    assert objections(ExpertStanding(is_permitted=False)) == [ExpertObjection.NO_PERMISSION]
    assert objections(ExpertStanding(is_permitted=True)) == []


@pytest.mark.parametrize(
    ("begins", "ends", "is_suspended"),
    [
        (DAY, None, True),
        (DAY, DAY + timedelta(days=1), True),
        (DAY - timedelta(days=9), DAY, False),
        (DAY + timedelta(days=1), None, False),
    ],
)
def test_a_suspension_holds_from_its_first_day_to_its_end(
    begins: date, ends: date | None, is_suspended: bool
) -> None:  # rule C9
    suspended = ExpertStanding(is_permitted=True, suspended_from=begins, suspended_until=ends)
    assert (objections(suspended) == [ExpertObjection.SUSPENDED]) is is_suspended


def test_who_leaves_expert_clinics_is_not_rostered_from_that_day() -> None:  # rule C9
    assert may_leave_from(DAY, EXPERTS) == date(2026, 11, 30)
    assert objections(ExpertStanding(is_permitted=True, leaves_from=DAY)) == [ExpertObjection.HAS_LEFT]
    assert objections(ExpertStanding(is_permitted=True, leaves_from=DAY + timedelta(days=1))) == []


def test_heads_are_not_rostered_for_morning_expert_clinics() -> None:  # rule C9
    head = ExpertStanding(is_permitted=True, holds_administrative_post=True)
    assert objections(head, starts=time(11, 59)) == [ExpertObjection.HEAD_IN_THE_MORNING]
    assert objections(head, starts=time(12)) == []
    assert objections(head, override_why="only specialist in town") == []
    unpermitted = ExpertStanding(is_permitted=False, holds_administrative_post=True)
    assert objections(unpermitted, override_why="why") == [ExpertObjection.NO_PERMISSION]


def test_a_drafted_expert_clinic_needs_a_permitted_expert() -> None:  # rule C9
    head, expert, stranger = UUID(int=7), UUID(int=8), UUID(int=9)
    plan = SessionPlan(UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.EXPERT, time(8), time(12), head)
    of_head, of_expert, of_stranger = (Draft(replace(plan, doctor_id=one), DAY) for one in (head, expert, stranger))
    others = [Draft(replace(plan, kind=ClinicKind.GENERAL), DAY), Draft(replace(plan, doctor_id=None), DAY)]
    standings = {
        head: ExpertStanding(is_permitted=True, holds_administrative_post=True),
        expert: ExpertStanding(is_permitted=True),
    }
    no_permission = ExpertDraft(of_stranger, (ExpertObjection.NO_PERMISSION,))
    drafts = [of_head, of_expert, of_stranger, *others]
    in_the_morning = ExpertDraft(of_head, (ExpertObjection.HEAD_IN_THE_MORNING,))
    assert unfit_drafts(drafts, standings, EXPERTS) == (in_the_morning, no_permission)
    overridden = unfit_drafts(drafts, standings, EXPERTS, {of_head: "why", of_stranger: "why"})
    assert overridden == (no_permission,)


@pytest.mark.parametrize(
    ("late", "proposed"),
    [
        ([], False),
        ([True], False),
        ([True, False, True], False),
        ([False, True, True], True),
        ([True, True, False], True),
    ],
)
def test_late_twice_in_a_row_proposes_a_suspension(late: list[bool], proposed: bool) -> None:  # rule C9
    expected = (SuspensionGround.LATE_IN_A_ROW,) if proposed else ()
    assert suspension_grounds(late, [], EXPERTS) == expected


@pytest.mark.parametrize(("days_apart", "proposed"), [(0, True), (30, True), (31, False)])
def test_two_upheld_complaints_within_a_month_propose_a_suspension(days_apart: int, proposed: bool) -> None:
    upheld = [DAY, DAY - timedelta(days=days_apart), DAY - timedelta(days=200)]
    expected = (SuspensionGround.UPHELD_COMPLAINTS,) if proposed else ()
    assert suspension_grounds([], upheld, EXPERTS) == expected  # rule C9
    assert suspension_grounds([], upheld[:1], EXPERTS) == ()


def test_both_grounds_are_named() -> None:
    assert suspension_grounds([True, True], [DAY, DAY], EXPERTS) == tuple(SuspensionGround)


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (31, GrantStanding.HOLDS),
        (30, GrantStanding.TO_REVERIFY),
        (0, GrantStanding.TO_REVERIFY),
        (-1, GrantStanding.ENDED),
    ],
)
def test_a_grant_is_seen_again_before_its_document_ends(days_left: int, expected: GrantStanding) -> None:  # rule C8
    grant = Grant(group="disabled", until=DAY + timedelta(days=days_left))
    assert standing(grant, DAY, PRIORITY) is expected
    is_worth = expected is not GrantStanding.ENDED
    assert groups_of([grant], age=None, today=DAY, policy=PRIORITY) == ({"disabled"} if is_worth else set())
    assert to_reverify([grant], DAY, PRIORITY) == ((grant,) if expected is GrantStanding.TO_REVERIFY else ())


def test_a_withdrawn_grant_is_worth_nothing() -> None:  # rule C8
    grant = Grant(group="pregnant", until=DAY, withdrawn_why="document was another person's")
    assert standing(grant, DAY, PRIORITY) is GrantStanding.WITHDRAWN
    assert groups_of([grant], age=70, today=DAY, policy=PRIORITY) == {"elder"}


@pytest.mark.parametrize(("age", "groups"), [(None, set()), (65, set()), (66, {"elder"})])
def test_over_the_set_age_nobody_needs_a_grant(age: int | None, groups: set[str]) -> None:  # rule C8
    assert groups_of([], age=age, today=DAY, policy=PRIORITY) == groups


def test_the_re_verification_list_begins_with_what_ends_first() -> None:  # rule C8
    later, sooner = (Grant(group="a", until=DAY + timedelta(days=days)) for days in (9, 2))
    assert to_reverify([later, sooner], DAY, PRIORITY) == (sooner, later)


def test_departments_draft_and_the_office_approves_and_publishes() -> None:  # rule C4
    stage: Stage | None = Stage.DRAFT
    for act, side, expected in (
        (Act.EDIT, Side.DEPARTMENT, Stage.DRAFT),
        (Act.SUBMIT, Side.DEPARTMENT, Stage.SUBMITTED),
        (Act.SEND_BACK, Side.OUTPATIENT_OFFICE, Stage.DRAFT),
        (Act.SUBMIT, Side.DEPARTMENT, Stage.SUBMITTED),
        (Act.APPROVE, Side.OUTPATIENT_OFFICE, Stage.APPROVED),
        (Act.PUBLISH, Side.OUTPATIENT_OFFICE, Stage.PUBLISHED),
    ):
        assert stage is not None
        stage = after(stage, act, side)
        assert stage is expected
    assert after(Stage.APPROVED, Act.SEND_BACK, Side.OUTPATIENT_OFFICE) is Stage.DRAFT


def test_nobody_changes_a_published_roster_at_will() -> None:  # rule C4
    assert not [one for act in Act for side in Side if (one := after(Stage.PUBLISHED, act, side))]


def test_no_department_approves_its_own_roster() -> None:  # rule C4
    for stage in (Stage.SUBMITTED, Stage.APPROVED):
        assert not [act for act in Act if after(stage, act, Side.DEPARTMENT)]
    assert not [act for act in Act if after(Stage.DRAFT, act, Side.OUTPATIENT_OFFICE)]


def ms(hour: int, minute: int) -> int:
    return int(datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI).timestamp()) * 1000


@pytest.mark.parametrize(
    ("sitting", "now_ms", "flag"),
    [
        (Sitting(), ms(8, 10), None),
        (Sitting(), ms(8, 10) + 1, SittingFlag.UNCONFIRMED),
        (Sitting(sits=True), ms(8, 30), None),
        (Sitting(sits=True), ms(8, 30) + 1, SittingFlag.UNOPENED),
        (Sitting(), ms(8, 31), SittingFlag.UNCONFIRMED),
        (Sitting(is_opened=True), ms(9, 0), None),
        (Sitting(sits=True, is_opened=True), ms(9, 0), None),
        (Sitting(sits=False), ms(7, 0), SittingFlag.DOES_NOT_SIT),
    ],
)
def test_an_unconfirmed_or_unopened_session_is_flagged(
    sitting: Sitting, now_ms: int, flag: SittingFlag | None
) -> None:  # rule C4
    found = sitting_flag(
        sitting, service_date=DAY, starts_ms=ms(8, 30), now_ms=now_ms, policy=RosterPolicy(), zone=SHANGHAI
    )
    assert found is flag


def test_an_early_session_may_be_unopened_before_it_must_be_confirmed() -> None:  # rule C4
    flag = sitting_flag(
        Sitting(), service_date=DAY, starts_ms=ms(7, 30), now_ms=ms(7, 31), policy=RosterPolicy(), zone=SHANGHAI
    )
    assert flag is SittingFlag.UNOPENED
