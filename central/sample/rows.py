"""The rows of the sample's catalogue, bookings and people, sealed and hashed as everything is."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from booking.numbers import queue_number
from booking.people import DocumentKind, mask_name
from booking.roster import BookingState
from booking.wire import CheckQuestion
from central.keys import LookupHash
from central.people.copies import PersonCopy, patient_values
from central.people.facts import Answers
from central.people.personal import GroupKeys
from central.sample.catalogue import HOSPITALS, pinyin_of, two
from central.sample.kinds import TIME_ZONE, SampleDepartment, SampleDoctor, SampleHospital
from central.sample.plan import PlannedBooking, PlannedPerson, SamplePlan
from central.sample.roster import area_id, part_id
from central.sample.services import HOLIDAYS

Values = dict[str, Any]


def hospital_row(plan: SamplePlan, it: SampleHospital) -> Values:
    """The hospital."""
    return {
        "hospital_id": plan.hospital_ids[it.code],
        "group_id": plan.group_id,
        "code": it.code,
        "name": two(it.name),
        "time_zone": TIME_ZONE,
        "address": two(it.address),
        "phone": it.phone,
        "introduction": two(it.introduction),
        "ver": 1,
    }


def department_row(hospital_id: UUID, it: SampleDepartment, position: int) -> Values:
    """A department, in its place of the order shown.  # rule C12"""
    chinese, english = it.about
    return {
        "hospital_id": hospital_id,
        "department_id": part_id(hospital_id, it, ""),
        "name": two(it.name),
        "is_sensitive": it.is_sensitive,
        "position": position,
        "mark": it.mark,
        "pinyin": it.pinyin,
        "introduction": two((f"{it.name[0]}主要承担{chinese}。", f"{it.name[1]}: {english}.")),
        "ver": 1,
    }


def doctor_row(hospital_id: UUID, at: SampleDepartment, number: int, it: SampleDoctor) -> Values:
    """A doctor with what they are known for.  # rule C13"""
    chinese, english = at.specialities[number % len(at.specialities)]
    return {
        "hospital_id": hospital_id,
        "doctor_id": part_id(hospital_id, at, f"doctor{number}"),
        "name": two(it.name),
        "title": two(it.title),
        "rank": it.rank.value,
        "speciality": two((chinese, english)),
        "pinyin": pinyin_of(it),
        "introduction": two(
            (f"{it.name[0]}，{at.name[0]}{it.title[0]}，擅长{chinese}。", f"{it.title[1]}, {at.name[1]}: {english}.")
        ),
        "ver": 1,
    }


def place_row(hospital_id: UUID, at: SampleDepartment, number: int) -> Values:
    """One of a department's two rooms."""
    where, room = at.where, at.where.rooms[number]
    return {
        "hospital_id": hospital_id,
        "place_id": part_id(hospital_id, at, f"room{number}"),
        "building": two(where.building),
        "floor": two(where.floor),
        "area": two(where.area),
        "room": two((f"{room} 诊室", f"Room {room}")),
        "area_id": area_id(hospital_id, at),
        "directions": two(
            (f"{where.building[0]}{where.floor[0]}{where.area[0]}", f"{where.building[1]}, {where.floor[1]}")
        ),
        "ver": 1,
    }


def service_rows(hospital_id: UUID, it: SampleHospital) -> Iterable[Values]:
    """The examinations with their one-time notices, each at the department of its kind.  # rule D10"""
    places = {at.kind: at for at in it.departments if at.kind is not None}
    for service in it.services:
        at = places[service.kind]
        yield {
            "hospital_id": hospital_id,
            "service_id": uuid5(hospital_id, f"service {service.code}"),
            "department_id": part_id(hospital_id, at, ""),
            "kind": service.kind.value,
            "name": two(service.name),
            "bring": two(service.bring),
            "prepare": two(service.prepare) if service.prepare else None,
            "duration_min": service.duration_min,
            "fee_cents": service.fee_cents,
            "is_fasting": service.is_fasting,
            "needs_order": True,
            "ver": 1,
        }


def notice_rows(hospital_id: UUID, it: SampleHospital, from_ms: int) -> Iterable[Values]:
    """What anybody may read.  # rule C13"""
    for number, notice in enumerate(it.notices):
        yield {
            "hospital_id": hospital_id,
            "notice_id": uuid5(hospital_id, f"notice {number}"),
            "kind": notice.kind,
            "title": two(notice.title),
            "body": two(notice.body),
            "from_ms": from_ms,
            "until_ms": None,
            "ver": 1,
        }


def holiday_rows(hospital_id: UUID, plan: SamplePlan) -> Iterable[Values]:
    """The public holidays of this year and the next, and one make-up workday: the Sunday after next.  # rule C10"""
    for year in (plan.today.year, plan.today.year + 1):
        for month, day, name in HOLIDAYS:
            yield _calendar_row(hospital_id, f"{year}-{month:02d}-{day:02d}", "holiday", None, two(name))
    sunday = plan.today + timedelta(days=6 - plan.today.weekday() + 7)
    if (sunday.month, sunday.day) not in {(month, day) for month, day, _ in HOLIDAYS}:
        yield _calendar_row(hospital_id, sunday.isoformat(), "make_up", 0, two(("调休上班", "Make-up workday")))


def _calendar_row(hospital_id: UUID, day: str, kind: str, serves_as: int | None, name: dict[str, str]) -> Values:
    return {"hospital_id": hospital_id, "day": day, "kind": kind, "serves_as": serves_as, "name": name, "ver": 1}


def person_row(it: PlannedPerson, keys: GroupKeys, made_ms: int) -> Values:
    """The group's record of a person."""
    who = it.person
    return {
        "group_id": keys.group_id,
        "person_id": it.person_id,
        **keys.name_columns(it.person_id, who.name),
        **keys.birth_columns(it.person_id, who.birth.isoformat()),
        **keys.phone_columns(it.person_id, who.phone),
        "sex": who.sex.value,
        "is_verified": True,
        "verified_ms": made_ms,
        "made_ms": made_ms,
        "ver": 1,
    }


def documents_of(it: PlannedPerson) -> tuple[tuple[DocumentKind, str], ...]:
    """What the person can show."""
    return (
        (DocumentKind.RESIDENT_ID, it.person.id_number),
        (DocumentKind.SOCIAL_SECURITY, it.person.card_number),
    )


def credential_rows(it: PlannedPerson, keys: GroupKeys) -> Iterable[Values]:
    """The person's document and card."""
    for kind, number in documents_of(it):
        credential_id = uuid5(it.person_id, kind.value)
        yield {
            "group_id": keys.group_id,
            "credential_id": credential_id,
            "person_id": it.person_id,
            **keys.credential_columns(credential_id, kind, number),
        }


def patient_rows(plan: SamplePlan, it: PlannedPerson, keys: GroupKeys) -> Iterable[Values]:
    """The copies of the hospitals at which the person has bookings."""
    codes = sorted({one.hospital.code for one in it.bookings})
    if not codes:
        return
    hashes = [keys.lookup.credential(kind=kind, number=number) for kind, number in documents_of(it)]
    copy = PersonCopy(
        person_id=it.person_id,
        group_id=keys.group_id,
        ver=1,
        masked_name=mask_name(it.person.name),
        sex=it.person.sex.value,
        birth_year=it.person.birth.year,
        birth_date=it.person.birth.isoformat(),
        answers=Answers(it.person.phone[-4:], it.person.birth.strftime("%m%d")),
        credential_hashes=tuple(base64.b64encode(value).decode("ascii") for value in hashes),
        document_kinds=tuple(kind.value for kind, _ in documents_of(it)),
        is_verified=True,
        is_reachable=bool(it.person.phone),
        grants=(),
        guardian_ids=(),
    )
    values = patient_values(copy, None, keys.keys)
    for code in codes:
        yield {"hospital_id": plan.hospital_ids[code], "person_id": it.person_id, **values}


def booking_row(plan: SamplePlan, it: PlannedPerson, one: PlannedBooking, keys: GroupKeys) -> Values:
    """A booking."""
    is_here = one.state in (BookingState.CHECKED_IN, BookingState.VISITED)
    has_ended = one.state in (BookingState.CANCELLED, BookingState.STOPPED)
    made_ms = one.booking_id.int >> 80
    phone, birthday, lookup = it.person.phone[-4:], it.person.birth.strftime("%m%d"), keys.lookup
    seal = keys.keys.seal.seal
    return {
        "hospital_id": plan.hospital_ids[one.hospital.code],
        "booking_id": one.booking_id,
        "session_id": one.session.session_id,
        "slot_no": one.slot_no,
        "service_date": one.session.day.isoformat(),
        "person_id": it.person_id,
        "number_sealed": seal(one.number, table="booking", column="number_sealed", row=one.booking_id),
        "number_hash": lookup.booking(one.number),
        "number_last_four": one.number[-4:],
        "check_phone": _check(lookup, one, CheckQuestion.PHONE, phone) if phone else None,
        "check_birthday": _check(lookup, one, CheckQuestion.BIRTHDAY, birthday),
        "state": one.state.value,
        "channel": one.channel.value,
        "pool": one.pool,
        "is_return_visit": one.is_return_visit,
        "made_ms": made_ms,
        "queue_number": queue_number(letters=one.session.letters, slot_no=one.slot_no) if is_here else "",
        "checked_in_ms": one.session.slot_starts_ms(one.slot_no) if is_here else 0,
        "is_printed": is_here,
        "fee_cents": one.session.doctor.fee_cents if one.session.doctor else 0,
        "ended_ms": made_ms + 3_600_000 if has_ended else None,
        "ended_by": _ENDED_BY.get(one.state),
        "ver": 1,
    }


_ENDED_BY = {BookingState.CANCELLED: "patient", BookingState.STOPPED: "hospital"}


def _check(lookup: LookupHash, one: PlannedBooking, question: CheckQuestion, answer: str) -> bytes:
    return lookup.check(number=one.number, question=question, answer=answer)


def hospitals(plan: SamplePlan) -> Iterable[tuple[SampleHospital, UUID]]:
    """Each hospital with its id."""
    return ((it, plan.hospital_ids[it.code]) for it in HOSPITALS)
