"""Reads a symptom guide from its file (rule D7) and tells every mistake at once, each with its line.

`first` names the first question; `[[department]]`, `[[question]]` and `[[answer]]` follow. Texts are there in every
language of the guide, by default Chinese and English.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from booking.localized import LocalizedText
from booking.policy.lines import Problem, Table, read_tables
from booking.roster.plans import ClinicKind
from booking.suggest.guide import Advice, Answer, Department, Guide, Question

LANGUAGES = ("zh-CN", "en")
MOST_ANSWERS = 8
"""As many as stand on one page of a terminal."""
MOST_QUESTIONS = 4
"""A few: nobody answers more of them in a row."""
_KEYS = {
    "": {"first"},
    "department": {"code"},
    "question": {"id"},
    "answer": {"of", "next", "departments", "clinic", "at_once"},
}
_CLINICS = (ClinicKind.GENERAL, ClinicKind.SPECIAL_DISEASE, ClinicKind.EXPERT)


def read_guide(text: str, languages: tuple[str, ...] = LANGUAGES) -> Guide | list[Problem]:
    """The guide, or every problem in its file."""
    tables, problems = read_tables(text)
    reading = _Reading(tables, languages)
    problems += reading.problems
    if not problems:
        problems += _of_the_tree(reading)
    if problems:
        return sorted(problems, key=lambda it: it.line)
    return Guide(reading.first, reading.questions, reading.departments)


class _Reading:
    """What the tables say, and what is wrong with them one by one."""

    def __init__(self, tables: list[Table], languages: tuple[str, ...]) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}
        """Where each question and, after a `:`, each department stands."""
        self._languages = languages
        by_name: dict[str, list[Table]] = {name: [] for name in _KEYS}
        for table in tables:
            if table.name in by_name and table.is_item == bool(table.name):
                by_name[table.name].append(table)
                self._strange_keys(table)
            else:
                self._wrong(table.line, table.name, "no such heading", "[[department]], [[question]], [[answer]]")
        self.departments = {it.code: it for it in self._departments(by_name["department"])}
        ids = dict(self._named(by_name["question"], "id", ""))
        answers = self._answers(by_name["answer"], set(ids))
        self.questions = {
            name: Question(name, self._text(table), tuple(answers.get(name, ()))) for name, table in ids.items()
        }
        self.first = self._word(tables[0], "first", set(ids))
        for name, question in self.questions.items():
            if not 2 <= len(question.answers) <= MOST_ANSWERS:
                found = f"has {len(question.answers)} answers"
                self._wrong(self.lines[name], name, found, f"2 to {MOST_ANSWERS} [[answer]] with of = {name!r}")

    def _wrong(self, line: int, where: str, wrong: str, allowed: str) -> None:
        self.problems.append(Problem(line, where, wrong, allowed))

    def _strange_keys(self, table: Table) -> None:
        texts = set(self._languages) if table.name else set[str]()
        known = _KEYS[table.name] | texts
        for key, entry in table.entries.items():
            if key not in known:
                self._wrong(entry.line, key, "there is no such setting here", ", ".join(sorted(known)))

    def _departments(self, tables: list[Table]) -> Iterator[Department]:
        for code, table in self._named(tables, "code", ":"):
            yield Department(code, self._text(table))

    def _named(self, tables: list[Table], key: str, prefix: str) -> Iterator[tuple[str, Table]]:
        """Each table with its own name; a missing or second one is a problem."""
        for table in tables:
            name = self._word(table, key)
            if prefix + name in self.lines:
                self._wrong(table.line, name, f"is there twice, first in line {self.lines[prefix + name]}", "once")
            elif name:
                self.lines[prefix + name] = table.line
                yield name, table

    def _word(self, table: Table, key: str, known: set[str] | None = None) -> str:
        entry = table.entries.get(key)
        if entry is None:
            self._wrong(table.line, key, "is missing", _listed(known) if known else "a short name in quotation marks")
            return ""
        return self._of(entry.value, entry.line, key, known)

    def _of(self, value: Any, line: int, key: str, known: Iterable[str] | None) -> str:  # noqa: ANN401 - from a file
        if isinstance(value, str) and value and (known is None or value in known):
            return value
        self._wrong(line, key, f"{value!r} does not fit", _listed(known) if known else "text in quotation marks")
        return ""

    def _text(self, table: Table) -> LocalizedText:
        return LocalizedText({tag: self._word(table, tag) for tag in self._languages})

    def _answers(self, tables: list[Table], ids: set[str]) -> dict[str, list[Answer]]:
        found: dict[str, list[Answer]] = {}
        for table in tables:
            answer = Answer(self._text(table), self._leads_to(table, ids))
            found.setdefault(self._word(table, "of", ids), []).append(answer)
        return found

    def _leads_to(self, table: Table, ids: set[str]) -> str | Advice:
        ends = [key for key in ("next", "departments", "at_once") if key in table.entries]
        if len(ends) != 1:
            allowed = "one of: next, departments, at_once"
            self._wrong(table.line, "answer", f"leads to {' and '.join(ends) or 'nothing'}", allowed)
            return Advice()
        if ends == ["next"]:
            if "clinic" in table.entries:
                self._wrong(table.entries["clinic"].line, "clinic", "stands without departments", "departments")
            return self._word(table, "next", ids)
        return self._advice(table)

    def _advice(self, table: Table) -> Advice:
        if (entry := table.entries.get("at_once")) is not None:
            if entry.value is not True or "clinic" in table.entries:
                self._wrong(entry.line, "at_once", "does not fit", "true, without a clinic")
            return Advice(at_once=True)
        entry = table.entries["departments"]
        names: list[Any] = entry.value if isinstance(entry.value, list) and entry.value else [entry.value]
        codes = [self._of(it, entry.line, "departments", self.departments) for it in names]
        if len(set(codes)) != len(codes):
            self._wrong(entry.line, "departments", "one is there twice", "each once")
        kind = table.entries.get("clinic")
        clinic = self._of(kind.value, kind.line, "clinic", _CLINICS) if kind else ""
        return Advice(
            tuple(self.departments[it] for it in codes if it), ClinicKind(clinic) if clinic else ClinicKind.GENERAL
        )


def _listed(known: Iterable[str]) -> str:
    return ", ".join(f'"{it}"' for it in known if it) or "nothing, for there is none"


def _of_the_tree(reading: _Reading) -> Iterator[Problem]:
    """Circles, ways that are too long, and what no way leads to."""
    questions = reading.questions
    for name in questions:
        if name in _reached(questions, _next(questions[name])):
            yield Problem(reading.lines[name], name, "leads back to itself", "every answer comes to an end")
    if (length := _longest(questions, reading.first)) > MOST_QUESTIONS:
        wrong = f"the longest way asks {length} questions"
        yield Problem(reading.lines[reading.first], reading.first, wrong, f"at most {MOST_QUESTIONS}")
    reached = _reached(questions, [reading.first])
    for name in questions:
        if name not in reached:
            yield Problem(reading.lines[name], name, "no answer leads here", "a question that is asked")
    used = {it.code for name in reached for it in _departments_of(questions[name])}
    for code in reading.departments:
        if code not in used:
            yield Problem(reading.lines[f":{code}"], code, "no answer leads here", "a department that can be reached")


def _next(question: Question) -> list[str]:
    return [it.leads_to for it in question.answers if isinstance(it.leads_to, str)]


def _departments_of(question: Question) -> Iterator[Department]:
    for answer in question.answers:
        if isinstance(answer.leads_to, Advice):
            yield from answer.leads_to.departments


def _longest(questions: Mapping[str, Question], first: str) -> int:
    """How many questions the longest way asks; no way through a circle counts."""
    found: dict[str, int] = {}
    for _ in questions:
        for name, question in questions.items():
            if all(it in found for it in _next(question)):
                found[name] = 1 + max((found[it] for it in _next(question)), default=0)
    return found.get(first, 0)


def _reached(questions: Mapping[str, Question], start: list[str]) -> set[str]:
    """Every question that can be asked from these on, these with them."""
    reached, waiting = set(start), list(start)
    while waiting:
        new = set(_next(questions[waiting.pop()])) - reached
        reached |= new
        waiting += new
    return reached
