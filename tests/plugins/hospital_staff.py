"""What the hospital's staff do at the booking server while terminals are up: book, and change a booking.

There is no counter program yet; this writes what one would write, in the server's own tables, seals and feed.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.numbers import booking_number, queue_number
from booking.people import DocumentKind, mask_name
from booking.roster import SlotState
from booking.wire import CheckQuestion, RowKind
from central.appointments.tables import booking
from central.keys import Keys
from central.moment import Moment
from central.people.tables import credential, patient, person
from central.rosters.tables import hospital, session, slot
from central.sync.service import Change, write_change

HERE = "01"


class Staff:
    """A clerk of the first hospital."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        (self._group_id,) = keys.lookup_keys
        self._lookup = keys.lookup(self._group_id)

    def find(self, connection: sa.Connection, number: str) -> Any:
        """The booking with this number."""
        query = sa.select(booking).where(booking.c.number_hash == self._lookup.booking(number))
        return connection.execute(query).one()

    @staticmethod
    def subject_of(booking_id: UUID) -> bytes:
        """What the server remembers an operation's booking by."""
        return hashlib.sha256(f"check_in\n{booking_id}".encode()).digest()

    def change(self, connection: sa.Connection, moment: Moment, *, number: str, state: str) -> dict[str, Any]:
        """The booking is in another state now; terminals hear of it."""
        found = self.find(connection, number)
        mine = (booking.c.hospital_id == found.hospital_id, booking.c.booking_id == found.booking_id)
        connection.execute(booking.update().where(*mine).values(state=state, ver=found.ver + 1))
        change = Change(RowKind.BOOKING, found.booking_id, found.ver + 1, found.service_date)
        write_change(connection, found.hospital_id, change, moment)
        return {}

    def book(
        self, connection: sa.Connection, moment: Moment, *, id_number: str, phone: str, day: str, at: str
    ) -> dict[str, Any]:
        """A place for this person, the first free one from that time of day on; its numbers."""
        place = self._free_place(connection, day, at)
        who = self._person(connection, id_number)
        booking_id = moment.new_id()
        number = booking_number(hospital_code=HERE, drawn=booking_id.int % 10**9)
        self._know(connection, place.hospital_id, who)
        connection.execute(
            slot.update()
            .where(
                slot.c.hospital_id == place.hospital_id,
                slot.c.session_id == place.session_id,
                slot.c.no == place.no,
            )
            .values(state=SlotState.BUSY.value, booking_id=booking_id, ver=slot.c.ver + 1)
        )
        sealed = self._keys.seal.seal(number, table="booking", column="number_sealed", row=booking_id)
        answer = self._lookup.check(number=number, question=CheckQuestion.PHONE, answer=phone[-4:])
        connection.execute(
            booking.insert().values(
                hospital_id=place.hospital_id,
                booking_id=booking_id,
                session_id=place.session_id,
                slot_no=place.no,
                service_date=day,
                person_id=who.person_id,
                number_sealed=sealed,
                number_hash=self._lookup.booking(number),
                number_last_four=number[-4:],
                check_phone=answer,
                state="booked",
                channel="window",
                is_return_visit=False,
                made_ms=moment.now_ms,
                queue_number="",
                checked_in_ms=0,
                ver=1,
            )
        )
        write_change(connection, place.hospital_id, Change(RowKind.BOOKING, booking_id, 1, day), moment)
        return {"number": number, "queue_number": queue_number(letters=place.letters, slot_no=place.no)}

    def _free_place(self, connection: sa.Connection, day: str, at: str) -> Any:
        same = sa.and_(slot.c.hospital_id == session.c.hospital_id, slot.c.session_id == session.c.session_id)
        query = (
            sa.select(slot, session.c.letters)
            .join(session, same)
            .join(hospital, hospital.c.hospital_id == slot.c.hospital_id)
            .where(hospital.c.code == HERE, slot.c.state == SlotState.FREE.value, session.c.service_date == day)
            .order_by(slot.c.starts_ms)
        )
        for place in connection.execute(query):
            local = datetime.fromtimestamp(place.starts_ms / 1000, ZoneInfo("Asia/Shanghai"))
            if local.strftime("%H:%M") >= at:
                return place
        raise LookupError(f"no place on {day} from {at} on")

    def _person(self, connection: sa.Connection, id_number: str) -> Any:
        key = self._lookup.credential(kind=DocumentKind.RESIDENT_ID, number=id_number)
        same = sa.and_(person.c.group_id == credential.c.group_id, person.c.person_id == credential.c.person_id)
        query = sa.select(person).join(credential, same).where(credential.c.number_hash == key)
        return connection.execute(query).one()

    def _know(self, connection: sa.Connection, hospital_id: UUID, who: Any) -> None:
        """The hospital's own copy of the person, if it has none."""
        mine = (patient.c.hospital_id == hospital_id, patient.c.person_id == who.person_id)
        if connection.execute(sa.select(patient).where(*mine)).first():
            return
        hashes = connection.scalars(sa.select(credential.c.number_hash).where(credential.c.person_id == who.person_id))
        name = self._keys.seal.open(who.name_sealed, table="person", column="name_sealed", row=who.person_id)
        connection.execute(
            patient.insert().values(
                hospital_id=hospital_id,
                person_id=who.person_id,
                person_ver=who.ver,
                masked_name=mask_name(name),
                sex=who.sex,
                birth_year=who.birth_year,
                credential_hashes=[_base64(value) for value in hashes],
            )
        )


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
