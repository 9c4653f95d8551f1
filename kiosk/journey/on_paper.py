"""What all papers for patients have in common: names in both languages, the place, the foot."""

from __future__ import annotations

from datetime import tzinfo

from booking.localized import LocalizedText
from kiosk.ports.desk import BookingView
from kiosk.ports.tickets import Align, Block, KeyValue, Size, Text
from kiosk.words.catalogue import Words


def hospital_names(hospital: LocalizedText, words: Words, house: Words) -> list[Block]:
    """The hospital, in its own language first."""
    names = [hospital.text(language) for language in dict.fromkeys((house.language, words.language))]
    return [Text(name, size=Size.LARGE, align=Align.CENTRE, is_bold=True) for name in names]


def both(text: LocalizedText, words: Words, house: Words) -> str:
    """For the patient, and for the staff who read it."""
    own, theirs = text.text(words.language), text.text(house.language)
    return own if own == theirs else f"{theirs} {own}"


def place(booking: BookingView, words: Words) -> str:
    """Where to go."""
    language = words.language
    return words.text(
        "ticket.place_value",
        building=booking.building.text(language),
        floor=booking.floor.text(language),
        area=booking.area.text(language),
        room=booking.room.text(language),
    )


def clinic(booking: BookingView, words: Words, house: Words) -> list[Block]:
    """Department, place and doctor."""
    lines: list[Block] = [
        KeyValue(words.text("ticket.department"), both(booking.department, words, house)),
        KeyValue(words.text("ticket.place"), place(booking, words)),
    ]
    if words.language != house.language:
        lines.append(KeyValue("", place(booking, house)))
    if booking.doctor is not None:
        title = booking.doctor_title.text(words.language) if booking.doctor_title else ""
        doctor = words.text("booking.doctor", name=booking.doctor.text(words.language), title=title)
        lines.append(KeyValue(words.text("ticket.doctor"), doctor.rstrip(" ,")))
    return lines


def time_of(booking: BookingView, words: Words, zone: tzinfo) -> str:
    """Day and hour."""
    return f"{words.service_date(booking.service_date)} {words.time(booking.starts_ms, zone)}"


def foot(words: Words, printed_ms: int, zone: tzinfo, terminal: str, keep: str) -> list[Block]:
    """When and where it was printed, and to keep it."""
    stamp = (
        f"{words.text('ticket.printed')} {words.stamp(printed_ms, zone)}  {words.text('ticket.terminal')} {terminal}"
    )
    return [
        Text(stamp, size=Size.SMALL, align=Align.CENTRE),
        Text(keep, size=Size.SMALL, align=Align.CENTRE),
    ]
