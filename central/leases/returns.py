"""A terminal gives lent places back. It has that on its disk before it tells it, and sells none of them ever after: a
fact, which is never refused. Telling it again changes nothing.  # sync C4
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.wire import EventResult, Verdict
from booking.wire_acts import ReturnPlacesAct
from central.appointments.scene import Scene, scene_at
from central.keys import Keys
from central.leases.ending import end_place, states_of
from central.leases.places import PlaceState, lock_lease, settle_if_done
from central.leases.stock import terminal_asker
from central.moment import Moment
from central.staff.service import Task, open_task
from central.terminals.caller import Caller

CONFLICT = "return_conflict"
UNKNOWN_LEASE = "unknown_lease"
_OTHER_TERMINAL = "other_terminals_lease"
_SOLD = "given_back_and_sold"
_NEVER_LENT = "never_lent"


def return_places(
    connection: sa.Connection, act: ReturnPlacesAct, caller: Caller, *, keys: Keys, moment: Moment
) -> EventResult:
    """What becomes of it. Places that are given back already, or were released, stay as they are. Raises Overtaken.

    A lease that this store does not know is none that it could lend twice: nothing is to be done.
    """
    of = lock_lease(connection, caller.hospital_id, act.lease_id)
    if of is None:
        return EventResult(operation_id=act.operation_id, verdict=Verdict.APPLIED, reason=UNKNOWN_LEASE)
    if of.terminal_id != caller.terminal_id:
        return _conflict(connection, act, caller, _OTHER_TERMINAL, nos=list(act.slot_nos), moment=moment)
    scene = scene_at(connection, terminal_asker(caller), keys, moment)
    found = states_of(scene, act.lease_id)
    for no in sorted(set(act.slot_nos)):
        if found.get(no) is PlaceState.LENT:
            end_place(scene, act.lease_id, of.session_id, no=no, state=PlaceState.RETURNED)
    settle_if_done(connection, caller.hospital_id, act.lease_id, moment)
    return _result(scene, act, caller, found)


def _result(scene: Scene, act: ReturnPlacesAct, caller: Caller, found: dict[int, PlaceState]) -> EventResult:
    """A terminal that gives back what it has sold, or never had, is at fault: staff should know."""
    sold = [no for no in act.slot_nos if found.get(no) is PlaceState.SOLD]
    strange = [no for no in act.slot_nos if no not in found]
    if sold or strange:
        reason = _SOLD if sold else _NEVER_LENT
        return _conflict(scene.connection, act, caller, reason, nos=sold or strange, moment=scene.moment)
    return EventResult(operation_id=act.operation_id, verdict=Verdict.APPLIED)


def _conflict(
    connection: sa.Connection, act: ReturnPlacesAct, caller: Caller, reason: str, *, nos: list[int], moment: Moment
) -> EventResult:
    task = Task(
        kind=CONFLICT,
        reason=reason,
        terminal_id=caller.terminal_id,
        operation_id=act.operation_id,
        facts={"lease_id": str(act.lease_id), "slot_nos": " ".join(map(str, sorted(set(nos))))},
    )
    task_id: UUID = open_task(connection, caller.hospital_id, task, moment)
    return EventResult(operation_id=act.operation_id, verdict=Verdict.CONFLICT, reason=reason, task_id=task_id)
