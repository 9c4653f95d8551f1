"""The log's allow-list: nothing that a person said, typed or is called ever reaches a line."""

from __future__ import annotations

import json
import logging
import sys
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards.pcsc import PcscFault
from kiosk.health.log import MOST_EQUAL, AllowList, NoFlood, shown
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


def _record(message: str, *values: object, at_s: float = 0.0) -> logging.LogRecord:
    record = logging.LogRecord("kiosk.devices", logging.WARNING, "x.py", 1, message, values or None, None)
    record.created = at_s
    return record


def _written(records: list[logging.LogRecord]) -> list[dict[str, object]]:
    no_flood = NoFlood()
    return [json.loads(AllowList().format(record)) for record in records if no_flood.filter(record)]


def test_a_fault_that_lasts_for_days_does_not_push_all_else_out_of_the_log() -> None:
    day_s = 24 * 60 * 60
    lines = _written([_record("printer: %s", "closed", at_s=half / 2) for half in range(2 * day_s)])
    assert len(lines) <= 144 * MOST_EQUAL
    assert len(json.dumps(lines)) * 30 < 10_000_000


def test_how_often_something_was_left_out_is_told_with_the_next_line_of_it() -> None:
    records = [_record("waits %s", "busy", at_s=float(second)) for second in range(20)]
    later = _record("waits %s", "busy", at_s=700.0)
    *first, last = _written([*records, later])
    assert [line.get("left_out") for line in first] == [None] * MOST_EQUAL
    assert last["left_out"] == 20 - MOST_EQUAL


def test_lines_that_differ_are_all_written() -> None:
    records = [_record("visit %s", UUID(int=no)) for no in range(500)]
    assert len(_written(records)) == 500
    bugs = [_record("a bug") for _ in range(50)]
    for bug in bugs:
        bug.exc_info = (ValueError, ValueError(), None)
    assert len(_written(bugs)) == 50


@pytest.mark.parametrize("code", [0, 0x8010001D, 0x8010001E, 0x80100013, 0x80100003, 0x80100066, 0x80100069])
def test_the_cause_of_a_card_daemons_fault_is_written(code: int) -> None:
    fault = PcscFault("SCardEstablishContext", code)
    message = _line("card daemon: %s %s", fault.call, fault.cause)["message"]
    assert message == f"card daemon: SCardEstablishContext {fault.cause}"
    assert fault.cause != "unknown"
