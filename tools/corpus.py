"""Write the golden corpus: some ten thousand questions to `decide`, each answered twice, one file a rule; and besides
queues with what was done to them, and days of several examinations, each with its order.

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
from tools.corpus_day import DAY
from tools.corpus_form import answers, line_of, read_line
from tools.corpus_places import PLACES
from tools.corpus_queue import QUEUES
from tools.corpus_world import World, policy_texts, read_policies

FOLDER = Path("tests/unit/booking/corpus")
PRESETS = Path("booking/presets")
POLICIES = "policies.json"
_CASES = {"A4": 120, "G9": 400}
"""Where another number than the usual: fewer questions exist, or more kinds of them."""
_USUAL = 268
_TRIES = 40
DRAWN = {**PLACES, **BOOKING, **AFTER}
"""Questions to `decide`."""
OTHERS = {**DAY, **QUEUES}
"""Questions to other parts: each says how one is drawn and what is answered."""
RULES = (*DRAWN, *OTHERS)


def lines_of(rule: str, policies: dict[str, Policy]) -> list[str]:
    """The rule's questions with today's answers, each once."""
    world = World(Random(rule), policies)  # the same dice for the same rule, whatever else there is
    wanted = _CASES.get(rule, _USUAL)
    found: dict[str, None] = {}
    for _ in range(wanted * _TRIES):
        found[_line(rule, world, policies)] = None
        if len(found) == wanted:
            break
    return list(found)


def _line(rule: str, world: World, policies: dict[str, Policy]) -> str:
    if rule in DRAWN:
        return line_of(DRAWN[rule](world), policies)
    asked = OTHERS[rule].draw(world)
    told = {**asked, "says": OTHERS[rule].answer(asked, policies)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def write(folder: Path, presets: Path) -> int:
    """Write every file anew; how many questions there are."""
    texts = policy_texts(presets)
    policies = read_policies(texts, presets)
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.jsonl"):
        stale.unlink()
    (folder / POLICIES).write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    count = 0
    for rule in RULES:
        lines = lines_of(rule, policies)
        (folder / f"{rule}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        count += len(lines)
    return count


def differences(folder: Path, policies: dict[str, Policy], rule: str) -> list[str]:
    """One line for each answer about the rule that is not the frozen one."""
    found = []
    lines = (folder / f"{rule}.jsonl").read_text(encoding="utf-8").splitlines()
    for no, line in enumerate(lines, start=1):
        was, is_now = _was_and_is(rule, line, policies)
        for side, before, now in zip(("known", "off line"), was, is_now, strict=False):
            if before != now:
                found.append(f"{rule}.jsonl:{no} ({side}): was {before}; is {now}")
    return found


def _was_and_is(rule: str, line: str, policies: dict[str, Policy]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The frozen answers and today's: of `decide` two, of the other parts one."""
    if rule in DRAWN:
        asked, *was = read_line(line)
        return tuple(was), answers(asked, policies)
    told = json.loads(line)
    return (told.pop("says"),), (OTHERS[rule].answer(told, policies),)


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {FOLDER} anew")
    if parser.parse_args().write:
        print(f"{write(FOLDER, PRESETS)} questions")
        return 0
    texts = json.loads((FOLDER / POLICIES).read_text(encoding="utf-8"))
    policies = read_policies(texts, PRESETS)
    found = [line for rule in RULES for line in differences(FOLDER, policies, rule)]
    print("\n".join(found) or "every answer is the frozen one")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
