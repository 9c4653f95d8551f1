"""Portions of the snapshot and digests of it: together they are the whole, at a position that is known."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from booking.wire_digest import digest_of
from central.appointments.tables import booking
from tests.plugins.central_desk import Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines
TODAY, WEEK_END = "2026-03-18", "2026-03-25"
Rows = list[dict[str, Any]]


def portions(terminal: SignedTerminal, query: str) -> tuple[list[dict[str, Any]], Rows]:
    """All portions, one after the other."""
    heads: list[dict[str, Any]] = []
    found: Rows = []
    after = ""
    while not heads or after:
        head, rows = terminal.snapshot(f"?{query}" + (f"&after={after}" if after else ""))
        heads.append(head)
        found.extend(rows)
        after = head["next"]
    return heads, found


def as_set(rows: Rows) -> set[tuple[str, str, int]]:
    return {(row["kind"], row["id"], row["ver"]) for row in rows}


@pytest.mark.parametrize("limit", [37, 100, 2000])
def test_portions_are_the_whole_each_row_once(terminal: SignedTerminal, limit: int) -> None:
    _, whole = terminal.snapshot()
    heads, rows = portions(terminal, f"limit={limit}")
    assert as_set(rows) == as_set(whole)
    assert len(rows) == len(whole)
    assert [head["rows"] for head in heads[:-1]] == [limit] * (len(heads) - 1)
    assert heads[-1]["rows"] < limit
    of_day = terminal.snapshot(f"?day={TODAY}")[1]
    assert as_set(portions(terminal, f"limit={limit}&day={TODAY}")[1]) == as_set(of_day)


def test_who_follows_the_feed_from_the_first_portion_misses_nothing(desk: Desk, terminal: SignedTerminal) -> None:
    act = desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0])
    head, rows = terminal.snapshot("?limit=50")
    mirror = {(row["kind"], row["id"]): row["ver"] for row in rows}
    first = head["cursor"]
    while head["next"]:
        if head["next"].startswith(TODAY) and not terminal.feed(first).json()["rows"]:
            terminal.check_in(act)
        head, rows = terminal.snapshot(f"?limit=50&after={head['next']}&since={first}")
        mirror |= {(row["kind"], row["id"]): row["ver"] for row in rows}
    page = terminal.feed(first).json()
    assert [row["id"] for row in page["rows"]] == [act["booking_id"]]
    mirror |= {(row["kind"], row["id"]): row["ver"] for row in page["rows"]}
    assert mirror == {(row["kind"], row["id"]): row["ver"] for row in terminal.snapshot()[1]}


def test_a_portion_that_all_want_is_read_once_in_a_while_but_never_older_than_asked(
    desk: Desk, terminal: SignedTerminal
) -> None:
    old, _ = terminal.snapshot(f"?limit=2000&day={TODAY}")
    terminal.check_in(desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]))
    now = terminal.snapshot()[0]["cursor"]
    assert now != old["cursor"]
    assert terminal.snapshot(f"?limit=2000&day={TODAY}")[0]["cursor"] == old["cursor"]
    assert terminal.snapshot(f"?limit=2000&day={TODAY}&since={now}")[0]["cursor"] == now
    desk.clock.now_ms += 20_000
    assert terminal.snapshot("?limit=10")[0]["cursor"] == now


@pytest.mark.parametrize("bend", ["limit=9&after=nowhere", "limit=9&after=star/x", "limit=9&since=beef.1"])
def test_a_mark_that_leads_nowhere_is_gone(terminal: SignedTerminal, bend: str) -> None:
    answer = terminal.get(f"/v1/snapshot?{bend}")
    assert (answer.status_code, answer.json()["reason"]) == (410, "gone")
    ahead = terminal.snapshot()[0]["cursor"].split(".")[0] + ".999999"
    assert terminal.get(f"/v1/snapshot?limit=9&since={ahead}").status_code == 410


def test_a_long_page_of_the_feed_is_packed(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    empty = terminal.feed(cursor)
    for it in open_for_check_in(terminal.bookings(), desk.clock.now_ms)[:4]:
        terminal.check_in(desk.act(it))
    page = terminal.feed(cursor)
    assert "content-encoding" not in empty.headers
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) * 2 < len(page.content)
    assert len(page.json()["rows"]) == 4


def digests(terminal: SignedTerminal, cursor: str) -> dict[str, Any]:
    answer = terminal.get(f"/v1/digests?cursor={cursor}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lines_of(rows: Rows) -> set[tuple[str, str, str, str, int]]:
    """What a terminal that has these rows would say."""
    groups: dict[tuple[str, str, str], list[tuple[str, str, int]]] = {}
    for row in rows:
        body = row.get("booking") or row.get("session")
        group = ("", body["service_date"], body["department_id"]) if body else (row["kind"], "", "")
        groups.setdefault(group, []).append((row["kind"], row["id"], row["ver"]))
    return {(*group, digest_of(marks), len(marks)) for group, marks in groups.items()}


def said(found: dict[str, Any]) -> set[tuple[str, str, str, str, int]]:
    return {(it["kind"], it["day"], it.get("department_id", ""), it["digest"], it["rows"]) for it in found["lines"]}


def test_digests_are_those_of_what_a_terminal_has(desk: Desk, terminal: SignedTerminal) -> None:
    head, rows = terminal.snapshot()
    found = digests(terminal, head["cursor"])
    assert (found["is_at_hand"], found["cursor"], found["today"]) == (True, head["cursor"], TODAY)
    assert said(found) == lines_of(rows)
    assert {it["day"] for it in found["lines"]} >= {"", TODAY, WEEK_END}
    terminal.check_in(desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]))
    desk.clock.now_ms += 5_000
    later, rows = terminal.snapshot()
    assert said(digests(terminal, later["cursor"])) == lines_of(rows) != said(found)


def test_there_are_none_for_another_position_nor_too_often(desk: Desk, terminal: SignedTerminal) -> None:
    old = terminal.snapshot()[0]["cursor"]
    digests(terminal, old)
    terminal.check_in(desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]))
    now = terminal.snapshot()[0]["cursor"]
    for cursor in (old, now, "beef.1", ""):
        assert digests(terminal, cursor) == {"cursor": now, "today": TODAY, "is_at_hand": False, "lines": [], "v": 1}
    desk.clock.now_ms += 5_000
    assert digests(terminal, now)["is_at_hand"]


def test_they_are_made_of_the_tables_and_not_of_the_feed(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    before = said(digests(terminal, cursor))
    lost = sa.select(booking.c.booking_id).where(booking.c.service_date == TODAY).limit(1).scalar_subquery()
    desk.run(booking.update().where(booking.c.booking_id == lost).values(ver=booking.c.ver + 1))
    assert said(digests(terminal, cursor)) == before  # for a minute one answer is enough for all
    desk.clock.now_ms += 60_000
    assert len(said(digests(terminal, cursor)) ^ before) == 2
