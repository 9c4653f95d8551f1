"""The desk without its thread: one command in, one answer out."""

from __future__ import annotations

import logging

from kiosk.desk.booking import book
from kiosk.desk.cancelling import cancel
from kiosk.desk.changing import change
from kiosk.desk.checking_in import check_in
from kiosk.desk.finding import find_by_card, find_by_number, find_by_ticket
from kiosk.desk.offering import offer_places, offer_sessions
from kiosk.desk.registering import register
from kiosk.desk.reprinting import reprint
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.waiting import join_list
from kiosk.ports.desk import (
    CheckInBooking,
    DeskAnswer,
    DeskCommand,
    DeskFault,
    FindByCard,
    FindByNumber,
    FindByTicket,
    HoldTicket,
    ReprintTicket,
    TicketHeld,
)
from kiosk.ports.desk_acts import (
    BookPlace,
    CancelBooking,
    ChangeBooking,
    JoinWaitingList,
    OfferPlaces,
    OfferSessions,
    RegisterPerson,
)
from kiosk.ports.store import StoreFault

_log = logging.getLogger(__name__)


class DeskCore:
    """Answers commands one after the other. A fault of the store becomes an answer: nothing was confirmed."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def handle(self, command: DeskCommand) -> DeskAnswer:
        """The one answer to this command."""
        try:
            return self._do(command)
        except StoreFault as fault:
            _log.error("the store failed: %s", fault.code)
            return DeskFault(command.visit_id, fault.code)

    def _do(self, command: DeskCommand) -> DeskAnswer:
        match command:
            case FindByCard():
                return find_by_card(self._around, command)
            case FindByNumber():
                return find_by_number(self._around, command)
            case FindByTicket():
                return find_by_ticket(self._around, command)
            case CheckInBooking():
                return check_in(self._around, command)
            case ReprintTicket():
                return reprint(self._around, command)
            case RegisterPerson():
                return register(self._around, command)
            case OfferSessions():
                return offer_sessions(self._around, command)
            case OfferPlaces():
                return offer_places(self._around, command)
            case BookPlace():  # and WalkIn, which is one
                return book(self._around, command)
            case ChangeBooking():
                return change(self._around, command)
            case CancelBooking():
                return cancel(self._around, command)
            case JoinWaitingList():
                return join_list(self._around, command)
            case HoldTicket():
                self._around.store.hold_ticket(command.job_id, now_ms=self._around.now_ms())
                return TicketHeld(command.visit_id)
