"""How `make long` counts its parts."""

from __future__ import annotations

import pytest

from tools.long import counted


@pytest.mark.parametrize(
    ("last_line", "code", "counts"),
    [
        ("812 passed, 0 failed", 0, (812, 0)),
        ("800 passed, 12 failed", 1, (800, 12)),
        ("800 passed, 0 failed", 1, (800, 1)),
        ('{"ok": true}', 0, (1, 0)),
        ('{"ok": false}', 1, (0, 1)),
        ("", -9, (0, 1)),
    ],
)
def test_a_part_counts_as_it_says_or_as_one(last_line: str, code: int, counts: tuple[int, int]) -> None:
    assert counted(last_line, code) == counts
