"""What staff see of leases: what is lent to whom, and what a forced release would risk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from central.keys import ColumnSeal
from central.leases.places import LeaseState, PlaceState
from central.leases.release import open_reason
from central.leases.tables import lease, lease_place
from central.rosters.tables import session
from central.terminals.tables import terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """One lease. Nothing in it is personal."""

    lease_id: UUID
    terminal_id: UUID
    terminal_label: str
    terminal_seen_ms: int | None
    """When the terminal was last heard: what it sold since nobody knows."""
    terminal_revoked_ms: int | None
    """A terminal that was shut out gives nothing back: its places wait for a forced release."""
    session_id: UUID
    service_date: str
    session_starts_ms: int
    session_ends_ms: int
    is_for_walk_ins: bool
    state: str
    lent: int
    """Places that are neither sold nor given back, as far as the server knows."""
    sold: int
    returned: int
    released: int
    granted_ms: int
    last_sale_ms: int
    is_unsold: bool
    """The session is over and places are still lent: they stay so until the terminal says what became of them."""
    release_asked_ms: int | None
    release_asked_by: str | None
    release_reason: str = field(repr=False)
    """Free words of staff: only staff see them."""
    released_ms: int | None
    released_by: str | None


@dataclass(frozen=True, slots=True)
class LeaseViews:
    """Some of them, the oldest first; `next` is where to go on, None at the end."""

    leases: tuple[LeaseView, ...]
    next: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFilter:
    """Which of them."""

    is_lent: bool | None = None
    is_unsold: bool | None = None
    terminal_id: UUID | None = None
    after: UUID | None = None
    limit: int = 200


def lease_views(
    connection: sa.Connection, hospital_id: UUID, wanted: LeaseFilter, *, seal: ColumnSeal, now_ms: int
) -> LeaseViews:
    """A page of the hospital's leases."""
    query = _views(hospital_id)
    is_lent = lease.c.state == LeaseState.ACTIVE.value
    is_unsold = sa.and_(is_lent, session.c.ends_ms < now_ms)
    for said, condition in ((wanted.is_lent, is_lent), (wanted.is_unsold, is_unsold)):
        if said is not None:
            query = query.where(condition if said else ~condition)
    if wanted.terminal_id is not None:
        query = query.where(lease.c.terminal_id == wanted.terminal_id)
    if wanted.after is not None:
        query = query.where(lease.c.lease_id > wanted.after)
    rows = connection.execute(query.order_by(lease.c.lease_id).limit(wanted.limit + 1)).all()
    page = tuple(_view(it, seal, now_ms) for it in rows[: wanted.limit])
    return LeaseViews(page, page[-1].lease_id if len(rows) > wanted.limit else None)


def lease_view(
    connection: sa.Connection, hospital_id: UUID, lease_id: UUID, *, seal: ColumnSeal, now_ms: int
) -> LeaseView | None:
    """One; None where there is none."""
    row = connection.execute(_views(hospital_id).where(lease.c.lease_id == lease_id)).one_or_none()
    return None if row is None else _view(row, seal, now_ms)


def _views(hospital_id: UUID) -> sa.Select[Any]:
    def count(state: PlaceState) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .where(
                lease_place.c.hospital_id == lease.c.hospital_id,
                lease_place.c.lease_id == lease.c.lease_id,
                lease_place.c.state == state.value,
            )
            .correlate(lease)
            .scalar_subquery()
        )

    return (
        sa.select(
            lease,
            terminal.c.label,
            terminal.c.seen_ms,
            terminal.c.revoked_ms,
            session.c.service_date,
            session.c.starts_ms,
            session.c.ends_ms,
            *(count(state).label(f"places_{state.value}") for state in PlaceState),
        )
        .join(
            session,
            sa.and_(session.c.hospital_id == lease.c.hospital_id, session.c.session_id == lease.c.session_id),
        )
        .join(
            terminal,
            sa.and_(terminal.c.hospital_id == lease.c.hospital_id, terminal.c.terminal_id == lease.c.terminal_id),
        )
        .where(lease.c.hospital_id == hospital_id)
    )


def _view(it: Any, seal: ColumnSeal, now_ms: int) -> LeaseView:  # noqa: ANN401 - a row of `_views`
    return LeaseView(
        lease_id=it.lease_id,
        terminal_id=it.terminal_id,
        terminal_label=it.label,
        terminal_seen_ms=it.seen_ms,
        terminal_revoked_ms=it.revoked_ms,
        session_id=it.session_id,
        service_date=it.service_date,
        session_starts_ms=it.starts_ms,
        session_ends_ms=it.ends_ms,
        is_for_walk_ins=it.is_for_walk_ins,
        state=it.state,
        lent=it.places_lent,
        sold=it.places_sold,
        returned=it.places_returned,
        released=it.places_released,
        granted_ms=it.granted_ms,
        last_sale_ms=it.last_sale_ms,
        is_unsold=it.places_lent > 0 and it.ends_ms < now_ms,
        release_asked_ms=it.release_asked_ms,
        release_asked_by=it.release_asked_by,
        release_reason=open_reason(seal, it.lease_id, it.release_reason_sealed),
        released_ms=it.released_ms,
        released_by=it.released_by,
    )
