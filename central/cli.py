"""The command line of the booking server: make a server's directory, serve it, let terminals in and shut them out.

Settings are arguments; `--config FILE` gives defaults for them from one TOML file. All errors are told at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import Right
from central.channels.service import (
    NewClient,
    NoSuchClient,
    NoSuchTenant,
    add_client,
    group_and_hospital,
    revoke_client,
    rights_from,
)
from central.keys import KEY_FILE, UnreadableKeyFile, new_keys, read_keys, write_keys
from central.leases.commands import (
    NoSuchLease,
    NotReleased,
    add_lease_commands,
    lease_shown,
    leases_listed,
    release_asked,
    release_confirmed,
)
from central.leases.release import Asking
from central.logs import start_logging
from central.moment import Moment, local_date, system_clock
from central.people.sealing import add_seal_key, all_hospitals
from central.policies.commands import NewPolicy, add_policy_commands, followed
from central.policies.documents import WrongPolicy
from central.sample.kinds import TIME_ZONE
from central.sample.load import PEOPLE_FILE, load_sample, write_people_file
from central.sample.plan import SIZES, moment_of_sample, plan_sample
from central.serve import serve
from central.settings import Settings, WrongSettings, read_settings
from central.staff.commands import NoSuchTask, add_task_commands, listed, settled
from central.staff.tasks import Settling
from central.tables.database import Use
from central.tables.faults import Fault, fault_of
from central.tables.migrate import NoDatabase, StoreTooNew, prepare
from central.terminals.service import NoSuchHospital, NoSuchTerminal, make_code, revoke
from central.web.app import described

Result = TypeVar("Result")

_DAY_MS = 86_400_000
_DEFAULTS: dict[str, dict[str, str | int | bool]] = {
    "init": {"sample": False, "seed": 1, "today": "", "size": "small", "bookings_today": -1},
    "serve": {"host": "127.0.0.1", "port": 0, "port_file": "", "inbox": ""},
    "terminal code": {"label": "", "hospital": "01"},
    "terminal revoke": {"label": ""},
    "client add": {"channel": "", "label": "", "hospital": "", "rights": "", "expires_days": 0},
    "client revoke": {"label": ""},
    "task list": {"hospital": "", "open": False},
    "task settle": {"id": "", "by": "", "note": ""},
    "lease list": {"hospital": "", "unsold": False},
    "lease show": {"id": ""},
    "lease release": {"id": "", "by": "", "reason": ""},
    "lease confirm": {"id": "", "by": ""},
    "key rotate-seal": {},
    "policy follow": {"hospital": "01", "file": "", "starts": "", "by": ""},
    "migrate": {},
    "openapi": {},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with the errors on stderr."""
    start_logging()
    try:
        settings = read_settings(_parser().parse_args(arguments), _DEFAULTS)
        return _COMMANDS[settings.command](settings)
    except WrongSettings as wrong:
        for error in wrong.errors:
            print(f"central: {error}", file=sys.stderr)
    except NoSuchClient as error:
        print(f"central: there is no client in use with the label {error}", file=sys.stderr)
    except (NoSuchHospital, NoSuchTenant) as error:
        print(f"central: there is no hospital {error}", file=sys.stderr)
    except NoSuchTerminal as error:
        print(f"central: there is no terminal in use with the label {error}", file=sys.stderr)
    except WrongPolicy as wrong:
        for problem in wrong.problems:
            print(f"central: {problem}", file=sys.stderr)
    except NoSuchTask as error:
        print(f"central: there is no task {error}", file=sys.stderr)
    except NoSuchLease as error:
        print(f"central: there is no lease {error}", file=sys.stderr)
    except NotReleased as error:
        print(f"central: {error}", file=sys.stderr)
    except (UnreadableKeyFile, StoreTooNew, NoDatabase, OSError) as error:
        print(f"central: {error}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="central", description="The booking server.")
    parser.add_argument("--config", help="a TOML file: `data` and `database` at the top, and a table for each command")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    init = commands.add_parser("init", help="make a server's directory: keys and a store")
    init.add_argument("--sample", action="store_true", default=None, help="fill it with an invented group")
    init.add_argument("--seed", help="the same seed and day make the same sample (1)")
    init.add_argument("--today", help="the sample's day, YYYY-MM-DD (today)")
    init.add_argument("--size", help=f"{', '.join(SIZES)} (small)")
    init.add_argument("--bookings-today", help="bookings of the day at the first hospital (by size)")

    serving = commands.add_parser("serve", help="serve until SIGTERM")
    serving.add_argument("--host", help="the address to listen at (127.0.0.1)")
    serving.add_argument("--port", help="0 takes any free port (0)")
    serving.add_argument("--port-file", help="where to write the real port")
    serving.add_argument("--inbox", help="a folder in which a hospital's system leaves CSV files (none)")

    terminal = commands.add_parser("terminal", help="let terminals in, shut them out")
    actions = terminal.add_subparsers(dest="action", required=True, metavar="ACTION")
    code = actions.add_parser("code", help="print a one-time enrolment code, good for ten minutes")
    code.add_argument("--label", help="what staff call the terminal")
    code.add_argument("--hospital", help="the hospital's two digits (01)")
    out = actions.add_parser("revoke", help="shut a terminal out, from its next request on")
    out.add_argument("--label", help="what staff call the terminal")

    client = commands.add_parser("client", help="let channels' clients in, shut them out")
    doings = client.add_subparsers(dest="action", required=True, metavar="ACTION")
    adding = doings.add_parser("add", help="print a new client's token, once")
    adding.add_argument("--channel", help=f"one of {', '.join(Channel)}")
    adding.add_argument("--label", help="what staff call the client")
    adding.add_argument("--hospital", help="the hospital's two digits (all hospitals of the group)")
    adding.add_argument("--rights", help=f"of {', '.join(Right)}, with commas between (none)")
    adding.add_argument("--expires-days", help="days until the token ends (0: it does not)")
    shutting = doings.add_parser("revoke", help="shut a client out, from its next request on")
    shutting.add_argument("--label", help="what staff call the client")

    key = commands.add_parser("key", help="the server's keys")
    keeping = key.add_subparsers(dest="action", required=True, metavar="ACTION")
    rotating = keeping.add_parser("rotate-seal", help="a new key that terminals seal registrations to; old ones open")

    commands.add_parser("openapi", help="print the description of the endpoints")
    migrating = commands.add_parser("migrate", help="bring the store to this release's revision")
    more = (*add_task_commands(commands), *add_lease_commands(commands), *add_policy_commands(commands))
    for one in (init, serving, code, out, adding, shutting, rotating, migrating, *more):
        one.add_argument("--data", help="the server's directory")
        one.add_argument("--database", help="postgresql://... (a file in the directory); or in CENTRAL_DATABASE")
    return parser


def _init(settings: Settings) -> int:
    today = settings.day("today") or local_date(system_clock(), TIME_ZONE)
    now_ms = moment_of_sample(today, system_clock())
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    bookings, size = settings.number("bookings_today"), settings.text("size")
    wanted = SIZES[size] if bookings < 0 else bookings
    plan = plan_sample(seed=settings.number("seed"), today=today, bookings_today=wanted, is_city=size == "city")
    keys = new_keys(plan.group_id)
    write_keys(settings.data / KEY_FILE, keys)
    prepare(settings.database)
    if settings.flag("sample"):
        _write(
            settings,
            lambda connection: load_sample(connection, plan, keys, now_ms=now_ms, epoch=uuid4().hex),
        )
        write_people_file(settings.data / PEOPLE_FILE, plan)
        print(f"{len(plan.people)} invented people, {wanted} bookings on {today}: {settings.data / PEOPLE_FILE}")
    return 0


def _serve(settings: Settings) -> int:
    port_file, inbox = settings.text("port_file"), settings.text("inbox")
    return serve(
        data=settings.data,
        database=settings.database,
        host=settings.text("host"),
        port=settings.number("port"),
        port_file=Path(port_file) if port_file else None,
        inbox=Path(inbox) if inbox else None,
    )


def _terminal_code(settings: Settings) -> int:
    keys = read_keys(settings.data / KEY_FILE)
    code = _write(
        settings,
        lambda connection: make_code(
            connection,
            keys,
            Moment(system_clock()),
            hospital_code=settings.text("hospital"),
            label=settings.text("label"),
        ),
    )
    print(code)
    return 0


def _terminal_revoke(settings: Settings) -> int:
    revoked = _write(
        settings, lambda connection: revoke(connection, Moment(system_clock()), label=settings.text("label"))
    )
    print(f"revoked: {len(revoked)}")
    return 0


def _client_add(settings: Settings) -> int:
    keys, moment = read_keys(settings.data / KEY_FILE), Moment(system_clock())
    days = settings.number("expires_days")

    def add(connection: sa.Connection) -> str:
        group_id, hospital_id = group_and_hospital(connection, settings.text("hospital"))
        new = NewClient(
            channel=Channel(settings.text("channel")),
            label=settings.text("label"),
            hospital_id=hospital_id,
            rights=rights_from(settings.text("rights").split(",")),
            expires_ms=moment.now_ms + days * _DAY_MS if days else None,
        )
        return add_client(connection, keys, moment, group_id, new)

    print(_write(settings, add))
    return 0


def _client_revoke(settings: Settings) -> int:
    moment = Moment(system_clock())
    revoked = _write(settings, lambda connection: revoke_client(connection, moment, label=settings.text("label")))
    print(f"revoked: {len(revoked)}")
    return 0


def _task_list(settings: Settings) -> int:
    hospital_code, only_open = settings.text("hospital"), settings.flag("open")
    lines = _in_store(
        settings, Use.READ, lambda connection: listed(connection, hospital_code=hospital_code, only_open=only_open)
    )
    for line in lines:
        print(line)
    return 0


def _task_settle(settings: Settings) -> int:
    keys, moment = read_keys(settings.data / KEY_FILE), Moment(system_clock())
    task_id, settling = UUID(settings.text("id")), Settling(settings.text("by"), settings.text("note"))
    print(_write(settings, lambda connection: settled(connection, keys, moment, task_id, settling)))
    return 0


def _lease_list(settings: Settings) -> int:
    keys, moment = read_keys(settings.data / KEY_FILE), Moment(system_clock())
    code, only_unsold = settings.text("hospital"), settings.flag("unsold")
    return _print(
        _in_store(
            settings,
            Use.READ,
            lambda connection: leases_listed(connection, keys, moment, hospital_code=code, only_unsold=only_unsold),
        )
    )


def _lease_show(settings: Settings) -> int:
    keys, moment, lease_id = read_keys(settings.data / KEY_FILE), Moment(system_clock()), UUID(settings.text("id"))
    return _print(_in_store(settings, Use.READ, lambda connection: lease_shown(connection, keys, moment, lease_id)))


def _lease_release(settings: Settings) -> int:
    keys, moment, lease_id = read_keys(settings.data / KEY_FILE), Moment(system_clock()), UUID(settings.text("id"))
    asking = Asking(settings.text("by"), settings.text("reason"))
    return _print(_write(settings, lambda connection: release_asked(connection, keys, moment, lease_id, asking)))


def _lease_confirm(settings: Settings) -> int:
    keys, moment, lease_id = read_keys(settings.data / KEY_FILE), Moment(system_clock()), UUID(settings.text("id"))
    agent = settings.text("by")
    return _print(_write(settings, lambda connection: release_confirmed(connection, keys, moment, lease_id, agent)))


def _print(lines: list[str]) -> int:
    for line in lines:
        print(line)
    return 0


def _key_rotate_seal(settings: Settings) -> int:
    keys, moment = read_keys(settings.data / KEY_FILE), Moment(system_clock())
    for hospital_id in _in_store(settings, Use.READ, all_hospitals):
        print(f"key {_write(settings, partial(add_seal_key, hospital_id=hospital_id, keys=keys, moment=moment))}")
    return 0


def _policy_follow(settings: Settings) -> int:
    keys, moment = read_keys(settings.data / KEY_FILE), Moment(system_clock())
    starts = settings.text("starts")
    new = NewPolicy(
        hospital_code=settings.text("hospital"),
        file=Path(settings.text("file")),
        starts=datetime.fromisoformat(starts) if starts else None,
        by=settings.text("by"),
    )
    print(f"version {_write(settings, lambda connection: followed(connection, keys, moment, new))}")
    return 0


def _write(settings: Settings, work: Callable[[sa.Connection], Result]) -> Result:
    return _in_store(settings, Use.WRITE, work)


def _in_store(settings: Settings, use: Use, work: Callable[[sa.Connection], Result]) -> Result:
    engine = settings.database.engine(use)
    try:
        with engine.begin() as connection:
            return work(connection)
    except sa.exc.DBAPIError as error:
        if fault_of(error) is Fault.LOST:
            raise NoDatabase("the database does not answer") from error
        raise
    finally:
        engine.dispose()


def _migrate(settings: Settings) -> int:
    prepare(settings.database)
    return 0


def _openapi(_settings: Settings) -> int:
    print(json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True))
    return 0


_COMMANDS: dict[str, Callable[[Settings], int]] = {
    "init": _init,
    "serve": _serve,
    "terminal code": _terminal_code,
    "terminal revoke": _terminal_revoke,
    "client add": _client_add,
    "client revoke": _client_revoke,
    "task list": _task_list,
    "task settle": _task_settle,
    "lease list": _lease_list,
    "lease show": _lease_show,
    "lease release": _lease_release,
    "lease confirm": _lease_confirm,
    "key rotate-seal": _key_rotate_seal,
    "policy follow": _policy_follow,
    "openapi": _openapi,
    "migrate": _migrate,
}
