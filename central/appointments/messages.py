"""From what the services answer to what is sent: views as JSON, refusals as Problems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from booking.decide import Refused
from booking.wire_booking import BookingView, BookingViews, PlaceKept, WaitingView
from central.appointments.entered import Subject
from central.appointments.existing import view
from central.appointments.new_booking import Made
from central.appointments.numbers import open_number
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.web.once import Answer
from central.web.refused import refused_answer

CREATED, OK = 201, 200
_VIEW: TypeAdapter[BookingView] = TypeAdapter(BookingView)
_VIEWS: TypeAdapter[BookingViews] = TypeAdapter(BookingViews)
_KEPT: TypeAdapter[PlaceKept] = TypeAdapter(PlaceKept)
_WAITING: TypeAdapter[WaitingView] = TypeAdapter(WaitingView)


def booking_answer(scene: Scene, outcome: Made | Subject | Refused, *, status: int = OK) -> Answer:
    """The booking as it now is, or why not."""
    if isinstance(outcome, Refused):
        return refusal(scene, outcome)
    shown = outcome.view if isinstance(outcome, Made) else view(scene, outcome.booking_id)
    return Answer(status, _json(_VIEW, shown))


def kept_answer(scene: Scene, outcome: PlaceKept | Refused) -> Answer:
    """The place that is kept, or why not."""
    return refusal(scene, outcome) if isinstance(outcome, Refused) else Answer(CREATED, _json(_KEPT, outcome))


def waiting_answer(scene: Scene, outcome: WaitingView | Refused, *, status: int = OK) -> Answer:
    """The entry of a waiting list, or why not."""
    return refusal(scene, outcome) if isinstance(outcome, Refused) else Answer(status, _json(_WAITING, outcome))


def views_json(shown: tuple[BookingView, ...]) -> bytes:
    """Several bookings."""
    return _VIEWS.dump_json(BookingViews(bookings=shown))


def view_json(shown: BookingView) -> bytes:
    """One booking."""
    return _VIEW.dump_json(shown)


def refusal(scene: Scene, refused: Refused) -> Answer:
    """The rules' no. A booking that stands in the way is named by its number, which the rules do not know."""
    collides = refused.facts.collides
    if collides is not None:
        row = scene.connection.execute(
            booking.select().where(booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == UUID(collides))
        ).one()
        digits = open_number(scene, row.booking_id, row.number_sealed)
        refused = Refused(refused.reason, replace(refused.facts, collides=digits))
    return refused_answer(refused)


def _json(adapter: TypeAdapter[Any], value: object) -> dict[str, Any]:
    body: dict[str, Any] = adapter.dump_python(value, mode="json")
    return body
