"""The catalogue and what is free in it, for terminals, channels and boards. Nothing in it is personal."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from booking.wire import DepartmentRow, DoctorRow
from booking.wire_catalogue import (
    DayAvailability,
    HospitalView,
    NoticeRow,
    ServiceRow,
    SessionFree,
    Sessions,
    SlotView,
)
from central.catalogue import reading
from central.catalogue.availability import Availability
from central.channels.caller import ChannelCaller
from central.channels.service import group_of
from central.sync.service import today_at
from central.terminals.caller import Caller
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.routes import new_router

LONGEST_SPAN_DAYS = 31
_SPAN_DAYS = 6
"""Where no last day is named: a week."""
_FURTHEST_DAYS = 800
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_Day = Annotated[str | None, Query(pattern=_DAY)]


def catalogue_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals")
    available = Availability(parts.read, parts.clock)
    _add_hospitals(router, parts)
    _add_lists(router, parts)
    _add_times(router, parts, available)
    return router


def _add_hospitals(router: APIRouter, parts: Parts) -> None:
    @router.get("")
    async def get_hospitals(request: Request) -> tuple[HospitalView, ...]:
        """The hospitals that the caller has to do with."""
        caller: Caller | ChannelCaller = request.state.caller
        if isinstance(caller, ChannelCaller):
            group_id, only = caller.group_id, caller.hospital_id
        else:
            found = await parts.read(lambda connection: group_of(connection, caller.hospital_id))
            assert found is not None, "a terminal's hospital is there"
            group_id, only = found, caller.hospital_id
        return await parts.read(lambda connection: reading.hospitals(connection, group_id, only))


def _add_lists(router: APIRouter, parts: Parts) -> None:
    @router.get("/{hospital_id}/departments")
    async def get_departments(asker: AskerAtHospital) -> tuple[DepartmentRow, ...]:
        """In the hospital's own order."""
        return await parts.read(lambda connection: reading.departments(connection, asker.hospital_id))

    @router.get("/{hospital_id}/doctors")
    async def get_doctors(
        asker: AskerAtHospital,
        department_id: UUID | None = None,
        search: Annotated[str, Query(max_length=64)] = "",
    ) -> tuple[DoctorRow, ...]:
        """By name, pinyin, initials of the pinyin, or speciality."""
        return await parts.read(
            lambda connection: reading.doctors(
                connection, asker.hospital_id, department_id=department_id, search=search
            )
        )

    @router.get("/{hospital_id}/services")
    async def get_services(asker: AskerAtHospital, department_id: UUID | None = None) -> tuple[ServiceRow, ...]:
        """Examinations with their one-time notices."""
        return await parts.read(lambda connection: reading.services(connection, asker.hospital_id, department_id))

    @router.get("/{hospital_id}/notices")
    async def get_notices(asker: AskerAtHospital) -> tuple[NoticeRow, ...]:
        """What is announced now."""
        now_ms = parts.clock()
        return await parts.read(lambda connection: reading.notices(connection, asker.hospital_id, now_ms))


def _add_times(router: APIRouter, parts: Parts, available: Availability) -> None:
    @router.get("/{hospital_id}/availability")
    async def get_availability(asker: AskerAtHospital, day: _Day = None) -> DayAvailability:
        """The free places of a day (today), at most about a second old."""
        wanted = _read_day(day) or await _today(parts, asker.hospital_id)
        return await available.of(asker.hospital_id, wanted.isoformat())

    @router.get("/{hospital_id}/sessions")
    async def get_sessions(
        asker: AskerAtHospital,
        department_id: UUID | None = None,
        doctor_id: UUID | None = None,
        first_day: _Day = None,
        last_day: _Day = None,
    ) -> Sessions:
        """Published sessions of some days (a week from today) with their free places."""
        today = await _today(parts, asker.hospital_id)
        first = _read_day(first_day) or today
        days = _days(first, _read_day(last_day), today)
        counted = await asyncio.gather(*(available.of(asker.hospital_id, day) for day in days))
        free: dict[UUID, SessionFree] = {one.session_id: one for day in counted for one in day.sessions}
        wanted = reading.Wanted(days[0], days[-1], department_id, doctor_id)
        found = await parts.read(lambda connection: reading.sessions(connection, asker.hospital_id, wanted, free))
        return Sessions(min(day.as_of_ms for day in counted), found)

    @router.get("/{hospital_id}/sessions/{session_id}/slots")
    async def get_slots(asker: AskerAtHospital, session_id: UUID) -> tuple[SlotView, ...]:
        """The numbered places of a session with their times."""
        try:
            return await parts.read(lambda connection: reading.slots(connection, asker.hospital_id, session_id))
        except reading.NoSuchSession as error:
            raise Refusal("not_found") from error


async def _today(parts: Parts, hospital_id: UUID) -> date:
    now_ms = parts.clock()
    return await parts.read(lambda connection: today_at(connection, hospital_id, now_ms))


def _read_day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("bad_request", "there is no such day") from error


def _days(first: date, last: date | None, today: date) -> list[str]:
    """Each day asked for. Raises Refusal."""
    if abs((first - today).days) > _FURTHEST_DAYS:
        raise Refusal("bad_request", "too far from today")
    span = _SPAN_DAYS if last is None else (last - first).days
    if not 0 <= span < LONGEST_SPAN_DAYS:
        raise Refusal("bad_request", f"1 to {LONGEST_SPAN_DAYS} days")
    return [(first + timedelta(days=shift)).isoformat() for shift in range(span + 1)]
