"""The hospital's settings as a whole, for what is decided here besides check-ins.

Settings that this release cannot read are not read as lenient ones: then nothing is decided here, and the server is
asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import resources

from booking.policy import Policy
from booking.policy.parse import parse
from booking.wire import PolicyRow
from kiosk.desk.surroundings import Surroundings

_EXAMPLES = ".examples.toml"


def settings_in_force(around: Surroundings) -> Policy | None:
    """All settings, as the mirror's newest row has them; None where they are not there or not understood."""
    row = around.store.policy() or around.site.policy
    return None if not row.settings else _read(row)


@lru_cache(maxsize=4)
def _read(row: PolicyRow) -> Policy | None:
    """Read once; the same row always means the same."""
    parsed = parse(row.settings, _presets())
    return replace(parsed, version=row.version) if isinstance(parsed, Policy) else None


@lru_cache(maxsize=1)
def _presets() -> Mapping[str, str]:
    """Every preset's own file, by its name: they come with the program."""
    files = [it for it in resources.files("booking.presets").iterdir() if it.name.endswith(".toml")]
    plain = [it for it in files if not it.name.endswith(_EXAMPLES)]
    return {it.name.removesuffix(".toml"): it.read_text(encoding="utf-8") for it in plain}
