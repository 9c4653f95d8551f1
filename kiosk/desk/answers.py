"""A no, as the desk answers it: the server's or its own."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from booking.decide import Assumption, Reason, RefusalFacts, Refused
from kiosk.ports.central import NoAnswer, RefusedThere
from kiosk.ports.desk import BookingView, DeskAnswer, DeskFault
from kiosk.ports.desk_acts import ActRefused, RegistrationRefused

NO_ANSWER = "no_answer"


def refused_here(visit_id: UUID, refused: Refused, booking: BookingView | None = None) -> ActRefused:
    """What this terminal decided."""
    return ActRefused(visit_id=visit_id, reason=refused.reason, facts=refused.facts, booking=booking)


def refused_there(visit_id: UUID, refused: RefusedThere, booking: BookingView | None = None) -> ActRefused:
    """What the server decided; a reason that this release does not know is told by its sentence."""
    return ActRefused(
        visit_id=visit_id,
        reason=reason_of(refused.reason),
        facts=facts_of(refused.facts),
        sentence=refused.sentence,
        booking=booking,
    )


def cannot_know(visit_id: UUID, booking: BookingView | None = None) -> ActRefused:
    """What it takes to decide is not here, and nobody can be asked."""
    return ActRefused(visit_id=visit_id, reason=Reason.CANNOT_KNOW, booking=booking)


def after_silence(silence: NoAnswer, answer: DeskAnswer) -> DeskAnswer:
    """What was decided here after the server was asked and did not answer. A no is none then: the server may have done
    it, and nobody is told that it was not.
    """
    if isinstance(answer, ActRefused | RegistrationRefused) and silence.may_have_happened:
        return DeskFault(answer.visit_id, NO_ANSWER, is_outcome_unknown=True)
    return answer


def reason_of(word: str) -> Reason | None:
    """The reason, where this release knows it."""
    return Reason(word) if word in Reason.__members__.values() else None


def facts_of(told: Mapping[str, str]) -> RefusalFacts:
    """The facts in a `Problem`; what is not understood is left out."""
    return RefusalFacts(
        opens_ms=_number(told, "opens_ms"),
        closed_ms=_number(told, "closed_ms"),
        service_date=told.get("service_date"),
        until=told.get("until"),
        limit=_number(told, "limit"),
        count=_number(told, "count"),
        collides=told.get("collides"),
        items=_several(told, "items"),
        missing=tuple(Assumption(it) for it in _several(told, "missing") if it in Assumption.__members__.values()),
    )


def _number(told: Mapping[str, str], name: str) -> int | None:
    text = told.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


def _several(told: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(it for it in told.get(name, "").split(",") if it)
