"""Lent places in the terminal's durable memory: what may be sold, what was sold, and what the server is asked for.

Every call is one transaction, as with `kiosk.ports.store`. A lent place becomes anything else here only by its sale, by
being given back (on disk before it is told), or because the server no longer counts it as lent.  # sync C4
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from booking.lending import Asked, Now
from booking.wire import EventResult, Row
from booking.wire_acts import BookAct, CancelAct, ChangeAct, JoinListAct, RegisterAct, ReturnPlacesAct
from booking.wire_lease import LeaseGrant
from kiosk.ports.store import Arrival, QueuedTicket, StoreFault


class PlaceGone(StoreFault):
    """The lent place may not be sold any more, or its number is used: nothing was written. Another may do."""

    code = "place_gone"


class NotOnlyHere(StoreFault):
    """The booking may have reached the server: nothing was written. It can be asked for, not simply done."""

    code = "not_only_here"


class PlaceState(StrEnum):
    """What became of a lent place."""

    LENT = "lent"
    SOLD = "sold"
    """For good, whatever the server says of it."""
    KEPT_FOR_CHANGE = "kept_for_change"
    """Until the server has answered the change that wants it."""
    GIVING_BACK = "giving_back"
    """Never sold any more; the server may not know it yet."""
    GONE = "gone"
    """Not lent any more: given back, or the server said so. Never sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellablePlace:
    """A lent place that may be sold now."""

    lease_id: UUID
    session_id: UUID
    service_date: str
    no: int
    starts_ms: int
    ends_ms: int
    is_for_walk_ins: bool
    number: str = field(repr=False)
    """The booking number that the next sale of this lease uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPerson:
    """Somebody who was registered at this terminal. Nothing readable."""

    person_id: UUID
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    credential_hashes: tuple[str, ...] = field(repr=False)
    was_card_read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRecord:
    """All that one registration writes."""

    act: RegisterAct
    person: LocalPerson
    made_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleRecord:
    """All that the sale of a lent place writes."""

    act: BookAct
    booking: Row
    """As the mirror will have it, `ver` 0."""
    now: Now
    """What the sale was decided by: it is looked at again."""
    made_ms: int
    arrival: Arrival | None = None
    """Of a walk-in."""
    ticket: QueuedTicket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRecord:
    """All that an act writes which the server was asked for first and has answered: no lent place is part of it."""

    act: RegisterAct | BookAct | CancelAct | ChangeAct | JoinListAct
    result: EventResult
    made_ms: int
    rows: tuple[Row, ...] = ()
    """Newer rows besides the result's own."""
    person: LocalPerson | None = None
    """Of a registration."""
    arrival: Arrival | None = None
    ticket: QueuedTicket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRecord:
    """All that giving up a booking writes: done where only this terminal has it, else a request."""

    act: CancelAct
    made_ms: int
    ticket: QueuedTicket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """All that a change to a lent place writes: done where only this terminal has the old booking, else a request."""

    act: ChangeAct
    booking: Row
    """The new booking, `ver` 0. Seen once it is one: of a request, when the server has granted it."""
    now: Now
    made_ms: int
    ticket: QueuedTicket | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """All that asking for a place on a waiting list writes."""

    act: JoinListAct
    made_ms: int
    ticket: QueuedTicket | None = None


class ActState(StrEnum):
    """How an act of this terminal stands."""

    WAITING = "waiting"
    ANSWERED = "answered"
    NOT_APPLIED = "not_applied"
    """For staff to settle; visible until they have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAct:
    """An act of this terminal about a booking, a person, or an entry of a waiting list."""

    operation_id: UUID
    kind: str
    """A `wire_acts.EventKind`."""
    made_ms: int
    state: ActState
    result: EventResult | None
    """What the server last said to it."""


class SaleStore(Protocol):
    """What the desk does with lent places and without the server. Raises StoreFault."""

    def sellable_places(self, *, now: Now, session_id: UUID | None = None) -> tuple[SellablePlace, ...]:
        """The lent places that may be sold now, in order of time; of one session or of all."""
        ...

    def write_sale(self, record: SaleRecord) -> None:
        """The place is sold, the booking seen, its act waits, its ticket is queued: all of it. Raises PlaceGone."""
        ...

    def write_register(self, record: RegisterRecord) -> None:
        """The person is known here, and the act waits."""
        ...

    def is_only_here(self, booking_id: UUID) -> bool:
        """Whether this terminal made the booking and has never offered it to the server."""
        ...

    def write_cancel(self, record: CancelRecord) -> None:
        """Done: the booking is cancelled and its place the same lease's again, to be sold when the server has answered
        (raises NotOnlyHere). Or asked for.
        """
        ...

    def write_change(self, record: ChangeRecord) -> None:
        """Done: as a sale and a cancel in one (raises NotOnlyHere). Or asked for, and the new place is kept until the
        answer. Raises PlaceGone.
        """
        ...

    def write_request(self, record: RequestRecord) -> None:
        """The act waits."""
        ...

    def write_answered(self, record: AnsweredRecord) -> None:
        """The act with the server's answer, and all that goes with it."""
        ...

    def local_person(self, credential_hashes: Iterable[str]) -> LocalPerson | None:
        """Who registered here with one of these credentials; the latest, where there are several."""
        ...

    def acts_about(self, subject_id: UUID) -> tuple[OwnAct, ...]:
        """This terminal's acts about a booking, person or entry, in the order they were made; of a change too those
        that led to this booking.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAsk:
    """A question for leases that has no answer yet. Its time is that of the first sending."""

    request_id: UUID
    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantTaken:
    """What a grant changed."""

    new: int
    gone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """Places of one lease to give back."""

    lease_id: UUID
    slot_nos: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseStand:
    """How one lease stands."""

    lease_id: UUID
    session_id: UUID
    service_date: str
    is_for_walk_ins: bool
    is_wanted_back: bool
    asked: Asked
    good_for_ms: int
    last_sale_ms: int
    numbers_left: int
    places: tuple[tuple[int, int, PlaceState], ...]
    """Number, start, state."""

    def count(self, state: PlaceState) -> int:
        """How many places are in this state."""
        return sum(one == state for _, _, one in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockMark:
    """What is kept of the time: the latest ever seen, and the server's time against the boot clock of one boot."""

    high_water_ms: int = 0
    boot_id: str = ""
    server_minus_boot_ms: int | None = None


class LeaseStore(Protocol):
    """What the synchronisation does with leases. Raises StoreFault."""

    def open_ask(self) -> OpenAsk | None:
        """The question without an answer."""
        ...

    def begin_ask(self, ask: OpenAsk) -> OpenAsk:
        """Keep it, before it is sent; the one that is open already, where there is one."""
        ...

    def drop_ask(self) -> None:
        """The server will never answer it: the next one gets all that is lent."""
        ...

    def take_grant(self, grant: LeaseGrant) -> GrantTaken:
        """The answer to the open question, all of it together. An answer to another question changes nothing."""
        ...

    def returnable(self, now: Now) -> tuple[Returnable, ...]:
        """Unsold places that may not be sold any more, or are wanted back, or that the server counts as lent still
        though they were given back.
        """
        ...

    def write_return(self, act: ReturnPlacesAct, *, made_ms: int) -> None:
        """They are given back from now on, and the act waits. Raises PlaceGone where one was sold meanwhile."""
        ...

    def leases(self) -> tuple[LeaseStand, ...]:
        """All leases of which something is left, in order of their days."""
        ...

    def sold_since_ask(self) -> int:
        """How many places were sold since the last grant."""
        ...

    def clock_mark(self) -> ClockMark:
        """What is kept of the time."""
        ...

    def keep_clock_mark(self, mark: ClockMark) -> None:
        """Keep it."""
        ...
