"""The slips as blocks: the booking voucher, and what is printed of a change, a cancelling or a wait.  # rule G8

A slip says first of all what it is not: a request that the hospital has yet to answer, or a booking that is subject to
confirmation. What is only asked for bears neither booking mark nor code.
"""

from __future__ import annotations

from booking.numbers import grouped
from kiosk.journey import on_paper
from kiosk.ports.desk import SlipFacts, SlipKind
from kiosk.ports.tickets import Align, Block, KeyValue, Mark, Notice, QrCode, Rule, Size, Space, Text, Ticket
from kiosk.words.catalogue import Words

TEMPLATE_VERSION = 1
_TITLES = {
    SlipKind.BOOKED: "slip.title.booked",
    SlipKind.CHANGED: "slip.title.changed",
    SlipKind.CANCELLED: "slip.title.cancelled",
    SlipKind.WAITING: "slip.title.waiting",
}
_REQUESTS = {
    SlipKind.BOOKED: "slip.request.booked",
    SlipKind.CHANGED: "slip.request.changed",
    SlipKind.CANCELLED: "slip.request.cancelled",
    SlipKind.WAITING: "slip.request.waiting",
}
_PLACES = (SlipKind.BOOKED, SlipKind.CHANGED)


def slip(facts: SlipFacts, words: Words, house: Words) -> Ticket:
    """The slip in these words; the hospital's own language stands beside what staff must read."""
    blocks = [*_head(facts, words, house), *_standing(facts, words), Rule(), *_visit(facts, words, house)]
    if facts.qr:
        blocks += [Rule(), Space(2), QrCode(facts.qr, words.text("ticket.qr")), Space(1)]
    keep = words.text("slip.keep")
    blocks += [Rule(), *on_paper.foot(words, facts.printed_ms, facts.time_zone, facts.terminal_label, keep)]
    return Ticket(f"slip_{facts.kind.value}", TEMPLATE_VERSION, words.language, tuple(blocks))


def _head(facts: SlipFacts, words: Words, house: Words) -> list[Block]:
    blocks = on_paper.hospital_names(facts.hospital, words, house)
    if facts.copy_no > 1:
        blocks.append(Mark(words.text("ticket.mark.reprint", copy=facts.copy_no)))
    if facts.kind in _PLACES and not facts.is_request:
        blocks.append(Mark(_both_words("ticket.mark.booked", words, house)))
    title = _both_words(_TITLES[facts.kind], words, house)
    return [*blocks, Text(title, size=Size.TITLE, align=Align.CENTRE, is_bold=True)]


def _standing(facts: SlipFacts, words: Words) -> list[Block]:
    """What it is not yet."""
    if facts.is_request:
        return [Notice(words.text(_REQUESTS[facts.kind]))]
    if facts.is_assumed:
        return [Notice(words.text("slip.assumed"))]
    if not facts.is_confirmed and facts.kind in _PLACES:
        return [Notice(words.text("slip.off_line"))]
    return []


def _visit(facts: SlipFacts, words: Words, house: Words) -> list[Block]:
    lines = on_paper.clinic(facts.booking, words, house)
    lines.append(KeyValue(words.text("ticket.slot"), on_paper.time_of(facts.booking, words, facts.time_zone)))
    if facts.masked_name:
        lines.append(KeyValue(words.text("ticket.name"), facts.masked_name))
    if facts.number:
        lines.append(KeyValue(words.text("slip.number"), grouped(facts.number)))
    if facts.queue_number and not facts.is_request:
        lines.append(KeyValue(words.text("slip.queue_number"), facts.queue_number))
    if facts.kind in _PLACES and not facts.is_request:
        lines.append(Text(words.text("slip.check_in"), is_bold=True, align=Align.CENTRE))
    return lines


def _both_words(message: str, words: Words, house: Words) -> str:
    if words.language == house.language:
        return words.text(message)
    return f"{house.text(message)} {words.text(message)}"
