"""A store goes to the release before leases and back while nothing is lent, and not while anything is."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.appointments.tables import booking
from central.leases.tables import lease, lease_number, lease_place
from central.rosters.tables import slot
from central.tables import migrate
from central.tables.database import Database, Use
from tests.plugins.booking_hall import TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of, sell
from tests.plugins.postgres import on_both_engines

KIOSK = "channel:kiosk"
BEFORE = "0004"


@pytest.fixture
def engine(hall_database: Database) -> Iterator[sa.Engine]:
    one = hall_database.engine(Use.MIGRATE)
    yield one
    one.dispose()


@on_both_engines
def test_a_filled_store_goes_down_and_up_when_all_is_given_back(
    hall: Hall, lending: Lending, engine: sa.Engine
) -> None:
    sessions = [hall.session(TOMORROW, pools={KIOSK: 2}) for _ in range(2)]
    kiosk = lending.kiosk()
    one, other = bookings_of(kiosk.ask())
    booking_id = new_id()
    sell(hall, one, one["places"][0]["no"], booking_id)
    with pytest.raises(RuntimeError, match="given back or released"):
        migrate.migrate(engine, to=BEFORE)
    assert migrate.is_current(engine)
    assert len(lending.lent()) == 1
    kiosk.give_back(other["id"], [it["no"] for it in other["places"]])
    migrate.migrate(engine, to=BEFORE)
    migrate.bring_up_to_date(engine)
    places = sorted(
        (it.state, it.booking_id) for it in hall.rows(sa.select(slot.c.state, slot.c.booking_id)) if it.booking_id
    )
    assert places == [("busy", booking_id)]
    assert [it.booking_id for it in hall.rows(sa.select(booking.c.booking_id))] == [booking_id]
    for table in (lease, lease_place, lease_number):
        assert hall.rows(sa.select(table)) == []
    again = bookings_of(kiosk.ask())
    assert {UUID(it["session_id"]) for it in again} == set(sessions)
    assert hall.breaches() == []
