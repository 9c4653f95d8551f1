"""Passports as ICAO 9303 prints them.  # rules A1, A3"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.people import BadDocument, Mistake, Passport, Sex, icao_check_digit, read_mrz

TODAY = date(2011, 6, 1)
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def second_line(
    number: str = "L898902C3",
    *,
    birth: str = "740812",
    sex: str = "F",
    expiry: str = "120415",
    optional: str = "ZE184226B",
    is_optional_filler: bool = False,
) -> str:
    number, optional = number.ljust(9, "<"), optional.ljust(14, "<")
    parts = [part + icao_check_digit(part) for part in (number, birth, expiry, optional)]
    if is_optional_filler:
        parts[3] = optional + "<"
    whole = icao_check_digit("".join(parts))
    return f"{parts[0]}UTO{parts[1]}{sex}{parts[2]}{parts[3]}{whole}"


def passport(text: str, today: date = TODAY) -> Passport:
    reading = read_mrz(text, today)
    assert isinstance(reading, Passport)
    return reading


@pytest.mark.parametrize(
    ("text", "digit"),
    [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("ZE184226B<<<<<", "1"), ("520727", "3"), ("", "0")],
)
def test_the_standards_own_check_digits(text: str, digit: str) -> None:
    assert icao_check_digit(text) == digit


@pytest.mark.parametrize("text", ["a", "L 8", "Ä", "１", "-"])
def test_other_characters_have_no_check_digit(text: str) -> None:
    with pytest.raises(ValueError, match="check digit"):
        icao_check_digit(text)


@pytest.mark.parametrize(
    "text", [FIRST + "\n" + SECOND, " " * 88 + FIRST + SECOND, FIRST + SECOND, f" {FIRST}\r\n{SECOND}\r\n".lower()]
)
def test_the_standards_own_specimen(text: str) -> None:
    it = passport(text)
    assert (it.surname, it.given_names, it.issuer) == ("ERIKSSON", "ANNA MARIA", "UTO")
    assert (it.document.number, it.document.birth_date) == ("L898902C3", "1974-08-12")
    assert (it.document.sex, it.document.nationality) == (Sex.FEMALE, "UTO")
    assert (it.expires, it.is_valid_on(date(2012, 4, 15)), it.is_valid_on(date(2012, 4, 16))) == (
        date(2012, 4, 15),
        True,
        False,
    )


def test_the_specimens_lines_are_made_here_as_the_standard_prints_them() -> None:
    assert second_line() == SECOND


def test_an_unused_field_may_have_a_filler_for_its_check_digit() -> None:
    for is_filler in (True, False):
        line = second_line("E12345678", optional="", is_optional_filler=is_filler)
        assert passport(FIRST + line).document.number == "E12345678"


@given(place=st.integers(0, 43), new=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"))
def test_a_wrong_character_among_the_checked_ones_is_seen_unless_it_weighs_the_same(place: int, new: str) -> None:
    changed = SECOND[:place] + new + SECOND[place + 1 :]
    is_checked = place not in (10, 11, 12, 20)
    weighs_alike = (0 if new == "<" else int(new, 36)) % 10 == (
        0 if SECOND[place] == "<" else int(SECOND[place], 36)
    ) % 10
    reading = read_mrz(FIRST + changed, TODAY)
    if is_checked and not weighs_alike:
        assert reading == BadDocument(Mistake.WRONG_CHECK_DIGIT)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", Mistake.EMPTY),
        (" \n ", Mistake.EMPTY),
        (FIRST + SECOND[:-1], Mistake.WRONG_LENGTH),
        (FIRST + SECOND + "<", Mistake.WRONG_LENGTH),
        (FIRST + SECOND + " " * 200, Mistake.WRONG_LENGTH),
        (FIRST + SECOND.replace("<", "«"), Mistake.WRONG_CHARACTERS),
        (FIRST.replace("SS", "ß").replace("I", "ı") + SECOND, Mistake.WRONG_CHARACTERS),
        (FIRST.replace("ANNA", "张三三三") + SECOND, Mistake.WRONG_CHARACTERS),
        (" " * 88 + FIRST + SECOND + " ", Mistake.WRONG_LENGTH),
        ("I" + FIRST[1:] + SECOND, Mistake.OTHER_KIND),
        (FIRST + second_line(birth="741312"), Mistake.NO_SUCH_DATE),
        (FIRST + second_line(expiry="120431"), Mistake.NO_SUCH_DATE),
        (FIRST + second_line(expiry="1204<<"), Mistake.NO_SUCH_DATE),
        (FIRST + second_line(sex="Q"), Mistake.WRONG_FORM),
        (FIRST + second_line(number="L89<902C3"), Mistake.WRONG_FORM),
        (FIRST + second_line(number=""), Mistake.WRONG_FORM),
    ],
)
def test_what_is_wrong_with_the_lines(text: str, wrong: Mistake) -> None:
    assert read_mrz(text, TODAY) == BadDocument(wrong)


def test_a_birth_that_is_not_fully_known_is_not_said() -> None:
    it = passport(FIRST + second_line(birth="74<<<<", sex="<"))
    assert (it.document.birth_date, it.document.sex) == ("", Sex.UNKNOWN)


def test_a_birth_is_in_the_past_and_an_expiry_not_far_ahead() -> None:
    tomorrow = TODAY + timedelta(days=1)
    it = passport(FIRST + second_line(birth=f"{tomorrow:%y%m%d}", expiry="610415"))
    assert (it.document.birth_date, it.expires) == ("1911-06-02", date(2061, 4, 15))
    assert passport(FIRST + second_line(birth=f"{TODAY:%y%m%d}")).document.birth_date == "2011-06-01"
    assert passport(FIRST + second_line(expiry="620415")).expires == date(1962, 4, 15)
    assert passport(FIRST + second_line(expiry="120415"), date(2060, 1, 1)).expires == date(2012, 4, 15)
    assert passport(FIRST + second_line(expiry="050415"), date(2060, 1, 1)).expires == date(2105, 4, 15)


def test_a_full_optional_field_is_checked_to_its_last_character() -> None:
    assert passport(FIRST + second_line(optional="ZE184226B12345")).document.number == "L898902C3"


def test_one_name_only() -> None:
    first = "P<UTOANNA".ljust(44, "<")
    assert (passport(first + SECOND).surname, passport(first + SECOND).given_names) == ("ANNA", "")


def test_a_passport_says_nothing_personal_in_its_repr() -> None:
    shown = repr(passport(FIRST + SECOND))
    assert not [secret for secret in ("ERIK", "ANNA", "L898", "1974", "2012") if secret in shown]


@given(text=st.text(alphabet="P<UTO0123456789L \n«张", max_size=100))
def test_whatever_is_scanned_is_answered(text: str) -> None:
    assert isinstance(read_mrz(text, TODAY), BadDocument)
