"""The domain: pools, holds, waiting lists, orders, queues, credit, channels, messages. Nothing that was there is lost.

What an older store could not say is filled in: its places belong to everybody and are open, its sessions lie in the
waiting area of their place, and a doctor belongs to the departments in which they sit.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, columns in _NEW_COLUMNS.items():
        for column in columns():
            op.add_column(table, column)
    _create_catalogue()
    _create_places()
    _create_bookings()
    _create_people()
    _create_credit()
    _create_orders()
    _create_queues()
    _create_feedback()
    _create_channels()
    _fill()
    op.create_index("ix_booking_await", "booking", ["hospital_id", "await_until_ms"])
    op.create_index("ix_session_department_day", "session", ["hospital_id", "department_id", "service_date"])
    op.create_index("ix_session_doctor_day", "session", ["hospital_id", "doctor_id", "service_date"])
    op.create_index("uq_session_letters", "session", ["hospital_id", "area_id", "service_date", "letters"], unique=True)
    op.create_index(
        "ix_slot_free",
        "slot",
        ["hospital_id", "session_id", "pool", "no"],
        sqlite_where=sa.text("state = 'free'"),
        postgresql_where=sa.text("state = 'free'"),
    )


def downgrade() -> None:
    op.drop_index("ix_slot_free", "slot")
    op.drop_index("uq_session_letters", "session")
    op.drop_index("ix_session_doctor_day", "session")
    op.drop_index("ix_session_department_day", "session")
    op.drop_index("ix_booking_await", "booking")
    for table in reversed(_NEW_TABLES):
        op.drop_table(table)
    for table, columns in _NEW_COLUMNS.items():
        for column in columns():
            op.drop_column(table, column.name)


def _fill() -> None:
    """What an older store means in the words of this one."""
    op.execute(
        "INSERT INTO session_pool (hospital_id, session_id, pool, capacity, opens_ms, opened_ms)"
        " SELECT s.hospital_id, s.session_id, 'common', count(p.no), coalesce(s.published_ms, s.starts_ms),"
        " s.published_ms FROM session s LEFT JOIN slot p"
        " ON p.hospital_id = s.hospital_id AND p.session_id = s.session_id"
        " GROUP BY s.hospital_id, s.session_id, s.published_ms, s.starts_ms"
    )
    op.execute(
        "INSERT INTO department_doctor (hospital_id, department_id, doctor_id)"
        " SELECT DISTINCT hospital_id, department_id, doctor_id FROM session WHERE doctor_id IS NOT NULL"
    )
    # Two sessions with the same letters in one place were possible: such a pair keeps out of the areas.
    op.execute(
        "UPDATE session SET area_id = place_id WHERE NOT EXISTS (SELECT 1 FROM session o"
        " WHERE o.hospital_id = session.hospital_id AND o.place_id = session.place_id"
        " AND o.service_date = session.service_date AND o.letters = session.letters"
        " AND o.session_id <> session.session_id)"
    )
    is_printed = sa.table("booking", sa.column("is_printed"), sa.column("queue_number"))
    op.execute(is_printed.update().where(is_printed.c.queue_number != "").values(is_printed=sa.true()))


def _id(name: str, *, is_optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=is_optional)


def _big(name: str, *, is_optional: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.BigInteger(), nullable=is_optional, server_default=default)


def _whole(name: str, *, is_optional: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=is_optional, server_default=default, autoincrement=False)


def _flag(name: str, *, is_optional: bool = False, default: bool | None = None) -> sa.Column[object]:
    written = None if default is None else sa.true() if default else sa.false()
    return sa.Column(name, sa.Boolean(), nullable=is_optional, server_default=written)


def _text(name: str, length: int, *, is_optional: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.String(length), nullable=is_optional, server_default=default)


def _json(name: str, *, is_optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=is_optional)


def _bytes(name: str, length: int | None = None, *, is_optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.LargeBinary(length), nullable=is_optional)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _only_one(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _same(table: str, tenant: str, column: str, target: str, target_id: str = "") -> sa.ForeignKeyConstraint:
    """A foreign key within the tenant; the column has the target's name unless said otherwise."""
    return sa.ForeignKeyConstraint(
        [tenant, column],
        [f"{target}.{tenant}", f"{target}.{target_id or column}"],
        name=f"fk_{table}_{tenant}_{column}",
    )


_NEW_COLUMNS: dict[str, Callable[[], tuple[sa.Column[object], ...]]] = {
    "booking": lambda: (
        _whole("policy_version", default="1"),
        _json("assumed", is_optional=True),
        _id("client_id", is_optional=True),
        _bytes("agent_sealed", is_optional=True),
        _text("recording_ref", 64, is_optional=True),
        _id("guardian_id", is_optional=True),
        _text("pool", 32, default="common"),
        _flag("is_referred", default=False),
        _flag("is_paid", default=False),
        _whole("fee_cents", default="0"),
        _big("await_until_ms", is_optional=True),
        _flag("is_printed", default=False),
        _id("order_id", is_optional=True),
        _id("earlier_booking_id", is_optional=True),
        _id("later_booking_id", is_optional=True),
        _big("ended_ms", is_optional=True),
        _text("ended_by", 16, is_optional=True),
        _text("end_reason", 64, is_optional=True),
    ),
    "credential": lambda: (
        _flag("was_read", default=True),
        _big("ended_ms", is_optional=True),
    ),
    "department": lambda: (
        _whole("position", default="0"),
        _text("mark", 16, is_optional=True),
        _flag("is_bookable", default=True),
        _text("pinyin", 64, is_optional=True),
        _json("introduction", is_optional=True),
        _flag("is_retired", default=False),
    ),
    "doctor": lambda: (
        _whole("rank", default="1"),
        _json("speciality", is_optional=True),
        _text("pinyin", 64, is_optional=True),
        _json("introduction", is_optional=True),
        _flag("is_bookable", default=True),
        _flag("is_retired", default=False),
    ),
    "hospital": lambda: (
        _json("address", is_optional=True),
        _text("phone", 32, is_optional=True),
        _json("introduction", is_optional=True),
        _big("ver", default="1"),
    ),
    "patient": lambda: (
        _json("document_kinds", is_optional=True),
        _bytes("birth_sealed", is_optional=True),
        _bytes("answers_sealed", is_optional=True),
        _flag("is_verified", default=True),
        _flag("is_reachable", default=True),
        _json("grants", is_optional=True),
        _json("guardian_ids", is_optional=True),
        _json("standing", is_optional=True),
    ),
    "person": lambda: (
        _bytes("contact_sealed", is_optional=True),
        _flag("is_verified", default=True),
        _big("verified_ms", is_optional=True),
        _big("refused_ms", is_optional=True),
        _text("language", 16, is_optional=True),
        _id("merged_into", is_optional=True),
        _big("erased_ms", is_optional=True),
        _big("made_ms", is_optional=True),
    ),
    "place": lambda: (
        _id("area_id", is_optional=True),
        _json("directions", is_optional=True),
        _flag("is_retired", default=False),
    ),
    "session": lambda: (
        _id("area_id", is_optional=True),
        _id("service_id", is_optional=True),
        _whole("fee_cents", default="0"),
        _flag("is_offered", default=True),
        _flag("owner_confirms", default=False),
        _big("stopped_ms", is_optional=True),
        _text("stop_reason", 32, is_optional=True),
        _id("substitute_doctor_id", is_optional=True),
        _id("moved_to_session_id", is_optional=True),
        _id("roster_id", is_optional=True),
    ),
    "slot": lambda: (
        _text("pool", 32, default="common"),
        _text("home_pool", 32, default="common"),
        _text("blocked_for", 16, is_optional=True),
        _id("hold_id", is_optional=True),
    ),
}
_NEW_TABLES = (
    "service",
    "notice",
    "calendar_day",
    "department_doctor",
    "expert_permission",
    "session_pool",
    "extra_place",
    "sitting",
    "hold",
    "waiting_entry",
    "booking_step",
    "request",
    "referral",
    "guardian",
    "priority_grant",
    "consent",
    "merge",
    "copy_due",
    "credit_record",
    "told_to_group",
    "doctor_order",
    "order_item",
    "payment",
    "refund_order",
    "owner_answer",
    "queue_entry",
    "call",
    "rating",
    "complaint",
    "help_call",
    "channel_client",
    "answer",
    "message",
)


def _create_catalogue() -> None:
    op.create_table(
        "service",
        _id("hospital_id"),
        _id("service_id"),
        _id("department_id", is_optional=True),
        _text("kind", 32),
        _json("name"),
        _json("bring", is_optional=True),
        _json("prepare", is_optional=True),
        _whole("duration_min", default="0"),
        _whole("fee_cents", default="0"),
        _flag("is_fasting", default=False),
        _flag("needs_order", default=False),
        _flag("is_retired", default=False),
        _big("ver"),
        _key("service", "hospital_id", "service_id"),
    )
    op.create_table(
        "notice",
        _id("hospital_id"),
        _id("notice_id"),
        _text("kind", 16),
        _json("title"),
        _json("body"),
        _big("from_ms"),
        _big("until_ms", is_optional=True),
        _flag("is_retired", default=False),
        _big("ver"),
        _key("notice", "hospital_id", "notice_id"),
    )
    op.create_index("ix_notice_hospital_id_from_ms", "notice", ["hospital_id", "from_ms"])
    op.create_table(
        "calendar_day",
        _id("hospital_id"),
        _text("day", 10),
        _text("kind", 16),
        _whole("serves_as", is_optional=True),
        _json("name"),
        _big("ver"),
        _key("calendar_day", "hospital_id", "day"),
    )
    op.create_table(
        "department_doctor",
        _id("hospital_id"),
        _id("department_id"),
        _id("doctor_id"),
        _key("department_doctor", "hospital_id", "department_id", "doctor_id"),
        _same("department_doctor", "hospital_id", "department_id", "department"),
        _same("department_doctor", "hospital_id", "doctor_id", "doctor"),
    )
    op.create_table(
        "expert_permission",
        _id("hospital_id"),
        _id("doctor_id"),
        _text("state", 16),
        _big("applied_ms"),
        _id("consented_by", is_optional=True),
        _id("checked_by", is_optional=True),
        _big("granted_ms", is_optional=True),
        _big("suspended_ms", is_optional=True),
        _text("reason", 200, is_optional=True),
        _flag("is_discipline_leader", default=False),
        _flag("has_administrative_post", default=False),
        _big("ver"),
        _key("expert_permission", "hospital_id", "doctor_id"),
        _same("expert_permission", "hospital_id", "doctor_id", "doctor"),
    )


def _create_places() -> None:
    op.create_table(
        "session_pool",
        _id("hospital_id"),
        _id("session_id"),
        _text("pool", 32),
        _whole("capacity"),
        _big("opens_ms"),
        _big("returns_ms", is_optional=True),
        _big("opened_ms", is_optional=True),
        _big("returned_ms", is_optional=True),
        _key("session_pool", "hospital_id", "session_id", "pool"),
        _same("session_pool", "hospital_id", "session_id", "session"),
    )
    op.create_index("ix_session_pool_opens", "session_pool", ["hospital_id", "opened_ms", "opens_ms"])
    op.create_index("ix_session_pool_returns", "session_pool", ["hospital_id", "returned_ms", "returns_ms"])
    op.create_table(
        "extra_place",
        _id("hospital_id"),
        _id("session_id"),
        _whole("no"),
        _text("kind", 16),
        _id("booking_id"),
        _text("allowed_by", 64),
        _text("why", 200),
        _big("made_ms"),
        _big("ended_ms", is_optional=True),
        _key("extra_place", "hospital_id", "session_id", "no"),
        _same("extra_place", "hospital_id", "session_id", "session"),
        sa.CheckConstraint("kind in ('overflow', 'add_on')", name="ck_extra_place_kind"),
    )
    op.create_table(
        "sitting",
        _id("hospital_id"),
        _id("session_id"),
        _flag("sits", is_optional=True),
        _big("confirmed_ms", is_optional=True),
        _text("confirmed_by", 64, is_optional=True),
        _big("opened_ms", is_optional=True),
        _big("as_of_ms"),
        _key("sitting", "hospital_id", "session_id"),
        _same("sitting", "hospital_id", "session_id", "session"),
    )
    op.create_table(
        "hold",
        _id("hospital_id"),
        _id("hold_id"),
        _id("session_id"),
        _whole("slot_no"),
        _text("purpose", 16),
        _text("holder", 64),
        _id("person_id", is_optional=True),
        _big("made_ms"),
        _big("until_ms"),
        _big("ended_ms", is_optional=True),
        _key("hold", "hospital_id", "hold_id"),
        _same("hold", "hospital_id", "session_id", "session"),
    )
    op.create_index("ix_hold_hospital_id_ended_ms_until_ms", "hold", ["hospital_id", "ended_ms", "until_ms"])
    op.create_table(
        "waiting_entry",
        _id("hospital_id"),
        _id("entry_id"),
        _id("session_id"),
        _id("person_id"),
        _text("channel", 32),
        _text("state", 16),
        _big("joined_ms"),
        _flag("has_priority", default=False),
        _id("hold_id", is_optional=True),
        _big("offered_ms", is_optional=True),
        _big("ended_ms", is_optional=True),
        _big("ver"),
        _key("waiting_entry", "hospital_id", "entry_id"),
        _same("waiting_entry", "hospital_id", "session_id", "session"),
    )
    op.create_index("ix_waiting_entry_person", "waiting_entry", ["hospital_id", "person_id"])
    op.create_index(
        "ix_waiting_entry_hospital_id_session_id_state_joined_ms",
        "waiting_entry",
        ["hospital_id", "session_id", "state", "joined_ms"],
    )


def _create_bookings() -> None:
    op.create_table(
        "booking_step",
        _id("hospital_id"),
        _id("step_id"),
        _id("booking_id"),
        _big("at_ms"),
        _text("before", 16, is_optional=True),
        _text("after", 16),
        _text("by", 16),
        _text("actor", 64),
        _text("channel", 32),
        _text("reason", 64, is_optional=True),
        _id("operation_id", is_optional=True),
        _key("booking_step", "hospital_id", "step_id"),
        _same("booking_step", "hospital_id", "booking_id", "booking"),
    )
    op.create_index(
        "ix_booking_step_hospital_id_booking_id_at_ms", "booking_step", ["hospital_id", "booking_id", "at_ms"]
    )
    op.create_table(
        "request",
        _id("hospital_id"),
        _id("request_id"),
        _id("person_id"),
        _text("kind", 32),
        _id("department_id", is_optional=True),
        _text("channel", 32),
        _text("state", 16),
        _bytes("need_sealed", is_optional=True),
        _big("submitted_ms"),
        _big("review_due_ms", is_optional=True),
        _big("starts_ms", is_optional=True),
        _text("reason", 200, is_optional=True),
        _big("ver"),
        _key("request", "hospital_id", "request_id"),
    )
    op.create_index("ix_request_person", "request", ["hospital_id", "person_id"])
    op.create_index("ix_request_hospital_id_state_review_due_ms", "request", ["hospital_id", "state", "review_due_ms"])
    op.create_table(
        "referral",
        _id("hospital_id"),
        _id("referral_id"),
        _id("person_id"),
        _text("direction", 8),
        _text("referred_by", 64),
        _id("department_id", is_optional=True),
        _id("booking_id", is_optional=True),
        _text("state", 16),
        _big("made_ms"),
        _big("valid_until_ms"),
        _big("ver"),
        _key("referral", "hospital_id", "referral_id"),
    )
    op.create_index("ix_referral_hospital_id_person_id", "referral", ["hospital_id", "person_id"])


def _create_people() -> None:
    op.create_table(
        "guardian",
        _id("group_id"),
        _id("guardian_id"),
        _id("ward_id"),
        _text("relation", 32),
        _big("made_ms"),
        _big("ended_ms", is_optional=True),
        _key("guardian", "group_id", "guardian_id", "ward_id"),
        _same("guardian", "group_id", "guardian_id", "person", "person_id"),
        _same("guardian", "group_id", "ward_id", "person", "person_id"),
    )
    op.create_index("ix_guardian_group_id_ward_id", "guardian", ["group_id", "ward_id"])
    op.create_table(
        "priority_grant",
        _id("group_id"),
        _id("grant_id"),
        _id("person_id"),
        _text("priority_group", 32),
        _text("until_day", 10),
        _text("document_seen", 64),
        _text("granted_by", 64),
        _big("made_ms"),
        _big("withdrawn_ms", is_optional=True),
        _text("withdrawn_why", 200, is_optional=True),
        _key("priority_grant", "group_id", "grant_id"),
        _same("priority_grant", "group_id", "person_id", "person"),
    )
    op.create_index("ix_priority_grant_group_id_person_id", "priority_grant", ["group_id", "person_id"])
    op.create_index("ix_priority_grant_until", "priority_grant", ["group_id", "until_day"])
    op.create_table(
        "consent",
        _id("group_id"),
        _id("consent_id"),
        _id("person_id"),
        _text("purpose", 32),
        _text("text_version", 32),
        _text("channel", 32),
        _big("given_ms"),
        _big("withdrawn_ms", is_optional=True),
        _key("consent", "group_id", "consent_id"),
        _same("consent", "group_id", "person_id", "person"),
    )
    op.create_index("ix_consent_group_id_person_id", "consent", ["group_id", "person_id"])
    op.create_table(
        "merge",
        _id("group_id"),
        _id("merge_id"),
        _id("kept_id"),
        _id("merged_id"),
        _text("actor", 64),
        _text("why", 200),
        _big("made_ms"),
        _key("merge", "group_id", "merge_id"),
    )
    op.create_index("ix_merge_group_id_kept_id", "merge", ["group_id", "kept_id"])
    op.create_table(
        "copy_due",
        _id("group_id"),
        _id("person_id"),
        _big("ver"),
        _big("since_ms"),
        _key("copy_due", "group_id", "person_id"),
    )
    op.create_index("ix_copy_due_group_id_since_ms", "copy_due", ["group_id", "since_ms"])


def _create_credit() -> None:
    op.create_table(
        "credit_record",
        _id("group_id"),
        _id("record_id"),
        _id("person_id"),
        _text("kind", 16),
        _text("act", 16, is_optional=True),
        _text("cause", 16, is_optional=True),
        _text("day", 10),
        _big("at_ms"),
        _id("hospital_id", is_optional=True),
        _id("booking_id", is_optional=True),
        _id("about_id", is_optional=True),
        _flag("is_provisional", default=False),
        _bytes("reason_sealed", is_optional=True),
        _text("actor", 64, is_optional=True),
        _big("recorded_ms"),
        _key("credit_record", "group_id", "record_id"),
        _same("credit_record", "group_id", "person_id", "person"),
    )
    op.create_index("ix_credit_record_booking", "credit_record", ["group_id", "booking_id"])
    op.create_index("ix_credit_record_group_id_person_id_day", "credit_record", ["group_id", "person_id", "day"])
    op.create_table(
        "told_to_group",
        _id("hospital_id"),
        _id("message_id"),
        _id("person_id"),
        _text("kind", 32),
        _json("body"),
        _big("made_ms"),
        _big("delivered_ms", is_optional=True),
        _key("told_to_group", "hospital_id", "message_id"),
    )
    op.create_index(
        "ix_told_to_group_hospital_id_delivered_ms_made_ms", "told_to_group", ["hospital_id", "delivered_ms", "made_ms"]
    )
    op.create_index("ix_told_to_group_person", "told_to_group", ["hospital_id", "person_id"])


def _create_orders() -> None:
    op.create_table(
        "doctor_order",
        _id("hospital_id"),
        _id("order_id"),
        _id("person_id"),
        _bytes("reference_sealed"),
        _bytes("reference_hash", 17),
        _id("doctor_id", is_optional=True),
        _id("department_id", is_optional=True),
        _text("state", 16),
        _flag("is_urgent", default=False),
        _big("ordered_ms"),
        _big("as_of_ms"),
        _big("ver"),
        _key("doctor_order", "hospital_id", "order_id"),
        _only_one("doctor_order", "hospital_id", "reference_hash"),
    )
    op.create_index("ix_doctor_order_hospital_id_person_id", "doctor_order", ["hospital_id", "person_id"])
    op.create_table(
        "order_item",
        _id("hospital_id"),
        _id("order_id"),
        _whole("item_no"),
        _text("code", 32),
        _json("name"),
        _id("service_id", is_optional=True),
        _text("paid_code", 32, is_optional=True),
        _flag("is_paid", default=False),
        _flag("is_fasting", default=False),
        _text("series_minutes", 64, is_optional=True),
        _whole("preparation_days", default="0"),
        _text("tubes", 64, is_optional=True),
        _id("booking_id", is_optional=True),
        _key("order_item", "hospital_id", "order_id", "item_no"),
        _same("order_item", "hospital_id", "order_id", "doctor_order"),
    )
    op.create_table(
        "payment",
        _id("hospital_id"),
        _id("payment_id"),
        _id("booking_id", is_optional=True),
        _id("order_id", is_optional=True),
        _whole("amount_cents"),
        _text("state", 16),
        _text("source", 32),
        _text("reference", 64),
        _big("paid_ms"),
        _json("paid_items", is_optional=True),
        _big("as_of_ms"),
        _key("payment", "hospital_id", "payment_id"),
        _only_one("payment", "hospital_id", "source", "reference"),
    )
    op.create_index("ix_payment_booking", "payment", ["hospital_id", "booking_id"])
    op.create_index("ix_payment_order", "payment", ["hospital_id", "order_id"])
    op.create_table(
        "refund_order",
        _id("hospital_id"),
        _id("refund_id"),
        _id("booking_id"),
        _whole("amount_cents"),
        _text("state", 16),
        _text("why", 32),
        _big("made_ms"),
        _big("settled_ms", is_optional=True),
        _big("ver"),
        _key("refund_order", "hospital_id", "refund_id"),
        _only_one("refund_order", "hospital_id", "booking_id"),
    )
    op.create_table(
        "owner_answer",
        _id("hospital_id"),
        _id("booking_id"),
        _flag("is_confirmed"),
        _text("reference", 64, is_optional=True),
        _big("as_of_ms"),
        _big("taken_ms"),
        _key("owner_answer", "hospital_id", "booking_id"),
        _same("owner_answer", "hospital_id", "booking_id", "booking"),
    )


def _create_queues() -> None:
    op.create_table(
        "queue_entry",
        _id("hospital_id"),
        _id("entry_id"),
        _id("session_id"),
        _id("booking_id", is_optional=True),
        _id("person_id"),
        _text("band", 16),
        _text("number", 16),
        _text("state", 16),
        _big("joined_ms"),
        _big("arrived_ms"),
        _flag("is_late", default=False),
        _flag("is_returning", default=False),
        _big("ended_ms", is_optional=True),
        _big("ver"),
        _key("queue_entry", "hospital_id", "entry_id"),
        _same("queue_entry", "hospital_id", "session_id", "session"),
    )
    op.create_index("ix_queue_entry_booking", "queue_entry", ["hospital_id", "booking_id"])
    op.create_index(
        "ix_queue_entry_hospital_id_session_id_state", "queue_entry", ["hospital_id", "session_id", "state"]
    )
    op.create_table(
        "call",
        _id("hospital_id"),
        _id("call_id"),
        _id("entry_id"),
        _text("kind", 16),
        _text("station", 64),
        _text("actor", 64),
        _big("at_ms"),
        _key("call", "hospital_id", "call_id"),
        _same("call", "hospital_id", "entry_id", "queue_entry"),
    )
    op.create_index("ix_call_hospital_id_entry_id_at_ms", "call", ["hospital_id", "entry_id", "at_ms"])


def _create_feedback() -> None:
    op.create_table(
        "rating",
        _id("hospital_id"),
        _id("booking_id"),
        _whole("stars"),
        _bytes("comment_sealed", is_optional=True),
        _text("moderation", 16),
        _text("channel", 32),
        _big("made_ms"),
        _key("rating", "hospital_id", "booking_id"),
        _same("rating", "hospital_id", "booking_id", "booking"),
        sa.CheckConstraint("stars between 1 and 5", name="ck_rating_stars"),
    )
    op.create_table(
        "complaint",
        _id("hospital_id"),
        _id("complaint_id"),
        _text("way", 16),
        _bytes("complainant_sealed", is_optional=True),
        _bytes("text_sealed"),
        _id("department_id", is_optional=True),
        _id("doctor_id", is_optional=True),
        _text("state", 16),
        _flag("is_upheld", default=False),
        _big("made_ms"),
        _big("due_ms"),
        _big("closed_ms", is_optional=True),
        _big("ver"),
        _key("complaint", "hospital_id", "complaint_id"),
    )
    op.create_index("ix_complaint_hospital_id_state_due_ms", "complaint", ["hospital_id", "state", "due_ms"])
    op.create_table(
        "help_call",
        _id("hospital_id"),
        _id("call_id"),
        _id("terminal_id"),
        _text("kind", 16),
        _text("owner", 64, is_optional=True),
        _big("made_ms"),
        _big("taken_ms", is_optional=True),
        _big("raised_ms", is_optional=True),
        _big("solved_ms", is_optional=True),
        _big("ver"),
        _key("help_call", "hospital_id", "call_id"),
    )
    op.create_index("ix_help_call_hospital_id_solved_ms_made_ms", "help_call", ["hospital_id", "solved_ms", "made_ms"])


def _create_channels() -> None:
    op.create_table(
        "channel_client",
        _id("group_id"),
        _id("client_id"),
        _text("channel", 32),
        _text("label", 64),
        _id("hospital_id", is_optional=True),
        _bytes("token_hash", 17),
        _json("rights"),
        _big("made_ms"),
        _big("expires_ms", is_optional=True),
        _big("revoked_ms", is_optional=True),
        _key("channel_client", "group_id", "client_id"),
        _only_one("channel_client", "group_id", "token_hash"),
    )
    op.create_index("ix_channel_client_token", "channel_client", ["token_hash"])
    op.create_table(
        "answer",
        _id("tenant_id"),
        _id("caller_id"),
        _text("idempotency_key", 64),
        _bytes("body_hash", 32),
        _whole("status"),
        _json("body"),
        _big("made_ms"),
        _key("answer", "tenant_id", "caller_id", "idempotency_key"),
    )
    op.create_index("ix_answer_tenant_id_made_ms", "answer", ["tenant_id", "made_ms"])
    op.create_table(
        "message",
        _id("hospital_id"),
        _id("message_id"),
        _id("person_id"),
        _id("booking_id", is_optional=True),
        _text("kind", 32),
        _text("state", 16),
        _json("facts"),
        _big("made_ms"),
        _big("due_ms"),
        _big("sent_ms", is_optional=True),
        _whole("attempts", default="0"),
        _text("fault", 64, is_optional=True),
        _key("message", "hospital_id", "message_id"),
    )
    op.create_index("ix_message_booking", "message", ["hospital_id", "booking_id"])
    op.create_index("ix_message_hospital_id_state_due_ms", "message", ["hospital_id", "state", "due_ms"])
