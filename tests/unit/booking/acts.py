"""One ordinary patient, one ordinary place, and short ways to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from booking.decide import Accepted, Decision, Refused, decide
from booking.decide.clock import instant
from booking.decide.commands import Book
from booking.decide.given import CHINA, BookingFacts, ChangeFacts, Free, Held, Place, PlaceFacts
from booking.facts import Known
from booking.policy import Policy
from booking.roster.channels import Channel

DAY = date(2026, 11, 25)
"""A Wednesday."""
MINUTE_MS = 60_000


def at(day: date, hour: int, minute: int = 0, zone: tzinfo = CHINA) -> int:
    return instant(day, hour * 60 + minute, zone)


def place(day: date = DAY, hour: int = 9, minute: int = 0, *, zone: tzinfo = CHINA, **more: Any) -> Place:
    starts_ms = at(day, hour, minute, zone)
    return Place(day, starts_ms, starts_ms + 10 * MINUTE_MS, **{"department": "cardiology", **more})


def held(number: str, day: date = DAY, hour: int = 14, department: str = "eyes", items: tuple[str, ...] = ()) -> Held:
    return Held(number, day, at(day, hour), at(day, hour, 10), department, items)


NOW = at(date(2026, 11, 23), 10)
FACTS = PlaceFacts(place(), free=Known(Free(in_channel=1)))
BOOKED = BookingFacts(place(), number="100200300406")
CHANGE = ChangeFacts(BOOKED, replace(FACTS, place=place(hour=10)))
BOOK = Book(Channel.KIOSK)


def ask(facts: Any, command: Any, now_ms: int = NOW, policy: Policy | None = None) -> Decision:
    decision: Decision = decide(policy or Policy(), facts, command, now_ms)
    return decision


def word(decision: Decision) -> str:
    return decision.reason.value if isinstance(decision, Refused) else "accepted"


def effects(decision: Decision) -> tuple[Any, ...]:
    assert isinstance(decision, Accepted), decision
    return decision.effects


def on_clock(ms: int, zone: tzinfo = CHINA) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
