"""Figures: when a bar is kept, what is written, and how the middle is found."""

from __future__ import annotations

import json

import pytest

from tools.bench.figures import Bar, Figure, Of, as_json, as_table, median, percentile


@pytest.mark.parametrize(
    ("figure", "is_ok"),
    [
        (Figure("a", 60.0, "ms", Bar(60), 34.0), True),
        (Figure("a", 60.1, "ms", Bar(60), 1000.0), False),
        (Figure("a", 160.0, "MB", Bar(1.6, Of.RATIO), 100.0), True),
        (Figure("a", 161.0, "MB", Bar(1.6, Of.RATIO), 100.0), False),
        (Figure("a", 1.0, "MB", Bar(1.6, Of.RATIO)), False),
        (Figure("a", -3.0, "ms", Bar(1.0, Of.RATIO), 10.0), True),
        (Figure("a", 9e9, "ms"), True),
    ],
)
def test_a_bar_bounds_the_value_or_its_multiple_of_the_floor(figure: Figure, is_ok: bool) -> None:
    assert figure.ok is is_ok


def test_what_is_written_names_every_key_for_every_figure() -> None:
    figures = [
        Figure("name on screen", 41.23456, "ms", Bar(60), 34.0),
        Figure("start", 640.0, "ms", Bar(1.6, Of.RATIO)),
    ]
    assert json.loads(as_json(figures)) == [
        {
            "name": "name on screen",
            "value": 41.235,
            "unit": "ms",
            "floor": 34.0,
            "ratio": 1.213,
            "bar": "<= 60 ms",
            "ok": True,
        },
        {
            "name": "start",
            "value": 640.0,
            "unit": "ms",
            "floor": None,
            "ratio": None,
            "bar": "<= 1.6 x floor",
            "ok": False,
        },
    ]


def test_the_table_marks_what_is_missed() -> None:
    lines = as_table([Figure("fast", 1.0, "ms", Bar(2)), Figure("slow", 3.0, "ms", Bar(2))]).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["ok", "BAD"]


def test_the_middle_and_the_99th() -> None:
    assert median([5, 1, 3]) == 3
    assert median([4, 1, 3, 2]) == 2.5
    assert percentile(list(range(1, 101)), 99) == 99
    assert percentile([7], 99) == 7
    with pytest.raises(ValueError, match="nothing was measured"):
        median([])
