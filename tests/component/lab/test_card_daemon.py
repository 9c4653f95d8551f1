"""The real pcscd with virtual cards, as a PC/SC client sees it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from smartcard import scard

from lab.cards.faulty import Hanging, LeavingEarly
from lab.cards.slot import Slot
from lab.cards.social_security import APPLICATION, SocialSecurityCard, SocialSecurityData
from lab.pcscd import CardDaemon, DaemonFault
from tests.plugins.lab_devices import DRIVER

FIRST = SocialSecurityData(name="王䶮", id_number="330102199003077758", card_number="A12345678")
SECOND = SocialSecurityData(name="欧阳雪", id_number="330102198511020421", card_number="B12345678")
REMOVED = 0x80100069


class Client:
    """A PC/SC client with one context."""

    def __init__(self) -> None:
        code, self.context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        assert code == scard.SCARD_S_SUCCESS

    def connect(self, reader: str) -> int:
        code, handle, _protocol = scard.SCardConnect(
            self.context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0
        )
        assert code == scard.SCARD_S_SUCCESS
        return int(handle)

    def counter(self, reader: str) -> int:
        code, states = scard.SCardGetStatusChange(self.context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
        assert code == scard.SCARD_S_SUCCESS
        return int(states[0][1]) >> 16

    def close(self) -> None:
        scard.SCardReleaseContext(self.context)


@pytest.fixture
def client(pcsc: CardDaemon) -> Iterator[Client]:
    with_context = Client()
    yield with_context
    with_context.close()


def send(handle: int, apdu: bytes) -> tuple[int, bytes]:
    code, answer = scard.SCardTransmit(handle, scard.SCARD_PCI_T0, list(apdu))
    return code & 0xFFFFFFFF, bytes(answer)


def name_on(handle: int) -> str:
    send(handle, b"\x00\xa4\x04\x00\x0f" + APPLICATION)
    send(handle, bytes.fromhex("00A4020002EF06"))
    code, answer = send(handle, bytes.fromhex("00B2090020"))
    assert code == 0
    assert answer[-2:] == b"\x90\x00"
    return answer[2:-2].rstrip(b"\0").decode("gb18030")


def test_a_card_is_read_and_a_swap_with_equal_atr_raises_the_counter(client: Client, slot: Slot) -> None:
    slot.insert(SocialSecurityCard(FIRST))
    slot.wait_until_noticed()
    before = client.counter(slot.reader_name)
    handle = client.connect(slot.reader_name)
    assert name_on(handle) == "王䶮"

    slot.swap(SocialSecurityCard(SECOND))
    slot.wait_until_noticed()

    assert client.counter(slot.reader_name) == before + 2
    assert send(handle, bytes.fromhex("00B2090020"))[0] == REMOVED
    assert name_on(client.connect(slot.reader_name)) == "欧阳雪"


def test_the_daemon_is_killed_and_comes_back_at_the_same_place(pcsc: CardDaemon, slot: Slot) -> None:
    path, first_process = pcsc.socket_path, pcsc.pid
    pcsc.kill()
    with pytest.raises(DaemonFault, match="does not answer"):
        pcsc.reader_states()
    assert path.exists()

    pcsc.start()

    assert (pcsc.socket_path, len(pcsc.reader_names)) == (path, 2)
    assert pcsc.pid != first_process
    client = Client()
    slot.insert(SocialSecurityCard(FIRST))
    slot.wait_until_noticed()
    assert name_on(client.connect(slot.reader_name)) == "王䶮"
    client.close()


def test_a_namespace_that_does_not_answer_keeps_nobody_waiting_and_is_made_anew() -> None:
    with tempfile.TemporaryDirectory(prefix="lab-") as directory, CardDaemon(Path(directory), driver=DRIVER) as daemon:
        first_process = daemon.pid
        assert daemon._inside is not None
        assert daemon._control is not None
        os.kill(daemon._inside.pid, signal.SIGSTOP)
        daemon._control.settimeout(0.2)
        with pytest.raises(DaemonFault, match="does not answer"):
            daemon.freeze()
        assert not daemon.is_running
        daemon.start()
        assert daemon.pid != first_process
        assert len(daemon.reader_names) == 2


def test_a_card_that_was_in_for_a_moment_only_does_not_stay_in_the_way(client: Client, slot: Slot) -> None:
    slot.insert(SocialSecurityCard(FIRST))
    slot.remove()
    slot.swap(SocialSecurityCard(SECOND))
    slot.wait_until_noticed()
    assert name_on(client.connect(slot.reader_name)) == "欧阳雪"


def test_a_card_that_lies_in_the_reader_is_met_by_the_next_daemon(pcsc: CardDaemon, slot: Slot) -> None:
    slot.insert(SocialSecurityCard(FIRST))
    slot.wait_until_noticed()
    pcsc.kill()
    assert slot.card is not None
    pcsc.start()
    slot.wait_until_noticed()
    client = Client()
    assert name_on(client.connect(slot.reader_name)) == "王䶮"
    client.close()


def test_a_card_that_leaves_by_itself_is_out(client: Client, slot: Slot) -> None:
    slot.insert(LeavingEarly(SocialSecurityCard(FIRST), at_command=2))
    slot.wait_until_noticed()
    handle = client.connect(slot.reader_name)
    assert send(handle, b"\x00\xa4\x04\x00\x0f" + APPLICATION)[1] == b"\x61\x13"
    assert send(handle, bytes.fromhex("00A4020002EF06"))[1] == b""
    slot.wait_until_noticed()
    assert slot.card is None


def test_pulling_a_card_that_hangs_frees_whoever_waits_for_it(client: Client, slot: Slot) -> None:
    hanging = Hanging(SocialSecurityCard(FIRST))
    slot.insert(hanging)
    slot.wait_until_noticed()
    handle = client.connect(slot.reader_name)
    answers: list[bytes] = []
    waiting = threading.Thread(target=lambda: answers.append(send(handle, b"\x00\xa4\x04\x00\x0f" + APPLICATION)[1]))
    waiting.start()
    assert hanging.reached.wait(60)
    assert answers == []

    slot.remove()

    waiting.join(60)
    assert answers == [b""]


@pytest.fixture
def short_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lab-") as directory:
        yield Path(directory)


def test_two_daemons_side_by_side_do_not_share_a_card(card_daemon: CardDaemon, short_directory: Path) -> None:
    with CardDaemon(short_directory, driver=DRIVER, readers=2) as other, Slot(other, 3) as fourth:
        assert len(other.reader_names) == 4
        fourth.insert(SocialSecurityCard(FIRST))
        fourth.wait_until_noticed()
        assert [state.has_card for state in other.reader_states()] == [False, False, False, True]
        assert not any(state.has_card for state in card_daemon.reader_states())


def test_readers_can_be_plugged_out_by_a_restart(short_directory: Path) -> None:
    with CardDaemon(short_directory, driver=DRIVER) as daemon:
        daemon.start(readers=0)
        assert daemon.reader_names == ()
        with pytest.raises(DaemonFault, match="no slot"):
            Slot(daemon).insert(SocialSecurityCard(FIRST))


def test_nothing_listens_on_this_machine(card_daemon: CardDaemon) -> None:
    listening = Path("/proc/net/tcp").read_text(encoding="ascii")
    assert f":{27963:04X} " not in listening
    assert len(card_daemon.reader_names) == 2


PARENT = """
import sys, threading
from pathlib import Path
from lab.pcscd import CardDaemon
daemon = CardDaemon(Path(sys.argv[1]), driver=Path(sys.argv[2]))
daemon.start()
print(daemon.pid, flush=True)
threading.Event().wait()
"""


def test_a_daemon_ends_when_its_parent_is_killed(short_directory: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(short_directory), str(DRIVER)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as said:
        daemon = os.pidfd_open(int(said.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    try:
        ended, _, _ = select.select([daemon], [], [], 5)
    finally:
        os.close(daemon)
    assert ended


def test_a_missing_driver_and_a_long_path_are_named(short_directory: Path) -> None:
    with pytest.raises(DaemonFault, match="driver is not there"):
        CardDaemon(short_directory, driver=short_directory / "nothing.so")
    with pytest.raises(DaemonFault, match="too long"):
        CardDaemon(short_directory / ("x" * 100), driver=DRIVER)
