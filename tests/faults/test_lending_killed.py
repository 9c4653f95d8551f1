"""kill -9 of the server between lending and answering: a place is lent once, the next answer tells it.  # sync C4"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.plugins.clocked_central import AFTER_COMMIT, BEFORE_COMMIT
from tests.plugins.signed_terminal import SignedTerminal
from tests.plugins.whole_hospital import ClockedServer


@pytest.fixture
def server(central_data: Path) -> Iterator[ClockedServer]:
    one = ClockedServer(central_data, ahead_ms=0)
    one.start()
    yield one
    one.kill()


def places_of(grant: dict[str, Any]) -> list[tuple[str, int]]:
    return [(it["id"], one["no"]) for it in grant["leases"] for one in it["places"]]


@pytest.mark.parametrize("where", [BEFORE_COMMIT, AFTER_COMMIT])
def test_killed_between_lending_and_answering(server: ClockedServer, where: str) -> None:
    with httpx.Client(base_url="http://{}:{}".format(*server.address), timeout=30) as http:
        terminal, request_id = SignedTerminal(http), str(uuid4())
        assert terminal.enrol(server.code()).status_code == 200

        def ask(of: str) -> httpx.Response:
            return terminal.post("/v1/leases", {"request_id": of}, Idempotency_Key=of)

        server.ask("halt", at=where)
        with ThreadPoolExecutor(1) as pool:
            lost = pool.submit(ask, request_id)
            assert server.wait_until_halted() == where
            server.kill()
            with pytest.raises(httpx.HTTPError):
                lost.result()
        server.start()
        terminal.boot += 1
        again = ask(request_id).json()
        lent = places_of(again)
        assert len(lent) == len(set(lent)) > 0
        assert places_of(ask(request_id).json()) == lent
        assert set(lent) <= set(places_of(ask(str(uuid4())).json()))
