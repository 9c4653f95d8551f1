"""When a ticket's bytes may move and what it is told to have become, on a scripted link and a clock set by hand."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

import pytest

from kiosk.devices.printers.conversation import Conversation
from kiosk.devices.printers.drawings import NotDrawable
from kiosk.devices.printers.link import LinkLost
from kiosk.devices.printers.profile import Cut, Dialect, Fence, Profile
from kiosk.devices.printers.session import PrinterSession
from kiosk.devices.printers.status import ASK_ALL
from kiosk.ports.printers import (
    FaultKind,
    Faulty,
    JobState,
    NotPrinted,
    Printed,
    PrinterChanged,
    PrinterStatus,
    PrintFinished,
    PrintResult,
    PrintTicket,
    Ready,
    Unconfirmed,
    UnknownStatus,
    Unreachable,
)
from kiosk.ports.tickets import Text, Ticket

PROFILE = Profile("test", "", 576, Fence.PROCESS_ID, Cut.NONE, Dialect.EPSON, True, True, True, 10.0, 100.0)
TICKET = Ticket("queue", 1, "zh-CN", (Text("内科"),))
JOB = b"<ticket>"
READY = bytes.fromhex("16121212")
NO_PAPER = bytes.fromhex("1e321272")


@dataclass
class Made:
    """What a press makes, as far as a session looks at it."""

    data: bytes
    paper_mm: float


class ScriptedLink:
    """Connects at once, answers questions as told, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.inbox = bytearray()
        self.answer = READY
        self.room = 1_000_000
        self.loss: str | None = None
        self.connections = 0

    def begin(self) -> None:
        self._check()
        self.connections += 1

    def is_connected(self) -> bool:
        self._check()
        return True

    def receive(self) -> bytes:
        data, self.inbox = bytes(self.inbox), bytearray()
        if not data:
            self._check()
        return data

    def send(self, data: bytes | memoryview) -> int:
        self._check()
        taken = bytes(data[: self.room])
        self.room -= len(taken)
        self.sent += taken
        if taken.endswith(ASK_ALL):
            self.inbox += self.answer
        return len(taken)

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self.inbox.clear()

    def fileno(self) -> int | None:
        return None

    def _check(self) -> None:
        if self.loss:
            raise LinkLost(self.loss)


class Terminal:
    """A session with everything around it; also its spool and its listener."""

    def __init__(self, profile: Profile = PROFILE) -> None:
        self.now_ms = 1_000_000
        self.link = ScriptedLink()
        self.log: list[str] = []
        self.results: list[PrintResult] = []
        self.statuses: list[PrinterStatus] = []
        self.refuses_state: JobState | None = None
        self.talk = Conversation(self.link, profile, jitter=lambda: 0.5)
        self.session = PrinterSession(self.talk, profile, spool=self, emit=self.tell, first_fence=9_998)
        self.session.use_press(lambda _ticket, fence_id: Made(JOB + fence_id, 100.0))  # type: ignore[arg-type,return-value]  # shape is enough

    def advance(self, job_id: uuid.UUID, state: JobState, why: str = "") -> None:
        if state is self.refuses_state:
            raise OSError("disk full")
        self.log.append(f"{state} after {self.link.sent.count(JOB)} tickets sent")

    def tell(self, event: object, /) -> None:
        if isinstance(event, PrintFinished):
            self.results.append(event.result)
        if isinstance(event, PrinterChanged):
            self.statuses.append(event.status)

    def step(self, *, after_ms: int = 0) -> int:
        self.now_ms += after_ms
        return self.session.step(self.now_ms)

    def submit(self) -> None:
        self.session.submit(PrintTicket(uuid.uuid4(), uuid.uuid4(), TICKET))

    def fence(self, number: bytes) -> None:
        self.link.inbox += b"\x37\x22" + number + b"\x00"


@pytest.fixture
def terminal() -> Terminal:
    """Connected, and ready."""
    connected = Terminal()
    connected.step()
    connected.step()
    assert connected.statuses[-1] == Ready(is_near_end=False)
    return connected


def test_the_spool_knows_before_the_first_byte_and_the_fence_alone_makes_it_printed(terminal: Terminal) -> None:
    terminal.submit()
    terminal.step()
    assert terminal.log == ["sending after 0 tickets sent", "sent after 1 tickets sent"]
    terminal.step(after_ms=500)
    assert terminal.results == []
    terminal.fence(b"9999")
    terminal.step()
    assert terminal.results == [Printed()]


def test_only_its_own_fence_counts_and_the_counter_wraps(terminal: Terminal) -> None:
    terminal.submit()
    terminal.submit()
    terminal.step()
    terminal.fence(b"9998")
    terminal.step()
    assert terminal.results == []
    terminal.fence(b"9999")
    terminal.step()
    terminal.step()
    terminal.step()
    terminal.fence(b"9999")
    terminal.step()
    assert terminal.results == [Printed()]
    terminal.fence(b"0000")
    terminal.step()
    assert terminal.results == [Printed(), Printed()]


def test_a_disk_that_cannot_keep_the_step_stops_the_ticket(terminal: Terminal) -> None:
    terminal.refuses_state = JobState.SENDING
    terminal.submit()
    with pytest.raises(OSError, match="disk full"):
        terminal.step()
    terminal.session.abandon(terminal.now_ms, "internal error")
    assert JOB not in terminal.link.sent
    assert [type(result) for result in terminal.results] == [NotPrinted]


def test_a_ticket_is_never_sent_on_old_knowledge(terminal: Terminal) -> None:
    """It was ready a moment ago; asked again, it has no paper."""
    terminal.link.answer = NO_PAPER
    terminal.submit()
    terminal.step()
    assert JOB not in terminal.link.sent
    assert [type(result) for result in terminal.results] == [NotPrinted]


def test_no_answer_to_the_question_means_no_ticket(terminal: Terminal) -> None:
    terminal.link.answer = b""
    terminal.submit()
    terminal.step()
    terminal.step(after_ms=999)
    assert terminal.results == []
    terminal.step(after_ms=1)
    assert terminal.results == [NotPrinted(UnknownStatus("it does not answer"))]
    assert terminal.log == ["held after 0 tickets sent"]


def test_a_printer_that_was_never_there_is_not_waited_for_long() -> None:
    terminal = Terminal()
    terminal.link.loss = "Connection refused"
    terminal.step()
    terminal.submit()
    terminal.step()
    assert terminal.results == [NotPrinted(Unreachable("Connection refused"))]


def test_connection_attempts_slow_down_and_stop_at_ten_seconds() -> None:
    terminal = Terminal()
    terminal.link.loss = "Connection refused"
    pauses = []
    for _ in range(8):
        wake_ms = terminal.step()
        pauses.append(wake_ms - terminal.now_ms)
        terminal.now_ms = wake_ms
    assert pauses == [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]


def test_silence_becomes_unknown_after_five_seconds_and_a_new_connection_after_ten(terminal: Terminal) -> None:
    terminal.link.answer = b""
    terminal.step(after_ms=2_000)
    terminal.step(after_ms=3_001)
    assert terminal.statuses[-1] == UnknownStatus("it does not answer")
    terminal.step(after_ms=7_000)
    assert terminal.statuses[-1] == Unreachable("the printer does not answer")
    terminal.link.answer = READY
    terminal.step(after_ms=2_000)
    terminal.step()
    assert terminal.link.connections == 2
    assert terminal.statuses[-1] == Ready(is_near_end=False)


def test_an_idle_printer_is_asked_every_two_seconds(terminal: Terminal) -> None:
    before = terminal.link.sent.count(ASK_ALL)
    for _ in range(5):
        terminal.step(after_ms=2_000)
    assert terminal.link.sent.count(ASK_ALL) - before == 5


def test_nothing_is_asked_inside_a_half_sent_ticket(terminal: Terminal) -> None:
    terminal.submit()
    terminal.link.room = len(ASK_ALL) + 5
    terminal.step()
    terminal.step(after_ms=2_500)
    terminal.link.room = 1_000
    terminal.step()
    assert bytes(terminal.link.sent).endswith(ASK_ALL + JOB + b"9999")


def test_a_loss_before_the_first_byte_is_not_printed_and_after_it_unconfirmed() -> None:
    for room, kind in ((0, NotPrinted), (3, Unconfirmed)):
        terminal = Terminal()
        terminal.step()
        terminal.step()
        terminal.submit()
        terminal.link.room = len(ASK_ALL) + room
        terminal.step()
        terminal.link.loss = "Connection reset by peer"
        terminal.step()
        assert [type(result) for result in terminal.results] == [kind]


def test_a_ticket_too_long_in_the_printer_is_shown_then_cleared_and_never_sent_again(terminal: Terminal) -> None:
    terminal.submit()
    terminal.step()
    terminal.step(after_ms=4_999)
    assert terminal.statuses[-1] == Ready(is_near_end=False)
    terminal.step(after_ms=1)  # twice its second, and three more
    assert terminal.statuses[-1] == UnknownStatus("a ticket is stuck")
    terminal.step(after_ms=25_000)
    assert terminal.results == []
    terminal.link.inbox += b"\x37\x25\x00"
    terminal.step()
    assert [type(result) for result in terminal.results] == [NotPrinted]
    for _ in range(10):
        terminal.step(after_ms=2_000)
    assert terminal.link.sent.count(JOB) == 1


def test_without_an_answer_to_clearing_it_stays_unconfirmed(terminal: Terminal) -> None:
    terminal.submit()
    terminal.step()
    terminal.step(after_ms=30_000)
    terminal.step(after_ms=1_000)
    assert [type(result) for result in terminal.results] == [Unconfirmed]
    assert terminal.log[-1].startswith("unknown")


def test_a_printer_without_any_fence_is_never_said_to_have_printed() -> None:
    terminal = Terminal(replace(PROFILE, fence=Fence.NONE))
    terminal.step()
    terminal.step()
    terminal.submit()
    terminal.step()
    terminal.step(after_ms=5_000)
    assert terminal.results == [Unconfirmed("this printer tells no end")]
    assert terminal.log[-1] == "sent after 1 tickets sent"


def test_a_ticket_that_cannot_be_drawn_is_answered(terminal: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_ticket: Ticket, _fence_id: bytes) -> Made:
        raise NotDrawable("DataOverflowError")

    terminal.session.use_press(refuse)  # type: ignore[arg-type]  # shape is enough
    terminal.submit()
    terminal.step()
    assert terminal.results == [NotPrinted(Faulty(FaultKind.OTHER))]
    caplog.clear()


def test_an_endless_row_of_tickets_is_refused_at_its_end(terminal: Terminal) -> None:
    for _ in range(12):
        terminal.submit()
    terminal.step()
    assert [type(result) for result in terminal.results] == [NotPrinted] * 4


def test_a_printer_that_babbles_between_tickets_fills_no_memory(terminal: Terminal) -> None:
    for _ in range(100):
        terminal.fence(b"7777")
        terminal.step()
    assert len(terminal.talk.progress) <= 1
    terminal.submit()
    terminal.step()
    terminal.fence(b"9999")
    terminal.step()
    assert terminal.results == [Printed()]
