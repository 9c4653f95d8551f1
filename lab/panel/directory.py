"""In which order the sample people stand, how they are searched, and how their numbers are written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.people import SamplePerson

_NO_BOOKING = "9999"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person in the list, with what a search looks into."""

    person: SamplePerson
    search_text: str = field(repr=False)

    @property
    def times(self) -> str:
        """When the bookings are."""
        return " · ".join(booking.time for booking in self.person.bookings)

    @property
    def departments(self) -> str:
        """Where the bookings are, each department once."""
        return " · ".join(dict.fromkeys(booking.department for booking in self.person.bookings))


def entries(people: Sequence[SamplePerson]) -> tuple[Entry, ...]:
    """Those with a note first, in the file's order; then by the time of the first booking."""
    return tuple(Entry(person, _search_text(person)) for person in sorted(people, key=_place))


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


def _place(person: SamplePerson) -> tuple[bool, str, str]:
    if person.note:
        return False, "", ""
    first = person.bookings[0] if person.bookings else None
    return True, first.date if first else _NO_BOOKING, first.time if first else ""


def _search_text(person: SamplePerson) -> str:
    bookings = (f"{it.number}\n{it.date}\n{it.time}\n{it.department}" for it in person.bookings)
    return "\n".join((person.name, person.note, person.phone[-4:], *bookings)).casefold()
