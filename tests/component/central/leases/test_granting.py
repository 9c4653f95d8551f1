"""What a terminal is lent when it asks, and that it is nobody else's then.  # sync C4; rule C5"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.numbers import GoodNumber, read_booking_number
from central.leases.tables import lease_number
from central.rosters.tables import session, session_pool, slot
from tests.plugins.booking_hall import LABORATORY, MINUTE_MS, NOW_MS, SURGERY, TODAY, TOMORROW, Hall, new_id, wish
from tests.plugins.lending import Lending, bookings_of, sell, walk_ins_of
from tests.plugins.postgres import on_both_engines

HOUR_MS = 60 * MINUTE_MS
KIOSK = "channel:kiosk"


@on_both_engines
def test_what_is_lent_is_nobody_elses(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={"common": 5})
    grant = lending.kiosk().ask()
    (lent,) = lending.lent()
    assert [it["places"][0]["no"] for it in grant["leases"]] == [5]
    assert lent == (session_id, 5)
    client = hall.client()
    assert [client.book(hall.person(), session_id).status_code for _ in range(5)] == [201] * 4 + [409]
    refused = client.book(hall.person(), session_id, slot_no=5)
    assert refused.json()["reason"] == "full"
    assert hall.places(session_id) == {"busy": 4, "leased": 1}
    assert hall.breaches() == []


@on_both_engines
def test_a_request_lends_once_and_every_answer_tells_everything(hall: Hall, lending: Lending) -> None:
    for _ in range(3):
        hall.session(TOMORROW, pools={KIOSK: 4, "common": 6})
    kiosk, request_id = lending.kiosk(), uuid4()
    first = kiosk.ask(request_id)
    assert first["request_id"] == str(request_id)
    assert kiosk.ask(request_id)["leases"] == first["leases"]
    assert kiosk.ask()["leases"] == first["leases"]
    assert len(lending.lent()) == sum(len(it["places"]) for it in first["leases"])


@on_both_engines
def test_a_request_that_was_granted_is_not_granted_again_when_places_were_sold(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 4})
    kiosk, request_id = lending.kiosk(), uuid4()
    (lent,) = bookings_of(kiosk.ask(request_id))
    sell(hall, lent, lent["places"][0]["no"], uuid4())
    assert bookings_of(kiosk.ask(request_id)) == []
    assert len(bookings_of(kiosk.ask())) == 1


@on_both_engines
def test_the_terminals_own_quota_is_lent_first_and_may_be_lent_whole(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 2, "common": 10})
    for _ in range(6):
        lending.kiosk().ask()
    query = sa.select(slot.c.pool, sa.func.count()).where(slot.c.state == "leased").group_by(slot.c.pool)
    assert dict(map(tuple, hall.rows(query))) == {KIOSK: 2, "common": 2}
    assert hall.places(session_id) == {"free": 8, "leased": 4}
    assert hall.breaches() == []


def test_what_a_terminal_sold_lately_makes_its_reserve_larger(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[limits]\nper_department_and_day = 0\nper_day = 0")
    session_id = hall.session(TOMORROW, pools={KIOSK: 100}, hour=8)
    busy, idle = lending.kiosk(), lending.kiosk()
    path = f"/v1/hospitals/{UUID(int=101)}/bookings"
    for _ in range(2):
        made = busy.signed.post(path, wish(hall.person(), session_id), Idempotency_Key=str(uuid4()))
        assert made.status_code == 201, made.text
    assert [len(it["places"]) for it in bookings_of(busy.ask())] == [3]
    assert [len(it["places"]) for it in bookings_of(idle.ask())] == [1]
    hall.clock.now_ms += 73 * HOUR_MS
    later = hall.session(TOMORROW + timedelta(days=3), pools={KIOSK: 100})
    lent = [it for it in bookings_of(busy.ask()) if it["session_id"] == str(later)]
    assert [len(it["places"]) for it in lent] == [1]


def test_what_a_terminal_could_not_sell_off_line_is_not_lent(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, stopped_ms=NOW_MS - 3 * HOUR_MS)
    hall.session(TOMORROW, is_offered=False)
    hall.session(TOMORROW, published_ms=None)
    hall.session(TOMORROW, kind="laboratory", department_id=LABORATORY)  # off line no order is known
    hall.session(TODAY + timedelta(days=5))  # beyond the promise
    kiosk = lending.kiosk()
    assert kiosk.ask()["leases"] == []
    hall.session(TOMORROW)
    assert len(kiosk.ask()["leases"]) > 0


def test_the_hospitals_settings_keep_places_from_being_lent(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW)
    kiosk = lending.kiosk()
    for toml in (
        "[lending]\non = false",
        "[lending]\nmost_places = 0",
        "[lending]\nof_common_percent = 0",
        "[channels.kiosk]\non = false",
        "[channels.kiosk]\nmay_book = false\nmay_walk_in = false",
        '[window]\ncut_off = "day_before"\ncut_off_at = "09:00"\n[walk_in]\non = false',
        "[window]\nrush_min = 60\n[roster.release]\nopens = { days_before = 1, at = '09:30' }",
    ):
        hall.set_policy(toml)
        assert kiosk.ask()["leases"] == [], toml
    hall.set_policy("")
    assert len(kiosk.ask()["leases"]) > 0


def test_a_session_is_not_lent_on_its_day_where_its_day_cannot_be_booked(hall: Hall, lending: Lending) -> None:
    hall.session(TODAY)
    kiosk = lending.kiosk()
    hall.set_policy("[window]\nearliest_days = 1\n[walk_in]\non = false")
    assert kiosk.ask()["leases"] == []
    hall.set_policy("[window]\nearliest_days = 0\n[walk_in]\non = false")
    assert len(kiosk.ask()["leases"]) == 1


def test_patients_of_a_stopped_clinic_choose_before_anything_common_is_lent(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, stopped_ms=NOW_MS - 10 * MINUTE_MS, letters="Z")
    hall.session(TOMORROW, pools={"common": 10, KIOSK: 1})
    hall.session(TOMORROW, department_id=SURGERY)
    grant = lending.kiosk().ask()
    assert len({it["session_id"] for it in bookings_of(grant)}) == 2
    query = sa.select(slot.c.pool).select_from(slot).join(session, session.c.session_id == slot.c.session_id)
    lent = hall.rows(query.where(slot.c.state == "leased", session.c.department_id != SURGERY))
    assert {it.pool for it in lent} == {KIOSK}


@on_both_engines
def test_walk_in_places_are_lent_ahead_and_come_back_to_wait_for_their_hour(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={"walk_in": 4, "common": 4})
    waiting = {"state": "blocked", "blocked_for": "not_released"}
    hall.run(slot.update().where(slot.c.pool == "walk_in").values(waiting))
    hall.run(session_pool.update().where(session_pool.c.pool == "walk_in").values(opened_ms=None))
    kiosk = lending.kiosk()
    (lent,) = walk_ins_of(kiosk.ask())
    ends_ms = hall.rows(sa.select(session.c.ends_ms).where(session.c.session_id == session_id))[0].ends_ms
    assert (lent["last_sale_ms"], lent["places"][0]["no"]) == (ends_ms, 4)
    assert kiosk.give_back(lent["id"], [4]).verdict == "applied"
    query = sa.select(slot.c.state, slot.c.blocked_for).where(slot.c.no == 4, slot.c.session_id == session_id)
    assert [tuple(it) for it in hall.rows(query)] == [("blocked", "not_released")]
    assert hall.breaches() == []


@on_both_engines
def test_booking_numbers_come_along_that_no_booking_draws(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 3})
    session_id = hall.session(TOMORROW, pools={"common": 10})
    grant = lending.kiosk().ask()
    numbers = [number for it in grant["leases"] for number in it["numbers"]]
    places = sum(len(it["places"]) for it in grant["leases"])
    assert len(set(numbers)) == len(numbers) == 2 * places
    assert {read_booking_number(it, hospital_code="01") for it in numbers} == {GoodNumber(it) for it in numbers}
    assert {it[2] >= "7" for it in numbers} == {True}
    drawn = [hall.client().book(hall.person(), session_id).json()["number"] for _ in range(2)]
    assert all(int(it[2:11]) < 750_000_000 <= int(other[2:11]) for it in drawn for other in numbers)
    kept = b"".join(it.number_sealed for it in hall.rows(sa.select(lease_number.c.number_sealed)))
    assert not [it for it in numbers if it.encode() in kept]


def test_a_lease_says_how_long_it_is_good_and_when_the_last_sale_is(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, hour=8, pools={KIOSK: 6})
    hall.session(TODAY + timedelta(days=3), hour=14, pools={KIOSK: 6})
    near, far = bookings_of(lending.kiosk().ask())
    assert near["last_sale_ms"] == NOW_MS + 14 * HOUR_MS  # booked until the evening before
    assert near["good_for_ms"] == near["last_sale_ms"] - NOW_MS
    assert far["good_for_ms"] == far["last_sale_ms"] - NOW_MS < 72 * HOUR_MS
    hall.set_policy("[lending]\ngood_for_hours = 2")
    told = {it["good_for_ms"] for it in bookings_of(lending.kiosks[0].ask())}
    assert told == {2 * HOUR_MS}


def test_many_sessions_are_lent_in_turns_and_never_more_than_a_terminal_may_have(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[lending]\nmost_places = 50\n[walk_in]\non = false")
    for _ in range(55):
        hall.session(TOMORROW, pools={"common": 5})
    kiosk = lending.kiosk()
    first = kiosk.ask()
    assert (len(first["leases"]), first["ask_again_ms"] <= 2_000) == (40, True)
    second = kiosk.ask()
    assert (len(second["leases"]), second["ask_again_ms"] > 20 * MINUTE_MS) == (50, True)
    assert len(kiosk.ask()["leases"]) == 50


def test_terminals_without_a_past_are_lent_of_other_sessions_each(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[lending]\nmost_places = 10\n[walk_in]\non = false")
    for _ in range(40):
        hall.session(TOMORROW, pools={"common": 5})
    chosen = [frozenset(it["session_id"] for it in lending.kiosk().ask()["leases"]) for _ in range(3)]
    assert [len(it) for it in chosen] == [10] * 3
    assert len(set(chosen)) == 3


def test_a_terminal_is_asked_to_give_back_what_others_need_more(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[window]\nearliest_days = 0\n[walk_in]\non = false")
    session_id = hall.session(TODAY, pools={KIOSK: 1, "common": 2}, hour=14)
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    assert kiosk.ask()["give_back"] == []
    client = hall.client()
    assert [client.book(hall.person(), session_id).status_code for _ in range(2)] == [201, 201]
    hall.clock.now_ms = NOW_MS + 90 * MINUTE_MS
    assert kiosk.ask()["give_back"] == [lent["id"]]
    assert kiosk.give_back(lent["id"], [lent["places"][0]["no"]]).verdict == "applied"
    assert bookings_of(kiosk.ask()) == []
    assert hall.places(session_id) == {"busy": 2, "free": 1}


def test_past_its_last_sale_a_lease_is_asked_back_and_stays_lent(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[window]\nearliest_days = 0\n[walk_in]\non = false")
    session_id = hall.session(TODAY, pools={KIOSK: 3}, hour=14)
    kiosk = lending.kiosk()
    (lent,) = kiosk.ask()["leases"]
    hall.clock.now_ms = lent["last_sale_ms"] + 1
    late = kiosk.ask()
    assert late["give_back"] == [lent["id"]]
    assert [(it["id"], it["good_for_ms"]) for it in late["leases"]] == [(lent["id"], 0)]
    assert hall.places(session_id)["leased"] == 1


def test_in_a_stopped_session_nothing_more_is_sold(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 3})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    hall.clock.now_ms += HOUR_MS
    stopped_ms = hall.clock.now_ms - 1
    hall.run(session.update().where(session.c.session_id == session_id).values(stopped_ms=stopped_ms))
    after = kiosk.ask()
    assert lent["id"] in after["give_back"]
    assert {(it["good_for_ms"], it["last_sale_ms"]) for it in after["leases"]} == {(0, stopped_ms)}


def test_only_a_terminal_asks_and_under_its_requests_own_key(hall: Hall, lending: Lending) -> None:
    kiosk = lending.kiosk()
    body = {"request_id": str(uuid4())}
    assert kiosk.signed.post("/v1/leases", body, Idempotency_Key="another").status_code == 400
    assert kiosk.signed.post("/v1/leases", body).status_code == 400
    later = kiosk.signed.post("/v1/leases", body | {"v": 99}, Idempotency_Key=body["request_id"])
    assert later.status_code == 400
    unsigned = hall.http.post("/v1/leases", json=body, headers={"Idempotency-Key": body["request_id"]})
    assert unsigned.status_code == 401
    client = hall.client()
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": body["request_id"]}
    assert hall.http.post("/v1/leases", json=body, headers=headers).status_code == 403


def test_a_sold_place_stays_with_its_booking_whoever_asks(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1})
    kiosk, booking_id = lending.kiosk(), new_id()
    (lent,) = bookings_of(kiosk.ask())
    sell(hall, lent, 1, booking_id)
    assert [it["id"] for it in kiosk.ask()["leases"]] == []
    assert lending.leases() == {UUID(lent["id"]): "settled"}
    query = sa.select(slot.c.booking_id).where(slot.c.session_id == session_id)
    assert [it.booking_id for it in hall.rows(query)] == [booking_id]
