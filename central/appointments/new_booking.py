"""Making a booking: the hot path. A place changes hands, a row is written, and what the rules say follows.

The statements are prepared; their number is what a booking costs. Gathering (`place_facts`), deciding
(`booking.decide`), drafting and storing (both here) are steps with plain values between them, so that bookings which
wait together share their statements (`central.appointments.together`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from booking.decide import Accepted
from booking.decide.effects import AskPhone, Await, EnterState, ForStaff, JoinQueue, Pool, TakePlace
from booking.numbers import queue_number
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.wire_booking import BookingView
from central.appointments.at_hand import Found
from central.appointments.effects import Doing, for_staff, messages_of
from central.appointments.entered import Subject, add_steps, change_of, step_row
from central.appointments.freed import TAKEN, settle_entry
from central.appointments.numbers import DrawnNumber, draw_number, number_columns
from central.appointments.place_facts import AtHand, Choice
from central.appointments.places import next_extra_no, sell_place
from central.appointments.scene import Scene
from central.appointments.tables import booking, hold
from central.checkins.tables import check_in
from central.notify.outbox import Outgoing, put_out
from central.queues.entering import Joining, join_queue
from central.rosters.tables import extra_place
from central.sync.bulk import write_changes
from central.tables.many import ManyRows
from central.tables.prepared import Values
from central.writer import Overtaken

_COLUMNS = tuple(
    it.name for it in booking.columns if it.name not in ("later_booking_id", "ended_ms", "ended_by", "end_reason")
)
_BOOKINGS = ManyRows(booking, _COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a booking says besides its place."""

    booking_id: UUID
    channel: Channel
    is_return_visit: bool = False
    need: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)
    recording_ref: str = ""
    guardian_id: UUID | None = None
    order_id: UUID | None = None
    earlier_booking_id: UUID | None = None
    is_paid: bool = False
    allowed_why: str = field(default="", repr=False)
    """Why staff add a place above capacity.  # rule C14"""
    number: str = field(default="", repr=False)
    """The twelve digits that are on paper already; empty: they are drawn."""
    made_ms: int | None = None
    """When it was made, if that was before now."""


@dataclass(frozen=True, slots=True)
class Made:
    """The new booking."""

    subject: Subject
    view: BookingView


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking that is ready to be stored: its place is its own, nothing else is written."""

    made: Made
    row: Values
    step: Values
    messages: Sequence[Outgoing]


def make_booking(
    scene: Scene, at: AtHand, accepted: Accepted, details: Details, doing: Doing, *, above: Choice | None = None
) -> Made:
    """Store what was accepted. `above` is the time of a place above capacity. Raises Overtaken."""
    return enter_booking(scene, at, accepted, details, doing, _take(scene, at, accepted, details, doing, above))


def enter_booking(
    scene: Scene, at: AtHand, accepted: Accepted, details: Details, doing: Doing, place: tuple[int, Choice]
) -> Made:
    """Store what was accepted for a place that is the booking's already."""
    drafted = draft(scene, at, accepted, details, doing, place)
    store(scene, [drafted])
    follow(scene, drafted.made.subject, accepted, doing)
    return drafted.made


def store(scene: Scene, drafts: Sequence[Draft]) -> None:
    """Write bookings of one hospital: their rows, their trails, their changes in the feed, what their patients are
    told.
    """
    _BOOKINGS.insert(scene.connection, [it.row for it in drafts])
    add_steps(scene.connection, [it.step for it in drafts])
    write_changes(scene.connection, scene.hospital_id, [change_of(it.made.subject) for it in drafts], scene.moment)
    put_out(scene.connection, scene.hospital_id, [one for it in drafts for one in it.messages], scene.moment)


def draft(
    scene: Scene, at: AtHand, accepted: Accepted, details: Details, doing: Doing, place: tuple[int, Choice]
) -> Draft:
    """All that is to be written of the booking with this number and place."""
    no, times = place
    person, session = at.person, at.session
    state = next(it.state for it in accepted.effects if isinstance(it, EnterState) and not it.is_earlier)
    number = _number(scene, details, person)
    is_here = state is BookingState.CHECKED_IN
    queue = queue_number(letters=session.letters, slot_no=no) if is_here else ""
    waits = [it.until_ms for it in accepted.effects if isinstance(it, Await)]
    values = {
        "hospital_id": scene.hospital_id,
        "booking_id": details.booking_id,
        "session_id": session.session_id,
        "slot_no": no,
        "service_date": session.service_date,
        "person_id": person.person_id,
        **number.columns,
        "state": state.value,
        "channel": details.channel.value,
        "is_return_visit": details.is_return_visit,
        "need_sealed": _sealed(scene, details.booking_id, "need_sealed", details.need),
        "made_ms": scene.now_ms if details.made_ms is None else details.made_ms,
        "queue_number": queue,
        "checked_in_ms": _arrived_ms(scene, doing) if is_here else 0,
        "policy_version": scene.policy.version,
        "assumed": [it.value for it in accepted.assumed] or None,
        "client_id": None if scene.asker.is_terminal else scene.asker.caller_id,
        "agent_sealed": _sealed(scene, details.booking_id, "agent_sealed", details.agent),
        "recording_ref": details.recording_ref or None,
        "guardian_id": details.guardian_id,
        "pool": times.pool,
        "is_referred": bool(person.is_referred),
        "is_paid": details.is_paid,
        "fee_cents": session.fee_cents,
        "await_until_ms": min(waits) if waits else None,
        "is_printed": is_here or bool(details.number),
        "order_id": details.order_id,
        "earlier_booking_id": details.earlier_booking_id,
        "ver": 1,
    }
    subject = Subject(
        booking_id=details.booking_id,
        person_id=person.person_id,
        session_id=session.session_id,
        slot_no=no,
        service_date=at.facts.place.service_date,
        state=state,
        ver=1,
        queue_number=queue,
        fee_cents=session.fee_cents,
        is_paid=details.is_paid,
    )
    asks_phone = any(isinstance(it, AskPhone) for it in accepted.effects)
    return Draft(
        Made(subject, _view(values, at, times, number.digits, asks_phone=asks_phone)),
        values,
        step_row(scene.asker, details.booking_id, (None, state), trace=doing.trace, moment=scene.moment),
        messages_of(subject, accepted.effects),
    )


def _take(
    scene: Scene, at: AtHand, accepted: Accepted, details: Details, doing: Doing, above: Choice | None
) -> tuple[int, Choice]:
    """The place is the booking's: its number, pool and times."""
    if any(it == TakePlace(Pool.ADD_ON) for it in accepted.effects):
        assert above is not None, "an added place has a time"
        no = next_extra_no(scene, at.session.session_id)
        scene.connection.execute(
            extra_place.insert().values(
                hospital_id=scene.hospital_id,
                session_id=at.session.session_id,
                no=no,
                kind="add_on",
                booking_id=details.booking_id,
                allowed_by=doing.trace.actor or scene.asker.actor,
                why=details.allowed_why,
                made_ms=scene.now_ms,
            )
        )
        return no, above
    choice = at.choice
    if choice is None:
        raise Overtaken  # the rules found one free, so it was
    if choice.hold_id is not None:
        _use_hold(scene, choice.hold_id)
    sell_place(scene, at.session.session_id, choice.no, details.booking_id, choice.hold_id)
    return choice.no, choice


def _use_hold(scene: Scene, hold_id: UUID) -> None:
    """What was kept is booked. The hold goes first, as where it lapses: two who want it wait in one line.

    Raises Overtaken.
    """
    used = scene.connection.execute(
        hold.update()
        .where(hold.c.hospital_id == scene.hospital_id, hold.c.hold_id == hold_id, hold.c.ended_ms.is_(None))
        .values(ended_ms=scene.now_ms)
    )
    if used.rowcount != 1:
        raise Overtaken
    settle_entry(scene, hold_id, TAKEN)


def follow(scene: Scene, subject: Subject, accepted: Accepted, doing: Doing) -> None:
    """Staff's work lists, and for a walk-in the queue."""
    for effect in accepted.effects:
        if isinstance(effect, ForStaff):
            for_staff(scene, subject, effect, doing)
        elif isinstance(effect, JoinQueue):
            scene.connection.execute(
                check_in.insert().values(
                    hospital_id=scene.hospital_id,
                    booking_id=subject.booking_id,
                    operation_id=subject.booking_id,
                    terminal_id=scene.asker.caller_id,
                    arrived_ms=_arrived_ms(scene, doing),
                    queue_number=subject.queue_number,
                    is_late=False,
                    recorded_ms=scene.now_ms,
                )
            )
            joining = Joining(
                session_id=subject.session_id,
                booking_id=subject.booking_id,
                person_id=subject.person_id,
                band=effect.band,
                number=subject.queue_number,
                arrived_ms=_arrived_ms(scene, doing),
            )
            join_queue(scene.connection, scene.hospital_id, joining, scene.moment)


def _number(scene: Scene, details: Details, person: Found) -> DrawnNumber:
    if not details.number:
        return draw_number(scene, details.booking_id, person)
    return DrawnNumber(details.number, number_columns(scene, details.booking_id, person, details.number))


def _arrived_ms(scene: Scene, doing: Doing) -> int:
    return scene.now_ms if doing.arrived_ms is None else doing.arrived_ms


def _sealed(scene: Scene, booking_id: UUID, column: str, value: str) -> bytes | None:
    return scene.keys.seal.seal(value, table="booking", column=column, row=booking_id) if value else None


def _view(values: dict[str, Any], at: AtHand, times: Choice, digits: str, *, asks_phone: bool) -> BookingView:
    told = {name: values[name] for name in _VIEWED}
    return BookingView(
        **told,
        number=digits,
        starts_ms=times.starts_ms,
        ends_ms=times.ends_ms,
        department_id=at.session.department_id,
        doctor_id=at.session.doctor_id,
        place_id=at.session.place_id,
        assumed=tuple(values["assumed"] or ()),
        asks_phone=asks_phone,
    )


_VIEWED = (
    "booking_id",
    "state",
    "person_id",
    "session_id",
    "slot_no",
    "service_date",
    "channel",
    "made_ms",
    "is_return_visit",
    "is_paid",
    "fee_cents",
    "queue_number",
    "checked_in_ms",
    "await_until_ms",
    "earlier_booking_id",
    "ver",
)
