"""From the list of bookings to the number and the ticket.  # rules G1, G2, G8"""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.choosing import explain, trouble_of
from kiosk.journey.events import Moment
from kiosk.journey.facts import Facts
from kiosk.journey.moves import Moved, enter, ignore
from kiosk.journey.screen import Intent, IntentKind
from kiosk.journey.states import (
    CheckingIn,
    Choosing,
    EnteringNumber,
    Finished,
    Helping,
    Inserted,
    Journey,
    NoFurtherCopy,
    Printing,
    Reading,
    Trouble,
    Troubled,
    Typed,
    Visit,
    insertion_of,
    uncovered,
)
from kiosk.ports.cards import ReadCard
from kiosk.ports.desk import (
    BookingView,
    CanCheckIn,
    CannotCheckIn,
    CheckedIn,
    CheckInBooking,
    CheckInRefused,
    DeskAnswer,
    DeskFault,
    IsCheckedIn,
    ReprintReady,
    ReprintRefused,
    ReprintTicket,
)
from kiosk.ports.printers import NotPrinted, PrintFinished, UnknownStatus
from kiosk.ports.tickets import QrCode, Ticket


def on_intent(journey: Journey, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    """Fingers on the list, on a refusal and on the last page."""
    match journey.state:
        case Choosing():
            return _on_choosing(journey, journey.state, intent, facts, moment)
        case Troubled():
            return _on_troubled(journey, journey.state, intent, facts, moment)
        case Finished() if intent.kind is IntentKind.REPRINT:
            state = journey.state
            if isinstance(state.paper, Printing | NoFurtherCopy):
                return ignore(journey)
            act = CheckingIn(
                visit=state.visit,
                booking=state.booking,
                operation_id=moment.ids[0],
                queue_number=state.queue_number,
                is_confirmed=state.is_confirmed,
                is_card_gone=state.is_card_gone,
            )
            return _reprint(journey, act, moment)
        case _:
            return ignore(journey)


def _on_choosing(journey: Journey, state: Choosing, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    if intent.kind is IntentKind.MORE and len(state.bookings) > facts.bookings_per_page:
        first = state.first + facts.bookings_per_page
        first = first if first < len(state.bookings) else 0
        return enter(journey, replace(state, first=first), moment, keep_entered=True)
    if intent.kind is IntentKind.SELECT:
        booking = next((b for b in state.bookings if str(b.booking_id) == intent.arg), None)
        if booking is None:
            return ignore(journey)
        if isinstance(booking.standing, CannotCheckIn):
            return enter(journey, explain(state, booking, booking.standing), moment)
        return enter(journey, replace(state, selected=booking.booking_id), moment, keep_entered=True)
    chosen = next((b for b in state.bookings if b.booking_id == state.selected), None)
    if chosen is None:
        return ignore(journey)
    if intent.kind is IntentKind.CHECK_IN and isinstance(chosen.standing, CanCheckIn):
        return _check_in(journey, state, chosen, moment)
    if intent.kind is IntentKind.REPRINT and isinstance(chosen.standing, IsCheckedIn):
        act = CheckingIn(
            visit=state.visit,
            booking=chosen,
            operation_id=moment.ids[0],
            queue_number=chosen.standing.queue_number,
            is_confirmed=chosen.standing.is_confirmed,
        )
        return _reprint(journey, act, moment)
    return ignore(journey)


def _check_in(journey: Journey, state: Choosing, booking: BookingView, moment: Moment) -> Moved:
    operation_id, job_id, _ = moment.ids
    command = CheckInBooking(
        state.visit.id, operation_id, job_id, booking.booking_id, journey.language, ticket=booking.ticket
    )
    return enter(journey, CheckingIn(state.visit, booking, operation_id), moment, command)


def _reprint(journey: Journey, act: CheckingIn, moment: Moment) -> Moved:
    booking = act.booking
    command = ReprintTicket(act.visit.id, moment.ids[1], booking.booking_id, journey.language, ticket=booking.ticket)
    return enter(journey, act, moment, command)


def _on_troubled(journey: Journey, state: Troubled, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    if intent.kind is IntentKind.BACK and state.back is not None:
        return enter(journey, state.back, moment)
    has_time = journey.next_identity is None and not state.is_card_gone
    if intent.kind is IntentKind.RETRY and isinstance(state.visit.anchor, Inserted) and has_time:
        again = Visit(moment.ids[0], state.visit.anchor)  # a new id: what the first read still answers is dropped
        return enter(journey, Reading(again), moment, ReadCard(again.id, state.visit.anchor.insertion))
    if intent.kind is IntentKind.TYPE_NUMBER and facts.is_open():
        # From here on nothing of the card is in use: it is only still in, and asked for at the end.
        card = insertion_of(state)
        left = replace(journey, left_cards=(*journey.left_cards, card)) if card is not None else journey
        return enter(left, EnteringNumber(Visit(moment.ids[0], Typed())), moment)
    return ignore(journey)


def on_desk_answer(journey: Journey, answer: DeskAnswer, moment: Moment) -> Moved:
    """The act is done, or refused. The visit is the right one."""
    state = uncovered(journey.state)
    match state:
        case CheckingIn() as act:
            return _finish(journey, act, answer, moment)
        case Troubled(trouble=Trouble.RESULT_UNKNOWN) as page if isinstance(answer, CheckedIn | CheckInRefused):
            # It took long, and now it is known: better news than "we are checking".
            act = CheckingIn(page.visit, answer.booking, moment.ids[0], is_card_gone=page.is_card_gone)
            return _finish(journey, act, answer, moment)
        case _:
            return ignore(journey)


def on_no_answer(journey: Journey, act: CheckingIn, moment: Moment) -> Moved:
    """The desk takes too long. A reprint's patient is checked in all the same, and keeps the number."""
    if act.is_reprint:
        return enter(journey, _without_copy(act, NotPrinted(UnknownStatus("no answer from the desk"))), moment)
    return enter(journey, Troubled(act.visit, Trouble.RESULT_UNKNOWN, is_card_gone=act.is_card_gone), moment)


def _finish(journey: Journey, act: CheckingIn, answer: DeskAnswer, moment: Moment) -> Moved:
    fresh = replace(journey, touched_ms=moment.boot_ms)
    match answer:
        case CheckedIn() | ReprintReady():
            finished = Finished(
                visit=act.visit,
                booking=answer.booking,
                queue_number=answer.queue_number,
                is_confirmed=answer.is_confirmed,
                job_id=answer.print_command.job_id,
                paper=Printing(),
                is_card_gone=act.is_card_gone,
                is_reprint=isinstance(answer, ReprintReady),
                qr=_code_on(answer.print_command.ticket),
            )
            return enter(fresh, finished, moment, answer.print_command)
        case ReprintRefused():
            return enter(fresh, _without_copy(act, NoFurtherCopy()), moment)
        case CheckInRefused():
            return enter(fresh, _refusal(act, answer), moment)
        case DeskFault() if act.is_reprint:
            return enter(fresh, _without_copy(act, NotPrinted(UnknownStatus(answer.code))), moment)
        case DeskFault():
            trouble = Trouble.RESULT_UNKNOWN if answer.is_outcome_unknown else Trouble.DESK_FAULT
            page = Troubled(act.visit, trouble, is_card_gone=act.is_card_gone)
            return enter(fresh, page, moment)
        case _:
            return ignore(journey)


def _without_copy(act: CheckingIn, paper: NoFurtherCopy | NotPrinted) -> Finished:
    """The patient is checked in, and no further paper comes."""
    return Finished(
        visit=act.visit,
        booking=act.booking,
        queue_number=act.queue_number,
        is_confirmed=act.is_confirmed,
        job_id=act.operation_id,
        paper=paper,
        is_card_gone=act.is_card_gone,
        is_reprint=True,
    )


def _code_on(ticket: Ticket) -> str:
    return next((block.data for block in ticket.blocks if isinstance(block, QrCode)), "")


def _refusal(act: CheckingIn, answer: CheckInRefused) -> Troubled:
    standing = answer.booking.standing
    return Troubled(
        act.visit,
        trouble_of(answer.reason),
        facts=answer.facts,
        sentence=answer.sentence,
        next_date=answer.booking.service_date,
        next_starts_ms=answer.booking.starts_ms,
        queue_number=standing.queue_number if isinstance(standing, IsCheckedIn) else "",
        shows_first=isinstance(standing, IsCheckedIn) and not standing.is_confirmed,
        is_card_gone=act.is_card_gone,
    )


def on_print_finished(journey: Journey, event: PrintFinished, moment: Moment) -> Moved:
    """The ticket is out, or not. Only news for the page that shows this very job."""
    state = uncovered(journey.state)
    if not isinstance(state, Finished) or state.visit.id != event.visit_id or state.job_id != event.job_id:
        return ignore(journey)
    news = replace(state, paper=event.result)
    if isinstance(journey.state, Helping):
        return enter(journey, Helping(news), moment, keep_entered=True)
    return enter(replace(journey, touched_ms=moment.boot_ms), news, moment, keep_entered=True)
