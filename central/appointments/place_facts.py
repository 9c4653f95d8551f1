"""From rows to the facts that `booking.decide` asks for when somebody wants a place, and which place that would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Acting, Free, Held, Order, Person, Place, PlaceFacts, SessionNow, Waiting
from booking.decide.orders import EXAMINATIONS
from booking.facts import Known
from booking.people import DocumentKind
from booking.policy import Policy, PriorityGroup
from booking.roster import SlotState
from booking.roster.channels import Channel
from booking.roster.days import Calendar
from booking.roster.plans import ClinicKind
from booking.roster.pools import WALK_IN, PoolKind, channel_pool
from central.appointments.at_hand import (
    Found,
    free_pools,
    held_around,
    people_waiting,
    person_row,
    session_row,
    slot_row,
)
from central.appointments.choosing import Stop, open_to, stops_lately
from central.appointments.rush import has_the_turn
from central.appointments.scene import NoSuchThing, Scene
from central.orders.facts import order_fact, order_for
from central.people.facts import acting_for, person_on, standing_on
from central.rosters.pools import COMMON_TEXT, pool_text
from central.rosters.tables import calendar_day

_RESERVE = f"{PoolKind.RESERVE.value}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants: a person, a session, perhaps one place of it, perhaps one that is kept for them."""

    person_id: UUID
    session_id: UUID
    channel: Channel
    slot_no: int | None = None
    hold_id: UUID | None = None
    acting_id: UUID | None = None
    order_id: UUID | None = None
    document: DocumentKind | None = None
    """What the person showed; None: what the hospital knows."""
    is_follow_up: bool = False
    walks_in: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The place that would be taken."""

    no: int
    pool: str
    starts_ms: int
    ends_ms: int
    hold_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AtHand:
    """All that is known about a wish, and the place that it would get; None: none is free."""

    facts: PlaceFacts
    person: Found
    session: Found
    choice: Choice | None
    order_id: UUID | None = None
    """The doctor's order that it would be booked with.  # rule D11"""


class Source(Protocol):
    """Where places and earlier bookings are read."""

    def pools(self, session_id: UUID) -> Mapping[str, tuple[int, int]]:
        """How many places are free in each pool, and the lowest number of them."""

    def place(self, session_id: UUID, no: int) -> Found:
        """One numbered place; None where there is none within capacity."""

    def held(self, person_id: UUID, day: date, *, with_items: bool) -> tuple[Held, ...]:
        """The person's bookings of that week and around it that still count."""

    def stops(self, session: Found) -> Sequence[Stop]:
        """Clinics that were stopped lately, whose patients may want a place of this session.  # rule H1"""


@dataclass(frozen=True, slots=True)
class _OneByOne:
    """Asks the store for each."""

    scene: Scene

    def pools(self, session_id: UUID) -> Mapping[str, tuple[int, int]]:
        return free_pools(self.scene, session_id)

    def place(self, session_id: UUID, no: int) -> Found:
        return slot_row(self.scene, session_id, no)

    def held(self, person_id: UUID, day: date, *, with_items: bool) -> tuple[Held, ...]:
        return held_around(self.scene, person_id, day, with_items=with_items)

    def stops(self, session: Found) -> Sequence[Stop]:
        return stops_lately(self.scene, [session])


def at_hand(scene: Scene, wanted: Wanted) -> AtHand:
    """Gather the facts; the person first. Raises NoSuchThing."""
    person = person_row(scene, wanted.person_id)
    return facts_from(scene, wanted, person, session_row(scene, wanted.session_id), _OneByOne(scene))


def facts_from(scene: Scene, wanted: Wanted, person: Found, session: Found, source: Source) -> AtHand:
    """The facts from the rows of person and session. Raises NoSuchThing."""
    day, kind = date.fromisoformat(session.service_date), ClinicKind(session.kind)
    who = the_person(scene, person, wanted)
    free, choice = _places(scene, source, wanted, who, session)
    facts = PlaceFacts(
        place=_place(session, day, kind, choice),
        zone=scene.zone,
        person=Known(who),
        session=Known(SessionNow(is_stopped=session.stopped_ms is not None, is_offered=bool(session.is_offered))),
        free=Known(free),
        bookings=Known(source.held(wanted.person_id, day, with_items=kind in EXAMINATIONS)),
        standing=Known(standing_on(person, scene.policy.credit, scene.today)),
    )
    if not has_the_turn(scene, facts.place, wanted.person_id):
        facts = replace(facts, turn=Known(value=False))
    if wanted.waits:
        waiting = people_waiting(scene, wanted.session_id)
        facts = replace(facts, waiting=Known(Waiting(len(waiting), wanted.person_id in waiting)))
    if kind not in EXAMINATIONS:
        return AtHand(facts, person, session, choice, wanted.order_id)
    order_id, order = _order(scene, wanted, session.service_id)
    facts = with_calendar(replace(facts, order=Known(order)), calendar_of(scene), scene.today)
    return AtHand(facts, person, session, choice, order_id)


def the_person(scene: Scene, row: Found, wanted: Wanted) -> Person:
    """Who they are, as far as rules ask.  # rules A1-A5"""
    acting = acting_for(row, wanted.acting_id)
    if wanted.acting_id is None and scene.asker.is_staff:
        acting = Acting.STAFF
    person = person_on(
        row,
        scene.today,
        seal=scene.keys.seal,
        acting=acting,
        is_referred=bool(row.is_referred),
        is_follow_up=wanted.is_follow_up,
    )
    return person if wanted.document is None else replace(person, document=wanted.document)


def calendar_of(scene: Scene) -> Calendar:
    """The hospital's holidays and make-up workdays.  # rule C10"""
    rows = scene.connection.execute(
        sa.select(calendar_day.c.day, calendar_day.c.kind, calendar_day.c.serves_as).where(
            calendar_day.c.hospital_id == scene.hospital_id
        )
    ).all()
    return Calendar(
        holidays=frozenset(date.fromisoformat(it.day) for it in rows if it.kind == "holiday"),
        make_up_days={date.fromisoformat(it.day): it.serves_as for it in rows if it.kind == "make_up"},
    )


def with_calendar(facts: PlaceFacts, calendar: Calendar, today: date) -> PlaceFacts:
    """The same with what the calendar says of the place's day and of today.  # rules C11, D12"""
    day = facts.place.service_date
    place = replace(
        facts.place, is_working_day=calendar.is_working_day(day), is_public_holiday=calendar.serves_as(day) is None
    )
    return replace(
        facts,
        place=place,
        today_is_rest_day=not calendar.is_working_day(today),
        working_days_ahead=calendar.working_days_ahead(today, day),
    )


def _order(scene: Scene, wanted: Wanted, service_id: UUID | None) -> tuple[UUID | None, Order | None]:
    """The order that was named, else the only one there is for this service. Raises NoSuchThing."""
    order_id = wanted.order_id
    if order_id is None and service_id is not None:
        order_id = order_for(scene.connection, scene.hospital_id, wanted.person_id, service_id)
    if order_id is None:
        return None, None
    order = order_fact(scene.connection, scene.hospital_id, order_id, wanted.person_id, service_id)
    if order is None:
        raise NoSuchThing
    return order_id, order


def _place(session: Found, day: date, kind: ClinicKind, choice: Choice | None) -> Place:
    """The chosen place; where there is none, the instant at which the session begins, which collides with nothing."""
    return Place(
        service_date=day,
        starts_ms=choice.starts_ms if choice else session.starts_ms,
        ends_ms=choice.ends_ms if choice else session.starts_ms,
        department=str(session.department_id),
        kind=kind,
        session_ends_ms=session.ends_ms,
        owner_confirms=session.owner_confirms,
    )


def _places(scene: Scene, source: Source, wanted: Wanted, who: Person, session: Found) -> tuple[Free, Choice | None]:
    day = date.fromisoformat(session.service_date)
    if wanted.slot_no is not None:
        row = source.place(wanted.session_id, wanted.slot_no)
        if row is None:
            return Free(), None
        free, chosen = _one_place(scene, row, wanted, who, day)
        if free.in_pool and wanted.hold_id is None and COMMON_TEXT not in _open_pools(scene, source, wanted, session):
            free = Free()
        return free, chosen
    pools = _open_pools(scene, source, wanted, session)
    own = pool_text(WALK_IN) if wanted.walks_in else pool_text(channel_pool(wanted.channel))
    reserves = {pool: count for pool, (count, _) in pools.items() if pool.startswith(_RESERVE)}
    usable = _usable(reserves, scene.policy, who, day)
    counted = usable if _may_use_any(scene.policy, who, day) else tuple(reserves)
    free = Free(
        in_channel=pools.get(own, (0, 0))[0],
        in_pool=pools.get(COMMON_TEXT, (0, 0))[0],
        reserved=sum(reserves[pool] for pool in counted),
    )
    order = (*usable, own, COMMON_TEXT)
    pool = next((pool for pool in order if pool in pools), None)
    if pool is None:
        return free, None
    row = source.place(wanted.session_id, pools[pool][1])
    return free, Choice(row.no, pool, row.starts_ms, row.ends_ms)


def _open_pools(scene: Scene, source: Source, wanted: Wanted, session: Found) -> Mapping[str, tuple[int, int]]:
    """The free places of each pool, without common ones that are kept for patients of a stopped clinic.  # rule H1"""
    stops = source.stops(session)
    pools = source.pools(wanted.session_id)
    if not stops or COMMON_TEXT not in pools:
        return pools
    count, first_no = pools[COMMON_TEXT]
    is_open = open_to(scene, stops, session, wanted.person_id, count)
    rest = {pool: free for pool, free in pools.items() if pool != COMMON_TEXT}
    return rest | {COMMON_TEXT: (is_open, first_no)} if is_open else rest


def _one_place(scene: Scene, row: Found, wanted: Wanted, who: Person, day: date) -> tuple[Free, Choice | None]:
    """One certain place: as though it were the only one."""
    choice = Choice(row.no, row.pool, row.starts_ms, row.ends_ms, row.hold_id)
    if row.state == SlotState.HELD.value and wanted.hold_id is not None and row.hold_id == wanted.hold_id:
        return Free(in_pool=1), choice
    if row.state != SlotState.FREE.value:
        return Free(), choice
    if row.pool.startswith(_RESERVE):
        is_usable = bool(_usable({row.pool: 1}, scene.policy, who, day)) or not _may_use_any(scene.policy, who, day)
        return Free(reserved=int(is_usable)), choice
    own = pool_text(WALK_IN) if wanted.walks_in else pool_text(channel_pool(wanted.channel))
    return Free(in_channel=int(row.pool == own), in_pool=int(row.pool == COMMON_TEXT)), choice


def _groups(policy: Policy, who: Person, day: date) -> set[str]:
    """The priority groups of a person on the place's day.  # rule C8"""
    groups = {it.group.value for it in who.grants if it.group in policy.priority.groups and it.until >= day}
    is_old = who.age is not None and who.age > policy.roster.priority.elder_age
    return groups | {PriorityGroup.ELDER.value} if is_old and PriorityGroup.ELDER in policy.priority.groups else groups


def _may_use_any(policy: Policy, who: Person, day: date) -> bool:
    """As `decide.places.has_priority`."""
    return bool(_groups(policy, who, day)) or (who.is_referred and policy.priority.referred_first)


def _usable(reserves: Mapping[str, int], policy: Policy, who: Person, day: date) -> tuple[str, ...]:
    """The reserves that the person may take from; referred patients may take from any.  # rules C8, D8"""
    if not reserves:
        return ()
    if who.is_referred and policy.priority.referred_first:
        return tuple(sorted(reserves))
    groups = _groups(policy, who, day)
    return tuple(pool for pool in sorted(reserves) if pool.removeprefix(_RESERVE) in groups)
