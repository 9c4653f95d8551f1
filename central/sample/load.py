"""Writing a planned sample into an empty store. Places come into being by publishing rosters, as in any hospital."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.roster import SlotState
from booking.roster.changes import ChangeReason
from booking.roster.places import BlockedFor
from central.appointments.tables import ACTIVE_STATES, booking
from central.catalogue.tables import notice, service
from central.keys import Keys
from central.moment import Moment
from central.people.personal import GroupKeys
from central.people.sealing import add_seal_key
from central.people.tables import credential, patient, person
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.publish import publish_day
from central.rosters.tables import calendar_day, department, department_doctor, doctor, hospital, place, session, slot
from central.sample import rows
from central.sample.kinds import TIME_ZONE, SampleHospital
from central.sample.names import REGION
from central.sample.orders import load_orders
from central.sample.plan import PlannedPerson, SamplePlan
from central.sample.roster import part_id
from central.sample.trust import load_trust
from central.sample.visits import load_sittings
from central.sync.tables import feed, feed_epoch

PEOPLE_FILE = "sample-people.json"
Values = dict[str, Any]


def load_sample(connection: sa.Connection, plan: SamplePlan, keys: Keys, *, now_ms: int, epoch: str) -> None:
    """Store the whole sample. The feed begins after it: a terminal starts with a snapshot anyway."""
    moment, group_keys = Moment(now_ms), GroupKeys(plan.group_id, keys)
    for it, hospital_id in rows.hospitals(plan):
        _insert(connection, hospital, [rows.hospital_row(plan, it)])
        _insert(connection, feed_epoch, [{"tenant_id": hospital_id, "epoch": epoch, "began_ms": now_ms}])
        settings = to_document(it.settings, version=1)
        _insert(
            connection,
            policy,
            [{"hospital_id": hospital_id, "version": 1, "document": settings, "from_ms": 0, "told_ms": 0}],
        )
        _catalogue(connection, plan, it, hospital_id)
        _publish(connection, plan, it, hospital_id, moment)
        add_seal_key(connection, hospital_id, keys=keys, moment=moment)
    _insert(connection, person, [rows.person_row(it, group_keys, now_ms) for it in plan.people])
    _insert(connection, credential, [row for it in plan.people for row in rows.credential_rows(it, group_keys)])
    _insert(connection, patient, [row for it in plan.people for row in rows.patient_rows(plan, it, group_keys)])
    made = [(it, one) for it in plan.people for one in it.bookings]
    _insert(connection, booking, [rows.booking_row(plan, it, one, group_keys) for it, one in made])
    _take_places(connection, plan)
    _stop_clinics(connection, plan, moment)
    load_sittings(connection, plan, moment)
    load_orders(connection, plan, group_keys, moment)
    load_trust(connection, plan, group_keys, moment)
    connection.execute(feed.delete())


def write_people_file(path: Path, plan: SamplePlan) -> None:
    """The sample people in the clear, for the virtual cards; readable by the owner only."""
    people = [_in_the_clear(it) for it in plan.people]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"people": people}, file, ensure_ascii=False, indent=1)


def _insert(connection: sa.Connection, table: sa.Table, values: Iterable[Values]) -> None:
    found = list(values)
    if found:
        connection.execute(table.insert(), found)


def _catalogue(connection: sa.Connection, plan: SamplePlan, it: SampleHospital, hospital_id: UUID) -> None:
    departments = list(enumerate(it.departments, 1))
    staff = [(at, number, who) for _, at in departments for number, who in enumerate(plan.doctors[it.code][at.name[0]])]
    _insert(connection, department, [rows.department_row(hospital_id, at, position) for position, at in departments])
    _insert(connection, doctor, [rows.doctor_row(hospital_id, at, number, who) for at, number, who in staff])
    _insert(
        connection,
        department_doctor,
        [
            {
                "hospital_id": hospital_id,
                "department_id": part_id(hospital_id, at, ""),
                "doctor_id": part_id(hospital_id, at, f"doctor{number}"),
            }
            for at, number, _ in staff
        ],
    )
    _insert(connection, place, [rows.place_row(hospital_id, at, number) for _, at in departments for number in (0, 1)])
    _insert(connection, service, rows.service_rows(hospital_id, it))
    _insert(connection, notice, rows.notice_rows(hospital_id, it, 0))
    _insert(connection, calendar_day, rows.holiday_rows(hospital_id, plan))


def _publish(
    connection: sa.Connection, plan: SamplePlan, it: SampleHospital, hospital_id: UUID, moment: Moment
) -> None:
    for day in plan.days[it.code]:
        ids = (one.session_id for one in day.sessions)
        published = publish_day(connection, hospital_id, day.roster, moment, ids=ids)
        assert published.sessions == tuple(one.published for one in day.sessions), "published as it was planned"


def _take_places(connection: sa.Connection, plan: SamplePlan) -> None:
    """Each place whose booking counts is busy for it."""
    taken = [
        {
            "at_hospital": plan.hospital_ids[one.hospital.code],
            "at_session": one.session.session_id,
            "at_no": one.slot_no,
            "for_booking": one.booking_id,
        }
        for it in plan.people
        for one in it.bookings
        if one.state in ACTIVE_STATES
    ]
    if taken:
        connection.execute(
            slot.update()
            .where(
                slot.c.hospital_id == sa.bindparam("at_hospital"),
                slot.c.session_id == sa.bindparam("at_session"),
                slot.c.no == sa.bindparam("at_no"),
            )
            .values(state=SlotState.BUSY.value, booking_id=sa.bindparam("for_booking"), blocked_for=None),
            taken,
        )


def _stop_clinics(connection: sa.Connection, plan: SamplePlan, moment: Moment) -> None:
    """The doctor is ill: nothing can be booked there, and whoever was booked is to be told."""
    for code, sessions in plan.sessions.items():
        for it in sessions:
            if not plan.is_stopped(it):
                continue
            here = (plan.hospital_ids[code], it.session_id)
            connection.execute(
                session.update()
                .where(session.c.hospital_id == here[0], session.c.session_id == here[1])
                .values(stopped_ms=moment.now_ms, stop_reason=ChangeReason.ILLNESS.value)
            )
            connection.execute(
                slot.update()
                .where(slot.c.hospital_id == here[0], slot.c.session_id == here[1])
                .values(state=SlotState.BLOCKED.value, blocked_for=BlockedFor.STOPPED.value)
            )


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
