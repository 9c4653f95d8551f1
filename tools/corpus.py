"""Write the golden corpus: some ten thousand questions to `decide`, each answered twice, one file a rule.

`python -m tools.corpus --write` writes it anew; without the option it says which answers differ. The questions come
from seeded dice, so that only what the rules say can change a line: a changed answer shows in the diff with its reason.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from random import Random

from booking.policy import Policy
from tools.corpus_after import AFTER
from tools.corpus_booking import BOOKING
from tools.corpus_form import answers, line_of, read_line
from tools.corpus_places import PLACES
from tools.corpus_world import World, policy_texts, read_policies

FOLDER = Path("tests/unit/booking/corpus")
PRESETS = Path("booking/presets")
POLICIES = "policies.json"
_CASES = {"A4": 120, "G9": 400}
"""Where another number than the usual: fewer questions exist, or more kinds of them."""
_USUAL = 268
_TRIES = 40
DRAWN = {**PLACES, **BOOKING, **AFTER}


def lines_of(rule: str, policies: dict[str, Policy]) -> list[str]:
    """The rule's questions with today's answers, each once."""
    world = World(Random(rule), policies)  # the same dice for the same rule, whatever else there is
    wanted = _CASES.get(rule, _USUAL)
    found: dict[str, None] = {}
    for _ in range(wanted * _TRIES):
        found[line_of(DRAWN[rule](world), policies)] = None
        if len(found) == wanted:
            break
    return list(found)


def write(folder: Path, presets: Path) -> int:
    """Write every file anew; how many questions there are."""
    texts = policy_texts(presets)
    policies = read_policies(texts, presets)
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.jsonl"):
        stale.unlink()
    (folder / POLICIES).write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    count = 0
    for rule in DRAWN:
        lines = lines_of(rule, policies)
        (folder / f"{rule}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        count += len(lines)
    return count


def differences(folder: Path, policies: dict[str, Policy], rule: str) -> list[str]:
    """One line for each answer about the rule that is not the frozen one."""
    found = []
    lines = (folder / f"{rule}.jsonl").read_text(encoding="utf-8").splitlines()
    for no, line in enumerate(lines, start=1):
        asked, *was = read_line(line)
        for side, before, now in zip(("known", "off line"), was, answers(asked, policies), strict=True):
            if before != now:
                found.append(f"{rule}.jsonl:{no} ({side}): was {before}; is {now}")
    return found


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FOLDER} anew")
    if parser.parse_args().write:
        print(f"{write(FOLDER, PRESETS)} questions, each answered twice")
        return 0
    texts = json.loads((FOLDER / POLICIES).read_text(encoding="utf-8"))
    policies = read_policies(texts, PRESETS)
    found = [line for rule in DRAWN for line in differences(FOLDER, policies, rule)]
    print("\n".join(found) or "every answer is the frozen one")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
