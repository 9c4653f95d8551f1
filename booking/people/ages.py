"""Days of birth and ages. The day is always the caller's: nothing here knows what day it is."""

from __future__ import annotations

from datetime import date

from booking.people.typed import is_digits

_ISO_DIGITS = 8


def calendar_day(digits: str) -> date | None:
    """The day that eight digits `YYYYMMDD` name, or None when there is none such."""
    if len(digits) != _ISO_DIGITS or not is_digits(digits):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def day_of(iso: str) -> date | None:
    """The day that `YYYY-MM-DD` names, or None; no other way of writing it is taken."""
    is_written_so = len(iso) == _ISO_DIGITS + 2 and iso[4] == iso[7] == "-"
    return calendar_day(iso[:4] + iso[5:7] + iso[8:]) if is_written_so else None


def past_day(digits: str, today: date) -> date | None:
    """The latest day not after today that six digits `YYMMDD` name; None when no century has such a day.

    A person of over a hundred whose document has only two digits of the year is taken for a child: the one who sees
    the document corrects it.
    """
    century = today.year // 100
    for years in (century, century - 1):
        day = calendar_day(f"{years:02d}{digits}")
        if day is not None and day <= today:
            return day
    return None


def age_on(birth: date, day: date) -> int:
    """Completed years (周岁). Who was born on 29 February is a year older on 1 March of a common year.

    Raises ValueError for a day before the birth.
    """
    if day < birth:
        raise ValueError("not yet born")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
