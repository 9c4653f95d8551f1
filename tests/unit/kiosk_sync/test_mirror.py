"""Snapshots, kinds of rows, and the days that a terminal holds."""

from __future__ import annotations

import json

import pytest

from booking.localized import LocalizedText
from booking.wire import PlaceRow, Row
from kiosk.sync.codec import WireCodec
from kiosk.sync.mirror import days_to_fetch, keep_from, known_rows, read_page, read_snapshot

CODEC = WireCodec()
PLACE_ID = "00000000-0000-0000-0000-000000000001"
HEAD = {"cursor": "e.1", "days": ["2026-03-01", "2026-03-02"], "today": "2026-03-01", "rows": 1, "v": 1}
TEXT = {"by_language": {"zh-CN": "三层"}}
PLACE = {
    "kind": "place",
    "id": PLACE_ID,
    "ver": 2,
    "place": {"id": PLACE_ID, "building": TEXT, "floor": TEXT, "area": TEXT, "room": TEXT, "colour": "blue"},
    "is_new_field": True,
}


def ndjson(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_a_snapshot_is_read_and_new_fields_are_ignored() -> None:
    snapshot = read_snapshot(ndjson(HEAD, PLACE), CODEC)
    assert snapshot.head.cursor == "e.1"
    (row,) = snapshot.rows
    assert isinstance(row.place, PlaceRow)
    assert row.place.floor == LocalizedText({"zh-CN": "三层"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        ndjson(HEAD),
        ndjson(HEAD, PLACE)[:-40],
        ndjson(HEAD, PLACE, PLACE),
        ndjson(PLACE, HEAD),
        ndjson({**HEAD, "rows": "many"}, PLACE),
    ],
)
def test_what_is_not_a_whole_snapshot_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"snapshot|SnapshotHead|Row"):
        read_snapshot(body, CODEC)


def test_a_line_that_is_no_row_is_found_when_its_turn_comes() -> None:
    snapshot = read_snapshot(ndjson({**HEAD, "rows": 3}, PLACE, {"ver": 2}, PLACE), CODEC)
    assert next(snapshot.rows).id == PLACE_ID
    with pytest.raises(ValueError, match="Row"):
        next(snapshot.rows)


UNREADABLE = ({**PLACE, "ver": "late"}, {**PLACE, "place": {"id": "欧阳测试"}}, {**PLACE, "kind": "欧阳测试", "id": 3})


def test_a_row_that_cannot_be_read_costs_no_other() -> None:
    snapshot = read_snapshot(ndjson({**HEAD, "rows": 5}, PLACE, *UNREADABLE, PLACE), CODEC)
    assert [row.id for row in snapshot.rows] == [PLACE_ID, PLACE_ID]
    assert snapshot.unreadable == {"place": 2, "unknown": 1}


def test_a_page_of_the_feed_loses_only_the_rows_that_cannot_be_read() -> None:
    page = {"rows": [PLACE, *UNREADABLE, PLACE], "cursor": "e.7", "has_more": True, "today": "2026-03-01", "v": 1}
    read = read_page(json.dumps(page).encode(), CODEC)
    assert [row.id for row in read.page.rows] == [PLACE_ID, PLACE_ID]
    assert (read.page.cursor, read.page.has_more, read.page.today) == ("e.7", True, "2026-03-01")
    assert read.unreadable == {"place": 2, "unknown": 1}


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[1]",
        b'{"rows": 7}',
        b'{"rows": []}',
        b'{"rows": [7], "cursor": "e.7", "has_more": true, "today": "2026-03-01", "v": 1}',
    ],
)
def test_what_is_no_page_of_the_feed_is_none(page: bytes) -> None:
    with pytest.raises(ValueError, match=r"FeedPage|JSON|Row"):
        read_page(page, CODEC)


def test_a_fault_in_a_message_names_nothing_of_its_content() -> None:
    with pytest.raises(ValueError, match="Row") as fault:
        CODEC.decode(Row, '{"kind": "booking", "id": "欧阳测试", "ver": "欧阳测试"}')
    assert "欧阳测试" not in str(fault.value)
    assert fault.value.__cause__ is None


def test_unknown_kinds_and_empty_rows_are_skipped_and_counted() -> None:
    deleted = Row(kind="doctor", id="1", ver=3, is_deleted=True)
    known = known_rows((Row(kind="lease", id="1", ver=1), deleted, Row(kind="doctor", id="2", ver=1)))
    assert known.rows == (deleted,)
    assert known.skipped == 2


@pytest.mark.parametrize(
    ("today", "days"),
    [
        ("2026-03-02", ("2026-03-05",)),
        ("2026-03-04", ("2026-03-05", "2026-03-06", "2026-03-07")),
        ("2026-03-05", ("2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08")),
        ("2026-03-06", None),
        ("2026-02-28", None),
        ("soon", None),
    ],
)
def test_the_days_that_come_into_view(today: str, days: tuple[str, ...] | None) -> None:
    assert days_to_fetch(held_to="2026-03-04", old_today="2026-03-01", today=today) == days


def test_yesterday_is_kept() -> None:
    assert keep_from("2026-03-01") == "2026-02-28"
