"""The application in a process of its own, up to its first page: `python -m tests.ui.first_page SETTINGS [stay]`.

Prints what stands on the glass and what has been loaded by then, as one JSON line, and unless it
is to stay, ends itself as systemd would.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path

from kiosk.app import Onlooker, start
from kiosk.settings import Settings, load

_FONTS = (".ttf", ".ttc", ".otf")


def main() -> int:
    settings = load(Path(sys.argv[1]))
    assert isinstance(settings, Settings), settings

    def on_painted() -> None:
        loaded = sorted(sys.modules)  # before anything is imported for looking
        from PySide6.QtWidgets import QApplication, QWidget

        widgets = [widget for window in QApplication.topLevelWidgets() for widget in window.findChildren(QWidget)]
        texts = [
            text.text
            for widget in widgets
            if widget.isVisible() and hasattr(widget, "placed_texts")
            for text in widget.placed_texts()
        ]
        mapped = Path("/proc/self/maps").read_text("utf-8").split()
        fonts = sorted(Path(word).name for word in mapped if word.startswith("/") and Path(word).suffix in _FONTS)
        json.dump({"texts": texts, "loaded": loaded, "fonts": fonts, "is_collecting": gc.isenabled()}, sys.stdout)
        if "stay" not in sys.argv:
            os.kill(os.getpid(), signal.SIGTERM)

    return start(settings, Onlooker(on_painted))


if __name__ == "__main__":
    raise SystemExit(main())
