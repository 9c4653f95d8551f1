"""The golden corpus: every frozen question gets its frozen answer, with all facts known and on a terminal off line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from booking.decide import Decision, Reason, Refused, decide
from booking.decide.given import ChangeFacts
from booking.facts import UNKNOWN, Known
from booking.policy import Policy
from booking.sentences import SENTENCES
from tools.corpus import DRAWN, POLICIES, RULES, differences
from tools.corpus_form import Asked, read_line
from tools.corpus_world import read_policies

ROOT = Path(__file__).parents[3]
FOLDER = Path(__file__).parent / "corpus"
PRESETS = ROOT / "booking" / "presets"
LARGEST_FILE = 900_000
OPEN = (Reason.NEEDS_SERVER, Reason.CANNOT_KNOW)
NEVER_DECIDED = {Reason.UNKNOWN_BOOKING}
"""Said where a number is looked up."""
IN_SENTENCES = {"opens": "opens_ms", "closed": "closed_ms", "date": "service_date"} | {
    name: name for name in ("until", "limit", "count", "collides", "items", "missing")
}
MAY_BE_UNTOLD = {
    (Reason.DAY_TOO_FAR, "opens_ms"),  # a follow-up's last day has no hour at which it opens
    (Reason.COST_NOT_SHOWN, "closed_ms"),  # in the points scheme no deadline is free
    (Reason.NOT_YET_DUE, "opens_ms"),  # what waits for nobody never lapses
    (Reason.REQUEST_STATE_FORBIDS, "items"),  # not submitted yet: it has no state
}


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


def test_every_refusal_names_the_facts_that_its_sentence_tells() -> None:
    """Until when, how many, which booking collides: a screen has what it needs wherever that exists."""
    told, untold = set[tuple[Reason, str]](), set[tuple[Reason, str]]()
    for path in FOLDER.glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            answers = json.loads(line)
            for answer in (answers["says"], answers.get("off_line", "")):
                verdict, reason, *facts = f"{answer} -".split(" ")
                if verdict == "refused":
                    names = {it.split("=")[0] for it in facts}
                    wanted = {(Reason(reason), it) for it in _told_by(Reason(reason))}
                    told |= {it for it in wanted if it[1] in names}
                    untold |= {it for it in wanted if it[1] not in names}
    assert untold == MAY_BE_UNTOLD
    assert untold <= told
    assert {it for it, _ in told} == {it for it in Reason if _told_by(it)} - NEVER_DECIDED


def _told_by(reason: Reason) -> set[str]:
    """The facts that stand in its sentence."""
    return {IN_SENTENCES[name] for _, name, _, _ in Formatter().parse(SENTENCES[reason]) if name}


def test_a_changed_rule_shows_with_its_reason(policies: dict[str, Policy]) -> None:
    """The same questions under other settings: each line that differs says what was and what is."""
    others = dict.fromkeys(policies, Policy())
    found = differences(FOLDER, others, "D1")
    assert len(found) > 20
    assert any("was refused booking_closed" in it and "is accepted" in it for it in found)


def test_what_is_refused_for_certain_is_refused_whatever_is_not_known(policies: dict[str, Policy]) -> None:
    """Nobody is turned away for a fact that nobody has: that is a question, or an assumption."""
    asked, wrong = 0, list[str]()
    for rule in DRAWN:
        for line in (FOLDER / f"{rule}.jsonl").read_text(encoding="utf-8").splitlines():
            of, *_ = read_line(line)
            if isinstance(_answer(policies, of, of.facts), Refused):
                continue
            for name, poorer in _without_one(of.facts):
                answer = _answer(policies, of, poorer)
                asked += 1
                if isinstance(answer, Refused) and answer.reason not in OPEN:
                    wrong.append(f"{rule} without {name}: {answer.reason}")
    assert asked > 30_000
    assert sorted(set(wrong)) == []


def _answer(policies: dict[str, Policy], of: Asked, facts: Any) -> Decision:
    command: Any = of.command
    decision: Decision = decide(policies[of.policy], facts, command, of.now_ms)
    return decision


def _without_one(facts: Any) -> Iterator[tuple[str, Any]]:
    """The same facts with one of them forgotten."""
    for it in fields(facts):
        inner = getattr(facts, it.name)
        if isinstance(inner, Known):
            yield it.name, replace(facts, **{it.name: UNKNOWN})
        elif isinstance(facts, ChangeFacts):
            yield from ((f"{it.name}.{name}", replace(facts, **{it.name: less})) for name, less in _without_one(inner))


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
