"""Names and numbers of people: what may be shown, and what is told to be mistyped.  # rule A4"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.people import (
    DocumentKind,
    Identity,
    is_resident_number,
    last_four,
    mask_name,
    normalise_number,
    resident_check_digit,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("", ""),
        ("   ", ""),
        ("丰", "*"),
        ("张三", "张*"),
        ("张三丰", "张*丰"),
        ("欧阳修文", "欧*文"),
        ("司马相如", "司*如"),
        ("阿依古丽·买买提", "阿*提"),
        ("迪丽热巴•迪力木拉提", "迪*提"),
        ("张 三", "张*"),
        ("张　三　丰", "张*丰"),
        ("𠮷野家", "𠮷*家"),
        ("〇一", "〇*"),
        ("John Smith", "J*** S***"),
        ("  john   ronald  Tolkien ", "j*** r*** T***"),
        ("José García", "J*** G***"),
        ("LÜ XIAOMING", "L*** X***"),
        ("Zoë", "Z***"),
        ("Иван Петров", "И*** П***"),
        ("X", "X***"),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(name=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_a_masked_chinese_name_never_shows_more_than_two_characters(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) <= 3
    assert masked.count("*") == 1
    assert len(masked.replace("*", "")) < max(len(name), 2)


@given(name=st.text(alphabet=st.characters(max_codepoint=0x24F, categories=("L",)), min_size=2, max_size=12))
def test_a_masked_latin_word_shows_its_first_letter_only(name: str) -> None:
    assert mask_name(name) == f"{name[0]}***"


@pytest.mark.parametrize(("first", "last"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_the_standards_own_resident_numbers(first: str, last: str) -> None:
    assert resident_check_digit(first) == last
    assert is_resident_number(first + last)
    assert is_resident_number((first + last).lower())


@given(first=st.text("0123456789", min_size=17, max_size=17), place=st.integers(0, 16), shift=st.integers(1, 9))
def test_any_single_wrong_digit_of_a_resident_number_is_seen(first: str, place: int, shift: int) -> None:
    last = resident_check_digit(first)
    wrong = first[:place] + str((int(first[place]) + shift) % 10) + first[place + 1 :]
    assert is_resident_number(first + last)
    assert not is_resident_number(wrong + last)


@given(first=st.text("0123456789", min_size=17, max_size=17), place=st.integers(0, 15))
def test_any_swap_of_neighbours_in_a_resident_number_is_seen(first: str, place: int) -> None:
    swapped = first[:place] + first[place + 1] + first[place] + first[place + 2 :]
    is_same = swapped == first
    assert is_resident_number(swapped + resident_check_digit(first)) is is_same


@pytest.mark.parametrize("text", ["", "1101051949123100", "11010519491231002XX", "1101051949123100ＡX", "1" * 18 + " "])
def test_what_is_no_resident_number(text: str) -> None:
    assert not is_resident_number(text)


@pytest.mark.parametrize("text", ["", "1" * 16, "1" * 18, "1101051949123100x", "１" * 17])
def test_a_resident_check_digit_needs_seventeen_digits(text: str) -> None:
    with pytest.raises(ValueError, match="17 digits"):
        resident_check_digit(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [(" ab-12 34 ", "AB1234"), ("ＡＢ１２", "AB12"), ("11010519491231002x", "11010519491231002X"), ("—", "")],
)
def test_one_form_of_a_number_is_hashed(text: str, normal: str) -> None:
    assert normalise_number(text) == normal


@given(text=st.text("aA1-/ ａＡ１ﬁßı①·张é\u0301", max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise_number(normalise_number(text)) == normalise_number(text)


def test_the_last_four_of_long_numbers_only() -> None:
    assert last_four("110105194912310021") == "0021"
    assert last_four("1234567") == "", "four of seven would be most of it"


def test_an_identity_says_nothing_in_its_repr() -> None:
    identity = Identity(DocumentKind.RESIDENT_ID, "11010519491231002X", "A12345678", "张三丰")
    shown = repr(identity)
    assert not [secret for secret in ("1101", "A123", "张") if secret in shown]
