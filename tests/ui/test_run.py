"""When the running application ends by itself: only on the first page, with the code that says what is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from booking.people import DocumentKind, Identity
from kiosk.app import EXIT_BUG, EXIT_STORE
from kiosk.bootstrap import Terminal
from kiosk.devices.cards.in_memory import InMemoryCardReaders
from kiosk.devices.clock import SystemClock
from kiosk.journey.facts import Facts
from kiosk.journey.screen import Intent, IntentKind
from kiosk.journey.states import State
from kiosk.ports.cards import ReaderCondition
from kiosk.ports.desk import DeskCommand, DeskFault, FindByCard
from kiosk.ports.printers import PrintTicket
from kiosk.ports.store import StoreAnswered
from kiosk.ports.tickets import Ticket
from kiosk.run import due_exit
from kiosk.runtime import Outlets, Runtime
from kiosk.store.store import StoreSettings, open_store
from kiosk.sync.codec import WireCodec
from kiosk.words.catalogue import load_all

SOMEBODY = Identity(DocumentKind.SOCIAL_SECURITY, "11010519491231002X", "A12345678", "王小明")
FACTS = Facts(
    languages=("zh-CN", "en"),
    bookings_per_page=4,
    is_enrolled=True,
    readers=(("Reader 0", ReaderCondition.READY),),
)


@dataclass
class Lobby:
    """A terminal whose desk answers each question with a fault."""

    directory: Path
    fault: str = "store_broken"
    is_stuck: bool = False
    dues: list[int | None] = field(default_factory=list)
    """What was due at each change of state."""

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.waiting: list[object] = []
        self.readers = InMemoryCardReaders(self.waiting.append, clock)
        outlets = Outlets(
            readers=self.readers,
            desk=self,
            printer=self,
            forget=lambda: None,
            report_bug=self._stumble,
            on_step=self._on_step,
        )
        self.terminal = Terminal(
            runtime=Runtime(facts=FACTS, words=load_all(), clock=clock, outlets=outlets),
            store=open_store(StoreSettings(self.directory), codec=WireCodec(), now_ms=clock.now_ms),
            site=None,
            start=self.readers.start,
            stop=self.readers.stop,
            sync_now=lambda: None,
            needs_restart=lambda: self.is_stuck,
            status=dict,
            verify_ticket=lambda _code: {},
        )

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def prepare(self, ticket: Ticket) -> None: ...

    def print_ticket(self, command: PrintTicket) -> None:
        raise AssertionError(command)

    def submit(self, command: DeskCommand) -> None:
        if isinstance(command, FindByCard):
            self.waiting.append(DeskFault(command.visit_id, self.fault))

    def visit(self) -> None:
        """A card goes in, the desk's answer is read, the card goes out and the page is left."""
        self.readers.insert(SOMEBODY)
        self._pump()
        self.readers.remove()
        self._pump()
        self.terminal.runtime.handle(Intent(IntentKind.END))

    def _pump(self) -> None:
        while self.waiting:
            self.terminal.runtime.handle(self.waiting.pop(0))

    def _on_step(self, _before: State, after: State) -> None:
        self.dues.append(due_exit(self.terminal, after))

    def _stumble(self, bug: BaseException) -> None:
        raise bug


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    made = Lobby(tmp_path)
    made.terminal.start()
    yield made
    made.terminal.stop()
    made.terminal.store.close()


def test_readers_that_are_stuck_end_the_application_when_nobody_is_here(lobby: Lobby) -> None:
    lobby.visit()
    assert set(lobby.dues) == {None}
    lobby.dues.clear()
    lobby.is_stuck = True
    lobby.visit()
    *during, last = lobby.dues
    assert (set(during), last) == ({None}, EXIT_BUG)


def test_a_store_that_is_broken_ends_the_application_after_the_third_answer(lobby: Lobby) -> None:
    lobby.visit()
    lobby.visit()
    assert set(lobby.dues) == {None}
    lobby.visit()
    *during, last = lobby.dues
    assert (set(during), last) == ({None}, EXIT_STORE)


def test_a_store_that_only_the_synchronisation_finds_broken_ends_the_application_too(lobby: Lobby) -> None:
    for _ in range(3):
        assert lobby.dues == []
        lobby.terminal.runtime.handle(StoreAnswered("store_broken"))
    assert lobby.dues == [EXIT_STORE]


def test_a_store_that_is_busy_ends_nothing(lobby: Lobby) -> None:
    lobby.fault = "store_busy"
    for _ in range(4):
        lobby.visit()
    assert set(lobby.dues) == {None}
