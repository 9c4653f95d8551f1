"""What a terminal's mirror holds of the person of a booking besides what screens show, version 1. Part of the wire.

Nothing readable: kinds of documents, ids, days and figures. What rules ask of a person off line is here; what is not
here (an exact birthday, orders, bookings outside the mirror's days) a terminal does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantHeld:
    """A priority group that staff granted, and its last day.  # rule C8"""

    group: str
    """A `policy.PriorityGroup`."""
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingHeld:
    """What the credit rules said of a person when the row was made; as `decide.Standing`.  # rules F1, F2, F6"""

    suspended_until: str | None = None
    restricted_until: str | None = None
    allowance_lost: int = 0
    awaits_reactivation: bool = False
    is_barred_by_blacklist: bool = False
    balance: int | None = None
    """Of points, where the hospital counts points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonHeld:
    """The hospital's copy of a person, as far as a terminal may hold it.  # rule A4"""

    documents: tuple[str, ...] = ()
    """`people.DocumentKind`s; the first one counts (rule A3). Empty: the copy does not say."""
    is_verified: bool = True
    is_reachable: bool = True
    grants: tuple[GrantHeld, ...] = ()
    guardian_ids: tuple[UUID, ...] = field(default=(), repr=False)
    """Who may act for this person.  # rule A5"""
    standing: StandingHeld | None = None
    """None: nothing is said against them."""
