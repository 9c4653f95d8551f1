"""Terminals that ask and people who book, all at once: no place is lent and sold, and all places add up."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.wire_lease import LeaseAsk
from central.leases.lend import Ask, lend, look
from central.leases.tables import lease, lease_number
from central.moment import Moment
from central.tables.database import Database, Use
from central.writer import Overtaken
from tests.plugins.booking_hall import KEYS, MINUTE_MS, NOW_MS, TOMORROW, Client, Hall, new_id
from tests.plugins.lending import Kiosk, Lending, sell
from tests.plugins.postgres import on_both_engines, on_postgresql

KIOSK = "channel:kiosk"


def book(client: Client, person_id: UUID, session_id: UUID) -> int:
    return int(client.book(person_id, session_id).status_code)


@on_both_engines
def test_the_last_place_is_lent_or_sold_but_never_both(hall: Hall, lending: Lending) -> None:
    """Each round a terminal and somebody at home want the same place at once."""
    hall.set_policy("[walk_in]\non = false\n[lending]\nof_common_percent = 100")
    kiosk, client = lending.kiosk(), hall.client()
    kinds: Counter[str] = Counter()
    for _ in range(6):
        session_id, person_id = hall.session(TOMORROW, pools={"common": 1}), hall.person()
        with ThreadPoolExecutor(2) as pool:
            asked = pool.submit(kiosk.ask)
            booked = pool.submit(book, client, person_id, session_id)
        is_lent = str(session_id) in {it["session_id"] for it in asked.result()["leases"]}
        kinds["lent" if is_lent else "sold"] += 1
        assert is_lent != (booked.result() == 201)
        assert hall.places(session_id) == ({"leased": 1} if is_lent else {"busy": 1})
    assert kinds.total() == 6
    assert hall.breaches() == []


@on_both_engines
def test_one_request_sent_twice_at_once_lends_once(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[walk_in]\non = false")
    for _ in range(3):
        hall.session(TOMORROW, pools={KIOSK: 20})
    kiosk, request_id = lending.kiosk(), uuid4()
    requests = [_signed_request(kiosk, request_id) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(partial(_post, hall), requests))
    assert 200 in {it.status_code for it in answers} <= {200, 409}  # 409: its number came too late
    assert len(lending.lent()) == 3
    assert hall.breaches() == []


def _signed_request(kiosk: Kiosk, request_id: UUID) -> tuple[bytes, dict[str, str]]:
    """Signed one after the other; each with a number of its own."""
    body = f'{{"request_id": "{request_id}"}}'.encode()
    kiosk.signed.count += 1
    signed = kiosk.signed.headers("POST", "/v1/leases", body)
    return body, {**signed, "Content-Type": "application/json", "Idempotency-Key": str(request_id)}


def _post(hall: Hall, request: tuple[bytes, dict[str, str]]) -> Any:
    body, headers = request
    return hall.http.post("/v1/leases", content=body, headers=headers)


@on_postgresql
def test_twenty_terminals_and_people_at_home_in_one_crowd(hall: Hall, lending: Lending) -> None:
    sessions = [hall.session(TOMORROW, pools={KIOSK: 4, "walk_in": 4, "common": 12}) for _ in range(6)]
    kiosks = [lending.kiosk() for _ in range(20)]
    clients = [hall.client() for _ in range(6)]
    people = [hall.person() for _ in range(60)]
    wishes = [partial(book, clients[at % 6], one, sessions[at % 6]) for at, one in enumerate(people)]
    acts: list[Any] = [partial(kiosk.send, uuid4()) for kiosk in kiosks] + wishes
    random.Random(5).shuffle(acts)
    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(lambda act: act(), acts))
    asked = [it for it in done if not isinstance(it, int)]
    assert {it.status_code for it in asked} == {200}
    told = [(it["session_id"], one["no"]) for answer in asked for it in answer.json()["leases"] for one in it["places"]]
    assert len(told) == len(set(told)) == len(lending.lent())
    for session_id in sessions:
        places = hall.places(session_id)
        assert sum(places.values()) == 20
        assert places["leased"] <= 4 + 2 + 3  # the quota, half of the walk-in places, a fifth of the common ones
    assert sum(it == 201 for it in done if isinstance(it, int)) == sum(
        hall.places(it).get("busy", 0) for it in sessions
    )
    assert hall.breaches() == []


@on_postgresql
def test_two_servers_lend_no_share_twice(hall: Hall, lending: Lending, hall_database: Database) -> None:
    hall.set_policy("[walk_in]\non = false\n[lending]\nof_common_percent = 50")
    sessions = [hall.session(TOMORROW, pools={"common": 8}) for _ in range(4)]
    kiosks = [lending.kiosk() for _ in range(12)]
    engines = [hall_database.engine(Use.WRITE) for _ in range(2)]

    def grant(at: int) -> int:
        it = Ask(kiosks[at].caller, LeaseAsk(request_id=uuid4()), KEYS, Moment(NOW_MS))
        outlook = hall.parts.reader.submit(lambda connection: look(connection, it)).result(20)
        with engines[at % 2].begin() as connection:
            return sum(len(one.places) for one in lend(connection, it, outlook).leases)

    with ThreadPoolExecutor(6) as pool:
        given = sum(pool.map(grant, range(12)))
    for engine in engines:
        engine.dispose()
    assert [hall.places(it)["leased"] for it in sessions] == [4] * 4
    assert given == 16
    assert hall.breaches() == []


@on_both_engines
@pytest.mark.parametrize("seed", [1, 2])
def test_all_places_add_up_after_each_of_many_steps(hall: Hall, lending: Lending, seed: int) -> None:
    """Asking, selling, cancelling at home, giving back, booking, releasing by two, in any order."""
    rng = random.Random(seed)
    hall.set_policy("[limits]\nper_department_and_day = 0\nper_day = 0\n[waiting_list]\non = false")
    sessions = [hall.session(TOMORROW, pools={KIOSK: 2, "walk_in": 2, "common": 5}) for _ in range(3)]
    kiosks = [lending.kiosk() for _ in range(3)]
    staff, client = lending.staff(), hall.client()
    held: dict[str, tuple[Kiosk, dict[str, Any]]] = {}
    gone: set[tuple[str, int]] = set()

    def ask() -> None:
        kiosk = rng.choice(kiosks)
        for it in kiosk.ask()["leases"]:
            held.setdefault(it["id"], (kiosk, it))

    def sale() -> None:
        _, lent = held[rng.choice(sorted(held))]
        no = rng.choice(lent["places"])["no"]
        try:
            sell(hall, lent, no, new_id())
        except Overtaken:
            assert (lent["id"], no) in gone
        else:
            assert (lent["id"], no) not in gone
        gone.add((lent["id"], no))

    def back() -> None:
        kiosk, lent = held[rng.choice(sorted(held))]
        kiosk.give_back(lent["id"], [it["no"] for it in lent["places"]])
        gone.update((lent["id"], it["no"]) for it in lent["places"])

    def home() -> None:
        book(client, hall.person(), rng.choice(sessions))

    def release() -> None:
        _, lent = held[rng.choice(sorted(held))]
        staff.post(f"leases/{lent['id']}/release", {"agent": "王敏", "reason": "遗失"})
        if staff.post(f"leases/{lent['id']}/release/confirmation", {"agent": "李强"}).status_code == 200:
            gone.update((lent["id"], it["no"]) for it in lent["places"])

    ask()
    for act in rng.choices([ask, sale, back, home, release], weights=[5, 4, 2, 4, 1], k=30):
        act()
        assert hall.breaches() == []
        hall.clock.now_ms += MINUTE_MS
    assert hall.rows(sa.select(lease.c.lease_id)) != []
    hashes = [bytes(it.number_hash) for it in hall.rows(sa.select(lease_number.c.number_hash))]
    assert len(set(hashes)) == len(hashes)
