"""Bodies that are none: every write of the interface answers with a Problem, and keeps nothing."""

from __future__ import annotations

import gzip
import json

from central.web.gate import LARGEST_BODY
from tests.plugins.booking_hall import Hall
from tests.plugins.hostile import counts, everything_client, send, writes

DEEP = 50_000
_SHARE = 8
"""Each body goes to one write of so many; together they all get some."""
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"a": ',
    "null": b"null",
    "a list": b"[]",
    "a number": b"7",
    "a text": b'"x"',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep and open": b'{"a":[' * DEEP,
    "many digits": b'{"v": ' + b"9" * 5_000 + b"}",
    "no UTF-8": b'{"reason": "\xff\xfe"}',
    "another charset": '{"reason": "门诊"}'.encode("gb18030"),
    "two bytes a letter": json.dumps({"reason": "x"}).encode("utf-16"),
    "packed": gzip.compress(b"{}"),
    "two of them": b"{}{}",
    "a form": b"reason=x&name=y",
    "too large": b'{"reason": "' + b"x" * LARGEST_BODY + b'"}',
}


def test_bodies_that_are_none_are_refused(hall: Hall) -> None:
    asked = writes(hall)
    client = everything_client(hall)
    before = counts(hall)
    for at, (name, body) in enumerate(BODIES.items()):
        wanted = (413, "too_large") if name == "too large" else (400, "bad_request")
        for write in asked[at % _SHARE :: _SHARE]:
            answer = send(client, write, content=body)
            assert answer.headers["content-type"] == "application/problem+json", f"{write}, {name}: {answer.text}"
            assert (answer.status_code, answer.json()["reason"]) == wanted, f"{write}, {name}: {answer.text}"
    assert counts(hall) == before


def test_numbers_that_are_none(hall: Hall) -> None:
    asked = [it for it in writes(hall) if "slot_no" in it.body or "from_ms" in it.body or "valid_until_ms" in it.body]
    client = everything_client(hall)
    before = counts(hall)
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "1.5", "-0.5", "[7]"):
        for write in asked:
            field = next(name for name in ("slot_no", "from_ms", "valid_until_ms") if name in write.body)
            text = json.dumps(write.changed((field,), "@").body).replace('"@"', number)
            answer = send(client, write, content=text.encode())
            assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request"), f"{write}: {answer.text}"
    assert len(asked) > 5
    assert counts(hall) == before


OTHER_KINDS = (
    *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""),
    *("application/json; charset=gb18030", "application/json;charset=utf-16", 'application/json; Charset="latin-1"'),
)


def test_a_body_that_is_not_said_to_be_json_in_utf_8_is_not_read(hall: Hall) -> None:
    asked = writes(hall)
    client = everything_client(hall)
    before = counts(hall)
    for at, kind in enumerate(OTHER_KINDS):
        for write in asked[at % _SHARE :: _SHARE]:
            answer = send(client, write, **{"Content-Type": kind})
            assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request"), f"{write}, {kind}"
    assert counts(hall) == before
    good = next(it for it in asked if it.path == "requests")
    assert send(client, good, **{"Content-Type": "application/json; charset=UTF-8"}).status_code == 201
