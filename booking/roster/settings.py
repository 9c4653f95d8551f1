"""What a hospital sets for its rosters. Every field has a default that a middle-sized hospital can live with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from fractions import Fraction

from booking.roster.channels import Channel


@dataclass(frozen=True, slots=True)
class SetTime:
    """A moment told as people tell it: so many days before the day meant, at this time of the hospital's clock."""

    days_before: int
    at: time


@dataclass(frozen=True, slots=True)
class SlotPolicy:
    """How long a place is.  # rule C3"""

    length_min: int = 10
    """Minutes of one place where a plan names no other: 1 to 60."""
    come_before_min: int = 5
    """Minutes before the place's time at which patients are asked to be there."""

    def come_by_ms(self, starts_ms: int) -> int:
        """When a patient with a place at this time is asked to be there.  # rule C3"""
        return starts_ms - self.come_before_min * 60_000


@dataclass(frozen=True, slots=True)
class ChannelShare:
    """The part of the released places that one channel has for itself until the return."""

    channel: Channel
    share: Fraction


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
    """When places open, how many, and through which channels.  # rule C5"""

    opens: SetTime = SetTime(days_before=7, at=time(7, 0))
    share: Fraction = Fraction(1)
    """The part of a doctor's usual workload that may be booked; the rest is for those who walk in."""
    channels: tuple[ChannelShare, ...] = ()
    """Quotas of channels; what they leave is common to all."""
    returns: SetTime = SetTime(days_before=1, at=time(11, 30))
    """When a channel's unused places become common."""
    walk_in_opens: SetTime = SetTime(days_before=0, at=time(7, 0))
    """When the places that were not released for booking open for walk-ins.  # rule G4"""


@dataclass(frozen=True, slots=True)
class Reserve:
    """Places of each session kept for one priority group."""

    group: str
    places: int


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """Who has reserved places, and when a grant is looked at again.  # rule C8"""

    elder_age: int = 65
    """Over this age a patient belongs to the group `elder`."""
    reserves: tuple[Reserve, ...] = ()
    returns: SetTime = SetTime(days_before=0, at=time(7, 0))
    """When reserved places that nobody took become common."""
    reverify_days: int = 30
    """Days before a grant's end from which it is on the re-verification list."""


@dataclass(frozen=True, slots=True)
class DeskWindows:
    """So many windows are open until this time of day."""

    until: time
    windows: int


@dataclass(frozen=True, slots=True)
class DeskSeason:
    """From this day of the year on the desk opens at this time."""

    from_month: int
    from_day: int
    opens: time


@dataclass(frozen=True, slots=True)
class DeskPolicy:
    """A desk's capacity: open windows times rate. The preset is the blood draw.  # rule C3"""

    rate_per_hour: int = 30
    """Patients an hour and window; the blood draw's field figures are 30 to 40."""
    period_min: int = 10
    """Places of one period share its time."""
    windows: tuple[DeskWindows, ...] = (
        DeskWindows(until=time(8, 0), windows=4),
        DeskWindows(until=time(10, 0), windows=6),
    )
    seasons: tuple[DeskSeason, ...] = (
        DeskSeason(from_month=4, from_day=10, opens=time(7, 0)),
        DeskSeason(from_month=9, from_day=16, opens=time(7, 30)),
    )


@dataclass(frozen=True, slots=True)
class ExtraPolicy:
    """Places above capacity.  # rule C14"""

    add_ons_per_session: int = 2


@dataclass(frozen=True, slots=True)
class ExpertPolicy:
    """Who may hold expert clinics, and what puts that in doubt.  # rule C9"""

    late_in_a_row: int = 2
    upheld_complaints: int = 2
    complaints_within_days: int = 30
    leaving_notice_days: int = 7
    morning_ends: time = time(12, 0)


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """How late a published session may be changed, and how its patients are followed.  # rules H1, H2, H3"""

    ordinary_by: SetTime = SetTime(days_before=1, at=time(16, 0))
    long_absence_over_days: int = 7
    long_absence_days_ahead: int = 3
    first_choice_min: int = 120
    """Minutes for which affected patients choose other places ahead of everybody else."""
    answer_by: time = time(17, 0)
    """Who has not answered by this time of the day on which it was told is on the phone list."""


@dataclass(frozen=True, slots=True)
class RosterPolicy:
    """All that a hospital sets for rosters, places and their changes."""

    slots: SlotPolicy = SlotPolicy()
    release: ReleasePolicy = ReleasePolicy()
    priority: PriorityPolicy = PriorityPolicy()
    desk: DeskPolicy = DeskPolicy()
    extras: ExtraPolicy = ExtraPolicy()
    experts: ExpertPolicy = ExpertPolicy()
    changes: ChangePolicy = ChangePolicy()
    sitting_confirmed_by: time = time(8, 10)
    """By then each department says who really sits today.  # rule C4"""
