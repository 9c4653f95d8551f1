"""Registered once, a person is known in every hospital of the group; nobody is ever guessed (rules A1, A2)."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.people import DocumentKind, Sex
from central.people.changed import UnknownPerson
from central.people.corrections import Correction, approve, correct_phone, correct_profile, refuse, to_review
from central.people.credentials import add_credential, end_credential
from central.people.guardians import Guardianship, add_guardian, end_guardianship, wards_of
from central.people.register import NotRegistered, Shown, register
from central.people.tables import credential, person
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import TODAY, TwoHospitals, resident_number


def refused(store: TwoHospitals, **changes: object) -> set[str]:
    with pytest.raises(NotRegistered) as caught:
        store.register(**changes)  # type: ignore[arg-type]  # as the test says
    assert not store.rows(sa.select(person))
    return set(caught.value.reasons)


def test_a_card_read_makes_a_verified_person_with_what_the_number_says(store: TwoHospitals) -> None:
    made = store.register(sex=Sex.UNKNOWN)
    row = store.one(sa.select(person))
    assert (made.is_new, made.is_verified, row.person_id) == (True, True, made.person_id)
    assert (row.masked_name, row.sex, row.birth_year) == ("张*丰", "male", 1990)
    clear = store.group_keys.open_person(row)
    assert (clear.name, clear.birth_date, clear.phone) == ("张三丰", "1990-01-01", "13812345678")


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_stored(store: TwoHospitals) -> None:
    number = resident_number()[:-1] + ("0" if resident_number()[-1] != "0" else "1")
    assert refused(store, name=" ", number=number, phone="123") == {"name_missing", "document_wrong", "phone_wrong"}
    assert refused(store, documents=()) == {"document_missing"}
    assert refused(store, phone="") == {"contact_missing"}
    assert refused(store, birth_date="1990-02-30") >= {"birth_date_wrong"}
    assert refused(store, birth_date="2027-01-01") >= {"birth_date_wrong"}
    assert refused(store, name="名" * 65) == {"name_too_long"}
    assert refused(store, sex=Sex.FEMALE) == {"sex_differs"}


def test_a_second_registration_finds_the_same_person(store: TwoHospitals) -> None:
    first = store.register(was_read=False)
    again = store.register(" 张三丰", was_read=False)
    assert (again.person_id, again.is_new, again.is_verified) == (first.person_id, False, False)
    assert store.one(sa.select(person.c.ver)).ver == 1


def test_a_card_read_later_verifies_who_had_typed(store: TwoHospitals) -> None:
    typed = store.register(was_read=False)
    assert [it.person_id for it in store.do(to_review, store.group_id, limit=10)] == [typed.person_id]
    read = store.register(was_read=True)
    assert (read.person_id, read.is_verified) == (typed.person_id, True)
    assert store.do(to_review, store.group_id, limit=10) == []
    assert store.one(sa.select(credential.c.was_read)).was_read


def test_a_document_that_is_known_under_another_name_gives_nothing_away(store: TwoHospitals) -> None:
    store.register()
    with pytest.raises(NotRegistered) as caught:
        store.register("李四")
    assert caught.value.reasons == ("other_name",)
    assert len(store.rows(sa.select(person))) == 1


def test_documents_of_two_records_are_left_to_staff(store: TwoHospitals) -> None:
    one = Shown(uuid4(), DocumentKind.RESIDENT_ID, resident_number(), was_read=True)
    other = Shown(uuid4(), DocumentKind.PASSPORT, "E12345678", was_read=True)
    store.register(documents=(one,))
    store.register(documents=(other,))
    with pytest.raises(NotRegistered) as caught:
        store.register(documents=(one, other))
    assert caught.value.reasons == ("two_records",)
    assert len(store.rows(sa.select(person))) == 2


@on_both_engines
def test_a_second_document_is_added_to_the_person(store: TwoHospitals) -> None:
    one = Shown(uuid4(), DocumentKind.RESIDENT_ID, resident_number(), was_read=True)
    card = Shown(uuid4(), DocumentKind.SOCIAL_SECURITY, "A12345678", was_read=True)
    first = store.register(documents=(one,))
    second = store.register(documents=(one, card))
    only_card = store.register(documents=(card,))
    assert first.person_id == second.person_id == only_card.person_id
    assert store.one(sa.select(person.c.ver)).ver == 2


def test_an_old_number_of_fifteen_digits_is_the_same_person(store: TwoHospitals) -> None:
    number = resident_number("19580704", "123")
    first = store.register(number=number)
    again = store.register(number=number[:6] + number[8:17])
    assert first.person_id == again.person_id


def test_a_review_approves_or_refuses(store: TwoHospitals) -> None:
    typed = store.register(was_read=False)
    store.do(refuse, store.group_id, typed.person_id, store.moment)
    assert store.do(to_review, store.group_id, limit=10) == []
    with pytest.raises(NotRegistered) as caught:
        store.register(was_read=False)
    assert caught.value.reasons == ("document_ended",)
    assert store.register(was_read=True).is_verified
    other = store.register("李四", number=resident_number(order="555"), was_read=False)
    store.do(approve, store.group_id, other.person_id, store.moment)
    row = store.one(sa.select(person).where(person.c.person_id == other.person_id))
    assert (row.is_verified, row.verified_ms) == (True, store.now_ms)


def test_the_phone_is_corrected_and_found_by_its_hash(store: TwoHospitals) -> None:
    made = store.register()
    store.do(correct_phone, store.group_keys, made.person_id, "+86 139-0000-0001", store.moment)
    row = store.one(sa.select(person))
    assert store.group_keys.open_person(row).phone == "13900000001"
    assert row.phone_hash == store.group_keys.phone_hash("13900000001")
    for wrong, why in (("12", "phone_wrong"), ("", "contact_missing")):
        with pytest.raises(NotRegistered) as caught:
            store.do(correct_phone, store.group_keys, made.person_id, wrong, store.moment)
        assert caught.value.reasons == (why,)
    with pytest.raises(UnknownPerson):
        store.do(correct_phone, store.group_keys, uuid4(), "13900000001", store.moment)


def test_staff_correct_name_sex_and_birthday(store: TwoHospitals) -> None:
    made = store.register()
    wanted = Correction(name="張三豐", sex=Sex.FEMALE, birth_date="1991-02-03")
    store.do(correct_profile, store.group_keys, made.person_id, wanted, TODAY, store.moment)
    row = store.one(sa.select(person))
    assert (row.masked_name, row.sex, row.birth_year) == ("張*豐", "female", 1991)
    assert row.name_hash == store.group_keys.name_hash("張三豐")
    for wrong in (Correction(name=" "), Correction(birth_date="1991-02-30")):
        with pytest.raises(NotRegistered):
            store.do(correct_profile, store.group_keys, made.person_id, wrong, TODAY, store.moment)


def test_a_card_that_was_lost_finds_nobody_until_it_is_read_again(store: TwoHospitals) -> None:
    made = store.register()
    card = Shown(uuid4(), DocumentKind.HOSPITAL_CARD, "77001234", was_read=True)
    card_id = store.do(add_credential, store.group_keys, made.person_id, card, TODAY, store.moment)
    assert store.do(end_credential, store.group_id, made.person_id, card_id, store.moment)
    assert not store.do(end_credential, store.group_id, made.person_id, card_id, store.moment)
    typed = Shown(uuid4(), DocumentKind.HOSPITAL_CARD, "7700-1234")
    with pytest.raises(NotRegistered) as caught:
        store.do(register, store.group_keys, store.registration(documents=(typed,)), TODAY, store.moment)
    assert caught.value.reasons == ("document_ended",)
    assert store.do(add_credential, store.group_keys, made.person_id, card, TODAY, store.moment) == card_id
    other = store.register("李四", number=resident_number(order="555"))
    with pytest.raises(NotRegistered) as caught:
        store.do(add_credential, store.group_keys, other.person_id, card, TODAY, store.moment)
    assert caught.value.reasons == ("two_records",)


def test_a_guardian_registers_a_child_and_stops(store: TwoHospitals) -> None:
    parent = store.register()
    child = store.register(
        "张小", number=resident_number("20200506"), guardian_id=parent.person_id, phone="13812345678"
    )
    assert store.do(wards_of, store.group_id, parent.person_id) == [child.person_id]
    assert store.do(end_guardianship, store.group_id, parent.person_id, child.person_id, store.moment)
    assert store.do(wards_of, store.group_id, parent.person_id) == []
    relation = Guardianship(parent.person_id, child.person_id, "father")
    store.do(add_guardian, store.group_id, relation, store.moment)
    assert store.do(wards_of, store.group_id, parent.person_id) == [child.person_id]
    with pytest.raises(UnknownPerson):
        relation = Guardianship(parent.person_id, parent.person_id, "self")
        store.do(add_guardian, store.group_id, relation, store.moment)
