"""Giving a booking up. The server is asked; without its answer it is done where only this terminal has the booking,
and asked for where it was made elsewhere.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from booking.decide import Decision, Reason, RefusalFacts, Refused, decide
from booking.decide.commands import Cancel
from booking.roster.channels import Channel
from booking.wire import EventResult, Row, RowKind, Verdict
from booking.wire_acts import CancelAct
from booking.wire_booking import BookingView
from booking.wire_booking import CancelBooking as Asked
from kiosk.desk import answers, slips, views
from kiosk.desk.again import done_booking, is_confirmed, was_done
from kiosk.desk.place_facts import assumed_by, booking_facts, decided, may_be_asked_for, session_here
from kiosk.desk.settings import settings_in_force
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Found
from kiosk.ports.central import RefusedThere
from kiosk.ports.desk import CannotCheckIn, DeskAnswer, DeskFault, SlipKind
from kiosk.ports.desk_acts import BookingCancelled, CancelBooking
from kiosk.ports.lending import AnsweredRecord, CancelRecord, NotOnlyHere
from kiosk.ports.store import QueuedTicket, StoreFault

_log = logging.getLogger(__name__)
_GONE = CannotCheckIn(Reason.BOOKING_CANCELLED, RefusalFacts())


def cancel(around: Surroundings, command: CancelBooking) -> DeskAnswer:
    """Given up, asked for, or why not."""
    now = moment(around)
    here = views.look_up(around, command.booking_id, now)
    if here is None:
        return answers.cannot_know(command.visit_id)
    if was_done(around, command.operation_id, command.booking_id):
        return _again(around, command, now)
    is_only_here = around.sales.is_only_here(command.booking_id)
    if not now.is_online or is_only_here:
        return _by_itself(around, command, here, now, is_only_here=is_only_here)
    ask = Asked(acting_id=command.acting_id, is_warned=command.is_warned)
    said = around.line.ask_cancel(command.operation_id, command.booking_id, ask)
    if isinstance(said, RefusedThere):
        return answers.refused_there(command.visit_id, said, here.view)
    try:
        if isinstance(said, BookingView):
            return _given_up(around, command, here, said, now)
        return answers.after_silence(said, _by_itself(around, command, here, now, is_only_here=False))
    except StoreFault as fault:
        _log.error("the store failed after the server was asked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)


def _again(around: Surroundings, command: CancelBooking, now: Moment) -> DeskAnswer:
    done = done_booking(around, command.visit_id, command.job_id, command.booking_id, now)
    if isinstance(done, DeskFault):
        return done
    here, printing = done
    return BookingCancelled(
        visit_id=command.visit_id,
        booking=here.view,
        is_confirmed=is_confirmed(around, command.operation_id, command.booking_id),
        is_request=here.view.standing != _GONE,
        print_command=printing,
    )


def _given_up(around: Surroundings, command: CancelBooking, here: Found, said: BookingView, now: Moment) -> DeskAnswer:
    """The server has done it."""
    after = _Cancelled(around, command, here, now, is_request=False, is_confirmed=True)
    newer = replace(here.booking, state=said.state)
    around.sales.write_answered(
        AnsweredRecord(
            act=after.act(()),
            result=EventResult(operation_id=command.operation_id, verdict=Verdict.APPLIED),
            made_ms=now.now_ms,
            rows=(Row(kind=RowKind.BOOKING, id=str(here.booking.id), ver=said.ver, booking=newer),),
            ticket=after.ticket,
        )
    )
    return after.answer()


def _by_itself(
    around: Surroundings, command: CancelBooking, here: Found, now: Moment, *, is_only_here: bool
) -> DeskAnswer:
    """Done where nobody else has heard of the booking, else asked for; both if the rules allow it."""
    decision = _decision(around, command, here, now, is_only_here=is_only_here)
    if decision is None:
        return answers.cannot_know(command.visit_id, here.view)
    if isinstance(decision, Refused) and (is_only_here or not may_be_asked_for(decision)):
        return answers.refused_here(command.visit_id, decision, here.view)
    after = _Cancelled(around, command, here, now, is_request=not is_only_here, is_confirmed=False)
    try:
        around.sales.write_cancel(
            CancelRecord(act=after.act(assumed_by(decision)), made_ms=now.now_ms, ticket=after.ticket)
        )
    except NotOnlyHere:  # it was offered to the server at this instant
        return _by_itself(around, command, here, now, is_only_here=False)
    around.line.wake()
    return after.answer()


def _decision(
    around: Surroundings, command: CancelBooking, here: Found, now: Moment, *, is_only_here: bool
) -> Decision | None:
    policy, session = settings_in_force(around), session_here(around, here.booking.session_id)
    if policy is None or session is None:
        return None

    def with_facts(is_hopeful: bool) -> Decision:  # noqa: FBT001 - as `decided` asks
        facts = booking_facts(
            around,
            here.booking,
            session,
            is_hopeful=is_hopeful,
            is_only_here=is_only_here,
            acting_id=command.acting_id,
        )
        return decide(policy, facts, Cancel(Channel.KIOSK, is_warned=command.is_warned), now.now_ms)

    return decided(with_facts)


class _Cancelled:
    """What comes of it: the act, the slip and the answer."""

    def __init__(
        self,
        around: Surroundings,
        command: CancelBooking,
        here: Found,
        now: Moment,
        *,
        is_request: bool,
        is_confirmed: bool,
    ) -> None:
        self._around = around
        self._command = command
        self._here = here
        self._is_request = is_request
        self._is_confirmed = is_confirmed
        self._policy_version = now.policy.version
        self._view = here.view if is_request else replace(here.view, standing=_GONE)
        self.ticket = self._slip(now)

    def act(self, assumed: tuple[str, ...]) -> CancelAct:
        """As the outbox keeps it."""
        return CancelAct(
            operation_id=self._command.operation_id,
            booking_id=self._command.booking_id,
            booking_ver=self._here.ver,
            at=self._around.device_time(),
            policy_version=self._policy_version,
            is_request=self._is_request,
            is_warned=self._command.is_warned,
            acting_id=self._command.acting_id,
            assumed=assumed,
        )

    def answer(self) -> BookingCancelled:
        """What the visit is told."""
        return BookingCancelled(
            visit_id=self._command.visit_id,
            booking=self._view,
            is_confirmed=self._is_confirmed,
            is_request=self._is_request,
            print_command=self.ticket.command,
        )

    def _slip(self, now: Moment) -> QueuedTicket:
        booking = self._here.booking
        facts = slips.slip_facts(
            self._around,
            SlipKind.CANCELLED,
            self._view,
            masked_name=booking.masked_name,
            now_ms=now.now_ms,
            is_request=self._is_request,
            is_confirmed=self._is_confirmed,
        )
        return slips.queued(
            self._around,
            self._around.tickets.slip(facts, self._command.language),
            visit_id=self._command.visit_id,
            job_id=self._command.job_id,
            subject_id=booking.id,
            day=booking.service_date,
            now_ms=now.now_ms,
        )
