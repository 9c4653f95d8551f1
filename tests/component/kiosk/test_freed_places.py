"""Acts that build on each other: after registering, giving a booking up, changing it; and what becomes of its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from booking.wire import EventResult
from kiosk.ports.lending import ActState, NotOnlyHere, PlaceGone


def _answer(till: Any, operation_id: UUID, verdict: str, **more: Any) -> None:
    till.outbox.note_result(EventResult(operation_id=operation_id, verdict=verdict, **more), now_ms=1)


def _offer(till: Any) -> None:
    till.outbox.note_offered([one.operation_id for one in till.outbox.waiting()], now_ms=1)


def test_an_act_waits_for_what_it_builds_on_and_for_nothing_else(till: Any, someone: Any, other: Any) -> None:
    registered = till.register(someone)
    bought = till.sell(1, someone, person_id=registered.person.person_id)
    alone = till.sell(2, other)
    after = {one.operation_id: one.after for one in till.outbox.waiting()}
    assert after == {
        registered.act.operation_id: (),
        bought.act.operation_id: (registered.act.operation_id,),
        alone.act.operation_id: (),
    }
    _answer(till, registered.act.operation_id, "deferred")
    assert after == {one.operation_id: one.after for one in till.outbox.waiting()}
    _answer(till, registered.act.operation_id, "conflict")
    assert [one.after for one in till.outbox.waiting()] == [(), ()]


def test_whoever_registered_here_is_known_by_their_card(till: Any, someone: Any, other: Any, ward: Any) -> None:
    record = till.register(someone)
    keys = ward.booking_row(someone).booking.credential_hashes
    assert till.sales.local_person(keys[:1]) == record.person
    assert till.sales.local_person(ward.booking_row(other).booking.credential_hashes) is None


# Giving up and changing
def test_a_booking_that_nobody_knows_of_is_cancelled_and_its_place_sold_when_the_server_agrees(
    till: Any, someone: Any, other: Any
) -> None:
    """Once the server has the booking, and until it has the cancelling, others may free the place there and sell it."""
    first = till.sell(1, someone)
    assert till.sales.is_only_here(first.act.booking_id)
    seen = till.place(2)
    gone = till.cancel(first.act.booking_id)
    assert till.desk.row("booking", first.act.booking_id).booking.state == "cancelled"
    assert (till.state(1), till.sellable()) == ("lent", [2])
    with pytest.raises(PlaceGone):
        till.sales.write_sale(till.sale(replace(seen, no=1), other))
    _answer(till, first.act.operation_id, "applied")
    assert till.sellable() == [2]
    _answer(till, gone.operation_id, "applied")
    again = till.sell(1, other)
    assert again.act.place.number != first.act.place.number


def test_what_the_server_may_know_is_asked_for(till: Any, someone: Any) -> None:
    record = till.sell(1, someone)
    _offer(till)
    assert not till.sales.is_only_here(record.act.booking_id)
    with pytest.raises(NotOnlyHere):
        till.cancel(record.act.booking_id)
    asked = till.cancel(record.act.booking_id, is_request=True)
    assert till.state(1) == "sold"
    assert till.desk.row("booking", record.act.booking_id).booking.state == "booked"
    _answer(till, record.act.operation_id, "applied")
    _answer(till, asked.operation_id, "refused", reason="past_cut_off")
    book, cancel = till.sales.acts_about(record.act.booking_id)
    assert (book.state, cancel.state) == (ActState.ANSWERED, ActState.NOT_APPLIED)
    assert cancel.result.reason == "past_cut_off"
    assert till.state(1) == "sold"


def test_a_place_that_the_server_would_not_take_back_is_not_sold(till: Any, someone: Any) -> None:
    record = till.sell(1, someone)
    act = till.cancel(record.act.booking_id)
    _answer(till, record.act.operation_id, "applied")
    _answer(till, act.operation_id, "conflict")
    assert (till.state(1), till.sellable()) == ("gone", [2])


def test_a_place_released_by_force_is_not_lent_again_by_a_cancel(till: Any, counter: Any, someone: Any) -> None:
    record = till.sell(1, someone)
    till.granted(counter.lease(2))
    till.cancel(record.act.booking_id)
    assert till.sellable() == [2]


def test_a_change_asked_for_keeps_the_place_until_the_answer(till: Any, someone: Any, ward: Any) -> None:
    mirrored = ward.booking_row(someone)
    till.store.mirror(ward.HOSPITAL).take_rows((mirrored,))
    act = till.change(mirrored.booking.id, 2, someone, is_request=True)
    assert till.state(2) == "kept_for_change"
    assert till.sellable() == [1]
    assert till.desk.row("booking", act.new_booking_id) is None
    _answer(till, act.operation_id, "applied")
    assert till.state(2) == "sold"
    assert till.desk.row("booking", act.new_booking_id).booking.slot_no == 2


@pytest.mark.parametrize("is_still_lent", [True, False])
def test_a_change_refused_gives_the_place_to_the_lease(
    till: Any, someone: Any, ward: Any, counter: Any, is_still_lent: bool
) -> None:
    mirrored = ward.booking_row(someone)
    till.store.mirror(ward.HOSPITAL).take_rows((mirrored,))
    act = till.change(mirrored.booking.id, 2, someone, is_request=True)
    till.granted(counter.lease(1, 2) if is_still_lent else counter.lease(1))
    _answer(till, act.operation_id, "refused")
    assert till.sellable() == ([1, 2] if is_still_lent else [1])
    assert till.desk.row("booking", act.new_booking_id) is None


def test_a_change_of_what_only_this_terminal_has_is_done(till: Any, someone: Any) -> None:
    record = till.sell(1, someone)
    act = till.change(record.act.booking_id, 2, someone)
    assert (till.state(1), till.state(2)) == ("lent", "sold")
    assert till.desk.row("booking", record.act.booking_id).booking.state == "moved"
    assert till.desk.row("booking", act.new_booking_id).booking.state == "booked"
    cancelled = till.cancel(act.new_booking_id)
    after = {one.operation_id: one.after for one in till.outbox.waiting()}
    assert after[cancelled.operation_id] == (act.operation_id,)
    assert till.sellable() == []
    for operation_id in after:
        _answer(till, operation_id, "applied")
    assert till.sellable() == [1, 2]


def test_a_place_is_given_back_after_what_freed_it(till: Any, clock: Any, ward: Any, someone: Any) -> None:
    record = till.sell(1, someone)
    cancelled = till.cancel(record.act.booking_id)
    clock.pass_ms(ward.HOUR_MS + 1)
    (back,) = till.give_back()
    assert back.slot_nos == (1, 2)
    after = {one.operation_id: one.after for one in till.outbox.waiting()}
    assert after[back.operation_id] == (cancelled.operation_id,)
