"""Visits at the real window, over real card daemon, printer connection and server: what a patient waits for.

A card is in when the process sees the daemon's event; a page is there when it has been painted; a ticket begins when
its first bytes pass to the printer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.journey.screen import IntentKind
from lab.people import SamplePerson
from tools.bench.figures import Bar, Figure, Of, median, percentile
from tools.bench.printer_tap import PrinterTap
from tools.bench.terminal import TerminalProcess, Words, environment
from tools.hospital import Hospital

_HERE = "01"
_ZONE = ZoneInfo("Asia/Shanghai")
_SETTLED_S = 0.3
_REST_S, _KEY_REST_S = 0.52, 0.14
"""A little longer than controls rest after a touch (kiosk.ui.widgets.touch)."""


@dataclass(slots=True)
class Waits:
    """What was measured, in milliseconds."""

    name_ms: list[float] = field(default_factory=list)
    ticket_ms: list[float] = field(default_factory=list)
    taps_ms: list[float] = field(default_factory=list)
    visits: int = 0


def bookable_now(people: tuple[SamplePerson, ...]) -> Iterator[SamplePerson]:
    """People with one booking at the first hospital, whose time to check in is now."""
    now = datetime.now(_ZONE)
    first = (now - timedelta(minutes=5)).strftime("%H:%M") if now.hour or now.minute > 5 else "00:00"
    last = (now + timedelta(minutes=45)).strftime("%H:%M") if (now.hour, now.minute) < (23, 14) else "24:00"
    today = now.date().isoformat()
    for one in people:
        if len(one.bookings) == 1 and not one.note:
            booking = one.bookings[0]
            if booking.hospital_code == _HERE and booking.date == today and first <= booking.time <= last:
                yield one


class Lobby:
    """One terminal in its hospital, and the people who come to it."""

    def __init__(self, hospital: Hospital, terminal: TerminalProcess, tap: PrinterTap) -> None:
        self._hospital = hospital
        self._terminal = terminal
        self._tap = tap
        self._patients = bookable_now(hospital.people)
        self._printed = len(hospital.printer.tickets)

    def check_in(self, waits: Waits) -> None:
        """A patient inserts a card, checks in, takes ticket and card; who finds the booking cancelled goes."""
        while not self._check_in(waits):
            waits.visits += 1
        waits.visits += 1

    def _check_in(self, waits: Waits) -> bool:
        terminal = self._terminal
        self._hospital.slot.insert(next(self._patients).social_security_card())
        inserted = terminal.event("CardInserted")
        shown = terminal.painted("BookingsPage", "MessagePage")
        if shown["painted"] == "MessagePage":
            self._takes_card(waits)
            return False
        waits.name_ms.append((shown["at_ns"] - inserted["at_ns"]) / 1e6)
        tapped = self._touch(waits, IntentKind.CHECK_IN)
        terminal.painted("DonePage")
        self._printed += 1
        self._hospital.printer.wait_for_tickets(self._printed)
        first_ns = self._tap.first_after(tapped["tapped_ns"])
        assert first_ns is not None
        waits.ticket_ms.append((first_ns - tapped["tapped_ns"]) / 1e6)
        self._takes_card(waits)
        return True

    def _takes_card(self, waits: Waits) -> None:
        """Ends by a touch first: the last page would stay for ten seconds. Not while it changes under the finger."""
        self._terminal.rest(_SETTLED_S)
        self._touch(waits, IntentKind.END)
        self._hospital.slot.remove()
        self._terminal.painted("AttractPage", timeout_s=15)

    def look_in(self, waits: Waits) -> None:
        """Somebody begins to type a number, and goes; each fourth types long, and tries help and language too."""
        self._touch(waits, IntentKind.TYPE_NUMBER)
        if waits.visits % 4 == 0:
            self._try_all(waits)
        self._touch(waits, IntentKind.END)
        waits.visits += 1

    def _try_all(self, waits: Waits) -> None:
        for digit in "0123456789":
            self._touch(waits, IntentKind.DIGIT, digit, rest_s=_KEY_REST_S)
        self._touch(waits, IntentKind.ERASE, rest_s=_KEY_REST_S)
        self._touch(waits, IntentKind.HELP)
        self._touch(waits, IntentKind.BACK)
        self._touch(waits, IntentKind.LANGUAGE, "en")

    def _touch(self, waits: Waits, kind: IntentKind, arg: str = "", *, rest_s: float = _REST_S) -> Words:
        words = self._terminal.tap(kind, arg)
        waits.taps_ms.append((words["at_ns"] - words["tapped_ns"]) / 1e6)
        self._terminal.rest(rest_s)
        return words


def bare_exchange_ms(hospital: Hospital, rounds: int) -> float:
    """The same commands to a patient's card, from a process that does nothing else."""
    hospital.slot.insert(next(bookable_now(hospital.people)).social_security_card())
    hospital.slot.wait_until_noticed()
    command = [sys.executable, "-m", "tools.bench.bare_card", hospital.slot.reader_name, str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
    hospital.slot.remove()
    hospital.slot.wait_until_noticed()
    return median(json.loads(done.stdout)["took_ms"])


def figures(on_line: Waits, off_line: Waits, *, exchange_ms: float, round_trip_ms: float) -> list[Figure]:
    """What issue A asks for of visits."""
    name_ms = median([*on_line.name_ms, *off_line.name_ms])
    off_ms = median(off_line.ticket_ms)
    taps_ms = [*on_line.taps_ms, *off_line.taps_ms]
    return [
        Figure(
            "card in to name on screen, beyond the card's own exchange",
            name_ms - exchange_ms,
            "ms",
            Bar(60),
            exchange_ms,
        ),
        Figure("check in touched to first byte at the printer, off line", off_ms, "ms", Bar(120)),
        Figure(
            "the same on line: what it adds",
            median(on_line.ticket_ms) - off_ms,
            "ms",
            Bar(1.0, Of.RATIO),
            round_trip_ms,
        ),
        Figure("touch to next page painted, median", median(taps_ms), "ms", Bar(33)),
        Figure("touch to next page painted, 99th of a hundred", percentile(taps_ms, 99), "ms", Bar(50)),
    ]
