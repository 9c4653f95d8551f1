"""Whatever a file is, it is answered: every mistake, at its line as an editor counts them, and nothing else."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.cli import preset_texts
from booking.policy import Policy
from booking.policy.lines import Problem, read_tables
from booking.policy.parse import parse

LONGEST_FILE, LONGEST_LINE = 1_000_000, 4_000


def told(text: str) -> list[Problem]:
    parsed = parse(text, preset_texts())
    assert isinstance(parsed, list)
    return parsed


def where_and_line(text: str) -> list[tuple[int, str]]:
    return [(it.line, it.where) for it in told(text)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_lines_are_counted_as_an_editor_counts_them(start: str, end: str) -> None:
    text = start + end.join(["# notes", "", "[window]", "earliest_days = -1", "", "cut_off = 'x'"])
    assert where_and_line(text) == [(4, "window.earliest_days"), (6, "window.cut_off")]


@pytest.mark.parametrize("rare", ["\u2028", "\u2029", "\u0085"])
def test_a_rare_separator_in_a_comment_or_text_is_no_new_line(rare: str) -> None:
    assert where_and_line(f"# a{rare}b\n[window]\ncut_off = 'a{rare}b'\n") == [(3, "window.cut_off")]


@pytest.mark.parametrize("value", ["nan", "-inf", "1e999", "1.0", "true", "'1'", "[1]", "{ a = 1 }", "08:00:00"])
def test_what_is_no_whole_number(value: str) -> None:
    (problem,) = told(f"[window]\nearliest_days = {value}")
    assert (problem.line, problem.where) == (2, "window.earliest_days")
    assert problem.allowed == "a whole number from 0 to 60"


@pytest.mark.parametrize(
    ("section", "setting"),
    [
        ("channels.web", 'opens = "٠8:30"'),
        ("channels.web", 'opens = "0８:30"'),
        ("channels.web", 'opens = "08:३0"'),
        ("channels.web", "opens = 08:00:59"),
        ("channels.web", "opens = 08:00:00.5"),
        ("channels.web", 'opens = "24:01"'),
        ("roster.release", 'share = "५० %"'),
        ("roster.release", 'share = "50\u3000%"'),
        ("roster.release", 'share = "１/３"'),
        ("roster.release", 'share = "1/٣"'),
        ("roster.release", "share = 0.5"),
    ],
)
def test_figures_of_another_script_and_seconds_are_not_guessed(section: str, setting: str) -> None:
    assert where_and_line(f"[{section}]\n{setting}") == [(2, f"{section}.{setting.split(' ', maxsplit=1)[0]}")]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[window]\nearliest_days = 2026-02-30", "invalid date or datetime"),
        ("[window]\nearliest_days = 1\x00", "expected newline"),
        ("[window]\nearliest_days = １", "invalid value"),
        ("[window]\nearliest_days ＝ 1", "expected '=' after a key"),
        ("[window]\ncut_off = “day_before”", "invalid value"),
        ("[window]\ncut_off = 'day_before", "cannot be read"),
        ('[window]\ncut_off = """day_before', "unterminated string"),
        ("[window]\n\x0bearliest_days = 1", "invalid statement"),
        ("[window]\nearliest_days = 1 2", "expected newline"),
        ("[window]\n]", "invalid statement"),
        ("[window]\nearliest_days = " + "[" * 9 + "]" * 9, "too many brackets in each other"),
        ("[window]\nearliest_days = " + "{ a = " * 9 + "1" + "}" * 9, "too many brackets in each other"),
        ("[window]\nearliest_days = [1, [2]", "a bracket is not closed"),
        ("[window]\nearliest_days = " + "1" * LONGEST_LINE, "a line is longer than 4000 characters"),
        ("[window]\nearliest_days = [\n" + "#" * (LONGEST_LINE + 1) + "\n]", "a line is longer than 4000 characters"),
        ("[window]\nwindow.earliest_days = 1", "a key with a dot is not read here"),
        ("[window]\n'cut' . off = 1", "a key with a dot is not read here"),
    ],
)
def test_a_statement_that_cannot_be_read_is_one_problem_at_its_line(text: str, wrong: str) -> None:
    first = told(text)[0]
    assert (first.line, first.where) == (2, "window")
    assert wrong in first.wrong
    assert all(it.line > 2 for it in told(text)[1:])


def test_one_statement_less_never_hides_the_next() -> None:
    text = "[window]\nearliest_days = [1,\ncut_off = 'x'\ncut_off_at = [\n 1,\n 2\n[channels.web]\non = 1\n"
    assert where_and_line(text) == [(2, "window"), (3, "window.cut_off"), (4, "window"), (8, "channels.web.on")]


@pytest.mark.parametrize("heading", ['["window"]', "[window] on = 1", "[[window]", "[window", "[.window]", "[窗口]"])
def test_what_stands_below_a_heading_that_cannot_be_read_belongs_to_no_other(heading: str) -> None:
    text = f"version = 2\n{heading}\nearliest_days = -1\nversion = 3\n[check_in]\ngrace_min = -1\n"
    assert where_and_line(text) == [(2, ""), (6, "check_in.grace_min")]


def test_brackets_and_quotes_within_texts_and_comments_count_for_nothing() -> None:
    text = """[orders]
incompatible_pairs = [  # [ " ' {
  ["a]", 'b"'],  # ]
  ["c\\"]", '''d
]'''],
]
fasting_until = "25:00"
"""
    assert where_and_line(text) == [(7, "orders.fasting_until")]


def test_eight_brackets_in_each_other_are_read() -> None:
    (problem,) = told("[window]\nearliest_days = " + "[" * 8 + "]" * 8)
    assert problem.where == "window.earliest_days"


def test_each_heading_once_but_items_as_often_as_wanted() -> None:
    tables, problems = read_tables("[a]\n[ a ]\n[[b]]\n[[b]]\n[a . c]\n[a.c]")
    assert [(it.line, it.where) for it in problems] == [(2, "a"), (6, "a.c")]
    assert [(it.name, it.is_item) for it in tables[3:5]] == [("b", True), ("b", True)]


def test_a_key_however_it_is_quoted_is_there_once() -> None:
    text = "[window]\nearliest_days = 1\n'earliest_days' = 1\n\"earliest_days\" = 2"
    assert [it.wrong for it in told(text)] == ["is there twice, first in line 2"] * 2


def test_all_that_is_wrong_in_one_value_is_told() -> None:
    (channels,) = told("[add_on]\nchannels = ['moon', 'web', 'mars', 5]")
    assert channels.allowed.endswith('(not "moon", "mars", 5)')
    (pairs,) = told("[orders]\nincompatible_pairs = [['a'], ['b', 1]]")
    assert "a list of 2 (not ['a'])" in pairs.allowed
    assert "text in quotation marks (not 1)" in pairs.allowed
    (opens,) = told("[roster.release]\nopens = { days_before = -1, at = '25:00', hour = 1 }")
    for said in ("(not hour)", "days_before = a whole number", "at = a time of day"):
        assert said in opens.allowed
    (lacking,) = told("[roster.release]\nopens = { days_before = -1 }")
    assert lacking.allowed == "days_before = a whole number from 0 to 1000000; a table that names at too"


def test_what_makes_no_sense_together_is_told_beside_other_mistakes() -> None:
    text = """[window]
earliest_days = 9
rush_min = -1
[credit.strikes]
warn_at = 9
[roster.release]
channels = [{ channel = "web", share = "80 %" }, { channel = "web", share = "70 %" }]
[roster.slots]
length_min = 61
[roster.desk]
windows = []
"""
    assert [str(it).split(";")[0] for it in told(text)] == [
        "line 2: window.earliest_days: the first day lies behind the last one",
        "line 3: window.rush_min: -1 does not fit",
        "line 5: credit.strikes.blacklist_at: 3 does not fit",
        "line 7: roster.release.channels: a channel twice",
        "line 7: roster.release.channels: shares above the whole",
        "line 9: roster.slots.length_min: 61 does not fit",
        "line 11: roster.desk.windows: none",
    ]
    assert told(text)[2].allowed == "warn_at, blacklist_at and suspend_at, each at least the one before"


@pytest.mark.parametrize(
    "cause",
    [
        "[roster.release]\nopens = 5",
        "[roster.release]\nopens = { days_before = 30, at = '25:00' }",
        "[roster.release]\n]",
        "[roster.release]\nopens = { days_before = 8, at = '08:00' }\nopens = { days_before = 9, at = '08:00' }",
        "[roster.relaese]",
        "['roster.release']",
        "preset = 'genral'",
    ],
)
def test_what_follows_from_another_mistake_is_not_told(cause: str) -> None:
    """A first day after the seventh: right with the opening that was meant."""
    wrong = "[window]\nearliest_days = 9\n"
    text = f"{cause}\n{wrong}"
    about = [it.where for it in told(text)]
    assert ("window.earliest_days" in about) is ("relaese" in cause)
    assert "window.earliest_days" in [it.where for it in told(wrong)]


def test_a_list_over_lines_is_one_value_with_the_line_it_begins_in() -> None:
    text = '[orders]\nincompatible_pairs = [\n  ["a", "b"],\n\n  # none\n  ["a", "b"],\n]\nseries_min = -1'
    assert where_and_line(text) == [(2, "orders.incompatible_pairs"), (8, "orders.series_min")]


def test_numbers_too_long_to_be_shown_are_still_told() -> None:
    dots = "a." * 1800 + "a = 1"
    for value, section, key in (
        ("0x" + "f" * 3900, "window", "earliest_days"),
        ("[0x" + "f" * 3900 + "]", "window", "follow_up_channels"),
        (f"{{ {dots} }}", "roster.release", "opens"),
    ):
        (problem,) = told(f"[{section}]\n{key} = {value}")
        assert (problem.line, problem.where) == (2, f"{section}.{key}")
        assert problem.wrong == "what is written here does not fit"


def steps_of(text: str) -> int:
    """How many calls it takes: what no other program on the machine can add to."""
    steps = 0

    def count(*_of: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        parse(text)
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.parametrize("line", ["]", "x = [", "[h]", "[[h]]", "k = 1", "['a', 'b'],", "#", "", '"""', "x = '"])
def test_a_file_that_is_wrong_from_end_to_end_is_gone_through_once(line: str) -> None:
    """Four times as long takes four times as long."""
    short, long = (steps_of("\n".join([line] * times)) for times in (100, 400))
    assert long < 5 * short


@pytest.mark.parametrize("of_many", ["['a', 'b'],", "1,", "# note"])
def test_a_list_of_many_lines_is_gone_through_once(of_many: str) -> None:
    for end in ("", "]"):
        short, long = (
            steps_of("[orders]\nincompatible_pairs = [\n" + f"{of_many}\n" * times + end) for times in (200, 800)
        )
        assert long < 5 * short


def test_a_bracket_that_is_never_closed_takes_what_follows_once() -> None:
    text = "[orders]\nincompatible_pairs = [\n" + "['a', 'b'],\n" * 2_000
    assert where_and_line(text) == [(2, "orders")]


def test_a_file_too_long_to_be_meant_is_not_read() -> None:
    assert isinstance(parse("#" * 4_000 + "\n" * (LONGEST_FILE - 4_000)), Policy)
    (problem,) = told("\n" * (LONGEST_FILE + 1))
    assert (problem.line, problem.wrong) == (1, "the file is too long")


PIECES = st.sampled_from(
    (
        *"[]='\"#,{}.a1 -\\\n\r\ufeff\x00\u2028１",
        "[[",
        '"""',
        "[window]",
        "earliest_days = 2",
        "preset = 'general'",
        "nan",
        "08:00",
    )
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_whatever_is_written_is_answered(text: str) -> None:
    parsed = parse(text, preset_texts())
    last = 1 + max(text.count("\n") + text.count("\r"), 0)
    assert isinstance(parsed, Policy) or (parsed and all(1 <= it.line <= last and it.wrong for it in parsed))


@given(st.sampled_from(sorted(preset_texts())), st.data())
def test_a_character_more_or_less_in_a_preset_is_answered(name: str, data: st.DataObject) -> None:
    text = preset_texts()[name]
    at = data.draw(st.integers(0, len(text) - 1))
    piece = data.draw(st.one_of(st.just(""), PIECES))
    parsed = parse(text[:at] + piece + text[at + 1 :], preset_texts())
    assert isinstance(parsed, Policy) or (parsed and all(it.line <= text.count("\n") + 2 for it in parsed))
