"""`make check`: all that can be said about the code without running it. Every check runs; the exit code tells."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools import hygiene, licences, purity

_BIN = Path(sys.executable).parent


def _command(*words: str) -> Callable[[], list[str]]:
    def run() -> list[str]:
        done = subprocess.run([str(_BIN / words[0]), *words[1:]], capture_output=True, text=True, check=False)
        return [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()

    return run


CHECKS: dict[str, Callable[[], list[str]]] = {
    "lint": _command("ruff", "check", "--quiet", "."),
    "format": _command("ruff", "format", "--check", "--quiet", "."),
    "types": _command("mypy"),
    "import contracts": _command("lint-imports", "--no-cache"),
    "purity": purity.problems,
    "licences": licences.problems,
    "hygiene": hygiene.problems,
}


def main() -> int:
    """Run all checks and print what each found."""
    bad = 0
    for name, check in CHECKS.items():
        started = time.monotonic()
        found = check()
        print(f"{'ok ' if not found else 'BAD'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        for line in found:
            print(f"    {line}")
        bad += bool(found)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
