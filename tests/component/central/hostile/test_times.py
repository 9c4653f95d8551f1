"""Days and instants that there are not, or that nobody means."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest

from tests.plugins.booking_hall import NOW_MS, Hall
from tests.plugins.hostile import ANSWERED, Write, counts, everything_client, send, writes
from tests.plugins.people_hall import registered
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import resident_number

DAYS = (
    *("", "2026-02-30", "0000-01-01", "+10000-01-01", "-001-01-01"),
    *("２０２６-05-01", "2026-5-1", "20260501", "2026-W10-1"),
)
INSTANTS = [-1, 253_402_300_800_000, 2**53, 2**63, -(2**63)]
"""Before 1970, from the year 10000 on, and beyond what is a number of milliseconds anywhere."""


@on_both_engines
def test_days_that_there_are_not_are_refused_wherever_one_is_asked(hall: Hall) -> None:
    client = everything_client(hall)
    person = registered(client)
    before = counts(hall, *ANSWERED)
    for day in DAYS:
        body = {"kind": "holiday"}
        answers = {
            "availability": client.get(f"availability?day={day}"),
            "sessions": client.get(f"sessions?first_day={day}"),
            "last day": client.get(f"sessions?last_day={day}"),
            "bookings": client.get(f"persons/{person}/bookings?since={day}"),
            "calendar": send(client, Write("PUT", f"calendar/{day or '%20'}", body)),
            "birth": client.post("people", _somebody(birth_date=day or "-")),
            "grant": client.post(f"people/{person}/grants", {"group": "elder", "until": day, "document_seen": "证"}),
        }
        wrong = {name: it.text for name, it in answers.items() if it.status_code not in (400, 409)}
        assert not wrong, f"{day}: {wrong}"
    assert counts(hall, *ANSWERED) == before


@on_both_engines
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_that_nobody_means_do_no_harm(hall: Hall, day: str) -> None:
    client = everything_client(hall)
    person = registered(client)
    asked = [
        f"availability?day={day}",
        f"sessions?first_day={day}",
        f"sessions?first_day={day}&last_day={day}",
        f"sessions?last_day={day}",
        f"persons/{person}/bookings?since={day}",
    ]
    answers = [client.get(it) for it in asked]
    assert {it.status_code for it in answers} <= {200, 400}
    born = client.post("people", _somebody(birth_date=day))
    assert born.status_code == 409, born.text
    until = client.post(f"people/{person}/grants", {"group": "elder", "until": day, "document_seen": "证"})
    assert until.status_code in (201, 400, 409)
    assert client.get(f"people/{person}").status_code == 200
    assert send(client, Write("PUT", f"calendar/{day}", {"kind": "holiday"})).status_code in (200, 400)
    booked = client.book(person, hall.session())
    assert booked.status_code == 201, booked.text


@on_both_engines
def test_instants_that_nobody_means_are_refused(hall: Hall) -> None:
    asked = [(it, name) for it in writes(hall) for name in it.body if name.endswith("_ms")]
    client = everything_client(hall)
    request_id = send(client, Write("POST", "requests", {"person_id": str(registered(client)), "kind": "bed"})).json()[
        "request_id"
    ]
    review = Write("POST", f"requests/{request_id}/review", {"outcome": "granted", "reason": "", "starts_ms": NOW_MS})
    before = counts(hall, *ANSWERED)
    for instant, (write, name) in product(INSTANTS, [*asked, (review, "starts_ms")]):
        answer = send(client, write.changed((name,), instant))
        assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request"), f"{write} {name}: {answer.text}"
    assert len(asked) >= 3
    assert counts(hall, *ANSWERED) == before


def test_what_a_caller_says_of_its_own_zone_is_not_asked(hall: Hall) -> None:
    """No message names a zone: days are the hospital's."""
    client = everything_client(hall)
    person, session = registered(client), hall.session()
    headers = {"X-Time-Zone": "Mars/Olympus", "Time-Zone": "../../etc/passwd", "Prefer": 'timezone="Nowhere/Nothing"'}
    booked = client.post(
        "bookings",
        {"booking_id": str(uuid4()), "person_id": str(person), "session_id": str(session), "notice_shown": True}
        | {"time_zone": "Mars/Olympus"},
        **headers,
    )
    assert booked.status_code == 201
    assert booked.json()["service_date"] == "2026-03-19"


def _somebody(**changes: str) -> dict[str, object]:
    """A child whose document does not say the birthday."""
    number = resident_number("19910101", "337")
    return {
        "name": "赵六",
        "documents": [{"kind": "passport", "number": f"E{number[:8]}"}],
        "phone": "13812340000",
        **changes,
    }
