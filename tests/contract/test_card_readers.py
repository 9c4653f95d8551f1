"""What every `CardReaders` promises: the real one over pcscd with virtual cards, and the one in memory."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Protocol

import pytest

from booking.people import DocumentKind, Identity, Sex
from kiosk.devices.cards.in_memory import Hangs, InMemoryCardReaders
from kiosk.devices.cards.readers import CardReaderSettings, PcscCardReaders
from kiosk.devices.clock import SystemClock
from kiosk.ports.cards import (
    CardInserted,
    CardNotRead,
    CardRead,
    CardReaders,
    CardRemoved,
    Insertion,
    ReadCard,
    ReaderChanged,
    ReaderCondition,
    Unreadable,
)
from lab.cards.card import PlainCard
from lab.cards.slot import Slot
from lab.cards.social_security import SocialSecurityCard, SocialSecurityData
from lab.pcscd import CardDaemon
from tests.plugins.heard import Heard

WANG = Identity(DocumentKind.SOCIAL_SECURITY, "11010519491231002X", "A12345678", "王小明", Sex.MALE, "1949-12-31")
LI = Identity(DocumentKind.SOCIAL_SECURITY, "440524198001010013", "B87654321", "李小红", Sex.FEMALE, "1980-01-01")


class HungCard(PlainCard):
    """Says nothing until it is pulled out."""

    def __init__(self) -> None:
        super().__init__()
        self._is_out = threading.Event()

    def answer(self, apdu: bytes) -> bytes:
        self._is_out.wait()
        return b""

    def taken_out(self) -> None:
        self._is_out.set()


class GarbageCard(PlainCard):
    """Takes every command and means nothing by it."""

    def answer(self, apdu: bytes) -> bytes:
        return b"\xde\xad\xbe\xef\x90\x00"


class Bench(Protocol):
    """Card readers, and hands to put cards in."""

    heard: Heard
    readers: CardReaders

    def insert(self, content: Identity | Unreadable | Hangs) -> None: ...
    def remove(self) -> None: ...
    def swap(self, content: Identity | Unreadable | Hangs) -> None: ...
    def let_limit_pass(self) -> None: ...
    def kill_service(self) -> None: ...
    def restore_service(self) -> None: ...


class MemoryBench:
    def __init__(self) -> None:
        self.heard = Heard()
        self.readers = InMemoryCardReaders(self.heard, SystemClock())
        self.insert = self.readers.insert
        self.remove = self.readers.remove
        self.let_limit_pass = self.readers.pass_limit
        self.kill_service = self.readers.lose_service
        self.restore_service = self.readers.restore_service

    def swap(self, content: Identity | Unreadable | Hangs) -> None:
        self.readers.remove()
        self.readers.insert(content)


class PcscBench:
    def __init__(self, daemon: CardDaemon, slot: Slot) -> None:
        self.heard = Heard()
        self.readers = PcscCardReaders(self.heard, SystemClock(), settings=CardReaderSettings(read_limit_s=0.5))
        self._slot = slot
        self._daemon = daemon
        self._content: Identity | Unreadable | Hangs | None = None
        self.remove = slot.remove

    def insert(self, content: Identity | Unreadable | Hangs) -> None:
        self._content = content
        self._slot.insert(card_of(content))

    def swap(self, content: Identity | Unreadable | Hangs) -> None:
        self._slot.swap(card_of(content))

    def let_limit_pass(self) -> None:
        """It passes by itself."""

    def kill_service(self) -> None:
        self._daemon.kill()

    def restore_service(self) -> None:
        self._slot.remove()
        self._daemon.start()
        if self._content is not None:
            self._slot.insert(card_of(self._content))


def card_of(content: Identity | Unreadable | Hangs) -> PlainCard:
    if isinstance(content, Identity):
        sex = "1" if content.sex is Sex.MALE else "2"
        birth = content.birth_date.replace("-", "")
        data = SocialSecurityData(content.name, content.id_number, content.card_number, sex=sex, birth_date=birth)
        return SocialSecurityCard(data)
    if isinstance(content, Hangs):
        return HungCard()
    return {Unreadable.GARBAGE: GarbageCard, Unreadable.NOT_RECOGNISED: PlainCard}[content]()


@pytest.fixture(params=["memory", "pcsc"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made: Bench
    if request.param == "memory":
        made = MemoryBench()
    else:
        slot = request.getfixturevalue("slot")
        made = PcscBench(request.getfixturevalue("pcsc"), slot)
        slot.wait_until_noticed()  # the card of the test before may still be in, as far as the daemon knows
    yield made
    made.readers.stop()


def read(bench: Bench, insertion: Insertion) -> CardRead | CardNotRead:
    """Ask for a read and wait for its answer."""
    command = ReadCard(uuid.uuid4(), insertion)
    bench.readers.read(command)
    is_answer = (CardRead, CardNotRead)
    answer = bench.heard.wait(object, where=lambda e: isinstance(e, is_answer) and e.visit_id == command.visit_id)
    assert isinstance(answer, is_answer)
    assert answer.insertion == insertion
    return answer


def why_not(answer: CardRead | CardNotRead) -> Unreadable | None:
    return answer.why if isinstance(answer, CardNotRead) else None


def in_and_started(bench: Bench, content: Identity | Unreadable | Hangs) -> Insertion:
    """Start with an empty reader, then put a card in."""
    bench.readers.start()
    bench.heard.wait(ReaderChanged, where=lambda e: e.condition is ReaderCondition.READY)
    bench.insert(content)
    return bench.heard.wait(CardInserted).insertion


def test_a_card_comes_is_read_twice_and_goes(bench: Bench) -> None:
    insertion = in_and_started(bench, WANG)
    for _ in range(2):
        answer = read(bench, insertion)
        assert isinstance(answer, CardRead)
        assert answer.identity == WANG
    bench.remove()
    assert bench.heard.wait(CardRemoved).insertion == insertion
    assert why_not(read(bench, insertion)) is Unreadable.REMOVED


def test_a_card_that_was_in_before_the_start_is_found(bench: Bench) -> None:
    bench.insert(WANG)
    bench.readers.start()
    answer = read(bench, bench.heard.wait(CardInserted).insertion)
    assert isinstance(answer, CardRead)
    assert answer.identity == WANG


def test_two_cards_with_one_atr_are_two_people(bench: Bench) -> None:
    first = in_and_started(bench, WANG)
    bench.swap(LI)
    second = bench.heard.wait(CardInserted, count=2).insertion
    assert bench.heard.wait(CardRemoved).insertion == first
    assert first != second
    assert why_not(read(bench, first)) is Unreadable.REMOVED
    answer = read(bench, second)
    assert isinstance(answer, CardRead)
    assert answer.identity == LI


@pytest.mark.parametrize("why", [Unreadable.NOT_RECOGNISED, Unreadable.GARBAGE])
def test_a_card_of_no_use_is_refused_with_its_reason(bench: Bench, why: Unreadable) -> None:
    assert why_not(read(bench, in_and_started(bench, why))) is why


def test_a_card_that_hangs_costs_its_reader_until_it_is_out(bench: Bench) -> None:
    first = in_and_started(bench, Hangs())
    command = ReadCard(uuid.uuid4(), first)
    bench.readers.read(command)
    bench.let_limit_pass()
    assert bench.heard.wait(CardNotRead) == CardNotRead(command.visit_id, first, Unreadable.NO_ANSWER)
    bench.heard.wait(ReaderChanged, where=lambda e: e == ReaderChanged(first.reader, ReaderCondition.HUNG))
    assert why_not(read(bench, first)) is Unreadable.NO_ANSWER
    bench.remove()
    bench.heard.wait(CardRemoved)
    is_ready = ReaderChanged(first.reader, ReaderCondition.READY)
    bench.heard.wait(ReaderChanged, count=2, where=lambda e: e == is_ready)
    bench.insert(WANG)
    answer = read(bench, bench.heard.wait(CardInserted, count=2).insertion)
    assert isinstance(answer, CardRead)
    assert answer.identity == WANG


def test_the_card_daemon_dies_and_comes_back(bench: Bench) -> None:
    first = in_and_started(bench, WANG)
    bench.kill_service()
    assert bench.heard.wait(CardRemoved).insertion == first
    bench.heard.wait(ReaderChanged, where=lambda e: e == ReaderChanged(first.reader, ReaderCondition.NO_SERVICE))
    assert why_not(read(bench, first)) is Unreadable.READER
    bench.restore_service()
    second = bench.heard.wait(CardInserted, count=2).insertion
    assert second != first
    assert isinstance(read(bench, second), CardRead)


def test_stopping_answers_what_is_open_and_what_comes_later(bench: Bench) -> None:
    insertion = in_and_started(bench, Hangs())
    open_one, late_one = ReadCard(uuid.uuid4(), insertion), ReadCard(uuid.uuid4(), insertion)
    bench.readers.read(open_one)
    bench.readers.stop()
    bench.readers.read(late_one)
    bench.remove()
    assert bench.heard.of(CardNotRead) == [
        CardNotRead(command.visit_id, insertion, Unreadable.READER) for command in (open_one, late_one)
    ]
