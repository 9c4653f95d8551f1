"""The loop without Qt: where effects go, when it wants to be woken, and what a bug costs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from booking.ids import uuid7
from kiosk.journey.events import Forget
from kiosk.journey.facts import Facts, learn
from kiosk.journey.screen import AttractScreen, Intent, IntentKind, MessageScreen
from kiosk.journey.states import AwaitingRemoval, CheckingIn, Choosing, Idle, Reading, State
from kiosk.ports.cards import CardInserted, CardRead, CardRemoved, Insertion, ReadCard, ReaderChanged, ReaderCondition
from kiosk.ports.central import ConnectionChanged, MirrorChanged, WaitingChanged
from kiosk.ports.desk import (
    CheckedIn,
    CheckInBooking,
    DeskCommand,
    DeskFault,
    FindByCard,
    HoldTicket,
    PersonFound,
    ReprintReady,
    TerminalEnrolled,
    TicketHeld,
)
from kiosk.ports.printers import PaperOut, PrinterChanged, PrintTicket
from kiosk.ports.scanners import CodeNotRead
from kiosk.ports.store import StoreAnswered
from kiosk.ports.tickets import Ticket
from kiosk.runtime import Outlets, Runtime
from tests.unit.journey.driver import FACTS, IDENTITY, ZHANG, ZONE, at, booking, both, checked_in, ticket, words

CARD = Insertion("front", 1)


@dataclass
class HandClock:
    """A clock that stands until it is moved."""

    wall_ms: int = at(9, 5)
    since_boot_ms: int = 1_000_000
    made: int = 0

    def now_ms(self) -> int:
        return self.wall_ms

    def boot_ms(self) -> int:
        return self.since_boot_ms

    def boot_id(self) -> str:
        return "boot"

    def new_id(self) -> UUID:
        self.made += 1
        return uuid7(now_ms=self.wall_ms, random=self.made.to_bytes(10, "big"))

    def pass_ms(self, passed_ms: int) -> None:
        self.wall_ms += passed_ms
        self.since_boot_ms += passed_ms


class Stumble(Exception):
    """A bug that a test put in."""


@dataclass
class Around:
    """Everything outside the runtime; writes down what reaches it."""

    clock: HandClock = field(default_factory=HandClock)
    sent: list[object] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)
    changes: list[tuple[type[State], type[State]]] = field(default_factory=list)
    stumbles_at: type | None = None

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def needs_restart(self) -> bool:
        return False

    def read(self, command: ReadCard) -> None:
        self._take(command)

    def submit(self, command: DeskCommand) -> None:
        self._take(command)

    def prepare(self, ticket: Ticket) -> None: ...

    def print_ticket(self, command: PrintTicket) -> None:
        self._take(command)

    def forget(self) -> None:
        self.sent.append(Forget())

    def _take(self, command: object) -> None:
        if self.stumbles_at is not None and isinstance(command, self.stumbles_at):
            raise Stumble
        self.sent.append(command)

    def runtime(self, facts: Facts = FACTS) -> Runtime:
        outlets = Outlets(
            readers=self,
            desk=self,
            printer=self,
            forget=self.forget,
            report_bug=self.bugs.append,
            on_step=lambda before, after: self.changes.append((type(before), type(after))),
        )
        return Runtime(facts=facts, words=words(), clock=self.clock, outlets=outlets)


@pytest.fixture
def around() -> Around:
    return Around()


def reach_bookings(runtime: Runtime) -> None:
    runtime.handle(CardInserted(CARD, 0))
    state = runtime.journey.state
    assert isinstance(state, Reading)
    runtime.handle(CardRead(state.visit.id, CARD, IDENTITY))
    runtime.handle(PersonFound(state.visit.id, ZHANG, (booking(),)))
    assert isinstance(runtime.journey.state, Choosing)


def test_each_effect_goes_to_its_worker(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    runtime.handle(Intent(IntentKind.CHECK_IN))
    act = around.sent[-1]
    assert isinstance(act, CheckInBooking)
    printing = PrintTicket(act.visit_id, act.job_id, ticket())
    runtime.handle(CheckedIn(act.visit_id, checked_in(), "A037", True, printing))
    runtime.handle(Intent(IntentKind.END))
    assert [type(sent) for sent in around.sent] == [ReadCard, FindByCard, CheckInBooking, PrintTicket, Forget]
    runtime.handle(CardRemoved(CARD))
    assert runtime.journey.state == Idle()
    assert around.bugs == []


def test_every_change_of_state_is_told(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    assert [after.__name__ for _, after in around.changes] == ["Reading", "Finding", "Choosing"]
    runtime.handle(ConnectionChanged(is_online=False))
    assert len(around.changes) == 3


def test_facts_are_learnt_and_shown(around: Around) -> None:
    runtime = around.runtime(Facts(languages=("zh-CN", "en"), bookings_per_page=3))
    assert isinstance(runtime.screen().page, MessageScreen)
    runtime.handle(TerminalEnrolled(both("江城医院", "Jiangcheng"), "01", "03", ZONE))
    runtime.handle(ReaderChanged("front", ReaderCondition.READY))
    runtime.handle(ConnectionChanged(is_online=True))
    page = runtime.screen().page
    assert isinstance(page, AttractScreen)
    assert (page.frame.hospital, page.frame.time, page.notice, page.frame.offline_note) == ("江城医院", "09:05", "", "")
    runtime.handle(PrinterChanged(PaperOut()))
    runtime.handle(WaitingChanged(4, 1))
    runtime.handle(ConnectionChanged(is_online=False))
    page = runtime.screen().page
    assert isinstance(page, AttractScreen)
    assert page.notice == "小票打印暂停，签到照常，号码显示在屏幕上。"
    assert page.frame.offline_note
    facts = runtime.facts
    assert (facts.waiting, facts.not_applied, facts.hospital_code, facts.terminal_label) == (4, 1, "01", "03")


def test_a_store_that_only_the_synchronisation_finds_broken_closes_the_terminal(around: Around) -> None:
    runtime = around.runtime()
    for code in ("store_broken", "store_broken", "", "store_broken", "store_busy", "store_broken", "store_broken"):
        runtime.handle(StoreAnswered(code))
        assert isinstance(runtime.screen().page, AttractScreen)
    assert around.changes == []
    runtime.handle(StoreAnswered("store_broken"))
    page = runtime.screen().page
    assert isinstance(page, MessageScreen)
    assert page.code == "D-801"
    assert around.changes == [(Idle, Idle)]
    runtime.handle(StoreAnswered())
    assert isinstance(runtime.screen().page, AttractScreen)


def test_a_desk_that_has_written_says_that_the_store_is_well() -> None:
    visit, job = UUID(int=1), UUID(int=2)
    facts = FACTS
    for event in (StoreAnswered("store_broken"), DeskFault(visit, "store_broken")) * 2:
        facts = learn(facts, event)
    assert (facts.broken_syncs, facts.broken_answers) == (2, 2)
    assert learn(facts, TicketHeld(visit)).broken_syncs == 2
    printing = PrintTicket(visit, job, ticket())
    for done in (
        CheckedIn(visit, checked_in(), "A037", True, printing),
        ReprintReady(visit, checked_in(), "A037", printing),
    ):
        written = learn(facts, done)
        assert (written.broken_syncs, written.broken_answers) == (0, 0)


def test_news_that_is_none_changes_no_fact(around: Around) -> None:
    runtime = around.runtime()
    before = runtime.facts
    runtime.handle(PrinterChanged(FACTS.printer))
    runtime.handle(ConnectionChanged(is_online=True))
    runtime.handle(ReaderChanged("front", ReaderCondition.READY))
    assert runtime.facts is before


def test_events_of_other_kinds_change_nothing(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    before = runtime.journey
    for event in (MirrorChanged(3), CodeNotRead(), object(), "text", None):
        runtime.handle(event)
    assert runtime.journey == before
    assert around.bugs == []


def test_a_bug_drops_the_visit_and_is_reported_once(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    around.stumbles_at = CheckInBooking
    runtime.handle(Intent(IntentKind.CHECK_IN))
    assert [type(bug) for bug in around.bugs] == [Stumble]
    assert runtime.journey.state == AwaitingRemoval(CARD)
    assert around.sent[-1] == Forget()
    around.stumbles_at = None
    runtime.handle(CardRemoved(CARD))
    assert runtime.journey.state == Idle()
    reach_bookings(runtime)
    assert len(around.bugs) == 1, "the terminal goes on"


def test_a_bug_in_a_page_drops_the_visit_and_asks_to_take_the_card(around: Around) -> None:
    runtime = around.runtime(replace(FACTS, bookings_per_page=0))
    reach_bookings(runtime)
    page = runtime.screen().page
    assert isinstance(page, MessageScreen)
    assert page.title == "请取走您的卡"
    assert [type(bug) for bug in around.bugs] == [ZeroDivisionError]
    assert around.sent[-1] == Forget()
    runtime.handle(CardRemoved(CARD))
    assert isinstance(runtime.screen().page, AttractScreen)


def test_after_a_bug_every_card_that_is_still_in_is_asked_for(around: Around) -> None:
    runtime = around.runtime()
    other = Insertion("rear", 1)
    reach_bookings(runtime)
    runtime.handle(Intent(IntentKind.CHECK_IN))
    runtime.handle(CardInserted(other, 0))  # waits behind the act
    act = around.sent[-1]
    assert isinstance(act, CheckInBooking)
    around.stumbles_at = PrintTicket
    runtime.handle(CheckedIn(act.visit_id, checked_in(), "A037", True, PrintTicket(act.visit_id, act.job_id, ticket())))
    assert [type(bug) for bug in around.bugs] == [Stumble]
    runtime.handle(CardRemoved(CARD))
    assert runtime.journey.state == AwaitingRemoval(other)
    runtime.handle(CardRemoved(other))
    assert runtime.journey.state == Idle()


def test_a_bug_during_an_act_leaves_its_late_answer_to_nobody(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    runtime.handle(Intent(IntentKind.CHECK_IN))
    act = around.sent[-1]
    assert isinstance(act, CheckInBooking)
    assert isinstance(runtime.journey.state, CheckingIn)
    around.stumbles_at = PrintTicket
    done = CheckedIn(act.visit_id, checked_in(), "A037", True, PrintTicket(act.visit_id, act.job_id, ticket()))
    runtime.handle(done)
    assert around.sent[-1] == HoldTicket(act.visit_id, act.job_id)
    around.stumbles_at = None
    runtime.handle(done)
    assert not [sent for sent in around.sent if isinstance(sent, PrintTicket)]
    assert runtime.journey.state == AwaitingRemoval(CARD)
    assert len(around.bugs) == 1


def test_it_wants_to_be_woken_at_the_next_minute_or_the_next_bound(around: Around) -> None:
    runtime = around.runtime()
    around.clock.pass_ms(18_500)
    assert runtime.next_wake_ms() == 41_500, "the clock in the header changes"
    runtime.handle(CardInserted(CARD, 0))
    assert runtime.next_wake_ms() == 3_000, "reading takes long"
    around.clock.pass_ms(15_000)
    assert runtime.next_wake_ms() == 0, "a bound is already passed"
    runtime.wake()
    page = runtime.screen().page
    assert isinstance(page, MessageScreen)
    assert page.title == "读卡没有完成"
    assert runtime.next_wake_ms() == 1_000, "the ring counts"


def test_at_the_full_minute_it_waits_for_the_next(around: Around) -> None:
    around.clock.wall_ms = at(9, 5)
    assert around.runtime().next_wake_ms() == 60_000


def test_waking_early_does_no_harm(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    for _ in range(5):
        runtime.wake()
    assert isinstance(runtime.journey.state, Choosing)


def test_the_wall_clock_may_step_without_ending_a_visit(around: Around) -> None:
    runtime = around.runtime()
    reach_bookings(runtime)
    around.clock.wall_ms += 3_600_000
    runtime.wake()
    assert isinstance(runtime.journey.state, Choosing)
    assert runtime.screen().warning is None
