"""What the types do not say: how long a text and how large a number may be. Beyond it is not ours to store."""

from __future__ import annotations

import unicodedata

from booking.signed_ticket import LONGEST_CODE
from booking.wire import CheckInAct, EnrolRequest, FindRequest, Heartbeat
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
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control characters, what turns the writing round, halves of a surrogate pair, ends of lines. The wide space of
Chinese texts is none of them, nor are rare characters in the private area.
"""


def check_act(act: CheckInAct) -> None:
    """Raises Refusal `bad_request`."""
    at = act.at
    _check(
        _is_instant(at.wall_ms),
        0 <= at.boot_ms < _LARGEST,
        at.offset_ms is None or (abs(at.offset_ms) < _LATEST_MS and _is_instant(at.wall_ms + at.offset_ms)),
        abs(act.booking_ver) < _LARGEST,
        abs(act.policy_version) < 2**31,
        _is_text(at.boot_id, _TEXT),
        _is_text(act.queue_number, _QUEUE_NUMBER),
        len(act.assumed) <= _ASSUMPTIONS,
        all(_is_text(assumption, _TEXT) for assumption in act.assumed),
        _is_text(act.ticket, LONGEST_CODE),
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
