"""Which small changes are made to the rules, and what is counted of them."""

from __future__ import annotations

import ast

import pytest

from tools.mutation.changes import Change, changes, enums_of
from tools.mutation.mutants import Equivalent, Mutant, stale
from tools.mutation.report import judged

COLOURS = {"Colour": ("RED", "GREEN")}


def found(source: str) -> list[Change]:
    return changes(ast.parse(source), COLOURS)


def results(source: str) -> list[str]:
    """The source after each change, one by one."""
    after = []
    for number in range(len(found(source))):
        tree = ast.parse(source)
        changes(tree, COLOURS)[number].do()
        after.append(ast.unparse(ast.fix_missing_locations(tree)))
    return after


def body(line: str) -> list[str]:
    """What becomes of one line of a function."""
    return [it.removeprefix("def f():\n    ") for it in results(f"def f():\n    {line}\n")]


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("return a < b", ["return a <= b"]),
        ("return a <= b < c", ["return a < b < c", "return a <= b <= c"]),
        ("return a is not b", ["return a is b"]),
        ("return not a", ["return a"]),
        ("return a and b", ["return a or b", "return b", "return a"]),
        ("return a + 1", ["return a - 1", "return a + 2"]),
        ("return True", ["return False"]),
        ("return ''", ["return '?'"]),
        ("return min(a, b)", ["return max(a, b)"]),
        ("return g(a, why=b)", ["return g(a)"]),
        ("return Colour.RED", ["return Colour.GREEN"]),
        ("return Other.RED", []),
        ("return (a, b)", ["return (b,)", "return (a,)"]),
        ("return {a: b}", ["return {}"]),
        ("return [a for a in b if c]", ["return [a for a in b if False]", "return [a for a in b if True]"]),
        ("return a if b else c", ["return a if False else c", "return a if True else c"]),
        ("a.append(b)", ["pass"]),
        ("a = TypeVar('a')", []),
        ("raise ValueError('a' + 'b')", []),
        ("assert a < b", []),
        ("return zip(a, b, strict=True)", []),
    ],
)
def test_what_becomes_of_a_line(line: str, after: list[str]) -> None:
    assert body(line) == after


def test_a_condition_holds_always_or_never() -> None:
    assert [it.splitlines()[1] for it in results("def f():\n    if a:\n        return b\n")] == [
        "    if False:",
        "    if True:",
    ]


def test_what_only_people_or_types_read_stays() -> None:
    source = '''
"""A docstring."""
__all__ = ["a"]
class Colour(StrEnum):
    RED = "red"
class Seen(Protocol):
    limit: int = 1
@dataclass(frozen=True)
class Place:
    """A docstring."""
    name: Literal["a", "b"]
'''
    assert found(source) == []
    assert enums_of(ast.parse(source)) == {"Colour": ("RED",)}


def test_a_change_says_where_it_is() -> None:
    source = "LIMIT = 1\nclass A:\n    least: int = 2\n    def f(self, a=3):\n        return lambda: 4\n"
    assert [(it.line, it.scope, it.what) for it in found(source)] == [
        (1, "", "1 becomes 2"),
        (3, "", "2 becomes 3"),
        (4, "", "3 becomes 4"),
        (5, "A.f", "4 becomes 5"),
    ]


def mutant(number: int, package: str = "credit") -> Mutant:
    return Mutant(f"booking/{package}/a.py", number, 7, "f", "1 becomes 2", f"line {number}")


def test_what_is_listed_as_equivalent_is_not_counted_and_must_be_true() -> None:
    every = [mutant(number) for number in range(5)]
    verdicts = {every[0]: "test_a", every[1]: "test_corpus.py::b", every[2]: "", every[3]: "", every[4]: "test_a"}
    listed = [Equivalent(every[0].path, "f", "1 becomes 2", "why", line=f"line {number}") for number in (3, 4)]
    report = judged(verdicts, every, listed)
    (score,) = report.scores
    assert (score.every, score.tried, score.by_written, score.by_frozen, score.equivalent) == (5, 3, 1, 1, 2)
    assert (report.survivors, report.only_frozen, report.untrue) == ([every[2]], [every[1]], [every[4]])
    assert [it.split(":")[0] for it in report.problems()] == [
        "is listed as equivalent, and a test notices it",
        "credit",
        "credit",
    ]


def test_an_entry_that_fits_another_number_of_mutants_is_told() -> None:
    every = [mutant(0), mutant(1)]
    one = Equivalent(every[0].path, "f", "1 becomes 2", "why")
    assert stale([one], every) == ["booking/credit/a.py f: 1 becomes 2: fits 2 mutants, listed 1"]
    assert stale([Equivalent(one.path, "f", one.what, "why", line="line 1")], every) == []


def test_a_few_trials_prove_no_miss() -> None:
    every = [mutant(number) for number in range(200)]
    assert judged(dict.fromkeys(every[:9], ""), every, ()).problems() == []
    assert judged(dict.fromkeys(every[:100], ""), every, ()).problems() == ["credit: 0.0 % are noticed, not 90 %"]
