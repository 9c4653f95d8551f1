"""The rule book's mutants: each is one change in one file, with what the tool and people need to find it again."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
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
    text: str
    """Its line, as it stands."""

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
    line: str = ""
    """The line that is meant, where a scope has several changes that read alike."""
    times: int = 1
    """How many are meant."""

    def is_about(self, it: Mutant) -> bool:
        """Whether this mutant is meant."""
        same = (self.path, self.scope, self.what) == (it.path, it.scope, it.what)
        return same and self.line in ("", it.text)


@lru_cache(maxsize=1)
def _enums() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(BOOK.rglob("*.py")):
        found |= enums_of(ast.parse(path.read_text(encoding="utf-8")))
    return found


def mutants_of(package: str) -> list[Mutant]:
    """All of one part of the rule book."""
    return [it for path in sorted((BOOK / package).rglob("*.py")) for it in _in_file(path)]


def _in_file(path: Path) -> Iterator[Mutant]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    for number, it in enumerate(changes(ast.parse(source), _enums())):
        yield Mutant(str(path), number, it.line, it.scope, it.what, lines[it.line - 1].strip())


def equivalents(path: Path = _EQUIVALENT) -> list[Equivalent]:
    """What is listed as making no difference."""
    return [Equivalent(**it) for it in tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", ())]


def stale(listed: Iterable[Equivalent], mutants: Iterable[Mutant]) -> list[str]:
    """Entries that mean another number of mutants than they say: the code has changed since."""
    every = list(mutants)
    found = [(it, sum(it.is_about(one) for one in every)) for it in listed]
    return [
        f"{it.path} {it.scope}: {it.what}: fits {there} mutants, listed {it.times}"
        for it, there in found
        if there != it.times
    ]
