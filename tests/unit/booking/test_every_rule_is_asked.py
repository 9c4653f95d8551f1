"""Each act asks each of its rules: one fact that is wrong, and the reason that is told for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booking.decide import commands
from booking.decide.given import Free, Person, SessionNow, Standing
from booking.facts import Known
from booking.policy import Channel, ChannelRights, ChannelsPolicy, OffHoursPolicy, Policy, ScreeningPolicy, WindowPolicy
from booking.roster.plans import ClinicKind
from tests.unit.booking.acts import DAY, FACTS, NOW, TODAY, ask, at, held, place, word

SUSPENDED = {"standing": Known(Standing(suspended_until=DAY))}
NAMELESS = {"person": Known(Person(has_name=False, age=70))}
STOPPED = {"session": Known(SessionNow(is_stopped=True))}
FULL = {"free": Known(Free())}
CHANNELS_OFF = Policy(
    channels=ChannelsPolicy(kiosk=ChannelRights(on=False), phone=ChannelRights(on=False)),
    off_hours=OffHoursPolicy(on=True),
)
OFF_HOURS = Policy(off_hours=OffHoursPolicy(on=True))
SCREENS = Policy(screening=ScreeningPolicy(on=True))
SAME_DAY = Policy(window=WindowPolicy(earliest_days=0))
ADD = commands.AddPlace(Channel.CONSULTING_ROOM, has_right=True, reason="severe pain")
OFF = commands.BookOffHours(Channel.PHONE, "Li Wen", "62311010")
WALK, WAIT = commands.WalkIn(Channel.KIOSK), commands.JoinWaitingList(Channel.KIOSK)
EVENING = replace(FACTS, place=place(hour=18), working_days_ahead=2, person=Known(Person(age=70)))
WAITING = replace(FACTS, free=Known(Free()))
ASKED: list[tuple[str, Any, Any, dict[str, Any], int, Policy]] = [
    ("name_needed", ADD, FACTS, NAMELESS, NOW, Policy()),
    ("clinic_stopped", ADD, FACTS, STOPPED, NOW, Policy()),
    ("suspended", ADD, FACTS, SUSPENDED, NOW, Policy()),
    ("same_time", ADD, FACTS, {"bookings": Known((held("1", hour=9),))}, NOW, Policy()),
    ("channel_off", OFF, EVENING, {}, NOW, CHANNELS_OFF),
    ("name_needed", OFF, EVENING, NAMELESS, NOW, OFF_HOURS),
    ("clinic_stopped", OFF, EVENING, STOPPED, NOW, OFF_HOURS),
    ("suspended", OFF, EVENING, SUSPENDED, NOW, OFF_HOURS),
    ("same_time", OFF, EVENING, {"bookings": Known((held("1", hour=18),))}, NOW, OFF_HOURS),
    ("public_holiday", OFF, EVENING, {"place": place(hour=18, is_public_holiday=True)}, NOW, OFF_HOURS),
    ("off_hours_too_soon", OFF, EVENING, {"working_days_ahead": 0}, NOW, OFF_HOURS),
    ("within_working_hours", OFF, EVENING, {"place": place(hour=9)}, NOW, OFF_HOURS),
    ("name_needed", WALK, FACTS, NAMELESS, TODAY, Policy()),
    ("clinic_stopped", WALK, FACTS, STOPPED, TODAY, Policy()),
    ("screening_needed", WALK, FACTS, {}, TODAY, SCREENS),
    ("suspended", WALK, FACTS, SUSPENDED, TODAY, Policy()),
    ("order_needed", WALK, FACTS, {"place": place(kind=ClinicKind.ECG)}, TODAY, Policy()),
    ("same_time", WALK, FACTS, {"bookings": Known((held("1", hour=9),))}, TODAY, Policy()),
    ("full", WALK, FACTS, FULL, TODAY, Policy()),
    ("channel_off", WAIT, WAITING, {}, NOW, CHANNELS_OFF),
    ("name_needed", WAIT, WAITING, NAMELESS, NOW, Policy()),
    ("clinic_stopped", WAIT, WAITING, STOPPED, NOW, Policy()),
    ("day_too_far", WAIT, WAITING, {}, NOW - 30 * 86_400_000, Policy()),
    ("booking_closed", WAIT, WAITING, {}, at(DAY, 8, 59), SAME_DAY),
    ("suspended", WAIT, WAITING, SUSPENDED, NOW, Policy()),
    ("same_time", WAIT, WAITING, {"bookings": Known((held("1", hour=9),))}, NOW, Policy()),
    ("places_are_free", WAIT, FACTS, {}, NOW, Policy()),
]


@pytest.mark.parametrize(("reason", "command", "facts", "wrong", "now_ms", "policy"), ASKED)
def test_each_act_asks_each_of_its_rules(
    reason: str, command: Any, facts: Any, wrong: dict[str, Any], now_ms: int, policy: Policy
) -> None:
    assert word(ask(replace(facts, **wrong), command, now_ms, policy)) == reason
