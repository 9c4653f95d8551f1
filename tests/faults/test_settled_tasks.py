"""What a terminal did and the server did not apply: staff settle it by command, and it leaves the terminal's list,
also when the terminal was killed in between.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from central.cli import main
from lab import outages
from tests.faults.test_system_kill import Doomed
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import Patient, People, Surroundings


def lets_in_off_line(lobby: Surroundings, data: Path, patient: Patient) -> None:
    """The clinic was stopped while nobody could tell the terminal; it is killed as soon as it knows the answer."""
    with Doomed(lobby, data) as doomed:
        doomed.until(is_ready=True)
        lobby.network.switch(outages.Refusing())
        doomed.until(is_ready=False)
        lobby.server.ask("change", number=patient.number, state="stopped")
        lobby.slot.insert(patient.card())
        doomed.until(page="BookingsScreen")
        doomed.tell({"tap": "check_in"})
        doomed.until(at="print: after printed")
        doomed.tell({"go": True})
        lobby.network.restore()
        doomed.until(at="upload: noted")
    lobby.slot.remove()


def central(lobby: Surroundings, capsys: pytest.CaptureFixture[str], *words: str) -> list[list[str]]:
    """A command at the running server's directory: the words of each line that it prints."""
    capsys.readouterr()
    assert main([*words, "--data", str(lobby.server.data)]) == 0
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def not_applied(visitor: Visitor) -> object:
    """What `kioskctl status` shows of it."""
    return visitor.terminal.terminal.status()["not_applied"]


def has_heard_of_it(visitor: Visitor) -> None:
    visitor.hospital.clock.put_forward(60)
    visitor.terminal.terminal.sync_now()
    visitor.until(lambda: not_applied(visitor) == 0, "nothing that was not applied")


def test_what_staff_settle_leaves_the_terminals_list_though_it_was_killed(
    lobby: Surroundings, people: People, silent_logs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    data = lobby.folder / "settled"
    Visitor(lobby, data).enrolled("K7").switched_on().in_step().switched_off()
    for note in ("已到科室登记", "病人改约"):
        lets_in_off_line(lobby, data, people.booked_now())
        visitor = Visitor(lobby, data).switched_on().in_step()
        try:
            assert not_applied(visitor) == 1
            (task,) = (line for line in central(lobby, capsys, "task", "list", "--open") if line[5] == "K7")
            assert task[3:5] == ["check_in_conflict", "clinic_stopped"]
            if note == "已到科室登记":  # settled while the terminal is up
                central(lobby, capsys, "task", "settle", task[0], "--by", "王敏", "--note", note)
                has_heard_of_it(visitor)
        finally:
            visitor.switched_off()
    # settled while the terminal is down: killed with the conflict on its list
    with Doomed(lobby, data) as doomed:
        doomed.until(is_ready=True)
    central(lobby, capsys, "task", "settle", task[0], "--by", "王敏", "--note", note)
    visitor = Visitor(lobby, data).switched_on().in_step()
    try:
        has_heard_of_it(visitor)
        assert [line for line in central(lobby, capsys, "task", "list", "--open") if line[5] == "K7"] == []
    finally:
        visitor.switched_off()
