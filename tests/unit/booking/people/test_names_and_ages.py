"""Names and numbers masked, names compared, ages, mobiles, and profiles that fit together.  # rules A1, A2, A4"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.people import (
    DocumentKind,
    Flaw,
    Profile,
    Sex,
    Verification,
    age_on,
    clean_name,
    day_of,
    flaws,
    last_four,
    mask_name,
    mask_number,
    read_mobile,
    same_name,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("欧阳修", "欧阳*"),
        ("諸葛亮", "諸葛*"),
        ("欧阳修文", "欧*文"),
        ("欧阳", "欧*"),
        ("欧阳·修", "欧*修"),
        ("买·提", "买*"),
        ("·买提·", "买*"),
        ("阿依古丽 · 买买提", "阿*提"),
        ("古丽‧买买提", "古*提"),
        ("张\u200b三", "张*"),
        ("\u202e张三丰\u202c", "张*丰"),
        ("张\x00三\x1b", "张*"),
        ("张三\ufe00丰", "张*丰"),
        ("张三(John)", "张*"),
        ("\ue863小明", "\ue863*明"),
        ("\ue863", "*"),
        ("张\ud800三", "张*"),
        ("E\u0301mile Zola", "É*** Z***"),
        ("Jean-Luc O'Neil", "J*** O***"),
        ("\u200bJohn", "J***"),
        ("Ali · Veli", "A*** V***"),
        ("\u200b\u202e", ""),
        ("···", ""),
    ],
)
def test_nothing_invisible_shows_more_of_a_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


_IDEOGRAPH = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
_UNSEEN = st.sampled_from(["\u200b", "\u202e", "\u2066", "\u00ad", "·", " ", "\ufe00", "\x07"])


@given(letters=st.lists(_IDEOGRAPH, min_size=2, max_size=8), unseen=_UNSEEN, data=st.data())
def test_unseen_characters_in_a_name_never_show_more(letters: list[str], unseen: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(letters)))
    noisy = "".join(letters[:place]) + unseen + "".join(letters[place:])
    shown = [c for c in mask_name(noisy) if c != "*"]
    assert len(shown) <= min(2, len(letters) - 1)


@given(name=st.text(max_size=20))
def test_every_mask_has_a_star_unless_there_is_nothing_to_mask(name: str) -> None:
    masked = mask_name(name)
    assert ("*" in masked) is bool(masked)
    assert not [c for c in masked if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "****002X"),
        ("110105 1949 1231 002x", "****002X"),
        ("E1234567", "****4567"),
        ("1234567", "****"),
        ("1234\u200b\u200b567", "****"),
        ("", "****"),
    ],
)
def test_masked_numbers(number: str, masked: str) -> None:
    assert mask_number(number) == masked
    assert last_four(number) == masked[4:]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  阿依古丽 •  买买提 ", "阿依古丽·买买提"),
        ("张\u200b三\u202e", "张三"),
        ("John  \t Smith", "John Smith"),
        ("E\u0301mile", "Émile"),
        ("···", ""),
    ],
)
def test_a_name_is_kept_clean(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept
    assert clean_name(kept) == kept


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("张 三", "张三", True),
        ("阿依古丽•买买提", "阿依古丽·买买提", True),
        ("ＪＯＨＮ smith", "John Smith", True),
        ("张三", "张三丰", False),
        ("\ue863明", "\ue864明", False),
        ("", "", False),
    ],
)
def test_when_two_spellings_are_one_name(one: str, other: str, *, is_same: bool) -> None:
    assert same_name(one, other) is is_same


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        ("2000-05-10", "2026-05-09", 25),
        ("2000-05-10", "2026-05-10", 26),
        ("2004-02-29", "2026-02-28", 21),
        ("2004-02-29", "2026-03-01", 22),
        ("2004-02-29", "2028-02-29", 24),
        ("2026-11-22", "2026-11-22", 0),
    ],
)
def test_completed_years(birth: str, day: str, years: int) -> None:
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == years


def test_nobody_has_an_age_before_the_birth() -> None:
    with pytest.raises(ValueError, match="born"):
        age_on(TODAY, TODAY - timedelta(days=1))


@given(birth=st.dates(date(1900, 1, 1), date(2020, 1, 1)), days=st.integers(0, 40_000))
def test_an_age_never_falls_and_grows_once_a_year(birth: date, days: int) -> None:
    day = birth + timedelta(days=days)
    assert age_on(birth, day) <= age_on(birth, day + timedelta(days=1)) <= age_on(birth, day) + 1
    assert age_on(birth, day) == pytest.approx(days / 365.2425, abs=1.01)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("20240229", None),
        ("2024-W09-4", None),
        ("2024-2-29 ", None),
        ("２０２４-02-29", None),
        ("0000-01-01", None),
        ("", None),
    ],
)
def test_a_day_is_written_in_one_way(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("13912345678", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("0086 13912345678", "13912345678"),
        ("（139）12345678", "13912345678"),
        ("１３９１２３４５６７８", "13912345678"),
        ("8613912345678", "13912345678"),
        ("12912345678", None),
        ("1391234567", None),
        ("139123456789", None),
        ("+1 3912345678", None),
        ("1+8613912345678", None),
        ("++8613912345678", None),
        ("电话+8613912345678", None),
        ("＋86 13912345678", "13912345678"),
        ("1391234567八", None),
        ("02787654321", None),
        ("", None),
    ],
)
def test_mobile_numbers(typed: str, digits: str | None) -> None:
    assert read_mobile(typed) == digits


GOOD = Profile("张三丰", DocumentKind.RESIDENT_ID, "11010519491231002X", phone="13912345678")


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        (GOOD, ()),
        (replace(GOOD, sex=Sex.FEMALE, birth_date="1949-12-31"), ()),
        (replace(GOOD, verification=Verification.CARD_READ), ()),
        (replace(GOOD, phone="", other_contact="家人 027-87654321"), ()),
        (replace(GOOD, kind=DocumentKind.PASSPORT, number="E12345678", sex=Sex.MALE, birth_date="1990-01-01"), ()),
        (replace(GOOD, sex=Sex.MALE, birth_date="1949-12-30"), (Flaw.BIRTH_DATE_DIFFERS, Flaw.SEX_DIFFERS)),
        (replace(GOOD, number="110105194912310021"), (Flaw.DOCUMENT_WRONG,)),
        (
            replace(GOOD, name=" \u200b", number="", phone=""),
            (Flaw.NAME_MISSING, Flaw.DOCUMENT_MISSING, Flaw.CONTACT_MISSING),
        ),
        (replace(GOOD, phone="123"), (Flaw.PHONE_WRONG,)),
        (replace(GOOD, verification=Verification.REFUSED), (Flaw.REFUSED,)),
    ],
)
def test_a_profile_is_told_all_that_is_wrong_at_once(profile: Profile, found: tuple[Flaw, ...]) -> None:
    assert flaws(profile, TODAY) == found


def test_a_profile_says_nothing_personal_in_its_repr() -> None:
    shown = repr(GOOD)
    assert not [secret for secret in ("张", "1101", "139") if secret in shown]
