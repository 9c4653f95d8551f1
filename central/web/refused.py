"""The rules' no as a Problem: reason, facts and a sentence for the person."""

from __future__ import annotations

from booking.decide import Reason, RefusalFacts, Refused
from central.web.once import Answer
from central.words.refusals import sentence_for

STATUS = 409


def refused_answer(refused: Refused) -> Answer:
    """A definite answer: asked again with the same key, it is given again."""
    reason = refused.reason
    return Answer(
        STATUS,
        {
            "type": f"urn:kiosk:problem:{reason}",
            "title": _title(reason),
            "status": STATUS,
            "reason": reason.value,
            "detail": "",
            "facts": facts_of(refused.facts),
            "sentence": {"by_language": sentence_for(reason, refused.facts).by_language},
        },
    )


def facts_of(facts: RefusalFacts) -> dict[str, str]:
    """What explains a refusal, as texts; what does not apply is left out."""
    told = {
        "opens_ms": facts.opens_ms,
        "closed_ms": facts.closed_ms,
        "service_date": facts.service_date,
        "until": facts.until,
        "limit": facts.limit,
        "count": facts.count,
        "collides": facts.collides,
        "items": ",".join(facts.items) or None,
        "missing": ",".join(facts.missing) or None,
    }
    return {name: str(value) for name, value in told.items() if value is not None}


def _title(reason: Reason) -> str:
    return f"Refused: {reason.value.replace('_', ' ')}"
