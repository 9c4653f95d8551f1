"""What can be had: by the server, now; without it what is lent to this terminal."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from booking.roster.channels import Channel
from booking.roster.pools import COMMON, WALK_IN, PoolKind
from booking.wire import SessionRow
from booking.wire_catalogue import Sessions, SessionView
from kiosk.desk import views
from kiosk.desk.place_facts import session_here, session_now
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Where
from kiosk.ports.central import NoAnswer, RefusedThere, WantedSessions
from kiosk.ports.desk import DeskAnswer
from kiosk.ports.desk_acts import (
    OfferPlaces,
    OfferSessions,
    PlaceOffered,
    PlacesOffered,
    SessionOffered,
    SessionsOffered,
)
from kiosk.ports.lending import SellablePlace

_COMMON, _WALK_IN = COMMON.kind.value, WALK_IN.kind.value
_KIOSK = f"{PoolKind.CHANNEL.value}:{Channel.KIOSK.value}"


def offer_sessions(around: Surroundings, command: OfferSessions) -> DeskAnswer:
    """Sessions of these days that take place, with what is free for people at a terminal."""
    if around.line.is_online():
        said = around.line.ask_sessions(
            WantedSessions(
                first_day=command.first_day,
                last_day=command.last_day,
                department_id=command.department_id,
                doctor_id=command.doctor_id,
            )
        )
        if isinstance(said, Sessions):
            shown = tuple(
                _from_there(around, it, is_walk_in=command.is_walk_in)
                for it in said.sessions
                if it.is_offered and not it.is_stopped
            )
            return SessionsOffered(visit_id=command.visit_id, sessions=shown, is_current=True)
    return SessionsOffered(visit_id=command.visit_id, sessions=_lent_sessions(around, command), is_current=False)


def offer_places(around: Surroundings, command: OfferPlaces) -> DeskAnswer:
    """The free places of a session."""
    if around.line.is_online():
        said = around.line.ask_places(command.session_id)
        if not isinstance(said, NoAnswer | RefusedThere):
            own = _WALK_IN if command.is_walk_in else _KIOSK
            places = tuple(
                PlaceOffered(slot_no=it.no, starts_ms=it.starts_ms, ends_ms=it.ends_ms)
                for it in said
                if it.is_free and it.pool in (own, _COMMON)
            )
            return PlacesOffered(
                visit_id=command.visit_id, session_id=command.session_id, places=places, is_current=True
            )
    lent = _usable(around, is_walk_in=command.is_walk_in, session_id=command.session_id)
    places = tuple(PlaceOffered(slot_no=it.no, starts_ms=it.starts_ms, ends_ms=it.ends_ms) for it in lent)
    return PlacesOffered(visit_id=command.visit_id, session_id=command.session_id, places=places, is_current=False)


def _usable(around: Surroundings, *, is_walk_in: bool, session_id: UUID | None = None) -> tuple[SellablePlace, ...]:
    places = around.sales.sellable_places(now=around.lending_now(), session_id=session_id)
    return tuple(it for it in places if is_walk_in or not it.is_for_walk_ins)


def _lent_sessions(around: Surroundings, command: OfferSessions) -> tuple[SessionOffered, ...]:
    lent = Counter(it.session_id for it in _usable(around, is_walk_in=command.is_walk_in))
    sessions = [it for session_id in lent if (it := session_here(around, session_id)) is not None]
    wanted = [it for it in sessions if _is_wanted(around, it, command)]
    wanted.sort(key=lambda it: (it.starts_ms, it.id))
    return tuple(_from_here(around, it, free=lent[it.id]) for it in wanted)


def _is_wanted(around: Surroundings, session: SessionRow, command: OfferSessions) -> bool:
    stand = session_now(around, session)
    return (
        command.first_day <= session.service_date <= command.last_day
        and command.department_id in (None, session.department_id)
        and command.doctor_id in (None, session.doctor_id)
        and stand.is_offered
        and not stand.is_stopped
    )


def _from_there(around: Surroundings, it: SessionView, *, is_walk_in: bool) -> SessionOffered:
    own = _WALK_IN if is_walk_in else _KIOSK
    free = it.free.by_pool.get(own, 0) + it.free.open_to_others
    return _shown(around, it, free=free, fee_cents=it.fee_cents)


def _from_here(around: Surroundings, it: SessionRow, *, free: int) -> SessionOffered:
    return _shown(around, it, free=free, fee_cents=None)


def _shown(around: Surroundings, it: SessionView | SessionRow, *, free: int, fee_cents: int | None) -> SessionOffered:
    names = views.names_of(around, Where(it.department_id, it.doctor_id, it.place_id))
    return SessionOffered(
        session_id=it.id,
        service_date=it.service_date,
        starts_ms=it.starts_ms,
        ends_ms=it.ends_ms,
        department_id=it.department_id,
        department=names.department,
        is_sensitive=names.is_sensitive,
        doctor=names.doctor,
        doctor_title=names.doctor_title,
        building=names.building,
        floor=names.floor,
        area=names.area,
        room=names.room,
        free=free,
        fee_cents=fee_cents,
    )
