"""One ordinary patient, one ordinary place, and short ways to ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from booking.credit import CreditPolicy, Scheme
from booking.decide import Accepted, Decision, Refused, decide
from booking.decide.clock import instant
from booking.decide.commands import Book
from booking.decide.effects import EnterState
from booking.decide.given import CHINA, BookingFacts, ChangeFacts, Free, Held, Order, Person, Place, PlaceFacts
from booking.facts import UNKNOWN, Known
from booking.policy import Policy, UnknownPolicy, WhenUnknown
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.roster.plans import ClinicKind

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


POINTS = CreditPolicy(scheme=Scheme.POINTS)
ALL_ASSUMED = UnknownPolicy(**dict.fromkeys(UnknownPolicy.__slots__, WhenUnknown.ASSUME))
ALL_REFUSED = UnknownPolicy(**dict.fromkeys(UnknownPolicy.__slots__, WhenUnknown.REFUSE))
LAB = replace(FACTS, place=place(kind=ClinicKind.LABORATORY, session_ends_ms=at(DAY, 12)), order=Known(Order(("x",))))
TODAY = at(DAY, 9)
EVENING = at(DAY, 20)
VISITED = replace(BOOKED, state=Known(BookingState.VISITED))
UNSURE = replace(BOOKED, state=UNKNOWN)


def person(**more: Any) -> Any:
    return replace(FACTS, person=Known(Person(**more)))


def states(decision: Any) -> list[BookingState]:
    return [it.state for it in effects(decision) if isinstance(it, EnterState)]
