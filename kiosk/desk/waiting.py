"""Waiting for a place of a session that is full: the server is asked, and off line it is a request.  # rule D6"""

from __future__ import annotations

import logging

from booking.decide import Decision, Reason, Refused, decide
from booking.decide.commands import JoinWaitingList as WaitNow
from booking.roster.channels import Channel
from booking.wire import EventResult, Verdict
from booking.wire_acts import JoinListAct
from booking.wire_booking import JoinList, WaitingView
from kiosk.desk import answers, slips
from kiosk.desk.again import DONE_BEFORE, is_confirmed, still_to_print, was_done
from kiosk.desk.booking import lent_place
from kiosk.desk.place_facts import Wish, assumed_by, decided, may_be_asked_for, place_facts, session_here
from kiosk.desk.settings import settings_in_force
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.central import RefusedThere
from kiosk.ports.desk import BookingView, CanCheckIn, DeskAnswer, DeskFault, SlipKind
from kiosk.ports.desk_acts import JoinWaitingList, SessionOffered, WaitingListJoined
from kiosk.ports.lending import AnsweredRecord, RequestRecord
from kiosk.ports.printers import PrintTicket
from kiosk.ports.store import QueuedTicket, StoreFault

_log = logging.getLogger(__name__)


def join_list(around: Surroundings, command: JoinWaitingList) -> DeskAnswer:
    """On the list, asked for, or why not."""
    if command.person.person_id is None:
        return answers.refused_here(command.visit_id, Refused(Reason.NAME_NEEDED))
    if was_done(around, command.operation_id, command.entry_id):
        return _again(around, command)
    now = moment(around)
    if not now.is_online:
        return _asked_for(around, command, now)
    said = around.line.ask_waiting(command.operation_id, _asked(command))
    if isinstance(said, RefusedThere):
        return answers.refused_there(command.visit_id, said)
    try:
        if isinstance(said, WaitingView):
            return _joined(around, command, said, now)
        return answers.after_silence(said, _asked_for(around, command, now))
    except StoreFault as fault:
        _log.error("the store failed after the server was asked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)


def _again(around: Surroundings, command: JoinWaitingList) -> DeskAnswer:
    printing = still_to_print(around, command.visit_id, command.job_id)
    if printing is None:
        return DeskFault(command.visit_id, DONE_BEFORE, is_outcome_unknown=True)
    is_known = is_confirmed(around, command.operation_id, command.entry_id)
    return _answer(command, printing, ahead=None, is_request=not is_known)


def _asked(command: JoinWaitingList) -> JoinList:
    assert command.person.person_id is not None
    return JoinList(
        person_id=command.person.person_id,
        session_id=command.session.session_id,
        acting_id=command.acting_id,
        document=command.person.document,
        entry_id=command.entry_id,
    )


def _joined(around: Surroundings, command: JoinWaitingList, said: WaitingView, now: Moment) -> DeskAnswer:
    """The server has done it."""
    ticket = _slip(around, command, now, is_request=False)
    result = EventResult(operation_id=command.operation_id, verdict=Verdict.APPLIED)
    act = _act(around, command, now, assumed=())
    around.sales.write_answered(AnsweredRecord(act=act, result=result, made_ms=now.now_ms, ticket=ticket))
    return _answer(command, ticket.command, ahead=said.ahead, is_request=False)


def _asked_for(around: Surroundings, command: JoinWaitingList, now: Moment) -> DeskAnswer:
    """The server will judge it, if the rules allow it by what is known here."""
    decision = _decision(around, command, now)
    if decision is None:
        return answers.cannot_know(command.visit_id)
    if isinstance(decision, Refused) and not may_be_asked_for(decision):
        return answers.refused_here(command.visit_id, decision)
    ticket = _slip(around, command, now, is_request=True)
    act = _act(around, command, now, assumed=assumed_by(decision))
    around.sales.write_request(RequestRecord(act=act, made_ms=now.now_ms, ticket=ticket))
    around.line.wake()
    return _answer(command, ticket.command, ahead=None, is_request=True)


def _decision(around: Surroundings, command: JoinWaitingList, now: Moment) -> Decision | None:
    policy, session = settings_in_force(around), session_here(around, command.session.session_id)
    if policy is None or session is None:
        return None
    place = lent_place(around, _AnyPlace(), session, is_walk_in=False)
    wish = Wish(person=command.person, session=session, place=place, acting_id=command.acting_id)

    def with_facts(is_hopeful: bool) -> Decision:  # noqa: FBT001 - as `decided` asks
        facts = place_facts(around, wish, now.now_ms, is_hopeful=is_hopeful)
        return decide(policy, facts, WaitNow(Channel.KIOSK), now.now_ms)

    return decided(with_facts)


class _AnyPlace:
    """Whichever there is."""

    slot_no = None


def _act(around: Surroundings, command: JoinWaitingList, now: Moment, *, assumed: tuple[str, ...]) -> JoinListAct:
    assert command.person.person_id is not None
    document = command.person.document
    return JoinListAct(
        operation_id=command.operation_id,
        entry_id=command.entry_id,
        person_id=command.person.person_id,
        session_id=command.session.session_id,
        at=around.device_time(),
        policy_version=now.policy.version,
        document="" if document is None else document.value,
        acting_id=command.acting_id,
        assumed=assumed,
    )


def _slip(around: Surroundings, command: JoinWaitingList, now: Moment, *, is_request: bool) -> QueuedTicket:
    facts = slips.slip_facts(
        around,
        SlipKind.WAITING,
        _as_view(command),
        masked_name=command.person.masked_name,
        now_ms=now.now_ms,
        is_request=is_request,
        is_confirmed=not is_request,
    )
    return slips.queued(
        around,
        around.tickets.slip(facts, command.language),
        visit_id=command.visit_id,
        job_id=command.job_id,
        subject_id=command.entry_id,
        day=command.session.service_date,
        now_ms=now.now_ms,
    )


def _as_view(command: JoinWaitingList) -> BookingView:
    """The session as slips show it."""
    it: SessionOffered = command.session
    return BookingView(
        booking_id=command.entry_id,
        ver=0,
        service_date=it.service_date,
        starts_ms=it.starts_ms,
        ends_ms=it.ends_ms,
        department=it.department,
        is_sensitive=it.is_sensitive,
        doctor=it.doctor,
        doctor_title=it.doctor_title,
        building=it.building,
        floor=it.floor,
        area=it.area,
        room=it.room,
        number_last_four="",
        standing=CanCheckIn(),
    )


def _answer(
    command: JoinWaitingList, printing: PrintTicket, *, ahead: int | None, is_request: bool
) -> WaitingListJoined:
    return WaitingListJoined(
        visit_id=command.visit_id,
        entry_id=command.entry_id,
        session=command.session,
        is_confirmed=not is_request,
        is_request=is_request,
        ahead=ahead,
        print_command=printing,
    )
