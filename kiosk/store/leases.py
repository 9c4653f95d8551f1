"""What is lent to this terminal: the question, the answer, the giving back. For the synchronisation.

A place that has left the state `lent` by any other way than a sale that only this terminal had never comes back to it:
an answer that is older than what is known here lends nothing twice.  # sync C4
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.lending import Asked, Now
from booking.wire_acts import ReturnPlacesAct
from booking.wire_lease import LeaseGrant
from kiosk.ports.lending import ClockMark, GrantTaken, LeaseStand, OpenAsk, PlaceGone, PlaceState, Returnable
from kiosk.store import lent
from kiosk.store.engine import reading, writing
from kiosk.store.outbox import OutboxTable
from kiosk.store.tables import LEASE, LEASE_ASK, LEASE_NUMBER, LENT_PLACE


class LeaseTables:
    """The leases of one hospital's terminal. Implements kiosk.ports.lending.LeaseStore."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, outbox: OutboxTable) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._outbox = outbox

    def open_ask(self) -> OpenAsk | None:
        """The question without an answer."""
        with reading(self._engine) as connection:
            return self._open_ask(connection)

    def begin_ask(self, ask: OpenAsk) -> OpenAsk:
        """Keep it; the one that is open already counts, and its time."""
        with writing(self._engine) as connection:
            held = self._open_ask(connection)
            if held is not None:
                return held
            connection.execute(
                insert(LEASE_ASK).values(
                    hospital_id=self._hospital_id,
                    request_id=ask.request_id,
                    boot_id=ask.asked.boot_id,
                    boot_ms=ask.asked.boot_ms,
                    wall_ms=ask.asked.wall_ms,
                )
            )
            return ask

    def drop_ask(self) -> None:
        """There is no open question any more."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(LEASE_ASK).where(LEASE_ASK.c.hospital_id == self._hospital_id))

    def take_grant(self, grant: LeaseGrant) -> GrantTaken:
        """All that is lent now. What is not in it is lent no longer; what was sold stays sold."""
        with writing(self._engine) as connection:
            ask = self._open_ask(connection)
            if ask is None or ask.request_id != grant.request_id:
                return GrantTaken(new=0, gone=0)
            ours = LENT_PLACE.c.hospital_id == self._hospital_id
            connection.execute(sa.update(LENT_PLACE).where(ours).values(is_listed=False))
            connection.execute(sa.update(LEASE).where(LEASE.c.hospital_id == self._hospital_id).values(state=lent.OVER))
            self._put_leases(connection, grant, ask.asked)
            new = self._put_places(connection, grant)
            gone = connection.execute(
                sa.update(LENT_PLACE)
                .where(ours, LENT_PLACE.c.is_listed.is_(False), LENT_PLACE.c.state == PlaceState.LENT)
                .values(state=PlaceState.GONE)
            ).rowcount
            connection.execute(sa.delete(LEASE_ASK).where(LEASE_ASK.c.hospital_id == self._hospital_id))
            return GrantTaken(new=new, gone=gone)

    def returnable(self, now: Now) -> tuple[Returnable, ...]:
        """What cannot be sold any more or is wanted back, and what the server counts as lent though it is not."""
        query = lent.places_of(self._hospital_id, PlaceState.LENT, PlaceState.GONE)
        numbers: dict[UUID, list[int]] = {}
        with reading(self._engine) as connection:
            left = lent.next_numbers(connection, self._hospital_id)
            for row in connection.execute(query):
                if row.state == PlaceState.GONE:
                    is_due = row.is_listed
                else:
                    is_wanted = row.lease_state == lent.WANTED_BACK
                    is_due = is_wanted or row.lease_id not in left or not lent.is_sellable(row, now)
                if is_due:
                    numbers.setdefault(row.lease_id, []).append(row.no)
        return tuple(Returnable(lease_id=lease_id, slot_nos=tuple(sorted(nos))) for lease_id, nos in numbers.items())

    def write_return(self, act: ReturnPlacesAct, *, made_ms: int) -> None:
        """Given back here before anybody is told."""
        unsold = sa.or_(
            LENT_PLACE.c.state == PlaceState.LENT,
            sa.and_(LENT_PLACE.c.state == PlaceState.GONE, LENT_PLACE.c.is_listed),
        )
        with writing(self._engine) as connection:
            self._outbox.add(connection, act, made_ms=made_ms)
            given = connection.execute(
                sa.update(LENT_PLACE)
                .where(
                    LENT_PLACE.c.hospital_id == self._hospital_id,
                    LENT_PLACE.c.lease_id == act.lease_id,
                    LENT_PLACE.c.no.in_(act.slot_nos),
                    unsold,
                )
                .values(state=PlaceState.GIVING_BACK, operation_id=act.operation_id)
            )
            if given.rowcount != len(set(act.slot_nos)):
                raise PlaceGone("not all of them can be given back")

    def leases(self) -> tuple[LeaseStand, ...]:
        """All leases of which something is left."""
        with reading(self._engine) as connection:
            return lent.stands(connection, self._hospital_id)

    def sold_since_ask(self) -> int:
        """Places that the last grant counted as lent and that are sold or kept."""
        taken = (PlaceState.SOLD, PlaceState.KEPT_FOR_CHANGE)
        query = (
            sa.select(sa.func.count())
            .select_from(LENT_PLACE)
            .where(LENT_PLACE.c.hospital_id == self._hospital_id, LENT_PLACE.c.is_listed, LENT_PLACE.c.state.in_(taken))
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar_one()

    def clock_mark(self) -> ClockMark:
        """What is kept of the time."""
        with reading(self._engine) as connection:
            return lent.clock_mark(connection)

    def keep_clock_mark(self, mark: ClockMark) -> None:
        """Keep it."""
        with writing(self._engine) as connection:
            lent.keep_clock_mark(connection, mark)

    def _open_ask(self, connection: sa.Connection) -> OpenAsk | None:
        found = connection.execute(
            sa.select(LEASE_ASK).where(LEASE_ASK.c.hospital_id == self._hospital_id)
        ).one_or_none()
        if found is None:
            return None
        asked = Asked(boot_id=found.boot_id, boot_ms=found.boot_ms, wall_ms=found.wall_ms)
        return OpenAsk(request_id=found.request_id, asked=asked)

    def _put_leases(self, connection: sa.Connection, grant: LeaseGrant, asked: Asked) -> None:
        """The leases as they are now; their time is counted from this question on."""
        if not grant.leases:
            return
        rows = [
            {
                "hospital_id": self._hospital_id,
                "lease_id": lease.id,
                "session_id": lease.session_id,
                "service_date": lease.service_date,
                "is_for_walk_ins": lease.is_for_walk_ins,
                "good_for_ms": lease.good_for_ms,
                "last_sale_ms": lease.last_sale_ms,
                "granted_ms": lease.granted_ms,
                "asked_boot_id": asked.boot_id,
                "asked_boot_ms": asked.boot_ms,
                "asked_wall_ms": asked.wall_ms,
                "state": lent.WANTED_BACK if lease.id in grant.give_back else lent.LENT,
            }
            for lease in grant.leases
        ]
        statement = insert(LEASE)
        keys = ("hospital_id", "lease_id")
        newer = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=newer), rows)

    def _put_places(self, connection: sa.Connection, grant: LeaseGrant) -> int:
        """Places and numbers; how many places are new. One that is known stays what it is, and counts as lent there."""
        known = sa.select(LENT_PLACE.c.lease_id, LENT_PLACE.c.no).where(LENT_PLACE.c.hospital_id == self._hospital_id)
        held = {(lease_id, no) for lease_id, no in connection.execute(known)}
        named = [(lease.id, place) for lease in grant.leases for place in lease.places]
        listed = [
            {"of_lease": lease_id, "of_no": place.no} for lease_id, place in named if (lease_id, place.no) in held
        ]
        if listed:
            connection.execute(
                sa.update(LENT_PLACE)
                .where(
                    LENT_PLACE.c.hospital_id == self._hospital_id,
                    LENT_PLACE.c.lease_id == sa.bindparam("of_lease"),
                    LENT_PLACE.c.no == sa.bindparam("of_no"),
                )
                .values(is_listed=True),
                listed,
            )
        new = [
            {
                "hospital_id": self._hospital_id,
                "lease_id": lease_id,
                "no": place.no,
                "starts_ms": place.starts_ms,
                "ends_ms": place.ends_ms,
                "state": PlaceState.LENT,
                "is_listed": True,
            }
            for lease_id, place in named
            if (lease_id, place.no) not in held
        ]
        if new:
            connection.execute(insert(LENT_PLACE), new)
        numbers = [
            {"hospital_id": self._hospital_id, "lease_id": lease.id, "number": number, "is_used": False}
            for lease in grant.leases
            for number in lease.numbers
        ]
        if numbers:
            connection.execute(insert(LEASE_NUMBER).on_conflict_do_nothing(), numbers)
        return len(new)
