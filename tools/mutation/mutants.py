"""The rule book's mutants: each is one change in one file, with what the tool and people need to find it again."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tools.mutation.changes import changes, enums_of

BOOK = Path("booking")
PACKAGES = ("decide", "credit", "roster", "queue")
_EQUIVALENT = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change that can be made."""

    path: str
    number: int
    """Among the changes of its file."""
    line: int
    scope: str
    what: str

    @property
    def module(self) -> str:
        """As it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The part of the rule book."""
        return self.path.split("/")[1]

    def tree(self) -> ast.Module:
        """The file with the change done."""
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        changes(tree, _enums())[self.number].do()
        return ast.fix_missing_locations(tree)

    def __str__(self) -> str:
        """As an editor finds it."""
        return f"{self.path}:{self.line} {self.scope or '(on import)'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A change that no test can notice, and why not."""

    path: str
    scope: str
    what: str
    why: str
    times: int = 1
    """How many changes of this scope read alike."""

    def is_about(self, it: Mutant) -> bool:
        """Whether this mutant is meant."""
        return (self.path, self.scope, self.what) == (it.path, it.scope, it.what)


@lru_cache(maxsize=1)
def _enums() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(BOOK.rglob("*.py")):
        found |= enums_of(ast.parse(path.read_text(encoding="utf-8")))
    return found


def mutants_of(package: str) -> list[Mutant]:
    """All of one part of the rule book."""
    return [
        Mutant(str(path), number, it.line, it.scope, it.what)
        for path in sorted((BOOK / package).rglob("*.py"))
        for number, it in enumerate(changes(ast.parse(path.read_text(encoding="utf-8")), _enums()))
    ]


def equivalents(path: Path = _EQUIVALENT) -> list[Equivalent]:
    """What is listed as making no difference."""
    return [Equivalent(**it) for it in tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", ())]


def stale(listed: Iterable[Equivalent], mutants: Iterable[Mutant]) -> list[str]:
    """Entries that mean another number of mutants than they say: the code has changed since."""
    there = Counter((it.path, it.scope, it.what) for it in mutants)
    return [
        f"{it.path} {it.scope}: {it.what}: is there {there[it.path, it.scope, it.what]} times, listed {it.times}"
        for it in listed
        if there[it.path, it.scope, it.what] != it.times
    ]
