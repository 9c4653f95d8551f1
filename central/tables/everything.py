"""The whole MetaData: naming every area's tables is what puts them into it."""

from __future__ import annotations

import sqlalchemy as sa

from central.appointments import tables as appointments
from central.catalogue import tables as catalogue
from central.channels import tables as channels
from central.checkins import tables as checkins
from central.credit import tables as credit
from central.feedback import tables as feedback
from central.leases import tables as leases
from central.notify import tables as notify
from central.orders import tables as orders
from central.people import tables as people
from central.policies import tables as policies
from central.queues import tables as queues
from central.rosters import tables as rosters
from central.staff import tables as staff
from central.sync import numbering_tables as numbering
from central.sync import tables as sync
from central.tables.base import metadata
from central.terminals import tables as terminals

AREAS = (
    appointments,
    catalogue,
    channels,
    checkins,
    credit,
    feedback,
    leases,
    notify,
    numbering,
    orders,
    people,
    policies,
    queues,
    rosters,
    staff,
    sync,
    terminals,
)


def whole_metadata() -> sa.MetaData:
    """All tables of the server."""
    return metadata
