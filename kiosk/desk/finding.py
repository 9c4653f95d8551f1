"""Who stands here, and what is booked today? The mirror is asked first, the server only when the mirror has nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from booking.people import Identity
from booking.roster import BookingState
from booking.wire import FindReply, FindRequest, Row
from kiosk.desk import hashes, views
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.ticket_check import BadTicket, check_ticket
from kiosk.desk.views import Found
from kiosk.ports.desk import (
    CanCheckIn,
    DeskAnswer,
    FindByCard,
    FindByNumber,
    FindByTicket,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    PersonFound,
    PersonView,
)

_NOT_SHOWN = (BookingState.MOVED,)
"""A booking that was moved is seen in its new place."""


def find_by_card(around: Surroundings, command: FindByCard) -> DeskAnswer:
    """The person of this card. Off line an unknown card is not said to be unregistered: nobody can know."""
    keys = hashes.credential_hashes(around.site.lookup_key, command.identity)
    if not keys:
        return NobodyFound(command.visit_id, NotFoundWhy.CANNOT_KNOW)
    now = moment(around)
    here = _shown(around, around.store.bookings_of(keys), now)
    person = _person(around, here, command.identity, keys)
    if any(_is_for_now(one, now) for one in here) or not now.is_online:
        return _answer(command.visit_id, here, now, person)
    reply = around.line.ask_person(FindRequest(credential_hashes=keys))
    if not isinstance(reply, FindReply):
        return _answer(command.visit_id, here, now, person)
    if not reply.is_known:
        if person is not None:  # registered here, which the server has yet to hear of
            return _answer(command.visit_id, here, now, person)
        return NobodyFound(command.visit_id, NotFoundWhy.NOT_REGISTERED)
    around.store.take_rows(reply.bookings)
    here = _shown(around, around.store.bookings_of(keys), now)
    return _answer(command.visit_id, here, now, views.person_of_reply(reply, command.identity, keys))


def find_by_number(around: Surroundings, command: FindByNumber) -> DeskAnswer:
    """The booking with this number. A try is counted on disk before its answer is looked at, so none is ever free."""
    key = around.site.lookup_key
    looked_up = hashes.number_hash(key, command.number)
    now = moment(around)
    tries = around.store.begin_try(looked_up, now_ms=now.now_ms)
    if tries.is_locked:
        return NobodyFound(command.visit_id, NotFoundWhy.TOO_MANY_TRIES, tries_left=0)
    row = around.store.booking_with_number(looked_up)
    here = None if row is None else views.found(around, row, now)
    if here is None or not hashes.is_right_answer(
        key, here.booking, number=command.number, question=command.question, answer=command.answer
    ):
        why = NotFoundWhy.NO_SUCH_BOOKING if tries.left else NotFoundWhy.TOO_MANY_TRIES
        return NobodyFound(command.visit_id, why, tries_left=tries.left)
    around.store.forgive_tries(looked_up)
    return _answer(command.visit_id, (here,), now, views.person_of_booking(here.booking, None))


def find_by_ticket(around: Surroundings, command: FindByTicket) -> DeskAnswer:
    """What the ticket is for. Whoever holds a ticket is asked nothing more, as with a card; they are shown what stands
    on the paper, and no other booking.
    """
    checked = check_ticket(command.code, site=around.site, row=around.store.row, is_signed=around.is_signed)
    if isinstance(checked, BadTicket):
        return NobodyFound(command.visit_id, checked.why)
    here = views.found_by_ticket(around, checked, moment(around), code=command.code)
    if here is None:
        return NobodyFound(command.visit_id, NotFoundWhy.CANNOT_KNOW)
    bearer = replace(views.person_of_booking(here.booking, None), person_id=None, keys=())
    return PersonFound(command.visit_id, bearer, (here.view,))


def _answer(visit_id: UUID, here: tuple[Found, ...], now: Moment, person: PersonView | None) -> DeskAnswer:
    if person is None:
        return NobodyFound(visit_id, NotFoundWhy.CANNOT_KNOW)
    today = tuple(one.view for one in here if _is_for_now(one, now))
    if today:
        return PersonFound(visit_id, person, today)
    coming = (one.view for one in here if one.booking.service_date > now.today)
    return NothingToday(visit_id, person, next(coming, None))


def _is_for_now(one: Found, now: Moment) -> bool:
    """Today's, or one just after midnight that is open already."""
    return one.booking.service_date == now.today or isinstance(one.view.standing, CanCheckIn)


def _shown(around: Surroundings, rows: Iterable[Row], now: Moment) -> tuple[Found, ...]:
    """What a person is told of, in order of time."""
    seen = (views.found(around, row, now) for row in rows)
    return tuple(one for one in seen if one is not None and one.booking.state not in _NOT_SHOWN)


def _person(
    around: Surroundings, here: tuple[Found, ...], identity: Identity, keys: tuple[str, ...]
) -> PersonView | None:
    if here:
        return views.person_of_booking(here[0].booking, identity)
    registered = around.sales.local_person(keys)
    return None if registered is None else views.person_registered_here(registered, identity)
