"""Bookings that wait together share their statements: read once for all, decided one by one, written once for all.

The facts, the rules and the rows are those of a booking by itself (`booking_acts.book`). Each has its own verdict, and
what was answered is kept in the same transaction. A person's second wish, and whoever lost a place to another server,
has another go in the next round, on rows read anew. What is not plain (an examination, a booking made before) is left
to be done by itself. Nothing is written for a wish before its place is its own: free, and locked.

A few at a time are decided and sent to the database, which writes them while the next are being decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, Refused
from booking.decide.orders import EXAMINATIONS
from booking.facts import Known
from booking.roster.plans import ClinicKind
from booking.wire_booking import BookPlace
from central.appointments.booking_acts import details_of, doing_of, may_book, wanted_by
from central.appointments.messages import CREATED, booking_answer, refusal
from central.appointments.new_booking import Draft, Made, draft, follow, store
from central.appointments.place_facts import AtHand, Choice, facts_from
from central.appointments.places import Sale, sell_locked_places
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.appointments.together_rows import Together, read_together
from central.channels.caller import Asker
from central.channels.service import clients_in_use
from central.keys import Keys
from central.moment import Moment
from central.tables.prepared import Sent, flowing
from central.web.once import Answer, KeyReusedForAnotherBody, Repeatable, earlier_answers, keep_answers
from central.writer import Overtaken

_ROUNDS = 4
_AT_ONCE = 24
"""Written with the same statements: fewer cost more each, with more the database waits for the first."""


class Left(Enum):
    """Why a wish was not looked at; nothing is known against it."""

    TO_BE_DONE_ALONE = auto()
    TO_BE_ADMITTED = auto()
    """The token that it came with may not hold any more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One `POST bookings`."""

    write: Repeatable
    asker: Asker
    ask: BookPlace
    is_admitted: bool
    """Whether the gate has asked the store about its caller; else it is asked here."""


Outcome = Answer | NoSuchThing | KeyReusedForAnotherBody | Left


def is_plain(ask: BookPlace) -> bool:
    """Whether it may be done together with others."""
    return ask.hold_id is None and ask.order_id is None


def book_together(connection: sa.Connection, wishes: Sequence[Wish], keys: Keys, moment: Moment) -> list[Outcome]:
    """What became of each."""
    outcomes: dict[int, Outcome] = {}
    for hospital_id in {it.asker.hospital_id for it in wishes}:
        here = {at: it for at, it in enumerate(wishes) if it.asker.hospital_id == hospital_id}
        try:
            scene = scene_at(connection, next(iter(here.values())).asker, keys, moment)
        except NoSuchThing as error:
            outcomes.update(dict.fromkeys(here, error))
            continue
        _AtHospital(scene, outcomes).book(here)
    return [outcomes[at] for at in range(len(wishes))]


@dataclass(frozen=True, slots=True)
class _Deal:
    """A wish that the rules accepted, with the place that it wants."""

    at: int
    scene: Scene
    wish: Wish
    facts: AtHand
    choice: Choice
    accepted: Accepted


class _AtHospital:
    """The wishes at one hospital. `outcomes` is filled."""

    def __init__(self, scene: Scene, outcomes: dict[int, Outcome]) -> None:
        self._scene = scene
        self._outcomes = outcomes
        self._scenes: dict[Asker, Scene] = {}

    def book(self, wishes: dict[int, Wish]) -> None:
        left = self._open(wishes)
        for _ in range(_ROUNDS):
            if not left:
                return
            left = self._round(left)
        self._outcomes.update(dict.fromkeys(left, Left.TO_BE_DONE_ALONE))

    def _open(self, wishes: dict[int, Wish]) -> dict[int, Wish]:
        """Those that are to be done: not done before, and their caller still let in."""
        connection, scene = self._scene.connection, self._scene
        asking = {it.asker.caller_id for it in wishes.values() if not it.is_admitted}
        in_use = clients_in_use(connection, scene.group_id, asking, scene.now_ms) if asking else set()
        known = earlier_answers(connection, scene.hospital_id, [it.write for it in wishes.values()])
        left = {}
        for at, it in wishes.items():
            if not it.is_admitted and it.asker.caller_id not in in_use:
                self._outcomes[at] = Left.TO_BE_ADMITTED
            elif it.write in known:
                self._outcomes[at] = known[it.write]
            else:
                left[at] = it
        return left

    def _round(self, wishes: dict[int, Wish]) -> dict[int, Wish]:
        """Do as many as can be done on the same rows; the others."""
        now: dict[int, Wish] = {}
        people: set[UUID] = set()
        for at, it in wishes.items():
            if it.ask.person_id not in people:
                people.add(it.ask.person_id)
                now[at] = it
        scenes = {at: self._of(it) for at, it in now.items()}
        refused: list[tuple[int, Refused]] = []
        deals: list[_Deal] = []
        writing = _Writing(self._scene)
        with flowing(self._scene.connection):
            rows = read_together(self._scene, [wanted_by(scenes[at], it.ask) for at, it in now.items()])
            for at, it in now.items():
                if it.ask.session_id in rows.stale:
                    continue
                decided = _decide(at, scenes[at], it, rows)
                if isinstance(decided, _Deal):
                    rows.claim(it.ask.session_id, decided.choice.no)
                    deals.append(decided)
                elif isinstance(decided, Refused):
                    refused.append((at, decided))
                else:
                    self._outcomes[at] = decided
                if len(deals) == _AT_ONCE:
                    writing.write(deals)
                    deals = []
            if deals:
                writing.write(deals)
        self._outcomes.update(writing.done())
        no = {at: refusal(scenes[at], why) for at, why in refused}
        keep_answers(self._scene.connection, [(now[at].write, said) for at, said in no.items()], self._scene.moment)
        self._outcomes.update(no)
        return {at: it for at, it in wishes.items() if at not in self._outcomes}

    def _of(self, wish: Wish) -> Scene:
        """The act's own surroundings."""
        if wish.asker not in self._scenes:
            self._scenes[wish.asker] = replace(self._scene, asker=wish.asker)
        return self._scenes[wish.asker]


def _decide(at: int, scene: Scene, wish: Wish, rows: Together) -> _Deal | Refused | NoSuchThing | Left:
    ask = wish.ask
    try:
        person, session = rows.person(ask.person_id), rows.session(ask.session_id)
    except NoSuchThing as error:
        return error
    if ClinicKind(session.kind) in EXAMINATIONS:
        return Left.TO_BE_DONE_ALONE
    facts = facts_from(scene, wanted_by(scene, ask), person, session, rows)
    held = facts.facts.bookings
    if isinstance(held, Known) and any(it.number == str(ask.booking_id) for it in held.value):
        return Left.TO_BE_DONE_ALONE
    decision = may_book(scene, facts, ask)
    if isinstance(decision, Refused):
        return decision
    if facts.choice is None:
        return Left.TO_BE_DONE_ALONE  # the rules found one free, so it was
    return _Deal(at, scene, wish, facts, facts.choice, decision)


class _Writing:
    """Writes what was accepted, some at a time. All within one `flowing`; `done` is asked after it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._sales: list[Sent] = []
        self._made: list[tuple[_Deal, Made, Answer]] = []

    def write(self, deals: Sequence[_Deal]) -> None:
        connection, scene = self._scene.connection, self._scene
        sales = [Sale(it.wish.ask.session_id, it.choice.no, it.wish.ask.booking_id) for it in deals]
        self._sales.append(sell_locked_places(connection, scene.hospital_id, sales))
        drafts = [_drafted(it) for it in deals]
        store(scene, drafts)
        made = [
            (deal, it.made, booking_answer(deal.scene, it.made, status=CREATED))
            for deal, it in zip(deals, drafts, strict=True)
        ]
        keep_answers(connection, [(deal.wish.write, said) for deal, _, said in made], scene.moment)
        self._made += made

    def done(self) -> dict[int, Answer]:
        """The answers. Raises Overtaken."""
        if sum(it.changed for it in self._sales) != len(self._made):
            raise Overtaken  # a place was locked and is somebody else's all the same: never, and if, nothing stays
        for deal, made, _ in self._made:
            follow(deal.scene, made.subject, deal.accepted, doing_of(deal.scene))
        return {deal.at: said for deal, _, said in self._made}


def _drafted(deal: _Deal) -> Draft:
    details = details_of(deal.scene, deal.facts, deal.wish.ask)
    place = (deal.choice.no, deal.choice)
    return draft(deal.scene, deal.facts, deal.accepted, details, doing_of(deal.scene), place)
