"""Settings of a roster that cannot be meant are all named at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from fractions import Fraction
from typing import Any

import pytest

from booking.roster.channels import Channel
from booking.roster.settings import (
    ChangePolicy,
    ChannelShare,
    DeskPolicy,
    DeskSeason,
    DeskWindows,
    ExpertPolicy,
    ExtraPolicy,
    PriorityPolicy,
    ReleasePolicy,
    Reserve,
    RosterPolicy,
    SetTime,
    SlotPolicy,
)
from booking.roster.sound import faults_of

SOUND = RosterPolicy()
HALF = Fraction(1, 2)


def test_the_defaults_are_sound() -> None:
    assert faults_of(SOUND) == ()


def test_the_defaults_are_the_rule_books_figures() -> None:
    assert SlotPolicy() == SlotPolicy(length_min=10, come_before_min=5)  # rule C3
    assert ReleasePolicy() == ReleasePolicy(  # rules C5, D1, G4
        SetTime(7, time(7)), Fraction(1), (), SetTime(1, time(11, 30)), SetTime(0, time(7))
    )
    assert PriorityPolicy() == PriorityPolicy(65, (), SetTime(0, time(7)), 30)  # rule C8
    assert DeskPolicy() == DeskPolicy(  # rule C3
        30,
        10,
        (DeskWindows(time(8), 4), DeskWindows(time(10), 6)),
        (DeskSeason(4, 10, time(7)), DeskSeason(9, 16, time(7, 30))),
    )
    assert ExtraPolicy() == ExtraPolicy(2)  # rule C14
    assert ExpertPolicy() == ExpertPolicy(2, 2, 30, 7, time(12))  # rule C9
    assert ChangePolicy() == ChangePolicy(SetTime(1, time(16)), 7, 3, 120, time(17))  # rules H1, H2, H3
    assert SOUND.sitting_confirmed_by == time(8, 10)  # rule C4


@pytest.mark.parametrize(
    ("part", "at_the_edge"),
    [
        ("slots", SlotPolicy(length_min=1, come_before_min=0)),
        ("slots", SlotPolicy(length_min=60, come_before_min=120)),
        ("release", ReleasePolicy(share=Fraction(0), opens=SetTime(366, time(7)))),
        ("release", ReleasePolicy(opens=SetTime(1, time(8)), returns=SetTime(1, time(8)))),
        ("release", ReleasePolicy(opens=SetTime(1, time(8, 30)), returns=SetTime(1, time(8, 45)))),
        ("release", ReleasePolicy(channels=(ChannelShare(Channel.WEB, HALF), ChannelShare(Channel.APP, HALF)))),
        ("priority", PriorityPolicy(elder_age=50, reserves=(Reserve("a", 0), Reserve("b", 999)), reverify_days=366)),
        ("priority", PriorityPolicy(elder_age=120, reverify_days=0)),
        ("desk", DeskPolicy(rate_per_hour=1, period_min=60, windows=(DeskWindows(time(9), 0),))),
        ("desk", DeskPolicy(rate_per_hour=360, period_min=1, windows=(DeskWindows(time(9), 99),))),
        ("desk", DeskPolicy(seasons=(DeskSeason(2, 29, time(7)),))),
        (
            "desk",
            DeskPolicy(seasons=(DeskSeason(4, 9, time(7)), DeskSeason(4, 10, time(7)), DeskSeason(9, 1, time(8)))),
        ),
        ("extras", ExtraPolicy(add_ons_per_session=0)),
        ("extras", ExtraPolicy(add_ons_per_session=99)),
        ("experts", ExpertPolicy(1, 1, 1, 0)),
        ("experts", ExpertPolicy(99, 99, 366, 366)),
        ("changes", ChangePolicy(SetTime(0, time(16)), 1, 0, 0)),
        ("changes", ChangePolicy(SetTime(366, time(16)), 366, 366, 10080)),
    ],
)
def test_what_lies_on_the_edge_is_allowed(part: str, at_the_edge: Any) -> None:
    assert faults_of(replace(SOUND, **{part: at_the_edge})) == ()


@pytest.mark.parametrize(
    ("part", "wrong", "paths"),
    [
        ("slots", SlotPolicy(length_min=0, come_before_min=-1), ["slots.length_min", "slots.come_before_min"]),
        ("slots", SlotPolicy(length_min=61, come_before_min=121), ["slots.length_min", "slots.come_before_min"]),
        ("release", ReleasePolicy(share=Fraction(11, 10)), ["release.share"]),
        ("release", ReleasePolicy(share=Fraction(-1, 10)), ["release.share"]),
        ("release", ReleasePolicy(opens=SetTime(367, time(7))), ["release.opens.days_before"]),
        ("release", ReleasePolicy(returns=SetTime(-1, time(7))), ["release.returns.days_before"]),
        ("release", ReleasePolicy(walk_in_opens=SetTime(-1, time(7))), ["release.walk_in_opens.days_before"]),
        ("release", ReleasePolicy(opens=SetTime(1, time(8)), returns=SetTime(1, time(7, 59))), ["release.returns"]),
        ("release", ReleasePolicy(opens=SetTime(1, time(8)), returns=SetTime(2, time(9))), ["release.returns"]),
        ("release", ReleasePolicy(channels=(ChannelShare(Channel.WEB, HALF),) * 2), ["release.channels"]),
        (
            "release",
            ReleasePolicy(channels=(ChannelShare(Channel.WEB, HALF), ChannelShare(Channel.APP, Fraction(2, 3)))),
            ["release.channels"],
        ),
        (
            "release",
            ReleasePolicy(channels=(ChannelShare(Channel.WEB, Fraction(-1)),)),
            ["release.channels[0].share"],
        ),
        ("priority", PriorityPolicy(elder_age=49, reverify_days=-1), ["priority.elder_age", "priority.reverify_days"]),
        (
            "priority",
            PriorityPolicy(elder_age=121, reverify_days=367),
            ["priority.elder_age", "priority.reverify_days"],
        ),
        ("priority", PriorityPolicy(returns=SetTime(-1, time(7))), ["priority.returns.days_before"]),
        (
            "priority",
            PriorityPolicy(reserves=(Reserve("a", 1), Reserve("", -1))),
            ["priority.reserves[1].places", "priority.reserves[1].group"],
        ),
        ("priority", PriorityPolicy(reserves=(Reserve("a", 1000),)), ["priority.reserves[0].places"]),
        ("priority", PriorityPolicy(reserves=(Reserve("a", 1),) * 2), ["priority.reserves"]),
        ("desk", DeskPolicy(rate_per_hour=0, period_min=0), ["desk.rate_per_hour", "desk.period_min"]),
        ("desk", DeskPolicy(rate_per_hour=361, period_min=61), ["desk.rate_per_hour", "desk.period_min"]),
        ("desk", DeskPolicy(windows=()), ["desk.windows"]),
        ("desk", DeskPolicy(windows=(DeskWindows(time(9), -1),)), ["desk.windows[0].windows"]),
        ("desk", DeskPolicy(windows=(DeskWindows(time(9), 100),)), ["desk.windows[0].windows"]),
        ("desk", DeskPolicy(windows=(DeskWindows(time(9), 1),) * 2), ["desk.windows"]),
        ("desk", DeskPolicy(seasons=()), ["desk.seasons"]),
        ("desk", DeskPolicy(seasons=(DeskSeason(2, 30, time(7)),)), ["desk.seasons[0]"]),
        ("desk", DeskPolicy(seasons=(DeskSeason(4, 10, time(7)),) * 2), ["desk.seasons"]),
        ("extras", ExtraPolicy(add_ons_per_session=-1), ["extras.add_ons_per_session"]),
        ("extras", ExtraPolicy(add_ons_per_session=100), ["extras.add_ons_per_session"]),
        (
            "experts",
            ExpertPolicy(0, 0, 0, -1),
            [
                "experts.late_in_a_row",
                "experts.upheld_complaints",
                "experts.complaints_within_days",
                "experts.leaving_notice_days",
            ],
        ),
        (
            "changes",
            ChangePolicy(SetTime(-1, time(16)), 0, -1, -1),
            [
                "changes.ordinary_by.days_before",
                "changes.long_absence_over_days",
                "changes.long_absence_days_ahead",
                "changes.first_choice_min",
            ],
        ),
    ],
)
def test_what_cannot_be_meant_is_named(part: str, wrong: Any, paths: list[str]) -> None:
    faults = faults_of(replace(SOUND, **{part: wrong}))
    assert [fault.path for fault in faults] == paths
    assert all(fault.wrong and fault.allowed for fault in faults)


def test_faults_of_all_parts_come_together() -> None:
    wrong = RosterPolicy(slots=SlotPolicy(length_min=0), extras=ExtraPolicy(add_ons_per_session=-1))
    assert [(fault.path, fault.wrong, fault.allowed) for fault in faults_of(wrong)] == [
        ("slots.length_min", "0 does not fit", "a whole number from 1 to 60"),
        ("extras.add_ons_per_session", "-1 does not fit", "a whole number from 0 to 99"),
    ]
