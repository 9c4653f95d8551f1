"""A hospital's settings on the command line: its file comes into force."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from central.channels.service import NoSuchTenant
from central.keys import Keys
from central.moment import Moment
from central.policies.following import follow_policy
from central.rosters.tables import hospital


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """What is to come into force, where, when by the hospital's clock (None: now), and who says so."""

    hospital_code: str
    file: Path
    starts: datetime | None
    by: str


def add_policy_commands(commands: Any) -> tuple[argparse.ArgumentParser, ...]:  # noqa: ANN401 - argparse names no type
    """What stands after `central policy`."""
    policy = commands.add_parser("policy", help="the hospitals' settings")
    actions = policy.add_subparsers(dest="action", required=True, metavar="ACTION")
    following = actions.add_parser("follow", help="bring a hospital's file into force, as its next version")
    following.add_argument("--hospital", help="the hospital's two digits (01)")
    following.add_argument("--file", help="the hospital's TOML file; `booking explain` shows what can stand in it")
    following.add_argument("--starts", help="YYYY-MM-DD HH:MM by the hospital's clock (at once)")
    following.add_argument("--by", help="who says so, by name")
    return (following,)


def followed(connection: sa.Connection, keys: Keys, moment: Moment, new: NewPolicy) -> int:
    """Do it; the version. Raises NoSuchTenant, WrongPolicy, OSError."""
    here = connection.execute(sa.select(hospital).where(hospital.c.code == new.hospital_code)).one_or_none()
    if here is None:
        raise NoSuchTenant(new.hospital_code)
    starts = new.starts and new.starts.replace(tzinfo=ZoneInfo(here.time_zone))
    settings = follow_policy(
        connection,
        here.hospital_id,
        new.file.read_text(encoding="utf-8"),
        moment,
        actor=new.by,
        seal=keys.seal,
        from_ms=int(starts.timestamp() * 1000) if starts else 0,
    )
    return settings.version
