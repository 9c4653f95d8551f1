"""Any order of fingers, cards and delayed answers: nobody is greeted with another's name, nothing is done twice."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from booking.people import DocumentKind, Identity, Sex
from kiosk.journey.screen import BookingsScreen, IntentKind
from kiosk.journey.states import Idle, Inserted
from kiosk.journey.timeouts import wake_at
from kiosk.ports.cards import CardNotRead, CardRead, Insertion, ReadCard, Unreadable
from kiosk.ports.desk import (
    CheckedIn,
    CheckInBooking,
    DeskFault,
    FindByCard,
    FindByNumber,
    NobodyFound,
    NotFoundWhy,
    PersonFound,
    PersonView,
    ReprintReady,
    ReprintRefused,
    ReprintTicket,
)
from kiosk.ports.printers import NotPrinted, PaperOut, Printed, PrintFinished, PrintTicket, Unconfirmed
from tests.unit.journey.driver import BOOKING_CODE, Machine, booking, checked_in, controls, ticket

BOOKINGS = (booking(1), booking(2, hour=10), checked_in(3), booking(4, hour=11))


def card_name(insertion: Insertion) -> str:
    """The invented person whose card this insertion is."""
    return f"持卡人{insertion.reader}{insertion.counter}"


def person(name: str) -> PersonView:
    return PersonView(name, Sex.FEMALE, 1990)


class Lobby(RuleBasedStateMachine):
    """People, cards and slow workers round one terminal. Every command is answered once, in any order, or late."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.waiting: list[Any] = []
        self.cards: dict[str, Insertion] = {}
        self.seen = 0

    def _collect(self) -> None:
        self.waiting += self.machine.effects[self.seen :]
        self.seen = len(self.machine.effects)

    @rule(reader=st.sampled_from(["front", "rear"]))
    def somebody_inserts_a_card(self, reader: str) -> None:
        if reader in self.cards:
            self.machine.take_card(self.cards.pop(reader))
        self.cards[reader] = self.machine.insert_card(reader)

    @precondition(lambda self: self.cards)
    @rule(data=st.data())
    def somebody_takes_a_card(self, data: st.DataObject) -> None:
        reader = data.draw(st.sampled_from(sorted(self.cards)))
        self.machine.take_card(self.cards.pop(reader))

    @rule(code=st.sampled_from([BOOKING_CODE, "B1000000000000", "junk"]))
    def somebody_scans(self, code: str) -> None:
        self.machine.scan(code)

    @rule(data=st.data())
    def somebody_presses(self, data: st.DataObject) -> None:
        offered = [action.intent for action in controls(self.machine.screen) if action.is_enabled]
        self.machine.happens(data.draw(st.sampled_from(offered)))

    @rule(kind=st.sampled_from(list(IntentKind)))
    def a_late_press_lands_on_another_page(self, kind: IntentKind) -> None:
        self.machine.touch(kind)

    @rule(seconds=st.sampled_from([0.5, 3, 10, 16, 31, 61, 95]))
    def time_passes(self, seconds: float) -> None:
        self.machine.wait(seconds)

    @rule(data=st.data())
    def a_worker_answers(self, data: st.DataObject) -> None:
        self._collect()
        if self.waiting:
            command = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
            answers = self._answers(command)
            if answers:
                self.machine.happens(data.draw(st.sampled_from(answers)))

    def _answers(self, command: Any) -> list[Any]:
        match command:
            case ReadCard(visit_id=visit, insertion=insertion):
                identity = Identity(DocumentKind.SOCIAL_SECURITY, "", "", card_name(insertion))
                return [CardRead(visit, insertion, identity), CardNotRead(visit, insertion, Unreadable.GARBAGE)]
            case FindByCard(visit_id=visit, identity=identity):
                found = PersonFound(visit, person(identity.name), BOOKINGS)
                return [found, found, NobodyFound(visit, NotFoundWhy.NOT_REGISTERED), DeskFault(visit, "x")]
            case FindByNumber(visit_id=visit):
                found = PersonFound(visit, person(f"来电{visit}"), BOOKINGS)
                return [found, NobodyFound(visit, NotFoundWhy.NO_SUCH_BOOKING, 1)]
            case CheckInBooking(visit_id=visit, job_id=job):
                done = CheckedIn(visit, checked_in(), "A037", True, PrintTicket(visit, job, ticket()))
                return [done, done, DeskFault(visit, "x")]
            case ReprintTicket(visit_id=visit, job_id=job):
                ready = ReprintReady(visit, checked_in(), "A037", PrintTicket(visit, job, ticket()))
                return [ready, ReprintRefused(visit)]
            case PrintTicket(visit_id=visit, job_id=job):
                results = (Printed(), NotPrinted(PaperOut()), Unconfirmed("cut"))
                return [PrintFinished(visit, job, result) for result in results]
        return []

    @invariant()
    def a_name_is_shown_only_in_its_own_visit(self) -> None:
        page = self.machine.page
        if isinstance(page, BookingsScreen):
            visit = self.machine.visit
            wanted = {f"来电{visit.id}"}
            if isinstance(visit.anchor, Inserted):
                wanted.add(card_name(visit.anchor.insertion))
                assert visit.anchor.insertion in self.cards.values(), "the card of a shown name is in"
            assert page.person.masked_name in wanted

    @invariant()
    def nothing_is_asked_twice(self) -> None:
        for kind in (CheckInBooking, PrintTicket, ReprintTicket):
            jobs = [effect.job_id for effect in self.machine.asked(kind)]
            assert len(jobs) == len(set(jobs))
        acts = [act.operation_id for act in self.machine.asked(CheckInBooking)]
        assert len(acts) == len(set(acts))

    @invariant()
    def it_never_sleeps_through_a_bound(self) -> None:
        wake_ms = wake_at(self.machine.journey, self.machine.boot_ms)
        assert wake_ms is None or wake_ms >= self.machine.boot_ms

    @invariant()
    def the_first_page_knows_of_every_card_that_is_in(self) -> None:
        if isinstance(self.machine.state, Idle):
            assert not self.cards, "a card is in, and the first page asks for one"

    def teardown(self) -> None:
        self.machine.wait(400)
        for insertion in self.cards.values():
            self.machine.take_card(insertion)
        self.machine.wait(400)
        assert self.machine.state == Idle()


TestLobby = Lobby.TestCase
TestLobby.settings = settings(max_examples=50, stateful_step_count=25)
