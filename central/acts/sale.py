"""Storing what a terminal sold from a lease, whatever the rules would have said, and finding out what they would have.

# rules D4, F4, G4; sync C5
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from booking.decide import Accepted, Reason, Refused, decide
from booking.decide.book import effects_of
from booking.decide.commands import Book, WalkIn
from booking.decide.effects import Band, EnterState, GiveNumber, JoinQueue, Pool, TakePlace
from booking.decide.given import Acting, Free, PlaceFacts
from booking.decide.places import band_for
from booking.facts import Known
from booking.numbers import queue_number
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.wire_acts import LentPlaceTaken
from central.acts.scenes import TwoTimes, assumptions_of, document_of
from central.acts.taking import Taken, lent_key, number_of, take
from central.appointments.effects import Doing
from central.appointments.entered import Subject, Trace
from central.appointments.new_booking import Details, enter_booking
from central.appointments.place_facts import AtHand, Wanted, at_hand
from central.appointments.scene import NoSuchThing
from central.people.followed import known_person

NUMBER_IN_USE, OTHER_NUMBER = "number_in_use", "other_number_printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A sale from a lease, by itself or instead of another booking. `person_id` is as the hospital knows the person."""

    booking_id: UUID
    operation_id: UUID
    person_id: UUID
    place: LentPlaceTaken
    is_walk_in: bool = False
    queue_number: str = ""
    document: str = ""
    notice_shown: bool = False
    is_return_visit: bool = False
    acting_id: UUID | None = None
    order_id: UUID | None = None
    assumed: tuple[str, ...] = ()
    earlier_booking_id: UUID | None = None
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """What became of a sale: the booking, where it is, and what staff should look at."""

    subject: Subject
    taken: Taken
    objection: Reason | None
    """Why the rules would have refused it."""
    flag: str = ""
    """What else is not as it should be."""


def gather(times: TwoTimes, sale: Sale) -> AtHand:
    """The facts as they were when it was sold; the lent place was free for the terminal. Raises NoSuchThing."""
    wanted = Wanted(
        person_id=sale.person_id,
        session_id=sale.place.session_id,
        channel=Channel.KIOSK,
        slot_no=sale.place.slot_no,
        acting_id=_acting(times, sale),
        order_id=sale.order_id,
        document=document_of(sale.document),
        walks_in=sale.is_walk_in,
    )
    try:
        at = at_hand(times.then, wanted)
    except NoSuchThing:
        if sale.order_id is None:
            raise
        at = at_hand(times.then, replace(wanted, order_id=None))
    place = replace(at.facts.place, owner_confirms=False)  # a lease is the owner's confirmation  # rule D4
    facts = replace(at.facts, place=place, free=Known(Free(in_channel=1, in_pool=1)), turn=Known(value=True))
    return replace(at, facts=facts)


def sell(times: TwoTimes, sale: Sale, true_ms: int) -> Sold:
    """The booking is made. Raises NoSuchThing, Overtaken."""
    at = gather(times, sale)
    objection = _objection(times, at.facts, sale, true_ms)
    number = number_of(times.now, sale.place, sale.booking_id)
    taken = take(times.now, lent_key(sale.place), sale.booking_id)
    details = Details(
        booking_id=sale.booking_id,
        channel=Channel.KIOSK,
        is_return_visit=sale.is_return_visit,
        guardian_id=_guardian(at, _acting(times, sale)),
        order_id=at.order_id,
        earlier_booking_id=sale.earlier_booking_id,
        is_paid=sale.is_paid,
        number=number.digits,
        made_ms=true_ms,
    )
    reason = "walk_in" if sale.is_walk_in else "sold_off_line"
    doing = Doing(Trace(reason=reason, operation_id=sale.operation_id), arrived_ms=true_ms)
    accepted = replace(_as_sold(times, at.facts, sale), assumed=assumptions_of(sale.assumed) if objection else ())
    made = enter_booking(times.now, at, accepted, details, doing, (taken.no, taken.times))
    return Sold(made.subject, taken, objection, _flag(at, sale, number.digits))


def _acting(times: TwoTimes, sale: Sale) -> UUID | None:
    if sale.acting_id is None:
        return None
    return known_person(times.now.connection, times.now.hospital_id, sale.acting_id) or sale.acting_id


def _guardian(at: AtHand, acting_id: UUID | None) -> UUID | None:
    person = at.facts.person
    return acting_id if isinstance(person, Known) and person.value.acting is Acting.GUARDIAN else None


def _objection(times: TwoTimes, facts: PlaceFacts, sale: Sale, true_ms: int) -> Reason | None:
    """What the rules say, with all facts."""
    command = (WalkIn if sale.is_walk_in else Book)(Channel.KIOSK, notice_shown=sale.notice_shown)
    own = tuple(str(it) for it in (sale.booking_id, sale.earlier_booking_id) if it is not None)
    if isinstance(facts.bookings, Known):
        facts = replace(facts, bookings=Known(tuple(it for it in facts.bookings.value if it.number not in own)))
    decision = decide(times.then.policy, facts, command, true_ms)
    return decision.reason if isinstance(decision, Refused) else None


def _as_sold(times: TwoTimes, facts: PlaceFacts, sale: Sale) -> Accepted:
    """What follows from it, as though the rules had agreed."""
    policy = times.now.policy
    if not sale.is_walk_in:
        effects = effects_of(policy, facts, times.now.now_ms, is_assumed=False, is_paid=sale.is_paid)
        return Accepted(effects=effects)
    joins = JoinQueue(band_for(policy, facts, Band.WALK_IN))
    return Accepted(effects=(TakePlace(Pool.CHANNEL), GiveNumber(), EnterState(BookingState.CHECKED_IN), joins))


def _flag(at: AtHand, sale: Sale, digits: str) -> str:
    if digits != sale.place.number:
        return NUMBER_IN_USE
    own = queue_number(letters=at.session.letters, slot_no=sale.place.slot_no)
    return OTHER_NUMBER if sale.queue_number not in ("", own) else ""
