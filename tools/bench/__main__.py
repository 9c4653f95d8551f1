"""`make bench`: all figures, each beside its floor measured in the same run; writes build/bench.json.

Every bar names its start and its end in docs/figures.md. The exit code is 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lab.outages import Refusing
from tools.bench.central import central_figures
from tools.bench.figures import Bar, Figure, as_json, as_table, median
from tools.bench.printer_tap import PrinterTap
from tools.bench.rules import rule_figures
from tools.bench.rush import figures as rush_figures
from tools.bench.start import measure_memory, measure_start
from tools.bench.sync import sync_figures
from tools.bench.terminal import TerminalProcess, cpu_s, enrol, environment, write_settings
from tools.bench.visits import Lobby, Waits, bare_exchange_ms, figures
from tools.hospital import Hospital, hospital, init_sample

_RESULT = Path("build/bench.json")
_BOOKINGS = 10_000
_VISITS = 30
"""With a card, on line; and as many off line."""
_TURNS = 3
"""On line and off line take turns: what changes on the machine meanwhile falls on both."""
_CAUGHT_UP_S = 2
"""By then what waited has been sent, and its answers are in the mirror."""
_IDLE_S = 20
_WITHIN_VISITS = 100


def _run(module: str, *words: str) -> dict[str, object]:
    command = [sys.executable, "-m", f"tools.bench.{module}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return said


def _step(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def _mirror(around: Hospital, folder: Path, snapshot_ms: float) -> Figure:
    _step(f"a mirror of {_BOOKINGS} bookings")
    settings = write_settings(folder / "mirror.toml", data=folder / "mirror", server=around.network.address)
    said = _run("mirror", str(settings), around.server.code("mirror"))
    name = f"mirror of {said['rows']} rows, {_BOOKINGS} of them bookings of today, into an empty terminal"
    return Figure(name, float(str(said["took_ms"])) / 1000, "s", Bar(5), snapshot_ms / 1000)


def _visits(around: Hospital, folder: Path, tap: PrinterTap, round_trip_ms: float, visits: int) -> list[Figure]:
    _step("the bare exchange with a card")
    exchange_ms = bare_exchange_ms(around, 40)
    settings = folder / "kiosk.toml"
    _step("the start")
    started = measure_start(settings, folder)
    on_line, off_line = Waits(), Waits()
    with TerminalProcess(settings) as terminal:
        terminal.events("MirrorChanged", "PrinterReady")
        _step("nobody there")
        idle = _idle(terminal)
        lobby = Lobby(around, terminal, tap)
        lobby.check_in(Waits())  # what is loaded at the first use is loaded now
        for turn in range(_TURNS):
            _step(f"visits on line and off line, turn {turn + 1} of {_TURNS}")
            for _visit in range(turn, visits, _TURNS):
                lobby.check_in(on_line)
            around.network.switch(Refusing())
            terminal.event("ConnectionChanged", timeout_s=60)
            for _visit in range(turn, visits, _TURNS):
                lobby.check_in(off_line)
            around.network.restore()
            terminal.event("ConnectionChanged", timeout_s=60)
            terminal.rest(_CAUGHT_UP_S)
        _step("visits with a finger alone")
        while 1 + on_line.visits + off_line.visits < _WITHIN_VISITS:
            lobby.look_in(off_line)
        memory = measure_memory(terminal, folder, visits=_WITHIN_VISITS)
    measured = figures(on_line, off_line, exchange_ms=exchange_ms, round_trip_ms=round_trip_ms)
    return [*measured, *started, *memory, idle]


def _idle(terminal: TerminalProcess) -> Figure:
    terminal.rest(2)
    before_s, began = cpu_s(terminal.pid), time.monotonic()
    terminal.rest(_IDLE_S)
    share = (cpu_s(terminal.pid) - before_s) / (time.monotonic() - began)
    return Figure(f"processor on the first page with nobody there, {_IDLE_S} s", share * 100, "%", Bar(3))


def _terminal_figures(visits: int) -> list[Figure]:
    """All that needs a server, a terminal and its devices."""
    _step(f"a hospital with {_BOOKINGS} bookings; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        init_sample(folder / "central", bookings_today=_BOOKINGS)
        with hospital(folder) as around, PrinterTap(around.printer.address) as tap:
            bare = write_settings(folder / "bare.toml", data=folder / "bare", server=around.network.address)
            said = _run("bare_server", str(bare), around.server.code("bare"), "40")
            round_trip_ms = median(list(map(float, said["check_ins"])))  # type: ignore[call-overload]  # JSON
            mirror = _mirror(around, folder, float(str(said["snapshot"])))
            settings = write_settings(
                folder / "kiosk.toml", data=folder / "kiosk", server=around.network.address, printer=tap.address
            )
            enrol(settings, around.server.code("kiosk"))
            return [*_visits(around, folder, tap, round_trip_ms, visits), mirror]


def _central_figures() -> list[Figure]:
    _step(f"the booking server; load {os.getloadavg()[0]:.1f}")
    measured = central_figures(_step)
    for engine in ("sqlite", "postgresql"):
        _step(f"a release rush on {engine}")
        measured += rush_figures(_run("rush", engine), engine)
    return measured


def _sync_figures() -> list[Figure]:
    _step(f"the synchronisation, {_BOOKINGS} bookings; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        init_sample(folder / "central", bookings_today=_BOOKINGS)
        with hospital(folder) as around:
            settings = write_settings(folder / "sync.toml", data=folder / "sync", server=around.network.address)
            said = _run("sync_round", str(settings), around.server.code("sync"))
    return sync_figures({name: float(str(value)) for name, value in said.items()})


def _rule_figures() -> list[Figure]:
    _step(f"the rule book; load {os.getloadavg()[0]:.1f}")
    return rule_figures()


def main() -> int:
    """Measure everything, or one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("all", "terminal", "sync", "central", "rules"), default="all")
    parser.add_argument("--visits", type=int, default=_VISITS, help="with a card, on line and off line each")
    arguments = parser.parse_args()
    parts = {
        "terminal": lambda: _terminal_figures(arguments.visits),
        "sync": _sync_figures,
        "central": _central_figures,
        "rules": _rule_figures,
    }
    began = time.monotonic()
    measured = [figure for name, measure in parts.items() if arguments.part in {"all", name} for figure in measure()]
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(as_json(measured), encoding="utf-8")
    print(f"\n{as_table(measured)}\n\n{time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.1f}; {_RESULT}")
    return 0 if all(one.ok for one in measured) else 1


if __name__ == "__main__":
    raise SystemExit(main())
