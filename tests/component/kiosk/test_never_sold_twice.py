"""Two terminals, the real server, and a network that comes and goes at random: nothing is sold twice, nothing that was
confirmed is lost, and every act has one answer.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.people import DocumentKind, Identity, Sex, resident_check_digit
from booking.roster.states import SlotState
from booking.wire import Verdict
from central.appointments.tables import booking
from central.checkins.tables import operation
from central.rosters.laws import breaches
from central.rosters.tables import slot
from central.staff.tables import staff_task
from kiosk.ports.desk import CheckedIn, DeskFault
from kiosk.ports.desk_acts import (
    ActRefused,
    Booked,
    BookingCancelled,
    BookPlace,
    CancelBooking,
    OfferSessions,
    Registered,
    RegisterPerson,
    SessionsOffered,
    WalkIn,
)
from kiosk.store.tables import OUTBOX
from lab import outages

VISIT = UUID(int=0x51)
STEPS = 60
_MOST_ROUNDS = 300
OUTAGES = (outages.Refusing, outages.LosingAnswers)
ACTIVE = ("booked", "checked_in", "awaiting_payment", "awaiting_confirmation", "serving", "completed")


@dataclass(slots=True)
class Told:
    """What a screen or ticket has confirmed."""

    booked: dict[UUID, Booked] = field(default_factory=dict)
    session: dict[UUID, UUID] = field(default_factory=dict)
    cancelled: set[UUID] = field(default_factory=set)
    checked_in: set[UUID] = field(default_factory=set)


class Lobby:
    """Patients at two terminals, by a seed."""

    def __init__(self, seed: int, *, terminals: list[Any], central: Any, network: Any) -> None:
        self.chance = random.Random(seed)
        self.terminals = terminals
        self.central = central
        self.network = network
        self.told = Told()
        self.people: list[Any] = []
        self.done: Counter[str] = Counter()
        self._ids = 0

    def new_id(self) -> UUID:
        """As a terminal makes them: in the order of time."""
        self._ids += 1
        now_ms = self.terminals[0].clock.now_ms()
        return UUID(int=(now_ms << 80) | (7 << 76) | (2 << 62) | (self.chance.getrandbits(40) << 20) | self._ids)

    def any_terminal(self) -> Any:
        return self.chance.choice(self.terminals)

    def handle(self, command: Any) -> Any:
        answer = self.any_terminal().desk.handle(command)
        assert not isinstance(answer, DeskFault), answer
        return answer

    def step(self) -> None:
        """One thing happens."""
        does = {
            self.registers: 4,
            self.books: 8,
            self.walks_in: 4,
            self.cancels: 3,
            self.checks_in: 4,
            self.network_changes: 3,
            self.terminal_works: 10,
            self.time_passes: 2,
        }
        what = self.chance.choices(list(does), weights=list(does.values()))[0]
        what()

    def registers(self) -> None:
        no = len(self.people)
        body = f"4201001961{self.chance.randint(1, 12):02d}{self.chance.randint(1, 28):02d}{no:03d}"
        identity = Identity(
            kind=DocumentKind.SOCIAL_SECURITY,
            id_number=body + resident_check_digit(body),
            card_number=f"S9{no:07d}",
            name=f"测试{chr(0x4E00 + no)}",
            sex=Sex.MALE if no % 2 else Sex.FEMALE,
            birth_date=f"{body[6:10]}-{body[10:12]}-{body[12:14]}",
        )
        answer = self.handle(
            RegisterPerson(
                visit_id=VISIT,
                operation_id=self.new_id(),
                person_id=self.new_id(),
                identity=identity,
                is_card_read=True,
                phone=f"139{no:08d}",
            )
        )
        if isinstance(answer, Registered):
            self.people.append(answer.person)
            self.done["registered" if answer.is_confirmed else "registered off line"] += 1

    def books(self) -> None:
        self._takes_a_place(BookPlace, "2026-03-03", "2026-03-04")

    def walks_in(self) -> None:
        self._takes_a_place(WalkIn, "2026-03-02", "2026-03-02")

    def _takes_a_place(self, kind: type[BookPlace], first: str, last: str) -> None:
        if not self.people:
            return
        terminal = self.any_terminal()
        offered = terminal.desk.handle(
            OfferSessions(visit_id=VISIT, first_day=first, last_day=last, is_walk_in=kind is WalkIn)
        )
        assert isinstance(offered, SessionsOffered)
        open_ones = [it for it in offered.sessions if it.free > 0]
        if not open_ones:
            self.done["nothing offered"] += 1
            return
        command = kind(
            visit_id=VISIT,
            operation_id=self.new_id(),
            job_id=self.new_id(),
            booking_id=self.new_id(),
            person=self.chance.choice(self.people),
            session_id=self.chance.choice(open_ones).session_id,
            language="zh-CN",
            notice_shown=True,
        )
        answer = terminal.desk.handle(command)
        if isinstance(answer, Booked):
            self.told.booked[command.booking_id] = answer
            self.told.session[command.booking_id] = command.session_id
            self.done[f"{kind.__name__} {'on' if answer.is_confirmed else 'off'} line"] += 1
        else:
            assert isinstance(answer, ActRefused), answer
            self.done[f"{kind.__name__} refused {answer.reason} {answer.facts.missing}"] += 1

    def cancels(self) -> None:
        open_ones = [it for it in self.told.booked if it not in self.told.cancelled]
        if not open_ones:
            return
        command = CancelBooking(
            visit_id=VISIT,
            operation_id=self.new_id(),
            job_id=self.new_id(),
            booking_id=self.chance.choice(open_ones),
            language="zh-CN",
            is_warned=True,
        )
        answer = self.any_terminal().desk.handle(command)
        if isinstance(answer, BookingCancelled):
            if not answer.is_request:
                self.told.cancelled.add(command.booking_id)
            self.done["cancel requested" if answer.is_request else "cancelled"] += 1

    def checks_in(self) -> None:
        terminal = self.any_terminal()
        open_ones = terminal.open_bookings()
        if open_ones:
            one = self.chance.choice(open_ones)
            if isinstance(terminal.check_in(one), CheckedIn):
                self.told.checked_in.add(one.id)
                self.done["checked in"] += 1

    def network_changes(self) -> None:
        if self.chance.random() < 0.5:
            self.network.restore()
        else:
            self.network.switch(self.chance.choice(OUTAGES)())
            self.done["cut"] += 1

    def terminal_works(self) -> None:
        terminal = self.any_terminal()
        for _ in range(self.chance.randint(1, 6)):
            next_ms = terminal.worker.step(terminal.clock.boot_ms())
            terminal.clock.pass_ms(min(20_000, max(0, next_ms - terminal.clock.boot_ms())))

    def time_passes(self) -> None:
        self.terminals[0].clock.pass_ms(self.chance.choice((60_000, 600_000, 1_800_000)))

    def heals(self) -> None:
        """The network is back; each tells what it has. What one tells may wait for what another has to tell."""
        self.network.restore()
        for terminal in self.terminals:
            terminal.worker.hurry()
        for _ in range(_MOST_ROUNDS):
            for terminal in self.terminals:
                next_ms = terminal.worker.step(terminal.clock.boot_ms())
                terminal.clock.pass_ms(min(1_000, max(0, next_ms - terminal.clock.boot_ms())))
            if all(terminal.contact.is_online() and not terminal.outbox.waiting() for terminal in self.terminals):
                return
        waiting = [it.event.kind for terminal in self.terminals for it in terminal.outbox.waiting()]
        message = f"after {_MOST_ROUNDS} rounds there wait: {waiting}"
        raise AssertionError(message)


def rows(central: Any, query: sa.Select[Any]) -> list[Any]:
    with central.store() as connection:
        return list(connection.execute(query))


def everything(central: Any) -> dict[str, list[Any]]:
    """What must not change when all is told again."""
    bookings = sa.select(booking.c.booking_id, booking.c.state, booking.c.slot_no, booking.c.session_id)
    places = sa.select(slot.c.session_id, slot.c.no, slot.c.state, slot.c.booking_id, slot.c.lease_id)
    return {
        "bookings": rows(central, bookings.order_by(booking.c.booking_id)),
        "places": rows(
            central, places.where(slot.c.state == SlotState.BUSY.value).order_by(slot.c.session_id, slot.c.no)
        ),
        "tasks": rows(
            central,
            sa.select(staff_task.c.task_id, staff_task.c.kind, staff_task.c.reason).order_by(staff_task.c.task_id),
        ),
    }


@pytest.fixture
def lobby(
    request: pytest.FixtureRequest, terminal: Any, make_terminal: Any, central_server: Any, network: Any
) -> Lobby:
    other = make_terminal("T2")
    for one in (terminal, other):
        one.sync()
        one.step_until(lambda here=one: bool(here.leases.leases()))
    return Lobby(request.param, terminals=[terminal, other], central=central_server, network=network)


@pytest.mark.parametrize("lobby", [1, 2], indirect=True, ids=lambda seed: f"seed {seed}")
def test_whatever_happens_no_place_has_two_patients_and_no_word_is_broken(lobby: Lobby) -> None:
    for _ in range(STEPS):
        lobby.step()
    lobby.heals()
    central = lobby.central
    hospital_id = rows(central, sa.select(booking.c.hospital_id).limit(1))[0].hospital_id
    with central.store() as connection:
        assert breaches(connection, hospital_id) == []
    holders = Counter(
        (it.session_id, it.slot_no)
        for it in rows(central, sa.select(booking.c.session_id, booking.c.slot_no).where(booking.c.state.in_(ACTIVE)))
    )
    assert [place for place, many in holders.items() if many > 1] == []
    there = {it.booking_id: it for it in rows(central, sa.select(booking))}
    places = {
        it.booking_id: (it.session_id, it.no)
        for it in rows(central, sa.select(slot).where(slot.c.state == SlotState.BUSY.value))
    }
    tasks = Counter(it.operation_id for it in rows(central, sa.select(staff_task.c.operation_id)))
    flagged = {it.booking_id for it in rows(central, sa.select(staff_task.c.booking_id))}
    for booking_id, told in lobby.told.booked.items():
        assert booking_id in there, "what a ticket said is on the server under its id"
        one = there[booking_id]
        if one.state in ACTIVE and booking_id not in flagged:
            assert places[booking_id] == (lobby.told.session[booking_id], one.slot_no)
            assert told.queue_number in ("", one.queue_number) or told.queue_number.endswith(f"{one.slot_no:03d}")
        elif one.state not in ACTIVE:
            assert booking_id in lobby.told.cancelled | flagged or one.state in ("cancelled", "moved", "lapsed")
    assert lobby.told.cancelled.isdisjoint(it for it in places if it in lobby.told.cancelled)
    for terminal in lobby.terminals:
        assert terminal.outbox.waiting() == ()
        for operation_id in terminal.outbox.not_applied(most=100):
            assert tasks[operation_id] >= 1, "what was not applied is somebody's task"
    verdicts = Counter(it.verdict for it in rows(central, sa.select(operation.c.verdict)))
    assert Verdict.DEFERRED.value not in verdicts
    before = everything(central)
    heard = [it.operation_id for it in rows(central, sa.select(operation.c.operation_id))]
    for terminal in lobby.terminals:
        with terminal.store.engine.begin() as connection:
            connection.execute(sa.update(OUTBOX).where(OUTBOX.c.operation_id.in_(heard)).values(state="waiting"))
    lobby.heals()
    assert everything(central) == before, "told again, nothing changes"
