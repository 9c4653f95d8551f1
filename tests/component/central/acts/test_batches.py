"""A batch of events of any kind: each has its own answer, and none holds the others up.  # sync C6"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from central.appointments.tables import booking
from tests.plugins.booking_hall import TOMORROW, Hall, new_id
from tests.plugins.lending import bookings_of
from tests.plugins.postgres import on_both_engines
from tests.plugins.terminal_acts import OffLine, tasks

pytestmark = on_both_engines

KIOSK = "channel:kiosk"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def sale(hall: Hall, off_line: OffLine) -> dict[str, Any]:
    """A good one."""
    hall.session(TOMORROW, pools={KIOSK: 3})
    (lent,) = bookings_of(off_line.kiosk.ask())
    return off_line.book(hall.person(), lent, lent["places"][0]["no"])


@pytest.mark.parametrize(
    "change",
    [
        {"booking_id": "<script>"},
        {"person_id": None},
        {"place": None},
        {"place": {"lease_id": NOBODY, "session_id": NOBODY, "slot_no": 0, "number": "1"}},
        {"place": {"lease_id": NOBODY, "session_id": NOBODY, "slot_no": 2**40, "number": "1"}},
        {"place": {"lease_id": NOBODY, "session_id": NOBODY, "slot_no": 1, "number": "1" * 65}},
        {"at": {"wall_ms": -1, "boot_id": "b", "boot_ms": 1}},
        {"policy_version": 2**31},
        {"queue_number": "A" * 17},
        {"queue_number": "\u202e1"},
        {"assumed": ["x"] * 129},
        {"document": "\x00"},
    ],
)
def test_a_malformed_sale_is_staffs_and_holds_nothing_up(
    hall: Hall, off_line: OffLine, sale: dict[str, Any], change: dict[str, Any]
) -> None:
    bent = sale | {"operation_id": str(new_id())} | change
    wrong, right = off_line.tell(("book", bent), ("book", sale))
    assert (wrong["verdict"], wrong["reason"]) == ("conflict", "bad_request")
    assert (wrong["operation_id"], right["verdict"]) == (bent["operation_id"], "applied")
    assert off_line.tell(("book", bent)) == [wrong]
    assert tasks(hall) == [("book_conflict", "bad_request")]


@pytest.mark.parametrize("kind", ["register", "cancel", "change", "join_list", "return_places"])
def test_an_event_without_its_act_is_staffs(hall: Hall, off_line: OffLine, kind: str) -> None:
    operation_id = str(new_id())
    (result,) = off_line.tell((kind, {"operation_id": operation_id}))
    assert (result["verdict"], result["operation_id"]) == ("conflict", operation_id)
    assert tasks(hall) == [(f"{kind}_conflict", "bad_request")]


def test_what_a_later_release_tells_waits(hall: Hall, off_line: OffLine, sale: dict[str, Any]) -> None:
    newer, unknown = off_line.tell(("book", sale | {"v": 2, "hue": 1}), ("repaint", {"operation_id": str(new_id())}))
    assert (newer["verdict"], newer["operation_id"]) == ("deferred", sale["operation_id"])
    assert (unknown["verdict"], unknown["operation_id"]) == ("deferred", NOBODY)
    assert hall.rows(sa.select(booking)) == []
    assert tasks(hall) == []


def test_lent_places_come_back_as_an_event(hall: Hall, off_line: OffLine) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 2})
    (lent,) = bookings_of(off_line.kiosk.ask())
    body = {"operation_id": str(new_id()), "lease_id": lent["id"], "at": off_line.at(0)}
    back = ("return_places", body | {"slot_nos": [it["no"] for it in lent["places"]]})
    assert off_line.said(back) == off_line.said(back) == [("applied", "")]
    assert hall.places(session_id) == {"free": 2}
    assert hall.breaches() == []
