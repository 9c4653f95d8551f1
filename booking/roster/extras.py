"""Places above capacity (rule C14): slots of their own kind, numbered behind all others, counted apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from booking.roster.places import Extra, ExtraKind, Places
from booking.roster.settings import ExtraPolicy
from booking.roster.steps import Declined, Step, Why


@dataclass(frozen=True, slots=True)
class Allowance:
    """Which member of staff allows it, and why. Whether that person has the right is the caller's to know."""

    by: str
    why: str


def add_on(places: Places, booking_id: UUID, allowance: Allowance, policy: ExtraPolicy) -> Step:
    """Staff add a place for one booking, up to the set number a session. A kiosk never does.  # rule C14"""
    if places.is_stopped:
        return Declined(Why.SESSION_STOPPED)
    standing = sum(extra.kind is ExtraKind.ADD_ON for extra in places.extras)
    if standing >= policy.add_ons_per_session:
        return Declined(Why.NO_ADD_ON_LEFT)
    return _extra(places, ExtraKind.ADD_ON, booking_id, allowance)


def overflow(places: Places, booking_id: UUID, allowance: Allowance) -> Step:
    """A patient holds a number in good faith that somebody else has: nobody is sent away.  # sync C5

    It has no set number and a stopped session takes it too: its patient is settled with the others.
    """
    return _extra(places, ExtraKind.OVERFLOW, booking_id, allowance)


def add_ons_left(places: Places, policy: ExtraPolicy) -> int:
    """How many places staff may still add.  # rule C14"""
    standing = sum(extra.kind is ExtraKind.ADD_ON for extra in places.extras)
    return max(0, policy.add_ons_per_session - standing)


def _extra(places: Places, kind: ExtraKind, booking_id: UUID, allowance: Allowance) -> Step:
    if not allowance.by or not allowance.why:
        return Declined(Why.REASON_MISSING)
    no = places.last_no + 1
    extra = Extra(no, kind, booking_id, allowance.by, allowance.why)
    return replace(places, extras=(*places.extras, extra), last_no=no, numbers_given=places.numbers_given + 1)
