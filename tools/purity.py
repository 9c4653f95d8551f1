"""`booking` knows a few modules of the standard library, and nothing that reads a clock, a file, a socket or chance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = "booking"
_EDGE = "booking/cli.py"
"""The one module that may open files and write to a terminal."""
_PURE = frozenset(
    {"__future__", "bisect", "calendar", "collections", "dataclasses", "datetime", "difflib", "enum", "fractions"}
    | {"functools", "hashlib", "hmac", "itertools", "math", "operator", "re", "struct", "tomllib", "types", "typing"}
    | {"unicodedata", "uuid"}
)
_OF_THE_EDGE = frozenset({"argparse", "importlib", "pathlib", "sys", "zoneinfo"})
_BARE_CALLS = frozenset({"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"})
_CALLS = {
    "datetime": frozenset({"now", "today", "utcnow"}),
    "date": frozenset({"today"}),
    "uuid": frozenset({"getnode", "uuid1", "uuid4"}),
    "tomllib": frozenset({"load"}),
}
"""What modules and classes that are allowed could do all the same."""


def problems(root: Path = Path()) -> list[str]:
    """One line for each import and each call that does not belong there."""
    found = []
    for path in sorted((root / _PACKAGE).rglob("*.py")):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        allowed = _PURE | _OF_THE_EDGE if name == _EDGE else _PURE
        told = [(line, f"imports {it}") for line, it in _imports(tree) if it.split(".")[0] not in {*allowed, _PACKAGE}]
        if name != _EDGE:
            told += [(line, f"calls {it}") for line, it in _calls(tree)]
        found += [f"{name}:{line}: {wrong}" for line, wrong in sorted(told)]
    return found


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield node.lineno, one.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module if node.module and not node.level else _PACKAGE


def _calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What reads a clock, chance or a file without any import that tells."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _BARE_CALLS:
                yield node.lineno, name
            case ast.ImportFrom(module=owner):
                yield from (
                    (node.lineno, f"{owner}.{it.name}") for it in node.names if it.name in _CALLS.get(owner or "", ())
                )
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
                if name in _CALLS.get(owner, ()):
                    yield node.lineno, f"{owner}.{name}"
