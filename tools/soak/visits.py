"""Visit after visit through a whole day: who comes, what they do, and whether the terminal grows.

Most insert a card and check in. Some type their number, come again for a copy, take the card too soon, walk away, or
meet a printer without paper; now and then the network is away for a while. A visit takes four seconds of that day on
average: at eight in the morning they come as close together as that, and whoever waited longer would come too late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from booking.people import DocumentKind, Identity, Sex, normalise_number
from kiosk.journey.screen import AttractScreen, BookingsScreen, DoneScreen, IntentKind, KeypadScreen, MessageScreen
from kiosk.journey.states import EnteringAnswer, insertion_of
from kiosk.ports.printers import PaperOut, Ready
from lab.cards.slot import Slot
from lab.outages import Refusing
from lab.people import SampleBooking, SamplePerson
from tools.soak.day import ZONE, Day
from tools.soak.growth import Sample, rss_mb
from tools.soak.stand import NotReached, Stand

HERE = "01"
_MINUTE_MS = 60_000
_EARLY_MS = 40 * _MINUTE_MS
"""How long before their place people come: the window to check in is open then."""
_SAMPLE_EVERY = 50
_REAL_CARD_EVERY = 100
_OUTAGE_EVERY, _OUTAGE_VISITS = 500, 40
_CARD_BYTES = 9
_LEAVE_MS = (11_000, 35_000, 60_000)


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody with a booking today."""

    person: SamplePerson = field(repr=False)
    booking: SampleBooking = field(repr=False)

    @property
    def starts_ms(self) -> int:
        """The instant of the place."""
        day = datetime.fromisoformat(self.booking.date).replace(tzinfo=ZONE)
        hour, minute = self.booking.time.split(":")
        return int(day.timestamp() * 1000) + (int(hour) * 60 + int(minute)) * 60_000

    def identity(self) -> Identity:
        """What the social-security card says."""
        one = self.person
        return Identity(
            kind=DocumentKind.SOCIAL_SECURITY,
            id_number=normalise_number(one.id_number),
            card_number=normalise_number(one.card_number[:_CARD_BYTES]),
            name=one.name,
            sex=Sex.MALE if one.sex == "male" else Sex.FEMALE,
            birth_date=one.birth_date,
        )


@dataclass(slots=True)
class Record:
    """What has happened so far."""

    visits: int = 0
    real_cards: int = 0
    checked_in: int = 0
    tickets: int = 0
    refused: int = 0
    asked_again: list[str] = field(default_factory=list)
    """Where a right number or a right answer to the second question was not taken: which visit, when, how."""
    most_late_min: int = 0
    """How long after the instant of their place the latest came, because the terminal was not free sooner."""
    stopped_by: str = ""
    """What ended it before its time."""
    samples: list[Sample] = field(default_factory=list)


def patients(day: Day) -> Iterator[Patient]:
    """Everybody with a booking at this hospital today, by the hour."""
    found = [
        Patient(person, booking)
        for person in day.people
        for booking in person.bookings
        if booking.hospital_code == HERE and booking.date == day.today
    ]
    return iter(sorted(found, key=lambda one: one.starts_ms))


class Lobby:
    """Lets patients come, one after the other."""

    def __init__(self, stand: Stand, slot: Slot | None, chance: Random) -> None:
        self._stand = stand
        self._slot = slot
        self._chance = chance
        self.record = Record()
        self._ways: tuple[tuple[int, Callable[[Patient], None]], ...] = (
            (79, self._checks_in_with_card),
            (8, self._types_number),
            (5, self._comes_again),
            (3, self._takes_card_too_soon),
            (2, self._walks_away),
            (3, self._finds_no_paper),
        )

    def receive(self, patient: Patient) -> None:
        """One visit, from the first page to the first page."""
        stand, record = self._stand, self.record
        self._come_at(patient)
        self._follow_network()
        if self._slot is not None and record.visits % _REAL_CARD_EVERY == 0:
            self._checks_in_with_real_card(patient, self._slot)
        else:
            ways = [way for _share, way in self._ways]
            self._chance.choices(ways, [share for share, _way in self._ways])[0](patient)
        stand.until(lambda: stand.is_idle, "the first page")
        stand.paint()
        if not isinstance(stand.page, AttractScreen):
            raise NotReached("nobody is here, and it is not the first page")
        record.visits += 1
        record.tickets += len(stand.printer.printed)
        stand.printer.printed.clear()
        if record.visits % _SAMPLE_EVERY == 0:
            record.samples.append(Sample(record.visits, rss_mb()))

    def _come_at(self, patient: Patient) -> None:
        ahead_ms = patient.starts_ms - _EARLY_MS - self._stand.day.clock.now_ms()
        if ahead_ms > 0:
            self._stand.passes(ahead_ms)
        late_ms = self._stand.day.clock.now_ms() - patient.starts_ms
        self.record.most_late_min = max(self.record.most_late_min, late_ms // _MINUTE_MS)

    def _follow_network(self) -> None:
        turn = self.record.visits % _OUTAGE_EVERY
        if turn == _OUTAGE_EVERY - _OUTAGE_VISITS:
            self._stand.day.network.switch(Refusing())
        elif turn == 0 and self.record.visits:
            self._stand.day.network.restore()

    # -- the ways

    def _inserts(self, patient: Patient) -> bool:
        """Whether a list of bookings is shown, with one that can be checked in."""
        self._stand.readers.in_memory.insert(patient.identity())
        return self._reaches_list()

    def _reaches_list(self) -> bool:
        stand = self._stand
        stand.until(self._has_answer, "an answer")
        page = stand.page
        stand.paint()
        if isinstance(page, KeypadScreen):
            self.record.asked_again.append(self._how_it_stands())
        return isinstance(page, BookingsScreen) and self._stand.can_touch(IntentKind.CHECK_IN)

    def _how_it_stands(self) -> str:
        runtime = self._stand.terminal.runtime
        state, line = runtime.journey.state, "on line" if runtime.facts.is_online else "off line"
        left = state.tries_left if isinstance(state, EnteringAnswer) else None
        now = datetime.fromtimestamp(self._stand.day.clock.now_ms() / 1000, ZONE)
        return f"visit {self.record.visits}, {now:%d %H:%M:%S}, {line}, {type(state).__name__}, tries left: {left}"

    def _has_answer(self) -> bool:
        page = self._stand.page
        return isinstance(page, BookingsScreen | MessageScreen) or (isinstance(page, KeypadScreen) and bool(page.error))

    def _checks_in(self) -> None:
        stand = self._stand
        stand.touch(IntentKind.CHECK_IN)
        page = stand.until_page(DoneScreen, MessageScreen)
        stand.paint()
        done = isinstance(page, DoneScreen)
        self.record.checked_in += done
        self.record.refused += not done

    def _takes_card(self) -> None:
        """Most end the visit by a touch, and then take the card."""
        self._ends()
        self._stand.readers.in_memory.remove()
        self._leaves()

    def _ends(self) -> None:
        if self._stand.can_touch(IntentKind.END):
            self._stand.touch(IntentKind.END)

    def _leaves(self) -> None:
        """The card is noticed missing; then a page that is left clears by itself."""
        # Without this, time would be put forward before the window has heard of the removal, minutes for each visit.
        self._stand.until(lambda: not self._is_card_in(), "the card to be noticed missing")
        for ms in _LEAVE_MS:
            if self._stand.is_idle:
                return
            self._stand.passes(ms)

    def _checks_in_with_card(self, patient: Patient) -> None:
        if self._inserts(patient):
            self._checks_in()
        else:
            self.record.refused += 1
        self._takes_card()

    def _checks_in_with_real_card(self, patient: Patient, slot: Slot) -> None:
        slot.insert(patient.person.social_security_card())
        if self._reaches_list():
            self._checks_in()
        slot.remove()
        self.record.real_cards += 1
        self._leaves()

    def _is_card_in(self) -> bool:
        return insertion_of(self._stand.terminal.runtime.journey.state) is not None

    def _types_number(self, patient: Patient) -> None:
        stand = self._stand
        if not patient.person.phone:
            self._checks_in_with_card(patient)
            return
        stand.touch(IntentKind.TYPE_NUMBER)
        for digit in patient.booking.number:
            stand.touch(IntentKind.DIGIT, digit)
        stand.touch(IntentKind.SUBMIT)
        stand.until_page(KeypadScreen)
        for digit in patient.person.phone[-4:]:
            stand.touch(IntentKind.DIGIT, digit)
        stand.touch(IntentKind.SUBMIT)
        if self._reaches_list():
            self._checks_in()
        self._ends()
        self._leaves()

    def _comes_again(self, patient: Patient) -> None:
        self._checks_in_with_card(patient)
        self._stand.until(lambda: self._stand.is_idle, "the first page")
        self._inserts(patient)
        if self._stand.can_touch(IntentKind.REPRINT):
            self._stand.touch(IntentKind.REPRINT)
            self._stand.until_page(DoneScreen, MessageScreen)
        self._takes_card()

    def _takes_card_too_soon(self, patient: Patient) -> None:
        self._inserts(patient)
        self._stand.readers.in_memory.remove()
        self._leaves()

    def _walks_away(self, patient: Patient) -> None:
        self._inserts(patient)
        self._stand.passes(65_000)
        self._stand.paint()
        self._stand.passes(30_000)
        self._stand.readers.in_memory.remove()
        self._leaves()

    def _finds_no_paper(self, patient: Patient) -> None:
        self._stand.printer.become(PaperOut())
        self._checks_in_with_card(patient)
        self._stand.printer.become(Ready(is_near_end=False))


def run_visits(lobby: Lobby, everybody: Iterator[Patient], *, most: int, minutes: float) -> Record:
    """Receive people until there are enough, nobody is left, or the time is over."""
    ends = time.monotonic() + minutes * 60
    for patient in everybody:
        try:
            lobby.receive(patient)
        except NotReached as stopped:
            lobby.record.stopped_by = str(stopped)
            break
        if lobby.record.visits >= most or time.monotonic() > ends:
            break
    return lobby.record
