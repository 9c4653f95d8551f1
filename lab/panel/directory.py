"""In which order the sample people stand, how they are searched, and how their numbers are written. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lab.people import SampleBooking, SamplePerson

_NO_BOOKING = "9999"
Opens = Callable[[SamplePerson], Sequence[SampleBooking]]
"""Which of a person's bookings can be checked in at this moment, the next one first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A person in the list, with what a search looks into."""

    person: SamplePerson
    times: str
    """When the bookings are; with the day where it is not the one that most bookings are on."""
    search_text: str = field(repr=False)
    is_open: bool = False
    """Whether the person may check in now."""

    @property
    def departments(self) -> str:
        """Where the bookings are, each department once."""
        return ", ".join(dict.fromkeys(booking.department for booking in self.person.bookings))


def nobody_opens(_person: SamplePerson) -> Sequence[SampleBooking]:
    """Where nothing is known of check-in hours."""
    return ()


def entries(people: Sequence[SamplePerson], opens: Opens = nobody_opens) -> tuple[Entry, ...]:
    """Those who may check in now, those with a note before the others; then everybody else with a note.

    Then the rest by the first booking: the main day's before other days'. Notes stand in the file's order.
    """
    days = Counter(booking.date for person in people for booking in person.bookings)
    main_day = days.most_common(1)[0][0] if days else ""
    open_now = {id(person): opens(person) for person in people}
    placed = sorted(people, key=lambda person: _place(person, open_now[id(person)], main_day))
    return tuple(
        Entry(person, _times(person, main_day), _search_text(person), is_open=bool(open_now[id(person)]))
        for person in placed
    )


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


def _place(person: SamplePerson, open_now: Sequence[SampleBooking], main_day: str) -> tuple[int, bool, str, str]:
    if open_now:
        return 0, not person.note, open_now[0].date, open_now[0].time
    if person.note:
        return 1, False, "", ""
    first = person.bookings[0] if person.bookings else None
    if first is None:
        return 2, True, _NO_BOOKING, ""
    return 2, first.date != main_day, first.date, first.time


def _times(person: SamplePerson, main_day: str) -> str:
    return ", ".join(it.time if it.date == main_day else f"{it.date[5:]} {it.time}" for it in person.bookings)


def _search_text(person: SamplePerson) -> str:
    bookings = (f"{it.number}\n{it.date}\n{it.time}\n{it.department}" for it in person.bookings)
    return "\n".join((person.name, person.note, person.phone[-4:], *bookings)).casefold()
