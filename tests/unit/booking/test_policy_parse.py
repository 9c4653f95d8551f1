"""A hospital's file: what it overrides holds, all else is the preset's, and every mistake is told with its line."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from fractions import Fraction

import pytest

from booking.policy import Channel, Policy, WindowPolicy
from booking.policy.parse import parse
from booking.roster.settings import SetTime

PRESETS = {"short": 'version = 1\n[window]\nearliest_days = 2\n[check_in]\nmorning_until = "10:00"\n'}


def good(text: str) -> Policy:
    parsed = parse(text, PRESETS)
    assert isinstance(parsed, Policy), parsed
    return parsed


def told(text: str) -> list[str]:
    parsed = parse(text, PRESETS)
    assert isinstance(parsed, list)
    return [str(it) for it in parsed]


def test_an_empty_file_is_the_default() -> None:
    assert good("") == Policy()


def test_a_preset_with_single_keys_overridden() -> None:
    policy = good('preset = "short"\nversion = 7\n[check_in]\nmorning_until = "none"\ngrace_min = 20\n')
    assert (policy.version, policy.window.earliest_days) == (7, 2)
    assert (policy.check_in.morning_until, policy.check_in.grace_min) == (None, 20)


def test_all_kinds_of_value() -> None:
    policy = good(
        """
[channels.web]
closes = "24:00"
[orders]
incompatible_pairs = [
  ["a", "b"],   # two of a kind
  ["c", "d"],
]
[roster.release]
opens = { days_before = 14, at = 07:30:00 }
share = "50 %"
channels = [{ channel = "web", share = "1/3" }]
[credit.strikes]
counts = ["no_show", "late"]
[add_on]
channels = ["window"]
"""
    )
    assert policy.channels.web.closes == 1440
    assert policy.orders.incompatible_pairs == (("a", "b"), ("c", "d"))
    assert policy.roster.release.opens == SetTime(14, time(7, 30))
    assert policy.roster.release.share == Fraction(1, 2)
    assert policy.roster.release.channels[0].share == Fraction(1, 3)
    assert len(policy.credit.strikes.counts) == 2
    assert policy.add_on.channels == (Channel.WINDOW,)


def test_every_mistake_at_once_with_its_line() -> None:
    text = """preset = "shrt"
[window]
earliest_day = 2
cut_off = "yesterday"
cut_off_at = "25:00"
[windw]
[channels.kiosk]
may_book = 1
opens =
opens = "08:00"
opens = "09:00"
[window]
"""
    settings = ", ".join(it.name for it in fields(WindowPolicy))
    assert told(text) == [
        'line 1: preset: there is no preset "shrt"; allowed: "short"',
        "line 3: window.earliest_day: there is no such setting (is earliest_days meant?); allowed: " + settings,
        'line 4: window.cut_off: "yesterday" does not fit; allowed: "day_before", "before_start"',
        'line 5: window.cut_off_at: "25:00" does not fit; allowed: a time of day from "00:00" to "24:00"',
        told("[windw]")[0].replace("line 1", "line 6"),
        "line 8: channels.kiosk.may_book: 1 does not fit; allowed: true or false",
        'line 9: channels.kiosk: cannot be read (invalid value); allowed: key = value, as `opens = "08:00"`',
        "line 11: channels.kiosk.opens: is there twice, first in line 10; allowed: once",
        "line 12: window: this heading is there twice; allowed: one heading of each name",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[window]\nearliest_days = -1", "a whole number from 0 to 60"),
        ("[window]\nearliest_days = true", "a whole number from 0 to 60"),
        ("[window]\nearliest_days = 9", "at most 7, the days of roster.release.opens"),
        ('[window]\nearliest_days = 0\ncut_off = "day_before"', "at least 1 with cut_off"),
        ("[window]\nfollow_up_channels = 1", "a list in square brackets"),
        ('[window]\nfollow_up_channels = ["web", "web"]', "names each only once"),
        ("[orders]\nincompatible_pairs = [['a']]", "a list of 2"),
        ("[orders]\nincompatible_pairs = [['a', 1]]", "text in quotation marks"),
        ("[check_in]\nmorning_until = 5", 'or "none"'),
        ("[roster.release]\nshare = '3/2'", "a share from 0 to 1"),
        ("[roster.release]\nshare = true", "a share from 0 to 1"),
        ("[roster.release]\nopens = 5", "a table { days_before = ..., at = ... }"),
        ("[roster.release]\nopens = { days_before = 5 }", "a table that names at too"),
        ("[roster.release]\nopens = { day = 5 }", "not day"),
        ("[roster.release]\nopens = { days_before = 5, at = '24:00' }", 'at = a time of day from "00:00" to "23:59"'),
        ("[roster.release]\nchannels = [{channel='web',share=1},{channel='app',share='1/2'}]", "add up to at most 1"),
        ("[roster]\nrelease = { share = 1 }", "a heading [roster.release]"),
        ("window = 5", "a heading [window]"),
        ("[[window]]", "there is no such section"),
        ("[credit.points]\nstart = 0", "a whole number from 1 to 1000"),
        ("[credit.strikes]\nwarn_at = 9", "credit.strikes.blacklist_at"),
        ("[orders]\nincompatible_pairs = [", "cannot be read"),
        ("preset = 5", 'allowed: "short"'),
    ],
)
def test_what_does_not_fit_is_told_with_what_is_allowed(text: str, said: str) -> None:
    assert len(told(text)) == 1
    assert said in told(text)[0]


def test_a_preset_that_is_wrong_itself_is_told() -> None:
    parsed = parse('preset = "bad"', {"bad": "[windw]"})
    assert isinstance(parsed, list)
    assert parsed[0].wrong.startswith("the preset itself is wrong (line 1: windw")


def test_a_long_value_is_cut() -> None:
    assert told(f'[window]\ncut_off = "{"x" * 90}"')[0].count("x") < 70
