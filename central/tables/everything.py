"""The whole MetaData: naming every area's tables is what puts them into it."""

from __future__ import annotations

import sqlalchemy as sa

from central.appointments import tables as appointments
from central.checkins import tables as checkins
from central.people import tables as people
from central.policies import tables as policies
from central.rosters import tables as rosters
from central.staff import tables as staff
from central.sync import tables as sync
from central.tables.base import metadata
from central.terminals import tables as terminals

AREAS = (appointments, checkins, people, policies, rosters, staff, sync, terminals)


def whole_metadata() -> sa.MetaData:
    """All tables of the server."""
    return metadata
