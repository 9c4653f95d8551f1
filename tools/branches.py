"""The rule book's tests go every way through it: each line, and each branch both ways. Part of `make long`."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PACKAGES = ("credit", "decide", "people", "policy", "queue", "roster", "suggest")
_TESTS = "tests/unit/booking"
_FIGURES = Path("build/branches.json")
Branch = tuple[int, int]
"""From this line to that one; below zero: out of the function that begins there."""


def gaps(source: str, lines: Iterable[int], branches: Iterable[Branch]) -> list[str]:
    """What no test went through. That no case of a `match` is left over is proved by the types, and not asked here."""
    last_cases = set(_last_cases(ast.parse(source)))
    found = [f"{line}: never reached" for line in lines]
    found += [
        f"{start}: never goes on {f'to {end}' if end > 0 else 'to the end'}"
        for start, end in branches
        if not any(start == line and not (first <= end <= last) for line, first, last in last_cases)
    ]
    return found


def _last_cases(tree: ast.Module) -> Iterator[tuple[int, int, int]]:
    """The line of each `match`'s last case, and the lines of what it does."""
    for it in ast.walk(tree):
        if isinstance(it, ast.Match):
            case = it.cases[-1]
            yield case.pattern.lineno, case.body[0].lineno, case.body[-1].end_lineno or case.body[-1].lineno


def problems(figures: dict[str, Any]) -> list[str]:
    """One line for each gap in the rule book."""
    return [
        f"{path}:{gap}"
        for path, told in sorted(figures["files"].items())
        if path.split("/")[1] in PACKAGES
        for gap in gaps(
            Path(path).read_text(encoding="utf-8"),
            told["missing_lines"],
            [(start, end) for start, end in told["missing_branches"]],
        )
    ]


def main() -> int:
    """Run the tests, and say what they left out."""
    python = [sys.executable, "-m"]
    tests = subprocess.run([*python, "coverage", "run", "-m", "pytest", "-q", _TESTS], check=False).returncode
    subprocess.run([*python, "coverage", "json", "-q", "-o", str(_FIGURES)], check=True)
    figures = json.loads(_FIGURES.read_text(encoding="utf-8"))
    found = problems(figures)
    for line in found:
        print(line)
    here = [told["summary"] for path, told in figures["files"].items() if path.split("/")[1] in PACKAGES]
    lines, branches = (sum(it[name] for it in here) for name in ("num_statements", "num_branches"))
    print(f"{lines} lines and {branches} branches, {len(found)} gaps", flush=True)
    return 1 if found or tests else 0


if __name__ == "__main__":
    raise SystemExit(main())
