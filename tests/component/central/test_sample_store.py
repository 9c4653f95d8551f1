"""The sample as it lies in the store: places add up, and each case that a demonstration needs is there."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from booking.credit import Scheme
from central.appointments.tables import booking
from central.catalogue.tables import notice, service
from central.orders.tables import doctor_order, order_item
from central.people.tables import guardian, patient, priority_grant
from central.policies.service import policy_in_force
from central.rosters.laws import breaches
from central.rosters.tables import calendar_day, department, doctor, hospital, session, sitting, slot
from tests.plugins.central_desk import DAY, Desk
from tests.plugins.postgres import on_both_engines

pytestmark = on_both_engines


def test_every_place_of_both_hospitals_adds_up(desk: Desk) -> None:
    for it in desk.rows(sa.select(hospital.c.hospital_id)):
        found = desk.parts.reader.submit(lambda connection, it=it: breaches(connection, it.hospital_id)).result(60)
        assert found == []


def test_hospitals_have_settings_of_their_own(desk: Desk) -> None:
    schemes = {}
    for it in desk.rows(sa.select(hospital.c.hospital_id, hospital.c.code)):
        policy = desk.parts.reader.submit(
            lambda connection, it=it: policy_in_force(connection, it.hospital_id, desk.clock.now_ms)
        ).result(60)
        schemes[it.code] = policy.credit.scheme
    assert schemes == {"01": Scheme.STRIKES, "02": Scheme.POINTS}


def test_the_catalogue_can_be_shown(desk: Desk) -> None:
    departments = desk.rows(sa.select(department))
    assert {it.mark for it in departments} == {None, "key", "speciality"}
    assert all(it.pinyin and it.introduction["zh-CN"] for it in departments)
    doctors = desk.rows(sa.select(doctor))
    assert {it.rank for it in doctors} == {2, 3, 4}
    assert all(it.pinyin and it.speciality["zh-CN"] and it.introduction["en"] for it in doctors)
    assert {it.kind for it in desk.rows(sa.select(service.c.kind))} == {"blood_draw", "ultrasound", "radiology"}
    assert {it.kind for it in desk.rows(sa.select(notice.c.kind))} >= {"notes", "steps", "complaints", "rule_change"}
    assert {it.kind for it in desk.rows(sa.select(calendar_day.c.kind))} == {"holiday", "make_up"}


def test_places_lie_in_pools_and_those_of_next_week_wait_for_their_release(desk: Desk) -> None:
    here = sa.select(hospital.c.hospital_id).where(hospital.c.code == "01").scalar_subquery()
    of = sa.and_(session.c.hospital_id == slot.c.hospital_id, session.c.session_id == slot.c.session_id)
    rows = desk.rows(
        sa.select(session.c.service_date, slot.c.home_pool, slot.c.state, sa.func.count().label("places"))
        .join(session, of)
        .where(slot.c.hospital_id == here)
        .group_by(session.c.service_date, slot.c.home_pool, slot.c.state)
    )
    assert {it.home_pool for it in rows} == {"common", "walk_in", "channel:web", "channel:phone", "reserve:elder"}
    last = max(it.service_date for it in rows)
    assert {it.state for it in rows if it.service_date == last} == {"blocked"}
    assert {it.state for it in rows if it.service_date == DAY.isoformat()} == {"free", "busy"}


def test_a_clinic_of_tomorrow_is_stopped_and_its_patients_are_not_forgotten(desk: Desk) -> None:
    stopped = desk.rows(sa.select(session).where(session.c.stopped_ms.is_not(None)))
    assert {(it.service_date, it.stop_reason) for it in stopped} == {("2026-03-19", "illness")}
    ids = {it.session_id for it in stopped}
    booked = desk.rows(sa.select(booking.c.state).where(booking.c.session_id.in_(ids)))
    assert {it.state for it in booked} <= {"stopped", "cancelled"}


def test_people_have_families_grants_missed_visits_and_some_are_suspended(desk: Desk) -> None:
    assert len(desk.rows(sa.select(guardian))) >= 3
    assert {it.priority_group for it in desk.rows(sa.select(priority_grant))} == {"pregnant", "disabled"}
    copies = desk.rows(sa.select(patient))
    suspended = [it for it in copies if it.standing and it.standing["suspended_until"]]
    assert len(suspended) >= 2
    assert any(it.guardian_ids for it in copies)
    assert any(it.grants for it in copies)
    yesterday = Counter(it.state for it in desk.rows(sa.select(booking).where(booking.c.service_date == "2026-03-17")))
    assert yesterday["visited"] > yesterday["no_show"] > 0


def test_orders_are_paid_unpaid_and_paid_for_something_else(desk: Desk) -> None:
    items = desk.rows(sa.select(order_item))
    assert {it.is_paid for it in items} == {True, False}
    assert any(it.paid_code and it.paid_code != it.code for it in items)
    assert any(it.series_minutes for it in items)
    orders = desk.rows(sa.select(doctor_order))
    assert {it.is_urgent for it in orders} == {True, False}
    assert {it.state for it in orders} == {"open", "done"}


def test_departments_have_said_who_sits_today(desk: Desk) -> None:
    assert {it.sits for it in desk.rows(sa.select(sitting.c.sits))} == {True, False}
