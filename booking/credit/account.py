"""A person's trust on one day: balance, standing, suspension, and each entry with its reason.  # rules F1, F2, F3, F6

A pure function of policy, ledger and day. Being suspended bars from booking, and from registering for today anywhere
but at the registration window (G4); bookings made before can always be checked in, so nothing here speaks of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from booking.credit.ledger import Appeal, Blacklisted, Entry, Ledger, Reading, Reinstated, Standing, read_ledger
from booking.credit.settings import Act, CreditPolicy, Scheme
from booking.credit.windows import Suspension, Track, Walked, Window, walk

_ONCE_A_BOOKING = frozenset({Act.NO_SHOW, Act.LATE, Act.CANCELLED, Act.CANCELLED_LATE, Act.LAPSED})


class Level(StrEnum):
    """How a person stands."""

    GOOD = "good"
    WARNED = "warned"
    BLACKLISTED = "blacklisted"
    SUSPENDED = "suspended"
    AWAITING_REACTIVATION = "awaiting_reactivation"
    """The days are over; staff reactivate on sight of a document.  # rule F1"""
    RESTRICTED = "restricted"
    """For grabbing or frequent changing.  # rule F6"""


class LineState(StrEnum):
    """Why an entry costs something today, or does not."""

    COUNTS = "counts"
    FREE = "free"
    """Costs nothing at this hospital."""
    PROVISIONAL = "provisional"
    VOIDED = "voided"
    ARRIVED = "arrived"
    NOT_THE_PATIENT = "not_the_patient"
    ONCE_A_BOOKING = "once_a_booking"
    """A dearer entry of the same booking counts."""
    LAPSED = "lapsed"
    SETTLED = "settled"
    """Done away with by a fresh start or a suspension that was served, or fell into one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the patient sees it.  # rule F3"""

    entry: Entry
    state: LineState
    cost: int
    """Points, strikes or bookings that it takes today; 0 unless it counts."""
    lapses_on: date | None
    """The first day on which it counts no more; None: it does not count, or only a fresh start ends it."""
    appeal: Appeal
    appeal_until: date | None
    """The last day to appeal; None when there is nothing to appeal, or no more."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's trust at the end of a day, as far as the ledger at hand knows."""

    scheme: Scheme
    day: date
    level: Level
    may_book: bool
    """Here and in every channel; also registering for today, except at the registration window.  # rules F1, G4"""
    balance: int | None
    """Points left; None where the hospital keeps none."""
    strikes: int
    bookings_off: int
    """What no-shows take off the limits of rule D3 today."""
    suspension: Suspension | None
    lines: tuple[Line, ...]
    """Newest first."""

    @property
    def may_be_reactivated(self) -> bool:
        """Whether the customer-service centre or first-visit desk may reactivate now.  # rule F1"""
        return self.level is Level.AWAITING_REACTIVATION


def cost_of(policy: CreditPolicy, act: Act) -> int:
    """What this act takes where it counts: points, one strike, or one booking.  # rules F1, F2, F6"""
    match policy.scheme:
        case Scheme.LENIENT:
            return 0
        case Scheme.POINTS:
            points = policy.points
            return {
                Act.NO_SHOW: points.no_show,
                Act.LATE: points.late,
                Act.CANCELLED: points.cancelled,
                Act.CANCELLED_LATE: points.cancelled_late,
                Act.LAPSED: points.lapsed,
            }.get(act, 0)
        case Scheme.STRIKES:
            return int(act in policy.strikes.counts)
        case Scheme.ALLOWANCE:
            return int(act in policy.allowance.counts)


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """What an account is made of, worked out once."""

    policy: CreditPolicy
    today: date
    read: Standing
    costs: Mapping[Act, int]
    tracks: tuple[Track, ...]
    walked: tuple[Walked, ...]


def account_of(policy: CreditPolicy, ledger: Ledger, today: date) -> Account:
    """How this person stands today.  # rules F1, F2, F3, F6"""
    read = read_ledger(ledger, today, provisional_days=policy.provisional_days)
    costs = {act: cost_of(policy, act) for act in Act}
    tracks = _tracks(policy, read, _counted(costs, read))
    walked = tuple(walk(read.turns, track, today) for track in tracks)
    suspension = max(
        (it.suspension for it in walked if it.suspension is not None),
        key=lambda it: (it.free_from, it.because),
        default=None,
    )
    lost = sum(tracks[0].weights[it.id] for it in walked[0].counting)
    level = _level(policy, suspension, today, strikes=lost, is_listed=_is_listed(read))
    is_barred = suspension is not None or (level is Level.BLACKLISTED and not policy.strikes.blacklisted_may_book)
    reckoning = _Reckoning(policy, today, read, costs, tracks, walked)
    return Account(
        scheme=policy.scheme,
        day=today,
        level=level,
        may_book=not is_barred,
        balance=max(policy.points.start - lost, 0) if policy.scheme is Scheme.POINTS else None,
        strikes=lost if policy.scheme is Scheme.STRIKES else 0,
        bookings_off=lost if policy.scheme is Scheme.ALLOWANCE else 0,
        suspension=suspension,
        lines=tuple(_line(reckoning, it) for it in reversed(read.turns) if isinstance(it, Entry)),
    )


def _counted(costs: Mapping[Act, int], read: Standing) -> dict[str, int]:
    """Entry id -> its cost, for entries that stand and cost. One booking costs once: by its dearest entry."""
    dearest: dict[str, Entry] = {}
    counted: dict[str, int] = {}
    for it in read.turns:
        if not isinstance(it, Entry) or read.readings[it.id] is not Reading.STANDS or not costs[it.act]:
            continue
        if it.booking and it.act in _ONCE_A_BOOKING:
            other = dearest.get(it.booking)
            if other is not None and costs[other.act] >= costs[it.act]:
                continue
            if other is not None:
                del counted[other.id]
            dearest[it.booking] = it
        counted[it.id] = costs[it.act]
    return counted


def _tracks(policy: CreditPolicy, read: Standing, counted: Mapping[str, int]) -> tuple[Track, ...]:
    """What is counted together. The first track is the one whose sum is shown."""
    points, strikes, allowance = policy.points, policy.strikes, policy.allowance
    match policy.scheme:
        case Scheme.LENIENT:
            return (Track(counted, Window()),)
        case Scheme.POINTS:
            months = Window(months=points.within_months)
            return (Track(counted, months, points.start, points.suspended_days, points.staff_reactivate),)
        case Scheme.STRIKES:
            months = Window(months=strikes.within_months)
            return (Track(counted, months, strikes.suspend_at, strikes.suspended_days, strikes.staff_reactivate),)
        case Scheme.ALLOWANCE:
            days = Window(days=allowance.changes_within_days)
            limits = {Act.CHANGED: allowance.changes_at, Act.GRABBED: allowance.grabs_at}
            return (
                Track(counted, Window(days=allowance.within_days)),
                *(Track(_all_of(read, act), days, at, allowance.restricted_days) for act, at in limits.items()),
            )


def _all_of(read: Standing, act: Act) -> dict[str, int]:
    return {
        it.id: 1
        for it in read.turns
        if isinstance(it, Entry) and it.act is act and read.readings[it.id] is Reading.STANDS
    }


def _is_listed(read: Standing) -> bool:
    """Whether staff put the person on the blacklist and nobody lifted it since.  # rule F2"""
    staff = [it for it in read.turns if isinstance(it, Blacklisted | Reinstated)]
    return bool(staff) and isinstance(staff[-1], Blacklisted)


def _level(policy: CreditPolicy, suspension: Suspension | None, today: date, *, strikes: int, is_listed: bool) -> Level:
    if suspension is not None:
        if policy.scheme is Scheme.ALLOWANCE:
            return Level.RESTRICTED
        return Level.SUSPENDED if today < suspension.free_from else Level.AWAITING_REACTIVATION
    if policy.scheme is Scheme.STRIKES:
        if is_listed or strikes >= policy.strikes.blacklist_at:
            return Level.BLACKLISTED
        if strikes >= policy.strikes.warn_at:
            return Level.WARNED
    return Level.GOOD


def _line(it: _Reckoning, entry: Entry) -> Line:
    state = _state_of(it, entry)
    lapses_on: date | None = None
    if state is LineState.COUNTS:
        track, end = next(pair for pair in zip(it.tracks, it.walked, strict=True) if entry in pair[1].counting)
        lapses_on = track.window.lapses_on(entry.day)
        if end.suspension is not None:
            lapses_on = None if end.suspension.needs_staff else end.suspension.free_from
    appeal_until = entry.day + timedelta(days=it.policy.appeal_days - 1)
    is_open = state in (LineState.COUNTS, LineState.PROVISIONAL) and it.today <= appeal_until
    return Line(
        entry=entry,
        state=state,
        cost=it.costs[entry.act] if entry in it.walked[0].counting else 0,
        lapses_on=lapses_on,
        appeal=it.read.appeals.get(entry.id, Appeal.NONE),
        appeal_until=appeal_until if is_open else None,
    )


_STATE_OF_READING = {
    Reading.PROVISIONAL: LineState.PROVISIONAL,
    Reading.VOIDED: LineState.VOIDED,
    Reading.ARRIVED: LineState.ARRIVED,
    Reading.NOT_THE_PATIENT: LineState.NOT_THE_PATIENT,
}


def _state_of(it: _Reckoning, entry: Entry) -> LineState:
    reading = it.read.readings[entry.id]
    if reading is not Reading.STANDS:
        return _STATE_OF_READING[reading]
    if not any(entry.id in track.weights for track in it.tracks):
        return LineState.ONCE_A_BOOKING if it.costs[entry.act] else LineState.FREE
    if any(entry in end.counting for end in it.walked):
        return LineState.COUNTS
    return LineState.SETTLED if any(entry.id in end.settled for end in it.walked) else LineState.LAPSED
