"""What the types of the messages do not say: which texts can be kept, who can read a card, how often one may guess."""

from __future__ import annotations

import hashlib
import unicodedata
from uuid import UUID

from central.channels.caller import Asker
from central.channels.rate import Rate, Rates
from central.people.changed import person_row
from central.people.desk import Act
from central.people.messages import DocumentShown
from central.web.problems import Refusal

_NOT_KEPT = frozenset({"Cc", "Cs"})
"""Control characters, and halves of a surrogate pair. Rare characters that a card carries in the private area are."""
PER_DOCUMENT = Rate(per_s=0.05, burst=10)
"""Of one document's number: nobody tries names until one fits."""
PER_CALLER = Rate(per_s=50, burst=500)


def check_texts(*texts: str) -> None:
    """Raises Refusal `bad_request`."""
    if any(unicodedata.category(letter) in _NOT_KEPT for text in texts for letter in text):
        raise Refusal("bad_request", "a text cannot be shown")


def may_read_cards(asker: Asker) -> bool:
    """Whether a caller's word that it read a card counts: a terminal's, or that of staff."""
    return asker.is_terminal or asker.is_staff


def name_of(at: Act, person_id: UUID) -> dict[str, str]:
    """What of a profile the trail keeps, sealed. Raises UnknownPerson."""
    row = person_row(at.connection, at.keys.group_id, person_id)
    clear = at.keys.open_person(row)
    return {"name": clear.name, "sex": row.sex, "birth_date": clear.birth_date}


class FindLimits:
    """How often one caller may ask, and how often anybody may ask for one document."""

    def __init__(self) -> None:
        self._of_document = Rates(PER_DOCUMENT)
        self._of_caller = Rates(PER_CALLER)

    def check(self, asker: Asker, document: DocumentShown, now_ms: int) -> None:
        """Raises Refusal `too_many`."""
        if asker.is_staff:
            return
        asked = hashlib.sha256(f"{document.kind}\n{document.number}".encode(errors="replace")).digest()
        wait_s = max(self._of_caller.wait_s(asker.caller_id, now_ms), self._of_document.wait_s(asked, now_ms))
        if wait_s:
            raise Refusal("too_many", headers={"Retry-After": str(wait_s)})
