"""Days of several examinations in the corpus (rules D11, G7): the stops, and the order that waits least."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.decide.clock import MINUTE_MS, instant, local
from booking.decide.given import CHINA
from booking.policy import Policy
from booking.suggest.day import Hours, NoOrder, Stop, Walks
from booking.suggest.itinerary import itinerary
from tools.corpus_form import plain, reader
from tools.corpus_queue import Drawn, Questions
from tools.corpus_world import BERLIN, DAYS, World

_ZONES = {str(it): it for it in (CHINA, BERLIN)}
_ITEMS = ("barium-meal", "abdominal-ultrasound", "gastroscopy", "blood-count")
_WALKS = Walks({("A", "B"): 4, ("B", "C"): 9})


def _day(world: World) -> Questions:
    """Two to eight stops; each may be urgent, booked, fasting, a series, or wait for reports."""
    zone = world.zone()
    start_ms = instant(world.one(*DAYS), world.one(0, 450, 480, 540), zone)
    count = world.one(1, 2, 3, 4, 5, 6, 8)
    stops = [_stop(world, no, start_ms) for no in range(count)]
    world.dice.shuffle(stops)
    policy = world.policy("general", "examinations", "examinations")
    return {"policy": policy, "zone": str(zone), "from": start_ms, "stops": [plain(it) for it in stops]}


def _stop(world: World, no: int, start_ms: int) -> Stop:
    opens_ms = start_ms + world.one(0, 0, 0, 30, 100) * MINUTE_MS
    turns_ms = opens_ms + world.one(20, 60, 120) * MINUTE_MS
    closes_ms = turns_ms + world.one(60, 240, 360) * MINUTE_MS
    pause_ms = world.one(0, 0, 0, 45) * MINUTE_MS
    later = Hours(turns_ms + pause_ms, closes_ms + pause_ms, world.dice.randrange(40))
    more: dict[str, Any] = {
        "is_urgent": world.maybe(of=8),
        "is_booked": world.maybe(of=8),
        "is_fasting": world.maybe(of=6),
        "ends_fasting": world.maybe(of=8),
        "is_series": world.maybe(of=12),
        "items": world.seldom((world.one(*_ITEMS),), (), of=6),
        "needs": _needs(world, no),
    }
    return Stop(
        name=f"s{no}",
        hours=(Hours(opens_ms, turns_ms, world.dice.randrange(40)), later),
        takes_min=world.dice.randrange(2, 25),
        place=world.one(*"ABC"),
        ready_min=world.one(0, 0, 10, 60),
        **more,
    )


def _needs(world: World, no: int) -> tuple[str, ...]:
    """Seldom an earlier stop's report; once in a while, by mistake, any stop's."""
    earlier = (f"s{world.dice.randrange(no)}",) if no and world.maybe() else ()
    return (f"s{world.dice.randrange(9)}",) if world.maybe(of=40) else earlier


def _answer(asked: Questions, policies: Mapping[str, Policy]) -> str:
    """Each stop with its time, or what stands against the day."""
    zone, orders = _ZONES[asked["zone"]], policies[asked["policy"]].orders
    stops = [reader(Stop)(it) for it in asked["stops"]]
    found = itinerary(stops, orders, _WALKS, from_ms=asked["from"], from_place="A", zone=zone)
    if isinstance(found, NoOrder):
        return f"no order: {found.obstacle} {'+'.join(found.stops)}"
    visits = "; ".join(
        f"{it.stop.name} {local(it.begins_ms, zone):%H:%M}-{local(it.ends_ms, zone):%H:%M}" for it in found.visits
    )
    return f"{visits} | waits {found.waits_min}"


DAY = {"G7": Drawn(_day, _answer)}
