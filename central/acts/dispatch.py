"""Which part of the server judges which kind of act."""

from __future__ import annotations

import sqlalchemy as sa

from booking.wire import CheckInAct, EventResult
from booking.wire_acts import BookAct, CancelAct, ChangeAct, JoinListAct, RegisterAct, ReturnPlacesAct
from central.acts.answering import BAD_REQUEST, Hearing, answer_once, unsettled
from central.acts.book import record_book
from central.acts.cancel import record_cancel
from central.acts.change import record_change
from central.acts.join_list import record_join_list
from central.acts.operations import Act
from central.acts.reading import ReadEvent
from central.checkins.service import record_check_in
from central.leases.returns import return_places


def record(connection: sa.Connection, act: Act, hearing: Hearing) -> EventResult:
    """What becomes of an act that is one piece of its hospital. Raises Overtaken."""
    match act:
        case CheckInAct():
            return record_check_in(connection, act, hearing.caller, hearing.moment, keys=hearing.keys)
        case BookAct():
            return record_book(connection, act, hearing)
        case CancelAct():
            return record_cancel(connection, act, hearing)
        case ChangeAct():
            return record_change(connection, act, hearing)
        case JoinListAct():
            return record_join_list(connection, act, hearing)
        case ReturnPlacesAct():
            return _returned(connection, act, hearing)
        case RegisterAct():
            raise TypeError("a registration is more than one piece")  # central.acts.registering


def record_malformed(connection: sa.Connection, event: ReadEvent, hearing: Hearing) -> EventResult:
    """Something happened, but it cannot be read: staff must ask the terminal."""
    caller, moment = hearing.caller, hearing.moment
    if event.kind is None:
        return unsettled(connection, event.operation_id, BAD_REQUEST, caller, moment)
    return unsettled(connection, event.operation_id, BAD_REQUEST, caller, moment, kind=event.kind)


def _returned(connection: sa.Connection, act: ReturnPlacesAct, hearing: Hearing) -> EventResult:
    return answer_once(
        connection,
        hearing.told(act),
        hearing.moment,
        lambda it, told: return_places(it, told.act, hearing.caller, keys=hearing.keys, moment=hearing.moment),
    )
