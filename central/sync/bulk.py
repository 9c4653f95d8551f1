"""Many changes at once: bookings made together, a roster that is published, a catalogue that is brought in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.sync.service import Change
from central.sync.tables import feed
from central.tables.database import commits_in_order
from central.tables.many import ManyRows
from central.tables.prepared import Prepared
from central.writer import touch

_HEAD = Prepared(
    sa.select(sa.func.coalesce(sa.func.max(feed.c.pos), 0).label("head")).where(
        feed.c.tenant_id == sa.bindparam("of_tenant")
    )
)
_CHANGES = ManyRows(feed, ("tenant_id", "change_id", "pos", "entity", "entity_id", "ver", "service_date"))


def write_changes(connection: sa.Connection, tenant_id: UUID, changes: Sequence[Change], moment: Moment) -> None:
    """Put all of them into the tenant's feed, in this order; otherwise as `central.sync.service.write_change`."""
    if not changes:
        return
    head: int | None = None
    if commits_in_order(connection):
        head = int(_HEAD.row(connection, {"of_tenant": tenant_id}).head)
    _CHANGES.insert(
        connection,
        [
            {
                "tenant_id": tenant_id,
                "change_id": moment.new_id(),
                "pos": None if head is None else head + at,
                "entity": change.kind.value,
                "entity_id": change.entity_id,
                "ver": change.ver,
                "service_date": change.service_date,
            }
            for at, change in enumerate(changes, start=1)
        ],
    )
    touch(connection, tenant_id)
