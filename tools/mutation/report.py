"""What the trials proved: figures for each part of the rule book, beside the bars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tools.mutation.mutants import Equivalent, Mutant
from tools.mutation.run import FROZEN

LEAST_KILLED_PERCENT = 90.0
MOST_EQUIVALENT_PERCENT = 4.0
_ENOUGH = 100
"""So many trials say something of a part; fewer are chance."""


@dataclass(frozen=True, slots=True)
class Score:
    """One part of the rule book. `tried` leaves out what is listed as making no difference."""

    package: str
    every: int
    tried: int
    by_written: int
    """Noticed by a test that somebody wrote."""
    by_frozen: int
    """Noticed by the golden corpus alone."""
    equivalent: int

    @property
    def killed_percent(self) -> float:
        """Of those tried, by whatever test."""
        return 100 * (self.by_written + self.by_frozen) / self.tried if self.tried else 100.0

    @property
    def written_percent(self) -> float:
        """Of those tried, by a test that somebody wrote."""
        return 100 * self.by_written / self.tried if self.tried else 100.0

    @property
    def equivalent_percent(self) -> float:
        """Of all there are."""
        return 100 * self.equivalent / self.every if self.every else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """All parts, and what survived."""

    scores: tuple[Score, ...]
    survivors: list[Mutant]
    only_frozen: list[Mutant]
    untrue: list[Mutant]
    """Listed as making no difference, and noticed by a test."""

    def lines(self) -> list[str]:
        """For people."""
        found = [f"survived: {it}" for it in self.survivors]
        found += [f"only by the corpus: {it}" for it in self.only_frozen]
        found.append("\npackage   mutants   tried  written  corpus  survive  killed  by written  equivalent")
        for it in self.scores:
            left = it.tried - it.by_written - it.by_frozen
            found.append(
                f"{it.package:<9}{it.every:>8}{it.tried:>8}{it.by_written:>9}{it.by_frozen:>8}{left:>9}"
                f"{it.killed_percent:>6.1f} %{it.written_percent:>10.1f} %"
                f"{it.equivalent:>5} ({it.equivalent_percent:.1f} %)"
            )
        return found

    def problems(self) -> list[str]:
        """Bars that are missed."""
        found = [f"is listed as equivalent, and a test notices it: {it}" for it in self.untrue]
        for it in self.scores:
            if it.tried >= min(it.every - it.equivalent, _ENOUGH) and it.killed_percent < LEAST_KILLED_PERCENT:
                found.append(f"{it.package}: {it.killed_percent:.1f} % are noticed, not {LEAST_KILLED_PERCENT:.0f} %")
            if it.equivalent_percent >= MOST_EQUIVALENT_PERCENT:
                found.append(f"{it.package}: {it.equivalent_percent:.1f} % are listed as equivalent")
        return found

    def figures(self) -> dict[str, object]:
        """For programs."""
        return {
            it.package: {
                "mutants": it.every,
                "tried": it.tried,
                "killed_percent": round(it.killed_percent, 1),
                "by_written_percent": round(it.written_percent, 1),
                "equivalent": it.equivalent,
            }
            for it in self.scores
        }


def judged(verdicts: Mapping[Mutant, str], every: Iterable[Mutant], listed: Iterable[Equivalent]) -> Report:
    """Count what became of each."""
    every, listed = list(every), list(listed)
    excused = {it for it in every if any(one.is_about(it) for one in listed)}
    tried = {it: by for it, by in verdicts.items() if it not in excused}
    scores = []
    for package in dict.fromkeys(it.package for it in every):
        here = [by for it, by in tried.items() if it.package == package]
        frozen = sum(FROZEN in by for by in here)
        scores.append(
            Score(
                package=package,
                every=sum(it.package == package for it in every),
                tried=len(here),
                by_written=sum(bool(by) for by in here) - frozen,
                by_frozen=frozen,
                equivalent=sum(it.package == package for it in excused),
            )
        )
    order = sorted(tried, key=lambda it: (it.path, it.line, it.number))
    return Report(
        scores=tuple(scores),
        survivors=[it for it in order if not tried[it]],
        only_frozen=[it for it in order if FROZEN in tried[it]],
        untrue=sorted((it for it in excused if verdicts.get(it)), key=str),
    )
