"""In which order the sample people stand, how they are searched, and how their numbers are written. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.people import SamplePerson

_NO_BOOKING = "9999"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person in the list, with what a search looks into."""

    person: SamplePerson
    times: str
    """When the bookings are; with the day where it is not the one that most bookings are on."""
    search_text: str = field(repr=False)

    @property
    def departments(self) -> str:
        """Where the bookings are, each department once."""
        return ", ".join(dict.fromkeys(booking.department for booking in self.person.bookings))


def entries(people: Sequence[SamplePerson]) -> tuple[Entry, ...]:
    """Those with a note first, in the file's order; then by the first booking: the main day's before other days'."""
    days = Counter(booking.date for person in people for booking in person.bookings)
    main_day = days.most_common(1)[0][0] if days else ""
    placed = sorted(people, key=lambda person: _place(person, main_day))
    return tuple(Entry(person, _times(person, main_day), _search_text(person)) for person in placed)


def found(everybody: Sequence[Entry], wanted: str) -> list[Entry]:
    """Those in whose name, note, bookings or number every word occurs; spaces in a booking number do not matter."""
    words = wanted.casefold().split()
    compact = "".join(words)
    if compact.isdigit():
        words = [compact]
    return [entry for entry in everybody if all(word in entry.search_text for word in words)]


def in_fours(number: str) -> str:
    """A booking number as people read it: three groups of four."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _place(person: SamplePerson, main_day: str) -> tuple[bool, bool, str, str]:
    if person.note:
        return False, False, "", ""
    first = person.bookings[0] if person.bookings else None
    if first is None:
        return True, True, _NO_BOOKING, ""
    return True, first.date != main_day, first.date, first.time


def _times(person: SamplePerson, main_day: str) -> str:
    return ", ".join(it.time if it.date == main_day else f"{it.date[5:]} {it.time}" for it in person.bookings)


def _search_text(person: SamplePerson) -> str:
    bookings = (f"{it.number}\n{it.date}\n{it.time}\n{it.department}" for it in person.bookings)
    return "\n".join((person.name, person.note, person.phone[-4:], *bookings)).casefold()
