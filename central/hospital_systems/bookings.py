"""Which booking a hospital system means: by its number, or by the id that it was given."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.numbers import GoodNumber, read_booking_number
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.hospital_systems.told import NotTaken, Why


def booking_meant(scene: Scene, number: str, booking_id: UUID | None) -> UUID:
    """The booking's id. Raises NotTaken; another hospital's booking is not known here."""
    if booking_id is not None:
        is_it = booking.c.booking_id == booking_id
    else:
        read = read_booking_number(number, hospital_code=scene.hospital_code)
        if not isinstance(read, GoodNumber):
            raise NotTaken(Why.UNKNOWN_BOOKING)
        is_it = booking.c.number_hash == scene.lookup.booking(read.digits)
    found: UUID | None = scene.connection.execute(
        sa.select(booking.c.booking_id).where(booking.c.hospital_id == scene.hospital_id, is_it)
    ).scalar_one_or_none()
    if found is None:
        raise NotTaken(Why.UNKNOWN_BOOKING)
    return found
