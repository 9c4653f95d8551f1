"""The settings file: what is accepted, and that every problem is told at once with its line."""

from __future__ import annotations

import pytest

from kiosk.settings import Problem, Settings, parse


def test_an_empty_file_gives_the_defaults() -> None:
    assert parse("") == Settings()


def test_a_full_file_is_read() -> None:
    settings = parse(
        """
data_dir = "/srv/kiosk"
languages = ["en", "zh-CN"]
[server]
url = "https://booking.example.org"
[screen]
width_px = 1366
height_px = 768
diagonal_inch = 15.6
is_fullscreen = false
[printer]
host = "192.0.2.7"
port = 9101
"""
    )
    assert isinstance(settings, Settings)
    assert settings.languages == ("en", "zh-CN")
    assert settings.server.url == "https://booking.example.org"
    assert (settings.screen.width_px, settings.screen.is_fullscreen) == (1366, False)
    assert (settings.printer.host, settings.printer.port) == ("192.0.2.7", 9101)


def test_every_problem_is_told_with_its_line() -> None:
    problems = parse(
        """data_dir = 7
colour = "red"
[server]
url = "booking"
urll = "x"
[printer]
port = true
"""
    )
    assert isinstance(problems, list)
    by_line = {problem.line: problem.text for problem in problems}
    assert "must be a text" in by_line[1]
    assert "unknown key 'colour'" in by_line[2]
    assert "unknown key 'urll'" in by_line[5]
    assert "must be a whole number" in by_line[7]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ('[server]\nurl = "http://booking.example.org"', 2, "must be https://"),
        ('[server]\nurl = "ftp://x"', 2, "must look like"),
        ("languages = []", 1, "one or more of"),
        ('languages = ["tlh"]', 1, "one or more of"),
        ("[screen]\ndiagonal_inch = 1", 2, "between 5 and 100"),
        ("[printer]\nport = 0", 2, "between 1 and 65535"),
        ("[lists]\nis_automatic = true\nevery_min = 4", 3, "between 5 and 240"),
        ("[lists]\nevery_min = 241", 2, "between 5 and 240"),
        ('[lists]\nis_automatic = "no"', 2, "true or false"),
        ("server = 1", 1, "is a section"),
        ("a = = 1", 1, "not TOML"),
    ],
)
def test_a_value_out_of_range_is_refused(text: str, line: int, part: str) -> None:
    problems = parse(text)
    assert isinstance(problems, list)
    assert [problem.line for problem in problems] == [line]
    assert part in problems[0].text


def test_a_problem_reads_as_a_sentence() -> None:
    assert str(Problem(3, "no")) == "line 3: no"
    assert str(Problem(0, "no")) == "no"
