"""Answering a terminal that asks what it may sell without the server.

What it should have is first read, where nobody waits for it; only where something is to be lent, a piece of its own
does it, and works it out anew of the sessions concerned. Pieces of one hospital come one after the other: its row is
taken first. So no two of them lend the same share. A place is lent by one conditional change of its row; whoever wants
it at the same instant finds it taken, or we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.decide.clock import MINUTE_MS
from booking.roster.states import SlotState
from booking.wire_lease import Lease, LeaseAsk, LeaseGrant
from central.appointments.numbers import draw_lent_number
from central.appointments.tables import booking
from central.keys import Keys, LookupHash
from central.leases.holdings import NUMBERS_A_PLACE, SEALED_AS, everything_lent, lacking_numbers
from central.leases.places import LeaseState, PlaceState
from central.leases.sizing import Lending, Need, Stock, Wanted
from central.leases.stock import MAY_BE_LENT, OWN_POOL, read_lines, read_need, read_stocks
from central.leases.tables import lease, lease_number, lease_place
from central.moment import Moment
from central.policies.service import policy_in_force
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import hospital, slot
from central.terminals.caller import Caller
from central.writer import Overtaken

MOST_AT_ONCE = 40
"""Sessions that one ask is lent of; for more the terminal asks again."""
_SOON_MS = 2_000
_SPREAD_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """A terminal's question as it came."""

    caller: Caller
    ask: LeaseAsk
    keys: Keys
    moment: Moment


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the terminal would be told if nothing were lent to it, and what should be lent."""

    grant: LeaseGrant
    wanted: Sequence[Wanted]
    need: Need
    lacking: Mapping[UUID, int]
    """Booking numbers, by lease."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is to be lent, or the request was answered with a loan before."""
        return not self.wanted and not self.lacking


@dataclass(frozen=True, slots=True)
class _Hospital:
    code: str
    lookup: LookupHash
    lending: Lending


def look(connection: sa.Connection, it: Ask) -> Outlook:
    """The answer as things are."""
    here = _hospital(connection, it)
    lent = everything_lent(connection, it.caller, here.lending, it.keys.seal)
    need = read_need(connection, it.caller, here.lending, it.ask.request_id)
    held = {one.session_id for one in lent}
    chosen: list[UUID] = []
    if sum(len(one.places) for one in lent) < here.lending.policy.lending.most_places:
        lines = read_lines(connection, it.caller, here.lending)
        need = need.among(lines)
        chosen = need.candidates(lines, held)
    stocks = read_stocks(connection, it.caller, here.lending, held.union(chosen))
    wanted = here.lending.wanted(stocks, need)
    is_all = len(wanted) <= MOST_AT_ONCE
    if _was_granted(connection, it):
        is_all, wanted = not wanted, []
    of = {one.session_id: one for one in stocks}
    back = [one.id for one in lent if _should_come_back(one, of.get(one.session_id), here.lending)]
    return Outlook(_grant(it, here.lending, lent, back, is_all=is_all), wanted, need, lacking_numbers(lent))


def lend(connection: sa.Connection, it: Ask, outlook: Outlook) -> LeaseGrant:
    """Lend what is still to be had of what the outlook wants, and answer. Raises Overtaken."""
    here = _hospital(connection, it, is_taken=True)
    if not _was_granted(connection, it):
        chosen = outlook.wanted[:MOST_AT_ONCE]
        stocks = read_stocks(connection, it.caller, here.lending, {one.session_id for one in chosen})
        now = here.lending.wanted(stocks, outlook.need)
        _lend_all(connection, it, here, stocks, _both(chosen, now))
    lent = everything_lent(connection, it.caller, here.lending, it.keys.seal)
    lacking = lacking_numbers(lent)
    if lacking:
        _draw_numbers(connection, it, here, lacking)
        lent = everything_lent(connection, it.caller, here.lending, it.keys.seal)
    still = {one.id for one in lent}
    back = [lease_id for lease_id in outlook.grant.give_back if lease_id in still]
    return _grant(it, here.lending, lent, back, is_all=len(outlook.wanted) <= MOST_AT_ONCE)


def _both(first: Iterable[Wanted], now: Iterable[Wanted]) -> list[Wanted]:
    """What was wanted at first sight, as far as it is to be had now."""
    still = {(it.session_id, it.is_for_walk_ins): it for it in now}
    found = []
    for it in first:
        have = still.get((it.session_id, it.is_for_walk_ins))
        if have is not None:
            most = min(it.of_own + it.of_common, have.of_own + have.of_common)
            of_own = min(have.of_own, most)
            found.append(replace(have, of_own=of_own, of_common=most - of_own))
    return found


def _hospital(connection: sa.Connection, it: Ask, *, is_taken: bool = False) -> _Hospital:
    query = sa.select(hospital.c.group_id, hospital.c.code, hospital.c.time_zone).where(
        hospital.c.hospital_id == it.caller.hospital_id
    )
    row = connection.execute(query.with_for_update(key_share=True) if is_taken else query).one()
    policy = policy_in_force(connection, it.caller.hospital_id, it.moment.now_ms)
    lending = Lending(policy, ZoneInfo(row.time_zone), it.moment.now_ms)
    return _Hospital(row.code, it.keys.lookup(row.group_id), lending)


def _was_granted(connection: sa.Connection, it: Ask) -> bool:
    query = sa.select(lease.c.lease_id).where(
        lease.c.hospital_id == it.caller.hospital_id,
        lease.c.terminal_id == it.caller.terminal_id,
        lease.c.request_id == it.ask.request_id,
    )
    return connection.execute(query.limit(1)).one_or_none() is not None


def _lend_all(
    connection: sa.Connection, it: Ask, here: _Hospital, stocks: Iterable[Stock], wanted: Iterable[Wanted]
) -> None:
    """A lease for each."""
    given = []
    for one in wanted:
        places = _choose(connection, it, here.lending, one)
        if places:
            lease_id = it.moment.new_id()
            _take(connection, it.caller.hospital_id, one.session_id, [place.no for place in places], lease_id)
            given.append((lease_id, one, places))
    if not given:
        return
    tenant = {"hospital_id": it.caller.hospital_id}
    of = {one.session_id: one for one in stocks}
    connection.execute(
        lease.insert(),
        [tenant | _lease_row(it, here, lease_id, one, of[one.session_id], places) for lease_id, one, places in given],
    )
    connection.execute(
        lease_place.insert(),
        [
            tenant
            | {
                "lease_id": lease_id,
                "no": place.no,
                "state": PlaceState.LENT.value,
                "booking_id": None,
                "changed_ms": it.moment.now_ms,
            }
            for lease_id, _, places in given
            for place in places
        ],
    )
    _draw_numbers(connection, it, here, {lease_id: NUMBERS_A_PLACE * len(places) for lease_id, _, places in given})


def _lease_row(
    it: Ask, here: _Hospital, lease_id: UUID, one: Wanted, of: Stock, places: Sequence[Any]
) -> dict[str, object]:
    last_ms = here.lending.last_sale_ms(
        of, starts_ms=max(place.starts_ms for place in places), is_for_walk_ins=one.is_for_walk_ins
    )
    return {
        "lease_id": lease_id,
        "terminal_id": it.caller.terminal_id,
        "session_id": one.session_id,
        "request_id": it.ask.request_id,
        "state": LeaseState.ACTIVE.value,
        "is_for_walk_ins": one.is_for_walk_ins,
        "granted_ms": it.moment.now_ms,
        "good_for_ms": here.lending.good_for_ms(last_ms),
        "last_sale_ms": last_ms,
    }


def _choose(connection: sa.Connection, it: Ask, lending: Lending, wanted: Wanted) -> list[Any]:
    """The last places of the session: the first ones are what people who book on line get. One that somebody is buying
    at this instant is passed over.
    """
    starts_after_ms = lending.now_ms if wanted.is_for_walk_ins else lending.sold_from_ms()
    found: list[Any] = []
    for pool, most in ((OWN_POOL[wanted.is_for_walk_ins], wanted.of_own), (COMMON_TEXT, wanted.of_common)):
        if most:
            query = (
                sa.select(slot.c.no, slot.c.starts_ms)
                .where(
                    slot.c.hospital_id == it.caller.hospital_id,
                    slot.c.session_id == wanted.session_id,
                    slot.c.pool == pool,
                    slot.c.starts_ms > starts_after_ms,
                    MAY_BE_LENT if wanted.is_for_walk_ins else slot.c.state == SlotState.FREE.value,
                )
                .order_by(slot.c.no.desc())
                .limit(most)
                .with_for_update(skip_locked=True, key_share=True)
            )
            found += connection.execute(query).all()
    return found


def _take(connection: sa.Connection, hospital_id: UUID, session_id: UUID, nos: Sequence[int], lease_id: UUID) -> None:
    taken = connection.execute(
        slot.update()
        .where(
            slot.c.hospital_id == hospital_id, slot.c.session_id == session_id, slot.c.no.in_(tuple(nos)), MAY_BE_LENT
        )
        .values(state=SlotState.LEASED.value, blocked_for=None, lease_id=lease_id, ver=slot.c.ver + 1)
    )
    if taken.rowcount != len(nos):
        raise Overtaken


def _draw_numbers(connection: sa.Connection, it: Ask, here: _Hospital, lacking: Mapping[UUID, int]) -> None:
    """So many new booking numbers for each lease, that no booking and no other lease has."""
    drawn: dict[bytes, str] = {}
    while missing := sum(lacking.values()) - len(drawn):
        fresh = [draw_lent_number(it.moment, here.code) for _ in range(missing)]
        hashes = {here.lookup.booking(digits): digits for digits in fresh}
        for table in (booking, lease_number):
            query = sa.select(table.c.number_hash).where(
                table.c.hospital_id == it.caller.hospital_id, table.c.number_hash.in_(tuple(hashes))
            )
            for known in connection.scalars(query):
                hashes.pop(bytes(known), None)
        drawn |= hashes
    rest = iter(drawn.items())
    rows = []
    for lease_id, count in lacking.items():
        for _ in range(count):
            number_hash, digits = next(rest)
            number_id = it.moment.new_id()
            rows.append(
                {
                    "hospital_id": it.caller.hospital_id,
                    "number_id": number_id,
                    "lease_id": lease_id,
                    "number_hash": number_hash,
                    "number_sealed": it.keys.seal.seal(digits, **SEALED_AS, row=number_id),
                }
            )
    connection.execute(lease_number.insert(), rows)


def _grant(it: Ask, lending: Lending, lent: Sequence[Lease], give_back: Sequence[UUID], *, is_all: bool) -> LeaseGrant:
    every_ms = lending.policy.lending.asked_every_min * MINUTE_MS
    spread_ms = it.ask.request_id.int % (every_ms * _SPREAD_PERCENT // 100 + 1)
    return LeaseGrant(
        request_id=it.ask.request_id,
        leases=tuple(lent),
        give_back=tuple(give_back),
        ask_again_ms=every_ms - spread_ms if is_all else _SOON_MS,
    )


def _should_come_back(one: Lease, of: Stock | None, lending: Lending) -> bool:
    """Past its last sale, in a session that is over or stopped, or wanted by others."""
    if of is None or lending.now_ms > one.last_sale_ms:
        return True
    return lending.is_unwanted(of, is_for_walk_ins=one.is_for_walk_ins)
