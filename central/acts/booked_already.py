"""A sale of a booking that is here already: made on line though the answer was lost, or from a ticket that was shown.

The place that is on the patient's paper stands.  # sync C5
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from booking.decide.effects import Message
from booking.roster import BookingState
from booking.wire import EventResult
from central.acts.answering import applied, conflict, duplicate, flagged, tell_patient
from central.acts.doubles import TWICE, settle_doubles
from central.acts.operations import Act, Told
from central.acts.sale import NUMBER_IN_USE, Sale, gather
from central.acts.scenes import TwoTimes
from central.acts.taking import Taken, is_lent, lent_key, number_of, take
from central.appointments.entered import Subject, tell_terminals
from central.appointments.freed import free_place
from central.appointments.numbers import number_columns
from central.appointments.tables import booking
from central.people.followed import move_to_kept
from central.staff.service import settle_tasks
from central.writer import Overtaken

PLACE_TAKEN, ID_IN_USE, IS_OVER = "place_taken", "booking_id_in_use", "booking_is_over"
FROM_TICKET = "made_from_ticket"
_STANDS = (BookingState.PENDING, BookingState.BOOKED, BookingState.CONFIRMED)


def is_stand_in(booking_id: UUID, person_id: UUID) -> bool:
    """Whether nobody knows yet whose booking it is: it was made from a ticket."""
    return booking_id == person_id


def told_again(times: TwoTimes, told: Told[Act], sale: Sale, known: Subject) -> EventResult:
    """What becomes of a sale whose booking is known. Raises Overtaken."""
    scene = times.now
    if is_stand_in(known.booking_id, known.person_id):
        return _complete(times, told, sale, known)
    if known.person_id != sale.person_id:
        return conflict(scene.connection, told, ID_IN_USE, scene.moment, booking_id=known.booking_id)
    if (known.session_id, known.slot_no) == (sale.place.session_id, sale.place.slot_no):
        return duplicate(told)
    if known.state not in _STANDS:
        if is_lent(scene, lent_key(sale.place)):
            _pass_through(times, sale, known)
        return conflict(scene.connection, told, IS_OVER, scene.moment, booking_id=known.booking_id)
    return _to_its_place(times, told, sale, known)


def _complete(times: TwoTimes, told: Told[Act], sale: Sale, known: Subject) -> EventResult:
    """Whose booking it is comes after it was made from the ticket; the place was taken then."""
    scene = times.now
    at = gather(times, sale)
    digits = number_of(scene, sale.place, sale.booking_id).digits
    columns = number_columns(scene, sale.booking_id, at.person, digits) if digits else {}
    move_to_kept(scene.connection, scene.hospital_id, known.person_id, sale.person_id, scene.moment)
    _change(
        times,
        known,
        {
            **columns,
            "person_id": sale.person_id,
            "made_ms": told.true_ms,
            "is_return_visit": sale.is_return_visit,
            "policy_version": scene.policy.version,
            "order_id": at.order_id,
        },
    )
    settle_tasks(scene.connection, scene.hospital_id, sale.booking_id, f"check_in_{FROM_TICKET}", scene.moment)
    settle_doubles(scene, sale.person_id, known.session_id)
    return duplicate(told)


def _to_its_place(times: TwoTimes, told: Told[Act], sale: Sale, known: Subject) -> EventResult:
    """The server had given it another place, and the answer was lost: the one on the ticket stands."""
    scene = times.now
    at = gather(times, sale)
    taken = take(scene, lent_key(sale.place), sale.booking_id)
    free_place(scene, known, None)
    digits = number_of(scene, sale.place, sale.booking_id).digits
    columns = number_columns(scene, sale.booking_id, at.person, digits) if digits else {}
    _change(
        times,
        known,
        {
            **columns,
            "session_id": sale.place.session_id,
            "slot_no": taken.no,
            "service_date": at.session.service_date,
            "pool": taken.times.pool,
            "fee_cents": at.session.fee_cents,
            "made_ms": told.true_ms,
            "is_printed": True,
        },
    )
    if taken.is_overflow:
        return _gone(times, told, known, taken)
    twice = settle_doubles(scene, sale.person_id, sale.place.session_id)
    if twice.cancelled or twice.restored:
        return conflict(scene.connection, told, TWICE, scene.moment, booking_id=known.booking_id)
    flag = "" if digits else NUMBER_IN_USE
    return flagged(scene.connection, told, flag, scene.moment, booking_id=known.booking_id) if flag else applied(told)


def _gone(times: TwoTimes, told: Told[Act], known: Subject, taken: Taken) -> EventResult:
    scene = times.now
    facts = {"slot_no": str(taken.no)}
    tell_patient(
        scene.connection,
        scene.hospital_id,
        known.person_id,
        Message.OTHER_PLACE,
        scene.moment,
        booking_id=known.booking_id,
        facts=facts,
    )
    return conflict(scene.connection, told, PLACE_TAKEN, scene.moment, booking_id=known.booking_id, facts=facts)


def _pass_through(times: TwoTimes, sale: Sale, known: Subject) -> None:
    """The terminal has sold the place and will not sell it again, and its booking is over: the place is everybody's."""
    taken = take(times.now, lent_key(sale.place), known.booking_id)
    there = replace(known, session_id=sale.place.session_id, slot_no=taken.no)
    free_place(times.now, there, None)


def _change(times: TwoTimes, known: Subject, values: dict[str, Any]) -> None:
    scene = times.now
    changed = scene.connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.booking_id == known.booking_id,
            booking.c.ver == known.ver,
        )
        .values(**values, ver=known.ver + 1)
    )
    if changed.rowcount != 1:
        raise Overtaken
    day = date.fromisoformat(values["service_date"]) if "service_date" in values else known.service_date
    tell_terminals(scene, replace(known, ver=known.ver + 1, service_date=day))
