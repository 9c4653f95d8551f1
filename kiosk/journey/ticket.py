"""The queue ticket as blocks.  # rule G8

A ticket in another language also carries department, place and number in Chinese, for the staff who read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from booking.localized import LocalizedText
from kiosk.ports.desk import BookingView, TicketFacts
from kiosk.ports.tickets import (
    Align,
    BigNumber,
    Block,
    KeyValue,
    Mark,
    Notice,
    QrCode,
    Rule,
    Size,
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
        """The queue ticket for a booking that is checked in."""
        words = self.words.get(language, self.words[self.house_language])
        zone = facts.time_zone
        blocks: list[Block] = [*self._head(facts, words)]
        if not facts.is_confirmed:
            blocks += [Notice(words.text("ticket.notice.show")), *self._desk(facts.booking, words)]
        blocks += [BigNumber(facts.queue_number, words.text("ticket.number")), Rule()]
        blocks += self._visit(facts, words)
        blocks.append(Rule())
        if facts.is_confirmed:
            blocks.append(Text(words.text("ticket.notice.wait"), is_bold=True, align=Align.CENTRE))
        blocks += [Space(2), QrCode(facts.qr, words.text("ticket.qr")), Space(1), Rule()]
        foot = (
            f"{words.text('ticket.printed')} {words.stamp(facts.printed_ms, zone)}"
            f"  {words.text('ticket.terminal')} {facts.terminal_label}"
        )
        blocks += [
            Text(foot, size=Size.SMALL, align=Align.CENTRE),
            Text(words.text("ticket.keep"), size=Size.SMALL, align=Align.CENTRE),
        ]
        return Ticket(TEMPLATE, TEMPLATE_VERSION, words.language, tuple(blocks))

    def _head(self, facts: TicketFacts, words: Words) -> list[Block]:
        house = self.words[self.house_language]
        names = [facts.hospital.text(words.language)]
        if words.language != self.house_language:
            names.insert(0, facts.hospital.text(self.house_language))
        head: list[Block] = [Text(name, size=Size.LARGE, align=Align.CENTRE, is_bold=True) for name in names]
        mark = words.text("ticket.mark.booked")
        if words.language != self.house_language:
            mark = f"{house.text('ticket.mark.booked')} {mark}"
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

    def _visit(self, facts: TicketFacts, words: Words) -> list[Block]:
        booking, zone = facts.booking, facts.time_zone
        slot = f"{words.service_date(booking.service_date)} {words.time(booking.starts_ms, zone)}"
        lines: list[Block] = [
            KeyValue(words.text("ticket.department"), self._both(booking.department, words)),
            KeyValue(words.text("ticket.place"), self._place(booking, words)),
        ]
        if words.language != self.house_language:
            lines.append(KeyValue("", self._place(booking, self.words[self.house_language])))
        if booking.doctor is not None:
            title = booking.doctor_title.text(words.language) if booking.doctor_title else ""
            doctor = words.text("booking.doctor", name=booking.doctor.text(words.language), title=title)
            lines.append(KeyValue(words.text("ticket.doctor"), doctor.rstrip(" ,")))
        lines += [
            KeyValue(words.text("ticket.slot"), slot),
            *((KeyValue(words.text("ticket.name"), facts.masked_name),) if facts.masked_name else ()),
            KeyValue(words.text("ticket.checked_in"), words.time(facts.checked_in_ms, zone)),
        ]
        return lines

    def _both(self, text: LocalizedText, words: Words) -> str:
        own, house = text.text(words.language), text.text(self.house_language)
        return own if own == house else f"{house} {own}"

    def _place(self, booking: BookingView, words: Words) -> str:
        language = words.language
        return words.text(
            "ticket.place_value",
            building=booking.building.text(language),
            floor=booking.floor.text(language),
            area=booking.area.text(language),
            room=booking.room.text(language),
        )
