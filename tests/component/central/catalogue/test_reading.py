"""What anybody may read without a card: lists, clinic times, free places; for terminals and channels alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.service import NewClient, add_client
from central.moment import Moment
from central.rosters.tables import hospital, session, slot
from tests.plugins.central_desk import DAY, Desk
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines
Get = Callable[[str], httpx.Response]
TODAY = DAY.isoformat()


def hospital_id(desk: Desk, code: str = "01") -> str:
    (it,) = desk.rows(sa.select(hospital.c.hospital_id).where(hospital.c.code == code))
    return str(it.hospital_id)


@pytest.fixture
def get(desk: Desk, terminal: SignedTerminal) -> Get:
    """Asks at the first hospital, as its terminal."""
    here = hospital_id(desk)
    return lambda path: terminal.get(f"/v1/hospitals/{here}/{path}")


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"]["by_language"]["zh-CN"] for row in rows]


def test_a_terminal_sees_its_own_hospital_and_a_channel_of_the_group_all(desk: Desk, terminal: SignedTerminal) -> None:
    (here,) = terminal.get("/v1/hospitals").json()
    assert (here["code"], here["phone"]) == ("01", "000-8200 1600")
    (group,) = desk.parts.keys.lookup_keys
    new, now = NewClient(Channel.WEB, "web"), Moment(desk.clock.now_ms)
    token = desk.parts.writer.submit(
        lambda connection: add_client(connection, desk.parts.keys, now, group, new)
    ).result(60)
    answer = desk.http.get("/v1/hospitals", headers={"Authorization": f"Bearer {token}"})
    assert [it["code"] for it in answer.json()] == ["01", "02"]
    lists = f"/v1/hospitals/{hospital_id(desk, '02')}/departments"
    assert desk.http.get(lists, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert terminal.get(lists).status_code == 404


def test_departments_stand_in_the_hospitals_own_order_with_their_marks(get: Get) -> None:
    rows = get("departments").json()
    assert names(rows)[:3] == ["心血管内科", "呼吸与危重症医学科", "骨科"]
    assert [it["position"] for it in rows] == sorted(it["position"] for it in rows)
    assert (rows[0]["mark"], rows[0]["is_bookable"]) == ("key", True)
    assert "冠心病" in rows[0]["introduction"]["by_language"]["zh-CN"]


@pytest.mark.parametrize("search", ["周明", "zhou mingyuan", "zhouming", "冠心病介入", "Coronary"])
def test_a_doctor_is_found_by_name_pinyin_and_speciality(get: Get, search: str) -> None:
    assert "周明远" in names(get(f"doctors?search={quote(search)}").json())


def test_nobody_is_found_by_what_nobody_has(get: Get) -> None:
    assert get("doctors?search=xyzzy").json() == []
    assert get(f"doctors?search={'x' * 65}").status_code == 400


def test_doctors_of_a_department_come_by_rank(get: Get) -> None:
    department = get("departments").json()[0]
    found = get(f"doctors?department_id={department['id']}").json()
    assert names(found) == ["周明远", "何静怡"]
    assert [it["rank"] for it in found] == [4, 3]


def test_services_tell_what_to_bring_and_prepare_and_notices_what_is_announced(get: Get) -> None:
    services = {it["name"]["by_language"]["zh-CN"]: it for it in get("services").json()}
    glucose = services["空腹血糖"]
    assert (glucose["is_fasting"], glucose["needs_order"], glucose["fee_cents"]) == (True, True, 600)
    assert "空腹" in glucose["prepare"]["by_language"]["zh-CN"]
    kinds = {it["kind"] for it in get("notices").json()}
    assert {"notes", "steps", "complaints", "rule_change"} <= kinds


def test_sessions_come_with_their_free_places_and_the_age_of_the_count(desk: Desk, get: Get) -> None:
    department = get("departments").json()[0]
    found = get(f"sessions?department_id={department['id']}&first_day={TODAY}&last_day={TODAY}").json()
    assert found["as_of_ms"] == desk.clock.now_ms
    assert {it["department_id"] for it in found["sessions"]} == {department["id"]}
    assert [it["starts_ms"] for it in found["sessions"]] == sorted(it["starts_ms"] for it in found["sessions"])
    stored = desk.rows(sa.select(slot.c.session_id, slot.c.pool).where(slot.c.state == "free"))
    for it in found["sessions"]:
        pools = [one.pool for one in stored if str(one.session_id) == it["id"]]
        assert it["free"]["by_pool"] == {pool: pools.count(pool) for pool in set(pools)}
        assert (it["is_offered"], it["is_stopped"], it["kind"] in ("expert", "general")) == (True, False, True)


def test_a_stopped_clinic_is_shown_as_stopped_with_nothing_free(get: Get) -> None:
    found = get("sessions?first_day=2026-03-19&last_day=2026-03-19").json()["sessions"]
    stopped = [it for it in found if it["is_stopped"]]
    assert stopped
    assert all(it["free"]["by_pool"] == {} for it in stopped)


def test_free_places_are_counted_at_most_once_a_second(desk: Desk, get: Get) -> None:
    first = get(f"availability?day={TODAY}").json()
    assert sum(sum(it["by_pool"].values()) for it in first["sessions"]) > 100
    desk.run(slot.update().where(slot.c.state == "free").values(state="blocked", blocked_for="staff"))
    desk.clock.now_ms += 999
    assert get(f"availability?day={TODAY}").json() == first
    desk.clock.now_ms += 1
    later = get(f"availability?day={TODAY}").json()
    assert later["as_of_ms"] == desk.clock.now_ms
    assert {sum(it["by_pool"].values()) for it in later["sessions"]} == {0}


def test_patients_of_a_clinic_that_was_just_stopped_choose_ahead_of_others(desk: Desk, get: Get) -> None:
    eyes = next(it for it in get("departments").json() if it["name"]["by_language"]["zh-CN"] == "眼科")
    path = f"sessions?department_id={eyes['id']}&first_day=2026-03-20&last_day=2026-03-20"
    desk.run(session.update().where(session.c.stopped_ms.is_not(None)).values(stopped_ms=desk.clock.now_ms))
    assert desk.rows(sa.text("SELECT 1 FROM booking WHERE state = 'stopped'"))  # type: ignore[arg-type]
    kept = [it["free"]["by_pool"]["common"] - it["free"]["open_to_others"] for it in get(path).json()["sessions"]]
    assert all(it > 0 for it in kept)
    desk.clock.now_ms += 121 * 60_000
    after = [it["free"]["by_pool"]["common"] - it["free"]["open_to_others"] for it in get(path).json()["sessions"]]
    assert set(after) == {0}


def test_the_places_of_a_session_have_times_and_say_whether_they_are_free(desk: Desk, get: Get) -> None:
    it = get(f"sessions?first_day={TODAY}&last_day={TODAY}").json()["sessions"][0]
    slots = get(f"sessions/{it['id']}/slots").json()
    assert [one["no"] for one in slots] == list(range(1, it["capacity"] + 1))
    assert slots[0]["starts_ms"] == it["starts_ms"]
    assert sum(one["is_free"] for one in slots) == sum(it["free"]["by_pool"].values())


@pytest.mark.parametrize(
    "path",
    [
        "sessions?first_day=2026-02-30",
        "sessions?first_day=2026-03-19&last_day=2026-03-18",
        "sessions?first_day=2026-03-01&last_day=2026-04-30",
        "sessions?first_day=0001-01-01",
        "sessions?first_day=9999-12-31",
        "availability?day=2026-13-01",
        "doctors?department_id=x",
    ],
)
def test_days_and_ids_that_are_none_are_refused(get: Get, path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")


def test_a_session_that_is_not_here_is_not_found(desk: Desk, get: Get) -> None:
    there = hospital_id(desk, "02")
    theirs = next(it for it in desk.rows(sa.select(session)) if str(it.hospital_id) == there)
    assert get(f"sessions/{theirs.session_id}/slots").status_code == 404
