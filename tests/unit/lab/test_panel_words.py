"""What the panel says of a change, what it makes of the terminal's answer, and which card it puts in."""

from __future__ import annotations

import threading

import pytest

from lab.cards.card import FILE_NOT_FOUND, PulledOut
from lab.cards.faulty import Hanging
from lab.outages import BROKEN_JSON
from lab.panel.cards import card_of
from lab.panel.changes import changes, printer_in_words
from lab.panel.seen import (
    OUTAGES,
    BenchSeen,
    CardFault,
    CardSeen,
    NetworkCondition,
    PrinterLink,
    PrinterSeen,
    TerminalSeen,
    network_from,
    terminal_from,
)
from lab.people import SamplePerson
from lab.printer.status import Health, Paper

PERSON = SamplePerson("王䶮", "110101199003070011", "A12345678", "male", "1990-03-07", "", "330100", "", ())
SELECT = bytes.fromhex("00A4040000")
ON_LINE = TerminalSeen(is_enrolled=True, is_online=True, waiting=0)
OFF_LINE = TerminalSeen(is_enrolled=True, is_online=False, waiting=2)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (BenchSeen(), BenchSeen(), []),
        (BenchSeen(), BenchSeen(CardSeen(PERSON)), ["Card inserted: 王䶮"]),
        (BenchSeen(), BenchSeen(CardSeen(None, CardFault.UNKNOWN)), ["Card inserted (unknown kind)"]),
        (BenchSeen(CardSeen(PERSON)), BenchSeen(), ["Card removed"]),
        (BenchSeen(CardSeen(PERSON, CardFault.LEAVES)), BenchSeen(), ["Card pulled out while it was read"]),
        (BenchSeen(), BenchSeen(network=NetworkCondition.CUT), ["Network cut"]),
        (BenchSeen(terminal=ON_LINE), BenchSeen(), ["Terminal does not answer"]),
        (BenchSeen(terminal=ON_LINE), BenchSeen(terminal=OFF_LINE), ["Terminal off line", "2 waiting to be sent"]),
        (BenchSeen(terminal=OFF_LINE), BenchSeen(terminal=ON_LINE), ["Terminal on line", "Everything sent"]),
        (BenchSeen(), BenchSeen(printer=PrinterSeen(is_stalled=True)), ["A ticket waits in the printer"]),
    ],
)
def test_each_change_is_one_line(before: BenchSeen, after: BenchSeen, said: list[str]) -> None:
    assert [text for text, _ in changes(before, after)] == said


def test_the_lamp_names_what_matters_most() -> None:
    open_and_empty = Health(paper=Paper.OUT, is_cover_open=True)
    assert printer_in_words(PrinterSeen(open_and_empty))[0] == "Cover open"
    assert printer_in_words(PrinterSeen(open_and_empty, PrinterLink.UNPLUGGED))[0] == "Unplugged"
    assert printer_in_words(PrinterSeen(Health(paper=Paper.NEAR_END), unfinished_mm=3.0))[0] == "Paper near end"
    assert printer_in_words(PrinterSeen(unfinished_mm=3.0))[0] == "Printing"


def test_what_the_terminal_does_not_say_is_unknown() -> None:
    assert terminal_from(None) is None
    assert terminal_from({}) == TerminalSeen(is_enrolled=False)
    odd = {"enrolled": True, "online": "yes", "waiting": True, "not_applied": "3", "label": 7}
    assert terminal_from(odd) == TerminalSeen(is_enrolled=True)


def test_conditions_are_known_again_and_others_are_not() -> None:
    assert [network_from(condition) for condition in OUTAGES.values()] == list(OUTAGES)
    assert network_from(BROKEN_JSON) is None


def test_a_sound_card_and_its_faulty_ones() -> None:
    sound = card_of(PERSON, CardFault.NONE).answer(SELECT)
    assert card_of(PERSON, CardFault.UNKNOWN).answer(SELECT) == FILE_NOT_FOUND
    leaving = card_of(PERSON, CardFault.LEAVES)
    assert [leaving.answer(SELECT), leaving.answer(SELECT)] == [sound, sound]
    with pytest.raises(PulledOut):
        leaving.answer(SELECT)


def test_a_garbling_card_says_well_done_and_nonsense() -> None:
    select_by_name = bytes.fromhex("00A404000F") + b"sx1.sh." + "社会保障".encode("gb18030")
    read_answer = bytes.fromhex("00C0000013")
    sound, garbled = card_of(PERSON, CardFault.NONE), card_of(PERSON, CardFault.GARBAGE)
    sound.answer(select_by_name)
    garbled.answer(select_by_name)
    good, bad = sound.answer(read_answer), garbled.answer(read_answer)
    assert len(good) == len(bad) > 2
    assert good[-2:] == bad[-2:]
    assert good[:-2] != bad[:-2]


def test_a_hanging_card_answers_nothing_until_it_is_taken_out() -> None:
    hanging = card_of(PERSON, CardFault.HANGS)
    assert isinstance(hanging, Hanging)
    ended = threading.Event()

    def ask() -> None:
        with pytest.raises(PulledOut):
            hanging.answer(SELECT)
        ended.set()

    threading.Thread(target=ask, daemon=True).start()
    assert hanging.reached.wait(5)
    assert not ended.is_set()
    hanging.taken_out()
    assert ended.wait(5)
