"""Why was this refused? The answer in plain English, with the rule's id and the figures.

For administrators of a hospital; patients read the terminal's and the server's own sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from booking.cases import ACCEPTED, Case, CaseFile
from booking.decide import Decision, decide
from booking.decide.answers import Refused
from booking.decide.clock import local
from booking.decide.effects import Effect
from booking.policy import Policy
from booking.queue import Why
from booking.queue_cases import QueueAnswer, queue_answers
from booking.reasons import RULE_OF, Reason, RefusalFacts
from booking.sentences import SENTENCES


@dataclass(frozen=True, slots=True)
class Answer:
    """One case with its decision."""

    case: Case
    decision: Decision

    @property
    def word(self) -> str:
        """`accepted`, or the reason."""
        return self.decision.reason.value if isinstance(self.decision, Refused) else ACCEPTED

    @property
    def is_as_expected(self) -> bool:
        """Whether it is what the case expects, if it expects anything."""
        return self.case.expect in ("", self.word)


def answers(policy: Policy, cases: tuple[Case, ...]) -> tuple[Answer, ...]:
    """What this policy decides in each case."""
    return tuple(Answer(it, decide_case(policy, it)) for it in cases)


def decide_case(policy: Policy, case: Case) -> Decision:
    """The decision; `read_cases` has paired command and facts, whatever they are."""
    facts: Any = case.facts
    command: Any = case.command
    decision: Decision = decide(policy, facts, command, case.now_ms)
    return decision


def explain(file: CaseFile, zone: tzinfo) -> list[str]:
    """Every case of the file, explained."""
    lines: list[str] = []
    for number, answer in enumerate(answers(file.policy, file.cases), 1):
        case = answer.case
        rule = f" (rule {case.rule})" if case.rule else ""
        lines.append(f"Case {number}, line {case.line}{rule}: {case.says or case.ask}")
        channel = getattr(case.command, "channel", None)
        through = f" through {_words(channel)}" if channel else ""
        lines.append(f"  Asked: {_words(case.ask)}{through} on {_moment(case.now_ms, zone)}.")
        lines.extend(f"  {line}" for line in told(answer.decision, zone))
        if not answer.is_as_expected:
            lines.append(f"  NOT AS EXPECTED: the case expects {case.expect}, decided was {answer.word}.")
    for number, queue in enumerate(queue_answers(file.policy, file.queues), 1):
        rule = f" (rule {queue.case.rule})" if queue.case.rule else ""
        lines.append(f"Queue {number}, line {queue.case.line}{rule}: {queue.case.says}")
        lines += [f"  {it}" for it in _in_order(queue)]
        if not queue.is_as_expected:
            lines.append(f"  NOT AS EXPECTED: the case expects {', '.join(queue.case.expect)}.")
    return lines


_WHY = {
    Why.EMERGENCY: "an emergency",
    Why.NUMBER: "booked, in the order of numbers",
    Why.KEPT_TIME: "from another department, with the time kept",
    Why.GAP: "a walk-in; nobody booked is here before",
    Why.RATIO: "a walk-in, after so many booked",
    Why.RETURNING: "back with results, after so many others",
    Why.LATE: "late: behind those who were here before",
    Why.PRIORITY: "of a priority group",
}


def _in_order(queue: QueueAnswer) -> list[str]:
    told = zip(queue.names, queue.whys, strict=True)
    return [f"{no}. {name}: {', '.join(_WHY[it] for it in whys)}" for no, (name, whys) in enumerate(told, 1)]


def told(decision: Decision, zone: tzinfo) -> list[str]:
    """One decision in words."""
    if isinstance(decision, Refused):
        return [f"Refused by rule {RULE_OF[decision.reason]} ({decision.reason}): {sentence(decision, zone)}"]
    lines = ["Accepted" + (", behind those who came in time." if decision.late else ".")]
    if decision.assumed:
        known = ", ".join(_words(it) for it in decision.assumed)
        lines.append(f"Not known and assumed: {known}; subject to confirmation by the server.")
    lines += [f"- {effect_in_words(it, zone)}" for it in decision.effects]
    return lines


def sentence(refused: Refused, zone: tzinfo) -> str:
    """The reason with its figures."""
    return SENTENCES[refused.reason].format_map(_figures(refused, zone))


def _figures(refused: Refused, zone: tzinfo) -> dict[str, str]:
    facts: RefusalFacts = refused.facts
    is_time = refused.reason in (Reason.FASTING_IN_THE_MORNING, Reason.LABORATORY_MORNINGS_ONLY)
    limit = "?" if facts.limit is None else str(facts.limit)
    if is_time and facts.limit is not None:
        limit = f"{facts.limit // 60:02}:{facts.limit % 60:02}"
    return {
        "opens": _moment(facts.opens_ms, zone),
        "closed": _moment(facts.closed_ms, zone),
        "date": facts.service_date or "that day",
        "until": facts.until or "a day not known",
        "limit": limit,
        "count": "not known" if facts.count is None else str(facts.count),
        "collides": facts.collides or "another booking",
        "items": ", ".join(_words(it) for it in facts.items) or "none named",
        "missing": ", ".join(_words(it) for it in facts.missing) or "the booking's state",
    }


def _moment(at_ms: int | None, zone: tzinfo) -> str:
    if at_ms is None:
        return "none set"
    moment = local(at_ms, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"


def effect_in_words(effect: Effect, zone: tzinfo) -> str:
    """What follows from an accepted act."""
    name = _words("".join(f"_{it.lower()}" if it.isupper() else it for it in type(effect).__name__).lstrip("_"))
    shown: list[str] = []
    for field in effect.__slots__:
        value = getattr(effect, field)
        if field.endswith("_ms"):
            if value is not None:
                shown.append(_moment(value, zone))
        elif value is True:
            shown.append(_words(field.removeprefix("is_")))
        elif value not in (None, False):
            shown.append(_words(f"{value} minutes" if field.endswith("_min") else str(value)))
    return f"{name}: {', '.join(shown)}" if shown else name


def preview(old: Policy, new: Policy, file: CaseFile, zone: tzinfo) -> list[str]:
    """The cases that the new policy decides otherwise, and the queues that it orders otherwise."""
    return [*_decided_otherwise(old, new, file.cases, zone), *_ordered_otherwise(old, new, file)]


def _ordered_otherwise(old: Policy, new: Policy, file: CaseFile) -> list[str]:
    lines: list[str] = []
    for before, after in zip(queue_answers(old, file.queues), queue_answers(new, file.queues), strict=True):
        if before.names != after.names:
            lines.append(f"Line {before.case.line}: {before.case.says}")
            lines += [f"  before: {', '.join(before.names)}", f"  after:  {', '.join(after.names)}"]
    return lines


def _decided_otherwise(old: Policy, new: Policy, cases: tuple[Case, ...], zone: tzinfo) -> list[str]:
    lines: list[str] = []
    for before, after in zip(answers(old, cases), answers(new, cases), strict=True):
        is_refused = isinstance(before.decision, Refused) and before.word == after.word
        if is_refused or before.decision == after.decision:  # other figures of the same refusal change nothing
            continue
        case = before.case
        lines.append(f"Line {case.line}: {case.says or case.ask}")
        lines += [f"  before: {it}" for it in told(before.decision, zone)]
        lines += [f"  after:  {it}" for it in told(after.decision, zone)]
    return lines


def _words(name: object) -> str:
    return str(name).replace("_", " ")
