"""Bookings. No two that still count may hold one place: the store itself refuses that."""

from __future__ import annotations

import sqlalchemy as sa

from booking.roster import BookingState
from central.tables.base import hashed, instant, key, metadata, number, reference, same_tenant, sealed, text

ACTIVE_STATES = (
    BookingState.PENDING,
    BookingState.BOOKED,
    BookingState.CONFIRMED,
    BookingState.CHECKED_IN,
    BookingState.CALLED,
    BookingState.IN_CONSULTATION,
    BookingState.VISITED,
    BookingState.NO_SHOW,
)
"""States in which a booking holds its place."""

_HOLDS_A_PLACE = sa.text("state in ({})".format(", ".join(f"'{state}'" for state in ACTIVE_STATES)))

booking = sa.Table(
    "booking",
    metadata,
    key("hospital_id"),
    key("booking_id"),
    reference("session_id"),
    sa.Column("slot_no", sa.Integer, nullable=False),
    text("service_date", 10),
    reference("person_id"),
    sealed("number_sealed"),
    hashed("number_hash"),
    text("number_last_four", 4),
    sa.Column("check_phone", sa.LargeBinary(2), nullable=True),
    sa.Column("check_birthday", sa.LargeBinary(2), nullable=True),
    text("state", 16),
    text("channel", 32),
    sa.Column("is_return_visit", sa.Boolean, nullable=False),
    sealed("need_sealed", is_optional=True),
    instant("made_ms"),
    text("queue_number", 16),
    instant("checked_in_ms"),
    number("ver"),
    sa.UniqueConstraint("hospital_id", "number_hash"),
    sa.Index(None, "hospital_id", "service_date"),
    sa.Index(None, "hospital_id", "person_id"),
    sa.Index(
        "uq_booking_place",
        "hospital_id",
        "session_id",
        "slot_no",
        unique=True,
        sqlite_where=_HOLDS_A_PLACE,
        postgresql_where=_HOLDS_A_PLACE,
    ),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
    same_tenant("hospital_id", "person_id", "patient", "person_id"),
)
"""`queue_number` is empty and `checked_in_ms` is 0 until the patient is here."""
