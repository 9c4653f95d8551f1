"""Who registered at a terminal that was off line is known to the group, under the terminal's id too.  # rule A2"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.checkins.tables import operation
from central.moment import Moment
from central.people.followed import known_person
from central.people.sealing import add_seal_key
from central.people.tables import credential, patient, person
from tests.plugins.booking_hall import FIRST, KEYS, TOMORROW, Hall, new_id
from tests.plugins.lending import bookings_of
from tests.plugins.people_hall import NAME, registered, staff
from tests.plugins.postgres import on_both_engines
from tests.plugins.terminal_acts import DETAILS, OffLine, messages, newest_key, row_of, sealed, tasks
from tests.plugins.two_hospitals import resident_number

pytestmark = [on_both_engines, pytest.mark.usefixtures("sealing")]

KIOSK = "channel:kiosk"


def people(hall: Hall) -> dict[UUID, UUID | None]:
    """The group's records, and those that they lead to."""
    return {it.person_id: it.merged_into for it in hall.rows(sa.select(person.c.person_id, person.c.merged_into))}


def known_as(hall: Hall, person_id: str) -> UUID | None:
    found: UUID | None = hall.do(lambda connection: known_person(connection, FIRST, UUID(person_id)))
    return found


@pytest.mark.parametrize("was_card_read", [True, False])
def test_somebody_new_is_made_with_the_terminals_id(hall: Hall, off_line: OffLine, was_card_read: bool) -> None:
    act = off_line.register(DETAILS, was_card_read=was_card_read)
    assert off_line.said() == [("applied", "")]
    (row,) = hall.rows(sa.select(person))
    assert (str(row.person_id), row.is_verified, row.masked_name) == (act["person_id"], was_card_read, "欧*试")
    (copy,) = hall.rows(sa.select(patient))
    (document,) = hall.rows(sa.select(credential))
    assert (copy.person_id, copy.is_verified, document.was_read) == (row.person_id, was_card_read, was_card_read)
    assert off_line.said() == [("applied", "")]
    assert len(people(hall)) == 1
    assert tasks(hall) == []


def test_what_comes_with_a_registration_finds_its_person(hall: Hall, off_line: OffLine) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2})
    (lent,) = bookings_of(off_line.kiosk.ask())
    person_id = new_id()
    booked = off_line.book(person_id, lent, lent["places"][0]["no"])
    off_line.register(DETAILS, person_id)
    assert off_line.said() == [("applied", ""), ("applied", "")]
    assert row_of(hall, booked["booking_id"]).person_id == person_id
    assert hall.breaches() == []


def test_somebody_known_keeps_their_id_and_the_new_one_leads_to_it(hall: Hall, off_line: OffLine) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2})
    known = registered(staff(hall))
    act = off_line.register(DETAILS, was_card_read=True)
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(UUID(act["person_id"]), lent, lent["places"][0]["no"])
    assert off_line.said() == [("applied", ""), ("applied", "")]
    assert row_of(hall, booked["booking_id"]).person_id == known == known_as(hall, act["person_id"])
    assert people(hall) == {known: None, UUID(act["person_id"]): known}
    assert "欧阳测试" not in json.dumps(off_line.tell())


def test_two_terminals_that_register_one_person_make_one(hall: Hall, off_line: OffLine) -> None:
    acts = [off_line.register(DETAILS), off_line.register(DETAILS)]
    assert off_line.said() == [("applied", ""), ("applied", "")]
    assert len({known_as(hall, it["person_id"]) for it in acts}) == 1
    assert sorted(it is None for it in people(hall).values()) == [False, True]


def test_who_is_merged_by_staff_later_is_found_by_every_id(hall: Hall, off_line: OffLine) -> None:
    act = off_line.register(DETAILS)
    assert off_line.said() == [("applied", "")]
    desk = staff(hall)
    other = registered(desk, name="欧阳测", number=resident_number("19800317", "003"))
    body = {"kept_id": str(other), "merged_id": act["person_id"], "reason": "same person"}
    assert desk.post("merges", body).status_code == 201
    assert known_as(hall, act["person_id"]) == other


@pytest.mark.parametrize("wrong", ["seal", "content", "hostile", "other person", "other name"])
def test_what_cannot_be_made_out_is_staffs_and_nobody_is_lost(hall: Hall, off_line: OffLine, wrong: str) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2})
    person_id, key = new_id(), newest_key(off_line.kiosk)
    if wrong == "other name":
        registered(staff(hall))
    said = {
        "seal": "AAAA",
        "content": sealed(key, b"[1, 2]", person_id),
        "hostile": sealed(key, replace(DETAILS, name="\u202e" + NAME), person_id),
        "other person": sealed(key, DETAILS, new_id()),
        "other name": sealed(key, replace(DETAILS, name="王小明"), person_id),
    }[wrong]
    act = off_line.register(DETAILS, person_id, sealed=said)
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(person_id, lent, lent["places"][0]["no"])
    registration, sale = off_line.tell()
    reason = {"content": "details_unreadable", "hostile": "details_unreadable", "other name": "other_name"}
    assert (registration["verdict"], registration["reason"]) == ("conflict", reason.get(wrong, "seal_broken"))
    assert registration["task_id"]
    assert registration["sentence"]["by_language"]["en"]
    assert sale["booking"]["booking"]["person_id"] == str(person_id)
    assert sale["verdict"] == "applied"
    assert row_of(hall, booked["booking_id"]).state == "booked"
    assert messages(hall, person_id)[0] in ("booked", "details_needed")
    assert "details_needed" in messages(hall, person_id)
    (kept,) = hall.rows(sa.select(operation.c.result).where(operation.c.kind == "register"))
    assert kept.result["kept"] == act["sealed"]
    assert hall.rows(sa.select(credential).where(credential.c.person_id == person_id)) == []
    assert ("register_conflict", registration["reason"]) in tasks(hall)


def test_who_gave_no_phone_is_known_all_the_same(hall: Hall, off_line: OffLine) -> None:
    off_line.register(replace(DETAILS, phone=""), was_card_read=True)
    assert off_line.said() == [("applied", "")]
    assert len(hall.rows(sa.select(credential))) == 1


def test_a_card_is_kept_besides_the_document(hall: Hall, off_line: OffLine) -> None:
    off_line.register(replace(DETAILS, card_kind="social_security", card_number="A12345678"), was_card_read=True)
    assert off_line.said() == [("applied", "")]
    assert {it.kind for it in hall.rows(sa.select(credential))} == {"resident_id", "social_security"}


def test_keys_rotate_and_old_ones_still_open(hall: Hall, off_line: OffLine) -> None:
    head, rows = off_line.kiosk.signed.snapshot()
    old = next(it for it in rows if it["kind"] == "seal_key")
    act = off_line.register(DETAILS)
    hall.clock.now_ms += 1
    hall.do(partial(add_seal_key, hospital_id=FIRST, keys=KEYS, moment=Moment(hall.clock.now_ms)))
    told = off_line.kiosk.signed.feed(head["cursor"]).json()["rows"]
    (row,) = (it for it in told if it["kind"] == "seal_key")
    assert row["seal_key"] == newest_key(off_line.kiosk) != old["seal_key"]
    assert UUID(base64.b64decode(act["sealed"])[1:17].hex()) == UUID(old["id"])
    off_line.register(DETAILS)
    assert off_line.said() == [("applied", ""), ("applied", "")]
