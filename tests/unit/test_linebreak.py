"""Where lines of Chinese and Latin text break."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.devices.printers.linebreak import NEVER_FIRST, NEVER_LAST, balanced_lines, fill_lines, is_wide, pieces


def width(text: str) -> float:
    return sum(2 if is_wide(char) else 1 for char in text)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("请空腹，并带报告", 6, ["请空", "腹，并", "带报告"]),
        ("检查（心电图）。", 6, ["检查", "（心电", "图）。"]),
        ("请看《须知》后签名", 6, ["请看", "《须", "知》后", "签名"]),
        ("Room 306 East Wing", 9, ["Room 306", "East Wing"]),
        ("1111111《 1", 10, ["1111111", "《 1"]),
        ("到306诊室", 6, ["到306", "诊室"]),
        ("两行\n分开", 20, ["两行", "分开"]),
        ("Hippopotomonstrosis", 6, ["Hippop", "otomon", "strosi", "s"]),
        ("", 6, [""]),
        ("  前后空格  ", 20, ["前后空格"]),
    ],
)
def test_lines_break_as_a_typesetter_would(text: str, room: int, lines: list[str]) -> None:
    assert fill_lines(text, room, width) == lines


ALPHABET = "请空腹报告诊室，。）、；（《》ab12 -"


@given(st.text(ALPHABET, max_size=60), st.integers(10, 40))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, room: int) -> None:
    lines = fill_lines(text, room, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in lines)


@given(st.text(ALPHABET, max_size=60), st.integers(10, 40))
def test_marks_never_stand_where_they_look_wrong(text: str, room: int) -> None:
    """But for a part that no line can hold: that has to be cut somewhere."""
    assume(all(width(part.rstrip()) <= room for part in pieces(text.strip())))
    lines = fill_lines(text, room, width)
    assert not any(line[0] in NEVER_FIRST for line in lines[1:] if line)
    assert not any(line[-1] in NEVER_LAST for line in lines[:-1] if line)


@given(st.text(ALPHABET, max_size=60), st.integers(10, 40))
def test_balancing_adds_no_line_and_loses_nothing(text: str, room: int) -> None:
    filled, balanced = fill_lines(text, room, width), balanced_lines(text, room, width)
    assert len(balanced) <= len(filled)
    assert "".join(balanced).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= room for line in balanced)


def test_centred_lines_have_like_lengths() -> None:
    assert balanced_lines("仁和市第一人民医院东院区", 20, width) == ["仁和市第一人", "民医院东院区"]
