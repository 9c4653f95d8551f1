"""The settings of one command: arguments first, then the TOML file, then the defaults. All errors are told at once.

The database's URL may also stand in the environment, after the argument and before the file: it may hold a password.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from booking.roster.channels import Channel
from central.channels.caller import Right
from central.tables.database import Database, WrongDatabase, database_at

Value = str | int | bool
DATABASE_VARIABLE = "CENTRAL_DATABASE"
_HIGHEST_PORT = 65_535
_LARGEST_SAMPLE = 20_000
_SIZES = ("small", "city")
_AT_THE_TOP = frozenset({"data", "database"})
_TEXTS = {"by": 64, "note": 200, "reason": 200}


class WrongSettings(Exception):
    """What is wrong, all of it."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Settings:
    """One command with checked values."""

    command: str
    data: Path
    database: Database
    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A text."""
        return str(self.values[name])

    def number(self, name: str) -> int:
        """A whole number."""
        return int(self.values[name])

    def flag(self, name: str) -> bool:
        """Whether it is switched on."""
        return self.values[name] is True

    def day(self, name: str) -> date | None:
        """A day; None when none was given."""
        return date.fromisoformat(self.text(name)) if self.values[name] else None


def read_settings(arguments: argparse.Namespace, defaults: Mapping[str, Mapping[str, Value]]) -> Settings:
    """The command's settings. Raises WrongSettings."""
    given = vars(arguments)
    command = " ".join(part for part in (given["command"], given.get("action")) if part)
    errors: list[str] = []
    file = _file(given["config"], errors)
    heads = {name.partition(" ")[0] for name in defaults}
    errors.extend(f"config: there is no setting {name}" for name in sorted(set(file) - heads - _AT_THE_TOP))
    table = _table(file, command, defaults[command], errors)
    values = {
        name: _typed(name, _first(given.get(name), table.get(name), default), default, errors)
        for name, default in defaults[command].items()
    }
    data = _first(given.get("data"), file.get("data"), "")
    if not data and command != "openapi":
        errors.append("data: the server's directory is needed (--data)")
    errors.extend(_wrong(values))
    # An empty variable is how a unit file or a shell unsets one: it says nothing, and the file's word counts.
    url = _first(given.get("database"), os.environ.get(DATABASE_VARIABLE) or None, file.get("database"), "")
    database = _database(str(url), Path(str(data)), errors)
    if errors or database is None:
        raise WrongSettings(errors)
    return Settings(command=command, data=Path(str(data)), database=database, values=values)


def _database(url: str, data: Path, errors: list[str]) -> Database | None:
    try:
        return database_at(url, data)
    except WrongDatabase as error:
        errors.append(f"database: {error}")
        return None


def _first(*candidates: Any) -> Any:  # noqa: ANN401 - TOML and argparse both give anything
    return next(it for it in candidates if it is not None)


def _file(name: str | None, errors: list[str]) -> dict[str, Any]:
    if name is None:
        return {}
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        errors.append(f"config: {error}")
        return {}


def _table(file: dict[str, Any], command: str, known: Mapping[str, Value], errors: list[str]) -> dict[str, Any]:
    table: Any = file
    for part in command.split(" "):
        table = table.get(part, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        errors.append(f"config: [{command}] is not a table")
        return {}
    errors.extend(f"config: [{command}] has no setting {name}" for name in sorted(set(table) - set(known)))
    return table


def _typed(name: str, value: Any, default: Value, errors: list[str]) -> Value:  # noqa: ANN401 - see _first
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        errors.append(f"{name}: yes or no is needed (true, false)")
        return default
    if isinstance(default, int):
        try:
            return int(str(value))
        except ValueError:
            errors.append(f"{name}: a whole number is needed")
            return default
    if isinstance(value, dict | list):
        errors.append(f"{name}: a text is needed")
        return default
    return str(value)


def _wrong(values: Mapping[str, Value]) -> list[str]:
    found: list[str] = []
    if "port" in values and not 0 <= int(values["port"]) <= _HIGHEST_PORT:
        found.append(f"port: from 0 to {_HIGHEST_PORT}")
    if "size" in values and values["size"] not in _SIZES:
        found.append(f"size: one of {', '.join(_SIZES)}")
    if "bookings_today" in values and int(values["bookings_today"]) > _LARGEST_SAMPLE:
        found.append(f"bookings_today: at most {_LARGEST_SAMPLE}")
    if "label" in values and not 1 <= len(str(values["label"])) <= 64:
        found.append("label: 1 to 64 characters are needed (--label)")
    if "channel" in values and values["channel"] not in set(Channel):
        found.append(f"channel: one of {', '.join(Channel)} (--channel)")
    unknown = [it for it in str(values.get("rights", "")).split(",") if it and it not in set(Right)]
    if unknown:
        found.append(f"rights: of {', '.join(Right)}")
    found.extend(_wrong_settling(values))
    if "file" in values and not Path(str(values["file"])).is_file():
        found.append("file: there is no such file (--file)")
    if values.get("starts") and not _is_time(str(values["starts"])):
        found.append("starts: YYYY-MM-DD HH:MM is needed")
    if values.get("inbox") and not Path(str(values["inbox"])).is_dir():
        found.append("inbox: there is no such folder")
    if values.get("today"):
        try:
            date.fromisoformat(str(values["today"]))
        except ValueError:
            found.append("today: a day is needed, YYYY-MM-DD")
    return found


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _wrong_settling(values: Mapping[str, Value]) -> list[str]:
    """Of a task that is to be settled, and of who says something."""
    found: list[str] = []
    if "id" in values and not _is_id(str(values["id"])):
        found.append("id: an id is needed, as `central task list` and `central lease list` show it")
    for name, longest in _TEXTS.items():
        if name in values and not (1 <= len(str(values[name])) <= longest and str(values[name]).isprintable()):
            found.append(f"{name}: 1 to {longest} characters are needed (--{name})")
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
