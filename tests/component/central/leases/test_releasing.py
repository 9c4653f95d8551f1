"""Two of the staff release what a lost terminal was lent; nobody does alone, and no clock does.  # sync C4"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from central.cli import main
from central.leases.places import Released, lent_place
from central.leases.tables import lease
from central.moment import Moment
from central.staff.tables import audit
from central.terminals.service import revoke
from tests.plugins.booking_hall import FIRST, MINUTE_MS, NOW_MS, TOMORROW, Client, Hall
from tests.plugins.lending import Grant, Lending, bookings_of, key_of, sell
from tests.plugins.postgres import on_both_engines

KIOSK = "channel:kiosk"
LOST = "终端被水浸坏"


def ask(staff: Client, lent: dict[str, Any], agent: str = "王敏") -> Any:
    return staff.post(f"leases/{lent['id']}/release", {"agent": agent, "reason": LOST})


def confirm(staff: Client, lent: dict[str, Any], agent: str = "李强") -> Any:
    return staff.post(f"leases/{lent['id']}/release/confirmation", {"agent": agent})


def one_lent(hall: Hall, lending: Lending) -> tuple[UUID, dict[str, Any]]:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1})
    (lent,) = bookings_of(lending.kiosk().ask())
    return session_id, lent


@on_both_engines
def test_two_of_the_staff_release_what_is_lent(hall: Hall, lending: Lending) -> None:
    session_id, lent = one_lent(hall, lending)
    staff = lending.staff()
    first = ask(staff, lent)
    assert first.status_code == 200, first.text
    assert (first.json()["lease"]["lent"], first.json()["lease"]["state"]) == (1, "active")
    assert set(first.json()["risk"]["by_language"]) == {"zh-CN", "en"}
    assert hall.places(session_id) == {"leased": 1}
    second = confirm(staff, lent)
    assert second.status_code == 200, second.text
    assert (second.json()["lease"]["state"], second.json()["lease"]["released"]) == ("released", 1)
    assert hall.places(session_id) == {"free": 1}
    assert hall.breaches() == []
    assert bookings_of(lending.kiosks[0].ask())[0]["id"] != lent["id"]
    trail = hall.rows(sa.select(audit).where(audit.c.entity == "lease").order_by(audit.c.at_ms, audit.c.action))
    assert {(it.actor, it.action) for it in trail} == {("王敏", "lease release asked"), ("李强", "lease released")}
    assert not [it for it in trail if LOST.encode() in it.after_sealed]


@on_both_engines
def test_a_late_sale_knows_that_its_place_was_released(hall: Hall, lending: Lending) -> None:
    _, lent = one_lent(hall, lending)
    staff = lending.staff()
    ask(staff, lent)
    hall.clock.now_ms += MINUTE_MS
    confirm(staff, lent)
    found = hall.do(lambda connection: lent_place(connection, FIRST, key_of(lent, 1)))
    terminal_id = lending.kiosks[0].signed.terminal_id
    assert found == Released(terminal_id=terminal_id, released_ms=NOW_MS + MINUTE_MS)
    back = lending.kiosks[0].give_back(lent["id"], [1])
    assert back.verdict == "applied"


@pytest.mark.parametrize(
    ("first", "second", "after_min", "reason"),
    [
        ("", "李强", 0, "nobody_asked"),
        ("王敏", "王敏", 0, "same_person"),
        ("Wang Min", "wang  MIN", 0, "same_person"),
        ("王敏", "李强", 61, "nobody_asked"),
    ],
    ids=["nobody", "the same", "the same otherwise written", "too late"],
)
def test_nobody_releases_alone_or_too_late(
    hall: Hall, lending: Lending, first: str, second: str, after_min: int, reason: str
) -> None:
    session_id, lent = one_lent(hall, lending)
    staff = lending.staff()
    if first:
        assert ask(staff, lent, first).status_code == 200
    hall.clock.now_ms += after_min * MINUTE_MS
    refused = confirm(staff, lent, second)
    assert (refused.status_code, refused.json()["reason"]) == (409, reason)
    assert refused.json()["sentence"]["by_language"]["zh-CN"]
    assert hall.places(session_id) == {"leased": 1}


def test_what_is_not_lent_is_not_released(hall: Hall, lending: Lending) -> None:
    session_id, lent = one_lent(hall, lending)
    staff = lending.staff()
    ask(staff, lent)
    sell(hall, lent, 1, uuid4())
    assert confirm(staff, lent).json()["reason"] == "nothing_lent"
    assert ask(staff, lent).json()["reason"] == "nothing_lent"
    assert hall.places(session_id) == {"busy": 1}
    assert ask(staff, lent | {"id": str(uuid4())}).status_code == 404


def test_only_staff_see_and_release(hall: Hall, lending: Lending) -> None:
    session_id, lent = one_lent(hall, lending)
    web = hall.client()
    assert [it.status_code for it in (ask(web, lent), confirm(web, lent), web.get("leases"))] == [403] * 3
    at_terminal = lending.kiosks[0].signed.get(f"/v1/hospitals/{FIRST}/leases")
    assert at_terminal.status_code == 403
    assert hall.places(session_id) == {"leased": 1}


@on_both_engines
def test_a_shut_out_terminals_places_stay_lent_and_are_listed(hall: Hall, lending: Lending) -> None:
    session_id, lent = one_lent(hall, lending)
    hall.do(lambda connection: revoke(connection, Moment(NOW_MS), label="L1") and None)
    assert lending.kiosks[0].send(uuid4()).status_code == 403
    staff = lending.staff()
    (line,) = staff.get("leases?is_lent=true").json()["leases"]
    assert (line["lease_id"], line["terminal_label"], line["terminal_revoked_ms"]) == (lent["id"], "L1", NOW_MS)
    assert hall.places(session_id) == {"leased": 1}
    ask(staff, lent)
    assert confirm(staff, lent).status_code == 200
    assert hall.places(session_id) == {"free": 1}
    assert staff.get("leases?is_lent=true").json()["leases"] == []
    assert len(staff.get("leases?limit=1").json()["leases"]) == 1


def test_pages_of_the_list_go_on_where_the_last_one_ended(hall: Hall, lending: Lending) -> None:
    for _ in range(3):
        hall.session(TOMORROW, pools={KIOSK: 1})
    grant: Grant = lending.kiosk().ask()
    staff, seen, after = lending.staff(), [], ""
    for _ in range(3):
        page = staff.get(f"leases?limit=1{after}").json()
        seen += [it["lease_id"] for it in page["leases"]]
        after = f"&after={page['next']}"
    assert page["next"] is None
    assert sorted(seen) == sorted(it["id"] for it in grant["leases"])
    terminal_id = lending.kiosks[0].signed.terminal_id
    assert len(staff.get(f"leases?terminal_id={terminal_id}").json()["leases"]) == 3
    assert staff.get(f"leases?terminal_id={uuid4()}").json()["leases"] == []


@on_both_engines
def test_released_on_the_command_line(
    hall: Hall, lending: Lending, tmp_path: Any, hall_database: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id, lent = one_lent(hall, lending)
    where = ["--data", str(tmp_path)]
    if address := getattr(hall_database, "address", ""):
        where += ["--database", address]

    def run(*arguments: str) -> tuple[int, str]:
        code = main(["lease", *arguments, *where])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, listed = run("list")
    assert (code, listed.split("\t")[0], "lent 1" in listed) == (0, lent["id"], True)
    assert run("list", "--hospital", "99") == (2, "central: there is no hospital 99\n")
    assert "extra place above capacity" in run("show", lent["id"])[1]
    assert run("release", lent["id"], "--by", "Wang")[0] == 2
    assert run("confirm", lent["id"], "--by", "Li")[0] == 2
    code, asked = run("release", lent["id"], "--by", "Wang", "--reason", "burnt")
    assert (code, "by Wang: burnt" in asked) == (0, True)
    assert run("confirm", lent["id"], "--by", "Wang") == (2, "central: A second member of staff must confirm.\n")
    code, done = run("confirm", lent["id"], "--by", "Li")
    assert (code, "released 1" in done) == (0, True)
    assert hall.places(session_id) == {"free": 1}
    assert run("show", str(uuid4()))[0] == 2
    assert [it.state for it in hall.rows(sa.select(lease.c.state))] == ["released"]
