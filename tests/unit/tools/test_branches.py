"""What of the rule book no test went through."""

from __future__ import annotations

from tools.branches import gaps, problems

SOURCE = """\
def f(a):
    match a:
        case 1:
            return 2
        case 3:
            b = 4
    if a:
        return 5
    return b
"""


def test_lines_and_branches_are_told() -> None:
    assert gaps(SOURCE, [8], [(7, 8), (7, -1)]) == [
        "8: never reached",
        "7: never goes on to 8",
        "7: never goes on to the end",
    ]


def test_that_the_last_case_fits_is_left_to_the_types() -> None:
    assert gaps(SOURCE, [], [(5, 7), (5, -1)]) == []
    assert gaps(SOURCE, [], [(5, 6)]) == ["5: never goes on to 6"]
    assert gaps(SOURCE, [], [(3, 5)]) == ["3: never goes on to 5"]


def test_only_the_rule_books_own_parts_are_asked() -> None:
    told = {"missing_lines": [1], "missing_branches": []}
    assert problems({"files": {"booking/cli.py": told}}) == []
