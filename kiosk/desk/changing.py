"""Another place instead of the one that a booking has, in one step.  # rule E3

The server is asked; without its answer the new place is a lent one: done where only this terminal has the old booking,
and where that was made elsewhere asked for, the new place kept until the answer comes and the old one untouched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from booking.decide import Accepted, Decision, Refused, decide
from booking.decide.commands import Change
from booking.decide.given import ChangeFacts
from booking.policy import Policy
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.wire import EventResult, SessionRow, Verdict
from booking.wire_acts import ChangeAct
from booking.wire_booking import BookingView, ChangePlace
from kiosk.desk import answers, taken, views
from kiosk.desk.again import done_booking, is_confirmed, was_done
from kiosk.desk.booking import MOST_TRIES, NO_LENT_PLACE, lent_place
from kiosk.desk.place_facts import (
    Wish,
    booking_facts,
    decided,
    may_be_asked_for,
    place_facts,
    session_here,
)
from kiosk.desk.settings import settings_in_force
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.taken import Taken, Terms, state_entered
from kiosk.desk.views import Found
from kiosk.ports.central import RefusedThere
from kiosk.ports.desk import DeskAnswer, DeskFault, SlipKind
from kiosk.ports.desk_acts import BookingChanged, ChangeBooking
from kiosk.ports.lending import AnsweredRecord, ChangeRecord, NotOnlyHere, PlaceGone, SellablePlace
from kiosk.ports.store import QueuedTicket, StoreFault

_log = logging.getLogger(__name__)


def change(around: Surroundings, command: ChangeBooking) -> DeskAnswer:
    """The new place is theirs, asked for, or why not."""
    now = moment(around)
    here = views.look_up(around, command.booking_id, now)
    if here is None or command.person.person_id is None:
        return answers.cannot_know(command.visit_id)
    if was_done(around, command.operation_id, command.booking_id):
        return _again(around, command, now)
    is_only_here = around.sales.is_only_here(command.booking_id)
    if not now.is_online or is_only_here:
        return _by_itself(around, command, here, now, is_only_here=is_only_here)
    said = around.line.ask_change(command.operation_id, command.booking_id, _asked(command))
    if isinstance(said, RefusedThere):
        return answers.refused_there(command.visit_id, said, here.view)
    try:
        if isinstance(said, BookingView):
            return _changed_there(around, command, here, said, now)
        return answers.after_silence(said, _by_itself(around, command, here, now, is_only_here=False))
    except StoreFault as fault:
        _log.error("the store failed after the server was asked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)


def _asked(command: ChangeBooking) -> ChangePlace:
    return ChangePlace(
        new_booking_id=command.new_booking_id,
        session_id=command.session_id,
        slot_no=command.slot_no,
        acting_id=command.acting_id,
        notice_shown=command.notice_shown,
        is_warned=command.is_warned,
    )


def _again(around: Surroundings, command: ChangeBooking, now: Moment) -> DeskAnswer:
    done = done_booking(around, command.visit_id, command.job_id, command.new_booking_id, now)
    if isinstance(done, DeskFault):
        return done
    here, printing = done
    return BookingChanged(
        visit_id=command.visit_id,
        booking=here.view,
        number="",
        is_confirmed=is_confirmed(around, command.operation_id, command.booking_id),
        is_request=False,  # the new booking is seen
        print_command=printing,
    )


def _changed_there(
    around: Surroundings, command: ChangeBooking, here: Found, said: BookingView, now: Moment
) -> DeskAnswer:
    """The server has done it."""
    it = taken.taken_there(around, said, command.person, now, is_walk_in=False)
    ticket = _queued(around, command, it, now)
    around.sales.write_answered(
        AnsweredRecord(
            act=_act(around, command, here, it, now, assumed=(), is_request=False),
            result=EventResult(operation_id=command.operation_id, verdict=Verdict.APPLIED),
            made_ms=now.now_ms,
            rows=(it.as_row,),
            ticket=ticket,
        )
    )
    return _answer(command, it, ticket)


def _by_itself(
    around: Surroundings, command: ChangeBooking, here: Found, now: Moment, *, is_only_here: bool
) -> DeskAnswer:
    """With a lent place, if the rules allow it by what is known here."""
    policy, session = settings_in_force(around), session_here(around, command.session_id)
    if policy is None or session is None:
        return answers.cannot_know(command.visit_id, here.view)
    for _ in range(MOST_TRIES):
        place = lent_place(around, command, session, is_walk_in=False)
        decide_with = _decider(around, command, here, now, policy, session, place, is_only_here=is_only_here)
        decision = decided(decide_with)
        if isinstance(decision, Refused) and (is_only_here or not may_be_asked_for(decision)):
            return answers.refused_here(command.visit_id, decision, here.view)
        if place is None:
            break
        is_fact = is_only_here and isinstance(decision, Accepted)
        terms = Terms(
            booking_id=command.new_booking_id,
            state=state_entered(decision, decide_with) if is_fact else BookingState.PENDING,
            assumed=decision.assumed if isinstance(decision, Accepted) else decision.facts.missing,
            is_request=not is_only_here,
        )
        try:
            return _write(around, command, here, now, session, place, terms)
        except PlaceGone:
            _log.info("a lent place went meanwhile; another is looked for")
        except NotOnlyHere:  # it was offered to the server at this instant
            is_only_here = False
    return answers.refused_here(command.visit_id, NO_LENT_PLACE, here.view)


def _decider(
    around: Surroundings,
    command: ChangeBooking,
    here: Found,
    now: Moment,
    policy: Policy,
    session: SessionRow,
    place: SellablePlace | None,
    *,
    is_only_here: bool,
) -> Callable[[bool], Decision]:
    old_session = session_here(around, here.booking.session_id) or session
    wish = Wish(
        person=command.person,
        session=session,
        place=place,
        acting_id=command.acting_id,
        instead_of=command.booking_id,
    )

    def with_facts(is_hopeful: bool) -> Decision:  # noqa: FBT001 - as `decided` asks
        old = booking_facts(
            around,
            here.booking,
            old_session,
            is_hopeful=is_hopeful,
            is_only_here=is_only_here,
            acting_id=command.acting_id,
        )
        facts = ChangeFacts(old, place_facts(around, wish, now.now_ms, is_hopeful=is_hopeful))
        wanted = Change(Channel.KIOSK, notice_shown=command.notice_shown, is_warned=command.is_warned)
        return decide(policy, facts, wanted, now.now_ms)

    return with_facts


def _write(
    around: Surroundings,
    command: ChangeBooking,
    here: Found,
    now: Moment,
    session: SessionRow,
    place: SellablePlace,
    terms: Terms,
) -> DeskAnswer:
    """One transaction; only after it the patient is told. Raises PlaceGone, NotOnlyHere."""
    it = taken.taken_here(around, place, session, command.person, now, terms)
    ticket = _queued(around, command, it, now)
    assumed = tuple(one.value for one in terms.assumed)
    act = _act(around, command, here, it, now, assumed=assumed, is_request=terms.is_request)
    around.sales.write_change(
        ChangeRecord(act=act, booking=it.as_row, now=around.lending_now(), made_ms=now.now_ms, ticket=ticket)
    )
    around.line.wake()
    return _answer(command, it, ticket)


def _act(
    around: Surroundings,
    command: ChangeBooking,
    here: Found,
    it: Taken,
    now: Moment,
    *,
    assumed: tuple[str, ...],
    is_request: bool,
) -> ChangeAct:
    return ChangeAct(
        operation_id=command.operation_id,
        booking_id=command.booking_id,
        booking_ver=here.ver,
        new_booking_id=command.new_booking_id,
        place=it.place(),
        at=around.device_time(),
        policy_version=now.policy.version,
        is_request=is_request,
        notice_shown=command.notice_shown,
        is_warned=command.is_warned,
        acting_id=command.acting_id,
        assumed=assumed,
    )


def _queued(around: Surroundings, command: ChangeBooking, it: Taken, now: Moment) -> QueuedTicket:
    return taken.printed(
        around,
        it,
        now,
        kind=SlipKind.CHANGED,
        visit_id=command.visit_id,
        job_id=command.job_id,
        language=command.language,
    )


def _answer(command: ChangeBooking, it: Taken, ticket: QueuedTicket) -> BookingChanged:
    return BookingChanged(
        visit_id=command.visit_id,
        booking=it.view,
        number=it.number,
        is_confirmed=it.is_confirmed,
        is_request=it.is_request,
        assumed=it.assumed,
        is_pending=it.is_pending,
        print_command=ticket.command,
    )
