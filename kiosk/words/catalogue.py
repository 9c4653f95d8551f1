"""One language's words: texts by message id, dates and times as that language writes them.

Knows no screen and no state. Loaded by bootstrap; a missing message falls back to the hospital's own language.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from importlib.resources import files

from babel import Locale
from babel.dates import format_date

DOMAIN = "kiosk"
LANGUAGES = ("zh-CN", "en")
_PARTS_OF_DAY = ((6, "day.night"), (12, "day.morning"), (18, "day.afternoon"), (24, "day.evening"))
"""Each with the hour before which it ends."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `language` is a BCP 47 tag."""

    language: str
    translations: gettext.NullTranslations
    locale: Locale

    def text(self, message: str, **values: object) -> str:
        """The sentence of this message id with its values put in. Raises KeyError for a value that is missing."""
        sentence = self.translations.gettext(message)
        return sentence.format(**values) if values else sentence

    def count(self, message: str, number: int, **values: object) -> str:
        """As `text`, in the plural form that the number asks for; `{number}` is filled in."""
        sentence = self.translations.ngettext(message, message, number)
        return sentence.format(number=number, **values)

    def time(self, instant_ms: int, zone: tzinfo) -> str:
        """The time of day, always as `09:30`."""
        return _local(instant_ms, zone).strftime("%H:%M")

    def part_of_day(self, instant_ms: int, zone: tzinfo) -> str:
        """凌晨 / 上午 / 下午 / 晚上, Night / Morning / Afternoon / Evening: stands beside the time."""
        hour = _local(instant_ms, zone).hour
        return self.text(next(message for ends, message in _PARTS_OF_DAY if hour < ends))

    def day(self, instant_ms: int, zone: tzinfo) -> str:
        """Day, month and weekday of an instant, as on the first page."""
        return self._date(_local(instant_ms, zone).date())

    def service_date(self, day: str) -> str:
        """Day, month and weekday of a `YYYY-MM-DD`."""
        return self._date(date.fromisoformat(day))

    def stamp(self, instant_ms: int, zone: tzinfo) -> str:
        """Date and time as they stand on paper, `2026-11-22 09:05`: the same in every language."""
        return _local(instant_ms, zone).strftime("%Y-%m-%d %H:%M")

    def _date(self, day: date) -> str:
        return format_date(day, self.text("date.pattern"), locale=self.locale)


def _local(instant_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1000, tz=zone)


def load(language: str) -> Words:
    """The words of one language. Raises FileNotFoundError when its catalogue was not compiled (`make setup`)."""
    folder = files("kiosk.words") / "locale"
    name = language.replace("-", "_")
    catalogue = folder / name / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with catalogue.open("rb") as source:
        translations = gettext.GNUTranslations(source)
    if language != LANGUAGES[0]:
        own = folder / LANGUAGES[0].replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.mo"
        with own.open("rb") as source:
            translations.add_fallback(gettext.GNUTranslations(source))
    return Words(language, translations, Locale.parse(language, sep="-"))


def load_all() -> dict[str, Words]:
    """Every language that the terminal offers, by tag, the hospital's own first."""
    return {language: load(language) for language in LANGUAGES}
