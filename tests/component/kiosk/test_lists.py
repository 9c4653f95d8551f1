"""Nobody waits unseen: lists of arrivals that the server does not know, and the day's list, from a real store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.wire import EventResult
from kiosk.desk.list_source import ListSource
from kiosk.desk.list_worker import ListSurroundings, ListWorker
from kiosk.devices.printers.in_memory import InMemoryTicketPrinter
from kiosk.devices.printers.picture import text_lines
from kiosk.journey.lists import Lists
from kiosk.ports.lists import ListKind, ListOrder
from kiosk.ports.printers import PaperOut, PrintFinished, Ready
from kiosk.ports.store import StoreFault
from kiosk.store.tables import SPOOL
from kiosk.words.catalogue import load_all
from tests.component.kiosk.desk_acts import check_in_of


@dataclass
class Stand:
    """A terminal's lists: the worker on a real store, a printer, a clock in the hand."""

    ward: Any
    store: Any
    clock: Any
    every_min: int | None = 30
    is_online: bool = False
    is_free: bool = True
    printer: Any = None
    worker: Any = None
    desk: Any = None

    def __post_init__(self) -> None:
        self.printer = InMemoryTicketPrinter(spool=self.store.spool(self.ward.HOSPITAL), emit=self._emit)
        self.printer.start()
        self.is_printer_ready = True
        self.line = self.ward.ScriptedLine(online=False)
        self.desk = self.ward.core_of(self.store, self.line, self.clock)
        self.worker = self.new_worker()

    def new_worker(self) -> ListWorker:
        site, lists = self.ward.SITE, self.store.lists(self.ward.HOSPITAL)
        source = ListSource(lists, site, self.ward.ZONE, self.clock.now_ms)
        return ListWorker(
            ListSurroundings(
                source=source,
                writer=Lists(load_all(), "zh-CN"),
                language="zh-CN",
                clock=self.clock,
                every_min=self.every_min,
                is_online=lambda: self.is_online,
                is_free=lambda: self.is_free and self.is_printer_ready,
                print_ticket=self.printer.print_ticket,
            )
        )

    def _emit(self, event: object) -> None:
        if isinstance(event, PrintFinished) and self.worker is not None:
            self.worker.note(event)

    def become(self, status: Any) -> None:
        self.printer.become(status)
        self.is_printer_ready = isinstance(status, Ready)

    def checks_in(self, no: int) -> None:
        """A patient whom the server does not know of."""
        one = self.ward.Patient(no=no)
        row = self.ward.booking_row(one, starts_ms=self.clock.now_ms() + 30 * 60_000)
        self.store.mirror(self.ward.HOSPITAL).take_rows((*self.ward.catalogue(), row))
        answer = self.desk.handle(check_in_of(one, no))
        assert not answer.is_confirmed

    def passes(self, seconds: float) -> None:
        """Time passes, and the worker does what is due, as its thread would have it."""
        end = self.clock.boot_ms() + round(seconds * 1000)
        while True:
            due = self.worker.step(self.clock.boot_ms())
            step = min(max(due - self.clock.boot_ms(), 1), end - self.clock.boot_ms())
            if step <= 0:
                return
            self.clock.pass_ms(step)

    def slips(self) -> list[tuple[str, ...]]:
        return [text_lines(ticket) for ticket in self.printer.printed]

    def numbers(self) -> list[list[str]]:
        """On each slip, who is listed."""
        return [[line.split()[0] for line in slip if line.startswith("A0")] for slip in self.slips()]


@pytest.fixture
def stand(ward: Any, store: Any, clock: Any) -> Stand:
    return Stand(ward, store, clock)


def test_thirty_minutes_after_the_cut_a_slip_names_who_has_come(stand: Stand) -> None:
    stand.passes(1)
    for no in (1, 2, 3):
        stand.checks_in(no)
        stand.passes(60)
    stand.passes(26 * 60)
    assert stand.slips() == []
    stand.passes(61)
    (slip,) = stand.slips()
    assert [line for line in slip if line.startswith("A0")] == [
        "A001  12:00  欧*试",
        "A002  12:01  欧*试",
        "A003  12:02  欧*试",
    ]
    assert slip[:2] == ("江滨医院", "离线签到清单")
    assert "断网自 2026-03-02 12:00" in slip
    assert ("心内科" in slip, "门诊楼 3 层 A 区 分诊台" in slip, "终端 门诊楼 1 层 03" in slip) == (True, True, True)


def test_nothing_new_no_slip_and_nobody_twice(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.passes(4 * 3600)
    assert stand.numbers() == [["A001"]]
    stand.checks_in(2)
    stand.passes(3600)
    assert stand.numbers() == [["A001"], ["A002"]]


def test_on_line_and_switched_off_nothing_comes_by_itself(ward: Any, store: Any, clock: Any) -> None:
    silent = Stand(ward, store, clock, every_min=None)
    silent.passes(1)
    silent.checks_in(1)
    silent.passes(2 * 3600)
    assert silent.slips() == []
    on_line = Stand(ward, store, clock, is_online=True)
    on_line.passes(2 * 3600)
    assert on_line.slips() == []


def test_it_waits_while_somebody_is_at_the_terminal(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.is_free = False
    stand.passes(3600)
    assert stand.slips() == []
    stand.is_free = True
    stand.passes(2)
    assert stand.numbers() == [["A001"]]


def test_out_of_paper_it_waits_and_is_merged_into_the_next(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.printer.become(PaperOut())  # the terminal has not noticed yet
    stand.passes(31 * 60)
    stand.is_printer_ready = False
    stand.checks_in(2)
    stand.passes(2 * 3600)
    with stand.store.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(SPOOL.c.subject_id == SPOOL.c.job_id)) == 1
    stand.become(Ready())
    stand.passes(60)
    assert stand.numbers() == [["A001", "A002"]]


def test_what_is_kept_of_a_list_ends_with_its_printing(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.passes(31 * 60)
    with stand.store.engine.connect() as connection:
        (kept,) = connection.scalars(sa.select(SPOOL.c.ticket).where(SPOOL.c.subject_id == SPOOL.c.job_id)).all()
    assert kept == ""


def test_a_slip_that_may_be_on_paper_is_not_repeated_but_the_next_one_says_its_numbers(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.printer.break_next_ticket()
    stand.passes(31 * 60)
    assert stand.slips() == []
    stand.passes(30 * 60)
    (slip,) = stand.slips()
    assert "12:30 的清单可能没有打出来，上面有：A001" in slip
    assert stand.numbers() == [[]]
    stand.passes(3600)
    assert len(stand.slips()) == 1


def test_restarted_while_the_line_is_cut_it_knows_since_when_and_whom_it_has_told(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.passes(31 * 60)
    stand.checks_in(2)
    stand.store.spool(stand.ward.HOSPITAL).recover()
    stand.worker = stand.new_worker()
    stand.passes(31 * 60)
    assert stand.numbers() == [["A001"], ["A002"]]
    assert "断网自 2026-03-02 12:00" in stand.slips()[1]


def test_what_the_server_knows_is_on_no_slip_and_what_it_did_not_take_is(stand: Stand) -> None:
    stand.passes(1)
    for no in (1, 2, 3):
        stand.checks_in(no)
    outbox = stand.store.outbox(stand.ward.HOSPITAL)
    for no, verdict in ((1, "applied"), (2, "conflict"), (3, "deferred")):
        outbox.note_result(
            EventResult(operation_id=UUID(int=0xE000 + no), verdict=verdict), now_ms=stand.clock.now_ms()
        )
    stand.passes(31 * 60)
    assert stand.numbers() == [["A002", "A003"]]


def test_staff_ask_and_all_come_also_those_who_were_listed(stand: Stand) -> None:
    stand.passes(1)
    stand.checks_in(1)
    stand.passes(31 * 60)
    stand.checks_in(2)
    stand.worker.order(ListOrder(ListKind.ARRIVALS))
    stand.passes(2)
    assert stand.numbers() == [["A001"], ["A001", "A002"]]
    stand.passes(3600)
    assert len(stand.slips()) == 2


def test_a_long_list_has_pages_and_each_waits_for_whoever_is_here(stand: Stand) -> None:
    ward = stand.ward
    rows = [ward.booking_row(ward.Patient(no=no)) for no in range(1, 66)]
    stand.store.mirror(ward.HOSPITAL).take_rows(
        (*ward.catalogue(), *rows, ward.booking_row(ward.Patient(no=99), state="cancelled"))
    )
    stand.worker.order(ListOrder(ListKind.DAY))
    stand.worker.step(stand.clock.boot_ms())
    stand.is_free = False
    stand.passes(60)
    assert [len(page) for page in stand.numbers()] == [30]
    stand.is_free = True
    stand.passes(60)
    assert [len(page) for page in stand.numbers()] == [30, 30, 5]
    assert ["第 2 页，共 3 页" in line for line in stand.slips()[1] if line.startswith("页")] == [True]
    assert "心内科（续）" in stand.slips()[1]
    assert "人数 65" in stand.slips()[2]
    stand.checks_in(7)
    stand.worker.order(ListOrder(ListKind.DAY, department="心内"))
    stand.passes(60)
    (slip,) = (one for one in stand.slips()[3:] if any(line.startswith("A007") for line in one))
    assert [line for line in slip if line.startswith("A007")] == ["A007  12:30  欧*试  已到"]
    stand.worker.order(ListOrder(ListKind.DAY, department="骨科"))
    stand.passes(60)
    assert len(stand.slips()) == 6


def test_the_numbers_that_only_this_terminal_gives_come_after_the_days_list(stand: Stand, counter: Any) -> None:
    ward = stand.ward
    stand.store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(ward.Patient(no=1))))
    till = counter.Counter(stand.store, stand.clock)
    till.granted(counter.lease(12, 13))
    till.sell(12, ward.Patient(no=12))
    stand.worker.order(ListOrder(ListKind.DAY))
    stand.passes(60)
    day, lent = stand.slips()
    assert "今日预约清单" in day
    assert "本机预留号清单" in lent
    assert "未发出的号 1" in lent
    assert [line for line in lent if line.startswith("A0")] == ["A012  16:00  已发出", "A013  16:10"]


def test_paper_out_in_the_middle_of_what_staff_asked_for_goes_on_at_that_page(stand: Stand) -> None:
    ward = stand.ward
    rows = [ward.booking_row(ward.Patient(no=no)) for no in range(1, 36)]
    stand.store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), *rows))
    stand.worker.order(ListOrder(ListKind.DAY))
    stand.worker.step(stand.clock.boot_ms())
    stand.printer.become(PaperOut())
    stand.passes(3)
    stand.become(Ready())
    stand.passes(60)
    assert [len(page) for page in stand.numbers()] == [30, 5]


def test_a_store_that_fails_is_tried_again(stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    stand.passes(1)
    stand.checks_in(1)
    source = stand.worker._around.source.store
    real = type(source).unheard

    def fails(_self: object) -> Any:
        raise StoreFault("no")

    monkeypatch.setattr(type(source), "unheard", fails)
    stand.passes(40 * 60)
    assert stand.slips() == []
    caplog.clear()
    monkeypatch.setattr(type(source), "unheard", real)
    stand.passes(60)
    assert stand.numbers() == [["A001"]]
