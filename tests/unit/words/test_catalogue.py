"""One language's words: values put in, dates and times, and what happens to a message that is missing."""

from __future__ import annotations

import gettext
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from kiosk.words.catalogue import LANGUAGES, Words, load, load_all

ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY_0905_MS = 1_795_309_500_000


@pytest.fixture(scope="module")
def all_words() -> dict[str, Words]:
    return load_all()


def test_the_hospitals_own_language_comes_first(all_words: dict[str, Words]) -> None:
    assert tuple(all_words) == LANGUAGES == ("zh-CN", "en")


def test_values_are_put_in(all_words: dict[str, Words]) -> None:
    assert all_words["zh-CN"].text("choose.more", page=1, pages=2) == "第 1 页，共 2 页"
    assert all_words["en"].text("choose.more", page=1, pages=2) == "Page 1 of 2"
    with pytest.raises(KeyError, match="pages"):
        all_words["en"].text("choose.more", page=1)


def test_times_and_days(all_words: dict[str, Words]) -> None:
    chinese, english = all_words["zh-CN"], all_words["en"]
    assert chinese.time(SUNDAY_0905_MS, ZONE) == english.time(SUNDAY_0905_MS, ZONE) == "09:05"
    assert chinese.day(SUNDAY_0905_MS, ZONE) == chinese.service_date("2026-11-22") == "11月22日 星期日"
    assert english.day(SUNDAY_0905_MS, ZONE) == english.service_date("2026-11-22") == "Sunday 22 November"
    assert chinese.stamp(SUNDAY_0905_MS, ZONE) == english.stamp(SUNDAY_0905_MS, ZONE) == "2026-11-22 09:05"


def test_the_zone_decides(all_words: dict[str, Words]) -> None:
    assert all_words["en"].time(SUNDAY_0905_MS, UTC) == "01:05"
    late_ms = SUNDAY_0905_MS + 15 * 3_600_000
    assert all_words["en"].day(late_ms, ZONE) == "Monday 23 November"
    assert all_words["en"].day(late_ms, UTC) == "Sunday 22 November"


@pytest.mark.parametrize(
    ("border", "before", "after"),
    [
        ("00:00", ("晚上", "Evening"), ("凌晨", "Night")),
        ("06:00", ("凌晨", "Night"), ("上午", "Morning")),
        ("12:00", ("上午", "Morning"), ("下午", "Afternoon")),
        ("18:00", ("下午", "Afternoon"), ("晚上", "Evening")),
    ],
)
def test_a_part_of_the_day_begins_at_its_hour(
    all_words: dict[str, Words], border: str, before: tuple[str, str], after: tuple[str, str]
) -> None:
    border_ms = int(datetime.fromisoformat(f"2026-11-22 {border}").replace(tzinfo=ZONE).timestamp()) * 1000
    for instant_ms, parts in ((border_ms - 1, before), (border_ms, after)):
        assert tuple(words.part_of_day(instant_ms, ZONE) for words in all_words.values()) == parts


def test_a_message_that_english_lacks_is_said_in_the_hospitals_own_language() -> None:
    chinese = load("zh-CN")
    english = gettext.NullTranslations()
    english.add_fallback(chinese.translations)
    assert Words("en", english, Locale.parse("en")).text("done.title") == "签到成功"


def test_a_language_without_words_is_told_at_start() -> None:
    with pytest.raises(FileNotFoundError):
        load("tlh")
