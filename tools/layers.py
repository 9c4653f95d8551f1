"""`make test`: every layer of tests in a process of its own, with its time beside its budget."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

_SECONDS = Path("tests/seconds.json")
"""How long each file of the layers that several processes share took when it was last recorded."""
_COUNTS = re.compile(r"(\d+) (passed|failed|error|errors|skipped|xfailed|xpassed)")


@dataclass(frozen=True, slots=True)
class Layer:
    """A folder under tests/ and the seconds that it may take on two cores."""

    name: str
    budget_s: int
    processes: int = 1
    """How many share its files. More than one where no devices are shared, and the processor is what is waited for."""
    has_screens: bool = False
    """Without any, pytest need not load Qt."""


LAYERS = (
    Layer("unit", 20, processes=2),
    Layer("contract", 90),
    Layer("component", 150, processes=2),
    Layer("ui", 120, has_screens=True),
    Layer("journeys", 150, has_screens=True),
    Layer("faults", 150),
    Layer("crowd", 150, processes=2),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a layer went."""

    layer: Layer
    code: int
    seconds: float
    passed: int
    failed: int
    skipped: int


def shares(layer: Layer) -> list[list[str]]:
    """The layer's files in as many lots as it has processes, each about as long as the others."""
    if layer.processes == 1:
        return [[f"tests/{layer.name}"]]
    seconds = _expected(sorted(Path("tests", layer.name).rglob("test_*.py")))
    lots: list[list[str]] = [[] for _ in range(layer.processes)]
    weights = [0.0] * layer.processes
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        lightest = weights.index(min(weights))
        lots[lightest].append(file)
        weights[lightest] += seconds[file]
    return [lot for lot in lots if lot]


def _expected(files: list[Path]) -> dict[str, float]:
    """How long each file takes, as recorded; of a new one the size of its text must tell."""
    recorded: dict[str, float] = json.loads(_SECONDS.read_text(encoding="utf-8")) if _SECONDS.exists() else {}
    sizes = {str(file): file.stat().st_size for file in files}
    known = [name for name in sizes if name in recorded]
    a_byte_s = sum(recorded[name] for name in known) / max(1, sum(sizes[name] for name in known)) or 1.0
    return {name: recorded.get(name, size * a_byte_s) for name, size in sizes.items()}


def record(folder: Path) -> None:
    """Keep how long each file took, from what pytest wrote in this folder."""
    recorded: dict[str, float] = {}
    for file in folder.glob("*.xml"):
        for case in ET.parse(file).iter("testcase"):
            name = f"{case.get('classname', '').replace('.', '/')}.py"
            recorded[name] = recorded.get(name, 0.0) + float(case.get("time", 0))
    kept: dict[str, float] = json.loads(_SECONDS.read_text(encoding="utf-8")) if _SECONDS.exists() else {}
    kept |= {name: round(seconds, 1) for name, seconds in recorded.items()}
    kept = {name: seconds for name, seconds in kept.items() if Path(name).exists()}
    _SECONDS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def run(layer: Layer, extra: tuple[str, ...], *, times_in: Path | None = None) -> Outcome:
    """Run one layer. The output of its first process comes as it is made, that of the others behind it.

    `times_in` is where the times of a layer with several processes are written.
    """
    print(f"\n== {layer.name}", flush=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDEVMODE": ""}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # every program that a test starts would be compiled anew
    for name in ("CI", "BUILD_NUMBER"):
        environment.pop(name, None)  # where it sees them pytest prints whole values, and buries what failed
    without = () if layer.has_screens else ("-p", "no:pytest-qt")
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        children: list[tuple[subprocess.Popen[str], IO[str] | None]] = []
        for number, lot in enumerate(shares(layer)):
            kept = stack.enter_context(tempfile.TemporaryFile("w+")) if children else None
            times = (f"--junitxml={times_in}/{layer.name}-{number}.xml",) if times_in and layer.processes > 1 else ()
            command = [sys.executable, "-m", "pytest", "-q", *without, *times, *lot, *extra]
            child = subprocess.Popen(command, env=environment, stdout=kept or subprocess.PIPE, text=True)
            children.append((stack.enter_context(child), kept))
        counts: dict[str, int] = {}
        for child, written in children:
            if written is not None:
                child.wait()
                written.seek(0)
            for word, number in _listen(written or child.stdout or ()).items():
                counts[word] = counts.get(word, 0) + number
    seconds = time.monotonic() - started
    code = next((child.returncode for child, _kept in children if child.returncode), 0)
    failed = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    skipped = counts.get("skipped", 0) + counts.get("xfailed", 0)
    return Outcome(layer, code, seconds, counts.get("passed", 0), failed, skipped)


def _listen(lines: Iterable[str]) -> dict[str, int]:
    """Print what a process says, and read its last line of counts."""
    counts: dict[str, int] = {}
    for line in lines:
        print(line, end="", flush=True)
        found = {word: int(number) for number, word in _COUNTS.findall(line)}
        if found and " in " in line:
            counts = found
    return counts


def report(outcomes: list[Outcome]) -> int:
    """Print the table and return the exit code: nothing may fail, be skipped, or run no test."""
    print("\nlayer        tests   time   budget")
    for outcome in outcomes:
        note = "" if outcome.seconds <= outcome.layer.budget_s else "  over its budget"
        if outcome.code != 0 or outcome.skipped or not outcome.passed:
            note += "  NOT GREEN"
        print(f"{outcome.layer.name:<12}{outcome.passed:>5}{outcome.seconds:>7.1f}s{outcome.layer.budget_s:>7}s{note}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(o.skipped for o in outcomes)
    total = sum(o.seconds for o in outcomes)
    print(f"all          {passed:>4}{total:>7.1f}s\n")
    if any(outcome.seconds > outcome.layer.budget_s for outcome in outcomes):
        print("Over its budget is a hint, not a failure: budgets are for two idle cores.\n")
    is_green = all(o.code == 0 and o.passed for o in outcomes) and not skipped
    lost = 0 if is_green else max(1, failed)
    print(f"{passed} passed, {lost} failed", flush=True)
    return 0 if is_green else 1


def main(words: list[str] | None = None) -> int:
    """Run the layers named, or all; what follows `--` goes to pytest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layers", nargs="*", help="only these layers")
    parser.add_argument("--seed", help="the seed of the tests' order")
    parser.add_argument("--record", action="store_true", help=f"write how long each file took into {_SECONDS}")
    arguments = parser.parse_args(words)
    unknown = set(arguments.layers) - {layer.name for layer in LAYERS}
    if unknown:
        parser.error(f"no such layer: {', '.join(sorted(unknown))}")
    chosen = [layer for layer in LAYERS if not arguments.layers or layer.name in arguments.layers]
    chosen = [layer for layer in chosen if any(Path("tests", layer.name).rglob("test_*.py"))]
    extra: tuple[str, ...] = ()
    if arguments.seed:
        extra = (f"--randomly-seed={arguments.seed}",)
    if not arguments.record:
        return report([run(layer, extra) for layer in chosen])
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [run(layer, extra, times_in=Path(folder)) for layer in chosen]
        record(Path(folder))
    return report(outcomes)


if __name__ == "__main__":
    raise SystemExit(main())
