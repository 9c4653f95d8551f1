"""A line that is cut again and again brings the mirror all the same: no portion that has come must come again."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa

from kiosk.store.store import StoreSettings, open_store
from kiosk.store.tables import MIRROR
from kiosk.sync.transport import HttpReply, HttpRequest, Transport
from lab import outages


class Portions:
    """Notes each portion that was asked for, and those that came."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self.came: list[str] = []
        self._inner: Transport | None = None

    def watch(self, inner: Transport) -> Portions:
        self._inner = inner
        return self

    def exchange(self, request: HttpRequest) -> HttpReply:
        path, _, query = request.target.partition("?")
        assert self._inner is not None
        mark = parse_qs(query).get("after", [""])[0]
        if path == "/v1/snapshot":
            self.marks.append(mark)
        reply = self._inner.exchange(request)
        if path == "/v1/snapshot" and reply.status == 200 and reply.body:  # cut in its head it looks whole and empty
            self.came.append(mark)
        return reply

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def restart(terminal: Any, directory: Any, portions: Portions) -> None:
    """The terminal is switched off and on."""
    terminal.store.close()
    terminal.store = open_store(StoreSettings(directory), codec=terminal.codec, now_ms=terminal.clock.now_ms)
    terminal.switch_on()
    terminal.doorway.passes_through(portions.watch)


def mirrored(terminal: Any) -> set[tuple[str, str, int]]:
    with terminal.store.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(sa.select(MIRROR.c.kind, MIRROR.c.id, MIRROR.c.ver))}


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_is_cut_at_any_byte_brings_the_mirror_in_the_end(
    terminal: Any, make_terminal: Any, network: Any, tmp_path: Any, seed: int
) -> None:
    chance = random.Random(seed)
    other, portions = make_terminal("T2"), Portions()
    other.doorway.passes_through(portions.watch)
    for _ in range(800):
        if other.mirror.cursor() is not None:
            break
        network.switch(outages.CuttingAnswers(chance.randrange(1, 15_000)))
        if chance.random() < 0.1:
            restart(other, tmp_path / "T2", portions)
        next_ms = other.worker.step(other.clock.boot_ms())
        other.clock.pass_ms(max(0, next_ms - other.clock.boot_ms()))
    network.restore()
    assert other.mirror.cursor() is not None
    assert len(portions.came) == len(set(portions.came)), "a portion that had come came again"
    assert len(portions.marks) > len(portions.came) > 1
    other.sync()
    terminal.step_until(lambda: mirrored(other) == mirrored(terminal))


def test_a_line_that_lets_little_through_is_asked_for_little(terminal: Any, make_terminal: Any, network: Any) -> None:
    """Each connection ends after twelve thousand bytes, and the whole mirror has many more."""
    other, portions = make_terminal("T2"), Portions()
    other.doorway.passes_through(portions.watch)
    network.switch(outages.CuttingAnswers(12_000))
    other.step_until(lambda: other.mirror.cursor() is not None, most=400)
    assert len(portions.came) == len(set(portions.came))
    network.restore()
    other.sync()
    terminal.step_until(lambda: mirrored(other) == mirrored(terminal))
