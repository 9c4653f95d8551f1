"""The application in a process of its own, with a stopwatch inside: `python -m tools.bench.inside SETTINGS`.

Runs what `kiosk --settings FILE` runs. Tells on stdout, as JSON lines with instants of the monotonic clock, when the
first page was painted, when each event came, and when a page was painted after a touch; takes commands on stdin:
`{"tap": KIND, "arg": ARG}`, `{"modules": true}`, `{"quit": true}`.

Painted means: the window's update request has been dealt with, that is, every paintEvent has returned and the picture
was handed over.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.app import Onlooker, start
from kiosk.settings import Settings, load


def tell(**words: object) -> None:
    """One line to whoever measures."""
    os.write(1, (json.dumps(words) + "\n").encode())


def third_party_modules() -> list[str]:
    """What has been imported from site-packages so far, in the order of its import."""
    return [
        name
        for name, module in tuple(sys.modules.items())
        if "site-packages" in (getattr(module, "__file__", None) or "") and not name.startswith("__editable__")
    ]


def main() -> int:
    """Run the application until it is told to quit."""
    settings = load(Path(sys.argv[1]))
    assert isinstance(settings, Settings), settings
    kept: list[object] = []

    def on_painted() -> None:
        painted_ns = time.monotonic_ns()
        # Late, so that the stopwatch itself costs the start nothing.
        from tools.bench.finger import Finger

        finger = Finger(tell)
        kept.append(finger)
        tell(first_painted_ns=painted_ns, modules=third_party_modules())
        threading.Thread(target=_listen, args=(finger.commanded.emit,), name="bench", daemon=True).start()

    def on_event(event: object) -> None:
        at_ns = time.monotonic_ns()
        from kiosk.ports.printers import PrinterChanged, Ready  # late, so that the application has imported it before

        is_ready = isinstance(event, PrinterChanged) and isinstance(event.status, Ready)
        tell(event="PrinterReady" if is_ready else type(event).__name__, at_ns=at_ns)

    return start(settings, Onlooker(on_painted, on_event))


def _listen(obey: Callable[[dict[str, object]], None]) -> None:
    for line in sys.stdin:
        command = json.loads(line)
        if "modules" in command:
            tell(modules=third_party_modules())
        else:
            obey(command)


if __name__ == "__main__":
    raise SystemExit(main())
