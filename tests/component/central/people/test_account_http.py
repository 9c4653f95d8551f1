"""How a person stands, matters without slots, and consents, through the interface (rules D8, D14, F1-F3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from booking.credit import Act
from booking.roster.channels import Channel
from central.channels.caller import Right
from central.credit.relay import Relay
from central.credit.tables import credit_record
from central.credit.tell import ActDone, tell_group
from central.moment import Moment
from central.people.tables import copy_due, patient, person
from tests.plugins.booking_hall import FIRST, KEYS, SECOND, TODAY, Hall
from tests.plugins.people_hall import (
    POINTS,
    no_shows,
    registered,
    relay,
    staff,
    trail,
)
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import resident_number


def test_the_account_says_each_entry_with_its_reason_and_how_to_appeal(hall: Hall) -> None:
    hall.set_policy(POINTS, SECOND)
    web, window = hall.client(hospital_id=SECOND), hall.client(Channel.WINDOW, Right.STAFF, hospital_id=SECOND)
    person_id = registered(web)
    good = web.get(f"people/{person_id}/account").json()
    assert (good["balance"], good["may_book"], good["entries"], good["advice"]) == (12, True, [], [])
    no_shows(hall, person_id, 3)
    account = web.get(f"people/{person_id}/account").json()
    last = (TODAY + timedelta(days=89)).isoformat()
    assert (account["balance"], account["may_book"], account["suspended_until"]) == (0, False, last)
    assert last in account["advice"][0]["by_language"]["zh-CN"]
    entry = account["entries"][0]
    assert (entry["act"], entry["cost"], entry["state"]) == ("no_show", 4, "counts")
    assert entry["what"]["by_language"]["zh-CN"] == "预约后未就诊（爽约）"
    assert (entry["hospital_id"], entry["appeal_until"]) == (str(SECOND), (TODAY + timedelta(days=29)).isoformat())

    refused = web.book(person_id, hall.session(hospital_id=SECOND))
    assert (refused.status_code, refused.json()["reason"]) == (409, "suspended")

    assert web.post(f"people/{person_id}/appeals", {"entry_id": entry["entry_id"]}).status_code == 201
    again = web.post(f"people/{person_id}/appeals", {"entry_id": entry["entry_id"]})
    assert (again.status_code, again.json()["reason"]) == (409, "already_appealed")
    settled = {"entry_id": entry["entry_id"], "reason": "The lift was out of order"}
    assert window.post(f"people/{person_id}/voids", settled).status_code == 201
    after = web.get(f"people/{person_id}/account").json()
    line = next(it for it in after["entries"] if it["entry_id"] == entry["entry_id"])
    assert (after["balance"], after["may_book"]) == (4, True)
    assert (line["state"], line["appeal"], line["staff_reason"]) == ("voided", "upheld", settled["reason"])
    assert web.book(person_id, hall.session(hospital_id=SECOND)).status_code == 201
    assert trail(hall, person_id).count("account read") == 3


@on_both_engines
def test_a_suspension_at_one_hospital_is_known_and_lifted_at_the_other(hall: Hall) -> None:
    hall.set_policy(POINTS, SECOND)
    here, window = hall.client(), staff(hall)
    person_id = registered(here)
    no_shows(hall, person_id, 3)
    refused = here.book(person_id, hall.session())
    assert (refused.status_code, refused.json()["reason"]) == (409, "suspended")
    assert window.post(f"people/{person_id}/reinstatements", {"reason": "identity card seen"}).status_code == 201
    assert here.book(person_id, hall.session()).status_code == 201
    nothing = window.post(f"people/{person_id}/reinstatements", {"reason": "again"})
    assert (nothing.status_code, nothing.json()["reason"]) == (409, "nothing_to_lift")
    assert window.post(f"people/{person_id}/blacklistings", {"reason": "sold places"}).status_code == 201


@on_both_engines
def test_two_servers_relays_side_by_side_carry_everything_once(hall: Hall) -> None:
    hall.set_policy(POINTS, SECOND)
    web, told, rounds = hall.client(), 24, 8
    people = [registered(web, number=resident_number(order=f"{at}11")) for at in range(1, 5)]

    def tell(at: int) -> None:
        late = ActDone(person_id=people[at % 4], day=TODAY, act=Act.LATE, booking_id=uuid4())
        hall.do(lambda connection: tell_group(connection, (FIRST, SECOND)[at % 2], late, Moment(hall.clock.now_ms)))
        web.post(f"people/{people[at % 4]}/phone", {"phone": f"139000000{at:02}"})

    def carry(_: int) -> None:
        worker = Relay(ask=hall.parts.reader.submit, write=hall.parts.writer.submit, keys=KEYS)
        for _ in range(rounds):
            worker.step(hall.clock.now_ms)

    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(carry, at) for at in range(2)] + [threads.submit(tell, at) for at in range(told)]
        for one in work:
            one.result(60)
    relay(hall)
    assert len(hall.rows(sa.select(credit_record))) == told
    assert hall.rows(sa.select(copy_due)) == []
    newest = {it.person_id: it.ver for it in hall.rows(sa.select(person.c.person_id, person.c.ver))}
    copies = hall.rows(sa.select(patient.c.person_id, patient.c.person_ver, patient.c.standing))
    assert {it.person_id: it.person_ver for it in copies} == newest
    assert all(it.standing["suspended_until"] is None for it in copies if it.person_id in (people[0], people[2]))
    assert all(it.standing["suspended_until"] is not None for it in copies if it.person_id in (people[1], people[3]))


def test_requests_and_referrals(hall: Hall) -> None:
    web, window = hall.client(), staff(hall)
    community = hall.client(Channel.COMMUNITY)
    person_id = registered(web)
    made = web.post("requests", {"person_id": str(person_id), "kind": "bed", "need": "after the operation"})
    assert (made.status_code, made.json()["state"]) == (201, "submitted")
    request_id = made.json()["request_id"]
    assert [it["request_id"] for it in window.get("requests").json()["requests"]] == [request_id]
    no_reason = window.post(f"requests/{request_id}/review", {"outcome": "refused"})
    assert (no_reason.status_code, no_reason.json()["reason"]) == (409, "reason_needed")
    granted = window.post(f"requests/{request_id}/review", {"outcome": "granted", "starts_ms": 1_800_000_000_000})
    assert granted.json()["state"] == "granted"
    assert web.post(f"requests/{request_id}/withdrawal").json()["state"] == "under_review"
    assert len(web.get(f"people/{person_id}/requests").json()["requests"]) == 1
    assert web.post(f"requests/{uuid4()}/withdrawal").status_code == 404
    nowhere = {"person_id": str(person_id), "department_id": str(uuid4())}
    assert web.post("requests", {**nowhere, "kind": "bed"}).status_code == 404
    sent_nowhere = {**nowhere, "direction": "in", "referred_by": "x", "valid_until_ms": 1}
    assert community.post("referrals", sent_nowhere).status_code == 404
    body = {"person_id": str(person_id), "direction": "in", "referred_by": "社区卫生服务中心"}
    sent = community.post("referrals", {**body, "valid_until_ms": hall.clock.now_ms + 86_400_000})
    assert sent.status_code == 201
    referral_id = sent.json()["referral_id"]
    booked = web.book(person_id, hall.session()).json()
    followed = community.post(f"referrals/{referral_id}/booking", {"booking_id": booked["booking_id"]})
    assert followed.json()["booking_id"] == booked["booking_id"]
    assert len(window.get("referrals").json()["referrals"]) == 1
    assert community.post(f"referrals/{referral_id}/end", {}).json()["state"] == "closed"
    assert window.get("referrals").json()["referrals"] == []


def test_consents_are_given_and_taken_back(hall: Hall) -> None:
    web = hall.client()
    person_id = registered(web)
    given = {"purpose": "third_party", "text_version": "2026-1"}
    assert web.post(f"people/{person_id}/consents", given).status_code == 201
    for is_changed in (True, False):
        ended = web.post(f"people/{person_id}/consents/third_party/withdrawal")
        assert ended.json()["is_changed"] is is_changed


def test_a_guardian_sees_what_a_stranger_does_not(hall: Hall) -> None:
    web, window = hall.client(), staff(hall)
    parent = registered(web)
    child = registered(web, name="欧阳小", number=resident_number("20200506"), guardian_id=str(parent))
    stranger = registered(web, name="李四", number=resident_number())
    for path in (f"people/{child}", f"people/{child}/account"):
        answers = {who: web.get(f"{path}?acting_id={who}").status_code for who in (child, parent, stranger, uuid4())}
        assert list(answers.values()) == [200, 200, 403, 404]
        assert window.get(f"{path}?acting_id={stranger}").status_code == 200
    appeal = {"entry_id": str(uuid4()), "acting_id": str(stranger)}
    assert web.post(f"people/{child}/appeals", appeal).status_code == 403
