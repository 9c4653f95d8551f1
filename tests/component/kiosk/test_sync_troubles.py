"""Acts that the server cannot take: nothing is lost, nobody is held up, the mirror goes on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.wire import Row, SnapshotHead
from kiosk.journey.facts import Facts, learn
from kiosk.ports.central import ConnectionChanged
from kiosk.ports.desk import CheckedIn
from kiosk.ports.store import StoreAnswered, StoreBroken, StoreFault
from kiosk.sync.codec import WireCodec
from kiosk.sync.transport import HttpReply
from lab import outages

CODEC = WireCodec()


def test_a_poisoned_act_is_kept_visible_and_holds_nobody_up(terminal: Any, network: Any) -> None:
    terminal.open_booking()
    poisoned, fine = terminal.open_bookings()[:2]
    network.switch(outages.Refusing())
    terminal.check_in(poisoned)
    terminal.check_in(fine)
    with terminal.store.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE outbox SET body = replace(body, :number, :nonsense) WHERE subject_id = :id"),
            {
                "number": terminal.arrivals.arrival(poisoned.id).queue_number,
                "nonsense": "N" * 300,
                "id": poisoned.id.hex,
            },
        )
    network.restore()
    terminal.sync()
    assert (terminal.outbox.counts().waiting, terminal.outbox.counts().not_applied) == (0, 1)
    assert terminal.arrivals.arrival(fine.id).is_confirmed
    assert not terminal.arrivals.arrival(poisoned.id).is_confirmed


def test_an_act_whose_booking_the_server_does_not_know_yet_waits_and_holds_nobody_up(
    terminal: Any, network: Any, ward: Any
) -> None:
    terminal.open_booking()
    fine = terminal.open_bookings()[0]
    early = replace(fine, id=UUID(int=0x77))
    terminal.mirror.take_rows((Row(kind="booking", id=str(early.id), ver=1, booking=early),))
    network.switch(outages.Refusing())
    terminal.check_in(early)
    terminal.check_in(fine)
    network.restore()
    terminal.step_until(lambda: len(terminal.outbox.waiting()) == 1 and terminal.outbox.waiting()[0].attempts > 2)
    assert terminal.outbox.waiting()[0].subject_id == early.id
    assert terminal.arrivals.arrival(fine.id).is_confirmed
    assert terminal.outbox.counts().not_applied == 0


BUSY = HttpReply(
    503,
    {"content-type": "application/problem+json", "retry-after": "1"},
    b'{"type": "urn:kiosk:problem:busy", "title": "Too busy", "status": 503, "reason": "busy"}',
)
FORBIDDEN = HttpReply(403, {"content-type": "text/html"}, b"<html>403</html>")


@pytest.mark.parametrize("answer", [BUSY, FORBIDDEN, None], ids=["busy", "somebody else's", "none"])
def test_an_upload_that_never_succeeds_does_not_freeze_the_mirror(
    terminal: Any, make_terminal: Any, network: Any, answer: HttpReply | None
) -> None:
    terminal.open_booking()
    stuck, elsewhere = terminal.open_bookings()[:2]
    network.switch(outages.Refusing())
    terminal.check_in(stuck)
    network.restore()
    terminal.doorway.instead["/v1/events"] = answer
    other = make_terminal("T2")
    other.sync()
    terminal.step_until(terminal.contact.is_online)
    told = len(terminal.heard.events)
    terminal.clock.pass_ms(1)
    other.check_in(elsewhere)
    terminal.step_until(lambda: terminal.arrivals.row("booking", elsewhere.id).booking.state == "checked_in", most=8)
    assert [it.event.kind for it in terminal.outbox.waiting()].count("check_in") == 1
    is_flapping = ConnectionChanged(is_online=False) in terminal.heard.events[told:]
    assert is_flapping == (answer is None)
    terminal.doorway.instead.clear()
    terminal.sync()
    assert terminal.arrivals.arrival(stuck.id).is_confirmed


def test_an_upload_that_never_succeeds_is_tried_ever_more_rarely(terminal: Any, network: Any, clock: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    terminal.check_in(booking)
    network.restore()
    terminal.doorway.instead["/v1/events"] = BUSY
    terminal.step_until(terminal.contact.is_online)
    until_ms = clock.boot_ms() + 3 * 60_000
    terminal.step_until(lambda: clock.boot_ms() >= until_ms, most=2000)
    assert 6 <= terminal.doorway.seen.count("/v1/events") <= 14


def test_a_busy_server_is_not_a_cut_line(terminal: Any) -> None:
    terminal.doorway.instead = {"/v1/feed": BUSY, "/v1/heartbeat": BUSY}
    told = len(terminal.heard.events)
    started_ms = terminal.clock.boot_ms()
    terminal.step_until(lambda: terminal.clock.boot_ms() - started_ms > 60_000)
    assert terminal.contact.is_online()
    assert not any(isinstance(event, ConnectionChanged) for event in terminal.heard.events[told:])


def test_staff_who_want_it_now_need_not_wait_for_the_pause(terminal: Any, network: Any, clock: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    terminal.check_in(booking)
    terminal.step_until(lambda: terminal.worker.step(clock.boot_ms()) - clock.boot_ms() > 10_000)
    network.restore()
    terminal.worker.step(clock.boot_ms())
    assert not terminal.contact.is_online()
    terminal.thread.hurry()
    for _ in range(2):
        terminal.worker.step(clock.boot_ms())
    assert terminal.outbox.counts().waiting == 0


def test_staff_who_want_it_now_need_not_wait_for_a_held_back_act(terminal: Any, network: Any, clock: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    terminal.check_in(booking)
    network.restore()
    terminal.doorway.instead["/v1/events"] = BUSY
    terminal.step_until(lambda: terminal.doorway.seen.count("/v1/events") == 6, most=200)
    terminal.doorway.instead.clear()
    terminal.worker.hurry()
    for _ in range(2):
        terminal.worker.step(clock.boot_ms())
    assert terminal.outbox.counts().waiting == 0


def _snapshot(*, broken_at: int | None = None, cut_to: float = 1.0) -> HttpReply:
    """Of 2,500 rows that the terminal does not have, and none of those that it has."""
    rows = [CODEC.encode(Row(kind="doctor", id=str(UUID(int=n)), ver=1, is_deleted=True)) for n in range(2500)]
    if broken_at is not None:
        rows[broken_at] = '"a line of something else"'
    head = CODEC.encode(SnapshotHead(cursor="e.9", days=(), today="2026-03-01", rows=len(rows)))
    body = "".join(line + "\n" for line in (head, *rows)).encode()
    return HttpReply(200, {"content-type": "application/x-ndjson"}, body[: int(len(body) * cut_to)])


@pytest.mark.parametrize("answer", [_snapshot(broken_at=2000), _snapshot(cut_to=0.7)], ids=["no row", "cut short"])
def test_half_a_snapshot_takes_nothing_away(terminal: Any, answer: HttpReply) -> None:
    booking = terminal.open_booking()
    held = terminal.bookings()
    terminal.mirror.drop_cursor()
    terminal.doorway.instead["/v1/snapshot"] = answer
    terminal.step_until(lambda: not terminal.contact.is_online())
    assert terminal.bookings() == held
    assert terminal.mirror.cursor() is None
    assert isinstance(terminal.check_in(booking), CheckedIn)
    terminal.doorway.instead.clear()
    terminal.sync()
    assert {one.id for one in terminal.bookings()} == {one.id for one in held}
    assert terminal.arrivals.arrival(booking.id).is_confirmed


def test_a_row_that_cannot_be_read_costs_no_other(terminal: Any) -> None:
    rows = [CODEC.encode(Row(kind="doctor", id=str(UUID(int=n)), ver=1, is_deleted=True)) for n in range(20)]
    rows[7] = '{"kind": "doctor", "id": "unreadable"}'
    head = CODEC.encode(SnapshotHead(cursor="e.9", days=(), today="2026-03-01", rows=len(rows)))
    body = "".join(line + "\n" for line in (head, *rows)).encode()
    terminal.mirror.drop_cursor()
    terminal.doorway.instead["/v1/snapshot"] = HttpReply(200, {"content-type": "application/x-ndjson"}, body)
    terminal.step_until(lambda: terminal.mirror.cursor() == "e.9")
    page = '{"v": 1, "rows": [%s], "cursor": "e.10", "has_more": false, "today": "2026-03-01"}'
    answer = (page % ", ".join(rows[5:9])).encode()
    terminal.doorway.instead["/v1/feed"] = HttpReply(200, {"content-type": "application/json"}, answer)
    terminal.step_until(lambda: terminal.mirror.cursor() == "e.10")
    assert terminal.worker.unreadable_rows == {"doctor": 2}
    assert terminal.contact.is_online()


class FailingOutbox:
    """The outbox of a disk that hiccups when it is told to."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.hiccups = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def counts(self) -> Any:
        if self.hiccups:
            self.hiccups -= 1
            raise StoreBroken("disk I/O error")
        return self._inner.counts()


def _facts_after(terminal: Any) -> Facts:
    facts = Facts(languages=("zh-CN",), bookings_per_page=4, is_enrolled=True)
    for event in terminal.heard.events:
        facts = learn(facts, event)
    return facts


@pytest.mark.parametrize(("good_steps", "is_closed"), [(19, False), (0, True)])
def test_a_store_that_hiccups_off_line_is_broken_only_three_times_in_a_row(
    make_terminal: Any, network: Any, good_steps: int, is_closed: bool, caplog: Any
) -> None:
    terminal = make_terminal("T1")
    outbox = FailingOutbox(terminal.outbox)
    terminal.works_with(outbox=outbox)
    terminal.sync()
    network.switch(outages.Refusing())
    for _ in range(3):
        outbox.hiccups = 1
        for _ in range(1 + good_steps):
            terminal.clock.pass_ms(60_000)
            terminal.worker.step(terminal.clock.boot_ms())
    assert _facts_after(terminal).is_store_broken() == is_closed
    caplog.clear()


def test_a_store_that_can_only_be_read_is_found_out_off_line(terminal: Any, network: Any, caplog: Any) -> None:
    network.switch(outages.Refusing())
    terminal.step_until(lambda: not terminal.contact.is_online())
    outbox = FailingOutbox(terminal.outbox)
    terminal.works_with(outbox=outbox)
    with terminal.store.engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TRIGGER no_writing BEFORE UPDATE ON meta BEGIN SELECT RAISE(FAIL, 'read only'); END")
        )
        connection.execute(
            sa.text("CREATE TRIGGER no_adding BEFORE INSERT ON meta BEGIN SELECT RAISE(FAIL, 'read only'); END")
        )
    outbox.hiccups = 1
    faults = [StoreFault.code, StoreBroken.code]
    terminal.step_until(lambda: sum(getattr(each, "code", "") in faults for each in terminal.heard.events) >= 3)
    assert StoreAnswered() not in terminal.heard.events
    caplog.clear()


@pytest.mark.usefixtures("no_collector")
def test_a_night_off_line_leaves_no_rubbish(terminal: Any, network: Any) -> None:
    network.switch(outages.Refusing())
    terminal.step_until(lambda: not terminal.contact.is_online())
    gc.collect()
    for _ in range(50):
        terminal.clock.pass_ms(60_000)
        terminal.worker.step(terminal.clock.boot_ms())
    assert gc.collect() < 50


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()
