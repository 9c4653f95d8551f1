"""Whether the settings of a roster make sense: every fault at once, each with its path and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from booking.roster.settings import (
    ChangePolicy,
    DeskPolicy,
    ExpertPolicy,
    PriorityPolicy,
    ReleasePolicy,
    RosterPolicy,
    SetTime,
    SlotPolicy,
)

_A_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class SettingFault:
    """One setting that cannot be meant: its path below the roster's settings, what was wrong, what is allowed."""

    path: str
    wrong: str
    allowed: str


def faults_of(policy: RosterPolicy) -> tuple[SettingFault, ...]:
    """Everything that is wrong with these settings; empty when they are sound."""
    return (
        *_slots(policy.slots),
        *_release(policy.release),
        *_priority(policy.priority),
        *_desk(policy.desk),
        *_within("extras.add_ons_per_session", policy.extras.add_ons_per_session, least=0, most=99),
        *_experts(policy.experts),
        *_changes(policy.changes),
    )


def _slots(slots: SlotPolicy) -> Iterator[SettingFault]:  # rule C3
    yield from _within("slots.length_min", slots.length_min, least=1, most=60)
    yield from _within("slots.come_before_min", slots.come_before_min, least=0, most=120)


def _release(release: ReleasePolicy) -> Iterator[SettingFault]:  # rule C5
    yield from _share("release.share", release.share)
    yield from _set_time("release.opens", release.opens)
    yield from _set_time("release.returns", release.returns)
    yield from _set_time("release.walk_in_opens", release.walk_in_opens)
    if _moment(release.returns) > _moment(release.opens):
        yield SettingFault("release.returns", "before the release", "a moment after release.opens")
    for at, quota in enumerate(release.channels):
        yield from _share(f"release.channels[{at}].share", quota.share)
    channels = [quota.channel for quota in release.channels]
    if len(set(channels)) < len(channels):
        yield SettingFault("release.channels", "a channel twice", "each channel once")
    if sum((quota.share for quota in release.channels), Fraction()) > 1:
        yield SettingFault("release.channels", "shares above the whole", "shares that add up to at most 1")


def _priority(priority: PriorityPolicy) -> Iterator[SettingFault]:  # rule C8
    yield from _within("priority.elder_age", priority.elder_age, least=50, most=120)
    yield from _within("priority.reverify_days", priority.reverify_days, least=0, most=366)
    yield from _set_time("priority.returns", priority.returns)
    for at, reserve in enumerate(priority.reserves):
        yield from _within(f"priority.reserves[{at}].places", reserve.places, least=0, most=999)
        if not reserve.group:
            yield SettingFault(f"priority.reserves[{at}].group", "no name", "the code of a priority group")
    groups = [reserve.group for reserve in priority.reserves]
    if len(set(groups)) < len(groups):
        yield SettingFault("priority.reserves", "a group twice", "each group once")


def _desk(desk: DeskPolicy) -> Iterator[SettingFault]:  # rule C3
    yield from _within("desk.rate_per_hour", desk.rate_per_hour, least=1, most=360)
    yield from _within("desk.period_min", desk.period_min, least=1, most=60)
    for at, part in enumerate(desk.windows):
        yield from _within(f"desk.windows[{at}].windows", part.windows, least=0, most=99)
    if not desk.windows:
        yield SettingFault("desk.windows", "none", "at least one part of the day")
    if any(later.until <= earlier.until for earlier, later in pairwise(desk.windows)):
        yield SettingFault("desk.windows", "not in the order of the day", "each `until` after the one before")
    for at, season in enumerate(desk.seasons):
        try:
            date(_A_LEAP_YEAR, season.from_month, season.from_day)
        except ValueError:
            yield SettingFault(f"desk.seasons[{at}]", "no such day", "a month and a day of the year")
    starts = [(season.from_month, season.from_day) for season in desk.seasons]
    if not starts or any(later <= earlier for earlier, later in pairwise(starts)):
        yield SettingFault("desk.seasons", "none, or not in the order of the year", "seasons by their first day")


def _experts(experts: ExpertPolicy) -> Iterator[SettingFault]:  # rule C9
    yield from _within("experts.late_in_a_row", experts.late_in_a_row, least=1, most=99)
    yield from _within("experts.upheld_complaints", experts.upheld_complaints, least=1, most=99)
    yield from _within("experts.complaints_within_days", experts.complaints_within_days, least=1, most=366)
    yield from _within("experts.leaving_notice_days", experts.leaving_notice_days, least=0, most=366)


def _changes(changes: ChangePolicy) -> Iterator[SettingFault]:  # rules H2, H3
    yield from _set_time("changes.ordinary_by", changes.ordinary_by)
    yield from _within("changes.long_absence_over_days", changes.long_absence_over_days, least=1, most=366)
    yield from _within("changes.long_absence_days_ahead", changes.long_absence_days_ahead, least=0, most=366)
    yield from _within("changes.first_choice_min", changes.first_choice_min, least=0, most=7 * 24 * 60)


def _set_time(path: str, moment: SetTime) -> Iterator[SettingFault]:
    yield from _within(f"{path}.days_before", moment.days_before, least=0, most=366)


def _moment(moment: SetTime) -> tuple[int, int]:
    """Greater means earlier."""
    return (moment.days_before, -(moment.at.hour * 60 + moment.at.minute))


def _share(path: str, share: Fraction) -> Iterator[SettingFault]:
    if not 0 <= share <= 1:
        yield SettingFault(path, f"{share} does not fit", "a part of the whole: 0 to 1")


def _within(path: str, value: int, *, least: int, most: int) -> Iterator[SettingFault]:
    if not least <= value <= most:
        yield SettingFault(path, f"{value} does not fit", f"a whole number from {least} to {most}")
