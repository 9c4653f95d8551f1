"""From the tables to the rows of the mirror: what of a thing a terminal may hold, and nothing else (rule A4)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking import wire
from booking.localized import LocalizedText
from booking.wire import Row, RowKind
from booking.wire_catalogue import NoticeRow, ServiceRow
from booking.wire_lease import SealKeyRow
from booking.wire_terminal import TerminalRow
from central.appointments.place_times import OWN_SLOT, time_of_place
from central.appointments.tables import booking
from central.catalogue.tables import notice, service
from central.people.facts import held_of
from central.people.tables import patient, seal_key
from central.policies.service import policy_row
from central.rosters.tables import department, doctor, place, session, sitting, slot
from central.tables.many import one_of
from central.tables.prepared import Prepared
from central.terminals.tables import terminal

TERMINAL_IN_USE, TERMINAL_REVOKED = 1, 2
"""The versions of a terminal's row: nothing else of it changes, and who is revoked stays so."""
SEAL_KEY_VERSION = 1
"""Nothing of a key changes once it is told."""


def policy_rows(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> list[Row]:
    """The settings in force."""
    settings = policy_row(connection, hospital_id, now_ms)
    return [Row(kind=RowKind.POLICY, id=str(hospital_id), ver=settings.version, policy=settings)]


def department_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Departments: these, or all of the hospital."""
    return [
        Row(
            kind=RowKind.DEPARTMENT,
            id=str(it.department_id),
            ver=it.ver,
            department=department_of(it),
        )
        for it in _chosen(connection, department, hospital_id, department.c.department_id, ids)
    ]


def doctor_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Doctors: these, or all of the hospital."""
    return [
        Row(
            kind=RowKind.DOCTOR,
            id=str(it.doctor_id),
            ver=it.ver,
            doctor=doctor_of(it),
        )
        for it in _chosen(connection, doctor, hospital_id, doctor.c.doctor_id, ids)
    ]


def service_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Services that are offered: these, or all of the hospital."""
    return [
        Row(kind=RowKind.SERVICE, id=str(it.service_id), ver=it.ver, service=service_of(it))
        for it in _chosen(connection, service, hospital_id, service.c.service_id, ids)
        if not it.is_retired
    ]


def notice_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Notices, also those whose time has not come: these, or all of the hospital."""
    return [
        Row(kind=RowKind.NOTICE, id=str(it.notice_id), ver=it.ver, notice=notice_of(it))
        for it in _chosen(connection, notice, hospital_id, notice.c.notice_id, ids)
        if not it.is_retired
    ]


def terminal_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Terminals, also revoked ones, for their tickets are still about: these, or all of the hospital."""
    return [
        Row(
            kind=RowKind.TERMINAL,
            id=str(it.terminal_id),
            ver=TERMINAL_IN_USE if it.revoked_ms is None else TERMINAL_REVOKED,
            terminal=TerminalRow(
                id=it.terminal_id, label=it.label, public_key=_base64(it.public_key), revoked_ms=it.revoked_ms or 0
            ),
        )
        for it in _chosen(connection, terminal, hospital_id, terminal.c.terminal_id, ids)
    ]


def seal_key_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Keys to seal registrations to: these, or the newest, which alone counts."""
    found = _chosen(connection, seal_key, hospital_id, seal_key.c.key_id, ids)
    if ids is None:
        found = sorted(found, key=lambda it: (it.from_ms, it.key_id))[-1:]
    return [
        Row(
            kind=RowKind.SEAL_KEY,
            id=str(it.key_id),
            ver=SEAL_KEY_VERSION,
            seal_key=SealKeyRow(id=it.key_id, public_key=_base64(it.public_key), from_ms=it.from_ms),
        )
        for it in found
    ]


def place_rows(connection: sa.Connection, hospital_id: UUID, ids: Iterable[UUID] | None = None) -> list[Row]:
    """Places: these, or all of the hospital."""
    return [
        Row(
            kind=RowKind.PLACE,
            id=str(it.place_id),
            ver=it.ver,
            place=wire.PlaceRow(
                id=it.place_id,
                building=_text(it.building),
                floor=_text(it.floor),
                area=_text(it.area),
                room=_text(it.room),
            ),
        )
        for it in _chosen(connection, place, hospital_id, place.c.place_id, ids)
    ]


def session_rows(connection: sa.Connection, hospital_id: UUID, *where: sa.ColumnElement[bool]) -> list[Row]:
    """Published sessions of the hospital that meet the condition."""
    said = sa.and_(sitting.c.hospital_id == session.c.hospital_id, sitting.c.session_id == session.c.session_id)
    query = (
        sa.select(session, sitting.c.sits)
        .outerjoin(sitting, said)
        .where(session.c.hospital_id == hospital_id, session.c.published_ms.is_not(None), *where)
    )
    return [
        Row(
            kind=RowKind.SESSION,
            id=str(it.session_id),
            ver=it.ver,
            session=wire.SessionRow(
                id=it.session_id,
                department_id=it.department_id,
                doctor_id=it.doctor_id,
                place_id=it.place_id,
                service_date=it.service_date,
                starts_ms=it.starts_ms,
                ends_ms=it.ends_ms,
                letters=it.letters,
                sits=it.sits,
                kind=it.kind,
                service_id=it.service_id,
                fee_cents=it.fee_cents,
                capacity=it.capacity,
                is_offered=bool(it.is_offered),
                is_stopped=it.stopped_ms is not None,
                owner_confirms=bool(it.owner_confirms),
                substitute_id=it.substitute_doctor_id,
                moved_to_id=it.moved_to_session_id,
            ),
        )
        for it in connection.execute(query)
    ]


_BOOKING = (
    sa.select(
        booking,
        time_of_place("starts_ms").label("slot_starts_ms"),
        time_of_place("ends_ms").label("slot_ends_ms"),
        patient.c.masked_name,
        patient.c.sex,
        patient.c.birth_year,
        patient.c.credential_hashes,
        patient.c.document_kinds,
        patient.c.is_verified,
        patient.c.is_reachable,
        patient.c.grants,
        patient.c.guardian_ids,
        patient.c.standing,
        session.c.department_id,
    )
    .outerjoin(slot, OWN_SLOT)
    .join(
        session,
        sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
    )
    .join(
        patient,
        sa.and_(patient.c.hospital_id == booking.c.hospital_id, patient.c.person_id == booking.c.person_id),
    )
)
_BY_ID = Prepared(_BOOKING.where(one_of(booking.c.hospital_id, booking.c.booking_id, "ids")))


def booking_rows(connection: sa.Connection, hospital_id: UUID, *where: sa.ColumnElement[bool]) -> list[Row]:
    """Bookings of the hospital that meet the condition, whatever their state."""
    query = _BOOKING.where(booking.c.hospital_id == hospital_id, *where)
    return [_booking_row(it) for it in connection.execute(query)]


def bookings_by_id(connection: sa.Connection, hospital_id: UUID, ids: Sequence[UUID]) -> list[Row]:
    """Those of these bookings that are there."""
    return [_booking_row(it) for it in _BY_ID.rows(connection, {"hospital_id": hospital_id, "ids": ids})]


def booking_row(connection: sa.Connection, hospital_id: UUID, booking_id: UUID) -> Row | None:
    """One booking as it now is."""
    found = bookings_by_id(connection, hospital_id, [booking_id])
    return found[0] if found else None


def _booking_row(it: Any) -> Row:  # noqa: ANN401 - a row of either kind
    return Row(
        kind=RowKind.BOOKING,
        id=str(it.booking_id),
        ver=it.ver,
        booking=wire.BookingRow(
            id=it.booking_id,
            session_id=it.session_id,
            slot_no=it.slot_no,
            slot_starts_ms=it.slot_starts_ms,
            slot_ends_ms=it.slot_ends_ms,
            service_date=it.service_date,
            state=it.state,
            person_id=it.person_id,
            masked_name=it.masked_name,
            sex=it.sex,
            birth_year=it.birth_year,
            number_hash=_base64(it.number_hash),
            number_last_four=it.number_last_four,
            credential_hashes=tuple(it.credential_hashes),
            check_phone=_base64(it.check_phone),
            check_birthday=_base64(it.check_birthday),
            queue_number=it.queue_number,
            checked_in_ms=it.checked_in_ms,
            is_return_visit=it.is_return_visit,
            department_id=it.department_id,
            made_ms=it.made_ms,
            is_paid=bool(it.is_paid),
            fee_cents=it.fee_cents,
            await_until_ms=it.await_until_ms,
            was_assumed=bool(it.assumed),
            order_id=it.order_id,
            person=held_of(it),
        ),
    )


def _chosen(
    connection: sa.Connection,
    table: sa.Table,
    hospital_id: UUID,
    id_column: sa.Column[UUID],
    ids: Iterable[UUID] | None,
) -> Sequence[sa.Row[Any]]:
    query = sa.select(table).where(table.c.hospital_id == hospital_id).order_by(id_column)
    if ids is not None:
        query = query.where(id_column.in_(list(ids)))
    return connection.execute(query).all()


def department_of(it: sa.Row[Any]) -> wire.DepartmentRow:
    """A department as anybody may see it.  # rule C13"""
    return wire.DepartmentRow(
        id=it.department_id,
        name=_text(it.name),
        is_sensitive=it.is_sensitive,
        position=it.position,
        mark=it.mark or "",
        is_bookable=it.is_bookable and not it.is_retired,
        pinyin=it.pinyin or "",
        introduction=_text(it.introduction or {}),
    )


def doctor_of(it: sa.Row[Any]) -> wire.DoctorRow:
    """A doctor as anybody may see them.  # rule C13"""
    return wire.DoctorRow(
        id=it.doctor_id,
        name=_text(it.name),
        title=_text(it.title),
        rank=it.rank,
        is_bookable=it.is_bookable and not it.is_retired,
        pinyin=it.pinyin or "",
        speciality=_text(it.speciality or {}),
        introduction=_text(it.introduction or {}),
    )


def service_of(it: sa.Row[Any]) -> ServiceRow:
    """A service with its one-time notice.  # rule D10"""
    return ServiceRow(
        id=it.service_id,
        department_id=it.department_id,
        kind=it.kind,
        name=_text(it.name),
        bring=_text(it.bring or {}),
        prepare=_text(it.prepare or {}),
        duration_min=it.duration_min,
        fee_cents=it.fee_cents,
        is_fasting=it.is_fasting,
        needs_order=it.needs_order,
    )


def notice_of(it: sa.Row[Any]) -> NoticeRow:
    """A notice."""
    return NoticeRow(
        id=it.notice_id,
        kind=it.kind,
        title=_text(it.title),
        body=_text(it.body),
        from_ms=it.from_ms,
        until_ms=it.until_ms,
    )


def _text(by_language: dict[str, str]) -> LocalizedText:
    return LocalizedText(by_language)


def _base64(value: bytes | None) -> str:
    return base64.b64encode(value).decode("ascii") if value else ""
