"""A day of random operations, with a look at the accounts at four checkpoints."""

from __future__ import annotations

from tools.crowd.accounts import findings, replayed
from tools.crowd.crowd import Crowd

OPERATIONS = 10_000
"""On each engine. `make soak PART=bookings` goes on to a million."""
CHECKPOINTS = 4
DONE = (
    "book: 201",
    "cancel: 200",
    "change: 201",
    "confirm: 200",
    "hold: 201",
    "drop: 200",
    "walk_in: 201",
    "join: 201",
    "leave: 200",
    "take: 201",
    "add_on: 201",
    "exempt: 201",
    "check_in: applied",
    "happened: applied",
    "again",
)
"""Each of these happened; else nothing is shown."""


def a_random_day(crowd: Crowd) -> None:
    """Ten thousand operations; nothing is lost, doubled or out of its quota, and no repeat does anything."""
    for _ in range(CHECKPOINTS):
        crowd.leg(OPERATIONS // CHECKPOINTS, of_day=OPERATIONS)
        crowd.settle()
        nothing_in(findings(crowd.servers[0], crowd.journal))
        nothing_in(replayed(crowd.servers[0], crowd.journal, most=150, seed=1))
    counts = crowd.journal.counts
    nothing_in([f"never done: {kind}" for kind in DONE if not counts[kind]])


def nothing_in(found: list[str]) -> None:
    """Raises with every line of it: a day like this one may not come again soon."""
    assert not found, "\n".join(found)
