"""The two answers, and how rules are asked one after the other.

A rule is a function of policy, facts, command and now. It answers nothing (it has no objection), `Refused`, or an
`Assumption` that it had to make. A certain refusal goes before a question to the server, whatever the order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from booking.decide.effects import Effect
from booking.policy import Policy, WhenUnknown
from booking.reasons import Assumption, Reason, RefusalFacts


@dataclass(frozen=True, slots=True)
class Accepted:
    """Yes. `late` says that the patient is put behind those who came in time (rule G2)."""

    assumed: tuple[Assumption, ...] = ()
    late: bool = False
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why."""

    reason: Reason
    facts: RefusalFacts = RefusalFacts()


Decision = Accepted | Refused
Facts = TypeVar("Facts")
Command = TypeVar("Command")
Objection = Refused | Assumption | None
Rule = Callable[[Policy, Facts, Command, int], Objection]

_NOT_CERTAIN = (Reason.NEEDS_SERVER, Reason.CANNOT_KNOW)


def when_unknown(meaning: WhenUnknown, what: Assumption) -> Refused | Assumption:
    """What the policy says where this is not known."""
    match meaning:
        case WhenUnknown.ASSUME:
            return what
        case WhenUnknown.ASK_SERVER:
            return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(what,)))
        case WhenUnknown.REFUSE:
            return Refused(Reason.CANNOT_KNOW, RefusalFacts(missing=(what,)))


def objections(
    rules: tuple[Rule[Facts, Command], ...], policy: Policy, facts: Facts, command: Command, now_ms: int
) -> Refused | tuple[Assumption, ...]:
    """The first certain refusal; else what has to be asked for; else what was assumed, each once."""
    assumed: tuple[Assumption, ...] = ()
    open_question: Refused | None = None
    for rule in rules:
        found = rule(policy, facts, command, now_ms)
        if found is None:
            continue
        if isinstance(found, Assumption):
            if found not in assumed:
                assumed += (found,)
        elif found.reason not in _NOT_CERTAIN:
            return found
        elif open_question is None:
            open_question = found
        else:
            open_question = _asked_together(open_question, found)
    return assumed if open_question is None else open_question


def _asked_together(first: Refused, second: Refused) -> Refused:
    """One question for all that is missing; what nobody may ask for stays refused."""
    reason = second.reason if second.reason is Reason.CANNOT_KNOW else first.reason
    missing = first.facts.missing + tuple(it for it in second.facts.missing if it not in first.facts.missing)
    return Refused(reason, replace(first.facts, missing=missing))
