"""The terminal's durable memory, as desk and sync use it: value types, faults and protocols.

Every call is one transaction: after it returns, its effect survives a power cut; when it raises, nothing happened.
No readable name or number of a document goes in here: the mirror knows people by masked names and keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from uuid import UUID

from booking.localized import LocalizedText
from booking.wire import CheckInAct, Event, EventResult, PolicyRow, Row
from booking.wire_lease import SealKeyRow
from kiosk.ports.printers import PrintTicket
from kiosk.ports.tickets import Ticket

Message = TypeVar("Message")


class StoreFault(Exception):
    """The store could not do it; nothing was written. `code` is for staff and logs."""

    code = "store"


class StoreFull(StoreFault):
    """No room on the disk, or the store has reached its largest size."""

    code = "store_full"


class StoreBroken(StoreFault):
    """The file is damaged, cannot be read, or is not encrypted with this key."""

    code = "store_broken"


class StoreQuarantined(StoreBroken):
    """The file was damaged and has been put aside; the next opening begins anew, and the terminal must be enrolled."""

    code = "store_quarantined"


class StoreKeyLost(StoreFault):
    """There is a store, and no key for it."""

    code = "store_key_lost"


class StoreBusy(StoreFault):
    """Another transaction held the store for too long."""

    code = "store_busy"


class StoreTaken(StoreFault):
    """Another process has this store open."""

    code = "store_taken"


class StoreTooNew(StoreFault):
    """A newer release wrote this store, and says that this one cannot read it."""

    code = "store_too_new"


@dataclass(frozen=True, slots=True)
class StoreAnswered:
    """How the store answered the synchronisation: the code of its fault, again with each one; empty when well again."""

    code: str = ""


class Codec(Protocol):
    """Wire messages to JSON and back."""

    def prepare(self) -> None:
        """Get ready for all messages, so that nobody waits for it later."""
        ...

    def encode(self, message: object) -> str:
        """The JSON of a wire message."""
        ...

    def decode(self, kind: type[Message], text: str | bytes) -> Message:
        """The message in this JSON. Raises ValueError when it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """What enrolment told the terminal about itself and its place."""

    terminal_id: UUID
    group_id: UUID
    hospital_id: UUID
    hospital_code: str
    hospital_name: LocalizedText
    time_zone: str
    """IANA name."""
    label: str
    lookup_key: bytes = field(repr=False)
    policy: PolicyRow
    """In force until the mirror brings a newer one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A check-in that this terminal made."""

    booking_id: UUID
    operation_id: UUID
    service_date: str
    queue_number: str
    checked_in_ms: int
    is_confirmed: bool
    """Whether the server has said that it stands."""


@dataclass(frozen=True, slots=True)
class QueuedTicket:
    """A ticket to print: copy 1 is the first, from 2 on it is marked as a reprint."""

    command: PrintTicket
    subject_id: UUID
    """The booking, or whatever the ticket is about: its copies are counted together."""
    copy_no: int
    service_date: str
    made_ms: int


@dataclass(frozen=True, slots=True)
class CheckInRecord:
    """All that one check-in writes, in one transaction."""

    arrival: Arrival
    act: CheckInAct
    result: EventResult | None
    """The server's answer when it was asked first; None when the act waits to be sent."""
    ticket: QueuedTicket


@dataclass(frozen=True, slots=True)
class Copies:
    """What the spool knows of the tickets about one subject."""

    last_copy_no: int
    """0 when none was ever made here."""
    used: int
    """Copies that are or may be on paper, or on their way to it."""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a typed number may still be tried. `is_locked`: not now."""

    left: int
    is_locked: bool


class DeskStore(Protocol):
    """What the desk reads and writes. Raises StoreFault."""

    def policy(self) -> PolicyRow | None:
        """The newest policy in the mirror."""
        ...

    def row(self, kind: str, row_id: UUID) -> Row | None:
        """One row of the mirror that is not deleted."""
        ...

    def seal_key(self, *, now_ms: int) -> SealKeyRow | None:
        """The newest key that registrations are sealed to, of those that count by now."""
        ...

    def bookings_of(self, credential_hashes: Iterable[str]) -> tuple[Row, ...]:
        """The bookings whose person has one of these credentials, in order of time."""
        ...

    def booking_with_number(self, number_hash: str) -> Row | None:
        """The booking with this number."""
        ...

    def take_rows(self, rows: Iterable[Row]) -> int:
        """Take over rows that are newer than the mirror's; how many were."""
        ...

    def arrival(self, booking_id: UUID) -> Arrival | None:
        """This terminal's check-in of the booking."""
        ...

    def queued_ticket(self, job_id: UUID) -> Ticket | None:
        """The ticket of a job that waits to be printed."""
        ...

    def copies(self, subject_id: UUID) -> Copies:
        """How many tickets there are about a booking or whatever else."""
        ...

    def begin_try(self, number_hash: str, *, now_ms: int) -> Tries:
        """Count one try of a typed number, before its answer is looked at."""
        ...

    def forgive_tries(self, number_hash: str) -> None:
        """The answer was right: the number may be tried again."""
        ...

    def write_check_in(self, record: CheckInRecord) -> None:
        """The check-in, its operation for the server, its ticket and the newer mirror row: all or nothing."""
        ...

    def write_reprint(self, ticket: QueuedTicket) -> None:
        """A further copy; a copy that was held is cancelled by it."""
        ...

    def hold_ticket(self, job_id: UUID, *, now_ms: int) -> None:
        """A ticket that nobody has begun to print is held. Anything else stays as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """An operation that has no final answer."""

    event: Event
    operation_id: UUID
    subject_id: UUID
    """The booking, or whatever the act is about: acts about one subject keep their order."""
    made_ms: int
    attempts: int
    size: int
    """Bytes of its JSON."""
    after: tuple[UUID, ...] = ()
    """Acts about other subjects that must have their final answer before."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The days that the mirror holds: it was complete to `held_to` when the hospital's date was `today`.

    Both are empty before the first snapshot.
    """

    today: str = ""
    held_to: str = ""
    kept_from: str = ""
    """The oldest service day that the last purge since then has left; empty when there was none."""
    sessions_to: str = ""
    """The same for sessions; empty: the server holds no more days of them than of bookings."""


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How the outbox stands."""

    waiting: int
    not_applied: int
    oldest_ms: int | None


class MirrorStore(Protocol):
    """What the synchronisation does with the server's rows, besides snapshots (`ports.intake`). Raises StoreFault."""

    def cursor(self) -> str | None:
        """Where the feed goes on; None when a snapshot is needed."""
        ...

    def scope(self) -> Scope:
        """Which days the mirror holds."""
        ...

    def take_rows(self, rows: Iterable[Row]) -> int:
        """Take over rows that are newer; how many were."""
        ...

    def take_feed(self, rows: Iterable[Row], *, cursor: str) -> int:
        """Rows of a feed page and the cursor after it, together."""
        ...

    def roll_to(self, scope: Scope) -> None:
        """The mirror holds these days from now on."""
        ...

    def purge(self, *, keep_from: str, now_ms: int) -> None:
        """Drop visits before the service day `keep_from`, which the scope tells, and answers older than seven days."""
        ...

    def drop_cursor(self) -> None:
        """The server no longer knows it: the next round takes a snapshot."""
        ...

    def probe(self) -> None:
        """Write something small and read it back."""
        ...


class OutboxStore(Protocol):
    """What the synchronisation does with the terminal's acts. Raises StoreFault."""

    def waiting(self) -> tuple[Waiting, ...]:
        """All operations without a final answer, in the order they were made."""
        ...

    def note_offered(self, operation_ids: Iterable[UUID], *, now_ms: int) -> None:
        """From now on the server may know these: called before they are sent."""
        ...

    def note_result(self, result: EventResult, *, now_ms: int) -> None:
        """The server's answer to one operation, final or deferred, with the booking's newer row and all that follows
        from it here, together.
        """
        ...

    def not_applied(self, *, most: int, after: UUID | None = None) -> tuple[UUID, ...]:
        """Operations that the server did not apply and staff have not settled, in the order of their ids, at most so
        many; `after` one of them.
        """
        ...

    def note_settled(self, operation_ids: Iterable[UUID], *, now_ms: int) -> None:
        """Staff have settled these: they count as answered now, and go when answers go."""
        ...

    def counts(self) -> OutboxCounts:
        """How the outbox stands."""
        ...


class SiteStore(Protocol):
    """Who the terminal is. Raises StoreFault."""

    def site(self) -> Site | None:
        """None before enrolment."""
        ...

    def private_key(self) -> bytes | None:
        """The 32 bytes of the signing key, once made."""
        ...

    def keep_private_key(self, private_key: bytes) -> None:
        """Keep the signing key, before anybody is told its public half."""
        ...

    def keep_site(self, site: Site) -> None:
        """The terminal is enrolled. Forgets everything about an earlier hospital's days."""
        ...

    def raise_boot(self) -> int:
        """Raise and commit the boot number; the new one."""
        ...


class TicketBox(Protocol):
    """What staff and start-up do with print jobs."""

    def recover(self) -> int:
        """After a start: what was being sent is unknown, what was queued is held; how many jobs changed."""
        ...

    def ticket(self, job_id: UUID) -> Ticket | None:
        """The ticket of a job."""
        ...
