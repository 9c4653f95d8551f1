"""How places leave a lease unsold: their terminal gives them back, or two of the staff release them.  # sync C4"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.appointments.freed import free_lent_place
from central.appointments.scene import Scene
from central.leases.places import PlaceState
from central.leases.tables import lease_place
from central.writer import Overtaken


def states_of(scene: Scene, lease_id: UUID) -> dict[int, PlaceState]:
    """What became of each place that the lease ever had."""
    rows = scene.connection.execute(
        sa.select(lease_place.c.no, lease_place.c.state)
        .where(lease_place.c.hospital_id == scene.hospital_id, lease_place.c.lease_id == lease_id)
        .order_by(lease_place.c.no)
    )
    return {it.no: PlaceState(it.state) for it in rows}


def end_place(scene: Scene, lease_id: UUID, session_id: UUID, *, no: int, state: PlaceState) -> None:
    """The lent place goes where a freed place goes, and the lease remembers that it had it. Raises Overtaken."""
    noted = scene.connection.execute(
        lease_place.update()
        .where(
            lease_place.c.hospital_id == scene.hospital_id,
            lease_place.c.lease_id == lease_id,
            lease_place.c.no == no,
            lease_place.c.state == PlaceState.LENT.value,
        )
        .values(state=state.value, changed_ms=scene.now_ms)
    )
    if noted.rowcount != 1:
        raise Overtaken
    free_lent_place(scene, session_id, no, lease_id)
