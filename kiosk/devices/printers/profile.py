"""What one printer model can do, as data.

Decides what a profile may say and refuses anything else. Must not know how its values are used.
"""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any


class Fence(StrEnum):
    """How the printer tells that all it was given is on paper."""

    PROCESS_ID = "process_id"
    """`GS ( H` function 48: sent when the printing is completed."""
    STATUS_BEHIND = "gs_r"
    """`GS r 1`: answered when its turn comes, behind the cut."""
    NONE = "none"


class Cut(StrEnum):
    """How the ticket is parted from the roll."""

    FEED_AND_PARTIAL = "feed_and_partial"
    """`GS V 66`: the printer feeds to its cutter by itself."""
    PARTIAL = "partial"
    """Feed by our own count, then `GS V 1`."""
    NONE = "none"
    """Feed to the tear-off edge."""


class Dialect(StrEnum):
    """Which bits of the status bytes mean what."""

    EPSON = "epson"
    PRESENTER = "presenter"


class BadProfile(Exception):
    """A profile that cannot be used. The message names file and field."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One model. `escpos_profile` is python-escpos' name of the nearest model with the same width."""

    name: str
    escpos_profile: str
    width_dots: int
    fence: Fence
    cut: Cut
    dialect: Dialect
    has_automatic_status: bool
    has_near_end_sensor: bool
    can_clear_buffer: bool
    feed_to_cutter_mm: float
    speed_mm_s: float
    band_rows: int = 64
    feed_units_per_dot: int = 1


_ALLOWED = {
    "width_dots": range(8, 833, 8),
    "band_rows": range(8, 65),
    "feed_units_per_dot": range(1, 5),
}
_KINDS: dict[str, type] = {
    "Fence": Fence,
    "Cut": Cut,
    "Dialect": Dialect,
    "str": str,
    "int": int,
    "bool": bool,
    "float": float,
}


def packaged_profile(name: str) -> Profile:
    """The profile of this name that comes with the program. Raises BadProfile."""
    known = {entry.name for entry in resources.files("kiosk.devices.printers.profiles").iterdir()}
    if f"{name}.toml" not in known:
        raise BadProfile(f"there is no printer profile named {name!r}")
    return parse_profile(
        resources.files("kiosk.devices.printers.profiles").joinpath(f"{name}.toml").read_text("utf-8"), name
    )


def read_profile(path: Path) -> Profile:
    """A profile of the hospital's own. Raises BadProfile."""
    try:
        return parse_profile(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as problem:
        raise BadProfile(f"{path.name}: cannot be read") from problem


def parse_profile(text: str, source: str) -> Profile:
    """Read a profile's TOML. Raises BadProfile naming `source` and the field at fault."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadProfile(f"{source}: {problem}") from problem
    declared = {field.name: field for field in fields(Profile)}
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise BadProfile(f"{source}: unknown field {unknown[0]!r}")
    values: dict[str, Any] = {}
    for name, field in declared.items():
        if name in given:
            values[name] = _value(name, given[name], _KINDS[str(field.type)], source)
        elif field.default is MISSING:
            raise BadProfile(f"{source}: {name} is missing")
    return Profile(**values)


def _value(name: str, value: object, kind: type, source: str) -> object:
    if kind is float and type(value) is int:
        value = float(value)
    if issubclass(kind, StrEnum):
        if value not in [str(member) for member in kind]:
            raise BadProfile(f"{source}: {name} must be one of {', '.join(kind)}")
        return kind(str(value))
    if type(value) is not kind:
        raise BadProfile(f"{source}: {name} must be a {kind.__name__}")
    if name in _ALLOWED and value not in _ALLOWED[name]:
        raise BadProfile(f"{source}: {name} is out of its range")
    if isinstance(value, float) and value <= 0:
        raise BadProfile(f"{source}: {name} must be above zero")
    return value
