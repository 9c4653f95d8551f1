"""A whole hospital round one terminal: real server process, network, card daemon, printer and scanner, at a set hour.

Server and terminal run on the computer's clock put to ten in the morning of an invented day, so that what is open,
too early and too late does not depend on when the tests run. The server serves all tests of a session; network, printer
and terminal serve those of a module. After each test no log may hold anything of any invented person.
"""

from __future__ import annotations

import json
import logging
import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.people import resident_check_digit
from kiosk.devices.clock import SystemClock
from kiosk.health.log import start_logging
from lab.cards.slot import Slot
from lab.cards.social_security import SocialSecurityCard
from lab.network import Relay
from lab.pcscd import CardDaemon
from lab.people import SampleBooking, SamplePerson, read_people
from lab.printer.server import VirtualPrinter
from lab.reserved_port import ReservedPort
from lab.scanner import VirtualScanner
from tools.hospital import init_sample

ROOT = Path(__file__).parents[2]
HERE = "01"
TODAY, TOMORROW = "2031-03-18", "2031-03-19"
ZONE = ZoneInfo("Asia/Shanghai")
_PATIENCE_S = 60.0


def ahead_of(day: str, time_of_day: str) -> int:
    """How far, in milliseconds, a clock that says this at the hospital is ahead of the computer's."""
    said = datetime.fromisoformat(f"{day}T{time_of_day}:00").replace(tzinfo=ZONE)
    return int(said.timestamp() * 1000) - time.time_ns() // 1_000_000


class HouseClock(SystemClock):
    """The computer's clock, put forward."""

    def __init__(self, ahead_ms: int) -> None:
        super().__init__()
        self._wall_ahead_ms = ahead_ms
        self._boot_ahead_ms = 0

    @property
    def ahead_ms(self) -> int:
        """How far the wall clock is ahead of the computer's."""
        return self._wall_ahead_ms

    def now_ms(self) -> int:
        return super().now_ms() + self._wall_ahead_ms

    def boot_ms(self) -> int:
        return super().boot_ms() + self._boot_ahead_ms

    def put_forward(self, seconds: float) -> None:
        self._wall_ahead_ms += round(seconds * 1000)
        self._boot_ahead_ms += round(seconds * 1000)

    def set_right(self, ahead_ms: int) -> None:
        """Set the wall clock, as the hospital's time service does."""
        self._wall_ahead_ms = ahead_ms


class ClockedServer:
    """The booking server as a process (see clocked_central.py): started, asked, killed and started again."""

    def __init__(self, data: Path, *, ahead_ms: int) -> None:
        self.data = data
        self.log = data / "server.log"
        self.ahead_ms = ahead_ms
        self._process: subprocess.Popen[str] | None = None
        self._place = ReservedPort()  # also while it does not run
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._halted: queue.SimpleQueue[str] = queue.SimpleQueue()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._place.number

    def start(self) -> None:
        """Start, on the same port as before, and wait until it listens."""
        self._place.take()
        command = [sys.executable, "-m", "tests.plugins.clocked_central", "--data", str(self.data)]
        command += ["--port", str(self._place.number), "--ahead-ms", str(self.ahead_ms)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        assert self._answers.get(timeout=_PATIENCE_S) == {"port": self._place.number}

    def stop(self) -> None:
        """End it as an operator would. Harmless when it does not run."""
        if self._process is not None:
            self._process.terminate()
            self._end(self._process)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._end(self._process)

    def ask(self, do: str, **what: Any) -> dict[str, Any]:
        """One command through the door."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = self._answers.get(timeout=_PATIENCE_S)["answer"]
        return answer

    def code(self, label: str = "T1") -> str:
        """A one-time enrolment code."""
        code: str = self.ask("code", label=label)["code"]
        return code

    def knows(self, number: str) -> dict[str, Any]:
        """How the booking with this number stands."""
        return self.ask("look", number=number)

    def wait_until_halted(self) -> str:
        """Return when the writer has come to its halt."""
        return self._halted.get(timeout=_PATIENCE_S)

    def put_forward(self, seconds: float) -> None:
        self.ahead_ms += round(seconds * 1000)
        self.ask("forward", ms=round(seconds * 1000))

    def _end(self, process: subprocess.Popen[str]) -> None:
        process.wait(_PATIENCE_S)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        self._process = None

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as said:
            for line in said:
                words = json.loads(line)
                if "halted" in words:
                    self._halted.put(words["halted"])
                else:
                    self._answers.put(words)


@dataclass(frozen=True, slots=True)
class Patient:
    """An invented person, with the booking that the test is about."""

    person: SamplePerson = field(repr=False)
    booking: SampleBooking = field(repr=False)

    @property
    def number(self) -> str:
        """The twelve digits."""
        return self.booking.number

    @property
    def phone(self) -> str:
        """The last four digits of the phone."""
        return self.person.phone[-4:]

    @property
    def birthday(self) -> str:
        """MMDD."""
        return self.person.birth_date[5:].replace("-", "")

    def card(self) -> SocialSecurityCard:
        """The social-security card."""
        return self.person.social_security_card()


class People:
    """Hands out invented people, each to one test only."""

    def __init__(self, people: tuple[SamplePerson, ...], server: ClockedServer) -> None:
        self.all = people
        self._server = server
        self._waiting = [Patient(one, one.bookings[0]) for one in people if _is_about_now(one)]
        self._free = [one for one in people if one.note == "" and not _is_seen_today(one)]

    def booked_now(self) -> Patient:
        """Somebody who may check in now."""
        while True:
            one = self._waiting.pop()
            if self._server.knows(one.number)["state"] in ("booked", "confirmed"):
                return one

    def not_booked(self) -> SamplePerson:
        """Somebody known to the group, without a booking today."""
        return self._free.pop()

    def noted(self, note: str) -> Patient:
        """The showcase's person with this note, and their first booking."""
        one = self.noted_person(note)
        return Patient(one, one.bookings[0])

    def noted_person(self, note: str) -> SamplePerson:
        """The showcase's person with this note."""
        return next(person for person in self.all if person.note == note)

    def stranger(self) -> SamplePerson:
        """Somebody whom no hospital of the group has ever seen."""
        citizen = "11010519900307881"
        number = citizen + resident_check_digit(citizen)
        return replace(self.all[0], name="欧阳明远", id_number=number, card_number="Z99999999")

    def books(self, person: SamplePerson, *, day: str = TODAY, at: str = "10:20") -> Patient:
        """The booking office books for them."""
        made = self._server.ask("book", id_number=person.id_number, phone=person.phone, day=day, at=at)
        return Patient(person, SampleBooking(HERE, made["number"], day, at, ""))


def _is_about_now(one: SamplePerson) -> bool:
    if len(one.bookings) != 1 or one.note or not one.phone:
        return False
    booking = one.bookings[0]
    return booking.hospital_code == HERE and booking.date == TODAY and "10:10" <= booking.time <= "10:55"


def _is_seen_today(one: SamplePerson) -> bool:
    yesterday = (datetime.fromisoformat(TODAY) - timedelta(days=1)).date().isoformat()
    return any(booking.date != yesterday for booking in one.bookings)


@dataclass(slots=True)
class Surroundings:
    """All that stands round one terminal."""

    folder: Path
    server: ClockedServer
    people: People
    network: Relay
    daemon: CardDaemon
    slot: Slot
    printer: VirtualPrinter
    scanner: VirtualScanner
    clock: HouseClock


@pytest.fixture(scope="session")
def sample_hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's directory with the invented group, made once; copied by whoever serves it."""
    data = tmp_path_factory.mktemp("sample") / "central"
    init_sample(data, today=TODAY, bookings_today=800)
    return data


@pytest.fixture(scope="session")
def morning_server(sample_hospital: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClockedServer]:
    """The booking server at ten in the morning; one for all tests."""
    data = tmp_path_factory.mktemp("morning") / "central"
    shutil.copytree(sample_hospital, data)
    server = ClockedServer(data, ahead_ms=ahead_of(TODAY, "10:00"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def people(morning_server: ClockedServer) -> People:
    """The invented people of the morning's server."""
    return People(read_people(morning_server.data / "sample-people.json"), morning_server)


@contextmanager
def surroundings(folder: Path, *, server: ClockedServer, people: People, daemon: CardDaemon) -> Iterator[Surroundings]:
    """A hospital at ten in the morning; the terminal is still to come."""
    with ExitStack() as stack:
        network = stack.enter_context(Relay(server.address))
        slot = stack.enter_context(Slot(daemon, 0))
        printer = stack.enter_context(VirtualPrinter(width_dots=576))
        scanner = stack.enter_context(VirtualScanner())
        clock = HouseClock(server.ahead_ms)
        yield Surroundings(folder, server, people, network, daemon, slot, printer, scanner, clock)


@pytest.fixture(scope="module")
def lobby(
    morning_server: ClockedServer,
    people: People,
    _card_daemon: CardDaemon,
    _pcsc_environment: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Surroundings]:
    """What stands round the terminal, and what its log says; for the tests of one module."""
    if not _card_daemon.is_running:
        _card_daemon.start()
    folder = tmp_path_factory.mktemp("lobby")
    before = logging.getLogger().level
    handler = start_logging(folder / "log")
    with surroundings(folder, server=morning_server, people=people, daemon=_card_daemon) as all_round:
        yield all_round
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)
    handler.close()


@pytest.fixture(scope="session")
def personal_data(sample_hospital: Path) -> re.Pattern[str]:
    """Matches any name, number of a document or card, phone, or booking number of anybody."""
    found: set[str] = set()
    for one in read_people(sample_hospital / "sample-people.json"):
        found |= {one.name, one.id_number, one.card_number, one.phone, *(booking.number for booking in one.bookings)}
    return re.compile("|".join(re.escape(text) for text in sorted(found - {""})))


@pytest.fixture
def silent_logs(
    lobby: Surroundings, personal_data: re.Pattern[str], caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Whatever is logged, by anybody: nobody is in it."""
    caplog.set_level(logging.INFO)
    yield
    heard = [record.getMessage() for when in ("setup", "call") for record in caplog.get_records(when)]
    files = (*lobby.folder.rglob("*.log"), lobby.server.log, lobby.daemon.log_path)
    assert lobby.folder / "log" / "kiosk.log" in files
    heard += [file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists()]
    assert [text for text in heard if personal_data.search(text)] == [], "a log tells of a person"


def files_that_tell(folder: Path, personal_data: re.Pattern[str]) -> list[str]:
    """The files below a folder in which somebody can be read."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if personal_data.search(file.read_bytes().decode("utf-8", errors="replace"))]
