"""The terminal's application: settings, store, window, loop. `kiosk --settings FILE`.

Exit codes: 0 ended on request, 70 ended by bugs or by readers that are stuck, 75 the data directory cannot be written,
or the store in it is taken, cannot be opened now, or turned out to be damaged (after 70 and 75: start me again), 78 the
settings are wrong.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.settings import Settings, load

EXIT_BUG = 70
EXIT_STORE = 75
EXIT_SETTINGS = 78
DEFAULT_SETTINGS = Path("/etc/hospital-kiosk/kiosk.toml")


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who measures the application from within; it decides nothing and keeps nothing that it is told."""

    on_painted: Callable[[], None] = lambda: None
    """On the GUI thread, when the first page stands on the glass and nothing else has begun."""
    on_event: Callable[[object], None] = lambda _event: None
    """Each event, on the thread that it comes from, before it is queued."""


def main(arguments: list[str] | None = None) -> int:
    """Run the terminal until it is told to end."""
    parser = argparse.ArgumentParser(prog="kiosk", description="The self-service terminal.")
    parser.add_argument("--settings", type=Path, default=DEFAULT_SETTINGS, help="the TOML file")
    chosen = parser.parse_args(arguments)
    settings = load(chosen.settings)
    if not isinstance(settings, Settings):
        for problem in settings:
            print(f"{chosen.settings}: {problem}", file=sys.stderr)  # noqa: T201 - for whoever started it by hand
        return EXIT_SETTINGS
    return start(settings)


def start(settings: Settings, onlooker: Onlooker | None = None) -> int:
    """Run the terminal with these settings until it is told to end; returns the exit code."""
    # Nearly everything that is made while modules load stays: to look for rubbish in it again and again takes a fifth
    # of the start. From the first page on, kiosk.ui.gui says when rubbish is collected.
    gc.disable()
    try:
        from kiosk.health.log import LogNotWritable  # noqa: PLC0415 - wrong settings are told before the slow imports
        from kiosk.run import run  # noqa: PLC0415 - as above

        try:
            return run(settings, onlooker or Onlooker())
        except LogNotWritable as fault:
            print(fault, file=sys.stderr)  # noqa: T201 - for whoever started it, and systemd's journal
            return EXIT_STORE
    finally:
        gc.enable()


if __name__ == "__main__":
    raise SystemExit(main())
