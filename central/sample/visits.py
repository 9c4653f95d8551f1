"""What the sample's departments have said of today's sessions.  # rule C4"""

from __future__ import annotations

import sqlalchemy as sa

from central.moment import Moment
from central.rosters.tables import sitting
from central.sample.plan import SamplePlan, instant_ms

_CONFIRMED_AT_HOUR = 8
_SILENT, _AWAY = "口腔科", "中医科"
"""Departments of the first hospital of which one has not said who sits, and the other that the afternoon does not."""


def load_sittings(connection: sa.Connection, plan: SamplePlan, moment: Moment) -> None:
    """By eight in the morning departments have said who really sits; before that nobody has."""
    said_ms = instant_ms(plan.today, _CONFIRMED_AT_HOUR)
    if moment.now_ms < said_ms:
        return
    said = [
        {
            "hospital_id": plan.hospital_ids[code],
            "session_id": it.session_id,
            "sits": not (it.department.name[0] == _AWAY and it.published.starts_ms >= instant_ms(plan.today, 14)),
            "confirmed_ms": said_ms,
            "confirmed_by": it.department.name[0],
            "opened_ms": it.published.starts_ms if it.published.starts_ms <= moment.now_ms else None,
            "as_of_ms": said_ms,
        }
        for code, sessions in plan.sessions.items()
        for it in sessions
        if it.day == plan.today and it.department.name[0] != _SILENT
    ]
    connection.execute(sitting.insert(), said)
