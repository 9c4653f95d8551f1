"""The queue ticket as blocks.  # rule G8

A ticket in another language also carries department, place and number in Chinese, for the staff who read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.journey import on_paper
from kiosk.journey.slip import slip
from kiosk.ports.desk import BookingView, SlipFacts, TicketFacts
from kiosk.ports.tickets import (
    Align,
    BigNumber,
    Block,
    KeyValue,
    Mark,
    Notice,
    QrCode,
    Rule,
    Space,
    Text,
    Ticket,
)
from kiosk.words.catalogue import Words

TEMPLATE = "check_in"
TEMPLATE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes tickets in the words of a language; the `TicketWriter` of the desk."""

    words: Mapping[str, Words]
    house_language: str

    def check_in_ticket(self, facts: TicketFacts, language: str) -> Ticket:
        """The queue ticket of somebody who is checked in, for a booking or on the spot."""
        words, house = self._words(language), self.words[self.house_language]
        zone = facts.time_zone
        blocks: list[Block] = [*self._head(facts, words)]
        if facts.is_assumed:
            blocks.append(Notice(words.text("ticket.notice.assumed")))
        if not facts.is_confirmed:
            blocks += [Notice(words.text("ticket.notice.show")), *self._desk(facts.booking, words)]
        blocks += [BigNumber(facts.queue_number, words.text("ticket.number")), Rule()]
        blocks += [
            *on_paper.clinic(facts.booking, words, house),
            KeyValue(words.text("ticket.slot"), on_paper.time_of(facts.booking, words, zone)),
            *((KeyValue(words.text("ticket.name"), facts.masked_name),) if facts.masked_name else ()),
            KeyValue(words.text("ticket.checked_in"), words.time(facts.checked_in_ms, zone)),
            Rule(),
        ]
        if facts.is_confirmed:
            blocks.append(Text(words.text("ticket.notice.wait"), is_bold=True, align=Align.CENTRE))
        blocks += [Space(2), QrCode(facts.qr, words.text("ticket.qr")), Space(1), Rule()]
        keep = words.text("ticket.keep")
        blocks += on_paper.foot(words, facts.printed_ms, zone, facts.terminal_label, keep)
        return Ticket(TEMPLATE, TEMPLATE_VERSION, words.language, tuple(blocks))

    def slip(self, facts: SlipFacts, language: str) -> Ticket:
        """What is printed of a booking that is made, changed or cancelled, or of a wait."""
        return slip(facts, self._words(language), self.words[self.house_language])

    def _words(self, language: str) -> Words:
        return self.words.get(language, self.words[self.house_language])

    def _head(self, facts: TicketFacts, words: Words) -> list[Block]:
        """The hospital; a booking's mark, which somebody who registered on the spot does not have."""
        house = self.words[self.house_language]
        head = on_paper.hospital_names(facts.hospital, words, house)
        kind = "ticket.mark.walk_in" if facts.is_walk_in else "ticket.mark.booked"
        mark = words.text(kind)
        if words.language != self.house_language:
            mark = f"{house.text(kind)} {mark}"
        if facts.copy_no > 1:
            head.append(Mark(words.text("ticket.mark.reprint", copy=facts.copy_no)))
        head.append(Mark(mark))
        return head

    def _desk(self, booking: BookingView, words: Words) -> list[Block]:
        """Where the ticket is to be shown, first of all."""
        languages = dict.fromkeys((words.language, self.house_language))
        return [
            Text(
                self.words[language].text(
                    "ticket.desk",
                    building=booking.building.text(language),
                    floor=booking.floor.text(language),
                    area=booking.area.text(language),
                ),
                align=Align.CENTRE,
                is_bold=True,
            )
            for language in languages
        ]
