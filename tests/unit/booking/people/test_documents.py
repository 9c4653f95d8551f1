"""Numbers of documents: which can exist, what they say, and which mistake the others have.  # rules A1, A3"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.people import (
    BadDocument,
    DocumentKind,
    GoodDocument,
    Mistake,
    Sex,
    icao_check_digit,
    is_resident_number,
    normalise_number,
    plain_number,
    read_document,
    recognise_number,
    resident_check_digit,
    upgrade_resident_number,
)

TODAY = date(2026, 11, 22)
RESIDENT = DocumentKind.RESIDENT_ID
PERMIT = DocumentKind.RESIDENCE_PERMIT
PERMANENT = DocumentKind.PERMANENT_RESIDENCE
STANDARD = "11010519491231002X"


def with_check(first_17: str) -> str:
    return first_17 + resident_check_digit(first_17)


def mistake(kind: DocumentKind, text: str) -> Mistake:
    reading = read_document(kind, text, TODAY)
    assert isinstance(reading, BadDocument)
    return reading.mistake


def good(kind: DocumentKind, text: str) -> GoodDocument:
    reading = read_document(kind, text, TODAY)
    assert isinstance(reading, GoodDocument)
    return reading


@pytest.mark.parametrize(
    ("text", "birth", "sex"),
    [
        (STANDARD, "1949-12-31", Sex.FEMALE),
        ("440524188001010014", "1880-01-01", Sex.MALE),
        (with_check("11010518000101001"), "1800-01-01", Sex.MALE),
        (with_check("11010520240229001"), "2024-02-29", Sex.MALE),
        (with_check("42010020261122002"), "2026-11-22", Sex.FEMALE),
    ],
)
def test_a_resident_number_says_birth_and_sex(text: str, birth: str, sex: Sex) -> None:
    assert good(RESIDENT, text) == GoodDocument(RESIDENT, text, birth_date=birth, sex=sex)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u3000194912310\u200b02X",
        "\u202e11010519491231002X\u202c",
        "\ufeff11010519491231002X\r\n",
        "110105\u2013194912\u00ad31\u2014002X\x00",
        "110105\t19491231\x1b002X",
    ],
)
def test_how_it_is_typed_does_not_matter(typed: str) -> None:
    assert good(RESIDENT, typed).number == STANDARD
    assert normalise_number(typed) == STANDARD, "both find the same person"


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Mistake.EMPTY),
        (" \u200b\u202e ", Mistake.EMPTY),
        ("1101051949123100２２", Mistake.WRONG_CHECK_DIGIT),
        ("110105194912310021", Mistake.WRONG_CHECK_DIGIT),
        ("1101051949123100", Mistake.WRONG_LENGTH),
        (STANDARD + "0", Mistake.WRONG_LENGTH),
        ("1" * 65, Mistake.WRONG_CHARACTERS),
        ("11010519491231٠٠2X", Mistake.WRONG_CHARACTERS),
        ("1101051949123100二X", Mistake.WRONG_CHARACTERS),
        ("11010519491231002Х", Mistake.WRONG_CHARACTERS),
        ("11010519491231002ı", Mistake.WRONG_CHARACTERS),
        ("110105'; DROP TABLE", Mistake.WRONG_CHARACTERS),
        ("A10105194912310021", Mistake.WRONG_CHARACTERS),
        ("11010519491231002A", Mistake.WRONG_CHARACTERS),
        (with_check("99010519491231002"), Mistake.OTHER_KIND),
        (with_check("81000019900101001"), Mistake.OTHER_KIND),
        (with_check("16010519491231002"), Mistake.WRONG_FORM),
        (with_check("11010519490229002"), Mistake.NO_SUCH_DATE),
        (with_check("11010519491301002"), Mistake.NO_SUCH_DATE),
        (with_check("11010500000101002"), Mistake.NO_SUCH_DATE),
        (with_check("11010517991231002"), Mistake.NO_SUCH_DATE),
        (with_check("11010520261123002"), Mistake.FUTURE_DATE),
        ("110105490229002", Mistake.NO_SUCH_DATE),
        ("160105491231002", Mistake.WRONG_FORM),
    ],
)
def test_what_is_wrong_with_a_resident_number(typed: str, wrong: Mistake) -> None:
    assert mistake(RESIDENT, typed) is wrong


def test_a_number_of_fifteen_digits_finds_the_person_of_eighteen() -> None:
    assert upgrade_resident_number("110105491231002") == STANDARD
    assert good(RESIDENT, "110105 491231 002") == good(RESIDENT, STANDARD)
    assert good(RESIDENT, "110105040229001").birth_date == "1904-02-29", "the year is always of the 20th century"


@pytest.mark.parametrize("text", ["", "11010549123100", "11010549123100x", "1101054912310021", "１" * 15])
def test_only_fifteen_digits_are_upgraded(text: str) -> None:
    with pytest.raises(ValueError, match="15 digits"):
        upgrade_resident_number(text)


@given(birth=st.dates(date(1900, 1, 1), date(1999, 12, 31)), order=st.integers(0, 999))
def test_old_and_new_say_the_same(birth: date, order: int) -> None:
    old = f"420106{birth:%y%m%d}{order:03d}"
    new = good(RESIDENT, old)
    assert new.number[:6] + new.number[8:17] == old
    assert is_resident_number(new.number)
    assert new.birth_date == birth.isoformat()
    assert (new.sex is Sex.MALE) is (order % 2 == 1)


@given(first=st.text("0123456789", min_size=17, max_size=17))
def test_the_check_digit_is_that_of_iso_7064_mod_11_2(first: str) -> None:
    values = [10 if c == "X" else int(c) for c in with_check(first)]
    assert sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11 == 1


@pytest.mark.parametrize("place", ["810000", "820000", "830000"])
def test_the_residence_permits_of_hong_kong_macao_and_taiwan(place: str) -> None:
    number = with_check(f"{place}19900101001")
    assert good(PERMIT, number) == GoodDocument(PERMIT, number, birth_date="1990-01-01", sex=Sex.MALE)
    assert recognise_number(number, TODAY) == good(PERMIT, number)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (STANDARD, Mistake.OTHER_KIND),
        ("110105194912310021", Mistake.WRONG_FORM),
        ("830000199001010010", Mistake.WRONG_CHECK_DIGIT),
        (with_check("83000019900230001"), Mistake.NO_SUCH_DATE),
        (with_check("84000019900130001"), Mistake.OTHER_KIND),
        ("83000019900101", Mistake.WRONG_LENGTH),
    ],
)
def test_what_is_wrong_with_a_residence_permit(typed: str, wrong: Mistake) -> None:
    assert mistake(PERMIT, typed) is wrong


def test_the_permanent_residence_cards_of_2017_and_2023() -> None:
    old, new = "KAZ110090123105", "911398199012310021"
    assert good(PERMANENT, old) == GoodDocument(
        PERMANENT, old, birth_date="1990-12-31", sex=Sex.FEMALE, nationality="KAZ"
    )
    assert good(PERMANENT, new) == GoodDocument(
        PERMANENT, new, birth_date="1990-12-31", sex=Sex.FEMALE, nationality="398"
    )
    assert [recognise_number(it, TODAY) for it in ("kaz1100 901231 05", new)] == [
        good(PERMANENT, old),
        good(PERMANENT, new),
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("KAZ110090123107", Mistake.WRONG_CHECK_DIGIT),
        ("KAZ11009O123105", Mistake.WRONG_CHARACTERS),
        ("K1Z110090123105", Mistake.WRONG_CHARACTERS),
        ("110105491231002", Mistake.WRONG_CHARACTERS),
        ("KAZ990090123105", Mistake.WRONG_FORM),
        ("KAZ11009012310", Mistake.WRONG_LENGTH),
        ("911398199012310022", Mistake.WRONG_CHECK_DIGIT),
        (with_check("99939819901231002"), Mistake.WRONG_FORM),
        (with_check("91139819901331002"), Mistake.NO_SUCH_DATE),
        (with_check("91139820261123002"), Mistake.FUTURE_DATE),
        (STANDARD, Mistake.OTHER_KIND),
        ("110105194912310021", Mistake.WRONG_FORM),
    ],
)
def test_what_is_wrong_with_a_permanent_residence_card(typed: str, wrong: Mistake) -> None:
    assert mistake(PERMANENT, typed) is wrong


def test_the_old_card_of_an_impossible_day_is_refused_though_its_digit_fits() -> None:
    first_14 = "KAZ11009002310"
    assert mistake(PERMANENT, first_14 + icao_check_digit(first_14)) is Mistake.NO_SUCH_DATE


def test_the_old_cards_two_digits_of_the_year_are_the_latest_that_can_be() -> None:
    for birth, year in ((TODAY, "2026"), (TODAY + timedelta(days=1), "1926")):
        first_14 = f"KAZ1100{birth:%y%m%d}1"
        assert good(PERMANENT, first_14 + icao_check_digit(first_14)).birth_date[:4] == year


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        (DocumentKind.PASSPORT, "e 1234 5678", "E12345678"),
        (DocumentKind.PASSPORT, "ＡＢ１２３４５", "AB12345"),
        (DocumentKind.SOCIAL_SECURITY, "a-12345678", "A12345678"),
        (DocumentKind.HOSPITAL_CARD, "0001 2345", "00012345"),
    ],
)
def test_numbers_without_a_check_digit(kind: DocumentKind, typed: str, number: str) -> None:
    assert good(kind, typed) == GoodDocument(kind, number)


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        (DocumentKind.PASSPORT, "E123", Mistake.WRONG_LENGTH),
        (DocumentKind.PASSPORT, "E123456789", Mistake.WRONG_LENGTH),
        (DocumentKind.PASSPORT, "PASSPORT", Mistake.WRONG_FORM),
        (DocumentKind.HOSPITAL_CARD, "123", Mistake.WRONG_LENGTH),
        (DocumentKind.HOSPITAL_CARD, "1" * 33, Mistake.WRONG_LENGTH),
        (DocumentKind.SOCIAL_SECURITY, "社保12345", Mistake.WRONG_CHARACTERS),
    ],
)
def test_what_is_wrong_with_them(kind: DocumentKind, typed: str, wrong: Mistake) -> None:
    assert mistake(kind, typed) is wrong


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Mistake.EMPTY),
        ("二", Mistake.WRONG_CHARACTERS),
        ("E12345678", Mistake.WRONG_LENGTH),
        ("110105194912310021", Mistake.WRONG_CHECK_DIGIT),
        ("A10105194912310021", Mistake.WRONG_CHARACTERS),
        (with_check("84000019900130001"), Mistake.WRONG_FORM),
    ],
)
def test_a_number_that_shows_no_kind_is_not_guessed(typed: str, wrong: Mistake) -> None:
    assert recognise_number(typed, TODAY) == BadDocument(wrong)


def test_a_recognised_resident_number() -> None:
    assert recognise_number("110105491231002", TODAY) == good(RESIDENT, STANDARD)


@given(text=st.text(max_size=40), kind=st.sampled_from(DocumentKind))
def test_whatever_is_typed_is_answered_and_what_is_good_is_hashed_alike(text: str, kind: DocumentKind) -> None:
    for reading in (read_document(kind, text, TODAY), recognise_number(text, TODAY)):
        if isinstance(reading, GoodDocument) and len(normalise_number(text)) == len(reading.number):
            assert reading.number == normalise_number(text) == plain_number(text)


_NOISE = st.sampled_from(["", " ", "-", "\u200b", "\u202e", "\u3000", "\x07", "\u2060", "－"])


@given(noise=st.lists(_NOISE, min_size=18, max_size=18), is_wide=st.lists(st.booleans(), min_size=18, max_size=18))
def test_noise_between_the_digits_never_hides_a_person(noise: list[str], is_wide: list[bool]) -> None:
    wide = [chr(ord(c) + 0xFEE0) if it else c for c, it in zip(STANDARD, is_wide, strict=True)]
    typed = "".join(c + gap for c, gap in zip(wide, noise, strict=True))
    assert good(RESIDENT, typed).number == normalise_number(typed) == STANDARD


def test_a_reading_says_nothing_personal_in_its_repr() -> None:
    shown = repr(good(RESIDENT, STANDARD))
    assert not [secret for secret in ("1101", "1949", "female", "002X") if secret in shown]
