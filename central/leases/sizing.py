"""How much of which sessions a terminal is lent, and what it should give back. Pure: it knows no store.

A terminal is lent what it lately sold of such sessions and half as much again, at least one place of each, spread over
the days of the promise; never more than the sessions' shares leave.  # sync C4; rule C5
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from itertools import zip_longest
from uuid import UUID

from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.given import Place
from booking.decide.orders import EXAMINATIONS
from booking.decide.when import cut_off_ms, released_ms
from booking.lending import places_to_lend
from booking.policy import CutOff, Policy, WhenUnknown
from booking.roster.plans import ClinicKind

HOUR_MS = 60 * MINUTE_MS
_NEAR_MS = 2 * HOUR_MS
_FEW = 2
"""So near its end, and with so few places left, a session's places are better free than lent; nor does one terminal
keep more of them."""
_END_OF_DAY_MIN = 1440
CANDIDATES = 120
"""Sessions that one ask looks at, however many the hospital has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """One session's places for one purpose: booking, or walking in."""

    own: int = 0
    """That may be lent of the terminals' quota, or of the places for walk-ins."""
    own_lent: int = 0
    own_places: int = 0
    common: int = 0
    """That may be lent of the common ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What there is of a session, and what the asking terminal has of it."""

    session_id: UUID
    department_id: UUID
    service_date: date
    starts_ms: int
    ends_ms: int
    kind: ClinicKind
    is_offered: bool = True
    """Neither stopped nor switched off."""
    bookable: Pools = Pools()
    walk_in: Pools = Pools()
    common_lent: int = 0
    common_places: int = 0
    waiting: int = 0
    """People on the waiting list."""
    held: int = 0
    held_for_walk_ins: int = 0

    def place(self, starts_ms: int) -> Place:
        """One of its places, as the rules take it."""
        return Place(
            service_date=self.service_date,
            starts_ms=starts_ms,
            ends_ms=self.ends_ms,
            department=str(self.department_id),
            kind=self.kind,
            session_ends_ms=self.ends_ms,
        )

    def held_of(self, *, is_for_walk_ins: bool) -> int:
        """How many places the terminal has for this purpose."""
        return self.held_for_walk_ins if is_for_walk_ins else self.held


@dataclass(frozen=True, slots=True)
class Line:
    """A session that may come into question."""

    session_id: UUID
    department_id: UUID
    service_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Who asks: what the terminal sold lately, by department and whether to walk-ins."""

    lot: bytes
    """Of terminal and request: what the terminal never sold comes in an order of its own."""
    sold: Mapping[tuple[UUID, bool], int]
    first_choice: frozenset[UUID] = frozenset()
    """Departments whose patients of a stopped clinic are choosing now: common places are theirs first.  # rule H1"""
    sessions: Mapping[UUID, int] = field(default_factory=dict)
    """How many sessions a department has in the days of the promise."""

    def rank(self, session_id: UUID, department_id: UUID) -> tuple[int, bytes]:
        """Those first of whose department the terminal sold most."""
        sold = self.sold.get((department_id, False), 0) + self.sold.get((department_id, True), 0)
        return -sold, hashlib.sha256(self.lot + session_id.bytes).digest()

    def among(self, lines: Sequence[Line]) -> Need:
        """The same, with what the sessions are."""
        return replace(self, sessions=Counter(it.department_id for it in lines))

    def candidates(self, lines: Sequence[Line], held: Collection[UUID]) -> list[UUID]:
        """The sessions that are looked at, of each day in turn. One that the terminal has something of is looked at
        again only where it sells.
        """
        days: defaultdict[str, list[tuple[tuple[int, bytes], UUID]]] = defaultdict(list)
        for it in lines:
            rank = self.rank(it.session_id, it.department_id)
            if rank[0] < 0 or it.session_id not in held:
                days[it.service_date].append((rank, it.session_id))
        turns = zip_longest(*(sorted(days[day]) for day in sorted(days)))
        return [it[1] for turn in turns for it in turn if it is not None][:CANDIDATES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """So many more places of a session are to be lent, of which pool."""

    session_id: UUID
    is_for_walk_ins: bool
    of_own: int
    of_common: int


@dataclass(frozen=True, slots=True)
class Lending:
    """The rules at this instant."""

    policy: Policy
    zone: tzinfo
    now_ms: int

    @property
    def promise_ms(self) -> int:
        """So long terminals sell without being heard."""
        return self.policy.lending.good_for_hours * HOUR_MS

    def last_sale_ms(self, of: Stock, *, starts_ms: int, is_for_walk_ins: bool) -> int:
        """Until when a terminal may sell the place that starts then.  # rules D1, G4"""
        if is_for_walk_ins:
            return of.ends_ms - self.policy.walk_in.ends_before_min * MINUTE_MS
        last_day = days_on(of.service_date, -self.policy.window.earliest_days)
        return min(
            cut_off_ms(self.policy, of.place(starts_ms), self.zone), instant(last_day, _END_OF_DAY_MIN, self.zone)
        )

    def good_for_ms(self, last_sale_ms: int) -> int:
        """From now on."""
        return max(0, min(self.promise_ms, last_sale_ms - self.now_ms))

    def sold_from_ms(self) -> int:
        """Places that start before this instant are past booking."""
        window = self.policy.window
        is_by_start = window.cut_off is CutOff.BEFORE_START
        return self.now_ms + (window.cut_off_before_min * MINUTE_MS if is_by_start else 0)

    def wanted(self, stocks: Iterable[Stock], need: Need) -> list[Wanted]:
        """All that the terminal should be lent now, the most wanted first, up to what one terminal may have."""
        known = list(stocks)
        room = self.policy.lending.most_places - sum(it.held + it.held_for_walk_ins for it in known)
        found: list[Wanted] = []
        taken: Counter[UUID] = Counter()
        for one, is_for_walk_ins in _in_turn(known, need):
            of = _without(one, taken[one.session_id])
            more = self._more(of, need, is_for_walk_ins=is_for_walk_ins)
            if more is None:
                continue
            room -= more.of_own + more.of_common
            if room < 0:
                break
            taken[of.session_id] += more.of_common
            found.append(more)
        return found

    def is_unwanted(self, of: Stock, *, is_for_walk_ins: bool) -> bool:
        """Whether what is lent of the session had better come back: nobody may sell it, or others need it more."""
        last_ms = self.last_sale_ms(of, starts_ms=of.ends_ms, is_for_walk_ins=is_for_walk_ins)
        if not self._may_sell(of, is_for_walk_ins=is_for_walk_ins) or self.now_ms > last_ms:
            return True
        return not is_for_walk_ins and (self._is_scarce(of, last_ms) or self._is_much(of, last_ms))

    def _more(self, of: Stock, need: Need, *, is_for_walk_ins: bool) -> Wanted | None:
        last_ms = self.last_sale_ms(of, starts_ms=of.ends_ms, is_for_walk_ins=is_for_walk_ins)
        if self.is_unwanted(of, is_for_walk_ins=is_for_walk_ins) or self._is_in_rush(of):
            return None
        own, common = self._shares(of, need, is_for_walk_ins=is_for_walk_ins)
        ends_ms = of.ends_ms if is_for_walk_ins else max(of.starts_ms, last_ms)
        demand = self._demand(of, need, is_for_walk_ins=is_for_walk_ins)
        target = places_to_lend(demand=demand, remaining=own + common, starts_in_ms=ends_ms - self.now_ms)
        more = target - of.held_of(is_for_walk_ins=is_for_walk_ins)
        if more <= 0:
            return None
        of_own = min(own, more)
        return Wanted(session_id=of.session_id, is_for_walk_ins=is_for_walk_ins, of_own=of_own, of_common=more - of_own)

    def _shares(self, of: Stock, need: Need, *, is_for_walk_ins: bool) -> tuple[int, int]:
        """How many places more may be lent of its own pool, and of the common one."""
        lending = self.policy.lending
        pools = of.walk_in if is_for_walk_ins else of.bookable
        own = pools.own
        if is_for_walk_ins:
            own = min(own, _part(pools.own_places, lending.of_walk_in_percent) - pools.own_lent)
        common = min(pools.common, _part(of.common_places, lending.of_common_percent) - of.common_lent)
        if of.department_id in need.first_choice or (is_for_walk_ins and pools.own_places):
            common = 0
        return max(0, own), max(0, common)

    @staticmethod
    def _demand(of: Stock, need: Need, *, is_for_walk_ins: bool) -> int:
        """What the terminal sold of the department, spread over its sessions."""
        sold = need.sold.get((of.department_id, is_for_walk_ins), 0)
        return -(-sold // max(1, need.sessions.get(of.department_id, 1)))

    def _may_sell(self, of: Stock, *, is_for_walk_ins: bool) -> bool:
        rights, policy = self.policy.channels.kiosk, self.policy
        if not (policy.lending.on and rights.on and of.is_offered):
            return False
        if of.kind in EXAMINATIONS and policy.unknown.order is WhenUnknown.REFUSE:
            return False  # off line no terminal knows a doctor's order
        return rights.may_walk_in and policy.walk_in.on if is_for_walk_ins else rights.may_book

    def _is_scarce(self, of: Stock, last_ms: int) -> bool:
        left = of.bookable.own + of.bookable.common
        return of.waiting > 0 or (last_ms - self.now_ms <= _NEAR_MS and left <= _FEW)

    def _is_much(self, of: Stock, last_ms: int) -> bool:
        return of.held > _FEW and last_ms - self.now_ms <= _NEAR_MS

    def _is_in_rush(self, of: Stock) -> bool:
        """While the turns are given out nothing is lent.  # rule C7"""
        opens_ms = released_ms(self.policy, of.place(of.starts_ms), self.zone)
        return opens_ms <= self.now_ms < opens_ms + self.policy.window.rush_min * MINUTE_MS


def _in_turn(stocks: Iterable[Stock], need: Need) -> list[tuple[Stock, bool]]:
    """Each session for each purpose: one of each day in turn, those first of which the terminal sold most. What it
    never sold comes in an order of its own, so that not all terminals are lent of the same sessions.
    """
    days: defaultdict[date, list[Stock]] = defaultdict(list)
    for it in stocks:
        days[it.service_date].append(it)
    for its in days.values():
        its.sort(key=lambda it: need.rank(it.session_id, it.department_id))
    ordered = [[(it, is_walk_in) for it in days[day]] for day in sorted(days) for is_walk_in in (False, True)]
    return [one for turn in zip_longest(*ordered) for one in turn if one is not None]


def _without(of: Stock, taken: int) -> Stock:
    """The session without so many common places, which go to another purpose of the same terminal."""
    if not taken:
        return of
    bookable = replace(of.bookable, common=max(0, of.bookable.common - taken))
    walk_in = replace(of.walk_in, common=max(0, of.walk_in.common - taken))
    return replace(of, bookable=bookable, walk_in=walk_in, common_lent=of.common_lent + taken)


def _part(places: int, percent: int) -> int:
    """One at least, where there is any share."""
    return -(-places * percent // 100)


def sold_by(rows: Iterable[tuple[UUID, bool, int]]) -> Mapping[tuple[UUID, bool], int]:
    """What a terminal sold lately, from rows of department, whether to a walk-in, and how many."""
    sold: Counter[tuple[UUID, bool]] = Counter()
    for department_id, is_walk_in, count in rows:
        sold[department_id, is_walk_in] += count
    return sold
