"""Every state meets every event: nothing raises, nothing personal outlives its visit, everything comes to an end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args
from uuid import UUID

import pytest

from booking.decide import Reason, RefusalFacts
from booking.localized import LocalizedText
from booking.wire import CheckQuestion
from kiosk.journey.events import Effect, Event, Forget, Moment, TimePassed
from kiosk.journey.screen import Intent, IntentKind
from kiosk.journey.states import (
    AwaitingRemoval,
    CheckingIn,
    Choosing,
    EnteringAnswer,
    EnteringNumber,
    Finding,
    Finished,
    HelpedState,
    Helping,
    Idle,
    Inserted,
    Journey,
    NoFurtherCopy,
    Paper,
    Printing,
    Reading,
    Scanned,
    State,
    Trouble,
    Troubled,
    Typed,
    Visit,
    insertion_of,
    uncovered,
    visit_of,
)
from kiosk.journey.step import step
from kiosk.journey.timeouts import wake_at
from kiosk.journey.view import view
from kiosk.ports.cards import (
    CardInserted,
    CardNotRead,
    CardRead,
    CardRemoved,
    Insertion,
    ReaderChanged,
    ReaderCondition,
    Unreadable,
)
from kiosk.ports.central import ConnectionChanged, WaitingChanged
from kiosk.ports.desk import (
    BookingView,
    CannotCheckIn,
    CheckedIn,
    CheckInRefused,
    DeskFault,
    HoldTicket,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    PersonFound,
    PersonView,
    ReprintReady,
    ReprintRefused,
    TerminalEnrolled,
)
from kiosk.ports.printers import (
    CoverOpen,
    NotPrinted,
    PaperOut,
    Printed,
    PrinterChanged,
    PrintFinished,
    PrintTicket,
    Unconfirmed,
    UnknownStatus,
)
from kiosk.ports.scanners import CodeScanned
from kiosk.ports.store import StoreAnswered
from tests.unit.journey.driver import (
    BOOKING_CODE,
    FACTS,
    IDENTITY,
    NUMBER,
    READER,
    ZHANG,
    ZONE,
    Machine,
    at,
    booking,
    both,
    checked_in,
    ticket,
    too_early,
    words,
)

CARD = Insertion(READER, 7)
OTHER_CARD = Insertion("rear", 8)
MINE, FOREIGN, OPERATION, JOB = UUID(int=1001), UUID(int=1002), UUID(int=1003), UUID(int=1004)
NOW_MS, BOOT_MS = at(10, 8), 5_000_000
MOMENT = Moment(NOW_MS, BOOT_MS, (UUID(int=2001), UUID(int=2002), UUID(int=2003)))
BY_CARD, BY_TYPING, BY_CODE = (Visit(MINE, anchor) for anchor in (Inserted(CARD), Typed(), Scanned()))
MANY = (booking(1), booking(2, hour=10), checked_in(3), too_early(4))
PAPERS: tuple[Paper, ...] = (Printing(), Printed(), NotPrinted(PaperOut()), Unconfirmed("cut"), NoFurtherCopy())


NOTHING_IN_ORDER = replace(FACTS, is_enrolled=False, is_online=False, printer=PaperOut(), readers=())
ARGS = {IntentKind.DIGIT: "7", IntentKind.LANGUAGE: "en", IntentKind.CHOOSE_QUESTION: "phone"}


def _choosing(visit: Visit) -> Choosing:
    return Choosing(visit, ZHANG, MANY, MANY[0].booking_id)


def _uncovered() -> Iterator[State]:
    yield from (Idle(), AwaitingRemoval(CARD))
    for visit in (BY_CARD, BY_TYPING, BY_CODE):
        yield from (Finding(visit), Finding(visit, NUMBER, CheckQuestion.BIRTHDAY))
        yield from (EnteringNumber(visit), EnteringNumber(visit, NUMBER, is_mistyped=True))
        yield from (EnteringAnswer(visit, NUMBER), EnteringAnswer(visit, NUMBER, CheckQuestion.PHONE, "8000", 1))
        yield _choosing(visit)
        yield Choosing(visit, ZHANG, MANY, MANY[2].booking_id, first=3)
        yield Choosing(visit, ZHANG, (too_early(),), None)
        yield CheckingIn(visit, MANY[0], OPERATION)
        yield CheckingIn(visit, MANY[2], OPERATION, queue_number="A037")
        yield from (Finished(visit, MANY[2], "A037", False, JOB, paper) for paper in PAPERS)
        yield Troubled(visit, Trouble.TOO_EARLY, RefusalFacts(opens_ms=NOW_MS), back=_choosing(visit))
        yield Troubled(visit, Trouble.NOTHING_TODAY, next_date="2026-11-24", next_starts_ms=NOW_MS)
    yield from (Troubled(BY_CARD, trouble) for trouble in Trouble)
    yield from (Troubled(BY_CODE, trouble) for trouble in (Trouble.CODE_UNKNOWN, Trouble.RESULT_UNKNOWN))
    yield Reading(BY_CARD)
    yield CheckingIn(BY_CARD, MANY[0], OPERATION, is_card_gone=True)
    yield Finished(BY_CARD, MANY[2], "A037", True, JOB, Printed(), is_card_gone=True)
    yield Troubled(BY_CARD, Trouble.CARD_TAKEN_EARLY, is_card_gone=True)
    yield Troubled(BY_CARD, Trouble.RESULT_UNKNOWN, is_card_gone=True)


@cache
def states() -> tuple[State, ...]:
    plain = tuple(_uncovered())
    return plain + tuple(Helping(state) for state in plain if isinstance(state, get_args(HelpedState)))


@cache
def journeys() -> tuple[Journey, ...]:
    """Every state fresh, at its bounds, in English, with somebody waiting, with another card left in."""
    made = []
    for state in states():
        fresh = Journey(state, "zh-CN", BOOT_MS, BOOT_MS)
        made += [fresh, replace(fresh, language="en", entered_ms=BOOT_MS - 60_000, touched_ms=BOOT_MS - 60_000)]
        if visit_of(state) is not None or isinstance(state, AwaitingRemoval):
            made.append(replace(fresh, left_cards=(OTHER_CARD,)))
        if isinstance(state, CheckingIn | Finished | Troubled):
            made.append(replace(fresh, next_identity=CodeScanned(BOOKING_CODE)))
            made.append(replace(fresh, next_identity=CardInserted(OTHER_CARD, BOOT_MS)))
    return tuple(made)


def _answers(visit: UUID) -> Iterator[Event]:
    printing = PrintTicket(visit, JOB, ticket())
    facts, sentence = RefusalFacts(opens_ms=NOW_MS), LocalizedText({"zh-CN": "请到服务台", "en": "Ask"})
    yield from (CardRead(visit, card, IDENTITY) for card in (CARD, OTHER_CARD))
    yield from (CardNotRead(visit, CARD, why) for why in Unreadable)
    yield from (PersonFound(visit, ZHANG, MANY), PersonFound(visit, ZHANG, (too_early(),)))
    yield from (NothingToday(visit, ZHANG, booking()), NothingToday(visit, ZHANG, None))
    yield from (NobodyFound(visit, why, left) for why in NotFoundWhy for left in (None, 0, 2))
    yield from (CheckedIn(visit, checked_in(), "A037", sure, printing) for sure in (True, False))
    yield from (CheckInRefused(visit, booking(), reason, facts, sentence) for reason in (*Reason, None))
    yield from (ReprintReady(visit, checked_in(), "A037", printing), ReprintRefused(visit), DeskFault(visit, "x"))
    yield from (PrintFinished(visit, job, Printed()) for job in (JOB, OPERATION))
    yield from (PrintFinished(visit, JOB, NotPrinted(CoverOpen())), PrintFinished(visit, JOB, Unconfirmed("cut")))


@cache
def events() -> tuple[Event, ...]:
    made: list[Event] = [Intent(kind, arg) for kind in IntentKind for arg in ("", ARGS.get(kind, "?"))]
    made += [Intent(IntentKind.SELECT, str(one.booking_id)) for one in MANY]
    made += [
        TimePassed(),
        CodeScanned(BOOKING_CODE),
        CodeScanned("B1" + "9" * 12),
        CodeScanned("?"),
        CodeScanned("T1X"),
    ]
    made += [CardInserted(card, BOOT_MS) for card in (CARD, OTHER_CARD, Insertion(READER, 9))]
    made += [CardRemoved(card) for card in (CARD, OTHER_CARD)]
    made += [ReaderChanged(READER, ReaderCondition.ABSENT), PrinterChanged(UnknownStatus("?"))]
    made += [ConnectionChanged(is_online=False), WaitingChanged(3, 1), StoreAnswered("store_broken")]
    made.append(TerminalEnrolled(both("医院", "Hospital"), "02", "07", ZONE))
    return (*made, *_answers(MINE), *_answers(FOREIGN))


def reaches(thing: Any, kinds: tuple[type, ...]) -> bool:
    """Whether a walk over every field finds a value of these kinds."""
    if isinstance(thing, kinds):
        return True
    if isinstance(thing, tuple | list | frozenset):
        return any(reaches(part, kinds) for part in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return any(reaches(getattr(thing, part.name), kinds) for part in fields(thing))
    return False


def visit_ids(effects: tuple[Effect, ...]) -> set[UUID]:
    return {effect.visit_id for effect in effects if not isinstance(effect, Forget | HoldTicket)}


def check(before: Journey, event: Event, after: Journey, effects: tuple[Effect, ...]) -> None:
    now = visit_of(after.state)
    if now is None:
        assert not reaches(after, (PersonView, BookingView, Visit)), event
    assert visit_ids(effects) <= ({now.id} if now else set()), event
    was = visit_of(before.state)
    if was is not None and now is None:
        assert effects.count(Forget()) == 1, event
    if insertion_of(after.state) is None and isinstance(after.state, Idle):
        assert after.left_cards == (), event
    wake_ms = wake_at(after, MOMENT.boot_ms)
    assert wake_ms is None or wake_ms >= MOMENT.boot_ms, event


def test_every_state_takes_every_event() -> None:
    for journey in journeys():
        for event in events():
            after, effects = step(journey, event, FACTS, MOMENT)
            check(journey, event, after, effects)


def test_every_state_takes_every_event_with_nothing_in_order() -> None:
    for state in states():
        journey = Journey(state, "en", BOOT_MS, BOOT_MS)
        for event in events():
            after, effects = step(journey, event, NOTHING_IN_ORDER, MOMENT)
            check(journey, event, after, effects)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_state_has_a_screen_in_both_languages(language: str) -> None:
    for journey in journeys():
        for surroundings in (FACTS, NOTHING_IN_ORDER):
            screen = view(replace(journey, language=language), surroundings, words(), MOMENT)
            assert getattr(screen.page, "title", ""), journey.state
            assert screen.page.frame.language == language


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_no_screen_without_a_list_names_the_person(language: str) -> None:
    for journey in journeys():
        if not isinstance(journey.state, Choosing):
            screen = view(replace(journey, language=language), FACTS, words(), MOMENT)
            assert ZHANG.masked_name not in repr(screen), journey.state


def test_every_state_comes_to_an_end_by_time_and_the_cards_removal() -> None:
    for journey in journeys():
        machine = Machine()
        machine.boot_ms, machine.now_ms, machine.journey = BOOT_MS, NOW_MS, journey
        machine.wait(300).take_card(CARD).take_card(OTHER_CARD).wait(300)
        for card in (CARD, OTHER_CARD):
            machine.take_card(card)
        assert machine.state == Idle(), journey
        assert machine.journey.left_cards == ()
        assert machine.journey.next_identity is None


def test_every_state_but_the_act_comes_to_an_end_by_a_finger() -> None:
    for journey in journeys():
        if isinstance(uncovered(journey.state), CheckingIn) or journey.next_identity is not None:
            continue
        machine = Machine()
        machine.boot_ms, machine.now_ms, machine.journey = BOOT_MS, NOW_MS, journey
        machine.touch(IntentKind.END)
        for card in (CARD, OTHER_CARD):
            machine.take_card(card)
        assert machine.state == Idle(), journey


def test_a_refusals_page_outlives_no_card_with_its_details() -> None:
    refused = CannotCheckIn(Reason.TOO_EARLY, RefusalFacts(opens_ms=at(13, 30)))
    machine = Machine()
    card = machine.reach_bookings(booking(standing=refused))
    machine.touch(IntentKind.SELECT, str(booking().booking_id)).take_card(card)
    assert not reaches(machine.journey, (PersonView, BookingView))
    assert not machine.shows("13:30")
