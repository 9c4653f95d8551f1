"""The golden corpus: every frozen question gets its frozen answer, with all facts known and on a terminal off line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from booking.decide import Reason
from booking.policy import Policy
from tools.corpus import POLICIES, RULES, differences
from tools.corpus_world import read_policies

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "corpus"
PRESETS = ROOT / "booking" / "presets"
LARGEST_FILE = 900_000
NEVER_DECIDED = {Reason.UNKNOWN_BOOKING}
"""Said where a number is looked up."""


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    return read_policies(json.loads((FOLDER / POLICIES).read_text(encoding="utf-8")), PRESETS)


@pytest.mark.parametrize("rule", RULES)
def test_the_answers_are_the_frozen_ones(rule: str, policies: dict[str, Policy]) -> None:
    assert differences(FOLDER, policies, rule)[:10] == []


def test_there_are_ten_thousand_questions_about_every_reason() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.jsonl"))
    assert text.count("\n") >= 10_000
    missing = {it for it in Reason if f'"refused {it}' not in text}
    assert missing == NEVER_DECIDED
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(RULES)
    assert max(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST_FILE


def test_a_changed_rule_shows_with_its_reason(policies: dict[str, Policy]) -> None:
    """The same questions under other settings: each line that differs says what was and what is."""
    others = dict.fromkeys(policies, Policy())
    found = differences(FOLDER, others, "D1")
    assert len(found) > 20
    assert any("was refused booking_closed" in it and "is accepted" in it for it in found)


def test_off_line_nothing_unknown_is_taken_as_the_lenient_value() -> None:
    """What is refused with every fact known is never accepted without them, unless the answer names what it assumes."""
    differing = 0
    for path in FOLDER.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            differing += "off_line" in told
            if told["says"].startswith("refused") and told.get("off_line", "").startswith("accepted"):
                assert " assumed=" in told["off_line"] or told["off_line"] == "accepted: ForStaff(perhaps_here)", line
    assert differing > 1000
