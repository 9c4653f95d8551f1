"""kill -9 of terminal or server at every effect boundary of a visit: nothing that was confirmed is lost or doubled.

What a screen showed or a ticket says is known to the server once; nothing comes out of the printer that nobody asked
for; and the patient who puts the card in again sees what is true.
"""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from lab import outages
from lab.pcscd import CardDaemon
from lab.people import read_people
from tests.journeys.visit import Visitor
from tests.plugins.clocked_central import AFTER_COMMIT, BEFORE_COMMIT
from tests.plugins.whole_hospital import (
    ROOT,
    TODAY,
    ClockedServer,
    Patient,
    People,
    Surroundings,
    ahead_of,
    surroundings,
)

WITHIN_S = 60.0


class Doomed:
    """The parent's view of a terminal's process (see doomed_terminal.py)."""

    def __init__(self, hospital: Surroundings, data: Path) -> None:
        ports = [str(hospital.network.address[1]), str(hospital.printer.address[1])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.doomed_terminal", str(data), *ports, str(hospital.server.ahead_ms)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._words: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.numbers: set[str] = set()
        """What its screen has shown."""

    def until(self, **wanted: object) -> None:
        """Let it go on until it says this."""
        while True:
            words = self._words.get(timeout=WITHIN_S)
            self._hear(words)
            if all(words.get(name) == value for name, value in wanted.items()):
                return
            if "at" in words:
                self.tell({"go": True})

    def _hear(self, words: dict[str, Any]) -> None:
        assert "bug" not in words, words
        if words.get("number"):
            self.numbers.add(words["number"])

    def tell(self, words: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """kill -9; what it had said by then has been heard."""
        self._process.kill()
        self._process.wait()
        self._listener.join(WITHIN_S)
        assert self._process.stdin is not None
        self._process.stdin.close()
        while not self._words.empty():
            self._hear(self._words.get())

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self._words.put(json.loads(line))


@pytest.fixture(scope="module")
def data(lobby: Surroundings) -> Path:
    """The directory of one terminal, enrolled and filled: it lives through all these deaths."""
    somebody = Visitor(lobby, lobby.folder / "kiosk").enrolled("K1").switched_on().in_step()
    somebody.switched_off()
    return somebody.data


def comes_back(lobby: Surroundings, data: Path) -> Visitor:
    """The terminal was started again by whoever watches it; the patient took the card out meanwhile."""
    lobby.slot.remove()
    lobby.network.restore()
    return Visitor(lobby, data).switched_on().in_step()


def must_be_right(visitor: Visitor, patient: Patient, *, numbers: set[str], papers_before: int) -> None:
    """All that was promised is kept, and the patient who comes again gets a number and a ticket, once."""
    lobby = visitor.hospital
    assert lobby.printer.wait_until(lambda: lobby.printer.is_at_rest)
    papers = len(lobby.printer.tickets) - papers_before
    assert papers <= 1
    known = lobby.server.knows(patient.number)
    if numbers or papers:
        assert known["arrivals"] == 1
    if numbers:
        assert {known["queue_number"]} == numbers
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    is_here = "已签到" in visitor.reads()
    assert is_here == (known["state"] == "checked_in")
    visitor.takes_all_so_far()
    visitor.presses("补打小票" if is_here else "签到")
    number = visitor.sees_number("您的排队号" if is_here else "签到成功")
    ticket = visitor.takes_ticket()
    assert number in ticket.text
    assert any("补打" in line for line in ticket.lines) == is_here
    assert visitor.papers_out == 0
    assert numbers <= {number}
    visitor.in_step()
    known = lobby.server.knows(patient.number)
    assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    assert visitor.terminal.terminal.status()["not_applied"] == 0


ON_LINE = (
    "check-in: asked for",
    "print: expected",
    "check-in: decided, not on disk",
    "check-in: on disk, not shown",
    "print: handed over",
    "print: before sending",
    "print: after sending",
    "print: before sent",
    "print: after sent",
    "print: before printed",
    "print: after printed",
)
OFF_LINE = (
    "print: expected",
    "check-in: decided, not on disk",
    "check-in: on disk, not shown",
    "print: before sent",
)
UPLOADING = ("upload: answered, not noted", "upload: noted")


def visit_until(lobby: Surroundings, data: Path, patient: Patient, *, boundary: str, outage: bool) -> set[str]:
    """A visit in a terminal that is killed at this boundary; the numbers that its screen had shown by then."""
    with Doomed(lobby, data) as doomed:
        doomed.until(is_ready=True)
        if outage:
            lobby.network.switch(outages.Refusing())
            doomed.until(is_ready=False)
        lobby.slot.insert(patient.card())
        doomed.until(page="BookingsScreen")
        doomed.tell({"tap": "check_in"})
        if boundary in UPLOADING:
            doomed.until(at="print: after printed")
            assert doomed.numbers
            doomed.tell({"go": True})
            lobby.network.restore()
        doomed.until(at=boundary)
    return doomed.numbers


@pytest.mark.parametrize(
    ("boundary", "outage"),
    [*((at, False) for at in ON_LINE), *((at, True) for at in (*OFF_LINE, *UPLOADING))],
)
def test_the_terminal_is_killed(
    lobby: Surroundings, data: Path, people: People, silent_logs: None, boundary: str, outage: bool
) -> None:
    lobby.slot.remove()
    patient = people.booked_now()
    papers_before = len(lobby.printer.tickets)
    numbers = visit_until(lobby, data, patient, boundary=boundary, outage=outage)
    visitor = comes_back(lobby, data)
    try:
        must_be_right(visitor, patient, numbers=numbers, papers_before=papers_before)
    finally:
        visitor.switched_off()


@pytest.fixture
def mortal(
    lobby: Surroundings, sample_hospital: Path, tmp_path: Path, _card_daemon: CardDaemon, silent_logs: None
) -> Iterator[Surroundings]:
    """A hospital whose server may be killed."""
    lobby.slot.remove()
    data = tmp_path / "central"
    shutil.copytree(sample_hospital, data)
    server = ClockedServer(data, ahead_ms=ahead_of(TODAY, "10:00"))
    server.start()
    known = People(read_people(data / "sample-people.json"), server)
    with surroundings(tmp_path, server=server, people=known, daemon=_card_daemon) as all_round:
        yield all_round
    server.stop()


@pytest.mark.parametrize("moment", [BEFORE_COMMIT, AFTER_COMMIT])
def test_the_server_is_killed_while_it_is_asked(mortal: Surroundings, moment: str) -> None:
    visitor = Visitor(mortal, mortal.folder / "kiosk").enrolled().switched_on().in_step()
    try:
        patient = mortal.people.booked_now()
        visitor.inserts(patient)
        visitor.sees("这是您吗？")
        mortal.server.ask("halt", at=moment)
        visitor.presses("签到")
        assert mortal.server.wait_until_halted() == moment
        mortal.server.kill()
        number = visitor.sees_number()
        visitor.sees("请先到科室分诊台，出示号码")
        assert number in visitor.takes_ticket().text
        visitor.takes_card()
        mortal.server.start()
        visitor.has_network_again()
        known = mortal.server.knows(patient.number)
        assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
        assert known["verdicts"] == ["applied"]
        assert visitor.terminal.terminal.status()["not_applied"] == 0
    finally:
        visitor.switched_off()


@pytest.mark.parametrize("moment", [BEFORE_COMMIT, AFTER_COMMIT])
def test_the_server_is_killed_while_it_is_told(mortal: Surroundings, moment: str) -> None:
    visitor = Visitor(mortal, mortal.folder / "kiosk").enrolled().switched_on().in_step()
    try:
        patient = mortal.people.booked_now()
        mortal.network.switch(outages.Refusing())
        visitor.sees("离线可用")
        visitor.inserts(patient)
        visitor.presses("签到")
        number = visitor.sees_number()
        visitor.takes_ticket()
        visitor.takes_card()
        mortal.server.ask("halt", at=moment)
        mortal.network.restore()
        mortal.clock.put_forward(60)
        visitor.terminal.terminal.sync_now()
        assert mortal.server.wait_until_halted() == moment
        mortal.server.kill()
        mortal.server.start()
        visitor.has_network_again()
        known = mortal.server.knows(patient.number)
        assert (known["queue_number"], known["arrivals"], known["verdicts"]) == (number, 1, ["applied"])
        assert mortal.server.ask("feed")["positions"] == [1, 2]  # the enrolment, the arrival
    finally:
        visitor.switched_off()


def test_the_server_is_killed_in_the_middle_of_a_snapshot(mortal: Surroundings) -> None:
    visitor = Visitor(mortal, mortal.folder / "kiosk").enrolled()
    mortal.network.switch(outages.CuttingAnswers(after_bytes=20_000))
    visitor.switched_on()
    try:
        assert mortal.network.wait_until(lambda: mortal.network.cuts > 0)
        mortal.server.kill()
        visitor.sees("离线可用")
        mortal.server.start()
        visitor.has_network_again()
        visitor.inserts(mortal.people.booked_now())
        visitor.sees("这是您吗？", "可以签到")
    finally:
        visitor.switched_off()
