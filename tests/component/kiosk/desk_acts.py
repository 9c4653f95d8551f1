"""Commands to the desk, and what its answers must hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from booking.wire import CheckInAct, CheckQuestion, EventResult
from kiosk.ports.desk import (
    CheckInBooking,
    FindByNumber,
    ReprintTicket,
)

VISIT = UUID(int=0x51)


def check_in_of(patient: Any, no: int = 1) -> CheckInBooking:
    return CheckInBooking(
        visit_id=VISIT,
        operation_id=UUID(int=0xE000 + no),
        job_id=UUID(int=0xD000 + no),
        booking_id=patient.booking_id,
        language="zh-CN",
    )


def reprint_of(patient: Any, no: int) -> ReprintTicket:
    return ReprintTicket(visit_id=VISIT, job_id=UUID(int=0xD000 + no), booking_id=patient.booking_id, language="zh-CN")


def by_number(patient: Any, answer: str | None = None, number: str | None = None) -> FindByNumber:
    return FindByNumber(
        visit_id=VISIT,
        number=number or patient.number,
        question=CheckQuestion.PHONE,
        answer=answer or patient.phone,
    )


def applied(ward: Any, patient: Any, **changes: Any) -> Any:
    row = ward.booking_row(patient, ver=5, state="checked_in", queue_number="A007")

    def answer(act: CheckInAct) -> EventResult:
        return EventResult(operation_id=act.operation_id, verdict="applied", booking=row, **changes)

    return answer
