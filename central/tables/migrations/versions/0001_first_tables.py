"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_HOLDS_A_PLACE = sa.text(
    "state in ('pending', 'booked', 'confirmed', 'checked_in', 'called', 'in_consultation', 'visited', 'no_show')"
)

_TABLES_LAST_MADE_FIRST = (
    "check_in",
    "slot",
    "booking",
    "session",
    "credential",
    "terminal",
    "store_fact",
    "staff_task",
    "policy",
    "place",
    "person",
    "patient",
    "operation",
    "hospital",
    "feed_epoch",
    "feed",
    "enrolment_code",
    "doctor",
    "department",
    "audit",
)


def upgrade() -> None:
    _create_audit()
    _create_department()
    _create_doctor()
    _create_enrolment_code()
    _create_feed()
    _create_feed_epoch()
    _create_hospital()
    _create_operation()
    _create_patient()
    _create_person()
    _create_place()
    _create_policy()
    _create_staff_task()
    _create_store_fact()
    _create_terminal()
    _create_credential()
    _create_session()
    _create_booking()
    _create_slot()
    _create_check_in()
    op.execute("INSERT INTO store_fact (name, value) VALUES ('readable_from', '0001')")


def downgrade() -> None:
    for table in _TABLES_LAST_MADE_FIRST:
        op.drop_table(table)


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "audit_id", name="pk_audit"),
    )
    op.create_index("ix_audit_tenant_id_at_ms", "audit", ["tenant_id", "at_ms"])


def _create_department() -> None:
    op.create_table(
        "department",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "department_id", name="pk_department"),
    )


def _create_doctor() -> None:
    op.create_table(
        "doctor",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("doctor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "doctor_id", name="pk_doctor"),
    )


def _create_enrolment_code() -> None:
    op.create_table(
        "enrolment_code",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(17), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("hospital_id", "code_id", name="pk_enrolment_code"),
        sa.UniqueConstraint("hospital_id", "code_hash", name="uq_enrolment_code_hospital_id_code_hash"),
    )


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("pos", sa.BigInteger(), nullable=True),
        sa.Column("entity", sa.String(32), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("service_date", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "change_id", name="pk_feed"),
        sa.UniqueConstraint("tenant_id", "pos", name="uq_feed_tenant_id_pos"),
    )


def _create_feed_epoch() -> None:
    op.create_table(
        "feed_epoch",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_feed_epoch"),
    )


def _create_hospital() -> None:
    op.create_table(
        "hospital",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(2), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", name="pk_hospital"),
        sa.UniqueConstraint("group_id", "code", name="uq_hospital_group_id_code"),
    )


def _create_operation() -> None:
    op.create_table(
        "operation",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("subject_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("true_ms", sa.BigInteger(), nullable=False),
        sa.Column("device_wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("device_boot_id", sa.String(64), nullable=False),
        sa.Column("device_boot_ms", sa.BigInteger(), nullable=False),
        sa.Column("device_offset_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hospital_id", "operation_id", name="pk_operation"),
    )
    op.create_index("ix_operation_hospital_id_received_ms", "operation", ["hospital_id", "received_ms"])


def _create_patient() -> None:
    op.create_table(
        "patient",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_ver", sa.BigInteger(), nullable=False),
        sa.Column("masked_name", sa.String(64), nullable=False),
        sa.Column("sex", sa.String(16), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("credential_hashes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "person_id", name="pk_patient"),
    )


def _create_person() -> None:
    op.create_table(
        "person",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_hash", sa.LargeBinary(17), nullable=False),
        sa.Column("birth_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(17), nullable=True),
        sa.Column("masked_name", sa.String(64), nullable=False),
        sa.Column("sex", sa.String(16), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "person_id", name="pk_person"),
    )
    op.create_index("ix_person_group_id_name_hash", "person", ["group_id", "name_hash"])
    op.create_index("ix_person_group_id_phone_hash", "person", ["group_id", "phone_hash"])


def _create_place() -> None:
    op.create_table(
        "place",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("building", sa.JSON(), nullable=False),
        sa.Column("floor", sa.JSON(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("room", sa.JSON(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "place_id", name="pk_place"),
    )


def _create_policy() -> None:
    op.create_table(
        "policy",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "version", name="pk_policy"),
    )


def _create_staff_task() -> None:
    op.create_table(
        "staff_task",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=True),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("hospital_id", "task_id", name="pk_staff_task"),
    )
    op.create_index(
        "ix_staff_task_hospital_id_settled_ms_made_ms", "staff_task", ["hospital_id", "settled_ms", "made_ms"]
    )


def _create_store_fact() -> None:
    op.create_table(
        "store_fact",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_store_fact"),
    )


def _create_terminal() -> None:
    op.create_table(
        "terminal",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(64), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("boot_raised_ms", sa.BigInteger(), nullable=False),
        sa.Column("two_boots_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("health", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("hospital_id", "terminal_id", name="pk_terminal"),
    )
    op.create_index("ix_terminal_id", "terminal", ["terminal_id"])


def _create_credential() -> None:
    op.create_table(
        "credential",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(17), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "credential_id", name="pk_credential"),
        sa.ForeignKeyConstraint(
            ["group_id", "person_id"], ["person.group_id", "person.person_id"], name="fk_credential_group_id_person_id"
        ),
        sa.UniqueConstraint("group_id", "kind", "number_hash", name="uq_credential_group_id_kind_number_hash"),
    )
    op.create_index("ix_credential_group_id_number_hash", "credential", ["group_id", "number_hash"])
    op.create_index("ix_credential_group_id_person_id", "credential", ["group_id", "person_id"])


def _create_session() -> None:
    op.create_table(
        "session",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("doctor_id", sa.Uuid(), nullable=True),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("service_date", sa.String(10), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.String(8), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("published_ms", sa.BigInteger(), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "session_id", name="pk_session"),
        sa.ForeignKeyConstraint(
            ["hospital_id", "department_id"],
            ["department.hospital_id", "department.department_id"],
            name="fk_session_hospital_id_department_id",
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id", "doctor_id"],
            ["doctor.hospital_id", "doctor.doctor_id"],
            name="fk_session_hospital_id_doctor_id",
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id", "place_id"], ["place.hospital_id", "place.place_id"], name="fk_session_hospital_id_place_id"
        ),
    )
    op.create_index("ix_session_hospital_id_service_date", "session", ["hospital_id", "service_date"])


def _create_booking() -> None:
    op.create_table(
        "booking",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.String(10), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(17), nullable=False),
        sa.Column("number_last_four", sa.String(4), nullable=False),
        sa.Column("check_phone", sa.LargeBinary(2), nullable=True),
        sa.Column("check_birthday", sa.LargeBinary(2), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("is_return_visit", sa.Boolean(), nullable=False),
        sa.Column("need_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("queue_number", sa.String(16), nullable=False),
        sa.Column("checked_in_ms", sa.BigInteger(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "booking_id", name="pk_booking"),
        sa.ForeignKeyConstraint(
            ["hospital_id", "person_id"],
            ["patient.hospital_id", "patient.person_id"],
            name="fk_booking_hospital_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id", "session_id"],
            ["session.hospital_id", "session.session_id"],
            name="fk_booking_hospital_id_session_id",
        ),
        sa.UniqueConstraint("hospital_id", "number_hash", name="uq_booking_hospital_id_number_hash"),
    )
    op.create_index("ix_booking_hospital_id_person_id", "booking", ["hospital_id", "person_id"])
    op.create_index("ix_booking_hospital_id_service_date", "booking", ["hospital_id", "service_date"])
    op.create_index(
        "uq_booking_place",
        "booking",
        ["hospital_id", "session_id", "slot_no"],
        unique=True,
        sqlite_where=_HOLDS_A_PLACE,
        postgresql_where=_HOLDS_A_PLACE,
    )


def _create_slot() -> None:
    op.create_table(
        "slot",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("lease_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "session_id", "no", name="pk_slot"),
        sa.CheckConstraint("state in ('free', 'held', 'leased', 'busy', 'blocked')", name="ck_slot_state"),
        sa.ForeignKeyConstraint(
            ["hospital_id", "session_id"],
            ["session.hospital_id", "session.session_id"],
            name="fk_slot_hospital_id_session_id",
        ),
    )


def _create_check_in() -> None:
    op.create_table(
        "check_in",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Uuid(), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("queue_number", sa.String(16), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "booking_id", name="pk_check_in"),
        sa.ForeignKeyConstraint(
            ["hospital_id", "booking_id"],
            ["booking.hospital_id", "booking.booking_id"],
            name="fk_check_in_hospital_id_booking_id",
        ),
    )
