"""Each preset decides the cases that were written by hand from its regulation."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from booking.cases import ACCEPTED, Case, CaseFile, read_cases
from booking.cli import example_text, preset_texts
from booking.explain import answers, explain, preview
from booking.policy import Policy
from booking.policy.parse import parse
from booking.queue_cases import queue_answers
from booking.reasons import RULE_OF, Reason
from booking.sentences import SENTENCES

CHINA = timezone(timedelta(hours=8))
NAMES = (
    "city-platform",
    "examinations",
    "general",
    "province-platform",
    "service-hall",
    "slotted",
    "specialist-web",
    "strict-daily",
    "trust-points",
    "two-day",
)


def cases_of(name: str) -> CaseFile:
    read = read_cases(example_text(name), preset_texts(), CHINA)
    assert isinstance(read, CaseFile), read
    return read


def test_there_is_one_preset_for_each_regulation() -> None:
    assert tuple(sorted(preset_texts())) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_its_cases_are_decided_as_its_regulation_says(name: str) -> None:
    file = cases_of(name)
    wrong = [(it.case.line, it.case.says, it.word) for it in answers(file.policy, file.cases) if not it.is_as_expected]
    assert wrong == []
    assert [it.case.line for it in queue_answers(file.policy, file.queues) if not it.is_as_expected] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_has_enough_cases_with_their_rules_and_refusals_at_the_edge(name: str) -> None:
    cases = cases_of(name).cases
    assert len(cases) >= 15
    assert all(it.rule and it.says and it.expect for it in cases)
    refused = [it for it in cases if it.expect != ACCEPTED]
    assert len(refused) * 2 >= len(cases)
    assert sum(any(is_edge(it, other) for other in cases) for it in refused) >= 8
    assert any(is_a_minute_apart(it, other) for it in refused for other in cases)


def is_edge(refused: Case, other: Case) -> bool:
    """Whether one fact less, or another moment, would have been accepted."""
    if other.expect != ACCEPTED or other.ask != refused.ask:
        return False
    differs = [refused.now_ms != other.now_ms, refused.facts != other.facts, refused.command != other.command]
    return sum(differs) == 1 or is_a_minute_apart(refused, other)


def is_a_minute_apart(refused: Case, other: Case) -> bool:
    """The minute before, the minute after."""
    same = (refused.ask, refused.command) == (other.ask, other.command)
    return same and other.expect == ACCEPTED and abs(refused.now_ms - other.now_ms) == 60_000


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_name_itself(name: str) -> None:
    assert cases_of(name).policy == parse(preset_texts()[name])
    assert preset_texts()[name].startswith("# ")


def test_the_default_is_the_general_hospital_but_for_the_trust_scheme() -> None:
    general = parse(preset_texts()["general"])
    assert isinstance(general, Policy)
    assert (general.window, general.cancelling, general.check_in) == (
        Policy().window,
        Policy().cancelling,
        Policy().check_in,
    )


def test_every_reason_has_its_rule_and_its_sentence() -> None:
    assert set(RULE_OF) == set(SENTENCES) == set(Reason)


def test_an_explanation_names_rule_and_figures() -> None:
    text = "\n".join(explain(cases_of("two-day"), CHINA))
    assert "Refused by rule D1 (booking_closed): Bookings for this place closed at 2026-11-23 14:00." in text
    assert "NOT AS EXPECTED" not in text
    assert "Not known and assumed: booking state" in text


def test_an_explanation_says_where_the_file_expects_something_else() -> None:
    text = example_text("two-day").replace('expect = "booking_closed"', 'expect = "accepted"')
    file = read_cases(text, preset_texts(), CHINA)
    assert isinstance(file, CaseFile)
    assert "  NOT AS EXPECTED: the case expects accepted, decided was booking_closed." in explain(file, CHINA)


def test_a_preview_shows_only_what_changes() -> None:
    file = cases_of("two-day")
    earlier = parse('preset = "two-day"\n[window]\ncut_off_at = "13:59"\n', preset_texts())
    assert isinstance(earlier, Policy)
    lines = preview(file.policy, earlier, file, CHINA)
    assert [it for it in lines if it.startswith("Line")] == ["Line 37: At the cut-off itself, 14:00 the day before"]
    assert preview(file.policy, file.policy, file, CHINA) == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[case]]\nask = "fly"\nat = 2026-11-22 08:00:00\n', 2, "ask: does not fit"),
        ('[[case]]\nask = "book"\n', 1, "at: is missing"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\ncolour = 1\n', 4, "there is no such fact here"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nfree = { in_chanel = 1 }\n', 4, "not in_chanel"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nunknown = ["moon"]\n', 4, '"moon" cannot be unknown'),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nunknown = "order"\n', 4, "a list of facts"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nexpect = "maybe"\n', 4, "expect: does not fit"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nsays = 1\n', 4, "text in quotation marks"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nchannel = "moon"\n', 4, '"kiosk"'),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nbookings = 1\n', 4, "a list in square brackets"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nplace = { starts = "9" }\n', 4, "a table { date"),
        ('[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nperson = 1\n', 4, "a table { has_name"),
        ('[[case]]\nask = "change"\nat = 2026-11-22 08:00:00\nold = 1\n', 4, "of the old booking"),
        ('[[case]]\nask = "check_in"\nat = 2026-11-22 08:00:00\nscreening = { clinic = "none" }\n', 4, "taken_ms"),
        (
            '[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nperson={grants=[{until=1}]}\n',
            4,
            "until = a date",
        ),
        (
            '[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\nscreening = { clinic = "none" }\n',
            4,
            "names taken_ms too",
        ),
        ("[kase]\n", 1, "no such heading"),
        ("[[queue]]\n", 1, "waiting: is missing"),
        ("[[queue]]\nwaiting = []\ncolour = 1\n", 3, "there is no such fact here; allowed: rule, says, waiting"),
        ("[[queue]]\nwaiting = [1]\n", 2, "a table { who"),
        ('[[queue]]\nwaiting = [{ who = "A", line = "quick", came = "08:00" }]\n', 2, 'line = "emergency"'),
        ('[[queue]]\nwaiting = [{ who = "A", line = "booked" }]\n', 2, "names came too"),
        (
            '[[queue]]\nwaiting = [{who="A",line="late",came="08:00"},{who="A",line="late",came="08:01"}]\n',
            2,
            "each patient only once",
        ),
        ("", 1, "there is no case"),
        ('[policy.window]\ncut_off_at = "x"\n[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\n', 2, "a time of day"),
    ],
)
def test_a_mistake_in_a_case_file_is_told_with_its_line(text: str, line: int, said: str) -> None:
    problems = read_cases(text, {}, CHINA)
    assert isinstance(problems, list)
    assert [it.line for it in problems] == [line]
    assert said in str(problems[0])


def test_a_case_may_override_its_preset() -> None:
    text = 'preset = "two-day"\n[policy.channels.kiosk]\non = false\n[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\n'
    file = read_cases(text, preset_texts(), CHINA)
    assert isinstance(file, CaseFile)
    assert [it.word for it in answers(file.policy, file.cases)] == ["channel_off"]


def told_of(text: str) -> list[str]:
    file = read_cases(text, preset_texts(), CHINA)
    assert isinstance(file, CaseFile), file
    return explain(file, CHINA)


def test_what_nobody_knows_of_a_change() -> None:
    ask = '[[case]]\nask = "change"\nat = 2026-11-22 08:00:00\nplace = { date = 2026-11-25 }\nfree = { in_pool = 1 }\n'
    lines = told_of(ask + 'unknown = ["changes", "bookings"]\n')
    assert "The terminal does not know bookings; the policy says to ask the server." in lines[-1]
    assert "does not know changes" in told_of(ask + 'unknown = ["changes"]\n')[-1]


def test_times_of_day_are_told_as_such() -> None:
    usual = 'order = { is_fasting = true }\nplace = { date = 2026-11-25, starts = "11:00", kind = "laboratory" }\n'
    lines = told_of(f'[[case]]\nask = "book"\nat = 2026-11-22 08:00:00\n{usual}')
    assert lines[-1].endswith("A fasting item begins before 10:30.")


def test_a_late_patient_is_accepted_behind_the_others() -> None:
    late = 'preset = "trust-points"\n[[case]]\nask = "check_in"\nat = 2026-11-25 09:20:07\n'
    lines = told_of(late)
    assert "on 2026-11-25 09:20:07." in lines[1]
    assert lines[2:4] == ["  Accepted, behind those who came in time.", "  - enter state: checked in"]
    assert "  - record act: late" in lines


def test_until_when_something_is_awaited() -> None:
    lines = told_of('[[case]]\nask = "submit"\nat = 2026-11-22 08:00:00\n')
    assert "  - await: 2026-11-23 08:00" in lines


QUEUE = """[[queue]]
rule = "G3"
says = "Three booked and a walk-in"
waiting = [
  { who = "W1", line = "walk_in", came = "08:00" },
  { who = "A2", line = "booked", came = "08:01", due = "08:10", number = 2 },
  { who = "A3", line = "booked", came = "08:02", due = "08:20", number = 3 },
  { who = "A9", line = "booked", came = "08:03", due = "09:20", number = 9, has_priority = true },
]
"""


def test_a_queue_is_told_with_the_reason_for_each_place() -> None:
    """rule G3"""
    assert told_of(QUEUE) == [
        "Queue 1, line 1 (rule G3): Three booked and a walk-in",
        "  1. A9: booked, in the order of numbers, of a priority group",
        "  2. A2: booked, in the order of numbers",
        "  3. A3: booked, in the order of numbers",
        "  4. W1: a walk-in; nobody booked is here before",
    ]
    ratio = told_of('[policy.queue]\norder = "ratio"\n' + QUEUE)
    assert ratio[3:] == ["  3. W1: a walk-in, after so many booked", "  4. A3: booked, in the order of numbers"]


def test_a_queue_that_is_ordered_otherwise_is_said_and_previewed() -> None:
    """rule G3"""
    assert told_of(QUEUE + 'expect = ["W1"]\n')[-1] == "  NOT AS EXPECTED: the case expects W1."
    file = read_cases(QUEUE, {}, CHINA)
    ratio = parse('[queue]\norder = "ratio"\n')
    assert isinstance(file, CaseFile)
    assert isinstance(ratio, Policy)
    assert preview(file.policy, ratio, file, CHINA) == [
        "Line 1: Three booked and a walk-in",
        "  before: A9, A2, A3, W1",
        "  after:  A9, A2, W1, A3",
    ]


def test_every_reason_for_a_place_has_its_words() -> None:
    lines = ("emergency", "late", "returning", "walk_in")
    waiting = ",".join(f'{{ who = "{it}", line = "{it}", came = "08:0{no}" }}' for no, it in enumerate(lines))
    guest = '{ who = "guest", line = "booked", came = "08:30", keeps_time = true }'
    told = "\n".join(told_of(f"[[queue]]\nwaiting = [{waiting}, {guest}]\n"))
    for words in ("an emergency", "late: behind", "back with results", "the time kept", "a walk-in"):
        assert words in told
