"""A mirror that differs from the server is found out by digests and put right, whatever happened to it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.wire import RowKind
from kiosk.store.tables import MIRROR, MIRROR_KEY
from kiosk.sync.transport import HttpReply

Held = dict[tuple[str, str], tuple[object, ...]]
KINDS = [kind.value for kind in RowKind]
LATER = "2999-01-01"


def held(terminal: Any) -> Held:
    """What the mirror has, with what it is found by."""
    query = sa.select(MIRROR).where(MIRROR.c.is_deleted.is_(False), MIRROR.c.service_date < LATER)
    keys = sa.select(MIRROR_KEY.c.booking_id, MIRROR_KEY.c.hash)
    with terminal.store.engine.connect() as connection:
        found_by: dict[str, set[str]] = {}
        for booking_id, key in connection.execute(keys):
            found_by.setdefault(booking_id, set()).add(key)
        return {
            (it.kind, it.id): (it.ver, it.service_date, it.department_id, it.body, frozenset(found_by.get(it.id, ())))
            for it in connection.execute(query)
        }


def spoil(terminal: Any, *statements: sa.Update | sa.Delete | sa.Insert) -> None:
    with terminal.store.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def one_round(terminal: Any) -> None:
    """Staff ask for it: compare, compare again, put right, and compare."""
    terminal.worker.hurry()
    asked = terminal.doorway.seen.count("/v1/digests")
    terminal.step_until(lambda: terminal.doorway.seen.count("/v1/digests") >= asked + 3, most=80)


def of_day(terminal: Any, ward: Any, kind: RowKind = RowKind.BOOKING) -> list[tuple[str, str]]:
    return sorted(key for key, it in held(terminal).items() if key[0] == kind and it[1] == ward.TODAY)


def is_row(key: tuple[str, str]) -> sa.ColumnElement[bool]:
    return sa.and_(MIRROR.c.kind == key[0], MIRROR.c.id == key[1])


def answered(body: dict[str, object]) -> HttpReply:
    return HttpReply(200, {"content-type": "application/json"}, json.dumps(body).encode())


def let_time_pass(terminal: Any, minutes: int) -> None:
    """Nothing is new meanwhile; what is asked besides feed and heartbeat is answered by the server itself."""
    today, cursor = terminal.mirror.scope().today, terminal.mirror.cursor()
    terminal.doorway.instead |= {
        "/v1/feed": answered({"cursor": cursor, "rows": [], "has_more": False, "today": today}),
        "/v1/heartbeat": answered({"today": today}),
    }
    until_ms = terminal.clock.boot_ms() + minutes * 60_000
    terminal.step_until(lambda: terminal.clock.boot_ms() > until_ms, most=minutes * 100)


def another(row: Any, **other: object) -> sa.Insert:
    return sa.insert(MIRROR).values(**{**row._mapping, **other})


def test_a_mirror_in_step_is_left_alone(terminal: Any) -> None:
    before = held(terminal)
    terminal.worker.hurry()
    terminal.step_until(lambda: terminal.doorway.seen.count("/v1/digests") == 1)
    fetched = terminal.doorway.seen.count("/v1/snapshot")
    let_time_pass(terminal, 35)
    assert terminal.doorway.seen.count("/v1/snapshot") == fetched
    assert 3 <= terminal.doorway.seen.count("/v1/digests") <= 5
    assert terminal.worker.mended_rows == 0
    assert held(terminal) == before


def _lost(key: tuple[str, str], row: Any) -> sa.Delete:
    del row
    return sa.delete(MIRROR).where(is_row(key))


def _older(key: tuple[str, str], row: Any) -> sa.Update:
    return sa.update(MIRROR).where(is_row(key)).values(ver=row.ver - 1)


def _newer(key: tuple[str, str], row: Any) -> sa.Update:
    return sa.update(MIRROR).where(is_row(key)).values(ver=row.ver + 1000)


def _too_many(key: tuple[str, str], row: Any) -> sa.Insert:
    del key
    return another(row, id=str(UUID(int=0xBAD)))


def _deleted(key: tuple[str, str], row: Any) -> sa.Update:
    del row
    return sa.update(MIRROR).where(is_row(key)).values(is_deleted=True)


HARMS = (_lost, _older, _newer, _too_many, _deleted)


@pytest.mark.parametrize(
    ("kind", "harm"),
    [
        *((RowKind.BOOKING, harm) for harm in HARMS),
        *((RowKind.DOCTOR, harm) for harm in HARMS),
        (RowKind.SESSION, _lost),
        (RowKind.POLICY, _lost),
    ],
)
def test_one_row_that_differs_is_put_right(
    terminal: Any, ward: Any, kind: RowKind, harm: Callable[..., sa.Update | sa.Delete | sa.Insert]
) -> None:
    before = held(terminal)
    key = next(key for key, it in sorted(before.items()) if key[0] == kind and it[1] in ("", ward.TODAY))
    with terminal.store.engine.connect() as connection:
        row = connection.execute(sa.select(MIRROR).where(is_row(key))).one()
    spoil(terminal, harm(key, row))
    assert held(terminal) != before
    one_round(terminal)
    assert held(terminal) == before
    assert terminal.worker.mended_rows >= 1


def test_it_is_found_out_by_itself_soon_after_the_start(terminal: Any, ward: Any) -> None:
    before = held(terminal)
    spoil(terminal, sa.delete(MIRROR).where(is_row(of_day(terminal, ward)[3])))
    let_time_pass(terminal, 3)
    assert held(terminal) == before


def _harms(chance: random.Random, rows: list[Any]) -> Iterator[sa.Update | sa.Delete | sa.Insert]:
    days = sorted({row.service_date for row in rows})
    departments = sorted({row.department_id for row in rows})
    for number, row in enumerate(chance.sample(rows, 12)):
        change = sa.update(MIRROR).where(is_row((row.kind, row.id)))
        yield chance.choice(
            [
                sa.delete(MIRROR).where(is_row((row.kind, row.id))),
                change.values(ver=chance.choice([-7, 0, row.ver + 1, row.ver * 1000 + 5])),
                change.values(service_date=chance.choice(days)),
                change.values(department_id=chance.choice([*departments, "nowhere"])),
                change.values(is_deleted=True),
                change.values(id=str(UUID(int=0xBAD000 + number))),
                change.values(kind=chance.choice([kind for kind in KINDS if kind != row.kind])),
                change.values(snapshot_no=chance.choice([0, 1, 2, 3, 10_000])),
                another(row, id=str(UUID(int=0xBAE000 + number)), body="{}"),
            ]
        )
    if chance.random() < 0.3:
        yield sa.delete(MIRROR).where(MIRROR.c.kind == chance.choice(KINDS))
    if chance.random() < 0.2:
        yield sa.update(MIRROR).values(ver=MIRROR.c.ver + 1)


@pytest.mark.parametrize("seed", range(4))
def test_one_round_heals_whatever_happened_to_the_table(terminal: Any, seed: int) -> None:
    before = held(terminal)
    chance = random.Random(seed)
    with terminal.store.engine.connect() as connection:
        rows = list(connection.execute(sa.select(MIRROR).where(MIRROR.c.is_deleted.is_(False)).order_by(MIRROR.c.id)))
    spoil(terminal, *_harms(chance, rows))
    one_round(terminal)
    assert held(terminal) == before


def test_a_change_that_the_feed_failed_to_tell_arrives_all_the_same(
    terminal: Any, central_server: Any, ward: Any
) -> None:
    _, booking_id = of_day(terminal, ward)[0]
    with central_server.store() as connection:
        connection.execute(
            sa.text("UPDATE booking SET state = 'cancelled', ver = ver + 1 WHERE booking_id = :id"),
            {"id": UUID(booking_id).hex},
        )
    one_round(terminal)
    assert terminal.arrivals.row("booking", UUID(booking_id)).booking.state == "cancelled"


def test_a_server_that_knows_no_digests_is_asked_once_an_hour(terminal: Any) -> None:
    unknown = b'{"type": "t", "title": "t", "status": 404, "reason": "bad_request"}'
    terminal.doorway.instead["/v1/digests"] = HttpReply(404, {"content-type": "application/problem+json"}, unknown)
    let_time_pass(terminal, 70)
    assert terminal.doorway.seen.count("/v1/digests") == 2
    assert terminal.contact.is_online()


def test_what_cannot_be_put_right_is_not_fetched_without_end(terminal: Any, ward: Any) -> None:
    """As with rows that only a later release can read."""
    theirs = terminal.doorway
    key = of_day(terminal, ward)[0]

    class Forgetful:
        """A store that never keeps one row."""

        def __getattr__(self, name: str) -> Any:
            return getattr(intake, name)

        def finish_day(self, *arguments: Any, **named: Any) -> int:
            dropped = intake.finish_day(*arguments, **named)
            spoil(terminal, sa.delete(MIRROR).where(is_row(key)))
            return int(dropped)

    intake = terminal.store.intake(terminal.store.site.site().hospital_id)
    terminal.works_with(intake=Forgetful())
    spoil(terminal, sa.delete(MIRROR).where(is_row(key)))
    fetched = theirs.seen.count("/v1/snapshot")
    let_time_pass(terminal, 60)
    assert theirs.seen.count("/v1/digests") >= 6
    assert theirs.seen.count("/v1/snapshot") - fetched == 1
