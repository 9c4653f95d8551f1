"""A booking server of lent places in a few dictionaries: the rules of lending, and notes of whatever breaks them.

A place is lent to one lease at a time. It becomes anything else by that lease's sale or return, or by force.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import ward

from booking.wire import Event, EventBatch, EventResult, EventResults, Verdict
from booking.wire_acts import EventKind
from booking.wire_lease import Lease, LeaseAsk, LeaseGrant, LentPlace

FREE, LENT, BUSY = "free", "lent", "busy"


@dataclass
class Slot:
    """A numbered place of the one session."""

    no: int
    state: str = FREE
    lease_id: UUID | None = None
    booking_id: UUID | None = None


@dataclass
class Loan:
    """What one terminal was lent by one question."""

    terminal: str
    numbers: tuple[str, ...]
    places: dict[int, str] = field(default_factory=dict)
    """Number: lent, sold, returned, released."""


@dataclass
class LendingServer:
    """`broken` is what must never happen; `overflow` the bookings that met a forced release."""

    clock: Any
    places: int = 40
    lends: int = 3
    good_for_ms: int = 72 * ward.HOUR_MS
    last_sale_ms: int = ward.NOON_MS + 100 * ward.HOUR_MS
    is_replaying: bool = False
    """A question that is asked again gets the answer of the first time, however old."""
    slots: dict[int, Slot] = field(default_factory=dict)
    loans: dict[UUID, Loan] = field(default_factory=dict)
    bookings: dict[UUID, str] = field(default_factory=dict)
    """State of each: active, cancelled, overflow."""
    operations: dict[UUID, EventResult] = field(default_factory=dict)
    grants: dict[UUID, LeaseGrant] = field(default_factory=dict)
    people: set[UUID] = field(default_factory=set)
    refuses: set[UUID] = field(default_factory=set)
    """Bookings whose cancels and changes are refused."""
    wants_back: set[UUID] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    overflow: set[UUID] = field(default_factory=set)
    ids: int = 0

    def __post_init__(self) -> None:
        self.slots = {no: Slot(no) for no in range(1, self.places + 1)}

    def _new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=0x5E00_0000 + self.ids)

    # POST /v1/leases
    def ask_leases(self, terminal: str, ask: LeaseAsk) -> LeaseGrant:
        if ask.request_id in self.grants:
            if self.is_replaying:
                return self.grants[ask.request_id]
        else:
            self._lend(terminal)
        grant = LeaseGrant(
            request_id=ask.request_id,
            leases=tuple(self._lease(lease_id) for lease_id, loan in self.loans.items() if loan.terminal == terminal),
            give_back=tuple(self.wants_back),
        )
        self.grants[ask.request_id] = grant
        return grant

    def _lend(self, terminal: str) -> None:
        held = sum(
            state == LENT for loan in self.loans.values() if loan.terminal == terminal for state in loan.places.values()
        )
        free = [slot for slot in self.slots.values() if slot.state == FREE][: max(0, self.lends - held)]
        if not free or self.clock.now_ms() > self.last_sale_ms:
            return
        lease_id = self._new_id()
        numbers = tuple(f"01{self.ids:06d}{no:04d}" for no in range(2 * len(free)))
        self.loans[lease_id] = Loan(terminal, numbers, {slot.no: LENT for slot in free})
        for slot in free:
            slot.state, slot.lease_id = LENT, lease_id

    def _lease(self, lease_id: UUID) -> Lease:
        loan = self.loans[lease_id]
        starts_ms = self.last_sale_ms
        return Lease(
            id=lease_id,
            session_id=ward.SESSION,
            service_date=ward.TODAY,
            places=tuple(
                LentPlace(no=no, starts_ms=starts_ms + no * 600_000, ends_ms=starts_ms + (no + 1) * 600_000)
                for no, state in loan.places.items()
                if state == LENT
            ),
            numbers=loan.numbers,
            good_for_ms=self.good_for_ms,
            last_sale_ms=self.last_sale_ms,
            granted_ms=self.clock.now_ms(),
        )

    # POST /v1/events
    def send(self, batch: EventBatch) -> EventResults:
        return EventResults(results=tuple(self._judge(event) for event in batch.events))

    def _judge(self, event: Event) -> EventResult:
        act: Any = getattr(event, event.kind)
        known = self.operations.get(act.operation_id)
        if known is not None:
            return known
        verdict, reason = getattr(self, f"_{event.kind}")(act)
        result = EventResult(operation_id=act.operation_id, verdict=verdict, reason=reason)
        if verdict != Verdict.DEFERRED:
            self.operations[act.operation_id] = result
        return result

    def _register(self, act: Any) -> tuple[str, str]:
        self.people.add(act.person_id)
        return Verdict.APPLIED, ""

    def _check_in(self, act: Any) -> tuple[str, str]:
        return (Verdict.APPLIED, "") if act.booking_id in self.bookings else (Verdict.DEFERRED, "")

    def _book(self, act: Any) -> tuple[str, str]:
        if act.person_id.int >> 24 == 0xC0 and act.person_id not in self.people:
            self.broken.append("a booking came before its person")
        return self._sell(act.place, act.booking_id)

    def _sell(self, place: Any, booking_id: UUID) -> tuple[str, str]:
        loan = self.loans[place.lease_id]
        was = loan.places[place.slot_no]
        if was == "released":
            self.bookings[booking_id] = "overflow"
            self.overflow.add(booking_id)
            return Verdict.CONFLICT, "overflow"
        slot = self.slots[place.slot_no]
        if was != LENT or slot.state != LENT or slot.lease_id != place.lease_id:
            self.broken.append(f"place {place.slot_no} was sold though it was {was} and {slot.state}")
            return Verdict.CONFLICT, "not_lent"
        loan.places[place.slot_no] = "sold"
        slot.state, slot.lease_id, slot.booking_id = BUSY, None, booking_id
        self.bookings[booking_id] = "active"
        return Verdict.APPLIED, ""

    def _cancel(self, act: Any) -> tuple[str, str]:
        if self.bookings.get(act.booking_id) == "overflow" and not act.is_request:
            self.bookings[act.booking_id] = "cancelled"
            return Verdict.CONFLICT, "released"
        if act.booking_id in self.refuses and act.is_request:
            return Verdict.REFUSED, "past_cut_off"
        if self.bookings.get(act.booking_id) != "active":
            return (Verdict.REFUSED, "not_active") if act.is_request else (Verdict.CONFLICT, "not_active")
        return self._free(act.booking_id, is_for_lease=not act.is_request), ""

    def _free(self, booking_id: UUID, *, is_for_lease: bool) -> str:
        slot = next(slot for slot in self.slots.values() if slot.booking_id == booking_id)
        self.bookings[booking_id] = "cancelled"
        slot.booking_id = None
        owner = next((lease_id for lease_id, loan in self.loans.items() if loan.places.get(slot.no) == "sold"), None)
        if owner is not None:
            self.loans[owner].places[slot.no] = LENT if is_for_lease else "returned"
        slot.state, slot.lease_id = (LENT, owner) if is_for_lease and owner is not None else (FREE, None)
        return Verdict.APPLIED

    def _change(self, act: Any) -> tuple[str, str]:
        if act.is_request and (act.booking_id in self.refuses or self.bookings.get(act.booking_id) != "active"):
            return Verdict.REFUSED, "past_cut_off"
        verdict, reason = self._sell(act.place, act.new_booking_id)
        if self.bookings.get(act.booking_id) == "active":
            self._free(act.booking_id, is_for_lease=not act.is_request)
        return verdict, reason

    def _return_places(self, act: Any) -> tuple[str, str]:
        loan = self.loans[act.lease_id]
        for no in act.slot_nos:
            if loan.places[no] == "sold":
                self.broken.append(f"place {no} was given back though it was sold")
            elif loan.places[no] == LENT:
                loan.places[no] = "returned"
                self.slots[no].state, self.slots[no].lease_id = FREE, None
        return Verdict.APPLIED, ""

    # What others do meanwhile
    def sell_on_line(self) -> None:
        free = next((slot for slot in self.slots.values() if slot.state == FREE), None)
        if free is not None:
            free.state, free.booking_id = BUSY, self._new_id()
            self.bookings[free.booking_id] = "active"

    def cancel_on_line(self, booking_id: UUID | None) -> None:
        """By its patient, whoever sold it: the place is anybody's then."""
        if self.bookings.get(booking_id or UUID(int=0)) == "active":
            assert booking_id is not None
            self._free(booking_id, is_for_lease=False)

    def release_by_force(self, lease_id: UUID) -> None:
        loan = self.loans[lease_id]
        for no, state in loan.places.items():
            if state == LENT:
                loan.places[no] = "released"
                self.slots[no].state, self.slots[no].lease_id = FREE, None

    def look(self) -> None:
        """Every booking stands on one place, and every busy place has one."""
        active = [booking_id for booking_id, state in self.bookings.items() if state == "active"]
        seated = [slot.booking_id for slot in self.slots.values() if slot.state == BUSY]
        assert sorted(map(str, active)) == sorted(map(str, seated))
        assert self.broken == []


def kinds() -> tuple[str, ...]:
    """All kinds of events that it judges."""
    return tuple(kind for kind in EventKind if hasattr(LendingServer, f"_{kind}"))
