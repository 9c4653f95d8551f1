"""Giving positions to the changes of a feed, where writers commit out of order.  # sync C3

One sequencer leads a feed: the row of `feed_sequencer` says which, and its epoch fences off whoever led before. Each
numbering locks that row and looks at the feed afterwards, so that positions have no gap and no double whatever happens
to a leader, and no clock is part of that. Here one step is done; when steps are done is `central.sync.sequencer`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.sync.numbering_tables import feed_sequencer
from central.sync.tables import feed, feed_epoch

AT_ONCE = 1_000
"""Changes numbered in one step: the row is not held for long."""


class Fenced(Exception):
    """Somebody else leads this feed now."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The right to number a feed, until somebody takes a higher epoch."""

    tenant_id: UUID
    leader_id: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a feed stands. `epoch` 0: nobody has led it yet."""

    tenant_id: UUID
    head: int
    is_waiting: bool
    """Whether changes are committed that have no position."""
    leader_id: UUID | None
    epoch: int


def feeds(connection: sa.Connection, only: Iterable[UUID] | None = None) -> list[FeedState]:
    """How these feeds stand, or all."""
    of_tenant = feed.c.tenant_id == feed_epoch.c.tenant_id
    head = sa.select(sa.func.max(feed.c.pos)).where(of_tenant).scalar_subquery()
    is_waiting = sa.exists().where(of_tenant, feed.c.pos.is_(None))
    query = (
        sa.select(
            feed_epoch.c.tenant_id,
            sa.func.coalesce(head, 0).label("head"),
            is_waiting.label("is_waiting"),
            feed_sequencer.c.leader_id,
            sa.func.coalesce(feed_sequencer.c.epoch, 0).label("epoch"),
        )
        .select_from(feed_epoch.outerjoin(feed_sequencer, feed_sequencer.c.tenant_id == feed_epoch.c.tenant_id))
        .order_by(feed_epoch.c.tenant_id)
    )
    if only is not None:
        query = query.where(feed_epoch.c.tenant_id.in_(list(only)))
    return [
        FeedState(it.tenant_id, head=it.head, is_waiting=it.is_waiting, leader_id=it.leader_id, epoch=it.epoch)
        for it in connection.execute(query)
    ]


def take_lead(connection: sa.Connection, seen: FeedState, leader_id: UUID, *, now_ms: int) -> Lead:
    """Lead the feed from the next epoch on. Raises Fenced when somebody was quicker."""
    values = {"leader_id": leader_id, "epoch": seen.epoch + 1, "taken_ms": now_ms}
    if seen.epoch == 0:
        try:
            with connection.begin_nested():
                connection.execute(feed_sequencer.insert().values(tenant_id=seen.tenant_id, **values))
        except sa.exc.IntegrityError as error:
            raise Fenced from error
    else:
        taken = connection.execute(
            feed_sequencer.update()
            .where(feed_sequencer.c.tenant_id == seen.tenant_id, feed_sequencer.c.epoch == seen.epoch)
            .values(values)
        )
        if taken.rowcount != 1:
            raise Fenced
    return Lead(seen.tenant_id, leader_id, seen.epoch + 1)


def number_changes(connection: sa.Connection, lead: Lead) -> int:
    """Give the next positions to what is committed, in the order of the change ids; how many. Raises Fenced.

    The connection must see what was committed before each statement (READ COMMITTED).
    """
    held = connection.execute(sa.select(feed_sequencer.c.epoch).where(_is_held(lead)).with_for_update()).scalar()
    if held is None:
        raise Fenced
    head = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(feed.c.pos), 0)).where(feed.c.tenant_id == lead.tenant_id)
    ).scalar_one()
    without = (feed.c.tenant_id == lead.tenant_id, feed.c.pos.is_(None))
    place = sa.func.row_number().over(order_by=feed.c.change_id)
    next_ones = (
        sa.select(feed.c.change_id, (place + head).label("pos"))
        .where(*without)
        .order_by(feed.c.change_id)
        .limit(AT_ONCE)
        .subquery()
    )
    numbered = connection.execute(
        feed.update().where(*without, feed.c.change_id == next_ones.c.change_id).values(pos=next_ones.c.pos)
    )
    return numbered.rowcount


def resign(connection: sa.Connection, lead: Lead) -> None:
    """Leave the feed to whoever comes first."""
    connection.execute(feed_sequencer.update().where(_is_held(lead)).values(leader_id=None))


def _is_held(lead: Lead) -> sa.ColumnElement[bool]:
    return sa.and_(
        feed_sequencer.c.tenant_id == lead.tenant_id,
        feed_sequencer.c.leader_id == lead.leader_id,
        feed_sequencer.c.epoch == lead.epoch,
    )
