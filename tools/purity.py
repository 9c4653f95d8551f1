"""`booking` knows the standard library alone, and of that nothing that reads a clock, a file, a socket or chance."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = "booking"
_EDGE = "cli.py"
"""The one module that may open files and write to a terminal."""
_IMPURE = frozenset(
    {"asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "shutil"}
    | {"socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"}
)


def problems(root: Path = Path()) -> list[str]:
    """One line for each import that does not belong there."""
    return [
        f"{path.relative_to(root)}:{line}: imports {name}"
        for path in sorted((root / _PACKAGE).rglob("*.py"))
        for line, name in _imports(path)
        if not _may(path, name.split(".")[0])
    ]


def _may(path: Path, module: str) -> bool:
    if module == _PACKAGE:
        return True
    return module in sys.stdlib_module_names and (path.name == _EDGE or module not in _IMPURE)


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for one in node.names:
                yield node.lineno, one.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module if node.module and not node.level else _PACKAGE
