"""`python -m tools.mutation decide credit`: which small changes to the rule book no test notices.

Works on a copy of the checkout, so that one may go on writing. The last line is a JSON object; the exit code is 1 where
a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tools.mutation.mutants import PACKAGES, Mutant, equivalents, mutants_of, stale
from tools.mutation.report import judged
from tools.mutation.run import Trials

_LAST = Path("build/mutation.json")
_NEEDED = ("booking", "tests", "tools")


def main() -> int:
    """Try the mutants of the packages named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", help=f"of {', '.join(PACKAGES)}; all of them where none is named")
    parser.add_argument("--minutes", type=float, default=600, help="as many, drawn at random, as this time allows")
    parser.add_argument("--seed", type=int, default=1, help="which ones come first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--file", default="", help="only mutants whose path has this in it")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    parser.add_argument("--copy-of", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.copy_of is None:
        return _in_a_copy()
    return _try_out(chosen, chosen.copy_of / _LAST)


def _in_a_copy() -> int:
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        for name in _NEEDED:
            shutil.copytree(name, Path(folder, name), ignore=shutil.ignore_patterns(".hypothesis"))
        words = [sys.executable, "-m", "tools.mutation", *sys.argv[1:], "--copy-of", str(Path.cwd())]
        return subprocess.run(words, cwd=folder, check=False).returncode


def _try_out(chosen: argparse.Namespace, last: Path) -> int:
    began = time.monotonic()
    every = [it for package in chosen.packages or PACKAGES for it in mutants_of(package)]
    survived = set(json.loads(last.read_text(encoding="utf-8"))) if chosen.again else set()
    mutants = [it for it in every if chosen.file in it.path and (not chosen.again or str(it) in survived)]
    Random(chosen.seed).shuffle(mutants)
    trials = Trials(mutants, chosen.processes, began + chosen.minutes * 60, lambda line: print(line, flush=True))
    trials.run()
    listed = equivalents()
    report = judged(trials.verdicts, every, listed)
    for line in report.lines():
        print(line)
    old = [it for it in listed if it.path.split("/")[1] in {one.package for one in every}]
    unsound = [f"{name} fails without any change" for name in trials.known.unsound]
    problems = [*unsound, *stale(old, every), *report.problems()]
    for line in problems:
        print(f"BAD {line}")
    _keep(last, report.survivors)
    figures = {"part": "mutation", "seed": chosen.seed, "minutes": round((time.monotonic() - began) / 60, 1)}
    print(json.dumps(figures | report.figures() | {"ok": not problems}), flush=True)
    return 1 if problems else 0


def _keep(last: Path, survivors: list[Mutant]) -> None:
    last.parent.mkdir(exist_ok=True)
    last.write_text(json.dumps([str(it) for it in survivors], indent=1), encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
