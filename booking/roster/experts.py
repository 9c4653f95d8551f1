"""Expert clinics (rule C9): who may hold one, what puts a permission in doubt, and how somebody leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from uuid import UUID

from booking.roster.plans import ClinicKind, Draft, Rank
from booking.roster.settings import ExpertPolicy


class Missing(StrEnum):
    """What an application for expert clinics still needs."""

    SENIOR_TITLE = "senior_title"
    APPLICATION = "application"
    HEADS_CONSENT = "heads_consent"
    EDUCATION_OFFICES_CHECK = "education_offices_check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application for expert clinics as it stands."""

    rank: Rank
    leads_discipline: bool = False
    has_applied: bool = False
    head_consents: bool = False
    is_checked: bool = False
    """By the medical-education office."""


def missing_for_permission(application: Application) -> tuple[Missing, ...]:
    """What is still missing; empty when the permission can be given.  # rule C9"""
    is_senior = application.rank >= Rank.ASSOCIATE_CHIEF or application.leads_discipline
    has = {
        Missing.SENIOR_TITLE: is_senior,
        Missing.APPLICATION: application.has_applied,
        Missing.HEADS_CONSENT: application.head_consents,
        Missing.EDUCATION_OFFICES_CHECK: application.is_checked,
    }
    return tuple(missing for missing, is_there in has.items() if not is_there)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertStanding:
    """What is on record of a doctor's expert clinics."""

    is_permitted: bool
    suspended_from: date | None = None
    suspended_until: date | None = None
    """The first day on which expert clinics are possible again; None while the suspension has no end."""
    leaves_from: date | None = None
    holds_administrative_post: bool = False


class ExpertObjection(StrEnum):
    """Why a doctor is not to be rostered for this expert clinic."""

    NO_PERMISSION = "no_permission"
    SUSPENDED = "suspended"
    HAS_LEFT = "has_left"
    HEAD_IN_THE_MORNING = "head_in_the_morning"


def expert_objections(
    standing: ExpertStanding, *, day: date, starts: time, policy: ExpertPolicy, override_why: str = ""
) -> tuple[ExpertObjection, ...]:
    """What stands against this expert clinic. Only the rule on heads can be overridden, with a reason.  # rule C9"""
    found: list[ExpertObjection] = []
    if not standing.is_permitted:
        found.append(ExpertObjection.NO_PERMISSION)
    is_begun = standing.suspended_from is not None and standing.suspended_from <= day
    if is_begun and (standing.suspended_until is None or day < standing.suspended_until):
        found.append(ExpertObjection.SUSPENDED)
    if standing.leaves_from is not None and standing.leaves_from <= day:
        found.append(ExpertObjection.HAS_LEFT)
    if standing.holds_administrative_post and starts < policy.morning_ends and not override_why:
        found.append(ExpertObjection.HEAD_IN_THE_MORNING)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ExpertDraft:
    """An expert clinic that has been drafted, and what stands against it."""

    draft: Draft
    objections: tuple[ExpertObjection, ...]


def unfit_drafts(
    drafts: Iterable[Draft],
    standings: Mapping[UUID, ExpertStanding],
    policy: ExpertPolicy,
    overrides: Mapping[Draft, str] | None = None,
) -> tuple[ExpertDraft, ...]:
    """The drafted expert clinics that must not be published; `overrides` gives the office's reasons by draft.

    A doctor of whom nothing is on record has no permission.  # rule C9
    """
    unknown, reasons, found = ExpertStanding(is_permitted=False), overrides or {}, list[ExpertDraft]()
    for draft in drafts:
        plan = draft.plan
        if plan.kind is not ClinicKind.EXPERT or plan.doctor_id is None:
            continue
        against = expert_objections(
            standings.get(plan.doctor_id, unknown),
            day=draft.service_date,
            starts=plan.starts,
            policy=policy,
            override_why=reasons.get(draft, ""),
        )
        if against:
            found.append(ExpertDraft(draft, against))
    return tuple(found)


class SuspensionGround(StrEnum):
    """Why a suspension of expert clinics is proposed; the office decides, general clinics stay possible."""

    LATE_IN_A_ROW = "late_in_a_row"
    UPHELD_COMPLAINTS = "upheld_complaints"


def suspension_grounds(
    late: Sequence[bool], upheld: Sequence[date], policy: ExpertPolicy
) -> tuple[SuspensionGround, ...]:
    """What speaks for a suspension since the last decision: late or not at each clinic, days of upheld complaints.

    # rule C9
    """
    found: list[SuspensionGround] = []
    longest = running = 0
    for was_late in late:
        running = running + 1 if was_late else 0
        longest = max(longest, running)
    if longest >= policy.late_in_a_row:
        found.append(SuspensionGround.LATE_IN_A_ROW)
    days, span = sorted(upheld), policy.upheld_complaints - 1
    within = timedelta(days=policy.complaints_within_days)
    if any(days[at + span] - days[at] <= within for at in range(len(days) - span)):
        found.append(SuspensionGround.UPHELD_COMPLAINTS)
    return tuple(found)


def may_leave_from(requested: date, policy: ExpertPolicy) -> date:
    """The first day without expert clinics for a doctor who asks to leave them on this day.  # rule C9"""
    return requested + timedelta(days=policy.leaving_notice_days)
