"""What happened at a terminal besides check-ins, version 1: the bodies of `wire.Event`, one kind each.

Every act has an `operation_id` (UUIDv7) for ever, says when it happened, and names the version of the settings that it
was decided under. Facts (`register`, `book`, `walk_in` on lent places, the return of lent places) are never refused;
requests (`cancel` and `change` of a booking made elsewhere, `join_list`) are judged when they arrive, and get exactly
one answer. Which is which, and what becomes of each, is in docs/protocol.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from booking.wire_time import DeviceTime

_VERSION = 1


class EventKind(StrEnum):
    """What an event tells. A server answers kinds that it does not know `deferred`."""

    CHECK_IN = "check_in"
    REGISTER = "register"
    BOOK = "book"
    CANCEL = "cancel"
    CHANGE = "change"
    JOIN_LIST = "join_list"
    RETURN_PLACES = "return_places"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAct:
    """Somebody registered at a terminal, which made the person's id.  # rule A2

    Only the server can read what was typed or what a card gave: `sealed` is suite byte, 16 bytes of the key's id, and
    HPKE (X25519) of the JSON of `PersonDetails`, bound to hospital and person (`seal_context`). Somebody whom the group
    knows already keeps the id that it has, and the new one follows it: merging is the server's.
    """

    operation_id: UUID
    person_id: UUID
    at: DeviceTime
    sealed: str = field(repr=False)
    credential_hashes: tuple[str, ...] = field(repr=False)
    """As in `BookingRow.credential_hashes`."""
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    was_card_read: bool = False
    """False: typed, and so unverified."""
    policy_version: int
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetails:
    """What `RegisterAct.sealed` holds."""

    name: str = field(repr=False)
    document: str
    """A `people.DocumentKind`."""
    number: str = field(repr=False)
    sex: str = field(repr=False)
    birthday: str = field(repr=False)
    """`YYYY-MM-DD`, or empty."""
    phone: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    card_number: str = field(default="", repr=False)
    """Of a social-security or hospital card, where the document is another thing."""
    card_kind: str = ""


def seal_context(*, hospital_id: UUID, person_id: UUID) -> bytes:
    """What binds a sealed registration to its place: HPKE's `info`."""
    return b"kiosk-register-v1\n" + hospital_id.bytes + person_id.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LentPlaceTaken:
    """A lent place that was sold: of which lease, which number, and the booking number that goes with it."""

    lease_id: UUID
    session_id: UUID
    slot_no: int
    number: str = field(repr=False)
    """Twelve digits, one of those that came with the lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAct:
    """A place was sold from a lease; the ticket or slip was confirmed to the patient.  # rules D4, G4"""

    operation_id: UUID
    booking_id: UUID
    person_id: UUID
    place: LentPlaceTaken
    at: DeviceTime
    policy_version: int
    is_walk_in: bool = False
    """On the spot: whoever has such a place is checked in, and `queue_number` is on the ticket."""
    queue_number: str = ""
    document: str = ""
    """A `people.DocumentKind`: what the person showed; empty: what the hospital knows.  # rule A3"""
    notice_shown: bool = False
    is_return_visit: bool = False
    acting_id: UUID | None = None
    order_id: UUID | None = None
    assumed: tuple[str, ...] = ()
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAct:
    """The patient gave up a booking. One that this terminal sold from a lease and that only it has is cancelled as a
    fact, and its place is the lease's again; of any other it is a request.  # rule E1
    """

    operation_id: UUID
    booking_id: UUID
    booking_ver: int
    at: DeviceTime
    policy_version: int
    is_request: bool
    is_warned: bool = False
    acting_id: UUID | None = None
    assumed: tuple[str, ...] = ()
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAct:
    """Another place instead, in one step, all or nothing: the new one is lent and kept for this act until its answer
    comes. A fact where the old booking is one that only this terminal has, else a request.  # rule E3
    """

    operation_id: UUID
    booking_id: UUID
    booking_ver: int
    new_booking_id: UUID
    place: LentPlaceTaken
    at: DeviceTime
    policy_version: int
    is_request: bool
    notice_shown: bool = False
    is_warned: bool = False
    acting_id: UUID | None = None
    assumed: tuple[str, ...] = ()
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinListAct:
    """The patient asks for a place on a waiting list: a request.  # rule D6"""

    operation_id: UUID
    entry_id: UUID
    person_id: UUID
    session_id: UUID
    at: DeviceTime
    policy_version: int
    document: str = ""
    acting_id: UUID | None = None
    assumed: tuple[str, ...] = ()
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPlacesAct:
    """The terminal gives lent places back. It has sold none of them, and never will: that is on its disk before this
    is sent.  # sync C4
    """

    operation_id: UUID
    lease_id: UUID
    slot_nos: tuple[int, ...]
    at: DeviceTime
    v: int = _VERSION
