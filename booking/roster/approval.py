"""How a roster comes into force, and whether a published session really sits (rule C4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum

from booking.roster.days import instant_ms
from booking.roster.settings import RosterPolicy


class Stage(StrEnum):
    """Where a department's roster for a period stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"


class Act(StrEnum):
    """What can be done with a roster."""

    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    PUBLISH = "publish"


class Side(StrEnum):
    """Whose act it is."""

    DEPARTMENT = "department"
    OUTPATIENT_OFFICE = "outpatient_office"


_NEXT = {
    (Stage.DRAFT, Act.EDIT, Side.DEPARTMENT): Stage.DRAFT,
    (Stage.DRAFT, Act.SUBMIT, Side.DEPARTMENT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Act.SEND_BACK, Side.OUTPATIENT_OFFICE): Stage.DRAFT,
    (Stage.SUBMITTED, Act.APPROVE, Side.OUTPATIENT_OFFICE): Stage.APPROVED,
    (Stage.APPROVED, Act.SEND_BACK, Side.OUTPATIENT_OFFICE): Stage.DRAFT,
    (Stage.APPROVED, Act.PUBLISH, Side.OUTPATIENT_OFFICE): Stage.PUBLISHED,
}


def after(stage: Stage, act: Act, side: Side) -> Stage | None:
    """The stage after this act; None when it is not that side's to do now.

    Nothing leads on from a published roster: its sessions change only by a request that the office decides (rule H1).
    # rule C4
    """
    return _NEXT.get((stage, act, side))


class SittingFlag(StrEnum):
    """What the office is told of a session today, and the kiosk says before it checks anyone in."""

    UNCONFIRMED = "unconfirmed"
    DOES_NOT_SIT = "does_not_sit"
    UNOPENED = "unopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """What the department has said of one session of today."""

    sits: bool | None = None
    """Whether it really sits; None while nobody has said so."""
    is_opened: bool = False
    """Whether the doctor's station has called its first patient or opened the session."""


def sitting_flag(
    sitting: Sitting, *, service_date: date, starts_ms: int, now_ms: int, policy: RosterPolicy, zone: tzinfo
) -> SittingFlag | None:
    """What is wrong with a session of the day; None while nothing is.  # rule C4"""
    if sitting.sits is False:
        return SittingFlag.DOES_NOT_SIT
    if sitting.is_opened:
        return None
    if sitting.sits is None and now_ms > instant_ms(service_date, policy.sitting_confirmed_by, zone):
        return SittingFlag.UNCONFIRMED
    return SittingFlag.UNOPENED if now_ms > starts_ms else None
