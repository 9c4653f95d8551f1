"""The command line of the booking server: make a server's directory, serve it, let terminals in and shut them out.

Settings are arguments; `--config FILE` gives defaults for them from one TOML file. All errors are told at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa

from central.keys import KEY_FILE, UnreadableKeyFile, new_keys, read_keys, write_keys
from central.logs import start_logging
from central.moment import Moment, local_date, system_clock
from central.sample.catalogue import TIME_ZONE
from central.sample.load import PEOPLE_FILE, load_sample, write_people_file
from central.sample.plan import plan_sample
from central.serve import serve
from central.settings import Settings, WrongSettings, read_settings
from central.tables.engine import writing_engine
from central.tables.migrate import StoreTooNew, bring_up_to_date
from central.terminals.service import NoSuchHospital, NoSuchTerminal, make_code, revoke
from central.web.app import STORE_FILE, described

Result = TypeVar("Result")

SIZES = {"small": 300}
_DEFAULTS: dict[str, dict[str, str | int | bool]] = {
    "init": {"sample": False, "seed": 1, "today": "", "size": "small", "bookings_today": -1},
    "serve": {"host": "127.0.0.1", "port": 0, "port_file": ""},
    "terminal code": {"label": "", "hospital": "01"},
    "terminal revoke": {"label": ""},
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
    except NoSuchHospital as error:
        print(f"central: there is no hospital {error}", file=sys.stderr)
    except NoSuchTerminal as error:
        print(f"central: there is no terminal in use with the label {error}", file=sys.stderr)
    except (UnreadableKeyFile, StoreTooNew, OSError) as error:
        print(f"central: {error}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="central", description="The booking server.")
    parser.add_argument("--config", help="a TOML file: `data` at the top, and a table for each command")
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

    terminal = commands.add_parser("terminal", help="let terminals in, shut them out")
    actions = terminal.add_subparsers(dest="action", required=True, metavar="ACTION")
    code = actions.add_parser("code", help="print a one-time enrolment code, good for ten minutes")
    code.add_argument("--label", help="what staff call the terminal")
    code.add_argument("--hospital", help="the hospital's two digits (01)")
    out = actions.add_parser("revoke", help="shut a terminal out, from its next request on")
    out.add_argument("--label", help="what staff call the terminal")

    commands.add_parser("openapi", help="print the description of the endpoints")
    migrating = commands.add_parser("migrate", help="bring the store to this release's revision")
    for one in (init, serving, code, out, migrating):
        one.add_argument("--data", help="the server's directory")
    return parser


def _init(settings: Settings) -> int:
    today = settings.day("today") or local_date(system_clock(), TIME_ZONE)
    moment = Moment(system_clock())
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    bookings = settings.number("bookings_today")
    wanted = SIZES[settings.text("size")] if bookings < 0 else bookings
    plan = plan_sample(seed=settings.number("seed"), today=today, bookings_today=wanted)
    keys = new_keys(plan.group_id)
    write_keys(settings.data / KEY_FILE, keys)
    engine = writing_engine(settings.data / STORE_FILE)
    bring_up_to_date(engine)
    if settings.flag("sample"):
        with engine.begin() as connection:
            load_sample(connection, plan, keys, now_ms=moment.now_ms, epoch=uuid4().hex)
        write_people_file(settings.data / PEOPLE_FILE, plan)
        print(f"{len(plan.people)} invented people, {wanted} bookings on {today}: {settings.data / PEOPLE_FILE}")
    engine.dispose()
    return 0


def _serve(settings: Settings) -> int:
    port_file = settings.text("port_file")
    return serve(
        data=settings.data,
        host=settings.text("host"),
        port=settings.number("port"),
        port_file=Path(port_file) if port_file else None,
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


def _write(settings: Settings, work: Callable[[sa.Connection], Result]) -> Result:
    engine = writing_engine(settings.data / STORE_FILE)
    try:
        with engine.begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


def _migrate(settings: Settings) -> int:
    engine = writing_engine(settings.data / STORE_FILE)
    bring_up_to_date(engine)
    engine.dispose()
    return 0


def _openapi(_settings: Settings) -> int:
    print(json.dumps(described(), ensure_ascii=False, indent=1, sort_keys=True))
    return 0


_COMMANDS: dict[str, Callable[[Settings], int]] = {
    "init": _init,
    "serve": _serve,
    "terminal code": _terminal_code,
    "terminal revoke": _terminal_revoke,
    "openapi": _openapi,
    "migrate": _migrate,
}
