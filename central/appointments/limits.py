"""What the types of the messages do not say: how long a text, how large a number, and who may speak for whom."""

from __future__ import annotations

from booking.decide.commands import By
from booking.wire_booking import (
    AddPlaceForPatient,
    BookOutsideHours,
    BookPlace,
    CancelBooking,
    ChangePlace,
    ConfirmBooking,
    FindBooking,
    PlaceWish,
    StaffAct,
)
from central.channels.caller import Asker, Right
from central.web.limits import is_readable
from central.web.problems import Refusal

_NEED, _NAME, _WHY = 200, 64, 200
_MOST_PLACES = 9_999


def check_wish(ask: PlaceWish | ChangePlace) -> None:
    """Raises Refusal `bad_request`."""
    if ask.slot_no is not None and not 1 <= ask.slot_no <= _MOST_PLACES:
        raise Refusal("bad_request", "slot_no: no place has this number")


def check_booking(ask: BookPlace) -> None:
    """Raises Refusal `bad_request`."""
    check_wish(ask)
    _texts((ask.need, _NEED), (ask.agent, _NAME), (ask.recording_ref, _NAME))
    if isinstance(ask, AddPlaceForPatient):
        _texts((ask.reason, _WHY))
    if isinstance(ask, BookOutsideHours):
        _texts((ask.staff_name, _NAME), (ask.staff_phone, _NAME))


def check_cancel(ask: CancelBooking, asker: Asker) -> None:
    """Raises Refusal `bad_request`, `forbidden`."""
    _texts((ask.reason, _WHY), (ask.agent, _NAME))
    if ask.by not in (By.PATIENT, By.DOCTOR, By.HOSPITAL):
        raise Refusal("bad_request", "by: patient, doctor or hospital")
    if ask.by != By.PATIENT and not asker.is_staff:
        raise Refusal("forbidden")


def check_confirm(ask: ConfirmBooking, asker: Asker) -> None:
    """Raises Refusal `bad_request`, `forbidden`."""
    needed = {By.HOSPITAL.value: Right.STAFF, By.OWNER_SYSTEM.value: Right.HOSPITAL_SYSTEM}
    if ask.by not in (By.PATIENT, *needed):
        raise Refusal("bad_request", "by: patient, hospital or owner_system")
    if ask.by in needed and needed[ask.by] not in asker.rights:
        raise Refusal("forbidden")


def check_staff_act(ask: StaffAct) -> None:
    """Raises Refusal `bad_request`."""
    _texts((ask.reason, _WHY), (ask.agent, _NAME))


def check_lookup(ask: FindBooking) -> None:
    """Raises Refusal `bad_request`."""
    _texts((ask.number, _NAME), (ask.answer, _NAME))


def _texts(*texts: tuple[str, int]) -> None:
    if not all(is_readable(text, longest) for text, longest in texts):
        raise Refusal("bad_request", "a text is too long, or cannot be shown")
