"""Lent places between a real terminal and the real server, over HTTP: asked for, sold off line, told, given back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.ports.lending import ActState
from lab import outages


@pytest.fixture
def till(terminal: Any, counter: Any) -> Any:
    """The terminal's counter, once it has been lent places."""
    made = counter.Counter(terminal.store, terminal.clock, hospital_id=terminal.store.site.site().hospital_id)
    made.now = terminal.time.now
    terminal.step_until(lambda: made.sellable() != [])
    return made


def _slot(central_server: Any, place: Any) -> Any:
    query = sa.text("SELECT state, lease_id, booking_id FROM slot WHERE session_id = :session AND no = :no")
    with central_server.store() as connection:
        return connection.execute(query, {"session": place.session_id.hex, "no": place.no}).one()


def test_sold_off_line_it_is_one_booking_on_both_sides(
    terminal: Any, till: Any, network: Any, central_server: Any, ward: Any
) -> None:
    place = till.sales.sellable_places(now=till.now())[-1]
    assert _slot(central_server, place).state == "leased"
    network.switch(outages.Refusing())
    terminal.step_until(lambda: not terminal.contact.is_online())
    someone = terminal.bookings()[0].person_id
    record = till.sale(place, ward.Patient(no=7), person_id=someone)
    till.sales.write_sale(record)
    assert terminal.arrivals.row("booking", record.act.booking_id).ver == 0
    network.restore()
    terminal.sync()
    (act,) = till.sales.acts_about(record.act.booking_id)
    assert (act.state, act.result.reason) == (ActState.ANSWERED, "")
    found = _slot(central_server, place)
    assert (found.state, found.booking_id) == ("busy", record.act.booking_id.hex)
    assert terminal.arrivals.row("booking", record.act.booking_id).ver > 0


def test_a_lost_answer_lends_nothing_twice(terminal: Any, till: Any, network: Any, central_server: Any) -> None:
    before = {(place.lease_id, place.no) for place in till.sales.sellable_places(now=till.now())}
    network.switch(outages.LosingAnswers())
    terminal.worker.hurry()
    terminal.step_until(lambda: not terminal.contact.is_online() or till.leases.open_ask() is not None)
    network.restore()
    terminal.clock.pass_ms(60_000)
    terminal.sync()
    terminal.step_until(lambda: till.leases.open_ask() is None)
    after = {(place.lease_id, place.no) for place in till.sales.sellable_places(now=till.now())}
    assert before <= after
    with central_server.store() as connection:
        lent = connection.execute(sa.text("SELECT count(*) FROM slot WHERE state = 'leased'")).scalar_one()
    assert lent == len(after)


def test_what_is_given_back_is_free_at_the_server(
    terminal: Any, till: Any, central_server: Any, clock: Any, ward: Any
) -> None:
    (place, *_) = till.sales.sellable_places(now=till.now())
    (act,) = [
        till.return_of(one) for one in till.leases.returnable(_much_later(till, ward)) if one.lease_id == place.lease_id
    ]
    till.leases.write_return(act, made_ms=clock.now_ms())
    terminal.sync()
    there = _slot(central_server, place)
    assert (there.state, there.lease_id) == ("free", None) or there.lease_id != place.lease_id  # or lent anew since
    assert till.state(place.no, place.lease_id) == "gone"
    assert terminal.outbox.counts().not_applied == 0


def _much_later(till: Any, ward: Any) -> Any:
    now = till.now()
    return type(now)(
        boot_id=now.boot_id, boot_ms=now.boot_ms, wall_ms=now.wall_ms + 30 * 24 * ward.HOUR_MS, trust=now.trust
    )
