"""The messages between terminal and server, version 1: frozen dataclasses, the same at both ends.

Encoding is JSON. Ids are UUIDs as text, instants are milliseconds UTC, days are `YYYY-MM-DD` by the
hospital, bytes are base64 (standard alphabet). Unknown fields are ignored; an unknown kind in a feed is skipped and
counted. What each message means, and in which order they travel, is in docs/protocol.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from booking.localized import LocalizedText
from booking.wire_acts import BookAct, CancelAct, ChangeAct, JoinListAct, RegisterAct, ReturnPlacesAct
from booking.wire_catalogue import NOTHING, NoticeRow, ServiceRow
from booking.wire_heartbeat import Heartbeat as Heartbeat  # noqa: PLC0414 - it is part of this module, too
from booking.wire_heartbeat import HeartbeatReply as HeartbeatReply  # noqa: PLC0414 - it is part of this module, too
from booking.wire_heartbeat import ServerTime as ServerTime  # noqa: PLC0414 - it is part of this module, too
from booking.wire_lease import SealKeyRow
from booking.wire_person import PersonHeld
from booking.wire_terminal import TerminalRow
from booking.wire_time import DeviceTime

WIRE_VERSION = 1

# ---------------------------------------------------------------------------------------------------------------------
# POST /v1/enrol


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """Made once, with a one-time code that staff gave. Not signed: the key is not known yet."""

    code: str = field(repr=False)
    public_key: str
    """base64 of the suite byte and the 32-byte Ed25519 public key. The private key never leaves the terminal."""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who the terminal is from now on."""

    terminal_id: UUID
    group_id: UUID
    hospital_id: UUID
    hospital_code: str
    """Two digits: the first two of every booking number of this hospital."""
    hospital_name: LocalizedText
    time_zone: str
    """IANA name, e.g. `Asia/Shanghai`."""
    label: str
    """What staff call the terminal, e.g. `门诊楼 1 层 03`."""
    lookup_key: str = field(repr=False)
    """base64: the group's key for look-up hashes (see `lookup_message`)."""
    policy: PolicyRow
    v: int = WIRE_VERSION


# ---------------------------------------------------------------------------------------------------------------------
# Look-up hashes: suite byte 1 + the first 16 bytes of HMAC-SHA-256(lookup key, message)

LOOKUP_HASH_BYTES = 16
CHECK_VALUE_BYTES = 2


def lookup_message(*, kind: str, number: str) -> bytes:
    """What is hashed to find a person by a document or card. `number` is normalised (`people.normalise_number`)."""
    return f"credential\n{kind}\n{number}".encode()


def booking_lookup_message(number: str) -> bytes:
    """What is hashed to find a booking by its twelve digits."""
    return f"booking\n{number}".encode()


def check_message(*, number: str, question: CheckQuestion, answer: str) -> bytes:
    """What is hashed for the second question to a typed booking number; two bytes of it are kept.

    `answer` is the phone's last four digits, or the birthday as `MMDD`.
    """
    return f"check\n{number}\n{question.value}\n{answer}".encode()


class CheckQuestion(StrEnum):
    """The second question to a typed number; the value is what `check_message` hashes."""

    PHONE = "phone"
    BIRTHDAY = "birthday"


# The mirror: GET /v1/snapshot, GET /v1/feed


class RowKind(StrEnum):
    """What a row of the mirror is. A terminal skips and counts kinds that it does not know."""

    POLICY = "policy"
    DEPARTMENT = "department"
    DOCTOR = "doctor"
    PLACE = "place"
    SESSION = "session"
    BOOKING = "booking"
    SERVICE = "service"
    NOTICE = "notice"
    TERMINAL = "terminal"
    SEAL_KEY = "seal_key"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """The hospital's settings for the day of the visit, with the version that acts name."""

    version: int
    check_in_opens_before_min: int
    check_in_grace_min: int
    check_in_late: str
    check_in_state_unknown: str
    settings: str = ""
    """All of them, as the hospital's own file: it names a preset and overrides single keys."""


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A department, as screens and tickets name it."""

    id: UUID
    name: LocalizedText
    is_sensitive: bool = False
    """Its name is not shown before the patient asks (skin, urology, ...)."""
    position: int = 0
    mark: str = ""
    is_bookable: bool = True
    pinyin: str = ""
    introduction: LocalizedText = NOTHING


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """A doctor, as screens and tickets name them."""

    id: UUID
    name: LocalizedText
    title: LocalizedText
    rank: int = 1
    is_bookable: bool = True
    pinyin: str = ""
    speciality: LocalizedText = NOTHING
    introduction: LocalizedText = NOTHING


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where to go."""

    id: UUID
    building: LocalizedText
    floor: LocalizedText
    area: LocalizedText
    room: LocalizedText


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session (rule C1): a doctor or a department, a place, a day, a start and an end."""

    id: UUID
    department_id: UUID
    doctor_id: UUID | None = field(default=None, kw_only=True)
    place_id: UUID
    service_date: str
    starts_ms: int
    ends_ms: int
    letters: str
    """The letters of its queue numbers, unique in waiting area and day."""
    sits: bool | None = None
    kind: str = ""
    """A `roster.plans.ClinicKind`; empty: an older server did not say."""
    service_id: UUID | None = None
    fee_cents: int = 0
    capacity: int = 0
    is_offered: bool = True
    """The session's own switch; department and doctor have theirs.  # rule C12"""
    is_stopped: bool = False
    owner_confirms: bool = False
    """The system that owns the session confirms each booking.  # rule D4"""
    substitute_id: UUID | None = None
    """The doctor who sits instead of `doctor_id`.  # rule H1"""
    moved_to_id: UUID | None = None
    """The session that took its patients.  # rule H1"""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking and all that a terminal may hold of its person: nothing readable but a masked name."""

    id: UUID
    session_id: UUID
    slot_no: int
    slot_starts_ms: int
    slot_ends_ms: int
    service_date: str
    state: str
    """A `roster.BookingState`."""
    person_id: UUID
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    number_hash: str = field(repr=False)
    """base64, suite byte + 16 bytes, of `booking_lookup_message`."""
    number_last_four: str = field(repr=False)
    credential_hashes: tuple[str, ...] = field(repr=False)
    """base64, suite byte + 16 bytes each, of `lookup_message` for every credential of the person."""
    check_phone: str = field(repr=False)
    """base64 of two bytes, of `check_message`; empty when no phone is known."""
    check_birthday: str = field(repr=False)
    queue_number: str = ""
    """Set once checked in."""
    checked_in_ms: int = 0
    is_return_visit: bool = False
    department_id: UUID | None = None
    """Of its session; None: an older server did not say."""
    made_ms: int = 0
    is_paid: bool = False
    fee_cents: int = 0
    await_until_ms: int | None = None
    """Unless it is paid or confirmed by then, it lapses.  # rules D4, D9"""
    was_assumed: bool = False
    """Something was accepted without being known when it was made.  # rule F4"""
    order_id: UUID | None = None
    person: PersonHeld | None = field(default=None, repr=False)
    """What rules ask of the person; None: an older server did not say."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a snapshot or feed: exactly one of the bodies is set, or none when `is_deleted`."""

    kind: str
    id: str
    ver: int
    is_deleted: bool = False
    policy: PolicyRow | None = None
    department: DepartmentRow | None = None
    doctor: DoctorRow | None = None
    place: PlaceRow | None = None
    session: SessionRow | None = None
    booking: BookingRow | None = None
    service: ServiceRow | None = None
    notice: NoticeRow | None = None
    terminal: TerminalRow | None = None
    seal_key: SealKeyRow | None = None


@dataclass(frozen=True, slots=True)
class SnapshotHead:
    """The first line of a snapshot (NDJSON): where the feed goes on after it."""

    cursor: str
    """Opaque: `epoch.pos`."""
    days: tuple[str, ...]
    """Of bookings."""
    today: str
    rows: int
    session_days: tuple[str, ...] = ()
    """Of sessions; empty: an older server, whose sessions have the days of its bookings."""
    next: str = ""
    """Where there are more rows than were asked for: what to ask for next (`after`). Opaque."""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What changed after a cursor. A repeat or disorder of rows is harmless: the higher `ver` wins."""

    cursor: str
    rows: tuple[Row, ...]
    has_more: bool
    today: str
    """The hospital's date at the server: the terminal's scope moves with it."""
    v: int = WIRE_VERSION


# Acts: POST /v1/check-ins (asked, on line), POST /v1/events (happened, from the outbox)


@dataclass(frozen=True, slots=True)
class CheckInAct:
    """A patient checked in for a booking. `operation_id` (UUIDv7) names the act for ever and makes repeats harmless."""

    operation_id: UUID
    booking_id: UUID
    booking_ver: int
    """The version of the booking that the terminal decided on."""
    policy_version: int
    at: DeviceTime
    queue_number: str
    is_late: bool = False
    assumed: tuple[str, ...] = ()
    ticket: str = field(default="", repr=False)
    """The signed ticket that the patient showed (`signed_ticket`): the proof of a booking that nobody else knows of."""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True)
class Event:
    """One operation of the outbox. `seq` orders the events of one subject: booking, person, lease or entry."""

    kind: str
    """A `wire_acts.EventKind`, whose body is set; a kind that the server does not know is answered `deferred`."""
    seq: int
    check_in: CheckInAct | None = None
    register: RegisterAct | None = None
    book: BookAct | None = None
    cancel: CancelAct | None = None
    change: ChangeAct | None = None
    join_list: JoinListAct | None = None
    return_places: ReturnPlacesAct | None = None


@dataclass(frozen=True, slots=True)
class EventBatch:
    """At most 100 events or 256 KiB."""

    events: tuple[Event, ...]
    v: int = WIRE_VERSION


class Verdict(StrEnum):
    """What became of an act. Each event gets exactly one final verdict; `deferred` is not final."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    DEFERRED = "deferred"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class EventResult:
    """The server's answer to one act."""

    operation_id: UUID
    verdict: str
    reason: str = ""
    """A `decide.Reason` (or a newer one, explained by `sentence`) when refused or in conflict."""
    sentence: LocalizedText = field(default_factory=LocalizedText)
    """What to tell the person, for a reason this terminal does not know."""
    opens_ms: int | None = None
    closed_ms: int | None = None
    service_date: str = ""
    task_id: UUID | None = None
    """The staff task that settles a conflict."""
    booking: Row | None = None
    """The booking as it now is."""


@dataclass(frozen=True, slots=True)
class EventResults:
    """One result an event, in the order of the batch."""

    results: tuple[EventResult, ...]
    v: int = WIRE_VERSION


# Questions in a visit


@dataclass(frozen=True, slots=True)
class FindRequest:
    """Who has one of these credentials? POST /v1/find; hashes as in `BookingRow.credential_hashes`."""

    credential_hashes: tuple[str, ...] = field(repr=False)
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True)
class FindReply:
    """Whether the group knows the person, and their bookings in the terminal's days."""

    is_known: bool
    masked_name: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    birth_year: int = field(default=0, repr=False)
    bookings: tuple[Row, ...] = ()
    """Bookings with the catalogue rows they need, whatever the terminal already has."""
    person_id: UUID | None = None
    """Whom the group knows by it."""
    person: PersonHeld | None = field(default=None, repr=False)
    """What rules ask of them; None: this hospital has no copy of them yet."""
    v: int = WIRE_VERSION
