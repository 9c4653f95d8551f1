"""What trust means at one hospital: which scheme, what each act costs, for how long. Every field has a default.

The defaults of each scheme are the regulations' own figures; where they leave one open, it is marked "(ours)".
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum


class Scheme(StrEnum):
    """How a hospital keeps trust. Exactly one is in force."""

    LENIENT = "lenient"
    """Nothing is counted."""
    POINTS = "points"
    """Points lost within a window; all lost means suspended.  # rule F1"""
    STRIKES = "strikes"
    """Breaches counted: a warning, the blacklist, suspension.  # rule F2"""
    ALLOWANCE = "allowance"
    """A no-show takes one booking off the allowance; grabbing and frequent changes restrict.  # rule F6"""


class Act(StrEnum):
    """What a person did that trust may depend on. The values stand in the ledger."""

    NO_SHOW = "no_show"
    """Never came; recorded when the session closed.  # rule G9"""
    LATE = "late"
    """Came after the grace.  # rule G2"""
    CANCELLED = "cancelled"
    """Cancelled before the free deadline.  # rule E1"""
    CANCELLED_LATE = "cancelled_late"
    """Cancelled, or changed, after the free deadline.  # rules E1, E3"""
    LAPSED = "lapsed"
    """Did not confirm in time, where the patient has to.  # rule D4"""
    CHANGED = "changed"
    """Changed in time: no cancellation, but counted where changes are limited.  # rules E3, E4"""
    GRABBED = "grabbed"
    """Took places like a script does; noted by the release's guard.  # rules C7, F6"""


@dataclass(frozen=True, slots=True)
class PointRules:
    """Points.  # rule F1"""

    start: int = field(default=12, metadata={"least": 1, "most": 1000})
    no_show: int = field(default=4, metadata={"least": 0, "most": 1000})
    late: int = field(default=3, metadata={"least": 0, "most": 1000})
    cancelled: int = field(default=2, metadata={"least": 0, "most": 1000})
    cancelled_late: int = field(default=2, metadata={"least": 0, "most": 1000})
    lapsed: int = field(default=2, metadata={"least": 0, "most": 1000})
    """A booking not confirmed counts as one cancelled (ours: D4 says a breach, not which)."""
    within_months: int = field(default=3, metadata={"least": 1, "most": 60})
    """Calendar months after which a loss counts no more."""
    suspended_days: int = field(default=90, metadata={"least": 1, "most": 3650})
    """Days without booking, the first day counted."""
    staff_reactivate: bool = True
    """After the days staff reactivate on sight of a document; false: the suspension ends by itself."""


@dataclass(frozen=True, slots=True)
class StrikeRules:
    """Strikes.  # rule F2"""

    counts: frozenset[Act] = frozenset({Act.NO_SHOW, Act.CANCELLED_LATE})
    """Which acts are breaches."""
    within_months: int = field(default=12, metadata={"least": 1, "most": 60})
    """Calendar months within which breaches are counted together (ours)."""
    warn_at: int = field(default=2, metadata={"least": 1, "most": 100})
    blacklist_at: int = field(default=3, metadata={"least": 1, "most": 100})
    suspend_at: int = field(default=4, metadata={"least": 1, "most": 100})
    """Above three; 1 is the strict variant: at the first no-show."""
    suspended_days: int = field(default=90, metadata={"least": 1, "most": 3650})
    staff_reactivate: bool = False
    blacklisted_may_book: bool = True
    """The blacklist is a list that staff see and the last warning; false makes it a bar as well (ours)."""


@dataclass(frozen=True, slots=True)
class AllowanceRules:
    """Allowance.  # rule F6"""

    counts: frozenset[Act] = frozenset({Act.NO_SHOW})
    """Which acts take one booking off the allowance of rule D3."""
    within_days: int = field(default=30, metadata={"least": 1, "most": 3650})
    """Days for which the allowance stays smaller, the day of the act counted (ours)."""
    changes_at: int = field(default=4, metadata={"least": 1, "most": 1000})
    """The change that restricts (ours)."""
    grabs_at: int = field(default=1, metadata={"least": 1, "most": 1000})
    """The grab that restricts (ours)."""
    changes_within_days: int = field(default=30, metadata={"least": 1, "most": 3650})
    """Days within which changes, and grabs, are counted together (ours)."""
    restricted_days: int = field(default=30, metadata={"least": 1, "most": 3650})
    """Days without booking, the first day counted (ours)."""


@dataclass(frozen=True, slots=True)
class CreditPolicy:
    """Trust (信誉度) at one hospital.  # rules F1-F6"""

    scheme: Scheme = Scheme.LENIENT
    points: PointRules = PointRules()
    strikes: StrikeRules = StrikeRules()
    allowance: AllowanceRules = AllowanceRules()
    provisional_days: int = field(default=7, metadata={"least": 0, "most": 60})
    """Days after which a provisional no-show stands even if a terminal has not delivered.  # rule G9"""
    appeal_days: int = field(default=30, metadata={"least": 0, "most": 3650})
    """Days in which an entry can be appealed, its own day counted; 0: no appeal on line (ours).  # rule F3"""


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """A value that no hospital can mean. `path` is dotted (`points.start`)."""

    path: str
    got: int
    least: int
    most: int


def wrong_settings(policy: CreditPolicy) -> tuple[WrongSetting, ...]:
    """Every value outside its range, and thresholds that stand in the wrong order; empty when all are right."""
    found: list[WrongSetting] = []
    parts = (("", policy), ("points.", policy.points), ("strikes.", policy.strikes), ("allowance.", policy.allowance))
    for prefix, part in parts:
        for it in fields(part):
            if not it.metadata:
                continue
            got, least, most = getattr(part, it.name), it.metadata["least"], it.metadata["most"]
            if not least <= got <= most:
                found.append(WrongSetting(prefix + it.name, got, least, most))
    strikes = policy.strikes
    if strikes.suspend_at > 1 and not strikes.warn_at <= strikes.blacklist_at <= strikes.suspend_at:
        found.append(WrongSetting("strikes.blacklist_at", strikes.blacklist_at, strikes.warn_at, strikes.suspend_at))
    return tuple(found)
