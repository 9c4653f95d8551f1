"""Booking a place, and registering on the spot: through the server, and where it does not answer, from a lease.

The act keeps operation id and booking id whatever happens: should the server have given a place and its answer be
lost, the place on this terminal's paper stands, and the server frees the other (sync C5).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from booking.decide import Assumption, Decision, Reason, RefusalFacts, Refused, decide
from booking.decide.commands import Book
from booking.decide.commands import WalkIn as WalkInNow
from booking.policy import Policy
from booking.roster.channels import Channel
from booking.wire import EventResult, SessionRow, Verdict
from booking.wire_acts import BookAct
from booking.wire_booking import BookingView
from booking.wire_booking import BookPlace as Asked
from kiosk.desk import answers, taken
from kiosk.desk.again import done_booking, is_confirmed, was_done
from kiosk.desk.place_facts import Wish, decided, place_facts, session_here
from kiosk.desk.settings import settings_in_force
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.taken import Taken, Terms, state_entered
from kiosk.ports.central import RefusedThere
from kiosk.ports.desk import DeskAnswer, DeskFault, SlipKind
from kiosk.ports.desk_acts import Booked, BookPlace, WalkIn
from kiosk.ports.lending import AnsweredRecord, PlaceGone, SaleRecord, SellablePlace
from kiosk.ports.store import QueuedTicket, StoreFault

_log = logging.getLogger(__name__)
NO_LENT_PLACE = Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.FREE_PLACES,)))
MOST_TRIES = 4
"""Lent places that went while they were being sold."""


class WantsPlace(Protocol):
    """What a wish for a lent place says."""

    @property
    def slot_no(self) -> int | None: ...


def book(around: Surroundings, command: BookPlace) -> DeskAnswer:
    """The place is theirs, or why not."""
    if command.person.person_id is None:
        return answers.refused_here(command.visit_id, Refused(Reason.NAME_NEEDED))
    now = moment(around)
    if was_done(around, command.operation_id, command.booking_id):
        return _again(around, command, now)
    if now.is_online:
        said = around.line.ask_booking(command.operation_id, _asked(command), is_walk_in=isinstance(command, WalkIn))
        if isinstance(said, RefusedThere):
            return answers.refused_there(command.visit_id, said)
        if isinstance(said, BookingView):
            return _given(around, command, said, now)
        return answers.after_silence(said, _sold_after_silence(around, command, now))
    return _sold_here(around, command, now)


def _again(around: Surroundings, command: BookPlace, now: Moment) -> DeskAnswer:
    """By this very command, whose answer was lost."""
    done = done_booking(around, command.visit_id, command.job_id, command.booking_id, now)
    if isinstance(done, DeskFault):
        return done
    here, printing = done
    return Booked(
        visit_id=command.visit_id,
        booking=here.view,
        number="",
        is_walk_in=isinstance(command, WalkIn),
        queue_number=here.queue_number,
        is_confirmed=is_confirmed(around, command.operation_id, command.booking_id),
        print_command=printing,
    )


def _asked(command: BookPlace) -> Asked:
    assert command.person.person_id is not None
    return Asked(
        person_id=command.person.person_id,
        session_id=command.session_id,
        slot_no=command.slot_no,
        acting_id=command.acting_id,
        document=command.person.document,
        order_id=command.order_id,
        booking_id=command.booking_id,
        notice_shown=command.notice_shown,
        is_return_visit=command.is_return_visit,
    )


def _given(around: Surroundings, command: BookPlace, said: BookingView, now: Moment) -> DeskAnswer:
    """The server gave a place: kept and printed. Where nothing can be kept, the server has it all the same."""
    it = taken.taken_there(around, said, command.person, now, is_walk_in=isinstance(command, WalkIn))
    result = EventResult(operation_id=command.operation_id, verdict=Verdict.APPLIED)
    try:
        ticket = _queued(around, command, it, now)
        record = AnsweredRecord(
            act=_act(around, command, it, policy_version=now.policy.version),
            result=result,
            made_ms=now.now_ms,
            rows=(it.as_row,),
            arrival=it.arrival(command.operation_id),
            ticket=ticket,
        )
        around.sales.write_answered(record)
    except StoreFault as fault:
        _log.error("the store failed after the server had booked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)
    return _booked(command, it, ticket)


def _sold_after_silence(around: Surroundings, command: BookPlace, now: Moment) -> DeskAnswer:
    """The server was asked and did not answer: it may have booked. What is refused now may have happened."""
    try:
        return _sold_here(around, command, now)
    except StoreFault as fault:
        _log.error("the store failed after the server was asked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)


def _sold_here(around: Surroundings, command: BookPlace, now: Moment) -> DeskAnswer:
    """A lent place, if the rules allow it by what is known here."""
    policy, session = settings_in_force(around), session_here(around, command.session_id)
    if policy is None or session is None:
        return answers.cannot_know(command.visit_id)
    is_walk_in = isinstance(command, WalkIn)
    for _ in range(MOST_TRIES):
        place = lent_place(around, command, session, is_walk_in=is_walk_in)
        decide_with = _decider(around, command, policy, session, place, now)
        decision = decided(decide_with)
        if isinstance(decision, Refused):
            return answers.refused_here(command.visit_id, decision)
        if place is None:
            break
        try:
            return _sale(
                around,
                command,
                session,
                place,
                Terms(
                    booking_id=command.booking_id,
                    state=state_entered(decision, decide_with),
                    assumed=decision.assumed,
                    is_walk_in=is_walk_in,
                    is_return_visit=command.is_return_visit,
                ),
                now,
            )
        except PlaceGone:
            _log.info("a lent place went meanwhile; another is looked for")
    return answers.refused_here(command.visit_id, NO_LENT_PLACE)


def lent_place(
    around: Surroundings, wanted: WantsPlace, session: SessionRow, *, is_walk_in: bool
) -> SellablePlace | None:
    """The place that was asked for, else the first that may be sold. One kept for walk-ins goes to them first."""
    places = around.sales.sellable_places(now=around.lending_now(), session_id=session.id)
    usable = [it for it in places if is_walk_in or not it.is_for_walk_ins]
    if wanted.slot_no is not None:
        usable = [it for it in usable if it.no == wanted.slot_no]
    own = [it for it in usable if it.is_for_walk_ins == is_walk_in]
    return next(iter(own or usable), None)


def _decider(
    around: Surroundings,
    command: BookPlace,
    policy: Policy,
    session: SessionRow,
    place: SellablePlace | None,
    now: Moment,
) -> Callable[[bool], Decision]:
    wish = Wish(person=command.person, session=session, place=place, acting_id=command.acting_id)
    wanted: Book | WalkInNow = Book(Channel.KIOSK, notice_shown=command.notice_shown)
    if isinstance(command, WalkIn):
        wanted = WalkInNow(Channel.KIOSK, notice_shown=command.notice_shown)

    def with_facts(is_hopeful: bool) -> Decision:  # noqa: FBT001 - as `decided` asks
        return decide(policy, place_facts(around, wish, now.now_ms, is_hopeful=is_hopeful), wanted, now.now_ms)

    return with_facts


def _sale(
    around: Surroundings,
    command: BookPlace,
    session: SessionRow,
    place: SellablePlace,
    terms: Terms,
    now: Moment,
) -> DeskAnswer:
    """One transaction; only after it the patient is told. Raises PlaceGone."""
    it = taken.taken_here(around, place, session, command.person, now, terms)
    ticket = _queued(around, command, it, now)
    around.sales.write_sale(
        SaleRecord(
            act=_act(around, command, it, policy_version=now.policy.version),
            booking=it.as_row,
            now=around.lending_now(),
            made_ms=now.now_ms,
            arrival=it.arrival(command.operation_id),
            ticket=ticket,
        )
    )
    around.line.wake()
    return _booked(command, it, ticket)


def _act(around: Surroundings, command: BookPlace, it: Taken, *, policy_version: int) -> BookAct:
    assert command.person.person_id is not None
    document = command.person.document
    return BookAct(
        operation_id=command.operation_id,
        booking_id=command.booking_id,
        person_id=command.person.person_id,
        place=it.place(),
        at=around.device_time(),
        policy_version=policy_version,
        is_walk_in=it.is_walk_in,
        queue_number=it.queue_number if it.is_walk_in else "",
        document="" if document is None else document.value,
        notice_shown=command.notice_shown,
        is_return_visit=command.is_return_visit,
        acting_id=command.acting_id,
        order_id=command.order_id,
        assumed=tuple(one.value for one in it.assumed),
    )


def _queued(around: Surroundings, command: BookPlace, it: Taken, now: Moment) -> QueuedTicket:
    return taken.printed(
        around,
        it,
        now,
        kind=SlipKind.BOOKED,
        visit_id=command.visit_id,
        job_id=command.job_id,
        language=command.language,
    )


def _booked(command: BookPlace, it: Taken, ticket: QueuedTicket) -> Booked:
    return Booked(
        visit_id=command.visit_id,
        booking=it.view,
        number=it.number,
        is_walk_in=it.is_walk_in,
        queue_number=it.queue_number,
        is_confirmed=it.is_confirmed,
        assumed=it.assumed,
        is_pending=it.is_pending,
        print_command=ticket.command,
    )
