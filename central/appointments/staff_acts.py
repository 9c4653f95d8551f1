"""What staff do for a patient with a booking: take a check-in back, ask for another time on medical grounds, send the
patient to another department.  # rules E5, G6, G9
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Refused, decide
from booking.decide.commands import MoveOnMedicalGrounds, Retriage, UndoCheckIn
from booking.wire_booking import StaffAct
from central.appointments.at_hand import session_row
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Subject, Trace, write_step
from central.appointments.existing import MEDICAL_MOVE, booking_now
from central.appointments.scene import NoSuchThing, Scene
from central.checkins.tables import check_in
from central.staff.service import Deed, write_audit


def undo_check_in(scene: Scene, booking_id: UUID, ask: StaffAct) -> Subject | Refused:
    """The patient was not here after all. Raises NoSuchThing, Overtaken."""
    now = booking_now(scene, booking_id)
    decision = decide(scene.policy, now.facts, UndoCheckIn(scene.asker.is_staff, ask.reason), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    scene.connection.execute(
        check_in.delete().where(check_in.c.hospital_id == scene.hospital_id, check_in.c.booking_id == booking_id)
    )
    columns = {"queue_number": "", "checked_in_ms": 0}
    trace = Trace(by="hospital", reason="check_in_undone", actor=ask.agent or None, columns=columns)
    after = carry_out(scene, now.subject, decision.effects, Doing(trace, action="check-in undone"))
    return replace(after, queue_number="")


def move_on_medical_grounds(scene: Scene, booking_id: UUID, ask: StaffAct) -> Subject | Refused:
    """The doctor wants another time: the patient keeps the place until another is taken, and loses nothing.

    # rule E5. Raises NoSuchThing, Overtaken.
    """
    now = booking_now(scene, booking_id)
    command = MoveOnMedicalGrounds(is_their_doctor=scene.asker.is_staff, reason=ask.reason)
    decision = decide(scene.policy, now.facts, command, scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    actor = ask.agent or None
    state = now.subject.state
    write_step(scene, booking_id, (state, state), Trace(by="doctor", reason=MEDICAL_MOVE, actor=actor))
    deed = Deed(actor or scene.asker.actor, "asked to move on medical grounds", "booking", booking_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    return carry_out(scene, now.subject, decision.effects, Doing(Trace(by="doctor", actor=actor)))


def retriage(scene: Scene, booking_id: UUID, ask: StaffAct) -> Subject | Refused:
    """The patient waits for another session, with the time of the first check-in.  # rule G6

    Raises NoSuchThing, Overtaken.
    """
    now = booking_now(scene, booking_id)
    if ask.to_session_id is None:
        raise NoSuchThing
    target = session_row(scene, ask.to_session_id)
    command = Retriage(to_department=str(target.department_id), has_right=scene.asker.is_staff)
    decision = decide(scene.policy, now.facts, command, scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    trace = Trace(by="hospital", reason="retriaged", actor=ask.agent or None)
    doing = Doing(
        trace, action="retriaged", target_session_id=ask.to_session_id, arrived_ms=_arrived_ms(scene, booking_id)
    )
    state = now.subject.state
    write_step(scene, booking_id, (state, state), trace)
    return carry_out(scene, now.subject, decision.effects, doing)


def _arrived_ms(scene: Scene, booking_id: UUID) -> int | None:
    query = sa.select(check_in.c.arrived_ms).where(
        check_in.c.hospital_id == scene.hospital_id, check_in.c.booking_id == booking_id
    )
    arrived: int | None = scene.connection.execute(query).scalar_one_or_none()
    return arrived
