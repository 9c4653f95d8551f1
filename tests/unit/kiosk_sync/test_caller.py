"""The limit to the last byte, whatever the transport does; and what is known of the line."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from kiosk.ports.central import ConnectionChanged
from kiosk.sync.caller import Caller
from kiosk.sync.contact import Contact
from kiosk.sync.identity import Counter
from kiosk.sync.transport import HttpReply, HttpRequest, NoReply

REPLY = HttpReply(status=200, headers={}, body=b"{}")


class StuckTransport:
    """Says nothing until it is cut."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.cut = threading.Event()

    def exchange(self, request: HttpRequest) -> HttpReply:
        self.began.set()
        self.cut.wait(5)
        raise NoReply("cut")

    def interrupt(self) -> None:
        self.cut.set()

    def close(self) -> None:
        self.cut.set()


class PromptTransport:
    def __init__(self, outcome: Exception | None = None) -> None:
        self.outcome = outcome

    def exchange(self, request: HttpRequest) -> HttpReply:
        if self.outcome is not None:
            raise self.outcome
        return REPLY

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def request(total_s: float = 2.0, *, is_poll: bool = False) -> HttpRequest:
    decided_ms = 0 if is_poll else None
    return HttpRequest("GET", "/", total_s=total_s, connect_s=total_s, is_poll=is_poll, decided_boot_ms=decided_ms)


def test_a_stuck_exchange_is_cut_off_and_the_next_gets_a_new_transport() -> None:
    stuck = StuckTransport()
    made = iter([stuck, PromptTransport()])
    caller = Caller(lambda: next(made), name="test")
    with pytest.raises(NoReply, match="slow"):
        caller.exchange(request(0.05))
    assert stuck.cut.is_set()
    assert caller.exchange(request()) is REPLY
    caller.close()


def _raised_in_a_thread(caller: Caller, asked: HttpRequest) -> tuple[threading.Thread, list[str]]:
    said: list[str] = []

    def ask() -> None:
        try:
            caller.exchange(asked)
        except NoReply as fault:
            said.append(str(fault))

    thread = threading.Thread(target=ask)
    thread.start()
    return thread, said


def test_an_interruption_ends_the_poll_at_hand() -> None:
    stuck = StuckTransport()
    caller = Caller(lambda: stuck, name="test")
    thread, said = _raised_in_a_thread(caller, request(5, is_poll=True))
    assert stuck.began.wait(2)
    caller.interrupt()
    thread.join(2)
    assert said == ["interrupted"]
    caller.close()


class JumpingClock:
    """A boot clock that goes on by this much whenever it is looked at."""

    def __init__(self, step_ms: int) -> None:
        self._step_ms = step_ms
        self._now_ms = 0

    def boot_ms(self) -> int:
        self._now_ms += self._step_ms
        return self._now_ms


def test_a_poll_is_given_up_when_the_boot_clock_has_jumped() -> None:
    caller = Caller(StuckTransport, name="test", boot_ms=JumpingClock(60_000).boot_ms)
    with pytest.raises(NoReply, match="the clock jumped"):
        caller.exchange(request(5, is_poll=True))
    caller.close()


@pytest.mark.parametrize(("step_ms", "is_poll"), [(60_000, False), (1_000, True)])
def test_nothing_else_is_given_up_for_it(step_ms: int, is_poll: bool) -> None:
    caller = Caller(StuckTransport, name="test", boot_ms=JumpingClock(step_ms).boot_ms)
    with pytest.raises(NoReply, match="slow"):
        caller.exchange(request(1.2, is_poll=is_poll))
    caller.close()


def test_an_interruption_that_comes_too_early_ends_the_next_poll_and_no_other_exchange() -> None:
    caller = Caller(PromptTransport, name="test")
    caller.interrupt()
    assert caller.exchange(request()) is REPLY
    with pytest.raises(NoReply, match="interrupted"):
        caller.exchange(request(is_poll=True))
    assert caller.exchange(request(is_poll=True)) is REPLY
    caller.close()


def test_closing_ends_whatever_is_at_hand_and_all_that_comes_later() -> None:
    stuck = StuckTransport()
    caller = Caller(lambda: stuck, name="test")
    thread, said = _raised_in_a_thread(caller, request(5))
    assert stuck.began.wait(2)
    caller.close()
    thread.join(2)
    assert said == ["closed"]
    with pytest.raises(NoReply, match="closed"):
        caller.exchange(request())


def test_a_bug_in_the_transport_is_not_hidden() -> None:
    caller = Caller(lambda: PromptTransport(ZeroDivisionError()), name="test")
    with pytest.raises(ZeroDivisionError):
        caller.exchange(request())
    caller.close()


class CountedFault(NoReply):
    alive = 0

    def __init__(self) -> None:
        super().__init__("refused")
        type(self).alive += 1

    def __del__(self) -> None:
        type(self).alive -= 1


class RefusedTransport(PromptTransport):
    def exchange(self, request: HttpRequest) -> HttpReply:
        raise CountedFault


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nobody looks for rubbish: what ends must end by itself."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _asks_in_vain(caller: Caller) -> None:
    try:
        caller.exchange(request())
    except NoReply:
        return
    raise AssertionError


@pytest.mark.usefixtures("no_collector")
def test_an_exchange_that_failed_leaves_nothing_behind() -> None:
    caller = Caller(RefusedTransport, name="test")
    for _ in range(20):
        _asks_in_vain(caller)
    caller.close()  # its thread has let go too
    assert CountedFault.alive == 0


@dataclass
class HandClock:
    wall_ms: int = 1_000_000
    boot: int = 5_000

    def now_ms(self) -> int:
        return self.wall_ms

    def boot_ms(self) -> int:
        return self.boot

    def boot_id(self) -> str:
        return "b"

    def new_id(self) -> UUID:
        return UUID(int=1)


def test_only_changes_of_the_connection_are_told() -> None:
    events: list[object] = []
    contact = Contact(HandClock(), emit=events.append)
    for is_online in (False, True, True, False):
        contact.note(is_online=is_online)
    assert events == [ConnectionChanged(is_online=True), ConnectionChanged(is_online=False)]


def test_being_shut_out_is_known_until_the_server_answers_again() -> None:
    contact = Contact(HandClock(), emit=lambda event: None)
    contact.note(is_online=False, shut_out="revoked")
    contact.note(is_online=False)
    assert contact.shut_out() == "revoked"
    contact.note(is_online=True)
    assert contact.shut_out() == ""


def test_the_boot_number_is_raised_before_the_first_request_and_once_for_one_complaint() -> None:
    boots = iter(range(7, 20))
    counter = Counter(lambda: next(boots))
    assert [counter.take(), counter.take()] == [(7, 1), (7, 2)]
    counter.raise_from(7)
    counter.raise_from(7)
    assert counter.take() == (8, 1)
