"""The code on a ticket: what is written can be read again, and nothing else can be read at all."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.base45 import base45, read_base45
from booking.signed_ticket import (
    LONGEST_CODE,
    SignedTicket,
    TicketPlace,
    Unreadable,
    as_printed,
    is_ticket,
    read_ticket,
    ticket_code,
)

TERMINAL, BOOKING = UUID(int=0x0193_0000 << 96 | 1), UUID(int=0x0193_0000 << 96 | 2)
PLACE = TicketPlace(
    hospital_code="01",
    session_id=UUID(int=3),
    slot_no=37,
    service_date="2026-11-22",
    starts_ms=1_795_309_200_000,
    ends_ms=1_795_309_800_000,
    queue_number="A037",
    booking_ver=2,
    issued_ms=1_795_308_000_000,
    is_checked_in=True,
)
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
FIRST_LAYOUT_SIGNED = TERMINAL.bytes + BOOKING.bytes

places = st.builds(
    TicketPlace,
    hospital_code=st.integers(0, 99).map(lambda code: f"{code:02d}"),
    session_id=st.uuids(),
    slot_no=st.integers(0, 0xFFFF),
    service_date=st.dates(date(2000, 1, 1), date(2170, 1, 1)).map(str),
    starts_ms=st.integers(0, 2**32 * 1000 - 1),
    ends_ms=st.integers(0, 0),
    queue_number=st.text("ABCZ眼科0123456789", max_size=16),
    booking_ver=st.integers(0, 2**32 - 1),
    issued_ms=st.integers(0, 2**32 * 1000 - 1),
    is_checked_in=st.booleans(),
    lease_id=st.none() | st.uuids(),
).flatmap(lambda place: st.integers(0, 60_000_000).map(lambda ms: replace(place, ends_ms=place.starts_ms + ms)))


def sign(message: bytes) -> bytes:
    return hashlib.sha512(message).digest()


def code_of(place: TicketPlace = PLACE) -> str:
    return ticket_code(terminal_id=TERMINAL, booking_id=BOOKING, place=place, sign=sign)


def first_code() -> str:
    """As terminals printed it before it told the place."""
    return "T1" + base45(b"\x01" + FIRST_LAYOUT_SIGNED + sign(b"kiosk-ticket-v1\n" + FIRST_LAYOUT_SIGNED))


@given(places)
@example(PLACE)
@example(replace(PLACE, lease_id=UUID(int=9)))
def test_what_is_printed_is_what_is_read(place: TicketPlace) -> None:
    code = code_of(place)
    read = read_ticket(code)
    assert isinstance(read, SignedTicket)
    assert (read.terminal_id, read.booking_id, read.place) == (TERMINAL, BOOKING, as_printed(place))
    assert sign(read.signed) == read.signature
    assert set(code) <= set(SIGNS)
    assert code == code.strip()  # a scanner's reader cuts spaces off its ends


def test_a_code_of_the_first_layout_still_names_its_booking() -> None:
    read = read_ticket(first_code())
    assert isinstance(read, SignedTicket)
    assert (read.terminal_id, read.booking_id, read.place) == (TERMINAL, BOOKING, None)
    assert sign(read.signed) == read.signature


def test_the_example_of_the_protocol_stays_readable() -> None:
    """These very signs are on paper somewhere."""
    assert hashlib.sha256(code_of().encode()).hexdigest() == GOLDEN
    assert hashlib.sha256(first_code().encode()).hexdigest() == GOLDEN_FIRST


GOLDEN = "163ec54b0ebb21ff4cf30ad0816150a51b00c00e0eca2360c4be915a480b995a"
GOLDEN_FIRST = "b3cecb58797065ff4eb69c15176683fd90c3f786cce8fb56604095f4e2dedac1"


@given(st.integers(0, len(code_of()) - 3), st.integers(1, 44))
def test_a_changed_sign_is_never_the_same_message_under_the_same_signature(at: int, step: int) -> None:
    code = code_of()
    changed = code[: 2 + at] + SIGNS[(SIGNS.index(code[2 + at]) + step) % 45] + code[3 + at :]
    read = read_ticket(changed)
    if isinstance(read, SignedTicket):
        assert sign(read.signed) != read.signature


@given(st.integers(0, len(code_of()) - 1))
def test_a_code_that_was_cut_short_is_damaged(length: int) -> None:
    read = read_ticket(code_of()[:length])
    assert read is Unreadable.DAMAGED or (isinstance(read, SignedTicket) and sign(read.signed) != read.signature)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x01", b"\x01\x02", b"\x01\x02\x01\x01", b"\x01\x02\x03\x63"]))
def test_no_bytes_are_too_strange(tail: bytes, head: bytes) -> None:
    read = read_ticket("T1" + base45(head + tail))
    if isinstance(read, SignedTicket):
        assert sign(read.signed) != read.signature
    else:
        assert read in Unreadable


@given(st.text(max_size=600) | st.text(SIGNS, max_size=600))
def test_no_text_is_too_strange(text: str) -> None:
    read = read_ticket("T1" + text)
    assert read in (Unreadable.DAMAGED, Unreadable.NEWER) or isinstance(read, SignedTicket)


def test_a_huge_text_is_not_even_looked_at() -> None:
    assert read_ticket("T1" + "0" * LONGEST_CODE) is Unreadable.DAMAGED


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\x02\x02\x00\x01", Unreadable.NEWER),  # another suite
        (b"\x01\x03\x00\x01", Unreadable.NEWER),  # a later layout
        (b"\x01\x02\x04\x01", Unreadable.NEWER),  # a flag of a later release
        (b"\x01\x01\x00\x01", Unreadable.DAMAGED),
        (b"", Unreadable.DAMAGED),
    ],
)
def test_what_a_later_release_prints_is_told_from_damage(head: bytes, said: Unreadable) -> None:
    assert read_ticket("T1" + base45(head + bytes(150) if head else b"")) is said


def test_only_one_way_of_writing_is_read() -> None:
    """Padding, a letter that cannot be printed, another hospital's number above 99: nobody of ours wrote that."""
    said = read_base45(code_of()[2:])[:-64]
    for other in (said + b"\0", said + b"\0\0", said[:3] + b"\x64" + said[4:], said[:-4] + b"\x07" + said[-3:]):
        assert read_ticket("T1" + base45(other + sign(other))) is Unreadable.DAMAGED


@pytest.mark.parametrize(
    "change", [{"hospital_code": "1"}, {"hospital_code": "x1"}, {"slot_no": 70_000}, {"queue_number": "A" * 65}]
)
def test_a_place_that_no_code_can_hold_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        code_of(replace(PLACE, **change))  # type: ignore[arg-type]  # one of several fields


def test_its_signs_are_those_that_a_small_code_can_hold() -> None:
    """211 signs: QR version 8 at error correction M, which a 58 mm roll prints with half a millimetre a square."""
    assert len(code_of()) <= 221
    assert is_ticket(code_of())
    assert not is_ticket("B1011234567890")


@given(st.binary(max_size=200))
def test_base45_both_ways(data: bytes) -> None:
    assert read_base45(base45(data)) == data


@pytest.mark.parametrize(("data", "text"), [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581")])
def test_base45_as_the_standard_has_it(data: bytes, text: str) -> None:
    assert (base45(data), read_base45(text)) == (text, data)


@pytest.mark.parametrize("text", ["A", "AAAA", ":::", "::", "ab", "GGW+", "ÄÖ"])
def test_base45_refuses_what_stands_for_nothing(text: str) -> None:
    with pytest.raises(ValueError):
        read_base45(text)
