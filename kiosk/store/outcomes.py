"""What the server's final answer to an act changes here, within the caller's transaction.

A place that was sold stays sold, whatever the answer is. A place that an act was to free, or that it kept, is sellable
again only where the server agrees.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.roster import BookingState
from booking.wire import CheckInAct
from booking.wire_acts import BookAct, CancelAct, ChangeAct, JoinListAct, RegisterAct, ReturnPlacesAct
from kiosk.ports.lending import PlaceState
from kiosk.ports.store import Codec
from kiosk.store.acts import Act
from kiosk.store.local import LocalTables
from kiosk.store.tables import CHECK_IN, LENT_PLACE


class Outcomes:
    """Of one hospital's terminal."""

    def __init__(self, hospital_id: UUID, *, codec: Codec) -> None:
        self._hospital_id = hospital_id
        self._local = LocalTables(hospital_id, codec=codec)

    def settle(self, connection: sa.Connection, act: Act, *, is_applied: bool) -> None:
        """The act has its final answer: applied (now or before), or not."""
        match act:
            case CheckInAct() | BookAct():
                if is_applied:
                    self._confirm_arrival(connection, act.operation_id)
            case CancelAct():
                self._after_cancel(connection, act, is_applied=is_applied)
            case ChangeAct():
                self._after_change(connection, act, is_applied=is_applied)
            case ReturnPlacesAct():
                self._move(connection, act.operation_id, PlaceState.GIVING_BACK, state=PlaceState.GONE, is_listed=False)
            case RegisterAct() | JoinListAct():
                pass  # the outbox tells how it stands

    def _confirm_arrival(self, connection: sa.Connection, operation_id: UUID) -> None:
        connection.execute(
            sa.update(CHECK_IN)
            .where(CHECK_IN.c.hospital_id == self._hospital_id, CHECK_IN.c.operation_id == operation_id)
            .values(is_confirmed=True)
        )

    def _after_cancel(self, connection: sa.Connection, act: CancelAct, *, is_applied: bool) -> None:
        if not is_applied:
            self._move(connection, act.operation_id, PlaceState.LENT, state=PlaceState.GONE)
        elif act.is_request:
            self._local.set_state(connection, act.booking_id, BookingState.CANCELLED)

    def _after_change(self, connection: sa.Connection, act: ChangeAct, *, is_applied: bool) -> None:
        if not act.is_request:
            if not is_applied:
                self._move(connection, act.operation_id, PlaceState.LENT, state=PlaceState.GONE)
            return
        if is_applied:
            self._move(connection, act.operation_id, PlaceState.KEPT_FOR_CHANGE, state=PlaceState.SOLD)
            self._local.set_state(connection, act.booking_id, BookingState.MOVED)
            self._local.show(connection, act.new_booking_id)
            return
        back = sa.case((LENT_PLACE.c.is_listed, PlaceState.LENT.value), else_=PlaceState.GONE.value)
        self._move(connection, act.operation_id, PlaceState.KEPT_FOR_CHANGE, state=back, booking_id=None)
        self._local.forget_booking(connection, act.new_booking_id)

    def _move(self, connection: sa.Connection, operation_id: UUID, before: PlaceState, **values: Any) -> None:  # noqa: ANN401 - columns
        """The places that this act was the last to concern, where they are still as it left them."""
        connection.execute(
            sa.update(LENT_PLACE)
            .where(
                LENT_PLACE.c.hospital_id == self._hospital_id,
                LENT_PLACE.c.operation_id == operation_id,
                LENT_PLACE.c.state == before,
            )
            .values(**values)
        )
