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
from central.tables.prepared import Prepared

AT_ONCE = 1_000
"""Changes numbered in one step: the row is not held for long."""


_OF_TENANT = feed.c.tenant_id == feed_epoch.c.tenant_id
_STATES = (
    sa.select(
        feed_epoch.c.tenant_id,
        sa.func.coalesce(sa.select(sa.func.max(feed.c.pos)).where(_OF_TENANT).scalar_subquery(), 0).label("head"),
        sa.exists().where(_OF_TENANT, feed.c.pos.is_(None)).label("is_waiting"),
        feed_sequencer.c.leader_id,
        sa.func.coalesce(feed_sequencer.c.epoch, 0).label("epoch"),
    )
    .select_from(feed_epoch.outerjoin(feed_sequencer, feed_sequencer.c.tenant_id == feed_epoch.c.tenant_id))
    .order_by(feed_epoch.c.tenant_id)
)
_ALL = Prepared(_STATES)
_ONE = Prepared(_STATES.where(feed_epoch.c.tenant_id == sa.bindparam("of_tenant")))
_HERE: sa.BindParameter[UUID] = sa.bindparam("tenant_id")
_HELD = Prepared(
    sa.select(feed_sequencer.c.epoch)
    .where(
        feed_sequencer.c.tenant_id == _HERE,
        feed_sequencer.c.leader_id == sa.bindparam("leader_id"),
        feed_sequencer.c.epoch == sa.bindparam("epoch"),
    )
    .with_for_update()
)
_HEAD = Prepared(sa.select(sa.func.coalesce(sa.func.max(feed.c.pos), 0).label("head")).where(feed.c.tenant_id == _HERE))
_WITHOUT = (feed.c.tenant_id == _HERE, feed.c.pos.is_(None))
_NEXT_ONES = (
    sa.select(
        feed.c.change_id,
        (sa.func.row_number().over(order_by=feed.c.change_id) + sa.bindparam("head", type_=sa.BigInteger)).label("pos"),
    )
    .where(*_WITHOUT)
    .order_by(feed.c.change_id)
    .limit(AT_ONCE)
    .subquery()
)
_NUMBER = Prepared(
    feed.update().where(*_WITHOUT, feed.c.change_id == _NEXT_ONES.c.change_id).values(pos=_NEXT_ONES.c.pos)
)


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
    if only is None:
        found = _ALL.rows(connection, {})
    else:
        found = [it for tenant_id in sorted(only) for it in _ONE.rows(connection, {"of_tenant": tenant_id})]
    return [
        FeedState(it.tenant_id, head=it.head, is_waiting=it.is_waiting, leader_id=it.leader_id, epoch=it.epoch)
        for it in found
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
    values = {"tenant_id": lead.tenant_id, "leader_id": lead.leader_id, "epoch": lead.epoch}
    if _HELD.row(connection, values) is None:
        raise Fenced
    head = _HEAD.row(connection, {"tenant_id": lead.tenant_id}).head
    return _NUMBER.run(connection, {"tenant_id": lead.tenant_id, "head": head})


def resign(connection: sa.Connection, lead: Lead) -> None:
    """Leave the feed to whoever comes first."""
    connection.execute(feed_sequencer.update().where(_is_held(lead)).values(leader_id=None))


def _is_held(lead: Lead) -> sa.ColumnElement[bool]:
    return sa.and_(
        feed_sequencer.c.tenant_id == lead.tenant_id,
        feed_sequencer.c.leader_id == lead.leader_id,
        feed_sequencer.c.epoch == lead.epoch,
    )
