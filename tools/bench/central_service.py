"""How many bookings the service layer takes with so many callers waiting: without HTTP, the writer and what is behind.

`python -m tools.bench.central_service DATA DATABASE WORLD CALLERS` prints the bookings a second and the processor time
of each in microseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from booking.roster.channels import Channel
from booking.wire_booking import BookPlace
from central.appointments.together import Outcome, Wish, book_together
from central.channels.caller import Asker
from central.moment import Moment
from central.tables.database import database_at
from central.web.app import open_parts
from central.web.gathering import Gathering
from central.web.once import Answer, Repeatable
from central.web.parts import Parts
from tools.bench.central_world import count_rows


def _wishes(world: dict[str, object], moment: Moment) -> Iterator[Wish]:
    people, sessions, rng = world["people"], world["sessions"], Random(2)
    assert isinstance(people, list) and isinstance(sessions, list)
    asker = Asker(uuid4(), UUID(str(world["hospital_id"])), Channel.WEB)
    for person in people:
        ask = BookPlace(
            booking_id=moment.new_id(), person_id=UUID(person), session_id=UUID(rng.choice(sessions)), notice_shown=True
        )
        yield Wish(
            Repeatable(asker.hospital_id, asker.caller_id, str(uuid4()), b"x" * 32), asker, ask, is_admitted=True
        )


async def _all_booked(parts: Parts, wishes: Iterator[Wish], callers: int) -> int:
    gathering: Gathering[Wish, Outcome] = Gathering(
        parts, lambda connection, asks: book_together(connection, asks, parts.keys, parts.moment())
    )

    async def caller() -> int:
        booked = 0
        for wish in wishes:
            outcome = await gathering.do(wish)
            booked += isinstance(outcome, Answer) and outcome.status == 201
        return booked

    return sum(await asyncio.gather(*(caller() for _ in range(callers))))


def main() -> int:
    """Book for everybody."""
    data, address, callers = Path(sys.argv[1]), sys.argv[2], int(sys.argv[4])
    world = json.loads(Path(sys.argv[3]).read_text(encoding="ascii"))
    parts = open_parts(data, database=database_at(address, data))
    try:
        wishes = _wishes(world, parts.moment())
        first = [next(wishes) for _ in range(callers * 2)]
        asyncio.run(_all_booked(parts, iter(first), callers))
        count_rows(address)
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        booked = asyncio.run(_all_booked(parts, wishes, callers))
        took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    finally:
        parts.close()
    print(json.dumps({"rate": booked / took_s, "cpu_us": cpu_s / booked * 1e6, "booked": booked}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
