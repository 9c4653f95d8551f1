"""The snapshot and the feed: a terminal that follows them is where the server is."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from booking.roster.plans import ClinicKind
from central.rosters.tables import session as session_table
from central.sync.tables import feed, feed_epoch
from tests.plugins.central_desk import MINUTE_MS, Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines

DAYS = ["2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-21"]
SESSION_DAYS = [*DAYS, "2026-03-22", "2026-03-23", "2026-03-24", "2026-03-25"]
IN_SESSION_DAYS = session_table.c.service_date.in_(SESSION_DAYS)
Mirror = dict[tuple[str, str], dict[str, Any]]


def apply(mirror: Mirror, rows: list[dict[str, Any]]) -> None:
    """What a terminal does: the higher version wins."""
    for row in rows:
        key = row["kind"], row["id"]
        if key not in mirror or mirror[key]["ver"] < row["ver"]:
            mirror[key] = row


def said(body: dict[str, Any]) -> dict[str, Any]:
    """Without what is said to be nothing."""
    return {
        name: said(value) if isinstance(value, dict) else value for name, value in body.items() if value is not None
    }


def test_a_snapshot_holds_the_days_and_all_they_need(desk: Desk, terminal: SignedTerminal) -> None:
    head, rows = terminal.snapshot()
    assert (head["days"], head["today"], head["rows"]) == (DAYS, "2026-03-18", len(rows))
    of_kind: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        assert row["ver"] >= 1
        of_kind.setdefault(row["kind"], []).append(row[row["kind"]])
    assert {kind: len(of_kind[kind]) for kind in ("policy", "department", "doctor", "place")} == {
        "policy": 1,
        "department": 13,
        "doctor": 20,
        "place": 26,
    }
    sessions = {it["id"]: it for it in of_kind["session"]}
    assert head["session_days"] == SESSION_DAYS
    assert {it["service_date"] for it in sessions.values()} == set(SESSION_DAYS)
    assert {it["service_date"] for it in of_kind["booking"]} <= set(DAYS)
    known = {it["id"] for kind in ("department", "doctor", "place") for it in of_kind[kind]}
    for it in sessions.values():
        assert {it["department_id"], it["place_id"], it.get("doctor_id", it["place_id"])} <= known
    for it in of_kind["booking"]:
        session = sessions[it["session_id"]]
        assert session["starts_ms"] <= it["slot_starts_ms"] < it["slot_ends_ms"] <= session["ends_ms"]
        assert (it["service_date"], it["department_id"]) == (session["service_date"], session["department_id"])
        assert it["made_ms"] < desk.clock.now_ms
        assert it["person"]["documents"]
    for it in sessions.values():
        assert it["kind"] in set(ClinicKind)
        assert it["capacity"] > 0
    assert sum(it["is_stopped"] for it in sessions.values()) == len(
        desk.rows(sa.select(session_table).where(session_table.c.stopped_ms.is_not(None), IN_SESSION_DAYS))
    )
    assert {it.get("sits") for it in sessions.values()} == {True, False, None}
    assert len(of_kind["service"]) == 6
    assert len(of_kind["notice"]) == 4
    today = [it for it in of_kind["booking"] if it["service_date"] == "2026-03-18"]
    assert len(today) == 120


def test_a_single_day_may_be_asked_for_but_no_day_beyond_the_scope(terminal: SignedTerminal) -> None:
    head, rows = terminal.snapshot("?day=2026-03-19")
    assert head["days"] == ["2026-03-19"]
    assert {row["booking"]["service_date"] for row in rows if row["kind"] == "booking"} == {"2026-03-19"}
    later, rows = terminal.snapshot("?day=2026-03-25")
    assert (later["days"], later["session_days"]) == ([], ["2026-03-25"])
    assert "session" in {row["kind"] for row in rows}
    assert "booking" not in {row["kind"] for row in rows}
    for day in ("2026-03-16", "2026-03-26", "tomorrow", "2026-03-99"):
        answer = terminal.get(f"/v1/snapshot?day={day}")
        assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")


def test_each_hospital_sees_its_own_only(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(hospital="02", label="L2")
    ours, theirs = (
        {(row["kind"], row["id"]) for row in it.snapshot()[1] if row["kind"] != "seal_key"}  # the group's
        for it in (terminal, other)
    )
    assert not ours & theirs
    cursor = other.snapshot()[0]["cursor"]
    terminal.check_in(desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]))
    assert other.feed(cursor).json()["rows"] == []
    stolen = other.feed(terminal.snapshot()[0]["cursor"])
    assert (stolen.status_code, stolen.json()["reason"]) == (410, "gone")


def test_a_terminal_that_reads_while_others_write_ends_where_the_server_is(
    desk: Desk, terminal: SignedTerminal
) -> None:
    writers = [desk.terminal(label=f"L{at}") for at in range(3)]
    desk.clock.now_ms += 13 * 60 * MINUTE_MS
    todays = [it for it in terminal.bookings() if it["service_date"] == "2026-03-18" and it["state"] == "booked"]
    acts = [desk.act(it, at_ms=it["slot_starts_ms"]) for it in todays if it["slot_starts_ms"] < desk.clock.now_ms]
    assert len(acts) >= 40
    mirror: Mirror = {}
    done = threading.Event()

    def write(at: int) -> None:
        for act in acts[at::3]:
            assert writers[at].tell(act)[0]["verdict"] == "applied"

    def follow() -> int:
        head, rows = terminal.snapshot()
        apply(mirror, rows)
        cursor, pages, was_done = head["cursor"], 0, False
        while not was_done:
            was_done = done.is_set()
            page = terminal.feed(cursor, limit=2).json()
            apply(mirror, page["rows"])
            cursor, pages = page["cursor"], pages + 1
            was_done = was_done and not page["has_more"]
        return pages

    with ThreadPoolExecutor(4) as pool:
        following = pool.submit(follow)
        for writing in [pool.submit(write, at) for at in range(3)]:
            writing.result()
        done.set()
        assert following.result() >= 1
    now: Mirror = {}
    apply(now, terminal.snapshot()[1])
    assert mirror == now
    positions = [it.pos for it in desk.rows(sa.select(feed.c.pos).order_by(feed.c.pos))]
    enrolments = 1 + len(writers)
    assert positions == list(range(1, enrolments + len(acts) + 1))


def test_a_page_has_a_thing_once_as_it_now_is(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    booking = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]
    terminal.tell(desk.act(booking), desk.act(booking, at_ms=desk.clock.now_ms - MINUTE_MS))
    page = terminal.feed(cursor).json()
    assert [row["ver"] for row in page["rows"]] == [3]
    assert page["has_more"] is False
    assert terminal.feed(page["cursor"]).json()["rows"] == []
    first = terminal.feed(cursor, limit=1).json()
    assert (len(first["rows"]), first["has_more"]) == (1, True)


def test_who_waits_is_woken_by_a_commit(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(label="L2")
    cursor = terminal.snapshot()[0]["cursor"]
    act = desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0])
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(terminal.feed, cursor, wait=30)
        assert other.check_in(act).json()["verdict"] == "applied"
        page = waiting.result(4).json()  # sooner than the server would look by itself
    assert [row["id"] for row in page["rows"]] == [act["booking_id"]]


def test_a_wait_ends_with_an_empty_page(terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    page = terminal.feed(cursor, wait=0.05).json()
    assert (page["rows"], page["cursor"], page["has_more"]) == ([], cursor, False)


@pytest.mark.parametrize("bend", ["{epoch}.2", "abc.0", "{epoch}.-1", "{epoch}", "", "x' OR '1'='1", "{epoch}.00"])
def test_a_cursor_that_leads_nowhere_is_gone(terminal: SignedTerminal, bend: str) -> None:
    epoch = terminal.snapshot()[0]["cursor"].split(".")[0]
    answer = terminal.get(f"/v1/feed?cursor={bend.format(epoch=epoch).replace(' ', '%20')}")
    assert (answer.status_code, answer.json()["reason"]) == (410, "gone")


def test_a_new_epoch_and_a_cut_feed_send_terminals_to_a_snapshot(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    for it in open_for_check_in(terminal.bookings(), desk.clock.now_ms)[:3]:
        terminal.check_in(desk.act(it))
    desk.run(feed.delete().where(feed.c.pos < 4))
    assert terminal.feed(cursor).status_code == 410
    epoch = cursor.split(".")[0]
    assert [row["kind"] for row in terminal.feed(f"{epoch}.3").json()["rows"]] == ["booking"]
    desk.run(feed_epoch.update().values(epoch="beef"))
    assert terminal.feed(f"{epoch}.3").status_code == 410
    assert terminal.feed(terminal.snapshot()[0]["cursor"]).json()["rows"] == []


def test_days_beyond_the_scope_are_left_out_and_come_with_their_days_snapshot(
    desk: Desk, terminal: SignedTerminal
) -> None:
    head, _ = terminal.snapshot()
    terminal.check_in(desk.act(open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]))
    desk.clock.now_ms += 2 * 24 * 60 * MINUTE_MS
    page = terminal.feed(head["cursor"]).json()
    assert (page["rows"], page["today"], page["has_more"]) == ([], "2026-03-20", False)
    assert page["cursor"] != head["cursor"]
    assert terminal.snapshot("?day=2026-03-22")[0]["days"] == ["2026-03-22"]


def test_find_knows_the_person_in_the_whole_group_and_shows_bookings_of_this_hospital(
    desk: Desk, terminal: SignedTerminal
) -> None:
    other = desk.terminal(hospital="02", label="L2")
    theirs = other.bookings()[0]
    there = other.post("/v1/find", {"credential_hashes": theirs["credential_hashes"]}).json()
    assert (there["is_known"], there["masked_name"]) == (True, theirs["masked_name"])
    assert theirs in [said(row["booking"]) for row in there["bookings"] if row["kind"] == "booking"]
    assert (there["person_id"], said(there["person"])) == (theirs["person_id"], theirs["person"])
    assert {row["kind"] for row in there["bookings"]} == {"department", "doctor", "place", "session", "booking"}
    here = terminal.post("/v1/find", {"credential_hashes": theirs["credential_hashes"]}).json()
    assert (here["is_known"], here["bookings"]) == (True, [])
    nobody = terminal.post("/v1/find", {"credential_hashes": ["AQAAAAAAAAAAAAAAAAAAAAA="]}).json()
    assert (nobody["is_known"], nobody["masked_name"]) == (False, "")
