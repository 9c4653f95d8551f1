"""When the wanted doctor is full or stopped: that doctor's next session, and doctors of the same kind (rule D6).

Only sessions with a free place that can be booked are suggested, never a stopped, full, past or hidden one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from booking.policy.before import SuggestPolicy
from booking.roster.plans import ClinicKind, Rank

_STARS = 5
_USUAL_SESSIONS = 4
_USUAL_RATINGS = 5
"""A doctor of whom little is known counts as an ordinary one: as much is added of what is usual among the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A session as far as suggesting it goes."""

    session_id: UUID
    doctor_id: UUID
    speciality: str
    kind: ClinicKind
    rank: Rank
    starts_ms: int
    closes_ms: int
    """Until then it can be booked.  # rule D1"""
    free: int
    """Free for whoever asks, in the channel's quota and the common pool."""
    opens_ms: int = 0
    """From then on it can be booked.  # rule C5"""
    is_stopped: bool = False
    is_offered: bool = True
    """Not switched off, with its doctor and department.  # rule C12"""


@dataclass(frozen=True, slots=True)
class Past:
    """What a doctor's sessions of the last months were like."""

    sessions: int = 0
    full: int = 0
    stopped: int = 0
    ratings: int = 0
    stars: int = 0
    """The sum of all ratings, one to five each."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A session to take instead, and what ranked its doctor; None where nothing is known yet."""

    offer: Offer
    full_percent: int | None
    stopped_percent: int | None
    rating_tenths: int | None


def can_be_booked(offer: Offer, now_ms: int) -> bool:
    """Whether it may be shown at all.  # rules C12, D6, H1"""
    is_open = offer.opens_ms <= now_ms <= offer.closes_ms
    return is_open and offer.free > 0 and offer.is_offered and not offer.is_stopped


def next_of_same_doctor(wanted: Offer, offers: Iterable[Offer], now_ms: int) -> Offer | None:
    """The wanted doctor's next session with free places.  # rule D6"""
    own = (it for it in offers if it.doctor_id == wanted.doctor_id and it.session_id != wanted.session_id)
    return min(
        (it for it in own if can_be_booked(it, now_ms)), key=lambda it: (it.starts_ms, it.session_id), default=None
    )


def same_kind(
    wanted: Offer, offers: Iterable[Offer], past: Mapping[UUID, Past], *, policy: SuggestPolicy, now_ms: int
) -> tuple[Suggestion, ...]:
    """Doctors of the same speciality, rank and kind of clinic, each with the next free session, the best first.

    Rarely full, rarely stopped and well rated is better; of two alike the earlier session goes first.  # rule D6
    """
    soonest: dict[UUID, Offer] = {}
    for offer in sorted(offers, key=lambda it: (it.starts_ms, it.session_id)):
        if offer.doctor_id != wanted.doctor_id and _is_like(offer, wanted) and can_be_booked(offer, now_ms):
            soonest.setdefault(offer.doctor_id, offer)
    known = {doctor: past.get(doctor, Past()) for doctor in soonest}
    usual = _together(known.values())
    merits = {doctor: _merit(it, usual, policy) for doctor, it in known.items()}
    ranked = sorted(soonest.values(), key=lambda it: (-merits[it.doctor_id], it.starts_ms, it.session_id))
    return tuple(_suggestion(it, known[it.doctor_id]) for it in ranked[: policy.most])


def _is_like(offer: Offer, wanted: Offer) -> bool:
    return (offer.speciality, offer.rank, offer.kind) == (wanted.speciality, wanted.rank, wanted.kind)


def _together(all_past: Iterable[Past]) -> Past:
    """What is usual among these doctors."""
    found = Past()
    for it in all_past:
        sessions, full, stopped = found.sessions + it.sessions, found.full + it.full, found.stopped + it.stopped
        found = Past(sessions, full, stopped, found.ratings + it.ratings, found.stars + it.stars)
    return found


def _merit(past: Past, usual: Past, policy: SuggestPolicy) -> Fraction:
    """From 0 to the sum of the weights. Exact, so that every computer ranks alike."""
    full = _share(past.full, past.sessions, Fraction(usual.full, usual.sessions or 1), _USUAL_SESSIONS)
    stopped = _share(past.stopped, past.sessions, Fraction(usual.stopped, usual.sessions or 1), _USUAL_SESSIONS)
    stars = _share(past.stars, past.ratings, Fraction(usual.stars, usual.ratings or 1), _USUAL_RATINGS) / _STARS
    return (
        policy.rarely_full_weight * (1 - full)
        + policy.rarely_stopped_weight * (1 - stopped)
        + policy.rating_weight * stars
    )


def _share(count: int, of: int, usual: Fraction, weight: int) -> Fraction:
    return (count + usual * weight) / Fraction(of + weight)


def _suggestion(offer: Offer, past: Past) -> Suggestion:
    has_sat, is_rated = past.sessions > 0, past.ratings > 0
    return Suggestion(
        offer,
        full_percent=past.full * 100 // past.sessions if has_sat else None,
        stopped_percent=past.stopped * 100 // past.sessions if has_sat else None,
        rating_tenths=past.stars * 10 // past.ratings if is_rated else None,
    )
