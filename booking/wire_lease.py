"""Lending places to terminals, version 1: `POST /v1/leases`, and the row of the key that registrations are sealed to.

The server lends numbered places; while they are lent nobody else sells them. Only the terminal's own return or sale
makes a place anything else, or two staff who release it by force: no clock does. What a terminal may still sell, it
works out by `booking.lending`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseAsk:
    """POST /v1/leases, with `Idempotency-Key: <request_id>`: what may I sell without you?

    The server decides how much, by what the terminal sold lately. The terminal keeps `request_id` and the time of
    sending (boot id, boot clock) on its disk before it sends; asking again after a lost answer it uses the same.
    """

    request_id: UUID
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class LentPlace:
    """One numbered place."""

    no: int
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Places of one session, lent to one terminal."""

    id: UUID
    session_id: UUID
    service_date: str
    places: tuple[LentPlace, ...]
    """All that are lent now: not sold, not given back, as far as the server knows."""
    numbers: tuple[str, ...] = field(repr=False)
    """Booking numbers (twelve digits) that nobody has, twice as many as places were lent. Each is good once."""
    good_for_ms: int
    """From the sending of the request on: how long the terminal may sell (`booking.lending.may_sell`)."""
    last_sale_ms: int
    """And never after this instant by its best clock: the booking cut-off, for walk-ins the session's end."""
    is_for_walk_ins: bool = False
    """Places of the pool for those who come without a booking."""
    granted_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseGrant:
    """Everything that is lent to this terminal now. What it has on its disk and does not find here is lent no longer:
    sold as the server knows, given back, or released by force. It never sells such a place.
    """

    request_id: UUID
    leases: tuple[Lease, ...]
    give_back: tuple[UUID, ...] = ()
    """Leases whose unsold places the server would like back, with the next chance."""
    ask_again_ms: int = 0
    """In how many milliseconds to ask again; 0: as the terminal likes."""
    v: int = _VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKeyRow:
    """The hospital's public key that registrations are sealed to (row kind `seal_key`, the newest one counts)."""

    id: UUID
    public_key: str
    """base64 of the suite byte and the 32-byte X25519 public key."""
    from_ms: int
