"""PostgreSQL dies under the server: callers hear so, nothing acknowledged is lost, and it recovers by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from central.checkins.tables import check_in, operation
from central.cli import main
from central.sync.tables import feed
from central.tables.database import PostgresServer, Use, WrongDatabase, database_at
from central.web.app import open_parts
from tests.plugins.central_desk import DAY, MINUTE_MS, Desk, InProcess, SetClock, init_day
from tests.plugins.made_app import make_app
from tests.plugins.signed_terminal import SignedTerminal
from tools.postgres import Cluster, cluster

_SOON_S = 20.0  # the server itself gives up after five; the rest is for a machine with much else to do


@pytest.fixture(scope="module")
def durable() -> Iterator[Cluster]:
    """A PostgreSQL that writes to disk as a real one does."""
    with cluster(is_durable=True) as one:
        yield one


@pytest.fixture
def shaken_desk(durable: Cluster, tmp_path: Path) -> Iterator[Desk]:
    data = tmp_path / "data"
    address = durable.create(f"central{uuid4().hex}")
    init_day(data, "--database", address)
    clock = SetClock()
    parts = open_parts(data, clock=clock, database=database_at(address, data))
    with httpx.Client(transport=InProcess(make_app(parts)), base_url="http://central", timeout=60) as http:
        yield Desk(parts, clock, http, data)
    parts.close()


def test_killed_in_the_midst_of_check_ins_it_loses_nothing_that_was_acknowledged(
    durable: Cluster, shaken_desk: Desk
) -> None:
    desk, terminal = shaken_desk, shaken_desk.terminal()
    desk.clock.now_ms += 13 * 60 * MINUTE_MS
    todays = [it for it in terminal.bookings() if it["service_date"] == DAY.isoformat() and it["state"] == "booked"]
    acts = [desk.act(it, at_ms=it["slot_starts_ms"]) for it in todays]
    assert len(acts) >= 40
    acknowledged: dict[str, str] = {}
    progress = threading.Condition()
    told_busy = threading.Event()
    slowest_s = 0.0

    def tell_until_acknowledged(act: dict[str, Any]) -> None:
        nonlocal slowest_s
        while act["operation_id"] not in acknowledged:
            began = time.monotonic()
            answer = terminal.post("/v1/events", {"events": [{"kind": "check_in", "seq": 1, "check_in": act}]})
            slowest_s = max(slowest_s, time.monotonic() - began)
            if answer.status_code == 200:
                with progress:
                    acknowledged[act["operation_id"]] = answer.json()["results"][0]["verdict"]
                    progress.notify_all()
            else:
                assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
                assert int(answer.headers["Retry-After"]) >= 1
                told_busy.set()

    def tell_all() -> None:
        for act in acts:
            tell_until_acknowledged(act)

    with ThreadPoolExecutor(1) as pool:
        telling = pool.submit(tell_all)
        for wanted in (10, 25):
            with progress:
                assert progress.wait_for(lambda at_least=wanted: len(acknowledged) >= at_least, 30)
            told_busy.clear()
            durable.kill()
            assert told_busy.wait(_SOON_S)
            durable.start()
        telling.result(60)
    assert slowest_s < _SOON_S
    assert set(acknowledged.values()) == {"applied"}
    assert len(desk.rows(sa.select(check_in))) == len(desk.rows(sa.select(operation))) == len(acts)
    positions = [it.pos for it in desk.rows(sa.select(feed.c.pos).order_by(feed.c.pos))]
    assert positions == list(range(1, 1 + len(acts) + 1))  # the terminal's enrolment is the first


def test_while_the_database_is_away_every_endpoint_says_so_and_afterwards_all_is_well(
    durable: Cluster, shaken_desk: Desk
) -> None:
    terminal = shaken_desk.terminal()
    cursor = terminal.snapshot()[0]["cursor"]
    durable.stop()
    for target in ("/v1/snapshot", f"/v1/feed?cursor={cursor}"):
        answer = terminal.get(target)
        assert (answer.status_code, answer.json()["reason"]) == (503, "busy")
        assert answer.json()["detail"] == "the database does not answer"
    enrolling = SignedTerminal(shaken_desk.http).enrol("AAAA-AAAA-AAAA")
    assert (enrolling.status_code, enrolling.headers["Retry-After"]) == (503, "1")
    durable.start()
    assert terminal.get(f"/v1/feed?cursor={cursor}").status_code == 200


def test_a_command_says_that_the_database_does_not_answer_and_never_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    init_day(tmp_path)
    capsys.readouterr()
    monkeypatch.setenv("CENTRAL_DATABASE", "postgresql://booking:hush-hush@127.0.0.1:1/booking")
    for command in (["migrate"], ["serve"], ["terminal", "code", "--label", "L1"]):
        assert main([*command, "--data", str(tmp_path)]) == 2
        said = capsys.readouterr()
        assert "does not answer" in said.err
        assert "hush" not in said.out + said.err


@pytest.mark.parametrize(
    "url",
    [
        "mysql://root:hush-hush@localhost/x",
        "postgresql://booking:hush-hush@[::1/x",
        "postgresql://booking:hush-hush@host/x?sing=song",
        "postgresql://booking:hush-hush@host/x?pooler=session",
    ],
)
def test_a_url_that_is_none_is_told_with_the_other_errors_and_not_repeated(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--database", url]) == 2
    said = capsys.readouterr().err
    assert "data:" in said
    assert "database:" in said
    assert "hush" not in said


def test_a_pooler_is_told_by_the_url_and_nothing_shows_a_password(tmp_path: Path) -> None:
    url = "postgresql://booking:hush-hush@one:5432,two:5433/booking?target_session_attrs=read-write&pooler=transaction"
    database = database_at(url, tmp_path)
    assert isinstance(database, PostgresServer)
    assert database.has_pooler
    assert database.address.endswith("one:5432,two:5433/booking?target_session_attrs=read-write")
    engine = database.engine(Use.WRITE)
    assert "hush" not in f"{database!r} {database} {engine!r} {engine.url} {engine.pool!r}"
    with pytest.raises(WrongDatabase):
        database_at("postgresql://%%%", tmp_path)
