"""Booking a place, on the five ways there are: booked, exempted from a limit, added above capacity, outside working
hours, and on the spot.  # rules C5-C8, C11, C14, D1-D4, G4
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from booking.decide import Accepted, Refused, decide
from booking.decide.commands import AddPlace, Book, BookOffHours, Exempt, WalkIn
from booking.decide.given import Acting
from booking.decide.places import place_is_free
from booking.facts import Known
from booking.roster.channels import Channel
from booking.wire_booking import AddPlaceForPatient, BookOutsideHours, BookPlace, PlaceWish
from central.appointments.at_hand import EXEMPTED, add_ons_of, exemptions_of, last_slot
from central.appointments.effects import Doing
from central.appointments.entered import Subject, Trace
from central.appointments.existing import subject_of, view
from central.appointments.held import kept_for
from central.appointments.new_booking import Details, Made, make_booking
from central.appointments.place_facts import AtHand, Choice, Wanted, at_hand, calendar_of, with_calendar
from central.appointments.scene import IdMeansAnother, Scene
from central.rosters.pools import COMMON_TEXT

ADDED = "add_on"
"""The reason of the step of a booking above capacity."""


def book(scene: Scene, ask: BookPlace) -> Made | Refused:
    """A place for this person.  # rule D4. Raises NoSuchThing, Overtaken."""
    at = at_hand(scene, wanted_by(scene, ask))
    return _made(scene, at, may_book(scene, at, ask), ask, doing_of(scene))


def may_book(scene: Scene, at: AtHand, ask: BookPlace) -> Accepted | Refused:
    """What the rules say to it."""
    command = Book(scene.asker.channel, notice_shown=ask.notice_shown)
    return decide(scene.policy, at.facts, command, scene.now_ms)


def doing_of(scene: Scene) -> Doing:
    """How a plain booking stands in trails."""
    return Doing(_trace(scene))


def exempt(scene: Scene, ask: AddPlaceForPatient) -> Made | Refused:
    """A place in spite of a limit, by staff with a reason.  # rule C14. Raises as `book`."""
    at = at_hand(scene, wanted_by(scene, ask))
    at = replace(at, facts=replace(at.facts, exemptions=exemptions_of(scene, ask.session_id)))
    command = Exempt(
        scene.asker.channel, has_right=scene.asker.is_staff, reason=ask.reason, notice_shown=ask.notice_shown
    )
    decision = decide(scene.policy, at.facts, command, scene.now_ms)
    doing = Doing(_trace(scene, reason=EXEMPTED), action="exempted from a limit")
    return _made(scene, at, decision, ask, doing)


def add_place(scene: Scene, ask: AddPlaceForPatient) -> Made | Refused:
    """A place above capacity, by staff with a reason (加号). Its time is that of the session's last place.

    # rule C14. Raises as `book`.
    """
    at = at_hand(scene, wanted_by(scene, ask))
    last = last_slot(scene, ask.session_id)
    starts_ms, ends_ms = (at.session.starts_ms, at.session.ends_ms) if last is None else (last.starts_ms, last.ends_ms)
    place = replace(at.facts.place, starts_ms=starts_ms, ends_ms=ends_ms)
    at = replace(at, facts=replace(at.facts, place=place, add_ons=add_ons_of(scene, ask.session_id)))
    command = AddPlace(scene.asker.channel, has_right=scene.asker.is_staff, reason=ask.reason)
    decision = decide(scene.policy, at.facts, command, scene.now_ms)
    doing = Doing(_trace(scene, reason=ADDED), action="place added")
    above = Choice(0, COMMON_TEXT, starts_ms, ends_ms)
    return _made(scene, at, decision, ask, doing, above=above)


def book_off_hours(scene: Scene, ask: BookOutsideHours) -> Made | Refused:
    """A service outside working hours; the slip names who will be there.  # rule C11. Raises as `book`."""
    at = at_hand(scene, wanted_by(scene, ask))
    at = replace(at, facts=with_calendar(at.facts, calendar_of(scene), scene.today))
    command = BookOffHours(
        scene.asker.channel,
        staff_name=ask.staff_name,
        staff_phone=ask.staff_phone,
        is_prevented=ask.is_prevented and scene.asker.is_staff,
    )
    decision = decide(scene.policy, at.facts, command, scene.now_ms)
    if isinstance(decision, Accepted):
        full = place_is_free(scene.policy, at.facts, command, scene.now_ms)
        if isinstance(full, Refused):
            return full
    named = replace(ask, agent=f"{ask.staff_name}\n{ask.staff_phone}")
    return _made(scene, at, decision, named, Doing(_trace(scene, reason="off_hours")))


def walk_in(scene: Scene, ask: BookPlace) -> Made | Refused:
    """One of today's places, on the spot: whoever has one is checked in.  # rule G4. Raises as `book`."""
    at = at_hand(scene, replace(wanted_by(scene, ask), walks_in=True))
    command = WalkIn(scene.asker.channel, notice_shown=ask.notice_shown)
    decision = decide(scene.policy, at.facts, command, scene.now_ms)
    return _made(scene, at, decision, ask, Doing(_trace(scene, reason="walk_in")))


def wanted_by(scene: Scene, ask: PlaceWish, channel: Channel | None = None) -> Wanted:
    """What a message asks for. A place that is kept for the person is found by its hold. Raises NoSuchThing."""
    slot_no, hold_id = ask.slot_no, ask.hold_id
    if hold_id is not None:
        slot_no = kept_for(scene, hold_id, ask.person_id, ask.session_id).slot_no
    return Wanted(
        person_id=ask.person_id,
        session_id=ask.session_id,
        channel=channel or scene.asker.channel,
        slot_no=slot_no,
        hold_id=hold_id,
        acting_id=ask.acting_id,
        order_id=ask.order_id,
        document=ask.document,
        is_follow_up=ask.is_follow_up and scene.asker.is_staff,
    )


def _made(
    scene: Scene,
    at: AtHand,
    decision: Accepted | Refused,
    ask: BookPlace,
    doing: Doing,
    *,
    above: Choice | None = None,
) -> Made | Refused:
    known = _booked_already(scene, at, ask.booking_id)
    if known is not None and _is_asked_again(known.subject, ask):
        return known
    if isinstance(decision, Refused):
        return decision
    if known is not None:
        raise IdMeansAnother
    return make_booking(scene, at, decision, details_of(scene, at, ask), doing, above=above)


def details_of(scene: Scene, at: AtHand, ask: BookPlace) -> Details:
    """What a message says besides its wish."""
    return Details(
        booking_id=ask.booking_id,
        channel=scene.asker.channel,
        is_return_visit=ask.is_return_visit,
        need=ask.need,
        agent=ask.agent,
        recording_ref=ask.recording_ref,
        guardian_id=_guardian(at, ask.acting_id),
        order_id=at.order_id,
        allowed_why=ask.reason if isinstance(ask, AddPlaceForPatient) else "",
    )


def _guardian(at: AtHand, acting_id: UUID | None) -> UUID | None:
    person = at.facts.person
    is_guardian = isinstance(person, Known) and person.value.acting is Acting.GUARDIAN
    return acting_id if is_guardian else None


def _booked_already(scene: Scene, at: AtHand, booking_id: UUID) -> Made | None:
    """The person's booking of this id. The caller names it for ever: asked for again, under whatever key, it is the
    same one; asked for another place, the rules say what stands in the way, and else the id is in use.
    """
    held = at.facts.bookings
    if not isinstance(held, Known) or all(it.number != str(booking_id) for it in held.value):
        return None
    subject = subject_of(scene, booking_id)
    assert subject is not None, "it was found among the person's bookings"
    return Made(subject, view(scene, booking_id))


def _is_asked_again(known: Subject, ask: BookPlace) -> bool:
    return known.session_id == ask.session_id and ask.slot_no in (None, known.slot_no)


def _trace(scene: Scene, *, reason: str | None = None) -> Trace:
    by = "hospital" if scene.asker.is_staff else "patient"
    return Trace(by=by, reason=reason)
