"""`make long`: the tests once more in another order with more examples, every page drawn, every branch of the rule
book, and short runs of visits, monkey and mutation.

The last line counts: every test, and every other part as one.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

_COUNTS = re.compile(r"^(\d+) passed, (\d+) failed$")
_SOAK_MINUTES = "2"
_MUTATION_MINUTES = "5"
_WHOLE_API = "tests/component/central/hostile/test_whole_api.py"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is run in a process of its own."""

    name: str
    words: tuple[str, ...]
    """`python -m` these."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a part went."""

    part: Part
    passed: int
    failed: int
    seconds: float


def parts(seed: int) -> tuple[Part, ...]:
    """All parts, the cheapest first."""
    return (
        Part("gallery", ("tools.gallery",)),
        Part("demo", ("tools.demo", "--view", "offscreen")),
        Part("soak: monkey", ("tools.soak", "--part", "monkey", "--minutes", _SOAK_MINUTES, "--seed", str(seed))),
        Part("soak: visits", ("tools.soak", "--part", "visits", "--minutes", _SOAK_MINUTES, "--seed", str(seed))),
        Part("branches", ("tools.branches",)),
        Part("mutation", ("tools.mutation", "--minutes", _MUTATION_MINUTES, "--seed", str(seed))),
        Part("interface", ("pytest", "-q", _WHOLE_API, "--hypothesis-profile=long", f"--randomly-seed={seed}")),
        Part("tests", ("tools.layers", "--seed", str(seed))),
    )


def counted(last_line: str, code: int) -> tuple[int, int]:
    """Passed and failed: as the part itself counts on its last line, else the part as one."""
    found = _COUNTS.match(last_line)
    if found is None:
        return (1, 0) if code == 0 else (0, 1)
    passed, failed = int(found[1]), int(found[2])
    return passed, max(failed, 1) if code else failed


def run(part: Part, say: Callable[[str], None]) -> Result:
    """Run a part; its output goes out as it comes."""
    began = time.monotonic()
    last = ""
    around = os.environ | {"HYPOTHESIS_PROFILE": "thorough"}
    command = [sys.executable, "-m", *part.words]
    with subprocess.Popen(command, env=around, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout or ():
            say(line.rstrip("\n"))
            last = line.strip() or last
    passed, failed = counted(last, child.returncode)
    return Result(part, passed, failed, time.monotonic() - began)


def main() -> int:
    """Run all parts, whatever becomes of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20_261, help="another one finds other things")
    seed = parser.parse_args().seed
    print(f"seed {seed}: `python -m tools.long --seed {seed}` does the same again", flush=True)
    results: list[Result] = []
    for part in parts(seed):
        print(f"\n=== {part.name}", flush=True)
        results.append(run(part, lambda line: print(line, flush=True)))
    print("\npart              time  passed  failed")
    for one in results:
        print(f"{one.part.name:<14}{one.seconds:>7.0f}s{one.passed:>8}{one.failed:>8}")
    failed = sum(one.failed for one in results)
    print(f"\n{sum(one.passed for one in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
