"""When something is decided, and the ids that are made then. Services get this; none of them asks a clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.ids import RANDOM_BYTES, uuid7

Clock = Callable[[], int]
"""Milliseconds UTC now."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant, and new ids for it."""

    now_ms: int
    random: Callable[[int], bytes] = os.urandom

    def new_id(self) -> UUID:
        """A fresh UUIDv7."""
        return uuid7(now_ms=self.now_ms, random=self.random(RANDOM_BYTES))


def system_clock() -> int:
    """The computer's clock."""
    return time.time_ns() // 1_000_000


def local_date(instant_ms: int, time_zone: str) -> date:
    """The date of an instant in a time zone (IANA name)."""
    return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(ZoneInfo(time_zone)).date()


def days_around(today: date, *, before: int, after: int) -> tuple[str, ...]:
    """The days from `before` days ago to `after` days ahead, `YYYY-MM-DD`."""
    return tuple((today + timedelta(days=shift)).isoformat() for shift in range(-before, after + 1))
