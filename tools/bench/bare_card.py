"""The floor of a card's reading: the same commands to the same card over the same reader, and nothing else.

`python -m tools.bench.bare_card READER ROUNDS`: prints as JSON the milliseconds of each round and
how many commands it has.
"""

from __future__ import annotations

import json
import sys
import time

from booking.people import Identity
from kiosk.devices.cards.pcsc import Context
from kiosk.devices.cards.recognise import recognise


def main() -> int:
    """Note the commands of one reading, then say them again and again."""
    reader, rounds = sys.argv[1], int(sys.argv[2])
    context = Context()
    commands: list[bytes] = []
    with context.card(reader) as card:

        def noted(command: bytes, /) -> tuple[bytes, int]:
            commands.append(command)
            return card.transmit(command)

        said = recognise(noted, card.atr())
    if not isinstance(said, Identity):
        raise SystemExit(f"the card could not be read: {said}")
    took_ms = []
    for _round in range(rounds):
        began_ns = time.monotonic_ns()
        with context.card(reader) as card:
            card.atr()
            for command in commands:
                card.transmit(command)
        took_ms.append((time.monotonic_ns() - began_ns) / 1e6)
    context.close()
    print(json.dumps({"took_ms": took_ms, "commands": len(commands)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
