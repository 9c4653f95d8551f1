"""Terminals that sell lent places while everything fails at random: nothing is sold twice, and nothing is lost.

The real store, synchronisation and clock trust, a server of a few dictionaries, one seed a run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from booking.lending import ClockTrust
from booking.wire import Verdict
from kiosk.ports.lending import ActState, PlaceGone

_TRUE_CLOCKS = (ClockTrust.SYNCED, ClockTrust.HOLDOVER)
_STEPS = 120


class World:
    """Two terminals, their server, and chance."""

    def __init__(self, tmp_path: Path, parts: Any, clock: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.ward, self.clock = parts.ward, clock
        self.server = parts.server.LendingServer(clock, places=24)
        self.server.is_replaying = self.chance.random() < 0.5
        self.branches = [parts.branch.Branch(tmp_path / str(no), clock, self.server, no=no) for no in (1, 2)]
        self.done: dict[UUID, Any] = {}
        """What was confirmed to a patient: operation and whose it is."""
        self.sold: dict[UUID, tuple[Any, str]] = {}
        """Each booking of a terminal, and the number on its ticket."""
        self.seen: list[tuple[Any, Any]] = []
        self.released: set[UUID] = set()
        self.people = 0

    def patient(self) -> Any:
        self.people += 1
        return self.ward.Patient(no=self.people)

    # What may happen
    def sell(self, branch: Any) -> None:
        now = branch.now()
        places = list(branch.sales.sellable_places(now=now))
        if not places:
            return
        place = self.chance.choice(places)
        if self.chance.random() < 0.2:
            self.seen.append((branch, place))  # somebody looks at it, and comes back later
            return
        self._sell(branch, place)

    def sell_what_was_seen(self, branch: Any) -> None:
        if not self.seen:
            return
        of, place = self.seen.pop(0)
        try:
            self._sell(of, place)
        except PlaceGone:
            assert place not in of.sales.sellable_places(now=of.now())

    def _sell(self, branch: Any, place: Any) -> None:
        patient, now = self.patient(), branch.now()
        person_id = None
        if self.chance.random() < 0.3:
            registered = branch.register(patient)
            self.done[registered.act.operation_id] = branch
            person_id = registered.person.person_id
        record = branch.sale(place, patient, person_id=person_id)
        branch.sales.write_sale(record)
        assert now.trust is not ClockTrust.LOST
        if now.trust in _TRUE_CLOCKS:
            assert self.clock.now_ms() <= self.server.last_sale_ms
        self.done[record.act.operation_id] = branch
        self.sold[record.act.booking_id] = (branch, record.act.place.number)

    def cancel(self, branch: Any) -> None:
        booking_id = self._own(branch)
        if booking_id is not None:
            act = branch.cancel(booking_id, is_request=not branch.sales.is_only_here(booking_id))
            self.done[act.operation_id] = branch

    def change(self, branch: Any) -> None:
        booking_id, places = self._own(branch), branch.sellable()
        if booking_id is None or not places:
            return
        no = self.chance.choice(places)
        is_request = not branch.sales.is_only_here(booking_id)
        act = branch.change(booking_id, no, self.patient(), is_request=is_request)
        self.done[act.operation_id] = branch
        self.sold[act.new_booking_id] = (branch, act.place.number)

    def _own(self, branch: Any) -> UUID | None:
        """A booking of this terminal that nothing has been done to."""
        own = [
            booking_id
            for booking_id, (of, _) in self.sold.items()
            if of is branch
            and (row := branch.desk.row("booking", booking_id)) is not None
            and row.booking.state == "booked"
            and not any(one.kind in ("cancel", "change") for one in branch.sales.acts_about(booking_id)[1:])
        ]
        return self.chance.choice(own) if own else None

    def synchronise(self, branch: Any) -> None:
        branch.line.fault = self.chance.choice(("", "", "", "cut", "lost", "twice"))
        for _ in range(self.chance.randrange(1, 9)):
            branch.step()

    def die(self, branch: Any) -> None:
        branch.die()

    def reboot(self, branch: Any) -> None:
        branch.clock.reboot(wrong_ms=self.chance.choice((0, -3_600_000, -9 * 86_400_000, 7_200_000, 9 * 86_400_000)))
        branch.die()

    def step_the_clock(self, branch: Any) -> None:
        branch.clock.wrong_ms = self.chance.randrange(-86_400_000, 86_400_000)

    def pass_time(self, _branch: Any) -> None:
        self.clock.pass_ms(self.chance.choice((1_000, 60_000, 700_000, 3_600_000)))

    def others(self, _branch: Any) -> None:
        server = self.server
        what = self.chance.random()
        if what < 0.5:
            server.sell_on_line()
        elif what < 0.6:
            server.cancel_on_line(self.chance.choice([None, *server.bookings]))
        elif what < 0.7 and server.loans:
            lease_id = self.chance.choice(list(server.loans))
            server.release_by_force(lease_id)
            self.released.add(lease_id)
        elif what < 0.8 and server.loans:
            server.wants_back = {self.chance.choice(list(server.loans))}
        elif self.sold:
            server.refuses.add(self.chance.choice(list(self.sold)))

    def run(self) -> None:
        deeds = (self.sell, self.sell, self.sell_what_was_seen, self.cancel, self.change, self.die, self.reboot)
        often = (self.synchronise, self.synchronise, self.pass_time, self.others)
        for _ in range(_STEPS):
            deed = self.chance.choice((*deeds, *often, self.step_the_clock))
            deed(self.chance.choice(self.branches))
            self.server.look()

    # What must be so
    def heal(self) -> None:
        self.server.wants_back = set()
        for _ in range(2):
            for branch in self.branches:
                branch.settle(self.clock.pass_ms)
                self.server.look()
            self.clock.pass_ms(700_000)  # everybody asks anew


@pytest.fixture(params=range(4))
def world(
    request: pytest.FixtureRequest, tmp_path: Path, lending_branch: Any, lending_server: Any, ward: Any, clock: Any
) -> Iterator[World]:
    class Parts:
        branch, server = lending_branch, lending_server

    Parts.ward = ward
    made = World(tmp_path, Parts, clock, seed=0xD1 + request.param)
    yield made
    for branch in made.branches:
        branch.store.close()


def test_whatever_fails_nothing_is_sold_twice_and_nothing_lost(world: World) -> None:
    world.run()
    world.heal()
    server = world.server
    assert world.sold
    assert set(world.done) <= set(server.operations)  # each confirmed act, once and for ever
    for operation_id, branch in world.done.items():
        answered = [
            own
            for event in server.operations
            if event == operation_id
            for own in _acts(branch)
            if own[0] == operation_id
        ]
        verdict = server.operations[operation_id].verdict
        is_fine = verdict in (Verdict.APPLIED, Verdict.DUPLICATE)
        assert answered == [(operation_id, ActState.ANSWERED if is_fine else ActState.NOT_APPLIED)]
    numbers = [number for _, number in world.sold.values()]
    assert len(numbers) == len(set(numbers))
    assert not server.overflow or world.released
    for branch in world.branches:
        lent_there = {
            (lease_id, no)
            for lease_id, loan in server.loans.items()
            if loan.terminal == branch.line.terminal
            for no, state in loan.places.items()
            if state == "lent"
        }
        lent_here = {
            (lease.lease_id, no) for lease in branch.leases.leases() for no, _, state in lease.places if state == "lent"
        }
        assert lent_here <= lent_there  # after all is told, nobody sells what is not lent


def _acts(branch: Any) -> list[tuple[UUID, ActState]]:
    with branch.store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT operation_id, state FROM outbox").all()
    return [(UUID(operation_id), ActState(state)) for operation_id, state in found]
