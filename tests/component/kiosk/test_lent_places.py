"""Lent places on the terminal's disk: sold once, given back for good, and lent again by no answer's age."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from booking.lending import ClockTrust
from booking.wire import EventResult
from booking.wire_lease import LeaseGrant
from kiosk.ports.lending import PlaceGone
from kiosk.ports.store import StoreFault


def _answer(till: Any, operation_id: UUID, verdict: str, **more: Any) -> None:
    till.outbox.note_result(EventResult(operation_id=operation_id, verdict=verdict, **more), now_ms=1)


# Selling
def test_a_lent_place_is_sold_once(till: Any, someone: Any, other: Any) -> None:
    first, second = till.sale(till.place(1), someone), till.sale(till.place(1), other)
    till.sales.write_sale(first)
    with pytest.raises(PlaceGone):
        till.sales.write_sale(second)
    assert till.sellable() == [2]
    assert [one.operation_id for one in till.outbox.waiting()] == [first.act.operation_id]
    assert till.desk.row("booking", second.act.booking_id) is None


def test_sold_by_two_at_the_same_time_it_is_sold_once(till: Any, someone: Any, other: Any) -> None:
    together = threading.Barrier(2)
    refused: list[StoreFault] = []

    def sell(record: Any) -> None:
        together.wait(5)
        try:
            till.sales.write_sale(record)
        except PlaceGone as fault:
            refused.append(fault)

    records = [till.sale(till.place(1), someone), till.sale(till.place(1), other)]
    sellers = [threading.Thread(target=sell, args=(record,)) for record in records]
    for seller in sellers:
        seller.start()
    for seller in sellers:
        seller.join(10)
    assert len(refused) == 1
    assert len(till.outbox.waiting()) == 1


def test_each_booking_number_is_good_once(till: Any, someone: Any, other: Any) -> None:
    first, second = till.sale(till.place(1), someone), till.sale(till.place(2), other)
    assert first.act.place.number == second.act.place.number
    till.sales.write_sale(first)
    with pytest.raises(PlaceGone):
        till.sales.write_sale(second)
    assert till.place(2).number != first.act.place.number


def test_what_was_sold_here_is_found_like_any_booking(till: Any, someone: Any, ward: Any) -> None:
    record = till.sell(1, someone)
    booking = record.booking.booking
    keys = booking.credential_hashes
    assert till.desk.row("booking", booking.id) == record.booking
    assert till.desk.bookings_of(keys) == (record.booking,)
    assert till.desk.booking_with_number(booking.number_hash) == record.booking
    assert till.store.lists(ward.HOSPITAL).bookings_on(ward.TODAY) == (record.booking,)


def test_the_servers_row_takes_over(till: Any, someone: Any, ward: Any) -> None:
    record = till.sell(1, someone)
    booking = record.booking.booking
    theirs = replace(record.booking, ver=1, booking=replace(booking, state="confirmed"))
    till.store.mirror(ward.HOSPITAL).take_rows((theirs,))
    assert till.desk.row("booking", booking.id) == theirs
    assert till.desk.bookings_of(booking.credential_hashes) == (theirs,)
    number = till.store.mirror(ward.HOSPITAL).begin_snapshot()
    till.store.mirror(ward.HOSPITAL).finish_snapshot(snapshot_no=number, cursor="e.2")
    assert till.desk.row("booking", booking.id) is None  # the server has it no more: the local one is long gone


def test_a_snapshot_without_it_leaves_what_waits_to_be_told(till: Any, someone: Any, ward: Any) -> None:
    record = till.sell(1, someone)
    mirror = till.store.mirror(ward.HOSPITAL)
    mirror.finish_snapshot(snapshot_no=mirror.begin_snapshot(), cursor="e.1")
    assert till.desk.row("booking", record.act.booking_id) == record.booking


@pytest.mark.parametrize(
    ("trust", "later_ms"),
    [(ClockTrust.LOST, 0), (ClockTrust.SYNCED, 3_600_001), (ClockTrust.HOLDOVER, 3 * 24 * 3_600_000)],
)
def test_by_a_lost_clock_after_the_last_sale_and_past_its_use_nothing_is_sold(
    till: Any, someone: Any, clock: Any, trust: ClockTrust, later_ms: int
) -> None:
    record = till.sale(till.place(1), someone)
    clock.pass_ms(later_ms)
    till.trust = trust
    assert till.sellable() == []
    late = replace(record, now=till.now())
    with pytest.raises(PlaceGone):
        till.sales.write_sale(late)
    assert till.outbox.waiting() == ()


def test_a_place_whose_time_is_over_is_not_sold_to_whoever_walks_in(store: Any, clock: Any, counter: Any) -> None:
    till = counter.Counter(store, clock)
    session_end = counter.places(9)[0].ends_ms
    till.granted(counter.lease(1, 9, is_for_walk_ins=True, last_sale_ms=session_end))
    clock.pass_ms(counter.places(1)[0].ends_ms - clock.now_ms())
    assert till.sellable() == [9]


# The answer
def test_what_a_grant_does_not_name_is_never_sold(till: Any, counter: Any, someone: Any) -> None:
    record = till.sale(till.place(1), someone)
    taken = till.granted(counter.lease(2))
    assert (taken.new, taken.gone) == (0, 1)
    with pytest.raises(PlaceGone):
        till.sales.write_sale(record)
    till.granted(counter.lease(1, 2))
    assert till.sellable() == [2]  # an older answer: it is given back, not sold
    (act,) = till.give_back()
    assert act.slot_nos == (1,)


def test_what_was_sold_stays_sold_whatever_the_server_says(till: Any, counter: Any, someone: Any) -> None:
    till.sell(1, someone)
    till.granted(counter.lease(1, 2))
    assert till.state(1) == "sold"
    till.granted()
    assert till.state(1) == "sold"
    assert till.sellable() == []


def test_an_answer_to_another_question_changes_nothing(till: Any, counter: Any) -> None:
    till.ask()
    taken = till.leases.take_grant(LeaseGrant(request_id=UUID(int=99), leases=()))
    assert (taken.new, taken.gone) == (0, 0)
    assert till.sellable() == [1, 2]


def test_a_question_that_is_asked_again_keeps_its_id_and_its_first_time(till: Any, clock: Any) -> None:
    first = till.ask()
    clock.pass_ms(60_000)
    assert till.ask() == first
    assert till.leases.open_ask() == first


def test_its_use_is_counted_from_the_first_sending(store: Any, clock: Any, counter: Any) -> None:
    till = counter.Counter(store, clock)
    till.ask()
    clock.pass_ms(30 * 60_000)
    till.granted(counter.lease(1, good_for_ms=40 * 60_000))
    assert till.sellable() == [1]
    clock.pass_ms(10 * 60_000)
    assert till.sellable() == []


# Giving back
def test_a_place_that_is_given_back_is_never_sold_again(till: Any, counter: Any, someone: Any) -> None:
    record = till.sale(till.place(1), someone)
    till.granted(counter.lease(1, 2), give_back=(counter.LEASE,))
    assert till.sellable() == [1, 2]  # until it is on disk as given back
    (act,) = till.give_back()
    assert act.slot_nos == (1, 2)
    with pytest.raises(PlaceGone):
        till.sales.write_sale(record)
    assert till.state(1) == "giving_back"
    till.granted(counter.lease(1, 2))  # the server has not heard of it
    assert till.sellable() == []
    _answer(till, act.operation_id, "applied")
    assert till.state(1) == "gone"
    assert till.give_back() == []


def test_a_place_that_was_sold_meanwhile_is_not_given_back(till: Any, clock: Any, counter: Any, someone: Any) -> None:
    till.granted(counter.lease(1, 2), give_back=(counter.LEASE,))
    (due,) = till.leases.returnable(till.now())
    till.sell(1, someone)
    act = counter.ReturnPlacesAct(
        operation_id=till.new_id(), lease_id=due.lease_id, slot_nos=due.slot_nos, at=till.at()
    )
    with pytest.raises(PlaceGone):
        till.leases.write_return(act, made_ms=clock.now_ms())
    assert till.state(2) == "lent"
    assert len(till.outbox.waiting()) == 1


def test_past_the_last_sale_the_unsold_are_given_back(till: Any, clock: Any, ward: Any, someone: Any) -> None:
    till.sell(1, someone)
    clock.pass_ms(ward.HOUR_MS + 1)
    (act,) = till.give_back()
    assert act.slot_nos == (2,)


def test_a_lease_without_numbers_is_given_back(store: Any, clock: Any, counter: Any) -> None:
    till = counter.Counter(store, clock)
    till.granted(counter.lease(1, 2, numbers=()))
    assert till.sellable() == []
    assert [act.slot_nos for act in till.give_back()] == [(1, 2)]


# Power cuts, days and revisions
def test_a_copy_of_the_files_at_any_instant_is_a_whole_terminal(
    tmp_path: Path, till: Any, someone: Any, ward: Any, clock: Any, counter: Any
) -> None:
    """As a power cut would leave it: the files as they stand after each transaction, opened anew."""

    def reopened(name: str) -> Any:
        shutil.copytree(tmp_path / "store", tmp_path / name)
        return counter.Counter(ward.open_ward(tmp_path / name, clock), clock)

    before = reopened("before")
    record = till.sell(1, someone)
    after_sale = reopened("after")
    till.granted(counter.lease(2), give_back=(counter.LEASE,))
    till.give_back()
    after_return = reopened("returned")
    assert (before.sellable(), before.outbox.waiting()) == ([1, 2], ())
    assert after_sale.sellable() == [2]
    assert [one.operation_id for one in after_sale.outbox.waiting()] == [record.act.operation_id]
    assert after_return.sellable() == []
    assert [one.event.kind for one in after_return.outbox.waiting()] == ["book", "return_places"]
    for one in (before, after_sale, after_return):
        one.store.close()


def test_a_lease_is_kept_until_nothing_of_it_is_open_at_either_end(
    till: Any, someone: Any, ward: Any, counter: Any, clock: Any
) -> None:
    mirror = till.store.mirror(ward.HOSPITAL)
    record = till.sell(1, someone)
    clock.pass_ms(ward.HOUR_MS + 1)
    (back,) = till.give_back()
    mirror.purge(keep_from="2026-03-09", now_ms=clock.now_ms())
    assert (till.state(1), till.state(2)) == ("sold", "giving_back")
    _answer(till, back.operation_id, "applied")
    _answer(till, record.act.operation_id, "applied")
    till.granted()
    mirror.purge(keep_from="2026-03-09", now_ms=clock.now_ms())
    assert till.leases.leases() == ()


def test_another_terminals_leases_are_not_sold(till: Any, ward: Any) -> None:
    till.store.site.keep_site(ward.SITE)
    assert till.sellable() == []
    assert till.leases.open_ask() is None


def test_nothing_readable_of_a_registration_is_kept(till: Any, someone: Any) -> None:
    till.register(someone)
    till.sell(1, someone)
    with till.store.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        kept = "".join(repr(list(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}")))) for name in tables)
    assert not [text for text in (someone.name, someone.id_number, someone.card_number) if text in kept]
