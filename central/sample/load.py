"""Writing a planned sample into an empty store, sealed and hashed as everything is."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.numbers import queue_number
from booking.people import DocumentKind, mask_name
from booking.roster import BookingState, SlotState
from booking.wire import CheckQuestion
from central.appointments.tables import ACTIVE_STATES, booking
from central.keys import Keys, LookupHash
from central.people.tables import credential, patient, person
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.tables import department, doctor, hospital, place, session, slot
from central.sample.catalogue import HOSPITALS, TIME_ZONE, SampleDepartment, Two
from central.sample.names import REGION
from central.sample.plan import PlannedBooking, PlannedPerson, PlannedSession, SamplePlan
from central.sync.tables import feed_epoch

PEOPLE_FILE = "sample-people.json"
Values = dict[str, Any]


def load_sample(connection: sa.Connection, plan: SamplePlan, keys: Keys, *, now_ms: int, epoch: str) -> None:
    """Store the whole sample. The feed begins after it: a terminal starts with a snapshot anyway."""
    for sample in HOSPITALS:
        hospital_id = plan.hospital_ids[sample.code]
        _insert(connection, hospital, [_hospital(plan, sample.code, sample.name)])
        _insert(connection, feed_epoch, [{"tenant_id": hospital_id, "epoch": epoch, "began_ms": now_ms}])
        settings = {
            "hospital_id": hospital_id,
            "version": 1,
            "document": to_document('preset = "general"\n', version=1),
            "from_ms": 0,
        }
        _insert(connection, policy, [settings])
        for at in sample.departments:
            _catalogue(connection, hospital_id, at)
        sessions = plan.sessions[sample.code]
        _insert(connection, session, [_session(hospital_id, it, now_ms) for it in sessions])
        taken = _taken_places(plan, sample.code)
        _insert(connection, slot, [row for it in sessions for row in _slots(hospital_id, it, taken)])
    lookup = keys.lookup(plan.group_id)
    _insert(connection, person, [_person(plan.group_id, it, keys, lookup) for it in plan.people])
    _insert(
        connection, credential, [row for it in plan.people for row in _credentials(plan.group_id, it, keys, lookup)]
    )
    _insert(connection, patient, [row for it in plan.people for row in _patients(plan, it, lookup)])
    made = [(it, one) for it in plan.people for one in it.bookings]
    _insert(connection, booking, [_booking(plan, it, one, keys, lookup) for it, one in made])


def write_people_file(path: Path, plan: SamplePlan) -> None:
    """The sample people in the clear, for the virtual cards; readable by the owner only."""
    people = [_in_the_clear(it) for it in plan.people]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"people": people}, file, ensure_ascii=False, indent=1)


def _insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Values]) -> None:
    values = list(rows)
    if values:
        connection.execute(table.insert(), values)


def _two(text: Two) -> dict[str, str]:
    return {"zh-CN": text[0], "en": text[1]}


def _part_id(hospital_id: UUID, at: SampleDepartment, part: str) -> UUID:
    """The id of a department, of one of its doctors, or of one of its rooms."""
    return uuid5(hospital_id, f"{at.name[1]} {part}")


def _hospital(plan: SamplePlan, code: str, name: Two) -> Values:
    return {
        "hospital_id": plan.hospital_ids[code],
        "group_id": plan.group_id,
        "code": code,
        "name": _two(name),
        "time_zone": TIME_ZONE,
    }


def _catalogue(connection: sa.Connection, hospital_id: UUID, at: SampleDepartment) -> None:
    of_hospital = {"hospital_id": hospital_id, "ver": 1}
    one = {"department_id": _part_id(hospital_id, at, ""), "name": _two(at.name), "is_sensitive": at.is_sensitive}
    _insert(connection, department, [of_hospital | one])
    for number, (who, room) in enumerate(zip(at.doctors, at.rooms, strict=True)):
        doctor_id, place_id = (_part_id(hospital_id, at, f"{part}{number}") for part in ("doctor", "room"))
        one = {"doctor_id": doctor_id, "name": _two(who.name), "title": _two(who.title)}
        _insert(connection, doctor, [of_hospital | one])
        where = {
            "place_id": place_id,
            "building": _two(at.building),
            "floor": _two(at.floor),
            "area": _two(at.area),
            "room": _two((f"{room} 诊室", f"Room {room}")),
        }
        _insert(connection, place, [of_hospital | where])


def _session(hospital_id: UUID, it: PlannedSession, now_ms: int) -> Values:
    return {
        "hospital_id": hospital_id,
        "session_id": it.session_id,
        "department_id": _part_id(hospital_id, it.department, ""),
        "doctor_id": _part_id(hospital_id, it.department, f"doctor{it.doctor}"),
        "place_id": _part_id(hospital_id, it.department, f"room{it.doctor}"),
        "service_date": it.day.isoformat(),
        "starts_ms": it.starts_ms,
        "ends_ms": it.ends_ms,
        "letters": it.letters,
        "capacity": it.capacity,
        "kind": "general",
        "published_ms": now_ms,
        "ver": 1,
    }


def _taken_places(plan: SamplePlan, code: str) -> dict[tuple[UUID, int], UUID]:
    return {
        (one.session.session_id, one.slot_no): one.booking_id
        for it in plan.people
        for one in it.bookings
        if one.hospital.code == code and one.state in ACTIVE_STATES
    }


def _slots(hospital_id: UUID, it: PlannedSession, taken: dict[tuple[UUID, int], UUID]) -> Iterable[Values]:
    for no in range(1, it.capacity + 1):
        booking_id = taken.get((it.session_id, no))
        yield {
            "hospital_id": hospital_id,
            "session_id": it.session_id,
            "no": no,
            "starts_ms": it.slot_starts_ms(no),
            "ends_ms": it.slot_starts_ms(no + 1),
            "state": (SlotState.BUSY if booking_id else SlotState.FREE).value,
            "booking_id": booking_id,
            "ver": 1,
        }


def _person(group_id: UUID, it: PlannedPerson, keys: Keys, lookup: LookupHash) -> Values:
    def seal(column: str, value: str) -> bytes:
        return keys.seal.seal(value, table="person", column=column, row=it.person_id)

    who = it.person
    return {
        "group_id": group_id,
        "person_id": it.person_id,
        "name_sealed": seal("name_sealed", who.name),
        "name_hash": lookup.of(f"name\n{who.name}".encode()),
        "birth_sealed": seal("birth_sealed", who.birth.isoformat()),
        "phone_sealed": seal("phone_sealed", who.phone) if who.phone else None,
        "phone_hash": lookup.of(f"phone\n{who.phone}".encode()) if who.phone else None,
        "masked_name": mask_name(who.name),
        "sex": who.sex.value,
        "birth_year": who.birth.year,
        "ver": 1,
    }


def _documents(it: PlannedPerson) -> tuple[tuple[DocumentKind, str], ...]:
    return (
        (DocumentKind.RESIDENT_ID, it.person.id_number),
        (DocumentKind.SOCIAL_SECURITY, it.person.card_number),
    )


def _credentials(group_id: UUID, it: PlannedPerson, keys: Keys, lookup: LookupHash) -> Iterable[Values]:
    for kind, number in _documents(it):
        credential_id = uuid5(it.person_id, kind.value)
        yield {
            "group_id": group_id,
            "credential_id": credential_id,
            "person_id": it.person_id,
            "kind": kind.value,
            "number_sealed": keys.seal.seal(number, table="credential", column="number_sealed", row=credential_id),
            "number_hash": lookup.credential(kind=kind, number=number),
        }


def _patients(plan: SamplePlan, it: PlannedPerson, lookup: LookupHash) -> Iterable[Values]:
    hashes = [_base64(lookup.credential(kind=kind, number=number)) for kind, number in _documents(it)]
    for code in sorted({one.hospital.code for one in it.bookings}):
        yield {
            "hospital_id": plan.hospital_ids[code],
            "person_id": it.person_id,
            "person_ver": 1,
            "masked_name": mask_name(it.person.name),
            "sex": it.person.sex.value,
            "birth_year": it.person.birth.year,
            "credential_hashes": hashes,
        }


def _booking(plan: SamplePlan, it: PlannedPerson, one: PlannedBooking, keys: Keys, lookup: LookupHash) -> Values:
    is_here = one.state is BookingState.CHECKED_IN
    phone, birthday = it.person.phone[-4:], it.person.birth.strftime("%m%d")
    return {
        "hospital_id": plan.hospital_ids[one.hospital.code],
        "booking_id": one.booking_id,
        "session_id": one.session.session_id,
        "slot_no": one.slot_no,
        "service_date": one.session.day.isoformat(),
        "person_id": it.person_id,
        "number_sealed": keys.seal.seal(one.number, table="booking", column="number_sealed", row=one.booking_id),
        "number_hash": lookup.booking(one.number),
        "number_last_four": one.number[-4:],
        "check_phone": _check(lookup, one, CheckQuestion.PHONE, phone) if phone else None,
        "check_birthday": _check(lookup, one, CheckQuestion.BIRTHDAY, birthday),
        "state": one.state.value,
        "channel": "window",
        "is_return_visit": one.is_return_visit,
        "made_ms": one.booking_id.int >> 80,
        "queue_number": queue_number(letters=one.session.letters, slot_no=one.slot_no) if is_here else "",
        "checked_in_ms": one.session.slot_starts_ms(one.slot_no) if is_here else 0,
        "ver": 1,
    }


def _check(lookup: LookupHash, one: PlannedBooking, question: CheckQuestion, answer: str) -> bytes:
    return lookup.check(number=one.number, question=question, answer=answer)


def _in_the_clear(it: PlannedPerson) -> Values:
    who = it.person
    return {
        "name": who.name,
        "id_number": who.id_number,
        "card_number": who.card_number,
        "sex": who.sex.value,
        "birth_date": who.birth.isoformat(),
        "phone": who.phone,
        "region": REGION,
        "note": it.note,
        "bookings": [
            {
                "hospital_code": one.hospital.code,
                "number": one.number,
                "date": one.session.day.isoformat(),
                "time": _local_time(one.session.slot_starts_ms(one.slot_no)),
                "department": one.session.department.name[0],
            }
            for one in it.bookings
        ],
    }


def _local_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(TIME_ZONE)).strftime("%H:%M")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
