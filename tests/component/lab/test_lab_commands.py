"""The devices at a shell."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from lab import outages
from lab.cards.slot import Slot
from lab.cli import main, network_actions, obey, printer_actions, reader_actions
from lab.network import Relay
from lab.pcscd import CardDaemon
from lab.people import SamplePerson
from lab.printer.server import VirtualPrinter
from lab.printer.status import Paper

WANG = SamplePerson("王䶮", "330102199003077758", "A12345678", "male", "1990-03-07", "", "330100", "rare", ())


def test_lines_are_obeyed_and_mistakes_are_answered(
    printer: VirtualPrinter, capsys: pytest.CaptureFixture[str]
) -> None:
    obey(["out\n", "\n", "fly\n", "out-after\n", "quit\n", "paper\n"], printer_actions(printer))
    assert printer.health.paper is Paper.OUT
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "done"
    assert said[1].startswith("commands: ")
    assert said[2] == said[1]
    assert said[3].startswith("not done: ")
    assert len(said) == 4


def test_every_word_for_a_printer_does_something_and_it_prints_again_after_all(printer: VirtualPrinter) -> None:
    faults_and_cures = ["near-end", "out", "out-after 5", "paper", "open", "close", "jam", "free", "heat", "cool",
                        "mute", "speak", "drop", "unplug", "plug", "refuse", "accept", "off", "on"]  # fmt: skip
    actions = printer_actions(printer)
    assert {word.split()[0] for word in faults_and_cures} | {"status"} == set(actions)
    obey(faults_and_cures, actions)
    assert printer.health.is_online


def test_cards_by_the_number_of_their_person(card_daemon: CardDaemon, slot: Slot, second_slot: Slot) -> None:
    actions = reader_actions(card_daemon, [slot, second_slot], [WANG])
    obey(["insert 1 2", "insert 7"], actions)
    assert slot.card is None
    assert second_slot.card is not None
    obey(["remove 2"], actions)
    assert second_slot.card is None


def test_a_network_switched_by_words() -> None:
    with Relay(("127.0.0.1", 1)) as relay:
        actions = network_actions(relay)
        obey(["delay 20"], actions)
        assert relay.condition == outages.Delaying(delay_ms=20)
        obey(["lose-answers 1"], actions)
        assert relay.condition == outages.LosingAnswers()


def test_a_printer_from_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("status\n"))
    assert main(["printer", "--port", "0"]) == 0
    assert "printer at 127.0.0.1:" in capsys.readouterr().out


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reader", "--driver", str(tmp_path / "no.so")]) == 1
    assert "driver is not there" in capsys.readouterr().err
    (tmp_path / "people.json").write_text(json.dumps({"people": 1}), encoding="utf-8")
    assert main(["reader", "--people", str(tmp_path / "people.json")]) == 1
    assert "no list" in capsys.readouterr().err
