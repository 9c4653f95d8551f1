"""Guessed booking numbers: rate-limited, and a wrong number costs the server what a wrong answer does.  # rule A4

Work is counted, not timed: the statements that go to the database, and the functions that are called.
"""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import sqlalchemy as sa

from booking.numbers import GoodNumber, read_booking_number
from booking.roster.channels import Channel
from booking.wire import CheckQuestion
from booking.wire_booking import FindBooking
from central.appointments.reading import GUESSES, by_number
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.channels.caller import Asker
from central.moment import Moment
from tests.plugins.booking_hall import FIRST, KEYS, PHONE, Client, Hall, new_id
from tests.plugins.postgres import on_both_engines

WRONG = "0000"


def booked(hall: Hall) -> tuple[Client, str]:
    client = hall.client()
    answer = client.book(hall.person(), hall.session())
    assert answer.status_code == 201, answer.text
    return client, answer.json()["number"]


def unused(number: str) -> str:
    """Another good number: its check digits fit, and nobody has it."""
    for other in range(10**6):
        digits = f"{number[:4]}{other:06d}"
        for check in range(100):
            found = read_booking_number(f"{digits}{check:02d}", hospital_code="01")
            if isinstance(found, GoodNumber) and found.digits != number:
                return found.digits
    raise AssertionError("no number is good")


class Work:
    """What one question costs."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._asker = Asker(new_id(), FIRST, Channel.KIOSK)

    def of(self, number: str, answer: str) -> tuple[list[str], Counter[str]]:
        """The statements, and how often each function of the server was called; the answer must be no."""
        return self._hall.parts.reader.submit(lambda connection: self._count(connection, number, answer)).result(60)

    def _count(self, connection: sa.Connection, number: str, answer: str) -> tuple[list[str], Counter[str]]:
        scene = scene_at(connection, self._asker, KEYS, Moment(self._hall.clock.now_ms))
        statements: list[str] = []
        calls: Counter[str] = Counter()

        def statement(_c: Any, _cursor: Any, text: str, *_more: Any) -> None:
            statements.append(text)

        def called(frame: FrameType, event: str, argument: Any) -> None:
            if event == "call" and frame.f_globals.get("__name__", "").startswith("central."):
                calls[frame.f_code.co_qualname] += 1
            elif event == "c_call" and getattr(argument, "__module__", None) in ("_hashlib", "hmac", "_operator"):
                calls[argument.__name__] += 1

        sa.event.listen(connection, "before_cursor_execute", statement)
        sys.setprofile(called)
        try:
            self._refused(scene, number, answer)
        finally:
            sys.setprofile(None)
            sa.event.remove(connection, "before_cursor_execute", statement)
        return statements, calls

    def _refused(self, scene: Scene, number: str, answer: str) -> None:
        try:
            by_number(scene, FindBooking(number=number, question=CheckQuestion.PHONE, answer=answer))
        except NoSuchThing:
            return
        raise AssertionError("that was right")


@on_both_engines
def test_a_wrong_number_and_a_wrong_answer_cost_the_same(hall: Hall) -> None:
    _, number = booked(hall)
    work = Work(hall)
    costs = {
        "the answer is wrong": work.of(number, WRONG),
        "nobody has the number": work.of(unused(number), WRONG),
        "the answer of another's is right": work.of(unused(number), PHONE),
        "check digits are wrong": work.of(number[:-1] + str((int(number[-1]) + 1) % 10), PHONE),
        "of another hospital": work.of("02" + number[2:], PHONE),
        "no number at all": work.of("x", PHONE),
    }
    statements, calls = costs["the answer is wrong"]
    assert len(statements) == 1
    assert calls["compare_digest"] == 1
    assert {name: cost for name, cost in costs.items() if cost != (statements, calls)} == {}


def test_who_guesses_is_made_to_wait_and_who_knows_is_not(hall: Hall) -> None:
    client, number = booked(hall)
    right = {"number": number, "question": "phone", "answer": PHONE}
    for _ in range(2 * GUESSES.burst):
        assert client.post("booking-lookups", right).status_code == 200
    guesses = [client.post("booking-lookups", right | {"answer": WRONG}) for _ in range(GUESSES.burst + 5)]
    assert [it.status_code for it in guesses] == [404] * GUESSES.burst + [429] * 5
    assert int(guesses[-1].headers["retry-after"]) >= 1
    assert client.post("booking-lookups", right).status_code == 429, "not even to the right one, once they guess"
    assert hall.client().post("booking-lookups", right).status_code == 200, "others go on"
    hall.clock.now_ms += 3_000
    assert client.post("booking-lookups", right).status_code == 200
    told = {guesses[0].text, client.post("booking-lookups", right | {"number": unused(number)}).text}
    assert len(told) == 1, "what is wrong is not told"
