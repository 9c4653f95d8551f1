"""Seeing bookings: by whom, by which number, how often."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.reading import GUESSES
from central.channels.caller import Right
from central.staff.tables import audit
from tests.plugins.booking_hall import BIRTHDAY, FIRST, PHONE, Hall


@pytest.fixture
def made(hall: Hall) -> dict[str, Any]:
    """A booking."""
    booking: dict[str, Any] = hall.client().book(hall.person(), hall.session()).json()
    return booking


def test_the_patient_sees_the_booking_and_a_stranger_does_not(hall: Hall, made: dict[str, Any]) -> None:
    client = hall.client()
    seen = client.get(f"bookings/{made['booking_id']}").json()
    assert (seen["number"], seen["starts_ms"]) == (made["number"], made["starts_ms"])
    stranger = client.get(f"bookings/{made['booking_id']}?acting_id={uuid4()}")
    assert stranger.json()["reason"] == "not_for_these_eyes"
    mine = client.get(f"persons/{made['person_id']}/bookings").json()["bookings"]
    assert [it["booking_id"] for it in mine] == [made["booking_id"]]


def test_what_staff_look_at_stands_in_the_trail(hall: Hall, made: dict[str, Any]) -> None:
    staff = hall.client(Channel.WINDOW, Right.STAFF)
    assert staff.get(f"bookings/{made['booking_id']}?agent=N7").status_code == 200
    looked = hall.rows(sa.select(audit).where(audit.c.tenant_id == FIRST, audit.c.action == "looked at bookings"))
    assert [it.actor for it in looked] == ["N7"]


@pytest.mark.parametrize(("question", "answer"), [("phone", PHONE), ("birthday", BIRTHDAY)])
def test_a_number_with_its_answer_finds_the_booking(
    hall: Hall, made: dict[str, Any], question: str, answer: str
) -> None:
    found = hall.client().post("booking-lookups", {"number": made["number"], "question": question, "answer": answer})
    assert found.json()["booking_id"] == made["booking_id"]


def test_every_wrong_look_up_is_answered_alike(hall: Hall, made: dict[str, Any]) -> None:
    client = hall.client()
    wrong = [("010000000009", PHONE), (made["number"], "0000"), ("1", PHONE), ("", "")]
    answers = [
        client.post("booking-lookups", {"number": number, "question": "phone", "answer": answer})
        for number, answer in wrong
    ]
    assert {it.status_code for it in answers} == {404}
    assert len({it.content for it in answers}) == 1


def test_guesses_run_out_and_right_numbers_do_not_count(hall: Hall, made: dict[str, Any]) -> None:
    client = hall.client()
    right = {"number": made["number"], "question": "phone", "answer": PHONE}
    for _ in range(GUESSES.burst + 5):
        assert client.post("booking-lookups", right).status_code == 200
    wrong = {**right, "answer": "0000"}
    answers = [client.post("booking-lookups", wrong).status_code for _ in range(GUESSES.burst + 1)]
    assert answers == [404] * GUESSES.burst + [429]
    assert client.post("booking-lookups", right).status_code == 429
    hall.clock.now_ms += 3_000
    assert client.post("booking-lookups", right).status_code == 200
