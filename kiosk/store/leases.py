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
from booking.wire_lease import Lease, LeaseGrant
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
            new = sum(self._take_lease(connection, one, ask.asked, grant) for one in grant.leases)
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

    def _take_lease(self, connection: sa.Connection, lease: Lease, asked: Asked, grant: LeaseGrant) -> int:
        """How many places are new."""
        key = {"hospital_id": self._hospital_id, "lease_id": lease.id}
        values = {
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
        connection.execute(
            insert(LEASE)
            .values(**key, **values)
            .on_conflict_do_update(index_elements=["hospital_id", "lease_id"], set_=values)
        )
        of_lease = (LENT_PLACE.c.hospital_id == self._hospital_id, LENT_PLACE.c.lease_id == lease.id)
        held = set(connection.scalars(sa.select(LENT_PLACE.c.no).where(*of_lease)))
        listed = {place.no for place in lease.places}
        connection.execute(
            sa.update(LENT_PLACE).where(*of_lease, LENT_PLACE.c.no.in_(listed & held)).values(is_listed=True)
        )
        new = [
            {**key, "no": one.no, "starts_ms": one.starts_ms, "ends_ms": one.ends_ms, "state": PlaceState.LENT}
            for one in lease.places
            if one.no not in held
        ]
        if new:
            connection.execute(insert(LENT_PLACE).values(is_listed=True), new)
        if lease.numbers:
            drawn = [{**key, "number": number, "is_used": False} for number in lease.numbers]
            connection.execute(insert(LEASE_NUMBER).on_conflict_do_nothing(), drawn)
        return len(new)
