"""A full mirror into an empty terminal: `python -m tools.bench.mirror SETTINGS CODE`, in a process of its own.

From the start of the terminal's workers to all rows committed and told (MirrorChanged). Prints a JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from kiosk.devices.cards.in_memory import InMemoryCardReaders
from kiosk.ports.central import MirrorChanged
from kiosk.settings import Settings, load
from tools.headless import HeadlessTerminal


def main() -> int:
    """Enrol, start, wait for the mirror."""
    settings = load(Path(sys.argv[1]))
    assert isinstance(settings, Settings), settings
    changes: list[MirrorChanged] = []

    def on_event(event: object) -> None:
        if isinstance(event, MirrorChanged):
            changes.append(event)

    terminal = HeadlessTerminal(settings, make_readers=InMemoryCardReaders, on_event=on_event)
    terminal.enrol(sys.argv[2])
    began_ns = time.monotonic_ns()
    terminal.start()
    terminal.until(lambda: bool(changes), timeout_s=60, what="the mirror")
    took_ms = (time.monotonic_ns() - began_ns) / 1e6
    terminal.stop()
    print(json.dumps({"took_ms": took_ms, "rows": changes[0].rows}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
