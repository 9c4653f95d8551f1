"""Who is here? Card, typed number or scanned code, up to the list of today's bookings."""

from __future__ import annotations

from dataclasses import replace

from booking.numbers import BOOKING_DIGITS, GoodNumber, MistypedNumber, OtherHospital, read_booking_number, read_qr
from booking.signed_ticket import is_ticket
from booking.wire import CheckQuestion
from kiosk.journey.choosing import show_bookings
from kiosk.journey.events import Moment
from kiosk.journey.facts import Facts
from kiosk.journey.moves import Moved, cards_left_by, enter, ignore
from kiosk.journey.screen import Intent, IntentKind
from kiosk.journey.states import (
    AwaitingRemoval,
    EnteringAnswer,
    EnteringNumber,
    Finding,
    Helping,
    Idle,
    Inserted,
    Journey,
    Reading,
    Scanned,
    Trouble,
    Troubled,
    Typed,
    Visit,
)
from kiosk.ports.cards import CardInserted, CardNotRead, CardRead, ReadCard, Unreadable
from kiosk.ports.desk import (
    DeskAnswer,
    DeskFault,
    FindByCard,
    FindByNumber,
    FindByTicket,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    PersonFound,
)
from kiosk.ports.scanners import CodeScanned

ANSWER_DIGITS = 4

_TROUBLE_OF_CARD = {
    Unreadable.NOT_RECOGNISED: Trouble.CARD_NOT_KNOWN,
    Unreadable.GARBAGE: Trouble.CARD_UNREADABLE,
    Unreadable.NO_ANSWER: Trouble.CARD_SILENT,
    Unreadable.REMOVED: Trouble.CARD_TAKEN_EARLY,
    Unreadable.READER: Trouble.READER_FAULT,
}
_TROUBLE_OF_SEARCH = {
    NotFoundWhy.NOT_REGISTERED: Trouble.PERSON_UNKNOWN,
    NotFoundWhy.CANNOT_KNOW: Trouble.CANNOT_KNOW,
    NotFoundWhy.NO_SUCH_BOOKING: Trouble.CANNOT_KNOW,
    NotFoundWhy.TOO_MANY_TRIES: Trouble.TOO_MANY_TRIES,
    NotFoundWhy.TICKET_DAMAGED: Trouble.TICKET_DAMAGED,
    NotFoundWhy.TICKET_NOT_CHECKED: Trouble.TICKET_NOT_CHECKED,
    NotFoundWhy.TICKET_OF_OTHER_HOSPITAL: Trouble.TICKET_OF_OTHER_HOSPITAL,
}


def begin_visit(journey: Journey, event: CardInserted | CodeScanned, facts: Facts, moment: Moment) -> Moved:
    """A visit begins with a card or a code."""
    fresh = replace(journey, touched_ms=moment.boot_ms)
    if isinstance(event, CardInserted):
        visit = Visit(moment.ids[0], Inserted(event.insertion))
        return enter(fresh, Reading(visit), moment, ReadCard(visit.id, event.insertion))
    visit = Visit(moment.ids[0], Scanned())
    if is_ticket(event.text):
        return _take_ticket(fresh, visit, event, moment)
    digits = read_qr(event.text)
    if digits is None:
        return enter(fresh, Troubled(visit, Trouble.CODE_UNKNOWN), moment)
    return _take_number(fresh, visit, digits, facts, moment)


def on_scan_while_typing(journey: Journey, event: CodeScanned, facts: Facts, moment: Moment) -> Moved:
    """The number page asked for a number: a scanned code is input of this visit."""
    state = journey.state
    if not isinstance(state, EnteringNumber):
        return ignore(journey)
    fresh = replace(journey, touched_ms=moment.boot_ms)
    if is_ticket(event.text):
        return _take_ticket(fresh, state.visit, event, moment)
    digits = read_qr(event.text)
    if digits is None:
        return enter(fresh, replace(state, is_mistyped=True), moment)
    return _take_number(fresh, state.visit, digits, facts, moment)


def _take_ticket(journey: Journey, visit: Visit, event: CodeScanned, moment: Moment) -> Moved:
    """Whoever holds a ticket is asked nothing more: it is signed, and names nobody."""
    return enter(journey, Finding(visit), moment, FindByTicket(visit.id, event.text))


def _take_number(journey: Journey, visit: Visit, digits: str, facts: Facts, moment: Moment) -> Moved:
    match read_booking_number(digits, hospital_code=facts.hospital_code):
        case GoodNumber(digits=number):
            return enter(journey, EnteringAnswer(visit, number), moment)
        case OtherHospital():
            return enter(journey, Troubled(visit, Trouble.OTHER_HOSPITAL), moment)
        case MistypedNumber():
            return enter(journey, EnteringNumber(visit, digits, is_mistyped=True), moment)


def on_intent(journey: Journey, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    """Fingers on the first page, the number pages and while reading."""
    match journey.state:
        case Idle() | AwaitingRemoval():
            return _start_typing(journey, intent, facts, moment)
        case Helping(over=Idle() | AwaitingRemoval()):
            return _start_typing(journey, intent, facts, moment)
        case EnteringNumber():
            return _edit_number(journey, journey.state, intent, facts, moment)
        case EnteringAnswer():
            return _edit_answer(journey, journey.state, intent, moment)
        case _:
            return ignore(journey)


def _start_typing(journey: Journey, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    if intent.kind is IntentKind.TYPE_NUMBER and facts.is_open():
        left = replace(journey, left_cards=cards_left_by(journey))
        return enter(left, EnteringNumber(Visit(moment.ids[0], Typed())), moment)
    return ignore(journey)


def _is_digit(intent: Intent) -> bool:
    return intent.kind is IntentKind.DIGIT and len(intent.arg) == 1 and intent.arg in "0123456789"


def _edit_number(journey: Journey, state: EnteringNumber, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    if _is_digit(intent) and len(state.digits) < BOOKING_DIGITS:
        digits = state.digits + intent.arg
        return enter(journey, EnteringNumber(state.visit, digits), moment, keep_entered=True)
    if intent.kind is IntentKind.ERASE:
        return enter(journey, EnteringNumber(state.visit, state.digits[:-1]), moment, keep_entered=True)
    if intent.kind is IntentKind.SUBMIT and len(state.digits) == BOOKING_DIGITS:
        return _take_number(journey, state.visit, state.digits, facts, moment)
    return ignore(journey)


def _edit_answer(journey: Journey, state: EnteringAnswer, intent: Intent, moment: Moment) -> Moved:
    if _is_digit(intent) and len(state.digits) < ANSWER_DIGITS:
        return enter(journey, replace(state, digits=state.digits + intent.arg), moment, keep_entered=True)
    if intent.kind is IntentKind.ERASE:
        return enter(journey, replace(state, digits=state.digits[:-1]), moment, keep_entered=True)
    if intent.kind is IntentKind.CHOOSE_QUESTION and intent.arg in [q.value for q in CheckQuestion]:
        question = CheckQuestion(intent.arg)
        return enter(journey, replace(state, question=question, digits=""), moment, keep_entered=True)
    if intent.kind is IntentKind.BACK:
        return enter(journey, EnteringNumber(state.visit, state.number), moment)
    if intent.kind is IntentKind.SUBMIT and len(state.digits) == ANSWER_DIGITS:
        find = FindByNumber(state.visit.id, state.number, state.question, state.digits)
        return enter(journey, Finding(state.visit, state.number, state.question), moment, find)
    return ignore(journey)


def on_card_answer(journey: Journey, event: CardRead | CardNotRead, moment: Moment) -> Moved:
    """A card was read, or not. Belongs to this visit and this very insertion, or is dropped."""
    state = journey.state
    if not isinstance(state, Reading) or state.visit.id != event.visit_id:
        return ignore(journey)
    if state.visit.anchor != Inserted(event.insertion):
        return ignore(journey)
    if isinstance(event, CardRead):
        return enter(journey, Finding(state.visit), moment, FindByCard(state.visit.id, event.identity))
    page = Troubled(state.visit, _TROUBLE_OF_CARD[event.why], is_card_gone=event.why is Unreadable.REMOVED)
    return enter(replace(journey, touched_ms=moment.boot_ms), page, moment)


def on_desk_answer(journey: Journey, answer: DeskAnswer, moment: Moment) -> Moved:
    """The desk has looked. The state is Finding and the visit is the right one."""
    state = journey.state
    if not isinstance(state, Finding):
        return ignore(journey)
    fresh = replace(journey, touched_ms=moment.boot_ms)
    match answer:
        case PersonFound(person=person, bookings=bookings):
            return show_bookings(fresh, state.visit, person, bookings, moment)
        case NothingToday(next_booking=following):
            page = Troubled(
                state.visit,
                Trouble.NOTHING_TODAY,
                next_date=following.service_date if following else "",
                next_starts_ms=following.starts_ms if following else None,
            )
            return enter(fresh, page, moment)
        case NobodyFound(why=NotFoundWhy.NO_SUCH_BOOKING, tries_left=left) if state.number and left:
            again = EnteringAnswer(state.visit, state.number, state.question, tries_left=left)
            return enter(fresh, again, moment)
        case NobodyFound(why=NotFoundWhy.NO_SUCH_BOOKING) if state.number:
            return enter(fresh, Troubled(state.visit, Trouble.TOO_MANY_TRIES), moment)
        case NobodyFound(why=why):
            return enter(fresh, Troubled(state.visit, _TROUBLE_OF_SEARCH[why]), moment)
        case DeskFault():
            return enter(fresh, Troubled(state.visit, Trouble.DESK_FAULT), moment)
        case _:
            return ignore(journey)
