"""The demo without a display: two visits, on line and off line, each screen and ticket as a picture."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.journey.screen import (
    AttractScreen,
    BookingsScreen,
    BusyScreen,
    DoneScreen,
    IntentKind,
    KeypadScreen,
    MessageScreen,
)
from kiosk.settings import Settings
from lab.outages import Refusing
from lab.people import SampleBooking, SamplePerson
from tools.glass import Glass, NotSeen
from tools.headless import settings_for
from tools.hospital import DEMO_HOURS, Hospital, hospital

_LABEL = "门诊楼 1 层 03"
_Patient = tuple[SamplePerson, SampleBooking]


@dataclass(slots=True)
class _Album:
    """The pictures, numbered as they are taken."""

    folder: Path
    lines: list[str] = field(default_factory=list)

    def next_file(self, name: str) -> Path:
        file = self.folder / f"{len(self.lines) + 1:02d}-{name}.png"
        self.lines.append(str(file))
        return file

    def take(self, glass: Glass, name: str) -> None:
        glass.picture(self.next_file(name))


def run_script(folder: Path) -> int:
    """Both visits; prints a summary. 0 when both patients have their ticket and the server knows both."""
    QApplication([])
    started = time.monotonic()
    with hospital(folder) as place:
        settings = settings_for(folder / "terminal", server=place.network.address, printer=place.printer.address)
        _enrol(settings, place)
        print(f"server, network, card reader and printer are up after {time.monotonic() - started:.1f} s")
        album = _Album(folder)
        with Glass(settings) as glass:
            glass.wait(lambda: glass.terminal.runtime.facts.is_online, "the terminal on line")
            glass.wait(glass.terminal.runtime.facts.has_reader, "the card reader")
            present = _ready_now(place.people)
            _visit_on_line(glass, place, album, present)
            _too_soon(glass, place, album)
            _visit_off_line(glass, place, album, present)
            status = glass.terminal.status()
    print(f"\n{len(place.printer.tickets)} tickets printed; waiting to be sent: {status['waiting']}; pictures:")
    print("\n".join(f"  {line}" for line in album.lines))
    return 0 if len(place.printer.tickets) == 2 and status["waiting"] == 0 else 1


def _enrol(settings: Settings, place: Hospital) -> None:
    from tools.headless import HeadlessTerminal

    HeadlessTerminal(settings).enrol(place.server.code(_LABEL))


def _ready_now(people: tuple[SamplePerson, ...]) -> Iterator[_Patient]:
    """Patients of this hospital whose check-in is open now, and for some minutes to come."""
    hours = replace(DEMO_HOURS, opens_min=DEMO_HOURS.opens_min - 3, closes_min=DEMO_HOURS.closes_min - 3)
    now = datetime.now(UTC)
    for person in people:
        open_now = hours.open_now(person, now)
        # The terminal chooses the earliest booking that is open: it must be the one that is typed as well.
        if open_now and person.phone:
            yield person, open_now[0]
    raise NotSeen("a patient who may check in now: the sample has nobody left")


def _may_check_in(glass: Glass) -> bool:
    """Whether the page offers it. Some of the invented patients have cancelled, or were here before."""
    glass.wait(lambda: not isinstance(glass.page, AttractScreen | BusyScreen | KeypadScreen), "the desk's answer")
    page = glass.page
    return isinstance(page, BookingsScreen) and any(a.intent.kind is IntentKind.CHECK_IN for a in page.actions)


def _visit_on_line(glass: Glass, place: Hospital, album: _Album, present: Iterator[_Patient]) -> None:
    print("\nOn line: a patient inserts a social-security card")
    glass.wait_for(AttractScreen)
    album.take(glass, "attract")
    for person, _booking in present:
        place.slot.insert(person.social_security_card())
        if _may_check_in(glass):
            break
        place.slot.remove()
        glass.press(IntentKind.END)
        glass.wait_for(AttractScreen)
    album.take(glass, "bookings")
    started = time.monotonic()
    glass.press(IntentKind.CHECK_IN)
    glass.wait_for(DoneScreen)
    print(f"  checked in after {(time.monotonic() - started) * 1000:.0f} ms, with the server's answer")
    place.printer.wait_for_tickets(1)
    glass.wait(lambda: _is_ticket_out(glass), "the ticket reported as printed")
    album.take(glass, "checked-in")
    album.next_file("ticket").write_bytes(place.printer.tickets[0].png)
    print(f"  the ticket is out: number {_number(glass)}")
    place.slot.remove()
    glass.press(IntentKind.END)
    glass.wait_for(AttractScreen)


def _too_soon(glass: Glass, place: Hospital, album: _Album) -> None:
    print("\nA card is taken out too soon")
    place.slot.insert(place.people[0].social_security_card())
    glass.wait(lambda: not isinstance(glass.page, AttractScreen), "the card noticed")
    glass.wait_for(BookingsScreen)
    place.slot.remove()
    glass.wait_for(MessageScreen)
    album.take(glass, "card-taken-out")
    glass.press(IntentKind.END)
    glass.wait_for(AttractScreen)


def _visit_off_line(glass: Glass, place: Hospital, album: _Album, present: Iterator[_Patient]) -> None:
    print("\nThe network is cut: a patient without a card types a booking number, in English")
    place.network.switch(Refusing())
    place.network.cut()
    glass.wait(lambda: not glass.terminal.runtime.facts.is_online, "the terminal noticing the cut")
    glass.press(IntentKind.LANGUAGE, "en")
    album.take(glass, "attract-off-line")
    number, question = _type_in(glass, *next(present))
    while not _may_check_in(glass):
        glass.press(IntentKind.END)
        glass.wait_for(AttractScreen)
        glass.press(IntentKind.LANGUAGE, "en")
        number, question = _type_in(glass, *next(present))
    album.next_file("number").write_bytes(number)
    album.next_file("second-question").write_bytes(question)
    album.take(glass, "bookings-off-line")
    glass.press(IntentKind.CHECK_IN)
    glass.wait_for(DoneScreen)
    place.printer.wait_for_tickets(2)
    glass.wait(lambda: _is_ticket_out(glass), "the ticket reported as printed")
    album.take(glass, "checked-in-off-line")
    album.next_file("ticket-off-line").write_bytes(place.printer.tickets[1].png)
    waiting = glass.terminal.status()["waiting"]
    print(f"  the ticket is out: number {_number(glass)}; waiting to be sent: {waiting}")
    glass.press(IntentKind.END)
    place.network.restore()
    print("  the network is back")
    glass.wait(lambda: glass.terminal.status()["waiting"] == 0, "the server's answer", timeout_s=90)


def _type_in(glass: Glass, person: SamplePerson, booking: SampleBooking) -> tuple[bytes, bytes]:
    """Type the booking number and the phone's last four digits; the pictures of both pages."""
    glass.press(IntentKind.TYPE_NUMBER)
    for digit in booking.number:
        glass.press(IntentKind.DIGIT, digit)
    number = glass.png()
    glass.press(IntentKind.SUBMIT)
    for digit in person.phone[-4:]:
        glass.press(IntentKind.DIGIT, digit)
    question = glass.png()
    glass.press(IntentKind.SUBMIT)
    return number, question


def _number(glass: Glass) -> str:
    return glass.page.number if isinstance(glass.page, DoneScreen) else ""


def _is_ticket_out(glass: Glass) -> bool:
    icons = ("ticket",)
    return isinstance(glass.page, DoneScreen) and glass.page.take_icon.value in icons
