"""Booking numbers, queue numbers and codes. Check digits by the published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.numbers import (
    GoodNumber,
    MistypedNumber,
    OtherHospital,
    booking_number,
    booking_qr,
    check_digit,
    grouped,
    queue_number,
    read_booking_number,
    read_qr,
)

drawn_numbers = st.integers(0, 10**9 - 1)


@pytest.mark.parametrize(("body", "digit"), [("0794", "5"), ("79462", "3"), ("00200667308", "5"), ("13669597", "6")])
def test_published_examples_of_mod_11_10(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@pytest.mark.parametrize("body", ["", "12a", "１２", "-1", "1 2"])
def test_a_check_digit_is_made_from_digits_only(body: str) -> None:
    with pytest.raises(ValueError, match="decimal digits"):
        check_digit(body)


@given(drawn=drawn_numbers)
def test_a_drawn_number_is_read_by_its_own_hospital_and_known_as_foreign_by_another(drawn: int) -> None:
    number = booking_number(hospital_code="07", drawn=drawn)
    assert len(number) == 12
    assert read_booking_number(number, hospital_code="07") == GoodNumber(number)
    assert read_booking_number(number, hospital_code="01") == OtherHospital("07")


@given(drawn=drawn_numbers, place=st.integers(0, 11), shift=st.integers(1, 9))
def test_any_single_wrong_digit_is_seen(drawn: int, place: int, shift: int) -> None:
    number = booking_number(hospital_code="01", drawn=drawn)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert read_booking_number(wrong, hospital_code="01") == MistypedNumber()


@given(drawn=drawn_numbers)
def test_of_all_last_digits_exactly_one_is_right(drawn: int) -> None:
    body = booking_number(hospital_code="01", drawn=drawn)[:-1]
    right = [d for d in "0123456789" if read_booking_number(body + d, hospital_code="01") == GoodNumber(body + d)]
    assert right == [check_digit(body)]


@given(text=st.text("0123456789 -Oo１①A", max_size=20))
def test_whatever_is_typed_is_read_as_something(text: str) -> None:
    reading = read_booking_number(text, hospital_code="01")
    assert isinstance(reading, GoodNumber | OtherHospital | MistypedNumber)
    if isinstance(reading, GoodNumber):
        assert reading.digits.isascii()
        assert reading.digits.isdigit()


def test_spaces_and_hyphens_between_the_groups_are_forgiven_and_nothing_else() -> None:
    number = booking_number(hospital_code="01", drawn=234567890)
    assert read_booking_number(grouped(number), hospital_code="01") == GoodNumber(number)
    assert read_booking_number("-".join((number[:4], number[4:])), hospital_code="01") == GoodNumber(number)
    for text in (number[:-1], number + "0", number.replace("2", "Z"), "0" * 11 + "O", number.translate(FULL_WIDTH)):
        assert read_booking_number(text, hospital_code="01") == MistypedNumber()


FULL_WIDTH = {ord(str(d)): chr(0xFF10 + d) for d in range(10)}


@pytest.mark.parametrize(("code", "drawn"), [("1", 1), ("001", 1), ("０1", 1), ("01", -1), ("01", 10**9)])
def test_a_number_cannot_be_made_from_too_much_or_too_little(code: str, drawn: int) -> None:
    with pytest.raises(ValueError, match="digits"):
        booking_number(hospital_code=code, drawn=drawn)


def test_the_number_as_people_read_it() -> None:
    assert grouped("011234567890") == "0112 3456 7890"


def test_queue_numbers() -> None:
    assert queue_number(letters="A", slot_no=37) == "A037"
    assert queue_number(letters="EX", slot_no=1203) == "EX1203"
    for letters, slot_no in (("", 1), ("A", 0), ("A", -3)):
        with pytest.raises(ValueError, match="queue number"):
            queue_number(letters=letters, slot_no=slot_no)


def test_codes_of_bookings_and_of_anything_else() -> None:
    assert read_qr(booking_qr("011234567890")) == "011234567890"
    assert read_qr(" B1011234567890\r\n") == "011234567890"
    for text in ("", "B1", "B1" + "1" * 11, "B1" + "1" * 13, "B1" + "１" * 12, "T1" + "1" * 12, "b1" + "1" * 12):
        assert read_qr(text) is None
