"""Everything that can befall a card in a real daemon: no greeting may come out of it, and one answer must."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest

from booking.people import Identity
from kiosk.devices.cards.readers import CardReaderSettings, PcscCardReaders
from kiosk.devices.cards.recognise import Profile
from kiosk.devices.clock import SystemClock
from kiosk.ports.cards import (
    CardInserted,
    CardNotRead,
    CardRead,
    CardRemoved,
    Insertion,
    ReadCard,
    ReaderChanged,
    ReaderCondition,
    Unreadable,
)
from lab.cards.card import OK, Card, PulledOut
from lab.cards.slot import Slot
from lab.cards.social_security import SocialSecurityCard, SocialSecurityData
from lab.pcscd import CardDaemon
from tests.plugins.heard import Heard

WANG = SocialSecurityData("王小明", "11010519491231002X", "A12345678", sex="1", birth_date="19491231")
LI = SocialSecurityData("李小红", "440524198001010013", "B87654321", sex="2", birth_date="19800101")
READ_LIMIT_S = 1.2


class MoodyCard(SocialSecurityCard):
    """A good card whose answer number `spoils_at` becomes `spoilt`; the number counts from each SELECT by name."""

    def __init__(self, data: SocialSecurityData = WANG) -> None:
        super().__init__(data)
        self.spoils_at: int | None = None
        self.spoilt = b""
        self._count = 0

    def answer(self, apdu: bytes) -> bytes:
        self._count = 1 if apdu[1:3] == b"\xa4\x04" else self._count + 1
        good = super().answer(apdu)
        return self.spoilt if self._count == self.spoils_at else good


class LeavingCard(SocialSecurityCard):
    """A good card that is pulled out instead of giving its answer number `leaves_at`."""

    def __init__(self, leaves_at: int) -> None:
        super().__init__(WANG)
        self._left = leaves_at

    def answer(self, apdu: bytes) -> bytes:
        self._left -= 1
        if self._left == 0:
            raise PulledOut
        return super().answer(apdu)


class PausingCard(SocialSecurityCard):
    """A good card that waits before its answer number `pauses_at` until it is pulled out or told to go on."""

    def __init__(self, pauses_at: int) -> None:
        super().__init__(WANG)
        self._left = pauses_at
        self.has_paused = threading.Event()
        self.may_go_on = threading.Event()

    def answer(self, apdu: bytes) -> bytes:
        self._left -= 1
        if self._left == 0:
            self.has_paused.set()
            self.may_go_on.wait()
        return super().answer(apdu)

    def taken_out(self) -> None:
        self.may_go_on.set()


class EndlessCard(SocialSecurityCard):
    """Has always more to say."""

    def answer(self, apdu: bytes) -> bytes:
        return b"\0" * 200 + b"\x61\xff"


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def readers(pcsc: CardDaemon, slot: Slot, heard: Heard) -> Iterator[PcscCardReaders]:
    """Running, with an empty first reader."""
    slot.wait_until_noticed()
    made = PcscCardReaders(heard, SystemClock(), settings=CardReaderSettings(read_limit_s=READ_LIMIT_S))
    made.start()
    heard.wait(ReaderChanged, count=2, where=lambda e: e.condition is ReaderCondition.READY)
    yield made
    slot.remove()
    made.stop()


def put_in(slot: Slot, heard: Heard, card: Card, *, count: int = 1) -> Insertion:
    slot.insert(card)
    return heard.wait(CardInserted, count=count).insertion


def ask(readers: PcscCardReaders, insertion: Insertion) -> ReadCard:
    command = ReadCard(uuid.uuid4(), insertion)
    readers.read(command)
    return command


def refused(heard: Heard, command: ReadCard) -> Unreadable:
    return heard.wait(CardNotRead, where=lambda e: e.visit_id == command.visit_id).why


def identity(heard: Heard, command: ReadCard) -> Identity:
    return heard.wait(CardRead, where=lambda e: e.visit_id == command.visit_id).identity


def test_a_card_that_talks_nonsense_is_refused_and_then_read(
    readers: PcscCardReaders, slot: Slot, heard: Heard
) -> None:
    card = MoodyCard()
    insertion = put_in(slot, heard, card)
    for at, spoilt in [
        (5, b"\x08\xff" + b"1" * 18 + OK),  # a length that is not true
        (5, b"\x08\x12" + b"1" * 18 + OK),  # a wrong check digit
        (7, b"\x09\x1e" + b"\xff\xfe" * 15 + OK),  # no text at all
        (7, b"\x09\x08\x1b[2J\x1b[31" + OK),  # orders to a terminal
        (5, b"\x08" * 60_000 + OK),  # far too much
        (5, b"\x90"),  # half a status word
        (5, b"\x6f\x00"),  # its own despair
    ]:
        card.spoils_at, card.spoilt = at, spoilt
        assert refused(heard, ask(readers, insertion)) in (Unreadable.GARBAGE, Unreadable.READER)
    card.spoils_at = None
    assert identity(heard, ask(readers, insertion)).name == WANG.name
    assert len(heard.of(CardRead)) == 1


def test_a_card_that_never_ends_is_cut_short(readers: PcscCardReaders, slot: Slot, heard: Heard) -> None:
    insertion = put_in(slot, heard, EndlessCard(WANG))
    assert refused(heard, ask(readers, insertion)) is Unreadable.GARBAGE


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4), (5, 8), (13, 15)])
def test_pulled_out_at_this_exchange(
    readers: PcscCardReaders, slot: Slot, second_slot: Slot, heard: Heard, one: int, other: int
) -> None:
    slot.insert(LeavingCard(one))
    second_slot.insert(LeavingCard(other))
    heard.wait(CardInserted, count=2)
    commands = [ask(readers, event.insertion) for event in heard.of(CardInserted)]
    heard.wait(CardRemoved, count=2)
    assert {refused(heard, command) for command in commands} == {Unreadable.REMOVED}
    assert len(heard.of(CardNotRead)) == len(commands)
    assert heard.of(CardRead) == []


def test_swapped_while_being_read_nobody_is_mixed_up(readers: PcscCardReaders, slot: Slot, heard: Heard) -> None:
    first = PausingCard(pauses_at=8)
    command = ask(readers, put_in(slot, heard, first))
    assert first.has_paused.wait(60)
    slot.swap(SocialSecurityCard(LI))
    second = heard.wait(CardInserted, count=2).insertion
    assert refused(heard, command) is Unreadable.REMOVED
    assert second != command.insertion
    assert identity(heard, ask(readers, second)).name == LI.name
    assert len(heard.of(CardRead)) == 1


def test_swapped_faster_than_the_daemon_looks_nobody_is_mixed_up(
    readers: PcscCardReaders, slot: Slot, heard: Heard
) -> None:
    first = PausingCard(pauses_at=8)
    command = ask(readers, put_in(slot, heard, first))
    assert first.has_paused.wait(60)
    slot.swap_unnoticed(SocialSecurityCard(LI))
    answer = heard.wait(object, where=lambda e: isinstance(e, CardRead | CardNotRead))
    if isinstance(answer, CardRead):
        assert (answer.identity.name, answer.identity.id_number) == (LI.name, LI.id_number)
    else:
        assert refused(heard, command) in (Unreadable.REMOVED, Unreadable.READER)


def test_a_slow_card_is_waited_for_but_not_longer_than_the_limit(
    readers: PcscCardReaders, slot: Slot, heard: Heard
) -> None:
    card = PausingCard(pauses_at=8)
    insertion = put_in(slot, heard, card)
    command = ask(readers, insertion)
    assert refused(heard, command) is Unreadable.NO_ANSWER
    assert heard.events[-1] == ReaderChanged(insertion.reader, ReaderCondition.HUNG)
    assert readers.left_behind == 1
    assert not readers.needs_restart()
    card.may_go_on.set()
    slot.remove()
    heard.wait(ReaderChanged, count=2, where=lambda e: e == ReaderChanged(insertion.reader, ReaderCondition.READY))
    assert identity(heard, ask(readers, put_in(slot, heard, SocialSecurityCard(LI), count=2))).name == LI.name
    assert readers.left_behind == 0
    assert len(heard.of(CardNotRead)) == 1


def test_the_daemon_is_killed_while_a_card_is_read(
    readers: PcscCardReaders, slot: Slot, heard: Heard, pcsc: CardDaemon
) -> None:
    card = PausingCard(pauses_at=3)
    command = ask(readers, put_in(slot, heard, card))
    assert card.has_paused.wait(60)
    pcsc.kill()
    assert refused(heard, command) is Unreadable.READER
    heard.wait(CardRemoved)
    slot.remove()
    pcsc.start()
    heard.wait(ReaderChanged, count=4, where=lambda e: e.condition is ReaderCondition.READY)
    assert identity(heard, ask(readers, put_in(slot, heard, SocialSecurityCard(LI), count=2))).name == LI.name


def test_a_daemon_that_falls_silent_does_not_silence_the_terminal(
    readers: PcscCardReaders, slot: Slot, heard: Heard, pcsc: CardDaemon
) -> None:
    insertion = put_in(slot, heard, SocialSecurityCard(WANG))
    pcsc.freeze()
    try:
        assert refused(heard, ask(readers, insertion)) is Unreadable.NO_ANSWER
    finally:
        pcsc.thaw()
    slot.remove()
    heard.wait(CardRemoved)
    assert identity(heard, ask(readers, put_in(slot, heard, SocialSecurityCard(LI), count=2))).name == LI.name
    assert heard.of(CardRead)[0].identity.name == LI.name


def test_a_bug_in_a_profile_is_reported_and_the_patient_is_answered(
    pcsc: CardDaemon, slot: Slot, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    slot.wait_until_noticed()
    readers = PcscCardReaders(heard, SystemClock(), profiles=(Profile("broken", lambda _: {}[0]),))
    readers.start()
    try:
        insertion = put_in(slot, heard, SocialSecurityCard(WANG))
        for _ in range(2):
            assert refused(heard, ask(readers, insertion)) is Unreadable.READER
        assert [args.exc_type for args in reported] == [KeyError, KeyError]
    finally:
        readers.stop()


def test_after_the_third_thread_left_behind_a_restart_is_wanted_until_they_end(
    pcsc: CardDaemon, slot: Slot, heard: Heard
) -> None:
    may_end = threading.Event()
    slot.wait_until_noticed()
    stuck = Profile("stuck", lambda _: may_end.wait() and None)
    readers = PcscCardReaders(heard, SystemClock(), settings=CardReaderSettings(read_limit_s=0.2), profiles=(stuck,))
    readers.start()
    try:
        for count in (1, 2, 3):
            assert not readers.needs_restart()
            command = ask(readers, put_in(slot, heard, SocialSecurityCard(WANG), count=count))
            assert refused(heard, command) is Unreadable.NO_ANSWER
            slot.remove()
            heard.wait(CardRemoved, count=count)
        assert readers.needs_restart()
        left = [thread for thread in threading.enumerate() if thread.name.startswith("reader-")]
        may_end.set()
        for thread in left:
            thread.join(60)
        assert not readers.needs_restart()
    finally:
        may_end.set()
        readers.stop()


def test_readers_come_and_go(heard: Heard, pcsc: CardDaemon) -> None:
    pcsc.stop()
    pcsc.start(readers=0)
    readers = PcscCardReaders(heard, SystemClock())
    readers.start()
    try:
        assert heard.wait(ReaderChanged) == ReaderChanged("", ReaderCondition.ABSENT)
        pcsc.stop()
        pcsc.start(readers=1)
        heard.wait(ReaderChanged, count=2, where=lambda e: e.condition is ReaderCondition.READY)
        pcsc.stop()
        pcsc.start(readers=0)
        heard.wait(ReaderChanged, count=3, where=lambda e: e.condition is ReaderCondition.ABSENT)
    finally:
        readers.stop()
        pcsc.stop()
        pcsc.start(readers=1)
