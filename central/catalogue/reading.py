"""What anybody may read without a card: hospitals, departments, doctors, services, notices, clinic times (rule C13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.localized import LocalizedText
from booking.roster import SlotState
from booking.wire import DepartmentRow, DoctorRow
from booking.wire_catalogue import (
    HospitalView,
    NoticeRow,
    ServiceRow,
    SessionFree,
    SessionView,
    SlotView,
)
from central.catalogue.tables import notice, service
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import department, department_doctor, doctor, hospital, session, session_pool, slot
from central.sync.rows import department_of, doctor_of, notice_of, service_of


class NoSuchSession(Exception):
    """The hospital has published no such session."""


def hospitals(connection: sa.Connection, group_id: UUID, only: UUID | None) -> tuple[HospitalView, ...]:
    """The hospitals of the group, or the one that the caller belongs to."""
    query = sa.select(hospital).where(hospital.c.group_id == group_id).order_by(hospital.c.code)
    if only is not None:
        query = query.where(hospital.c.hospital_id == only)
    return tuple(
        HospitalView(
            id=it.hospital_id,
            code=it.code,
            name=LocalizedText(it.name),
            time_zone=it.time_zone,
            address=LocalizedText(it.address or {}),
            phone=it.phone or "",
            introduction=LocalizedText(it.introduction or {}),
        )
        for it in connection.execute(query)
    )


def departments(connection: sa.Connection, hospital_id: UUID) -> tuple[DepartmentRow, ...]:
    """In the hospital's own order.  # rule C12"""
    query = (
        sa.select(department)
        .where(department.c.hospital_id == hospital_id, department.c.is_retired.is_(sa.false()))
        .order_by(department.c.position, department.c.department_id)
    )
    return tuple(department_of(it) for it in connection.execute(query))


def doctors(
    connection: sa.Connection, hospital_id: UUID, *, department_id: UUID | None = None, search: str = ""
) -> tuple[DoctorRow, ...]:
    """Of a department or of all, the highest rank first; found by name, pinyin (also initials) or speciality."""
    query = (
        sa.select(doctor)
        .where(doctor.c.hospital_id == hospital_id, doctor.c.is_retired.is_(sa.false()))
        .order_by(doctor.c.rank.desc(), doctor.c.pinyin, doctor.c.doctor_id)
    )
    if department_id is not None:
        same = sa.and_(
            department_doctor.c.hospital_id == doctor.c.hospital_id,
            department_doctor.c.doctor_id == doctor.c.doctor_id,
        )
        query = query.join(department_doctor, same).where(department_doctor.c.department_id == department_id)
    wanted = search.strip().casefold()
    return tuple(doctor_of(it) for it in connection.execute(query) if not wanted or _is_meant(it, wanted))


def _is_meant(it: sa.Row[Any], wanted: str) -> bool:
    words = (it.pinyin or "").split()
    texts = (*it.name.values(), *(it.speciality or {}).values())
    typed = "".join(wanted.split())
    initials = "".join(word[0] for word in words)
    return (
        any(wanted in text.casefold() for text in texts)
        or "".join(words).startswith(typed)
        or (len(typed) > 1 and initials.startswith(typed))
        or any(word.startswith(typed) for word in words)
    )


def services(connection: sa.Connection, hospital_id: UUID, department_id: UUID | None) -> tuple[ServiceRow, ...]:
    """What is offered, with its one-time notice.  # rule D10"""
    query = (
        sa.select(service)
        .where(service.c.hospital_id == hospital_id, service.c.is_retired.is_(sa.false()))
        .order_by(service.c.kind, service.c.service_id)
    )
    if department_id is not None:
        query = query.where(service.c.department_id == department_id)
    return tuple(service_of(it) for it in connection.execute(query))


def notices(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> tuple[NoticeRow, ...]:
    """What is announced now, the newest first."""
    query = (
        sa.select(notice)
        .where(
            notice.c.hospital_id == hospital_id,
            notice.c.is_retired.is_(sa.false()),
            notice.c.from_ms <= now_ms,
            sa.or_(notice.c.until_ms.is_(None), notice.c.until_ms > now_ms),
        )
        .order_by(notice.c.from_ms.desc(), notice.c.notice_id)
    )
    return tuple(notice_of(it) for it in connection.execute(query))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions are asked for."""

    first_day: str
    last_day: str
    department_id: UUID | None = None
    doctor_id: UUID | None = None


def sessions(
    connection: sa.Connection, hospital_id: UUID, wanted: Wanted, free: Mapping[UUID, SessionFree]
) -> tuple[SessionView, ...]:
    """Published sessions by day and hour; a substitute is named in place of the doctor.  # rule H1"""
    query = _published(hospital_id).where(
        session.c.service_date >= wanted.first_day, session.c.service_date <= wanted.last_day
    )
    if wanted.department_id is not None:
        query = query.where(session.c.department_id == wanted.department_id)
    if wanted.doctor_id is not None:
        query = query.where(_WHO_SITS.in_((wanted.doctor_id,)))
    ordered = query.order_by(session.c.starts_ms, session.c.letters, session.c.session_id)
    return tuple(_view(it, free) for it in connection.execute(ordered))


_WHO_SITS = sa.func.coalesce(session.c.substitute_doctor_id, session.c.doctor_id, type_=sa.Uuid())


def _published(hospital_id: UUID) -> sa.Select[Any]:
    of_department = sa.and_(
        department.c.hospital_id == session.c.hospital_id, department.c.department_id == session.c.department_id
    )
    of_doctor = sa.and_(doctor.c.hospital_id == session.c.hospital_id, doctor.c.doctor_id == _WHO_SITS)
    common = sa.and_(
        session_pool.c.hospital_id == session.c.hospital_id,
        session_pool.c.session_id == session.c.session_id,
        session_pool.c.pool == COMMON_TEXT,
    )
    is_bookable = sa.and_(department.c.is_bookable, sa.func.coalesce(doctor.c.is_bookable, sa.true()))
    return (
        sa.select(
            session,
            _WHO_SITS.label("sitting_doctor_id"),
            is_bookable.label("is_bookable"),
            session_pool.c.opens_ms.label("common_opens_ms"),
        )
        .join(department, of_department)
        .outerjoin(doctor, of_doctor)
        .outerjoin(session_pool, common)
        .where(session.c.hospital_id == hospital_id, session.c.published_ms.is_not(None))
    )


def _view(it: sa.Row[Any], free: Mapping[UUID, SessionFree]) -> SessionView:
    return SessionView(
        id=it.session_id,
        department_id=it.department_id,
        doctor_id=it.sitting_doctor_id,
        place_id=it.place_id,
        service_id=it.service_id,
        service_date=it.service_date,
        starts_ms=it.starts_ms,
        ends_ms=it.ends_ms,
        letters=it.letters,
        kind=it.kind,
        capacity=it.capacity,
        fee_cents=it.fee_cents,
        is_offered=bool(it.is_offered and it.is_bookable),
        is_stopped=it.stopped_ms is not None,
        free=free.get(it.session_id) or SessionFree(it.session_id),
        opens_ms=it.common_opens_ms,
    )


def slots(connection: sa.Connection, hospital_id: UUID, session_id: UUID) -> tuple[SlotView, ...]:
    """Every place of a session with its time. Raises NoSuchSession."""
    is_there = connection.execute(
        sa.select(session.c.session_id).where(
            session.c.hospital_id == hospital_id,
            session.c.session_id == session_id,
            session.c.published_ms.is_not(None),
        )
    ).first()
    if is_there is None:
        raise NoSuchSession
    query = (
        sa.select(slot).where(slot.c.hospital_id == hospital_id, slot.c.session_id == session_id).order_by(slot.c.no)
    )
    return tuple(
        SlotView(
            no=it.no,
            starts_ms=it.starts_ms,
            ends_ms=it.ends_ms,
            pool=it.pool,
            is_free=it.state == SlotState.FREE.value,
        )
        for it in connection.execute(query)
    )
