"""Write `docs/rules.md`: each rule of the book with its settings, what decides it, its refusals and its tests.

`python -m tools.rule_page --write` writes the page, without the option it says what is wrong. A test does the same.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import UnionType

from booking.decide import RULE_OF
from booking.policy import Policy
from booking.rules import RULES, SECTIONS
from tools.rule_citations import EXAMPLES, Citation, citations, examples

PAGE = "docs/rules.md"
CORPUS = "tests/unit/booking/corpus"
_SAID_ONLY = frozenset(f"booking/decide/{name}.py" for name in ("commands", "effects", "given", "reasons"))
"""These name facts, commands and effects; they decide nothing."""
_HEAD = """# The rules, and where each is decided

Made from the code by `python -m tools.rule_page --write`; not edited by hand. For each id of the rule book: the
settings that a hospital has, what decides it in `booking`, the reasons for which an act is refused under it, the tests
(with the number of them that cite it), the hand-written cases of the presets and the golden corpus. What other parts
own says so.
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the settings, by its dotted path, and what its definition and its type stand for."""

    path: str
    defined: tuple[str, str]
    """Module path, dotted name."""
    type_name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is known about one rule."""

    settings: tuple[str, ...]
    decided: tuple[Citation, ...]
    refusals: tuple[str, ...]
    tests: tuple[tuple[str, int], ...]
    """Test file, and how many of its tests cite the rule; 0: the file as a whole."""
    cases: tuple[tuple[str, int], ...]
    frozen: str = ""
    """The file of the golden corpus that is about the rule."""

    @property
    def is_proved_here(self) -> bool:
        """Whether something here decides it and something here tests it."""
        return bool(self.decided) and bool(self.tests or self.cases)


def entries(cited: tuple[Citation, ...], cases: dict[str, dict[str, int]], frozen: dict[str, str]) -> dict[str, Entry]:
    """What the code says about every rule."""
    settings = tuple(_settings())
    return {
        rule: Entry(
            settings=_settings_of(settings, [it for it in cited if it.rule == rule and it.is_setting]),
            decided=tuple(it for it in cited if it.rule == rule and _decides(it)),
            refusals=tuple(reason for reason, of in RULE_OF.items() if of == rule),
            tests=tuple(_tests(it for it in cited if it.rule == rule and it.is_test)),
            cases=tuple(cases.get(rule, {}).items()),
            frozen=frozen.get(rule, ""),
        )
        for rule in RULES
    }


def problems(root: Path = Path()) -> list[str]:
    """What is wrong with the citations, and whether the page is out of date."""
    cited, cases = citations(root), examples(root)
    known = entries(cited, cases, corpus_files(root))
    found = wrong(cited, cases, known)
    page = root / PAGE
    if not page.exists() or page.read_text(encoding="utf-8") != page_of(known):
        found.append(f"{PAGE} is out of date: python -m tools.rule_page --write")
    return found


def wrong(cited: tuple[Citation, ...], cases: dict[str, dict[str, int]], known: dict[str, Entry]) -> list[str]:
    """One line for each id that does not exist, and for each rule that is neither proved here nor owned elsewhere."""
    found = [
        f"{it.path}: {it.inside or 'the module'} cites rule {it.rule}, which does not exist"
        for it in cited
        if it.rule not in RULES
    ]
    found += [f"{EXAMPLES}: a case names rule {rule}, which does not exist" for rule in cases if rule not in RULES]
    for rule, entry in known.items():
        if entry.decided and not entry.is_proved_here:
            found.append(f"rule {rule} has no test")
        elif not entry.decided and not RULES[rule].elsewhere:
            found.append(f"rule {rule} has nothing that decides it, and no owner")
    return found


def page_of(known: dict[str, Entry]) -> str:
    """The whole page."""
    parts = [_HEAD]
    for letter, title in SECTIONS.items():
        parts.append(f"## {letter}. {title}\n")
        parts.extend(_paragraph(rule, entry) for rule, entry in known.items() if rule[0] == letter)
    return "\n".join(parts)


def _paragraph(rule: str, entry: Entry) -> str:
    lines = [f"### {rule}. {RULES[rule].title}\n"]
    if entry.settings:
        lines.append(f"- Settings: {_code(entry.settings)}")
    if entry.decided:
        lines.append(f"- Decided by: {', '.join(_by_module(entry.decided))}")
    if entry.refusals:
        lines.append(f"- Refused as: {_code(entry.refusals)}")
    if entry.tests:
        told = (f"[{_short(path)}](../{path})" + (f" ({count})" if count else "") for path, count in entry.tests)
        lines.append(f"- Tests: {', '.join(told)}")
    if entry.cases:
        told = (f"[{name}](../{EXAMPLES}/{name}.examples.toml) ({count})" for name, count in entry.cases)
        lines.append(f"- Cases by hand: {', '.join(told)}")
    if entry.frozen:
        lines.append(f"- Frozen answers: [{entry.frozen}](../{CORPUS}/{entry.frozen})")
    if RULES[rule].elsewhere:
        lines.append(f"- {'Also in' if entry.decided else 'Owned by'}: {RULES[rule].elsewhere}")
    return "\n".join(lines) + "\n"


def _code(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _short(path: str) -> str:
    return path.removeprefix("tests/unit/booking/")


def _by_module(decided: tuple[Citation, ...]) -> Iterator[str]:
    """Each module as a link, with the names in it that cite the rule; none where the whole module does."""
    by_path: dict[str, list[str]] = {}
    for it in decided:
        by_path.setdefault(it.path, []).append(it.inside)
    for path, names in by_path.items():
        shown = [f"`{name}`" for name in names if name]
        yield f"[{path.removeprefix('booking/')}](../{path})" + (f" {', '.join(shown)}" if shown else "")


def _decides(citation: Citation) -> bool:
    is_message = citation.path.startswith("booking/wire")
    is_here = citation.path.startswith("booking/") and not is_message
    return is_here and not citation.is_setting and citation.path not in _SAID_ONLY


def _tests(cited: Iterator[Citation]) -> Iterator[tuple[str, int]]:
    by_path: dict[str, int] = {}
    for it in cited:
        by_path[it.path] = by_path.get(it.path, 0) + (it.kind != "module")
    yield from by_path.items()


def corpus_files(root: Path) -> dict[str, str]:
    """Rule -> the corpus's file about it; the file's name names its rules."""
    files = sorted((root / CORPUS).glob("*.jsonl"))
    return {rule: path.name for path in files for rule in path.stem.split("-")}


def _settings_of(settings: tuple[Setting, ...], cited: list[Citation]) -> tuple[str, ...]:
    """The paths of fields that cite the rule, or whose choice does; of sections that cite it as a whole."""
    named = {(it.path, it.inside) for it in cited}
    types = {it.inside for it in cited if it.kind == "class"}
    paths = [it.path for it in settings if it.defined in named or it.type_name in types]
    return tuple(path for path in paths if not _is_told_by_others(path, paths))


def _is_told_by_others(path: str, paths: list[str]) -> bool:
    """A section whose one part is meant is told as that part; one of which many are, as a whole."""
    if not path.endswith(".*"):
        return False
    sections = [it for it in paths if it.endswith(".*")]
    inner = [it for it in sections if it != path and it.startswith(path.removesuffix("*"))]
    outer = [it for it in sections if it != path and path.startswith(it.removesuffix("*"))]
    return len(inner) == 1 or any(sum(it.startswith(of.removesuffix("*")) for it in sections) > 2 for of in outer)


def _settings(section: type = Policy, prefix: str = "") -> Iterator[Setting]:
    """All fields, sections first: a section stands as its path with `.*`."""
    hints = typing.get_type_hints(section)
    module = section.__module__.replace(".", "/") + ".py"
    for each in dataclasses.fields(section):
        wanted = _plain(hints[each.name])
        defined = (module, f"{section.__name__}.{each.name}")
        if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
            yield Setting(f"{prefix}{each.name}.*", defined, wanted.__name__)
            yield from _settings(wanted, f"{prefix}{each.name}.")
        else:
            choice = wanted.__name__ if isinstance(wanted, type) and issubclass(wanted, Enum) else ""
            yield Setting(f"{prefix}{each.name}", defined, choice)


def _plain(hint: object) -> object:
    """The one type of a field; of `X | None`, and of a tuple of X, it is X where X is a choice of its own."""
    if isinstance(hint, UnionType):
        return next(it for it in typing.get_args(hint) if it is not type(None))
    return hint


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    if parser.parse_args().write:
        Path(PAGE).write_text(
            page_of(entries(citations(Path()), examples(Path()), corpus_files(Path()))), encoding="utf-8"
        )
    found = problems()
    print("\n".join(found) if found else f"{len(RULES)} rules, {PAGE} is current")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
