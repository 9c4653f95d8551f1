"""The tasks of staff on the command line: one line each, and settling one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from central.channels.service import NoSuchTenant
from central.keys import Keys
from central.moment import Moment
from central.rosters.tables import hospital
from central.staff.tasks import Settling, TaskView, hospital_of_task, settle_task, task_views

_PAGE = 500
_NOTHING = "-"


class NoSuchTask(Exception):
    """No hospital has this task."""


def add_task_commands(commands: Any) -> tuple[argparse.ArgumentParser, ...]:  # noqa: ANN401 - argparse names no type
    """What stands after `central task`."""
    task = commands.add_parser("task", help="what staff must settle")
    actions = task.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="print the tasks, the oldest first: a line each, parted by tabs")
    listing.add_argument("--hospital", help="the hospital's two digits (all hospitals)")
    listing.add_argument("--open", action="store_true", default=None, help="only those that are not settled")
    settling = actions.add_parser("settle", help="say that a task is settled; its terminal hears of it")
    settling.add_argument("id", nargs="?", help="the task's id, the first word of its line")
    settling.add_argument("--by", help="who settled it, by name")
    settling.add_argument("--note", help="what was done; it is kept sealed, in the trail")
    return listing, settling


def listed(connection: sa.Connection, *, hospital_code: str, only_open: bool) -> list[str]:
    """A line for each task. Raises NoSuchTenant."""
    query = sa.select(hospital).order_by(hospital.c.code)
    found = connection.execute(query.where(hospital.c.code == hospital_code) if hospital_code else query).all()
    if hospital_code and not found:
        raise NoSuchTenant(hospital_code)
    return [
        _line(it.code, ZoneInfo(it.time_zone), view)
        for it in found
        for view in _views(connection, it.hospital_id, is_open=True if only_open else None)
    ]


def settled(connection: sa.Connection, keys: Keys, moment: Moment, task_id: UUID, settling: Settling) -> str:
    """The task's line once it is settled, now or from before. Raises NoSuchTask."""
    hospital_id = hospital_of_task(connection, task_id)
    if hospital_id is None:
        raise NoSuchTask(task_id)
    view = settle_task(connection, hospital_id, task_id, settling, seal=keys.seal, moment=moment)
    assert view is not None, "it was there a line ago, and nothing takes tasks away"
    here = connection.execute(sa.select(hospital).where(hospital.c.hospital_id == hospital_id)).one()
    return _line(here.code, ZoneInfo(here.time_zone), view)


def _views(connection: sa.Connection, hospital_id: UUID, *, is_open: bool | None) -> Iterator[TaskView]:
    after: UUID | None = None
    while True:
        page = task_views(connection, hospital_id, is_open=is_open, after=after, limit=_PAGE)
        yield from page.tasks
        after = page.next
        if after is None:
            return


def _line(code: str, zone: ZoneInfo, view: TaskView) -> str:
    state = "open"
    if view.settled_ms is not None:
        state = f"settled {_local(view.settled_ms, zone)} by {view.settled_by or 'the act itself'}"
    words = (str(view.task_id), code, _local(view.made_ms, zone), view.kind, view.reason, view.terminal_label, state)
    return "\t".join(word or _NOTHING for word in words)


def _local(instant_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")
