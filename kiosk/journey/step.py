"""What happens next: `step(journey, event, facts, moment) -> (journey, effects)`. Pure and total.

A result whose visit is over, or whose card is another, changes nothing. A second identity that the screen has not asked
for ends the visit and begins the next; during an act under way it waits until that is done.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey import check_in, identify
from kiosk.journey.events import Effect, Event, Forget, Moment, TimePassed
from kiosk.journey.facts import Facts
from kiosk.journey.moves import Moved, cards_left_by, end, enter, ignore, with_state
from kiosk.journey.screen import Intent, IntentKind
from kiosk.journey.states import (
    AwaitingRemoval,
    BusyState,
    CheckingIn,
    Choosing,
    EnteringNumber,
    Finding,
    Finished,
    HelpedState,
    Helping,
    Idle,
    Journey,
    Reading,
    State,
    Trouble,
    Troubled,
    insertion_of,
    uncovered,
    visit_of,
)
from kiosk.journey.timeouts import is_act_under_way, is_over
from kiosk.ports.cards import CardInserted, CardNotRead, CardRead, CardRemoved, Insertion
from kiosk.ports.desk import (
    CheckedIn,
    CheckInRefused,
    DeskAnswer,
    DeskFault,
    HoldTicket,
    NobodyFound,
    NothingToday,
    PersonFound,
    ReprintReady,
    ReprintRefused,
)
from kiosk.ports.printers import PrintFinished
from kiosk.ports.scanners import CodeScanned

_ASK_FOR_THE_CARD = frozenset(
    {Trouble.CARD_UNREADABLE, Trouble.CARD_SILENT, Trouble.CARD_NOT_KNOWN, Trouble.CARD_TAKEN_EARLY}
)
_ANSWERS = (
    PersonFound | NothingToday | NobodyFound | CheckedIn | CheckInRefused | ReprintReady | ReprintRefused | DeskFault
)


def begin(facts: Facts, moment: Moment) -> Journey:
    """The machine at start-up."""
    return Journey(state=Idle(), language=facts.languages[0], entered_ms=moment.boot_ms, touched_ms=moment.boot_ms)


def after_a_bug(journey: Journey, facts: Facts, moment: Moment) -> Journey:
    """The machine without whatever it was at. Of everybody before only which cards are still in is kept."""
    bare = replace(begin(facts, moment), left_cards=cards_left_by(journey))
    dropped, _ = end(bare, facts, moment)
    return dropped


def step(journey: Journey, event: Event, facts: Facts, moment: Moment) -> tuple[Journey, tuple[Effect, ...]]:
    """The next journey and what to do. Never raises for any state and event."""
    moved, effects = _step(journey, event, facts, moment)
    if _has_ended(journey.state, moved.state):
        effects = (*effects, Forget())
    waiting = moved.next_identity
    if waiting is not None and not is_act_under_way(moved, moment.boot_ms):
        ids = (moment.ids[2], moment.ids[0], moment.ids[1])  # the step above may have used the first two
        moved, more = step(replace(moved, next_identity=None), waiting, facts, replace(moment, ids=ids))
        effects = effects + more
    return moved, effects


def _has_ended(before: State, after: State) -> bool:
    ended = isinstance(after, Idle | AwaitingRemoval)
    return ended and type(after) is not type(before) and visit_of(before) is not None


def _step(journey: Journey, event: Event, facts: Facts, moment: Moment) -> Moved:
    match event:
        case TimePassed():
            return _on_time_passed(journey, facts, moment)
        case Intent():
            return _on_intent(journey, event, facts, moment)
        case CardInserted() | CodeScanned():
            return _on_identity(journey, event, facts, moment)
        case CardRemoved():
            return _on_card_removed(journey, event, facts, moment)
        case PrintFinished():
            return check_in.on_print_finished(journey, event, moment)
        case CardRead() | CardNotRead():
            return _on_answer(journey, event, moment)
        case _ if isinstance(event, _ANSWERS):
            return _on_answer(journey, event, moment)
        case _:
            return ignore(journey)


def _on_answer(journey: Journey, answer: CardRead | CardNotRead | DeskAnswer, moment: Moment) -> Moved:
    """What a machine did is done: its news takes the place of a help page that was opened meanwhile."""
    is_covered = isinstance(journey.state, Helping) and isinstance(journey.state.over, BusyState)
    bare = with_state(journey, uncovered(journey.state)) if is_covered else journey
    if isinstance(answer, CardRead | CardNotRead):
        moved, effects = identify.on_card_answer(bare, answer, moment)
    else:
        moved, effects = _on_desk_answer(bare, answer, moment)
    return (journey if moved is bare else moved), effects


def _on_desk_answer(journey: Journey, answer: DeskAnswer, moment: Moment) -> Moved:
    visit = visit_of(journey.state)
    if visit is None or visit.id != answer.visit_id:
        moved, effects = ignore(journey)
    elif isinstance(journey.state, Finding):
        moved, effects = identify.on_desk_answer(journey, answer, moment)
    else:
        moved, effects = check_in.on_desk_answer(journey, answer, moment)
    if isinstance(answer, CheckedIn | ReprintReady) and answer.print_command not in effects:
        effects = (*effects, HoldTicket(answer.visit_id, answer.print_command.job_id))
    return moved, effects


def _on_time_passed(journey: Journey, facts: Facts, moment: Moment) -> Moved:
    if not is_over(journey, moment.boot_ms):
        return ignore(journey)
    fresh = replace(journey, touched_ms=moment.boot_ms)
    match journey.state:
        case Reading(visit=visit):
            return enter(fresh, Troubled(visit, Trouble.CARD_SILENT), moment)
        case Finding(visit=visit):
            return enter(fresh, Troubled(visit, Trouble.DESK_FAULT), moment)
        case CheckingIn() as act:
            return check_in.on_no_answer(fresh, act, moment)
        case Helping(over=over):
            return _on_time_passed(with_state(journey, over), facts, moment)
        case _:
            return end(journey, facts, moment)


def _on_intent(journey: Journey, intent: Intent, facts: Facts, moment: Moment) -> Moved:
    touched = replace(journey, touched_ms=moment.boot_ms)
    is_busy = isinstance(uncovered(journey.state), BusyState)  # its limit goes on under the help page
    match intent.kind:
        case IntentKind.LANGUAGE if intent.arg in facts.languages:
            return ignore(replace(touched, language=intent.arg))
        case IntentKind.STAY:
            return ignore(touched)
        case IntentKind.HELP if not isinstance(journey.state, Helping):
            return enter(touched, Helping(journey.state), moment, keep_entered=is_busy)
        case IntentKind.BACK if isinstance(journey.state, Helping):
            return enter(touched, journey.state.over, moment, keep_entered=is_busy)
        case IntentKind.END if not isinstance(uncovered(journey.state), CheckingIn):
            return end(touched, facts, moment)
        case _:
            pass
    if isinstance(journey.state, Choosing | Troubled | Finished):
        return check_in.on_intent(touched, intent, facts, moment)
    return identify.on_intent(touched, intent, facts, moment)


def _on_identity(journey: Journey, event: CardInserted | CodeScanned, facts: Facts, moment: Moment) -> Moved:
    if not facts.is_open():
        return ignore(journey)
    if isinstance(event, CardInserted) and event.insertion in (insertion_of(journey.state), *journey.left_cards):
        return ignore(journey)
    if is_act_under_way(journey, moment.boot_ms):
        behind = replace(journey, state=Idle())  # the visit keeps its own card; only who waited may leave one
        return ignore(replace(journey, next_identity=event, left_cards=_left_behind(behind, event)))
    match journey.state:
        case EnteringNumber() if isinstance(event, CodeScanned):
            return identify.on_scan_while_typing(journey, event, facts, moment)
        case _:
            language = journey.language if _is_welcome(journey.state, event) else facts.languages[0]
            left = _left_behind(journey, event)
            forgotten = replace(journey, state=Idle(), language=language, left_cards=left, next_identity=None)
            moved, effects = identify.begin_visit(forgotten, event, facts, moment)
            if visit_of(journey.state) is not None:
                effects = (Forget(), *effects)
            return moved, effects


def _is_welcome(state: State, event: CardInserted | CodeScanned) -> bool:
    """Whether the person who chose the language does this: on the first page, or as the page asks them to.

    Anybody else starts anew, in the hospital's own language.
    """
    match uncovered(state):
        case Idle():
            return True
        case Troubled(trouble=trouble) if isinstance(event, CardInserted):
            return trouble in _ASK_FOR_THE_CARD
        case Troubled(trouble=trouble):
            return trouble in (Trouble.CODE_UNKNOWN, Trouble.TICKET_DAMAGED)
        case _:
            return False


def _left_behind(journey: Journey, event: CardInserted | CodeScanned) -> tuple[Insertion, ...]:
    """The cards that stay in while the next visit begins. A reader that took another one has lost its own."""
    reader = event.insertion.reader if isinstance(event, CardInserted) else None
    return tuple(card for card in cards_left_by(journey) if card.reader != reader)


def _on_card_removed(journey: Journey, event: CardRemoved, facts: Facts, moment: Moment) -> Moved:
    waiting = journey.next_identity
    if isinstance(waiting, CardInserted) and waiting.insertion == event.insertion:
        return ignore(replace(journey, next_identity=None))
    if event.insertion in journey.left_cards:
        left = tuple(card for card in journey.left_cards if card != event.insertion)
        return ignore(replace(journey, left_cards=left))
    if insertion_of(journey.state) != event.insertion:
        return ignore(journey)
    match state := uncovered(journey.state):
        case CheckingIn():
            return ignore(_with_news(journey, replace(state, is_card_gone=True)))
        case Finished():
            gone = replace(state, is_card_gone=True)
            return enter(replace(journey, touched_ms=moment.boot_ms), gone, moment, keep_entered=True)
        case Troubled():
            gone_page = replace(state, is_card_gone=True, back=None)
            return enter(replace(journey, touched_ms=moment.boot_ms), gone_page, moment)
        case Reading(visit=visit) | Finding(visit=visit) | Choosing(visit=visit):
            trouble = Trouble.READER_FAULT if facts.is_lost(event.insertion.reader) else Trouble.CARD_TAKEN_EARLY
            page = Troubled(visit, trouble, is_card_gone=True)
            return enter(replace(journey, touched_ms=moment.boot_ms), page, moment)
        case _:
            return end(journey, facts, moment, is_card_out=True)


def _with_news(journey: Journey, state: HelpedState) -> Journey:
    """The same state with news; the help page stays over it."""
    return with_state(journey, Helping(state) if isinstance(journey.state, Helping) else state)
