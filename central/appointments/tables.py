"""Bookings, holds, waiting lists, requests. The store itself refuses two bookings that still count in one place."""

from __future__ import annotations

import sqlalchemy as sa

from booking.roster import BookingState
from central.tables.base import (
    flag,
    hashed,
    instant,
    key,
    metadata,
    number,
    optional_document,
    reference,
    same_tenant,
    sealed,
    small,
    text,
)

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
    small("policy_version", default=1),
    optional_document("assumed"),
    reference("client_id", is_optional=True),
    sealed("agent_sealed", is_optional=True),
    text("recording_ref", 64, is_optional=True),
    reference("guardian_id", is_optional=True),
    text("pool", 32, default="common"),
    flag("is_referred", default=False),
    flag("is_paid", default=False),
    small("fee_cents", default=0),
    instant("await_until_ms", is_optional=True),
    flag("is_printed", default=False),
    reference("order_id", is_optional=True),
    reference("earlier_booking_id", is_optional=True),
    reference("later_booking_id", is_optional=True),
    instant("ended_ms", is_optional=True),
    text("ended_by", 16, is_optional=True),
    text("end_reason", 64, is_optional=True),
    number("ver"),
    sa.UniqueConstraint("hospital_id", "number_hash"),
    sa.Index("ix_booking_await", "hospital_id", "await_until_ms"),
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
"""`assumed` names what was accepted without knowing; `client_id` is the channel's client, `agent_sealed` and
`recording_ref` belong to a booking by phone (rule B1). `earlier_` and `later_booking_id` are the two sides of a change
(rule E3). `await_until_ms`: unless it is paid or confirmed by then, it lapses (rules D4, D9)."""

_SOLD_AT_TERMINAL = sa.text("channel = 'kiosk' AND before IS NULL")

booking_step = sa.Table(
    "booking_step",
    metadata,
    key("hospital_id"),
    key("step_id"),
    reference("booking_id"),
    instant("at_ms"),
    text("before", 16, is_optional=True),
    text("after", 16),
    text("by", 16),
    text("actor", 64),
    text("channel", 32),
    text("reason", 64, is_optional=True),
    reference("operation_id", is_optional=True),
    sa.Index(None, "hospital_id", "booking_id", "at_ms"),
    sa.Index(
        "ix_booking_step_sold_at_terminal",
        "hospital_id",
        "actor",
        "at_ms",
        sqlite_where=_SOLD_AT_TERMINAL,
        postgresql_where=_SOLD_AT_TERMINAL,
    ),
    same_tenant("hospital_id", "booking_id", "booking", "booking_id"),
)
"""Every state that a booking entered: who, when, through what, why. Changes and cancellations are read here.
# rules D13, I2"""

hold = sa.Table(
    "hold",
    metadata,
    key("hospital_id"),
    key("hold_id"),
    reference("session_id"),
    sa.Column("slot_no", sa.Integer, nullable=False),
    text("purpose", 16),
    text("holder", 64),
    reference("person_id", is_optional=True),
    instant("made_ms"),
    instant("until_ms"),
    instant("ended_ms", is_optional=True),
    sa.Index(None, "hospital_id", "ended_ms", "until_ms"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
)
"""A place kept for a while: for somebody who is choosing (`choosing`), or who was first on a waiting list (`offer`).
`holder` is the caller that made it.  # rules C7, D9, E2"""

waiting_entry = sa.Table(
    "waiting_entry",
    metadata,
    key("hospital_id"),
    key("entry_id"),
    reference("session_id"),
    reference("person_id"),
    text("channel", 32),
    text("state", 16),
    instant("joined_ms"),
    flag("has_priority", default=False),
    reference("hold_id", is_optional=True),
    instant("offered_ms", is_optional=True),
    instant("ended_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "session_id", "state", "joined_ms"),
    sa.Index("ix_waiting_entry_person", "hospital_id", "person_id"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
)
"""`state` is `waiting`, `offered`, `taken`, `lapsed` or `left`.  # rules D6, E2"""

request = sa.Table(
    "request",
    metadata,
    key("hospital_id"),
    key("request_id"),
    reference("person_id"),
    text("kind", 32),
    reference("department_id", is_optional=True),
    text("channel", 32),
    text("state", 16),
    sealed("need_sealed", is_optional=True),
    instant("submitted_ms"),
    instant("review_due_ms", is_optional=True),
    instant("starts_ms", is_optional=True),
    text("reason", 200, is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "state", "review_due_ms"),
    sa.Index("ix_request_person", "hospital_id", "person_id"),
)
"""Matters without slots.  # rule D14"""

referral = sa.Table(
    "referral",
    metadata,
    key("hospital_id"),
    key("referral_id"),
    reference("person_id"),
    text("direction", 8),
    text("referred_by", 64),
    reference("department_id", is_optional=True),
    reference("booking_id", is_optional=True),
    text("state", 16),
    instant("made_ms"),
    instant("valid_until_ms"),
    number("ver"),
    sa.Index(None, "hospital_id", "person_id"),
)
"""`direction` is `in` or `out`.  # rule D8"""
