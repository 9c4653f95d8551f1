"""Where a scanned code ends, and what may be in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.scanned_text import LONGEST_BYTES, NOTHING_BEGUN, Fed, feed, judge, pause
from kiosk.ports.scanners import CodeNotRead, CodeScanned


def told(*parts: bytes) -> list[CodeScanned | CodeNotRead]:
    """All events of these parts, followed by a pause."""
    fed: Fed = NOTHING_BEGUN
    events: list[CodeScanned | CodeNotRead] = []
    for part in parts:
        fed = feed(fed, part)
        events += fed.events
    return events + list(pause(fed).events)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b""])
def test_a_code_ends_with_any_terminator_or_a_pause(end: bytes) -> None:
    assert told(b"B1330112", b"3456789" + end) == [CodeScanned("B13301123456789")]


def test_several_codes_in_one_go_are_several_codes() -> None:
    assert told(b"one\r\ntwo\rthree\n\n") == [CodeScanned("one"), CodeScanned("two"), CodeScanned("three")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_comes_in_either_encoding(encoding: str) -> None:
    assert told("挂号单 王小明".encode(encoding) + b"\r") == [CodeScanned("挂号单 王小明")]


@pytest.mark.parametrize(
    "code", [b"B1\x1b[2J", b"\0B1", b"B1\x7f", "B1\u202e".encode(), "B1\u200b".encode(), b"\xff\xfe", b"   "]
)
def test_what_is_no_text_is_refused(code: bytes) -> None:
    assert told(code + b"\n", b"B1\n") == [CodeNotRead(), CodeScanned("B1")]


def test_an_endless_code_is_refused_once_and_the_next_one_is_read() -> None:
    assert told(*[b"A" * 1000] * 9, b"\rB1\r") == [CodeNotRead(), CodeScanned("B1")]
    assert told(*[b"A" * 1000] * 9) == [CodeNotRead()]


def test_the_longest_code_is_read() -> None:
    assert told(b"A" * LONGEST_BYTES) == [CodeScanned("A" * LONGEST_BYTES)]
    assert judge(b"A" * (LONGEST_BYTES + 1)) == CodeNotRead()


def test_a_code_is_not_in_the_text_of_its_event() -> None:
    assert "330112" not in repr(CodeScanned("B1330112"))


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_however_the_bytes_are_cut_the_codes_are_the_same(parts: list[bytes]) -> None:
    fed: Fed = NOTHING_BEGUN
    for part in parts:
        fed = feed(fed, part)
        assert len(fed.begun) <= LONGEST_BYTES
    assert told(*parts) == told(b"".join(parts))
