"""Who asks where they have nothing to do, twice at once in one request, or under a key that was used."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa

from booking import signing
from booking.roster.channels import Channel
from central.channels.caller import Right
from central.channels.service import revoke_client
from central.moment import Moment
from central.staff.tables import audit
from central.terminals.service import make_code
from tests.plugins.booking_hall import ELSEWHERE, FIRST, KEYS, SECOND, Client, Hall
from tests.plugins.hostile import ANSWERED, Write, counts, everything_client, send, writes
from tests.plugins.people_hall import registered, staff
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

_WITHOUT_KEY = ("people/find", "people/search", "booking-lookups", "hospital-system/")
"""They change nothing, or each of their rows has a name of its own."""
_RECORDED = sa.select(audit.c.entity_id).where(audit.c.action == "asked for another hospital")


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


def kept_once(asked: list[Write]) -> list[Write]:
    return [it for it in asked if not it.path.startswith(_WITHOUT_KEY)]


@on_both_engines
def test_another_hospitals_caller_finds_nothing_here_and_is_recorded(hall: Hall) -> None:
    asked = writes(hall)
    rights = (Right.STAFF, Right.HOSPITAL_SYSTEM)
    stranger = hall.client(Channel.WINDOW, *rights, hospital_id=SECOND)
    before, noted = counts(hall, *ANSWERED), len(hall.rows(_RECORDED))
    assert {said(send(stranger, write)) for write in asked} == {(404, "not_found")}
    assert len(hall.rows(_RECORDED)) == noted + len(asked)
    away = Client(hall.http, everything_client(hall).token, ELSEWHERE)
    assert said(away.get("doctors")) == (404, "not_found"), "a hospital of another group"
    assert hall.rows(_RECORDED)[-1].entity_id in (FIRST, ELSEWHERE)
    assert counts(hall, *ANSWERED) == before | {"channel_client": before["channel_client"] + 1}


@on_both_engines
def test_another_hospitals_things_are_not_found_under_ones_own(hall: Hall) -> None:
    """A client of the whole group names at one hospital what belongs to the other."""
    clerk = staff(hall)
    person, session = registered(clerk), hall.session()
    made = clerk.book(person, session).json()
    away = Client(hall.http, everything_client(hall).token, SECOND)
    before = counts(hall, *ANSWERED)
    at = f"bookings/{made['booking_id']}"
    answers = [
        away.get(at),
        away.get(f"sessions/{session}/slots"),
        away.get(f"persons/{person}/bookings"),
        away.post(f"{at}/cancellation", {"by": "hospital", "reason": "x"}),
        away.post(f"{at}/confirmation", {"by": "hospital"}),
        away.post(f"{at}/change", {"new_booking_id": str(uuid4()), "session_id": str(session)}),
        away.post(f"{at}/undo-check-in", {"reason": "x"}),
        away.book(person, session),
        away.post("booking-lookups", {"number": made["number"], "question": "phone", "answer": "7788"}),
        away.post("holds", {"person_id": str(person), "session_id": str(session)}),
        away.http.put(
            f"/v1/hospitals/{SECOND}/sessions/{session}/sitting",
            json={"sits": True, "confirmed_by": "x"},
            headers={"Authorization": f"Bearer {away.token}", "Idempotency-Key": "k"},
        ),
    ]
    assert [said(it) for it in answers] == [(404, "not_found")] * len(answers)
    assert counts(hall, *ANSWERED) == before


def test_no_write_is_done_for_a_token_that_does_not_hold(hall: Hall) -> None:
    asked = writes(hall)
    expired = hall.client(Channel.WINDOW, Right.STAFF, expires_ms=hall.clock.now_ms)
    revoked = hall.client(Channel.WINDOW, Right.STAFF, label="拿走的")
    hall.do(lambda connection: revoke_client(connection, Moment(hall.clock.now_ms), label="拿走的"))
    unknown = Client(hall.http, "x" * 43)
    before = counts(hall)
    assert {said(send(expired, it)) for it in asked} == {(401, "bad_token")}
    assert {said(send(unknown, it)) for it in asked} == {(401, "bad_token")}
    assert {said(send(revoked, it)) for it in asked} == {(403, "revoked")}
    assert counts(hall) == before


def test_staffs_acts_are_staffs(hall: Hall) -> None:
    """A channel without that right does none of them."""
    asked = writes(hall)
    edits = [it for it in asked if it.path.startswith(("departments", "doctors", "calendar", "services", "merges"))]
    told = [it for it in asked if it.path.startswith("hospital-system")]
    plain, clerk = hall.client(), staff(hall)
    before = counts(hall)
    assert {said(send(plain, it)) for it in [*edits, *told]} == {(403, "forbidden")}
    assert {said(send(clerk, it)) for it in told} == {(403, "forbidden")}
    assert counts(hall) == before
    assert (len(edits), len(told)) == (5, 4)


@on_both_engines
def test_a_key_that_was_used_for_another_body_does_nothing(hall: Hall) -> None:
    """Of every write: the first answer again for the same body, a clear no for another."""
    client = everything_client(hall)
    asked = {f"{at}": write for at, write in enumerate(kept_once(writes(hall)))}
    firsts = {key: send(client, write, key=key) for key, write in asked.items()}
    definite = {key: first for key, first in firsts.items() if first.status_code not in (400, 404)}
    assert len(definite) > 30
    before = counts(hall)
    for key, first in definite.items():
        write = asked[key]
        assert send(client, write, key=key).content == first.content, str(write)
        other = Write(write.method, write.path, {**write.body, "more": 1})
        assert said(send(client, other, key=key)) == (422, "key_reused"), str(write)
    assert counts(hall) == before


def test_no_write_is_done_without_a_key(hall: Hall) -> None:
    asked = kept_once(writes(hall))
    client = everything_client(hall)
    before = counts(hall)
    for key in (" ", '"', "a b", "长", "x" * 65, '"' + "x" * 65 + '"'):
        answers = {said(send(client, it, **{"Idempotency-Key": _header(key)})) for it in asked[::5]}
        assert answers == {(400, "bad_request")}, key
    assert counts(hall) == before


def test_a_header_that_comes_twice_is_understood_in_no_way(hall: Hall) -> None:
    write = next(it for it in writes(hall) if it.path == "requests")
    client, other = everything_client(hall), hall.client()
    code = hall.do(lambda it: make_code(it, KEYS, Moment(hall.clock.now_ms), hospital_code="01", label="L1"))
    terminal = SignedTerminal(hall.http)
    assert terminal.enrol(code).status_code == 200
    before = counts(hall)
    good = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "k1", "Content-Type": "application/json"}
    for name, value in (
        ("authorization", f"Bearer {other.token}"),
        ("Authorization", good["Authorization"]),
        ("idempotency-key", "k2"),
        ("Content-Type", "text/plain"),
    ):
        answer = _ask(hall, write, [*good.items(), (name, value)])
        assert said(answer) == (400, "bad_request"), name
    target = f"/v1/hospitals/{FIRST}/doctors"
    terminal.count += 1
    signed = terminal.headers("GET", target, b"")
    for name in (signing.HEADER_TERMINAL, signing.HEADER_COUNT, signing.HEADER_SIGNATURE):
        answer = hall.http.get(target, headers=[*signed.items(), (name, signed[name])])
        assert said(answer) == (400, "bad_request"), name
    assert counts(hall) == before
    assert hall.http.get(target, headers=signed).status_code == 200, "none of it used the number up"


def _ask(hall: Hall, write: Write, headers: list[tuple[str, str]]) -> httpx.Response:
    return hall.http.request(write.method, f"/v1/hospitals/{FIRST}/{write.path}", json=write.body, headers=headers)


def _header(text: str) -> Any:
    """As bytes, which a header may be made of without being ASCII."""
    return text.encode()
