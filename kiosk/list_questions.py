"""What `kioskctl arrivals` and `kioskctl daylist` ask of the running terminal, and what they are told.

Asked on the control thread. A list to print is only ordered here; who prints it decides when.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.desk.list_source import ListSource
from kiosk.desk.listing import ListPage, pages_of
from kiosk.journey.lists import department_of, desk_of
from kiosk.ports.lists import ListFacts, ListGroup, ListKind, ListOrder
from kiosk.ports.store import StoreFault
from kiosk.words.catalogue import Words

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class ListDesk:
    """Answers both questions for one terminal."""

    source: ListSource
    words: Words
    """The hospital's own."""
    order: Callable[[ListOrder], None]

    def arrivals(self, question: Mapping[str, object]) -> Mapping[str, object]:
        """`since` is a time of today, `HH:MM`; without it: whom the server does not know."""
        since = question.get("since")
        if since is None:
            return self._answer(ListOrder(ListKind.ARRIVALS), question)
        found = _TIME.fullmatch(since) if isinstance(since, str) else None
        if found is None:
            return {"error": "'since' must be a time of today, HH:MM"}
        now = datetime.fromtimestamp(self.source.now_ms() / 1000, UTC).astimezone(self.source.zone)
        begins = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        return self._answer(ListOrder(ListKind.ARRIVALS, since_ms=int(begins.timestamp() * 1000)), question)

    def day_list(self, question: Mapping[str, object]) -> Mapping[str, object]:
        """`department` is a part of a department's name; without it: all."""
        department = question.get("department", "")
        if not isinstance(department, str):
            return {"error": "'department' must be a part of a department's name"}
        return self._answer(ListOrder(ListKind.DAY, department=department), question)

    def _answer(self, order: ListOrder, question: Mapping[str, object]) -> Mapping[str, object]:
        try:
            pages = pages_of(self.source, order)
            cut_ms = self.source.store.cut_ms()
        except StoreFault as fault:
            return {"error": "the store cannot be read", "store": fault.code}
        listed = tuple(page for page in pages if page.facts.kind is order.kind)
        lent = tuple(page for page in pages if page.facts.kind is ListKind.LENT)
        told: dict[str, object] = {
            "terminal": self.source.site.label,
            "off_line_since": "" if cut_ms is None else self.words.stamp(cut_ms, self.source.zone),
            "people": listed[0].facts.people if listed else 0,
            "pages": len(pages),
        }
        if question.get("print") is not True:
            departments = [_group(group, page.facts, self.words) for page, group in _groups(listed)]
            return {**told, "departments": departments, **({"lent": self._lent(lent)} if lent else {})}
        if pages:
            self.order(order)
        return {**told, "ordered": bool(pages)}

    def _lent(self, pages: tuple[ListPage, ...]) -> list[dict[str, object]]:
        return [_numbers(group, page.facts, self.words) for page, group in _groups(pages)]


def _groups(pages: tuple[ListPage, ...]) -> list[tuple[ListPage, ListGroup]]:
    return [(page, group) for page in pages for group in page.facts.groups]


def _group(group: ListGroup, facts: ListFacts, words: Words) -> dict[str, object]:
    return {
        "department": department_of(group, words),
        "desk": desk_of(group, words),
        "people": [
            {
                "number": line.number,
                "time": words.time(line.at_ms, facts.time_zone),
                "name": line.masked_name,
                "known": line.is_known,
            }
            for line in group.lines
        ],
    }


def _numbers(group: ListGroup, facts: ListFacts, words: Words) -> dict[str, object]:
    return {
        "department": department_of(group, words),
        "desk": desk_of(group, words),
        "numbers": [
            {"number": line.number, "time": words.time(line.at_ms, facts.time_zone), "given": line.is_known}
            for line in group.lines
        ],
    }
