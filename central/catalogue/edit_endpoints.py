"""Editing by a hospital's staff, below `/v1/hospitals/{hospital_id}/`: clients with the right `staff` only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from starlette.responses import Response

from booking.localized import LocalizedText
from booking.roster.plans import ClinicKind
from central.catalogue import editing
from central.catalogue.editing import Editor, NotHere
from central.catalogue.messages import (
    ConfirmSitting,
    EditDepartment,
    EditDoctor,
    Edited,
    OrderDepartments,
    PutCalendarDay,
    PutNotice,
    PutService,
)
from central.channels.caller import Asker
from central.moment import Moment
from central.web.limits import is_readable
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.routes import new_router

_OK = 200
_MARKS = ("", "key", "speciality")
_NOTICES = ("notes", "steps", "channels", "fees", "complaints", "rule_change", "news")
_DAYS = ("holiday", "make_up", "ordinary")
_MOST_DEPARTMENTS = 500
_LONGEST_TEXT, _LONGEST_NAME, _LANGUAGES = 4_000, 64, 8
_LATEST_MS = 253_402_300_000_000
"""The end of the year 9999."""
_MOST_CENTS, _MOST_MIN, _WEEKDAYS = 10_000_000, 10_080, 7
Edit = Callable[[Editor], int]


class EditorsDesk:
    """Does each edit once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)

    async def do(self, write: RepeatableWrite, asker: Asker, name: str, edit: Edit) -> Response:
        """The answer of one edit. Raises Refusal."""
        if not asker.is_staff:
            raise Refusal("forbidden")

        def work(connection: sa.Connection, moment: Moment) -> Answer:
            editor = Editor(connection, asker.hospital_id, asker.actor, self._parts.keys.seal, moment)
            return Answer(_OK, asdict(Edited(name, edit(editor))))

        try:
            return await self._once.do(write, work)
        except NotHere as error:
            raise Refusal("not_found") from error


def editing_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}")
    desk = EditorsDesk(parts)
    _add_people_and_places(router, desk)
    _add_texts(router, desk)
    _add_days(router, desk)
    return router


def _add_people_and_places(router: APIRouter, desk: EditorsDesk) -> None:
    @router.put("/department-order", response_model=Edited)
    async def put_order(ask: OrderDepartments, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        """The order in which departments are shown."""
        _check(len(ask.department_ids) <= _MOST_DEPARTMENTS)

        def edit(editor: Editor) -> int:
            editing.order_departments(editor, ask.department_ids)
            return 0

        return await desk.do(write, asker, "department-order", edit)

    @router.patch("/departments/{department_id}", response_model=Edited)
    async def patch_department(
        department_id: UUID, ask: EditDepartment, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """Mark, bookable switch, introduction."""
        _check(ask.mark is None or ask.mark in _MARKS, *_sound(ask.introduction))
        values = _given(ask)
        if "mark" in values:
            values["mark"] = values["mark"] or None
        name = str(department_id)
        return await desk.do(write, asker, name, lambda editor: editing.edit_department(editor, department_id, values))

    @router.patch("/doctors/{doctor_id}", response_model=Edited)
    async def patch_doctor(
        doctor_id: UUID, ask: EditDoctor, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """Bookable switch, speciality, introduction."""
        _check(*_sound(ask.speciality), *_sound(ask.introduction))
        values = _given(ask)
        return await desk.do(
            write, asker, str(doctor_id), lambda editor: editing.edit_doctor(editor, doctor_id, values)
        )


def _add_texts(router: APIRouter, desk: EditorsDesk) -> None:
    @router.put("/services/{service_id}", response_model=Edited)
    async def put_service(
        service_id: UUID, ask: PutService, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """A service with its one-time notice, as a whole."""
        _check(
            ask.kind in set(ClinicKind),
            bool(ask.name.by_language),
            0 <= ask.duration_min <= _MOST_MIN,
            0 <= ask.fee_cents <= _MOST_CENTS,
            *(sound for text in (ask.name, ask.bring, ask.prepare) for sound in _sound(text)),
        )
        values = _given(ask) | {"department_id": ask.department_id}
        return await desk.do(
            write, asker, str(service_id), lambda editor: editing.put_service(editor, service_id, values)
        )

    @router.put("/notices/{notice_id}", response_model=Edited)
    async def put_notice(notice_id: UUID, ask: PutNotice, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        """A notice, as a whole."""
        _check(
            ask.kind in _NOTICES,
            bool(ask.title.by_language),
            0 <= ask.from_ms < _LATEST_MS,
            ask.until_ms is None or ask.from_ms <= ask.until_ms < _LATEST_MS,
            *_sound(ask.title),
            *_sound(ask.body),
        )
        values = _given(ask) | {"until_ms": ask.until_ms}
        return await desk.do(write, asker, str(notice_id), lambda editor: editing.put_notice(editor, notice_id, values))


def _add_days(router: APIRouter, desk: EditorsDesk) -> None:
    @router.put("/calendar/{day}", response_model=Edited)
    async def put_day(day: str, ask: PutCalendarDay, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        """A public holiday, a make-up workday, or an ordinary day again."""
        serves = ask.serves_as
        _check(
            _is_day(day),
            ask.kind in _DAYS,
            (serves is not None and 0 <= serves < _WEEKDAYS) if ask.kind == "make_up" else serves is None,
            *_sound(ask.name),
        )
        values = None if ask.kind == "ordinary" else _given(ask) | {"serves_as": serves}
        return await desk.do(write, asker, day, lambda editor: editing.put_calendar_day(editor, day, values))

    @router.put("/sessions/{session_id}/sitting", response_model=Edited)
    async def put_sitting(
        session_id: UUID, ask: ConfirmSitting, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """Whether the session really sits."""
        _check(bool(ask.confirmed_by), is_readable(ask.confirmed_by, _LONGEST_NAME))
        return await desk.do(
            write,
            asker,
            str(session_id),
            lambda editor: editing.confirm_sitting(editor, session_id, sits=ask.sits, confirmed_by=ask.confirmed_by),
        )


def _given(ask: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the messages
    """What a message says, as columns take it."""
    said = {one.name: getattr(ask, one.name) for one in fields(ask)}
    return {
        name: value.by_language if isinstance(value, LocalizedText) else value
        for name, value in said.items()
        if value is not None
    }


def _sound(text: LocalizedText | None) -> tuple[bool, ...]:
    if text is None:
        return ()
    return (
        len(text.by_language) <= _LANGUAGES,
        *(len(language) <= _LONGEST_NAME and language.isprintable() for language in text.by_language),
        *(is_readable(it.replace("\n", " "), _LONGEST_TEXT) for it in text.by_language.values()),
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check(*conditions: bool) -> None:
    if not all(conditions):
        raise Refusal("bad_request", "a value is out of its range")
