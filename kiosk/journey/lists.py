"""Lists for staff as blocks: whom the clinics must put on their own lists, and the day's list.

Written for somebody who stands at the terminal with no time: what it is, what to do, then desk by desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.ports.lists import DoubtfulSlip, ListFacts, ListGroup, ListKind
from kiosk.ports.tickets import Align, Block, Columns, KeyValue, Mark, Notice, Rule, Size, Space, Text, Ticket
from kiosk.words.catalogue import Words

TEMPLATES = {ListKind.ARRIVALS: "arrivals", ListKind.DAY: "day_list", ListKind.LENT: "lent_list"}
TEMPLATE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Lists:
    """Makes the pages of lists in the words of a language; the `ListWriter` of the desk."""

    words: Mapping[str, Words]
    house_language: str

    def list_page(self, facts: ListFacts, language: str) -> Ticket:
        """One page of a list."""
        words = self.words.get(language, self.words[self.house_language])
        blocks: list[Block] = [
            Text(facts.hospital.text(words.language), align=Align.CENTRE, is_bold=True),
            Mark(words.text(_title(facts))),
            *_what_to_do(facts, words),
            *_head(facts, words),
        ]
        for group in facts.groups:
            blocks += [Rule(), *_group(facts, group, words)]
        blocks += [Rule(is_dashed=False)]
        printed = f"{words.text('ticket.printed')} {words.stamp(facts.printed_ms, facts.time_zone)}"
        blocks += [
            Text(printed, size=Size.SMALL, align=Align.CENTRE),
            Text(words.text("list.keep"), size=Size.SMALL, align=Align.CENTRE),
        ]
        return Ticket(TEMPLATES[facts.kind], TEMPLATE_VERSION, words.language, tuple(blocks))


def _title(facts: ListFacts) -> str:
    if facts.kind is not ListKind.ARRIVALS:
        return "list.title.day" if facts.kind is ListKind.DAY else "list.title.lent"
    return "list.title.unheard" if facts.since_ms is None else "list.title.since"


def _what_to_do(facts: ListFacts, words: Words) -> list[Block]:
    blocks: list[Block] = []
    if facts.kind is ListKind.ARRIVALS and facts.since_ms is None and facts.people:
        blocks.append(Notice(words.text("list.notice.unheard")))
    if facts.kind is ListKind.LENT:
        blocks.append(Notice(words.text("list.notice.lent")))
    return [*blocks, *(Notice(_doubtful(slip, facts, words)) for slip in facts.doubtful)]


def _doubtful(slip: DoubtfulSlip, facts: ListFacts, words: Words) -> str:
    time = words.time(slip.made_ms, facts.time_zone)
    return words.text("list.notice.doubtful", time=time, numbers=" ".join(slip.numbers))


def _head(facts: ListFacts, words: Words) -> list[Block]:
    zone = facts.time_zone
    lines: list[Block] = [KeyValue(words.text("ticket.terminal"), facts.terminal_label)]
    if facts.kind is not ListKind.ARRIVALS:
        lines.append(KeyValue(words.text("list.day"), words.service_date(facts.service_date)))
    elif facts.since_ms is not None:
        lines.append(KeyValue(words.text("list.since"), words.stamp(facts.since_ms, zone)))
    if facts.cut_ms is not None:
        lines.append(KeyValue(words.text("list.cut"), words.stamp(facts.cut_ms, zone)))
    counted = "list.lent" if facts.kind is ListKind.LENT else "list.people"
    lines.append(KeyValue(words.text(counted), str(facts.people)))
    if facts.pages > 1:
        value = words.text("list.page_value", page=facts.page, pages=facts.pages)
        lines.append(KeyValue(words.text("list.page"), value))
    return lines


def _group(facts: ListFacts, group: ListGroup, words: Words) -> list[Block]:
    title = department_of(group, words)
    if group.is_continued:
        title = words.text("list.continued", department=title)
    desk = desk_of(group, words)
    blocks: list[Block] = [Text(title, size=Size.LARGE, is_bold=True)]
    if desk:
        blocks.append(Text(desk))
    blocks.append(Space(1))
    for line in group.lines:
        mark = words.text(_mark(facts)) if line.is_known and _mark(facts) else ""
        cells: tuple[str, ...] = (line.number, words.time(line.at_ms, facts.time_zone))
        if facts.kind is not ListKind.LENT:
            cells = (*cells, line.masked_name or words.text("list.no_name"))
        blocks.append(Columns((*cells, mark) if mark else cells))
    return blocks


def _mark(facts: ListFacts) -> str:
    if facts.kind is not ListKind.ARRIVALS:
        return "list.mark.here" if facts.kind is ListKind.DAY else "list.mark.sold"
    return "" if facts.since_ms is None else "list.mark.known"


def department_of(group: ListGroup, words: Words) -> str:
    """The department as others may read it: a list may lie where patients stand."""
    name = group.department.text(words.language)
    if not name:
        return words.text("list.no_department")
    return words.text("booking.sensitive") if group.is_sensitive else name


def desk_of(group: ListGroup, words: Words) -> str:
    """Where the list has to go."""
    building, floor, area = (part.text(words.language) for part in (group.building, group.floor, group.area))
    if not building:
        return ""
    return words.text("ticket.desk", building=building, floor=floor, area=area)
