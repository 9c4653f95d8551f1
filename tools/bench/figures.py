"""What a figure is, when its bar is kept, and how figures are printed and written. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil


class Of(Enum):
    """What a bar bounds."""

    VALUE = "value"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Bar:
    """The most that a figure may be: in its own unit, or as a multiple of its floor; of a rate the least."""

    most: float
    of: Of = Of.VALUE
    is_least: bool = False

    def text(self, unit: str) -> str:
        """As people read it."""
        sign = ">=" if self.is_least else "<="
        return f"{sign} {self.most:g} {unit}" if self.of is Of.VALUE else f"{sign} {self.most:g} x floor"

    def is_kept(self, value: float | None) -> bool:
        """By a value, or by its multiple of the floor. What is not known keeps no bar."""
        if value is None:
            return False
        return value >= self.most if self.is_least else value <= self.most


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside its floor. `floor` is None where nothing smaller can be named."""

    name: str
    value: float
    unit: str
    bar: Bar | None = None
    floor: float | None = None

    @property
    def ratio(self) -> float | None:
        """Value by floor."""
        return self.value / self.floor if self.floor else None

    @property
    def ok(self) -> bool:
        """Whether the bar is kept. A ratio without its floor keeps no bar; a figure without a bar keeps all."""
        if self.bar is None:
            return True
        return self.bar.is_kept(self.value if self.bar.of is Of.VALUE else self.ratio)


def median(values: Sequence[float]) -> float:
    """The middle value. Raises ValueError when there is none."""
    return percentile(values, 50)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least so many in a hundred do not exceed; of two middle ones their mean at 50."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    if share == 50 and len(ordered) % 2 == 0:
        return (ordered[len(ordered) // 2 - 1] + ordered[len(ordered) // 2]) / 2
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]


def as_json(figures: Sequence[Figure]) -> str:
    """The list that is written to build/bench.json."""
    rows = [
        {
            "name": one.name,
            "value": round(one.value, 3),
            "unit": one.unit,
            "floor": None if one.floor is None else round(one.floor, 3),
            "ratio": None if one.ratio is None else round(one.ratio, 3),
            "bar": one.bar.text(one.unit) if one.bar else "",
            "ok": one.ok,
        }
        for one in figures
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_table(figures: Sequence[Figure]) -> str:
    """For a terminal: one line a figure."""
    width = max((len(one.name) for one in figures), default=0)
    lines = [f"{'':4}{'figure':<{width}}  {'value':>14} {'floor':>10} {'ratio':>6}  bar"]
    for one in figures:
        floor = "" if one.floor is None else f"{one.floor:.1f}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        bar = one.bar.text(one.unit) if one.bar else ""
        mark = "ok" if one.ok else "BAD"
        lines.append(f"{mark:<4}{one.name:<{width}}  {one.value:>9.1f} {one.unit:<4} {floor:>10} {ratio:>6}  {bar}")
    return "\n".join(lines)
