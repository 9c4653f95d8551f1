"""The server as a process: it says its port, ends when told, and loses nothing when it is killed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from central.appointments.tables import booking
from central.checkins.tables import check_in, operation
from central.sync.tables import feed
from central.tables.database import Database, Use
from tests.plugins.central_desk import open_for_check_in
from tests.plugins.central_server import CentralServer
from tests.plugins.postgres import SQLITE, on_both_engines
from tests.plugins.signed_terminal import SignedTerminal, new_act


@pytest.fixture
def http(central_server: CentralServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=central_server.url, timeout=40, trust_env=False) as client:
        yield client


@pytest.fixture
def remote(http: httpx.Client, enrolment_code: Callable[..., str]) -> SignedTerminal:
    terminal = SignedTerminal(http)
    assert terminal.enrol(enrolment_code()).status_code == 200
    return terminal


def todays(terminal: SignedTerminal, *, at_least: int) -> list[dict[str, Any]]:
    """Bookings that may check in at some time today."""
    head, rows = terminal.snapshot()
    bookings = [row["booking"] for row in rows if row["kind"] == "booking"]
    found = [it for it in bookings if it["state"] in ("booked", "confirmed") and it["service_date"] == head["today"]]
    assert len(found) >= at_least
    return found


def wait_until_numbered(engine: sa.Engine) -> None:
    """Until every change has its position in the feed, whoever gave it."""
    without = sa.select(sa.func.count()).select_from(feed).where(feed.c.pos.is_(None))
    pause, until_s = threading.Event(), time.monotonic() + 60
    while True:
        with engine.begin() as connection:
            if not connection.execute(without).scalar_one():
                return
        assert time.monotonic() < until_s, "changes stay without a position"
        pause.wait(0.05)


def test_at_any_hour_somebody_may_check_in_now(remote: SignedTerminal) -> None:
    now_ms = int(remote.http.get("/v1/time").json()["server_ms"])
    found = open_for_check_in(remote.bookings(), now_ms)
    assert len(found) >= 3
    assert remote.check_in(new_act(found[0], at_ms=now_ms)).json()["verdict"] == "applied"


def test_an_end_is_clean_and_quick_even_while_somebody_waits(
    central_server: CentralServer, remote: SignedTerminal
) -> None:
    cursor = remote.snapshot()[0]["cursor"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(remote.feed, cursor, wait=30)
        began = time.monotonic()
        assert central_server.stop() == 0
        assert time.monotonic() - began < 15, "it did not wait the thirty seconds; alone on its machine it takes two"
        try:
            assert waiting.result(60).json()["rows"] == []
        except httpx.TransportError:
            assert waiting.exception() is not None  # it had not been taken in yet
    assert central_server.log_file.read_text(encoding="utf-8") == ""


def test_who_guesses_codes_behind_a_proxy_does_not_shut_out_it(
    http: httpx.Client, enrolment_code: Callable[..., str]
) -> None:
    """The proxy on the same machine says whence a request came."""
    guesser, code = {"X-Forwarded-For": "203.0.113.9"}, enrolment_code()
    body = {"code": "AAAA-AAAA-AAAA", "public_key": SignedTerminal(http).public_key}
    guesses = [http.post("/v1/enrol", json=body, headers=guesser).status_code for _ in range(8)]
    assert guesses == [403] * 5 + [429] * 3
    right = {"code": code, "public_key": SignedTerminal(http).public_key}
    assert http.post("/v1/enrol", json=right, headers=guesser).status_code == 429
    answer = http.post("/v1/enrol", json=right, headers={"X-Forwarded-For": "198.51.100.4"})
    assert answer.status_code == 200


@on_both_engines
def test_an_end_does_not_wait_until_all_that_is_due_is_done(
    central_server: CentralServer, http: httpx.Client, central_database: Database
) -> None:
    """What was begun is committed; the rest is the next server's."""
    engine = central_database.engine(Use.WRITE)

    def waiting() -> int:
        with engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(booking).where(booking.c.await_until_ms == 1)
            return connection.execute(query).scalar_one()

    with engine.begin() as connection:
        connection.execute(booking.update().values(await_until_ms=1))
    all_of_them = waiting()
    while waiting() == all_of_them:
        http.get("/v1/time")
    assert central_server.stop() == 0
    assert 0 < all_of_them - waiting() < all_of_them, "one step does two hundred of each kind"
    assert central_server.log_file.read_text(encoding="utf-8") == ""
    left = waiting()
    central_server.start()
    while waiting() == left:
        http.get("/v1/time")


@on_both_engines
def test_killed_again_and_again_it_does_each_check_in_once(
    central_server: CentralServer,
    http: httpx.Client,
    remote: SignedTerminal,
    central_database: Database,
    engine_name: str,
) -> None:
    bookings = todays(remote, at_least=60)[:60]
    acts = [new_act(it, at_ms=it["slot_starts_ms"]) for it in bookings]
    answered: dict[str, str] = {}

    def tell(act: dict[str, Any]) -> None:
        """Once, and note the answer if there is one."""
        try:
            answer = remote.post("/v1/events", {"events": [{"kind": "check_in", "seq": 1, "check_in": act}]})
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            answered[act["operation_id"]] = answer.json()["results"][0]["verdict"]
        else:
            assert answer.json()["reason"] == "stale_counter"
            remote.boot += 1

    def tell_all_until_answered() -> None:
        for act in acts:
            while act["operation_id"] not in answered:
                tell(act)

    with ThreadPoolExecutor(1) as pool:
        telling = pool.submit(tell_all_until_answered)
        for wanted in (10, 30):
            while len(answered) < wanted and not telling.done():
                http.get("/v1/time")
            central_server.kill()
            central_server.start()
        telling.result(60)
    engine = central_database.engine(Use.READ)
    wait_until_numbered(engine)  # the server waits before it takes the lead from one that may yet come back
    assert central_server.stop() == 0
    with engine.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(check_in)).scalar_one() == 60
        assert connection.execute(sa.select(sa.func.count()).select_from(operation)).scalar_one() == 60
        positions = connection.execute(sa.select(feed.c.pos).order_by(feed.c.pos)).scalars().all()
        assert list(positions) == list(range(1, 62))  # the terminal's enrolment is the first
        if engine_name == SQLITE:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert set(answered.values()) == {"applied"}


def test_nothing_personal_is_logged_or_readable_in_the_store(
    central_server: CentralServer, remote: SignedTerminal, central_data: Path
) -> None:
    people = json.loads((central_data / "sample-people.json").read_text(encoding="utf-8"))["people"]
    for it in todays(remote, at_least=20)[:20]:
        act = new_act(it, at_ms=it["slot_starts_ms"])
        remote.check_in(act)
        remote.tell(act)
    remote.post("/v1/find", {"credential_hashes": [people[0]["id_number"], people[0]["name"]]})
    remote.send("POST", "/v1/events", json.dumps({"events": people[:1]}, ensure_ascii=False).encode())
    remote.get(f"/v1/feed?cursor={people[0]['id_number']}")
    central_server.stop()
    kept = b"".join(file.read_bytes() for file in central_data.glob("central.db*"))
    log = central_server.log_file.read_bytes()
    assert len(kept) > 1_000_000
    for person in people:
        secrets = [person["name"], person["id_number"], person["card_number"], person["phone"]]
        secrets += [booking["number"] for booking in person["bookings"]]
        for secret in filter(None, secrets):
            assert secret.encode() not in kept
            assert secret.encode() not in log
