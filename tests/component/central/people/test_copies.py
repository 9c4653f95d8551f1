"""A hospital's copy of a person follows the group's record, and terminals hear of it (rule A2, sync C3)."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from uuid import uuid4

import sqlalchemy as sa

from booking.credit import CreditPolicy
from booking.decide.given import Acting, Grant, Standing
from booking.people import DocumentKind
from booking.policy import PriorityGroup
from booking.wire import CheckQuestion
from central.appointments.tables import booking, waiting_entry
from central.credit.bring import bring, read_person
from central.people.changed import changed
from central.people.copies import read_copy, store_copy
from central.people.corrections import correct_phone, refuse
from central.people.facts import acting_for, answers_of, copy_of, person_on, standing_on
from central.people.grants import NewGrant, grant_priority, withdraw_priority
from central.people.merging import Merging, merge_records
from central.people.register import Shown
from central.people.tables import patient, person
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import TODAY, TwoHospitals, resident_number

LATER = TODAY + timedelta(days=30)


def test_a_copy_says_what_decisions_need(store: TwoHospitals) -> None:
    parent = store.register("张大山", number=resident_number(order="321"))
    made = store.register(was_read=False, guardian_id=parent.person_id)
    store.bring(store.first, made.person_id)
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    expected = store.group_keys.lookup.credential(kind=DocumentKind.RESIDENT_ID, number=resident_number())
    assert row.credential_hashes == [base64.b64encode(expected).decode()]
    who = person_on(row, TODAY, seal=store.keys.seal)
    assert (who.document, who.age, who.is_verified, who.is_reachable) == (DocumentKind.RESIDENT_ID, 36, False, True)
    assert person_on(row, date(2025, 12, 31), seal=store.keys.seal).age == 35
    answers = answers_of(row, store.keys.seal)
    assert (answers.phone_last_four, answers.birthday) == ("5678", "0101")
    assert standing_on(row, CreditPolicy(), TODAY) == Standing()
    assert acting_for(row, parent.person_id) is Acting.GUARDIAN
    assert acting_for(row, None) is acting_for(row, made.person_id) is Acting.SELF
    assert acting_for(row, uuid4()) is Acting.STRANGER
    assert store.do(copy_of, store.second, made.person_id) is None


def test_whose_registration_was_refused_has_no_document(store: TwoHospitals) -> None:
    made = store.register(was_read=False)
    store.bring(store.first, made.person_id)
    store.do(refuse, store.group_id, made.person_id, store.moment)
    store.settle()
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    assert person_on(row, TODAY, seal=store.keys.seal).document is None


@on_both_engines
def test_a_change_reaches_every_hospital_that_has_a_copy_and_no_other(store: TwoHospitals) -> None:
    made = store.register()
    store.bring(store.first, made.person_id)
    store.settle()
    wanted = NewGrant(uuid4(), made.person_id, PriorityGroup.DISABLED, LATER, "disability card", "client 1")
    store.do(grant_priority, store.group_id, wanted, store.moment)
    store.do(grant_priority, store.group_id, wanted, store.moment)
    store.settle()
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    assert person_on(row, TODAY, seal=store.keys.seal).grants == (Grant(PriorityGroup.DISABLED, LATER),)
    store.do(withdraw_priority, store.group_id, wanted.grant_id, "no longer needed", store.moment)
    store.settle()
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    assert row.grants == []
    assert store.do(copy_of, store.second, made.person_id) is None


def test_an_older_copy_never_replaces_a_newer_one(store: TwoHospitals) -> None:
    made = store.register()
    old = store.do(read_copy, store.group_keys, made.person_id)
    store.do(correct_phone, store.group_keys, made.person_id, "13900000001", store.moment)
    new = store.do(read_copy, store.group_keys, made.person_id)
    assert old is not None
    assert new is not None
    for copy in (new, old):
        store.do(store_copy, store.first, copy, None, keys=store.keys, moment=store.moment)
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    assert (row.person_ver, answers_of(row, store.keys.seal).phone_last_four) == (2, "0001")


@on_both_engines
def test_a_change_between_reading_and_the_first_copy_is_not_lost(store: TwoHospitals) -> None:
    made = store.register()
    store.settle()
    read = store.do(read_person, store.group_keys, made.person_id)
    assert read is not None
    store.do(correct_phone, store.group_keys, made.person_id, "13900000001", store.moment)
    store.settle()  # nobody has a copy yet
    store.do(bring, store.first, read, {}, keys=store.keys, moment=store.moment, if_missing=True)
    store.settle()
    row = store.do(copy_of, store.first, made.person_id)
    assert row is not None
    assert answers_of(row, store.keys.seal).phone_last_four == "0001"


@on_both_engines
def test_each_booking_in_the_terminals_days_gets_one_row_and_new_check_values(store: TwoHospitals) -> None:
    made = store.register()
    store.bring(store.first, made.person_id)
    days = {shift: TODAY + timedelta(days=shift) for shift in (-2, -1, 0, 3, 4)}
    booked = {
        shift: store.book(store.first, made.person_id, day=day, number=f"01000000000{at}")
        for at, (shift, day) in enumerate(days.items())
    }
    store.do(correct_phone, store.group_keys, made.person_id, "13900000001", store.moment)
    store.settle()
    told = [entity_id for _, entity_id in store.positions(store.first)]
    assert sorted(told, key=str) == sorted((booked[shift] for shift in (-1, 0, 3)), key=str)
    rows = {it.booking_id: it for it in store.rows(sa.select(booking))}
    check = store.group_keys.lookup.check
    for at, shift in enumerate(days):
        number = f"01000000000{at}"
        expected = check(number=number, question=CheckQuestion.PHONE, answer="0001") if shift >= -1 else None
        assert rows[booked[shift]].check_phone == expected
        assert rows[booked[shift]].ver == (1 if shift == -2 else 2)


@on_both_engines
def test_a_merged_record_takes_everything_along_in_every_hospital(store: TwoHospitals) -> None:
    one = store.register()
    passport = Shown(uuid4(), DocumentKind.PASSPORT, "E12345678", was_read=True)
    other = store.register("ZHANG SANFENG", documents=(passport,), phone="13700000002")
    for hospital_id, who in ((store.first, one), (store.first, other), (store.second, other)):
        store.bring(hospital_id, who.person_id)
    here = store.book(store.first, other.person_id)
    there = store.book(store.second, other.person_id, number="020000000001")
    waiting = {"hospital_id": store.second, "entry_id": uuid4(), "person_id": other.person_id, "state": "waiting"}
    session_id = store.one(sa.select(booking.c.session_id).where(booking.c.booking_id == there)).session_id
    entry = waiting_entry.insert().values(**waiting, session_id=session_id, channel="web", joined_ms=1, ver=1)
    store.do(lambda connection: connection.execute(entry) and None)

    wanted = Merging(uuid4(), one.person_id, other.person_id, "client 1", "one person, seen with both documents")
    for _ in range(2):
        assert store.do(merge_records, store.group_keys, wanted, store.moment) == one.person_id
    store.settle()

    owners = store.rows(sa.select(booking.c.booking_id, booking.c.person_id, booking.c.ver))
    assert {it.booking_id: it.person_id for it in owners} == {here: one.person_id, there: one.person_id}
    assert all(it.ver > 1 for it in owners)
    assert [store.positions(store.first), store.positions(store.second)] == [[("booking", here)], [("booking", there)]]
    assert store.one(sa.select(waiting_entry.c.person_id)).person_id == one.person_id
    copies = store.rows(sa.select(patient.c.hospital_id, patient.c.person_id, patient.c.document_kinds))
    assert {(it.hospital_id, it.person_id) for it in copies} == {
        (store.first, one.person_id),
        (store.second, one.person_id),
    }
    assert all(sorted(it.document_kinds) == ["passport", "resident_id"] for it in copies)
    assert store.register("张三丰", documents=(passport,)).person_id == one.person_id
    assert store.do(changed, store.group_id, other.person_id, store.moment) == one.person_id


def test_a_record_merged_twice_still_leads_to_the_one_that_stays(store: TwoHospitals) -> None:
    people = [store.register(f"王{at}", number=resident_number(order=f"{at}11")).person_id for at in (1, 3, 5)]
    for kept, merged in ((people[1], people[0]), (people[2], people[1])):
        store.do(merge_records, store.group_keys, Merging(uuid4(), kept, merged, "client 1", "seen"), store.moment)
    rows = store.rows(sa.select(person.c.person_id, person.c.merged_into))
    assert {it.person_id: it.merged_into for it in rows} == {
        people[0]: people[2],
        people[1]: people[2],
        people[2]: None,
    }
    for one in people:
        assert store.do(changed, store.group_id, one, store.moment) == people[2]


def test_the_kept_record_learns_what_only_the_other_knew(store: TwoHospitals) -> None:
    passport = Shown(uuid4(), DocumentKind.PASSPORT, "E12345678", was_read=False)
    kept = store.register(documents=(passport,), phone="", other_contact="landline of the village")
    other = store.register()
    store.do(
        merge_records, store.group_keys, Merging(uuid4(), kept.person_id, other.person_id, "c", "seen"), store.moment
    )
    row = store.one(sa.select(person).where(person.c.person_id == kept.person_id))
    clear = store.group_keys.open_person(row)
    assert (clear.phone, clear.birth_date, row.birth_year, row.is_verified) == ("13812345678", "1990-01-01", 1990, True)
    assert clear.contact == "landline of the village"
