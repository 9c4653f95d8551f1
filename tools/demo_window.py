"""The demo with windows: the kiosk as the real application, and beside it the panel of its devices."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.health.control import ask
from kiosk.settings import Settings
from lab.panel.bench import Bench
from lab.panel.window import run_panel
from lab.people import SampleBooking, SamplePerson
from lab.scanner import VirtualScanner
from tools.headless import HeadlessTerminal, settings_for
from tools.hospital import DEMO_HOURS, Hospital, hospital

_LABEL = "门诊楼 1 层 03"
_BIN = Path(sys.executable).parent
_TITLE_PX = 40
"""Left for a window's title alone: the panel reaches down to the task bar."""
_FRAME_PX = 90
"""Left of the screen's height for a task bar and a window's title."""


def run_windows(folder: Path) -> int:
    """Show both windows until one of them is closed."""
    app = QApplication([])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    with hospital(folder) as place, VirtualScanner() as scanner:
        settings = settings_for(
            folder / "terminal",
            server=place.network.address,
            printer=place.printer.address,
            scanner=str(scanner.path),
        )
        HeadlessTerminal(settings).enrol(place.server.code(_LABEL))
        room = QGuiApplication.primaryScreen().availableGeometry()
        fit_px = room.height() - _FRAME_PX
        with _kiosk(folder, settings, fit_px=fit_px) as kiosk, _bench(place, scanner, settings) as bench:
            kiosk_px = int(fit_px * settings.screen.width_px / settings.screen.height_px)
            room.adjust(kiosk_px + 24, 0, 0, -_TITLE_PX)
            panel = run_panel(bench, room=room, on_closed=app.quit, opens=opens_now)
            print("The kiosk and the panel of its devices are open; close the panel to end.", flush=True)
            watch = QTimer(panel)
            watch.timeout.connect(lambda: app.quit() if kiosk.poll() is not None else None)
            watch.start(500)
            code = app.exec()
            watch.stop()
    return code


def opens_now(person: SamplePerson) -> tuple[SampleBooking, ...]:
    """What this person may check in at the demo's terminal at this moment."""
    return DEMO_HOURS.open_now(person, datetime.now(UTC))


def _bench(place: Hospital, scanner: VirtualScanner, settings: Settings) -> Bench:
    def status() -> Mapping[str, object] | None:
        try:
            return ask(settings.control_socket(), "status", timeout_s=0.5)
        except (OSError, ValueError):
            return None

    return Bench(
        slot=place.slot,
        printer=place.printer,
        relay=place.network,
        scanner=scanner,
        people=place.people,
        status=status,
    )


@contextlib.contextmanager
def _kiosk(folder: Path, settings: Settings, *, fit_px: int) -> Iterator[subprocess.Popen[bytes]]:
    """The application as a process of its own, on this hospital's reader."""
    file = folder / "kiosk.toml"
    file.write_text(_toml(settings, fit_px=fit_px), encoding="utf-8")
    with (folder / "kiosk.log").open("wb") as log:
        process = subprocess.Popen([str(_BIN / "kiosk"), "--settings", str(file)], stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _toml(settings: Settings, *, fit_px: int) -> str:
    return (
        f'data_dir = "{settings.data_dir}"\n'
        f'[server]\nurl = "{settings.server.url}"\n'
        f"[screen]\nis_fullscreen = false\nfit_px = {fit_px}\n"
        f'[printer]\nhost = "{settings.printer.host}"\nport = {settings.printer.port}\n'
        f'[scanner]\ndevice = "{settings.scanner.device}"\n'
    )


def run_on_vnc(folder: Path) -> int:
    """The same on a display of its own (Xvfb), reached by a VNC viewer on this machine only."""
    for program in ("Xvfb", "x11vnc"):
        if shutil.which(program) is None:
            print(f"{program} is missing; `make setup` installs it", file=sys.stderr)
            return 1
    with _display() as display:
        os.environ["DISPLAY"] = display
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        viewer = subprocess.Popen(
            ["x11vnc", "-display", display, "-localhost", "-forever", "-shared", "-nopw", "-quiet"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            port = next((line for line in viewer.stdout or () if line.startswith("PORT=")), "PORT=5900").strip()
            print(f"VNC on 127.0.0.1, {port} (no password; this machine only)", flush=True)
            return run_windows(folder)
        finally:
            viewer.terminate()
            viewer.wait(10)


@contextlib.contextmanager
def _display() -> Iterator[str]:
    """A free X display without a network port. Raises RuntimeError when Xvfb gives none."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x1000x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
