"""What the types do not say: how long a text and how large a number may be. Beyond it is not ours to store."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass
from uuid import UUID

from booking.signed_ticket import LONGEST_CODE
from booking.wire import CheckInAct, EnrolRequest, FindRequest, Heartbeat
from booking.wire_acts import LentPlaceTaken
from booking.wire_time import DeviceTime
from central.web.problems import Refusal

_LARGEST = 2**53
_LATEST_MS = 253_402_300_000_000
"""The end of the year 9999."""
_TEXT = 64
_QUEUE_NUMBER = 16
_UNSETTLED = 100
_ASSUMPTIONS = 16
_CREDENTIALS = 16
_PUBLIC_KEY = 128
_LARGEST_COUNT = 2**31
_COUNTS = frozenset({"policy_version", "slot_nos", "birth_year"})
_MOST_VALUES = 128
_LONGEST = {"sealed": 8192, "queue_number": _QUEUE_NUMBER, "sex": _QUEUE_NUMBER}
"""Of texts that are longer or shorter than others."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, what turns the writing round, halves of a surrogate pair, ends of lines. The wide space of
Chinese texts is none of them, nor are rare characters in the private area.
"""


def check_act(act: CheckInAct) -> None:
    """Raises Refusal `bad_request`."""
    _check_time(act.at)
    _check(
        abs(act.booking_ver) < _LARGEST,
        abs(act.policy_version) < _LARGEST_COUNT,
        _is_text(act.queue_number, _QUEUE_NUMBER),
        len(act.assumed) <= _ASSUMPTIONS,
        all(_is_text(assumption, _TEXT) for assumption in act.assumed),
        _is_text(act.ticket, LONGEST_CODE),
    )


def check_happened(act: object) -> None:
    """Raises Refusal `bad_request`. Of a check-in as of one that is asked; of the others every value by its kind."""
    if isinstance(act, CheckInAct):
        check_act(act)
        return
    assert is_dataclass(act), "acts are"
    values = {one.name: getattr(act, one.name) for one in fields(act)}
    for name, value in values.items():
        _check_value(name, value)


def _check_value(name: str, value: object) -> None:
    match value:
        case DeviceTime():
            _check_time(value)
        case bool() | None | UUID():
            pass
        case int():
            _check(abs(value) < _LARGEST_COUNT if name in _COUNTS else abs(value) < _LARGEST)
        case str():
            _check(_is_text(value, _LONGEST.get(name, _TEXT)))
        case tuple():
            _check(len(value) <= _MOST_VALUES)
            for one in value:
                _check_value(name, one)
        case LentPlaceTaken():
            _check(0 < value.slot_no < _LARGEST_COUNT, _is_text(value.number, _TEXT))
        case _:
            _check(False)  # noqa: FBT003 - nothing else is sent


def _check_time(at: DeviceTime) -> None:
    _check(
        _is_instant(at.wall_ms),
        0 <= at.boot_ms < _LARGEST,
        at.offset_ms is None or (abs(at.offset_ms) < _LATEST_MS and _is_instant(at.wall_ms + at.offset_ms)),
        _is_text(at.boot_id, _TEXT),
    )


def check_heartbeat(heartbeat: Heartbeat) -> None:
    """Raises Refusal `bad_request`."""
    _check(
        0 <= heartbeat.waiting < _LARGEST,
        0 <= heartbeat.not_applied < _LARGEST,
        heartbeat.oldest_ms is None or _is_instant(heartbeat.oldest_ms),
        _is_text(heartbeat.version, _TEXT),
        _is_text(heartbeat.cursor, _TEXT),
        len(heartbeat.unsettled) <= _UNSETTLED,
    )


def check_enrol(request: EnrolRequest) -> None:
    """Raises Refusal `bad_request`."""
    _check(_is_text(request.code, _TEXT), _is_text(request.public_key, _PUBLIC_KEY))


def check_find(request: FindRequest) -> None:
    """Raises Refusal `bad_request`."""
    _check(1 <= len(request.credential_hashes) <= _CREDENTIALS)


def is_readable(text: str, longest: int) -> bool:
    """Whether somebody can read all of it, in one line."""
    return len(text) <= longest and (
        text.isprintable() or not any(unicodedata.category(letter) in _UNSEEN for letter in text)
    )


def _check(*conditions: bool) -> None:
    if not all(conditions):
        raise Refusal("bad_request", "a value is out of its range")


def _is_instant(value: int) -> bool:
    return 0 <= value < _LATEST_MS


def _is_text(value: str, longest: int) -> bool:
    """Short, and nothing in it that cannot be shown: no control character, no half of a surrogate pair."""
    return len(value) <= longest and value.isprintable()
