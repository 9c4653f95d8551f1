"""Who cites which rule: settings, functions, refusals, tests and hand-written cases, read from the code.

A citation is `rule D3` or `rules A1-A5, G1` in a comment or docstring. It belongs to the innermost function or class
that it stands in; a comment above a function, or on its first line, belongs to that function.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_ID = r"[A-J]\d{1,2}"
_CITING = re.compile(rf"\b[Rr]ules?\s+({_ID}(?:\s*(?:,\s*(?:and\s+)?|-|and\s+|to\s+)\s*{_ID})*)")
_PART = re.compile(rf"(-|\bto\b)?\s*({_ID})")
_SETTINGS = ("booking/policy/", "booking/roster/settings.py", "booking/credit/settings.py")
EXAMPLES = "booking/presets"
_NOT_CITING = frozenset({"test_rule_page.py"})
"""Its citations are what is tested."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One place that cites a rule. `inside` is the dotted name in its module; empty: the module itself."""

    rule: str
    path: str
    inside: str
    kind: str
    """`function`, `class`, `field` or `module`."""

    @property
    def is_setting(self) -> bool:
        """Whether it stands where a hospital's settings are defined."""
        return self.path.startswith(_SETTINGS)

    @property
    def is_test(self) -> bool:
        """Whether it stands in a test function."""
        name = self.inside.rsplit(".", 1)[-1]
        return self.path.startswith("tests/") and (name.startswith("test_") or self.kind == "module")


def cited_in(text: str) -> Iterator[str]:
    """The ids that a comment or docstring cites; a range is every id of it."""
    for found in _CITING.finditer(text):
        last = ""
        for part in _PART.finditer(found[1]):
            is_range, rule = part[1], part[2]
            if is_range and last[:1] == rule[0]:
                yield from (f"{rule[0]}{no}" for no in range(int(last[1:]) + 1, int(rule[1:])))
            yield rule
            last = rule


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a line belongs to."""

    name: str
    kind: str
    first: int
    last: int


def citations(root: Path) -> tuple[Citation, ...]:
    """Every citation in `booking` and in its unit tests, once each, in the order of their places."""
    found: dict[Citation, None] = {}
    for folder in ("booking", "tests/unit/booking"):
        for path in sorted((root / folder).rglob("*.py")):
            if path.name in _NOT_CITING:
                continue
            for citation in _of_module(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()):
                found[citation] = None
    return tuple(found)


def _of_module(text: str, path: str) -> Iterator[Citation]:
    said = [(text.count("\n", 0, found.start()) + 1, found[0]) for found in _CITING.finditer(text)]
    if not said:
        return
    scopes, lines = list(_scopes(ast.parse(text))), text.splitlines()
    for line, citing in said:
        scope = _innermost(scopes, _owner_line(lines, line))
        for rule in cited_in(citing):
            yield Citation(rule, path, scope.name, scope.kind)


def _scopes(module: ast.Module) -> Iterator[_Scope]:
    yield _Scope("", "module", 0, 1 << 30)
    waiting: list[tuple[ast.AST, str]] = [(module, "")]
    while waiting:
        node, prefix = waiting.pop()
        body: list[ast.stmt] = list(getattr(node, "body", []))
        for each, after in pairwise([*body, None]):
            if isinstance(each, ast.FunctionDef | ast.ClassDef):
                name = f"{prefix}{each.name}"
                first = min([each.lineno, *(it.lineno for it in each.decorator_list)])
                kind = "class" if isinstance(each, ast.ClassDef) else "function"
                yield _Scope(name, kind, first, each.end_lineno or first)
                if kind == "class":
                    waiting.append((each, f"{name}."))
            elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and prefix:
                is_told = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                last = after.end_lineno if is_told and after is not None else each.end_lineno
                yield _Scope(f"{prefix}{each.target.id}", "field", each.lineno, last or each.lineno)


def _innermost(scopes: list[_Scope], line: int) -> _Scope:
    return min((it for it in scopes if it.first <= line <= it.last), key=lambda it: it.last - it.first)


def _owner_line(lines: list[str], line: int) -> int:
    """The definition right below, for a comment on a line of its own above one; else the line itself."""
    below = line
    while below <= len(lines) and lines[below - 1].lstrip().startswith("#"):
        below += 1
    is_above = below > line and below <= len(lines) and lines[below - 1].lstrip().startswith(("def ", "class ", "@"))
    return below if is_above else line


def examples(root: Path) -> dict[str, dict[str, int]]:
    """Rule -> preset -> how many of its hand-written cases name the rule."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted((root / EXAMPLES).glob("*.examples.toml")):
        preset = path.name.removesuffix(".examples.toml")
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in (*read.get("case", ()), *read.get("queue", ())):
            named = case.get("rule", ())
            for rule in [named] if isinstance(named, str) else named:
                for each in re.findall(_ID, rule):
                    of_preset = found.setdefault(each, {})
                    of_preset[preset] = of_preset.get(preset, 0) + 1
    return found
