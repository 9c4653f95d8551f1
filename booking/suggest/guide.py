"""The symptom guide (分诊, rule D7): a few questions that lead to the right department, as data.

A hospital writes its own tree; `read_guide` says everything that is wrong with it at once. No answer names an illness:
the guide says where to go, not what somebody has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from booking.localized import LocalizedText
from booking.roster.plans import ClinicKind


@dataclass(frozen=True, slots=True)
class Department:
    """Where the guide may lead."""

    code: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Advice:
    """Where to go. `at_once`: now, to the emergency desk, without booking."""

    departments: tuple[Department, ...] = ()
    """The most fitting first."""
    clinic: ClinicKind = ClinicKind.GENERAL
    """Which kind of clinic fits, so that expert places go to those who need them."""
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and where it leads: to another question or to advice."""

    text: LocalizedText
    leads_to: str | Advice
    """A question's id, or the end."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers in the order in which they are shown."""

    id: str
    text: LocalizedText
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole tree. Made by `read_guide`, every path ends in advice."""

    first: str
    questions: Mapping[str, Question]
    departments: Mapping[str, Department]

    def after(self, chosen: tuple[int, ...]) -> Question | Advice:
        """The next question, or the advice, after these answers (0 is the first). Raises IndexError where there is no
        such answer, and for an answer too many.
        """
        at: Question | Advice = self.questions[self.first]
        for number in chosen:
            if isinstance(at, Advice) or number < 0:
                raise IndexError(number)
            leads_to = at.answers[number].leads_to
            at = leads_to if isinstance(leads_to, Advice) else self.questions[leads_to]
        return at
