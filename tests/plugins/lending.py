"""Terminals that are lent places by the server of `booking_hall`, and staff who look after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from booking import signing
from booking.roster.channels import Channel
from booking.wire import EventResult
from booking.wire_acts import ReturnPlacesAct
from booking.wire_time import DeviceTime
from central.appointments.tables import booking
from central.channels.caller import Right
from central.leases.places import LentKey, sell_lent_place
from central.leases.returns import return_places
from central.leases.tables import lease, lease_place
from central.moment import Moment
from central.rosters.tables import slot
from central.terminals.caller import Caller
from central.terminals.service import make_code
from tests.plugins.booking_hall import FIRST, GROUP, KEYS, Client, Hall, new_id
from tests.plugins.signed_terminal import SignedTerminal

Grant = dict[str, Any]


@dataclass
class Kiosk:
    """An enrolled terminal of the first hospital."""

    hall: Hall
    signed: SignedTerminal

    @property
    def caller(self) -> Caller:
        return Caller(self.signed.terminal_id, FIRST)

    def ask(self, request_id: UUID | None = None) -> Grant:
        """What it is lent now."""
        answer = self.send(request_id or uuid4())
        assert answer.status_code == 200, answer.text
        grant: Grant = answer.json()
        return grant

    def send(self, request_id: UUID) -> httpx.Response:
        key = {signing.HEADER_IDEMPOTENCY: str(request_id)}
        return self.signed.post("/v1/leases", {"request_id": str(request_id)}, **key)

    def give_back(self, lease_id: str, nos: Iterable[int], operation_id: UUID | None = None) -> EventResult:
        """As the event is judged."""
        act = ReturnPlacesAct(
            operation_id=operation_id or new_id(),
            lease_id=UUID(lease_id),
            slot_nos=tuple(nos),
            at=DeviceTime(wall_ms=self.hall.clock.now_ms, boot_id="b", boot_ms=1, offset_ms=0),
        )
        moment = Moment(self.hall.clock.now_ms)
        result: EventResult = self.hall.do(
            lambda connection: return_places(connection, act, self.caller, keys=KEYS, moment=moment)
        )
        return result


@dataclass
class Lending:
    """The hospital, its terminals and its staff."""

    hall: Hall
    kiosks: list[Kiosk] = field(default_factory=list)

    def kiosk(self, label: str = "") -> Kiosk:
        """A new terminal."""
        signed, hall = SignedTerminal(self.hall.http), self.hall
        label = label or f"L{len(self.kiosks) + 1}"
        moment = Moment(hall.clock.now_ms)
        code = hall.do(
            lambda connection: make_code(connection, hall.parts.keys, moment, hospital_code="01", label=label)
        )
        assert signed.enrol(code).status_code == 200
        self.kiosks.append(Kiosk(hall, signed))
        return self.kiosks[-1]

    def staff(self) -> Client:
        return self.hall.client(Channel.WINDOW, Right.STAFF)

    def lent(self, session_id: UUID | None = None) -> dict[tuple[UUID, int], UUID]:
        """Which places are lent, and under which lease."""
        query = sa.select(slot.c.session_id, slot.c.no, slot.c.lease_id).where(slot.c.state == "leased")
        rows = self.hall.rows(query if session_id is None else query.where(slot.c.session_id == session_id))
        return {(it.session_id, it.no): it.lease_id for it in rows}

    def leases(self) -> dict[UUID, str]:
        """Every lease's state."""
        return {it.lease_id: it.state for it in self.hall.rows(sa.select(lease.c.lease_id, lease.c.state))}

    def histories(self, lease_id: str) -> dict[int, str]:
        """What became of a lease's places."""
        query = sa.select(lease_place.c.no, lease_place.c.state).where(lease_place.c.lease_id == UUID(lease_id))
        return {it.no: it.state for it in self.hall.rows(query)}


def key_of(lent: dict[str, Any], no: int) -> LentKey:
    """A lent place, as a sale names it."""
    return LentKey(lease_id=UUID(lent["id"]), session_id=UUID(lent["session_id"]), no=no)


def sell(hall: Hall, lent: dict[str, Any], no: int, booking_id: UUID) -> None:
    """The place is a booking's from now on, which carries the lease's next number. Raises Overtaken."""
    moment, person_id = Moment(hall.clock.now_ms), hall.person()
    digits = lent["numbers"].pop()
    lookup = KEYS.lookup(GROUP)

    def work(connection: sa.Connection) -> None:
        sell_lent_place(connection, FIRST, key_of(lent, no), booking_id=booking_id, moment=moment)
        connection.execute(
            booking.insert().values(
                hospital_id=FIRST,
                booking_id=booking_id,
                session_id=UUID(lent["session_id"]),
                slot_no=no,
                service_date=lent["service_date"],
                person_id=person_id,
                number_sealed=KEYS.seal.seal(digits, table="booking", column="number_sealed", row=booking_id),
                number_hash=lookup.booking(digits),
                number_last_four=digits[-4:],
                state="booked",
                channel="kiosk",
                is_return_visit=False,
                made_ms=moment.now_ms,
                queue_number="",
                checked_in_ms=0,
                ver=1,
            )
        )

    hall.do(work)


def bookings_of(grant: Grant) -> list[dict[str, Any]]:
    """The leases of a grant that are for bookings."""
    return [it for it in grant["leases"] if not it["is_for_walk_ins"]]


def walk_ins_of(grant: Grant) -> list[dict[str, Any]]:
    """Those for people who walk in."""
    return [it for it in grant["leases"] if it["is_for_walk_ins"]]
