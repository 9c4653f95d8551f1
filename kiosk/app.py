"""The terminal's application: settings, store, window, loop. `kiosk --settings FILE`.

Exit codes: 0 ended on request, 70 ended by bugs or by readers that are stuck, 75 the store is taken, cannot be opened
now, or turned out to be damaged (after 70 and 75: start me again), 78 the settings are wrong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kiosk.settings import Settings, load

EXIT_BUG = 70
EXIT_STORE = 75
EXIT_SETTINGS = 78
DEFAULT_SETTINGS = Path("/etc/hospital-kiosk/kiosk.toml")


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
    from kiosk.run import run  # noqa: PLC0415 - wrong settings are told before the slow imports

    return run(settings)


if __name__ == "__main__":
    raise SystemExit(main())
