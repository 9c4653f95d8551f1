"""Addresses that name nothing: ids that are none, ways out of the path, and questions with what no column bears."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from booking.wire_problem import Problem
from tests.plugins.booking_hall import FIRST, Hall
from tests.plugins.hostile import counts, everything_client
from tests.plugins.postgres import on_both_engines

NO_IDS = (
    *("x", "0", "-1", "null", "undefined", "%00", "%0A", "%20", "%2e%2e%2f", "%2F", "%ff", "%F0%9F%98%80"),
    *("' OR 1=1 --", "{id}", "123e4567-e89b-12d3-a456-42661417400z", "9" * 40, "a" * 5_000),
)
ODD_VALUES = ("%00", "%ED%A0%80", "a" * 5_000, "-1", "1e999", "NaN", "9" * 30, "%F0%9F%98%80", "' OR '1'='1", "[]", "")
_PARAMETER = re.compile(r"\{(\w+)\}")


def operations(hall: Hall) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of all below a hospital."""
    paths = hall.http.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, told)
        for path, methods in paths.items()
        for method, told in methods.items()
        if path.startswith("/v1/hospitals/{hospital_id}/")
    ]


def is_no(answer: httpx.Response) -> bool:
    said = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and 400 <= answer.status_code < 500
        and said["status"] == answer.status_code
        and set(said) == set(Problem.__dataclass_fields__)
    )


def test_ids_that_are_none_are_refused_wherever_a_path_has_one(hall: Hall) -> None:
    client = everything_client(hall)
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "k"}
    before = counts(hall)
    wrong = []
    for at, (method, path, _) in enumerate(operations(hall)):
        for name in _PARAMETER.findall(path):
            # A few of them each, so that all have their turn.
            for junk in NO_IDS[at % 4 :: 4]:
                ids = {"hospital_id": str(FIRST), "purpose": "sms", "day": "2026-05-01"} | {name: quote(junk, safe="%")}
                target = _PARAMETER.sub(lambda it, ids=ids: ids.get(it[1], str(uuid4())), path)  # type: ignore[misc]
                answer = hall.http.request(method, target, headers=headers, json={})
                if not is_no(answer):
                    wrong.append(f"{method} {target[:200]}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
    assert counts(hall, "audit") == {name: rows for name, rows in before.items() if name != "audit"}


@on_both_engines
def test_questions_in_the_address_are_answered_or_refused(hall: Hall) -> None:
    client = everything_client(hall)
    headers = {"Authorization": f"Bearer {client.token}"}
    wrong = []
    for method, path, told in operations(hall):
        asked = [it["name"] for it in told.get("parameters", ()) if it["in"] == "query"]
        for name in asked:
            for value in ODD_VALUES:
                target = _PARAMETER.sub(lambda it: str(FIRST) if it[1] == "hospital_id" else str(uuid4()), path)
                address = f"{target}?{name}={quote(value, safe='%')}&{name}=2&other=%00"
                answer = hall.http.request(method, address, headers=headers)
                if answer.status_code != 200 and not is_no(answer):
                    wrong.append(f"{method} {address[:200]}: {answer.status_code} {answer.text[:200]}")
    assert not wrong, "\n".join(wrong)
