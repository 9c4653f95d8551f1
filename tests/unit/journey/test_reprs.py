"""What is printed of events and effects names nobody.  # rule A4"""

from __future__ import annotations

from kiosk.journey.screen import Intent, IntentKind
from tests.unit.journey.driver import NUMBER, Machine


def test_no_event_state_or_effect_shows_whom_it_is_about() -> None:
    machine = Machine()
    machine.reach_bookings()
    shown = [repr(machine.journey)]
    machine.touch(IntentKind.CHECK_IN).desk_checks_in()
    shown += [repr(machine.journey), repr(machine.effects), repr(Intent(IntentKind.DIGIT, "7"))]
    typing = Machine()
    typing.reach_question().type("4711").touch(IntentKind.SUBMIT)
    shown += [repr(typing.journey), repr(typing.effects)]
    whole = "\n".join(shown)
    assert [
        text for text in ("张", "1958", "1234", "心内科", "8901", NUMBER, "4711", "'7'", "T1SAMPLE") if text in whole
    ] == []
