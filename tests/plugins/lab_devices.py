"""Virtual devices for tests. Registered once, in tests/conftest.py; nothing starts before a test asks.

`card_daemon` lives for the whole session, because libpcsclite remembers the daemon's socket for the life of a process.
A test that is a PC/SC client in its own process asks for `pcsc`; one that starts another program passes
`card_daemon.environment()`. A daemon that a test killed is started again for the next one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.cards.slot import Slot
from lab.network import Relay
from lab.pcscd import CardDaemon
from lab.printer.server import VirtualPrinter
from lab.scanner import VirtualScanner

SLOTS = 2
DRIVER = Path(__file__).parents[2] / "build" / "vpcd" / "libifdvpcd.so"


@pytest.fixture(scope="session")
def _card_daemon() -> Iterator[CardDaemon]:
    # A short path: a socket's name has 107 bytes at most, and pytest's own folders may be deep.
    with tempfile.TemporaryDirectory(prefix="lab-") as directory, CardDaemon(Path(directory), driver=DRIVER) as daemon:
        yield daemon


@pytest.fixture
def card_daemon(_card_daemon: CardDaemon) -> Iterator[CardDaemon]:
    """A real pcscd with two slots, running and empty. The same one for all tests of the session."""
    if not _card_daemon.is_running or _card_daemon.slot_count != SLOTS:
        _card_daemon.start(readers=1)
    yield _card_daemon
    if _card_daemon.is_running:
        _card_daemon.thaw()


@pytest.fixture(scope="session")
def _pcsc_environment(_card_daemon: CardDaemon) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _card_daemon.environment()}
    os.environ.update(_card_daemon.environment())
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture
def pcsc(_pcsc_environment: None, card_daemon: CardDaemon) -> CardDaemon:
    """The same daemon, for PC/SC clients inside the test's own process."""
    return card_daemon


@pytest.fixture
def slot(card_daemon: CardDaemon) -> Iterator[Slot]:
    """The first slot, empty before and after."""
    with Slot(card_daemon, 0) as first:
        yield first


@pytest.fixture
def second_slot(card_daemon: CardDaemon) -> Iterator[Slot]:
    """The second slot, empty before and after."""
    with Slot(card_daemon, 1) as second:
        yield second


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    """An 80 mm printer on a free port, with paper, printing in no time."""
    with VirtualPrinter(width_dots=576) as wide:
        yield wide


@pytest.fixture
def relay() -> Iterator[Callable[[tuple[str, int]], Relay]]:
    """Makes a network between a terminal and the server at an address: `relay(("127.0.0.1", port))`."""
    with contextlib.ExitStack() as open_relays:
        yield lambda target: open_relays.enter_context(Relay(target))


@pytest.fixture
def scanner() -> Iterator[VirtualScanner]:
    """A serial code scanner, plugged in."""
    with VirtualScanner() as plugged:
        yield plugged
