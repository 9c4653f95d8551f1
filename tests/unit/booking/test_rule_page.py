"""Every rule of the book is decided and tested here, or says who owns it; the page about it is current."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from booking.rules import RULES, SECTIONS
from tools.rule_citations import Citation, cited_in
from tools.rule_page import Entry, page_of, problems, wrong

ROOT = Path(__file__).parents[3]
HERE = Citation("D3", "booking/decide/limits.py", "limits", "function")
NOTHING = Entry(settings=(), decided=(), refusals=(), tests=(), cases=())
PROVED = replace(NOTHING, decided=(HERE,), tests=(("tests/unit/booking/test_x.py", 1),))


def test_every_rule_is_proved_or_owned_and_the_page_is_current() -> None:
    assert problems(ROOT) == []


def test_every_id_of_the_rule_book_is_there() -> None:
    lengths = {"A": 5, "B": 4, "C": 15, "D": 14, "E": 5, "F": 6, "G": 9, "H": 3, "I": 7, "J": 4}
    assert list(RULES) == [f"{letter}{no}" for letter in SECTIONS for no in range(1, lengths[letter] + 1)]
    assert all(rule.title for rule in RULES.values())


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# rule D3", ["D3"]),
        ("The window.  # rules G1, G2", ["G1", "G2"]),
        ("# rules A1-A4, B1", ["A1", "A2", "A3", "A4", "B1"]),
        ("templates (rules C1 and C3)", ["C1", "C3"]),
        ("Rule H1: a stop", ["H1"]),
        ("places (rules C5,\n    C8)", ["C5", "C8"]),
        ("the table of D13", []),
        ("rulers A1", []),
    ],
)
def test_how_a_citation_is_read(comment: str, rules: list[str]) -> None:
    assert list(cited_in(comment)) == rules


def test_a_rule_that_is_decided_has_a_test() -> None:
    assert wrong((), {}, {"D3": replace(PROVED, tests=())}) == ["rule D3 has no test"]
    assert wrong((), {}, {"D3": replace(PROVED, tests=(), cases=(("general", 2),))}) == []
    assert wrong((), {}, {"D3": PROVED}) == []


def test_a_rule_that_is_not_decided_has_an_owner() -> None:
    assert wrong((), {}, {"D3": NOTHING}) == ["rule D3 has nothing that decides it, and no owner"]
    assert wrong((), {}, {"B3": NOTHING}) == []


def test_no_id_that_does_not_exist_is_cited() -> None:
    found = wrong((replace(HERE, rule="D15"),), {"K1": {"general": 1}}, {})
    assert [it.split(": ")[0] for it in found] == ["booking/decide/limits.py", "booking/presets"]


def test_the_page_tells_what_it_knows() -> None:
    page = page_of({"D3": replace(PROVED, settings=("limits.per_day",), refusals=("same_time",))})
    for told in ("### D3. ", "`limits.per_day`", "decide/limits.py", "`same_time`", "test_x.py](../tests"):
        assert told in page
