"""UUIDv7, texts in several languages, and what is signed and hashed."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.ids import uuid7
from booking.localized import LocalizedText
from booking.signing import signing_input
from booking.wire import CheckQuestion, booking_lookup_message, check_message, lookup_message

instants = st.integers(0, (1 << 48) - 1)
ten_bytes = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_rfc() -> None:
    rand_a, rand_b = 0xCC3, 0x18C4DC0C0C07398F
    random = (rand_a << 68 | rand_b).to_bytes(10, "big")
    assert uuid7(now_ms=0x017F22E279B0, random=random) == uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(now_ms=instants, random=ten_bytes)
def test_the_layout(now_ms: int, random: bytes) -> None:
    made = uuid7(now_ms=now_ms, random=random)
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == now_ms
    assert uuid7(now_ms=now_ms, random=random) == made


@given(first=instants, second=instants, some=ten_bytes, other=ten_bytes)
def test_ids_are_in_the_order_of_their_making(first: int, second: int, some: bytes, other: bytes) -> None:
    if first < second:
        assert str(uuid7(now_ms=first, random=some)) < str(uuid7(now_ms=second, random=other))


def test_every_one_of_the_random_bits_that_are_used_counts() -> None:
    made = {uuid7(now_ms=0, random=(1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(made) == 74 + 1, "62 bits at the end, 12 at the start; six in between are not used"


@pytest.mark.parametrize(("now_ms", "random"), [(-1, b"0" * 10), (1 << 48, b"0" * 10), (0, b"0" * 9), (0, b"0" * 11)])
def test_what_no_id_can_be_made_from(now_ms: int, random: bytes) -> None:
    with pytest.raises(ValueError, match=r"time|ten random bytes"):
        uuid7(now_ms=now_ms, random=random)


def test_a_text_in_the_wanted_language_or_in_chinese_or_in_any() -> None:
    text = LocalizedText({"zh-CN": "心内科", "en": "Cardiology"})
    assert (text.text("en"), text.text("fr")) == ("Cardiology", "心内科")
    assert LocalizedText({"zh-CN": "心内科", "en": ""}).text("en") == "心内科"
    assert LocalizedText({"en": "Cardiology"}).text("zh-CN") == "Cardiology"
    assert LocalizedText().text("en") == ""


def test_what_is_hashed_and_signed_says_what_it_is_for() -> None:
    number = "011234567890"
    assert lookup_message(kind="social_security", number="A1") == b"credential\nsocial_security\nA1"
    assert booking_lookup_message(number) == b"booking\n011234567890"
    asked = check_message(number=number, question=CheckQuestion.BIRTHDAY, answer="0308")
    assert asked == b"check\n011234567890\nbirthday\n0308"
    assert asked != check_message(number=number, question=CheckQuestion.PHONE, answer="0308")


def test_every_part_of_a_request_is_signed() -> None:
    parts: dict[str, object] = {
        "method": "post",
        "target": "/v1/check-ins?x=1",
        "body_digest": b"\x01" * 32,
        "terminal_id": uuid.UUID(int=1),
        "boot": 3,
        "count": 7,
    }
    others: dict[str, object] = {
        "method": "GET",
        "target": "/v1/events",
        "body_digest": b"\x02" * 32,
        "terminal_id": uuid.UUID(int=2),
        "boot": 4,
        "count": 8,
    }
    signed = signing_input(**parts)  # type: ignore[arg-type]  # one dictionary of all kinds of parts
    assert signed.startswith(b"kiosk-request-v1\nPOST\n/v1/check-ins?x=1\n" + b"01" * 32 + b"\n")
    for name, other in others.items():
        assert signing_input(**{**parts, name: other}) != signed  # type: ignore[arg-type]  # as above
