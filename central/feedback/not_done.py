"""What is refused of help calls, ratings and complaints: an expected no, with its sentence."""

from __future__ import annotations

from enum import StrEnum

from central.web.once import Answer
from central.words.feedback import NOT_DONE

_STATUS = 409


class Why(StrEnum):
    """Why it was not done."""

    ALREADY_TAKEN = "already_taken"
    NOT_THE_OWNER = "not_the_owner"
    ALREADY_SOLVED = "already_solved"
    NOT_VISITED = "not_visited"
    ALREADY_RATED = "already_rated"
    NOT_THEIR_VISIT = "not_their_visit"
    ALREADY_CLOSED = "already_closed"


class NotDone(Exception):
    """Nothing of it was stored."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def not_done_answer(why: Why) -> Answer:
    """A definite answer, as a Problem."""
    return Answer(
        _STATUS,
        {
            "type": f"urn:kiosk:problem:{why}",
            "title": f"Refused: {why.value.replace('_', ' ')}",
            "status": _STATUS,
            "reason": why.value,
            "detail": "",
            "facts": {},
            "sentence": {"by_language": NOT_DONE[why.value].by_language},
        },
    )
