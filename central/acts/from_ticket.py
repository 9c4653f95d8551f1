"""A booking made from the signed ticket that its patient showed, before its sale was heard of: the ticket is the proof.

Whose it is, the ticket does not say: a stand-in has it until the sale comes, or staff ask the patient.  # sync C5
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted
from booking.decide.effects import EnterState, GiveNumber, Pool, TakePlace
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.signed_ticket import TicketPlace
from booking.wire import CheckInAct, EventResult
from central.acts.answering import Hearing, conflict
from central.acts.booked_already import FROM_TICKET, PLACE_TAKEN
from central.acts.operations import Told
from central.acts.scenes import two_times
from central.acts.taking import Taken, take
from central.appointments.effects import Doing
from central.appointments.entered import Trace
from central.appointments.new_booking import Details, enter_booking
from central.appointments.place_facts import Wanted, at_hand
from central.leases.places import LentKey, NotLent, WhyNotLent, lent_place
from central.moment import Moment
from central.people.tables import patient
from central.staff.service import Task, open_task


def make_from_ticket(
    connection: sa.Connection, told: Told[CheckInAct], place: TicketPlace | None, hearing: Hearing
) -> Taken | None:
    """The booking, on its lent place or else beyond capacity; None where the ticket is not of a place that was lent:
    then staff must find out. Raises Overtaken.
    """
    key = _lent_to(connection, hearing.hospital_id, place)
    if place is None or key is None:
        return None
    booking_id = told.act.booking_id
    _stand_in(connection, hearing.hospital_id, booking_id)
    times = two_times(connection, told, hearing, told.act.policy_version)
    wanted = Wanted(person_id=booking_id, session_id=place.session_id, channel=Channel.KIOSK, slot_no=place.slot_no)
    at = at_hand(times.then, wanted)
    taken = take(times.now, key, booking_id)
    details = Details(booking_id=booking_id, channel=Channel.KIOSK, made_ms=min(place.issued_ms, told.true_ms))
    accepted = Accepted(effects=(TakePlace(Pool.CHANNEL), GiveNumber(), EnterState(BookingState.BOOKED)))
    doing = Doing(Trace(reason=FROM_TICKET, operation_id=told.act.operation_id))
    enter_booking(times.now, at, accepted, details, doing, (taken.no, taken.times))
    return taken


def _lent_to(connection: sa.Connection, hospital_id: UUID, place: TicketPlace | None) -> LentKey | None:
    """The place as its lease has it, whatever became of it since."""
    if place is None or place.lease_id is None:
        return None
    key = LentKey(lease_id=place.lease_id, session_id=place.session_id, no=place.slot_no)
    found = lent_place(connection, hospital_id, key)
    never = (WhyNotLent.NO_SUCH_LEASE, WhyNotLent.NOT_IN_LEASE)
    return None if isinstance(found, NotLent) and found.why in never else key


def ask_whose(
    connection: sa.Connection,
    told: Told[CheckInAct],
    taken: Taken,
    result: EventResult,
    *,
    facts: dict[str, str],
    moment: Moment,
) -> EventResult:
    """The patient is here: the desk asks who they are, unless the sale comes first."""
    booking_id = told.act.booking_id
    task = Task(
        kind=f"check_in_{FROM_TICKET}",
        reason=FROM_TICKET,
        terminal_id=told.caller.terminal_id,
        operation_id=told.act.operation_id,
        booking_id=booking_id,
        facts=facts,
    )
    task_id = open_task(connection, told.caller.hospital_id, task, moment)
    if taken.is_overflow:
        more = facts | {"given_no": str(taken.no)}
        return conflict(connection, told, PLACE_TAKEN, moment, booking_id=booking_id, facts=more)
    return replace(result, reason=result.reason or FROM_TICKET, task_id=result.task_id or task_id)


def _stand_in(connection: sa.Connection, hospital_id: UUID, booking_id: UUID) -> None:
    """Somebody of whom nothing is known, under the booking's own id."""
    connection.execute(
        patient.insert().values(
            hospital_id=hospital_id,
            person_id=booking_id,
            person_ver=0,
            masked_name="*",
            sex="unknown",
            birth_year=0,
            credential_hashes=[],
            is_verified=False,
            is_reachable=False,
        )
    )
