"""Hospitals with their catalogue; sessions and slots."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import (
    flag,
    instant,
    key,
    metadata,
    names,
    number,
    optional_document,
    reference,
    same_tenant,
    small,
    text,
)

hospital = sa.Table(
    "hospital",
    metadata,
    key("hospital_id"),
    reference("group_id"),
    text("code", 2),
    names("name"),
    text("time_zone", 64),
    optional_document("address"),
    text("phone", 32, is_optional=True),
    optional_document("introduction"),
    number("ver", default=1),
    sa.UniqueConstraint("group_id", "code"),
)
"""`address` and `introduction` are texts by language.  # rule C13"""

department = sa.Table(
    "department",
    metadata,
    key("hospital_id"),
    key("department_id"),
    names("name"),
    sa.Column("is_sensitive", sa.Boolean, nullable=False),
    small("position", default=0),
    text("mark", 16, is_optional=True),
    flag("is_bookable", default=True),
    text("pinyin", 64, is_optional=True),
    optional_document("introduction"),
    flag("is_retired", default=False),
    number("ver"),
)
"""`position` is the order in which the hospital shows its departments, `mark` is `key`, `speciality` or nothing,
`is_bookable` switches booking off without touching the roster.  # rule C12"""

doctor = sa.Table(
    "doctor",
    metadata,
    key("hospital_id"),
    key("doctor_id"),
    names("name"),
    names("title"),
    small("rank", default=1),
    optional_document("speciality"),
    text("pinyin", 64, is_optional=True),
    optional_document("introduction"),
    flag("is_bookable", default=True),
    flag("is_retired", default=False),
    number("ver"),
)
"""`rank` is a `booking.roster.plans.Rank`; `speciality` is a text by language.  # rules C12, C13, H1"""

department_doctor = sa.Table(
    "department_doctor",
    metadata,
    key("hospital_id"),
    key("department_id"),
    key("doctor_id"),
    same_tenant("hospital_id", "department_id", "department", "department_id"),
    same_tenant("hospital_id", "doctor_id", "doctor", "doctor_id"),
)
"""A doctor may sit in several departments.  # rule C4"""

expert_permission = sa.Table(
    "expert_permission",
    metadata,
    key("hospital_id"),
    key("doctor_id"),
    text("state", 16),
    instant("applied_ms"),
    reference("consented_by", is_optional=True),
    reference("checked_by", is_optional=True),
    instant("granted_ms", is_optional=True),
    instant("suspended_ms", is_optional=True),
    text("reason", 200, is_optional=True),
    flag("is_discipline_leader", default=False),
    flag("has_administrative_post", default=False),
    number("ver"),
    same_tenant("hospital_id", "doctor_id", "doctor", "doctor_id"),
)
"""`state` is `applied`, `granted`, `suspended`, `refused` or `ended`.  # rule C9"""

place = sa.Table(
    "place",
    metadata,
    key("hospital_id"),
    key("place_id"),
    names("building"),
    names("floor"),
    names("area"),
    names("room"),
    reference("area_id", is_optional=True),
    optional_document("directions"),
    flag("is_retired", default=False),
    number("ver"),
)
"""`area_id` names the waiting area: letters are unique in it on one day. Null: the place is an area of its own."""

session = sa.Table(
    "session",
    metadata,
    key("hospital_id"),
    key("session_id"),
    reference("department_id"),
    reference("doctor_id", is_optional=True),
    reference("place_id"),
    text("service_date", 10),
    instant("starts_ms"),
    instant("ends_ms"),
    text("letters", 8),
    sa.Column("capacity", sa.Integer, nullable=False),
    text("kind", 32),
    instant("published_ms", is_optional=True),
    reference("area_id", is_optional=True),
    reference("service_id", is_optional=True),
    small("fee_cents", default=0),
    flag("is_offered", default=True),
    flag("owner_confirms", default=False),
    instant("stopped_ms", is_optional=True),
    text("stop_reason", 32, is_optional=True),
    reference("substitute_doctor_id", is_optional=True),
    reference("moved_to_session_id", is_optional=True),
    reference("roster_id", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "service_date"),
    sa.Index("ix_session_department_day", "hospital_id", "department_id", "service_date"),
    sa.Index("ix_session_doctor_day", "hospital_id", "doctor_id", "service_date"),
    sa.Index("uq_session_letters", "hospital_id", "area_id", "service_date", "letters", unique=True),
    same_tenant("hospital_id", "department_id", "department", "department_id"),
    same_tenant("hospital_id", "doctor_id", "doctor", "doctor_id"),
    same_tenant("hospital_id", "place_id", "place", "place_id"),
)

slot = sa.Table(
    "slot",
    metadata,
    key("hospital_id"),
    key("session_id"),
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    instant("starts_ms"),
    instant("ends_ms"),
    text("state", 16),
    reference("lease_id", is_optional=True),
    reference("booking_id", is_optional=True),
    text("pool", 32, default="common"),
    text("home_pool", 32, default="common"),
    text("blocked_for", 16, is_optional=True),
    reference("hold_id", is_optional=True),
    number("ver"),
    sa.Index(
        "ix_slot_free",
        "hospital_id",
        "session_id",
        "pool",
        "no",
        sqlite_where=sa.text("state = 'free'"),
        postgresql_where=sa.text("state = 'free'"),
    ),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
    sa.CheckConstraint("state in ('free', 'held', 'leased', 'busy', 'blocked')", name="ck_slot_state"),
)
"""`pool` is where the place now belongs, `home_pool` where it was published (`pools.Pool` as `kind` or `kind:key`): the
quota law compares the second with `session_pool`. Each of the three holders goes with its state."""

session_pool = sa.Table(
    "session_pool",
    metadata,
    key("hospital_id"),
    key("session_id"),
    sa.Column("pool", sa.String(32), primary_key=True),
    small("capacity"),
    instant("opens_ms"),
    instant("returns_ms", is_optional=True),
    instant("opened_ms", is_optional=True),
    instant("returned_ms", is_optional=True),
    sa.Index("ix_session_pool_opens", "hospital_id", "opened_ms", "opens_ms"),
    sa.Index("ix_session_pool_returns", "hospital_id", "returned_ms", "returns_ms"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
)
"""A session's pools as published, and when each opened and gave back what it had not used.  # rules C5, C8"""

extra_place = sa.Table(
    "extra_place",
    metadata,
    key("hospital_id"),
    key("session_id"),
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    text("kind", 16),
    reference("booking_id"),
    text("allowed_by", 64),
    text("why", 200),
    instant("made_ms"),
    instant("ended_ms", is_optional=True),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
    sa.CheckConstraint("kind in ('overflow', 'add_on')", name="ck_extra_place_kind"),
)
"""Places above capacity; a number once given is never given again.  # rule C14"""

sitting = sa.Table(
    "sitting",
    metadata,
    key("hospital_id"),
    key("session_id"),
    sa.Column("sits", sa.Boolean, nullable=True),
    instant("confirmed_ms", is_optional=True),
    text("confirmed_by", 64, is_optional=True),
    instant("opened_ms", is_optional=True),
    instant("as_of_ms"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
)
"""What the department has said of a session on its day.  # rule C4"""

calendar_day = sa.Table(
    "calendar_day",
    metadata,
    key("hospital_id"),
    sa.Column("day", sa.String(10), primary_key=True),
    text("kind", 16),
    sa.Column("serves_as", sa.Integer, nullable=True),
    names("name"),
    number("ver"),
)
"""Public holidays (`holiday`) and make-up workdays (`make_up`, which serve as a weekday, 0 is Monday).  # rule C10"""
