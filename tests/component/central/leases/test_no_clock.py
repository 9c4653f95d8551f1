"""No hour takes a lent place away: neither a return of pools, nor a cut-off, nor the end of a session.

# sync C4; rules C5, C7, H1
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.due import Due
from central.rosters.release import Release
from central.rosters.tables import session, session_pool, slot
from tests.plugins.booking_hall import KEYS, MINUTE_MS, NOW_MS, TODAY, TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of, sell
from tests.plugins.postgres import on_both_engines

DAY_MS = 24 * 60 * MINUTE_MS
KIOSK = "channel:kiosk"


def pass_time(hall: Hall, until_ms: int) -> None:
    """All that the server does by the clock is done, each hour on the way."""
    while hall.clock.now_ms < until_ms:
        hall.clock.now_ms = min(until_ms, hall.clock.now_ms + 8 * 60 * MINUTE_MS)
        ask, write = hall.parts.reader.submit, hall.parts.writer.submit
        Release(ask=ask, write=write).step(hall.clock.now_ms)
        Due(ask=ask, write=write, keys=KEYS).step(hall.clock.now_ms)


@on_both_engines
def test_what_is_lent_stays_lent_whatever_the_hour(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[window]\nrush_min = 30\n[waiting_list]\non = true")
    session_id = hall.session(TOMORROW, pools={KIOSK: 2, "walk_in": 2, "common": 4})
    own = session_pool.c.session_id == session_id
    returns_ms = NOW_MS + 2 * 60 * MINUTE_MS
    hall.run(session_pool.update().where(own, session_pool.c.pool != "common").values(returns_ms=returns_ms))
    lending.kiosk().ask()
    lent = lending.lent()
    assert len(lent) == 2
    pass_time(hall, NOW_MS + 3 * DAY_MS)
    assert lending.lent() == lent
    query = sa.select(slot.c.pool).where(slot.c.state == "leased")
    assert {it.pool for it in hall.rows(query)} == {KIOSK, "walk_in"}
    assert {it.returned_ms for it in hall.rows(sa.select(session_pool).where(own)) if it.pool != "common"} != {None}
    assert hall.breaches() == []


@on_both_engines
def test_what_is_lent_when_its_session_is_over_is_unsold_until_the_terminal_says_otherwise(
    hall: Hall, lending: Lending
) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 2})
    other = hall.session(TODAY + timedelta(days=3), pools={KIOSK: 2})
    kiosk, staff = lending.kiosk(), lending.staff()
    one, _ = sorted(bookings_of(kiosk.ask()), key=lambda it: it["session_id"] != str(session_id))
    assert staff.get("leases?is_unsold=true").json()["leases"] == []
    pass_time(hall, NOW_MS + 2 * DAY_MS)
    (line,) = staff.get("leases?is_unsold=true").json()["leases"]
    assert (line["lease_id"], line["is_unsold"], line["lent"]) == (one["id"], True, 1)
    assert hall.places(other)["leased"] == 1
    sell(hall, one, one["places"][0]["no"], new_id())  # it was sold in time, and is told late
    assert staff.get("leases?is_unsold=true").json()["leases"] == []
    assert hall.places(session_id) == {"busy": 1, "free": 1}


@on_both_engines
def test_a_stop_leaves_lent_places_with_their_terminal(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 2})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    hall.run(session.update().where(session.c.session_id == session_id).values(stopped_ms=NOW_MS))
    blocked = {"state": "blocked", "blocked_for": "stopped", "ver": slot.c.ver + 1}
    nobodys = slot.c.state.in_(("free", "held", "blocked"))
    hall.run(slot.update().where(slot.c.session_id == session_id, nobodys).values(blocked))
    pass_time(hall, NOW_MS + 2 * DAY_MS)
    assert hall.places(session_id) == {"blocked": 1, "leased": 1}
    assert kiosk.give_back(lent["id"], [lent["places"][0]["no"]]).verdict == "applied"
    assert hall.places(session_id) == {"blocked": 2}
    assert hall.breaches() == []


def test_other_settings_take_nothing_away_that_is_lent(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2, "common": 10})
    kiosk = lending.kiosk()
    first = kiosk.ask()
    lent = lending.lent()
    hall.set_policy("[lending]\non = false\nof_common_percent = 0\nmost_places = 0")
    after = kiosk.ask()
    assert lending.lent() == lent
    assert [it["id"] for it in after["leases"]] == [it["id"] for it in first["leases"]]
    assert set(after["give_back"]) == {it["id"] for it in first["leases"]}
    for it in after["leases"]:
        assert kiosk.give_back(it["id"], [one["no"] for one in it["places"]]).verdict == "applied"
    assert lending.lent() == {}
    assert kiosk.ask()["leases"] == []


def test_no_channel_sells_what_is_lent_not_even_by_its_number(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[window]\nearliest_days = 0\ncut_off_before_min = 0")
    session_id = hall.session(TODAY, pools={"walk_in": 1, KIOSK: 1})
    lending.kiosk().ask()
    assert hall.places(session_id) == {"leased": 2}
    for channel in (Channel.WEB, Channel.WINDOW):
        client = hall.client(channel)
        for slot_no in (1, 2):
            body = {"booking_id": new_id(), "person_id": hall.person(), "session_id": session_id, "slot_no": slot_no}
            sent = {name: str(it) if isinstance(it, UUID) else it for name, it in body.items()} | {"notice_shown": True}
            assert client.post("bookings", sent).status_code == 409
            assert client.post("walk-ins", sent).status_code in (400, 409)
    assert hall.places(session_id) == {"leased": 2}
