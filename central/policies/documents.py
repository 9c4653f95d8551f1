"""How a hospital's settings are written down: the hospital's own file, which names a preset and overrides single keys.

A store of the first release kept five fields instead. They are still read, and still written beside the file, so that
the release before this one finds what it needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from booking.policy import CheckInPolicy, LateArrival, Policy, WhenUnknown
from booking.policy.lines import Problem
from booking.policy.parse import parse

Document = dict[str, Any]
_EXAMPLES = ".examples.toml"


class WrongPolicy(Exception):
    """A hospital's file cannot be used; `problems` says where and why, all at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@lru_cache(maxsize=1)
def presets() -> Mapping[str, str]:
    """Every preset's own file, by its name. They come with the program and never change while it runs."""
    files = [it for it in resources.files("booking.presets").iterdir() if it.name.endswith(".toml")]
    plain = [it for it in files if not it.name.endswith(_EXAMPLES)]
    return {it.name.removesuffix(".toml"): it.read_text(encoding="utf-8") for it in plain}


@lru_cache(maxsize=128)
def read_policy(version: int, toml: str) -> Policy:
    """What a hospital's file means as this version. Read once; the same text always means the same.

    Raises WrongPolicy.
    """
    parsed = parse(toml, presets())
    if isinstance(parsed, Policy):
        return replace(parsed, version=version)
    raise WrongPolicy(parsed)


def to_document(toml: str, *, version: int) -> Document:
    """The settings as the store keeps them. Raises WrongPolicy."""
    check_in = read_policy(version, toml).check_in
    return {
        "version": version,
        "toml": toml,
        "check_in_opens_before_min": check_in.opens_before_min,
        "check_in_grace_min": check_in.grace_min,
        "check_in_late": check_in.late.value,
        "check_in_state_unknown": check_in.booking_state_unknown.value,
    }


def from_document(document: Document) -> Policy:
    """The settings as the rules take them."""
    version = int(document["version"])
    if "toml" in document:
        return read_policy(version, str(document["toml"]))
    return Policy(
        version=version,
        check_in=CheckInPolicy(
            opens_before_min=int(document["check_in_opens_before_min"]),
            grace_min=int(document["check_in_grace_min"]),
            late=LateArrival(str(document["check_in_late"])),
            booking_state_unknown=WhenUnknown(str(document["check_in_state_unknown"])),
        ),
    )
