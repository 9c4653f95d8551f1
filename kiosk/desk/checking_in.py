"""Checking in: decided here first, then by the server when it can be reached, and on disk before anybody is told.

Only what the mirror is sure of is refused without asking: the day and the time, and that the patient is here already.
The act keeps its operation id whatever happens: asked, sent later, or both, it is one check-in for the server.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from uuid import UUID

from booking.decide import Accepted, Reason, RefusalFacts, Refused
from booking.localized import LocalizedText
from booking.wire import CheckInAct, EventResult, Verdict
from kiosk.desk import tickets, views
from kiosk.desk.standing import Moment, decision_on, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Found
from kiosk.ports.desk import (
    BookingView,
    CannotCheckIn,
    CheckedIn,
    CheckInBooking,
    CheckInRefused,
    DeskAnswer,
    DeskFault,
    IsCheckedIn,
)
from kiosk.ports.store import Arrival, CheckInRecord, QueuedTicket, StoreFault

_log = logging.getLogger(__name__)

_MAY_HAVE_CHANGED = (Reason.BOOKING_CANCELLED, Reason.BOOKING_NOT_ACTIVE, Reason.CLINIC_STOPPED)
"""The server may know better by now."""
_NO_SENTENCE = LocalizedText()


def check_in(around: Surroundings, command: CheckInBooking) -> DeskAnswer:
    """Check the booking in, or say why not."""
    now = moment(around)
    here = views.look_up(around, command.booking_id, now, ticket=command.ticket)
    if here is None:
        return DeskFault(command.visit_id, "booking_not_in_mirror")
    if here.arrival is not None:
        return _again(around, command, here)
    decision = decision_on(here.booking, now)
    is_worth_asking = now.is_online and (not isinstance(decision, Refused) or decision.reason in _MAY_HAVE_CHANGED)
    if not is_worth_asking:
        return _decided_here(around, command, here, now)
    act = _act(around, command, here, now, decision if isinstance(decision, Accepted) else Accepted())
    copy_no = _next_copy(around, here.booking.id)
    yes = EventResult(operation_id=act.operation_id, verdict=Verdict.APPLIED)
    _expect(around, _outcome(around, command, here, now, act=act, result=yes, copy_no=copy_no))
    result = around.line.ask_check_in(act)
    if not isinstance(result, EventResult) or result.verdict == Verdict.DEFERRED:
        try:
            return _decided_here(around, command, here, replace(now, is_online=False))
        except StoreFault as fault:
            _log.error("the store failed after the server was asked: %s", fault.code)
            return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)
    if result.verdict not in (Verdict.APPLIED, Verdict.DUPLICATE):
        return _refused_there(around, command, here, now, result)
    try:
        outcome = _outcome(around, command, here, now, act=act, result=result, copy_no=copy_no)
        return _commit(around, command, outcome)
    except StoreFault as fault:
        _log.error("the store failed after the server had checked in: %s", fault.code)
        return _on_the_servers_disk_only(command, here, result)


def _on_the_servers_disk_only(command: CheckInBooking, here: Found, result: EventResult) -> DeskAnswer:
    """It stands, though nothing of it could be kept here: the patient is told the number, and no ticket comes."""
    newer = result.booking.booking if result.booking is not None else None
    number = (newer.queue_number if newer is not None else "") or here.queue_number
    view = replace(here.view, standing=IsCheckedIn(number))
    return CheckInRefused(command.visit_id, view, Reason.ALREADY_CHECKED_IN, RefusalFacts(), _NO_SENTENCE)


def _decided_here(around: Surroundings, command: CheckInBooking, here: Found, now: Moment) -> DeskAnswer:
    """Without the server: refused, or on disk to be sent, with what it relied on without knowing."""
    decision = decision_on(here.booking, now)
    if isinstance(decision, Refused):
        return CheckInRefused(command.visit_id, here.view, decision.reason, decision.facts, _NO_SENTENCE)
    act = _act(around, command, here, now, decision)
    copy_no = _next_copy(around, here.booking.id)
    return _commit(around, command, _outcome(around, command, here, now, act=act, result=None, copy_no=copy_no))


def _again(around: Surroundings, command: CheckInBooking, here: Found) -> DeskAnswer:
    """Checked in here already: by this very command (its answer was lost), or before."""
    assert here.arrival is not None
    if here.arrival.operation_id == command.operation_id:
        ticket = around.store.queued_ticket(command.job_id)
        if ticket is not None:
            return CheckedIn(
                visit_id=command.visit_id,
                booking=here.view,
                queue_number=here.arrival.queue_number,
                is_confirmed=here.arrival.is_confirmed,
                print_command=tickets.command(command.visit_id, command.job_id, ticket),
            )
    return CheckInRefused(command.visit_id, here.view, Reason.ALREADY_CHECKED_IN, RefusalFacts(), _NO_SENTENCE)


def _act(around: Surroundings, command: CheckInBooking, here: Found, now: Moment, decision: Accepted) -> CheckInAct:
    return CheckInAct(
        operation_id=command.operation_id,
        booking_id=here.booking.id,
        booking_ver=here.ver,
        policy_version=now.policy.version,
        at=around.device_time(),
        queue_number=here.queue_number,
        is_late=decision.late,
        assumed=tuple(assumption.value for assumption in decision.assumed),
        ticket=command.ticket,
    )


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a check-in comes to, once it is on disk: what is written, and what the patient is shown."""

    record: CheckInRecord
    view: BookingView


def _outcome(
    around: Surroundings,
    command: CheckInBooking,
    here: Found,
    now: Moment,
    *,
    act: CheckInAct,
    result: EventResult | None,
    copy_no: int,
) -> _Outcome:
    """Nothing is written yet."""
    row = result.booking if result is not None else None
    newer = row.booking if row is not None else None
    number = (newer.queue_number if newer is not None else "") or here.queue_number
    is_confirmed = result is not None
    view = replace(here.view, standing=IsCheckedIn(number, is_confirmed), ver=here.ver if row is None else row.ver)
    arrival = Arrival(
        booking_id=here.booking.id,
        operation_id=act.operation_id,
        service_date=here.booking.service_date,
        queue_number=number,
        checked_in_ms=now.now_ms,
        is_confirmed=is_confirmed,
    )
    named = newer if newer is not None and not here.booking.masked_name else here.booking  # a ticket names nobody
    ticket = tickets.write(
        around,
        replace(here, booking=named, view=view, arrival=arrival, queue_number=number),
        language=command.language,
        copy_no=copy_no,
        now_ms=now.now_ms,
    )
    queued = QueuedTicket(
        command=tickets.command(command.visit_id, command.job_id, ticket),
        subject_id=here.booking.id,
        copy_no=copy_no,
        service_date=here.booking.service_date,
        made_ms=now.now_ms,
    )
    return _Outcome(CheckInRecord(arrival=arrival, act=act, result=result, ticket=queued), view)


def _expect(around: Surroundings, outcome: _Outcome) -> None:
    """Have the ticket drawn while others are waited for. It comes out only by the command of a committed answer."""
    around.expect_ticket(outcome.record.ticket.command.ticket)


def _commit(around: Surroundings, command: CheckInBooking, outcome: _Outcome) -> DeskAnswer:
    """One transaction; only after it the patient is told."""
    record = outcome.record
    _expect(around, outcome)
    around.store.write_check_in(record)
    if record.result is None:
        around.line.wake()
    return CheckedIn(
        visit_id=command.visit_id,
        booking=outcome.view,
        queue_number=record.arrival.queue_number,
        is_confirmed=record.arrival.is_confirmed,
        print_command=record.ticket.command,
    )


def _next_copy(around: Surroundings, booking_id: UUID) -> int:
    """Above 1 only after a check-in that was undone: its ticket is still about."""
    return around.store.copies(booking_id).last_copy_no + 1


def _refused_there(
    around: Surroundings, command: CheckInBooking, here: Found, now: Moment, result: EventResult
) -> DeskAnswer:
    """The server said no; the booking is shown as the server has it now."""
    if result.booking is not None:
        around.store.take_rows((result.booking,))
        here = views.look_up(around, command.booking_id, now, ticket=command.ticket) or here
    reason = Reason(result.reason) if result.reason in Reason.__members__.values() else None
    facts = RefusalFacts(opens_ms=result.opens_ms, closed_ms=result.closed_ms, service_date=result.service_date or None)
    view = here.view
    if reason is not None and not isinstance(view.standing, IsCheckedIn):
        view = replace(view, standing=CannotCheckIn(reason, facts))
    return CheckInRefused(command.visit_id, view, reason, facts, result.sentence)
