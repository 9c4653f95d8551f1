"""`make soak PART=visits MINUTES=10`. The last line is a JSON object; the exit code is 1 where a bar is missed."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

from kiosk.settings import ScreenSettings
from tools.soak.bookings import bookings
from tools.soak.day import day, scratch
from tools.soak.growth import growth_percent, is_sound
from tools.soak.kills import kills
from tools.soak.monkey import run_monkey

_MOST_VISITS = 10_000
_MOST_GROWTH_PERCENT = 3.0


def visits(minutes: float, seed: int) -> dict[str, object]:
    """10,000 visits, a hundred of them over the real card daemon, or as many as the time allows."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from lab.cards.slot import Slot
    from lab.pcscd import CardDaemon
    from tools.headless import settings_for
    from tools.hospital import DRIVER
    from tools.soak.stand import Stand
    from tools.soak.visits import Lobby, patients, run_visits

    began = time.monotonic()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("soak-"))
        around = stack.enter_context(day(folder, bookings=_MOST_VISITS))
        daemon = stack.enter_context(CardDaemon(Path(folder), driver=DRIVER))
        os.environ.update(daemon.environment())
        slot = stack.enter_context(Slot(daemon, 0))
        settings = replace(
            settings_for(folder / "kiosk", server=around.network.address), screen=ScreenSettings(is_fullscreen=False)
        )
        stand = Stand(settings, around, has_real_reader=True)
        stand.enrol()
        stack.enter_context(stand)
        site = stand.terminal.site
        assert site is not None
        mirror = stand.terminal.store.mirror(site.hospital_id)
        stand.until(lambda: bool(mirror.scope().today), "the mirror", timeout_s=60)
        lobby = Lobby(stand, slot, Random(seed))
        record = run_visits(lobby, patients(around), most=_MOST_VISITS, minutes=minutes)
        around.network.restore()
    growth = growth_percent(record.samples)
    return {
        "part": "visits",
        "seed": seed,
        "visits": record.visits,
        "real_cards": record.real_cards,
        "checked_in": record.checked_in,
        "refused": record.refused,
        "asked_again": record.asked_again,
        "tickets": record.tickets,
        "stopped_by": record.stopped_by,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "mb": [[one.visits, round(one.mb, 1)] for one in record.samples if one.visits % 1000 == 0][:12],
        "growth_percent": None if growth is None else round(growth, 2),
        "late_min": record.most_late_min,
        "ok": not record.stopped_by
        and not record.asked_again
        and is_sound(
            visits=record.visits, checked_in=record.checked_in, growth=growth, most_growth=_MOST_GROWTH_PERCENT
        ),
    }


def mutation(minutes: float, seed: int) -> dict[str, object]:
    """As many small changes to the rules, drawn at random, as the time allows."""
    words = [sys.executable, "-m", "tools.mutation", "--minutes", str(minutes), "--seed", str(seed)]
    last = "{}"
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            last = line
    if not last.startswith("{"):
        return {"part": "mutation", "seed": seed, "ok": False}
    result: dict[str, object] = json.loads(last)
    return result


_PARTS = {
    "visits": visits,
    "monkey": run_monkey,
    "mutation": mutation,
    "bookings": bookings,
    "kills": kills,
}


def main() -> int:
    """Run one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=sorted(_PARTS), default="visits")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    result = _PARTS[chosen.part](chosen.minutes, chosen.seed)
    print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
