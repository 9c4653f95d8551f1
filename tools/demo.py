"""`make demo`: a whole hospital on this machine, with no configuration.

With a display: the kiosk, and beside it the panel of its devices. Without one: one scripted visit on line and one off
line on Qt's offscreen platform over the same real protocols; pictures of each screen and ticket under build/demo/.
`--view vnc`: both windows on a display of their own, reached by a VNC viewer on this machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

_OUT = Path("build/demo")


def main() -> int:
    """Show it in the way that fits this machine."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--view", choices=("window", "offscreen", "vnc"), help="how to show it")
    view = parser.parse_args().view or _view_of_this_machine()
    shutil.rmtree(_OUT, ignore_errors=True)
    _OUT.mkdir(parents=True)
    if view == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from tools.demo_script import run_script

        return run_script(_OUT)
    from tools.demo_window import run_on_vnc, run_windows

    return run_on_vnc(_OUT) if view == "vnc" else run_windows(_OUT)


def _view_of_this_machine() -> str:
    return "window" if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else "offscreen"


if __name__ == "__main__":
    sys.exit(main())
