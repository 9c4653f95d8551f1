"""The floor of start and memory: a window of the same size that has imported the same third-party modules and loaded
the same fonts, and does nothing. `python -m tools.bench.bare_window MODULES.json`; ends when its stdin does.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path


def main() -> int:
    """Import, show, paint, tell, wait."""
    modules: list[str] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # Qt's binding last: it looks into the source of every module that is imported after it.
    for name in sorted(modules, key=lambda name: name.startswith(("PySide6", "shiboken"))):
        importlib.import_module(name)
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QFont, QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    class Window(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            painter = QPainter(self)
            font = QFont(["Noto Sans CJK SC", "HanaMinA", "HanaMinB"])
            font.setPixelSize(60)
            for weight in (QFont.Weight.Normal, QFont.Weight.Bold):
                font.setWeight(weight)
                painter.setFont(font)
                painter.drawText(100, 100 + weight.value, "请插入社保卡 Insert your card")
            painter.end()
            QTimer.singleShot(0, tell)

    def tell() -> None:
        os.write(1, (json.dumps({"first_painted_ns": time.monotonic_ns()}) + "\n").encode())
        sys.stdin.read()
        app.exit()

    app = QApplication(["bare"])
    window = Window()
    window.setFixedSize(1080, 1920)
    window.show()
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
