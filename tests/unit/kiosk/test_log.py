"""The log's allow-list: nothing that a person said, typed or is called ever reaches a line."""

from __future__ import annotations

import json
import logging
import sys
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.health.log import AllowList, shown
from kiosk.journey.states import Trouble


def _line(message: str, *values: object) -> dict[str, object]:
    record = logging.LogRecord("kiosk.desk", logging.INFO, "x.py", 1, message, values or None, None)
    line: dict[str, object] = json.loads(AllowList().format(record))
    return line


def test_ids_counts_and_code_words_are_written() -> None:
    some_id = UUID("01900000-0000-7000-8000-000000000000")
    line = _line("operation %s was %s after %d tries", some_id, "applied", 3)
    assert line["message"] == f"operation {some_id} was applied after 3 tries"
    assert shown(Trouble.TOO_EARLY) == "too_early"


@pytest.mark.parametrize(
    "personal",
    ["张三丰", "阿依古丽·买买提", "110101199003070011", "01 1234 5678 96", "13800138000", 13800138000, b"x", ["a"]],
)
def test_personal_values_are_not_written(personal: object) -> None:
    assert "..." in str(_line("found %s here", personal)["message"])
    assert str(personal) not in json.dumps(_line("found %s here", personal), ensure_ascii=False)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1))
def test_no_chinese_name_is_written(name: str) -> None:
    assert shown(name) == "..."


def test_an_exceptions_text_is_not_written_but_its_place_is() -> None:
    try:
        raise ValueError("张三 110101199003070011")  # noqa: TRY301 - the raising is the test
    except ValueError:
        record = logging.LogRecord("kiosk", logging.ERROR, "x.py", 1, "a bug", None, sys.exc_info())
    text = AllowList().format(record)
    assert "张三" not in text
    assert json.loads(text)["bug"] == "ValueError"
    assert "test_log.py" in json.loads(text)["where"][0]


def test_a_template_for_numbers_survives_a_hidden_value() -> None:
    assert _line("waits %d ms", "张三")["message"] == "waits ... ms"
