"""Leases on the command line: one line each, and the two steps of a forced release."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker, Right
from central.channels.service import NoSuchTenant
from central.keys import Keys
from central.leases.release import Asking, WhyNot, ask_release, confirm_release
from central.leases.tables import lease
from central.leases.views import LeaseFilter, LeaseView, lease_view, lease_views
from central.moment import Moment
from central.rosters.tables import hospital
from central.words.leases import NOT_RELEASED, RISK

_PAGE = 500
_NOTHING = "-"
_COMMAND_LINE = UUID(int=0)


class NoSuchLease(Exception):
    """No hospital has this lease."""


class NotReleased(Exception):
    """Why a step was not done, as staff read it."""


def add_lease_commands(commands: Any) -> tuple[argparse.ArgumentParser, ...]:  # noqa: ANN401 - argparse names no type
    """What stands after `central lease`."""
    its = commands.add_parser("lease", help="places lent to terminals")
    actions = its.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="print what is lent, the oldest first: a line each, parted by tabs")
    listing.add_argument("--hospital", help="the hospital's two digits (all hospitals)")
    listing.add_argument("--unsold", action="store_true", default=None, help="only those whose session is over")
    showing = actions.add_parser("show", help="print one lease, and what a forced release would risk")
    asking = actions.add_parser("release", help="ask that a lost terminal's places be released: the first step of two")
    asking.add_argument("--reason", help="why; it is kept sealed")
    confirming = actions.add_parser("confirm", help="release them: the second step, by another of the staff")
    for one in (showing, asking, confirming):
        one.add_argument("id", nargs="?", help="the lease's id, the first word of its line")
    for one in (asking, confirming):
        one.add_argument("--by", help="who of the staff, by name")
    return listing, showing, asking, confirming


def leases_listed(
    connection: sa.Connection, keys: Keys, moment: Moment, *, hospital_code: str, only_unsold: bool
) -> list[str]:
    """A line for each lease of which places are lent. Raises NoSuchTenant."""
    query = sa.select(hospital).order_by(hospital.c.code)
    found = connection.execute(query.where(hospital.c.code == hospital_code) if hospital_code else query).all()
    if hospital_code and not found:
        raise NoSuchTenant(hospital_code)
    lines: list[str] = []
    for it in found:
        after: UUID | None = None
        while True:
            wanted = LeaseFilter(is_lent=True, is_unsold=only_unsold or None, after=after, limit=_PAGE)
            page = lease_views(connection, it.hospital_id, wanted, seal=keys.seal, now_ms=moment.now_ms)
            lines += [_line(it.code, ZoneInfo(it.time_zone), view) for view in page.leases]
            after = page.next
            if after is None:
                break
    return lines


def lease_shown(connection: sa.Connection, keys: Keys, moment: Moment, lease_id: UUID) -> list[str]:
    """All that is known of one. Raises NoSuchLease."""
    return _shown(_scene(connection, keys, moment, lease_id), lease_id)


def release_asked(connection: sa.Connection, keys: Keys, moment: Moment, lease_id: UUID, asking: Asking) -> list[str]:
    """The first step, and what both should know. Raises NoSuchLease, NotReleased."""
    scene = _scene(connection, keys, moment, lease_id)
    _check(ask_release(scene, lease_id, asking))
    return _shown(scene, lease_id)


def release_confirmed(connection: sa.Connection, keys: Keys, moment: Moment, lease_id: UUID, agent: str) -> list[str]:
    """The second step. Raises NoSuchLease, NotReleased, Overtaken."""
    scene = _scene(connection, keys, moment, lease_id)
    _check(confirm_release(scene, lease_id, agent))
    return _shown(scene, lease_id)


def _scene(connection: sa.Connection, keys: Keys, moment: Moment, lease_id: UUID) -> Scene:
    hospital_id = connection.execute(
        sa.select(lease.c.hospital_id).where(lease.c.lease_id == lease_id)
    ).scalar_one_or_none()
    if hospital_id is None:
        raise NoSuchLease(lease_id)
    asker = Asker(_COMMAND_LINE, hospital_id, Channel.WINDOW, frozenset({Right.STAFF}))
    return scene_at(connection, asker, keys, moment)


def _check(why: WhyNot | None) -> None:
    if why is not None:
        raise NotReleased(NOT_RELEASED[why.value].by_language["en"])


def _shown(scene: Scene, lease_id: UUID) -> list[str]:
    view = lease_view(scene.connection, scene.hospital_id, lease_id, seal=scene.keys.seal, now_ms=scene.now_ms)
    assert view is not None, "it was there a line ago, and nothing takes leases away"
    zone = ZoneInfo(str(scene.zone))
    asked = f"by {view.release_asked_by}: {view.release_reason}" if view.release_asked_by else _NOTHING
    return [
        _line(scene.hospital_code, zone, view),
        f"sold {view.sold}, given back {view.returned}, released {view.released}",
        f"sold at the terminal until {_local(view.last_sale_ms, zone)} at the latest",
        f"release asked {asked}",
        RISK.by_language["en"],
    ]


def _line(code: str, zone: ZoneInfo, view: LeaseView) -> str:
    seen = "never heard" if view.terminal_seen_ms is None else f"heard {_local(view.terminal_seen_ms, zone)}"
    words = (
        str(view.lease_id),
        code,
        view.terminal_label,
        "shut out" if view.terminal_revoked_ms is not None else seen,
        view.service_date,
        "walk-in" if view.is_for_walk_ins else "booking",
        f"lent {view.lent}",
        "unsold" if view.is_unsold else view.state,
    )
    return "\t".join(word or _NOTHING for word in words)


def _local(instant_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")
