"""The golden corpus of the rules, answered alike by the server: a question's facts as rows, asked of the service."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from booking.policy import Policy
from central.tables.database import Database, Use
from tests.plugins.case_rows import CaseRows
from tests.plugins.case_said import LATER, NEW_PLACE, is_by_lot, not_in_rows
from tests.plugins.postgres import POSTGRESQL, on_both_engines
from tools.corpus import DRAWN, FOLDER, POLICIES, PRESETS
from tools.corpus_form import Asked, read_line
from tools.corpus_world import read_policies

_OF_EACH = {POSTGRESQL: 4}
_USUAL = 15
"""So many questions of each file, spread over it."""
_ENTERED = re.compile(r"EnterState\((\w+)\)")


@pytest.fixture(scope="module")
def policies() -> dict[str, Policy]:
    return read_policies(json.loads((FOLDER / POLICIES).read_text(encoding="utf-8")), PRESETS)


def questions(most: int, policies: dict[str, Policy]) -> Iterator[tuple[str, Asked, str]]:
    """Where it stands, the question, and its frozen answer; only what rows can say."""
    for rule in sorted(DRAWN):
        path = FOLDER / f"{rule}.jsonl"
        found = []
        for no, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            asked, said, _ = read_line(line)
            if not not_in_rows(asked) and not is_by_lot(asked, policies[asked.policy]):
                found.append((f"{rule}:{no}", asked, said))
        step = max(1, len(found) // most)
        yield from found[::step][:most]


def in_short(said: str) -> str:
    """A frozen answer as the services tell theirs: the refusal, or the state that is entered."""
    if said.startswith("refused"):
        return said
    entered = _ENTERED.search(said)
    return f"accepted {entered[1]}" if entered else "accepted"


@on_both_engines
def test_the_server_answers_as_the_corpus(
    hall_database: Database, engine_name: str, policies: dict[str, Policy]
) -> None:
    engine = hall_database.engine(Use.WRITE)
    asked_of: Counter[str] = Counter()
    wrong = []
    with engine.connect() as connection:
        for place, asked, said in questions(_OF_EACH.get(engine_name, _USUAL), policies):
            with connection.begin() as transaction:
                ours = CaseRows(connection, asked, policies[asked.policy]).said()
                transaction.rollback()
            asked_of[type(asked.command).__name__] += 1
            if ours != in_short(said):
                wrong.append(f"{place}: was {said}; is {ours}")
    engine.dispose()
    assert asked_of.keys() == {it.__name__ for it in (*NEW_PLACE, *LATER)}
    assert not wrong, f"{len(wrong)} of {asked_of.total()}\n" + "\n".join(wrong[:40])
