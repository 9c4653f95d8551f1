"""A terminal's counter for tests of lent places: a grant, sales and what else a desk writes, in few words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import ward

from booking.lending import Asked, ClockTrust, Now
from booking.wire import Row
from booking.wire_acts import BookAct, CancelAct, ChangeAct, LentPlaceTaken, RegisterAct, ReturnPlacesAct
from booking.wire_lease import Lease, LeaseGrant, LentPlace
from booking.wire_time import DeviceTime
from kiosk.ports.lending import (
    CancelRecord,
    ChangeRecord,
    LocalPerson,
    OpenAsk,
    RegisterRecord,
    Returnable,
    SaleRecord,
    SellablePlace,
)
from kiosk.ports.store import Arrival, QueuedTicket

DAY_MS = 24 * ward.HOUR_MS
LEASE = UUID(int=0x1EA5E)
WALK_IN_LEASE = UUID(int=0x1EA5F)


def places(*numbers: int) -> tuple[LentPlace, ...]:
    starts_ms = ward.NOON_MS + 2 * ward.HOUR_MS
    return tuple(
        LentPlace(no=no, starts_ms=starts_ms + no * 600_000, ends_ms=starts_ms + (no + 1) * 600_000) for no in numbers
    )


def lease(*numbers: int, lease_id: UUID = LEASE, **other: Any) -> Lease:
    settings: dict[str, Any] = {
        "session_id": ward.SESSION,
        "service_date": ward.TODAY,
        "good_for_ms": 3 * DAY_MS,
        "last_sale_ms": ward.NOON_MS + ward.HOUR_MS,
        "granted_ms": ward.NOON_MS,
        "numbers": tuple(f"01{lease_id.int % 1000:03d}{no:07d}" for no in range(2 * len(numbers))),
    }
    return Lease(id=lease_id, places=places(*numbers), **{**settings, **other})


@dataclass
class Counter:
    """One terminal's store as the desk and the synchronisation use it."""

    store: Any
    clock: Any
    trust: ClockTrust = ClockTrust.SYNCED
    ids: int = 0
    hospital_id: UUID = ward.HOSPITAL

    def __post_init__(self) -> None:
        self.sales = self.store.sales(self.hospital_id)
        self.leases = self.store.leases(self.hospital_id)
        self.outbox = self.store.outbox(self.hospital_id)
        self.desk = self.store.arrivals(self.hospital_id)

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=0xC000_0000 + self.ids)

    def now(self) -> Now:
        return Now(
            boot_id=self.clock.boot_id(),
            boot_ms=self.clock.boot_ms(),
            wall_ms=self.clock.now_ms(),
            trust=self.trust,
        )

    def at(self) -> DeviceTime:
        return DeviceTime(self.clock.now_ms(), self.clock.boot_id(), self.clock.boot_ms(), 0)

    # The synchronisation's part
    def ask(self) -> OpenAsk:
        now = self.now()
        asked = Asked(boot_id=now.boot_id, boot_ms=now.boot_ms, wall_ms=now.wall_ms)
        return self.leases.begin_ask(OpenAsk(request_id=self.new_id(), asked=asked))

    def granted(self, *leases: Lease, give_back: tuple[UUID, ...] = ()) -> Any:
        return self.leases.take_grant(LeaseGrant(request_id=self.ask().request_id, leases=leases, give_back=give_back))

    def return_of(self, due: Returnable) -> ReturnPlacesAct:
        return ReturnPlacesAct(operation_id=self.new_id(), lease_id=due.lease_id, slot_nos=due.slot_nos, at=self.at())

    def give_back(self) -> list[ReturnPlacesAct]:
        acts = [self.return_of(due) for due in self.leases.returnable(self.now())]
        for act in acts:
            self.leases.write_return(act, made_ms=self.clock.now_ms())
        return acts

    def state(self, no: int, lease_id: UUID = LEASE) -> str:
        (found,) = (one for one in self.leases.leases() if one.lease_id == lease_id)
        return next(str(state) for place, _, state in found.places if place == no)

    # The desk's part
    def sellable(self) -> list[int]:
        return [place.no for place in self.sales.sellable_places(now=self.now())]

    def place(self, no: int) -> SellablePlace:
        return next(place for place in self.sales.sellable_places(now=self.now()) if place.no == no)

    def taken(self, place: SellablePlace) -> LentPlaceTaken:
        return LentPlaceTaken(
            lease_id=place.lease_id, session_id=place.session_id, slot_no=place.no, number=place.number
        )

    def row(self, booking_id: UUID, place: SellablePlace, patient: Any, *, state: str = "booked") -> Row:
        row = ward.booking_row(patient, slot_no=place.no, starts_ms=place.starts_ms, state=state)
        return replace(row, id=str(booking_id), ver=0, booking=replace(row.booking, id=booking_id))

    def sale(
        self,
        place: SellablePlace,
        patient: Any,
        *,
        arrival: Arrival | None = None,
        ticket: QueuedTicket | None = None,
        person_id: UUID | None = None,
    ) -> SaleRecord:
        booking_id = self.new_id()
        act = BookAct(
            operation_id=self.new_id(),
            booking_id=booking_id,
            person_id=person_id or UUID(int=0xA000_0000 + patient.no),
            place=self.taken(place),
            at=self.at(),
            policy_version=3,
            notice_shown=True,
        )
        return SaleRecord(
            act=act,
            booking=self.row(booking_id, place, patient),
            now=self.now(),
            made_ms=self.clock.now_ms(),
            arrival=arrival,
            ticket=ticket,
        )

    def sell(self, no: int, patient: Any, **other: Any) -> SaleRecord:
        record = self.sale(self.place(no), patient, **other)
        self.sales.write_sale(record)
        return record

    def register(self, patient: Any) -> RegisterRecord:
        person = LocalPerson(
            person_id=self.new_id(),
            masked_name="欧*试",
            sex="female",
            birth_year=1990,
            credential_hashes=ward.booking_row(patient).booking.credential_hashes,
            was_card_read=True,
        )
        act = RegisterAct(
            operation_id=self.new_id(),
            person_id=person.person_id,
            at=self.at(),
            sealed="c2VhbGVk",
            credential_hashes=person.credential_hashes,
            masked_name=person.masked_name,
            sex=person.sex,
            birth_year=person.birth_year,
            policy_version=3,
        )
        record = RegisterRecord(act=act, person=person, made_ms=self.clock.now_ms())
        self.sales.write_register(record)
        return record

    def cancel(self, booking_id: UUID, *, is_request: bool = False) -> CancelAct:
        act = CancelAct(
            operation_id=self.new_id(),
            booking_id=booking_id,
            booking_ver=0,
            at=self.at(),
            policy_version=3,
            is_request=is_request,
        )
        self.sales.write_cancel(CancelRecord(act=act, made_ms=self.clock.now_ms()))
        return act

    def change(self, booking_id: UUID, no: int, patient: Any, *, is_request: bool = False) -> ChangeAct:
        place, new_id = self.place(no), self.new_id()
        act = ChangeAct(
            operation_id=self.new_id(),
            booking_id=booking_id,
            booking_ver=0,
            new_booking_id=new_id,
            place=self.taken(place),
            at=self.at(),
            policy_version=3,
            is_request=is_request,
        )
        booking = self.row(new_id, place, patient)
        self.sales.write_change(ChangeRecord(act=act, booking=booking, now=self.now(), made_ms=self.clock.now_ms()))
        return act
