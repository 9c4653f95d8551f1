"""Each field of each write with what no column bears: refused, nothing of it kept. And texts that are only texts."""

from __future__ import annotations

from urllib.parse import quote
from uuid import uuid4

from tests.plugins.booking_hall import Hall
from tests.plugins.hostile import (
    ANSWERED,
    HARMLESS,
    NUMBERS,
    TEXTS,
    Write,
    counts,
    everything_client,
    places,
    send,
    writes,
)
from tests.plugins.people_hall import document
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import resident_number

_REFUSED = range(400, 500)
_VERDICTS = "hospital-system/"
"""There each row has its own no, in an answer that is a yes."""


def _is_refused(write: Write, answer: object) -> bool:
    status, text = answer.status_code, answer.text  # type: ignore[attr-defined]
    if write.path.startswith(_VERDICTS) and status == 200:
        return '"verdict":"refused"' in text and '"verdict":"stored"' not in text
    return status in _REFUSED and answer.json()["status"] == status  # type: ignore[attr-defined]


@on_both_engines
def test_what_no_column_bears_is_refused_and_leaves_nothing(hall: Hall) -> None:
    asked = writes(hall)
    client = everything_client(hall)
    before = counts(hall, *ANSWERED)
    taken = []
    for write in asked:
        for kind, values in ((str, TEXTS), (int, NUMBERS)):
            for place in places(write.body, kind):
                for name, value in values.items():
                    answer = send(client, write.changed(place, value))
                    if not _is_refused(write, answer):
                        taken.append(f"{write} {place} {name}: {answer.status_code} {answer.text[:200]}")
    assert not taken, "\n".join(taken)
    assert counts(hall, *ANSWERED) == before


@on_both_engines
def test_texts_that_are_only_texts_come_back_as_they_were(hall: Hall) -> None:
    client = everything_client(hall)
    for text in HARMLESS:
        said = {"by_language": {"zh-CN": text}}
        write = Write("PUT", f"notices/{uuid4()}", {"kind": "news", "title": said, "body": said, "from_ms": 0})
        assert send(client, write).status_code == 200
    answer = client.get("notices")
    assert answer.headers["content-type"] == "application/json"
    assert {it["title"]["by_language"]["zh-CN"] for it in answer.json()} == set(HARMLESS)
    assert {it["body"]["by_language"]["zh-CN"] for it in answer.json()} == set(HARMLESS)


@on_both_engines
def test_a_search_is_no_pattern_and_no_statement(hall: Hall) -> None:
    client = everything_client(hall)
    assert client.get(f"doctors?search={quote('内科')}").json() != [], "the doctor is there"
    for text in ("%", "_", "\\", *HARMLESS, "内%"):
        assert client.get(f"doctors?search={quote(text)}").json() == [], text


@on_both_engines
def test_a_name_with_statements_or_markup_is_kept_as_text_or_refused(hall: Hall) -> None:
    client = everything_client(hall)
    for at, name in enumerate((*HARMLESS, "Robert'); DROP TABLE person;--", "Bobby<b>")):
        number = resident_number(f"1981010{at + 1}", "114")
        before = counts(hall, *ANSWERED)
        made = client.post("people", {"name": name, "documents": [document(number)], "phone": "13812345678"})
        if made.status_code == 201:
            assert client.get(f"people/{made.json()['person_id']}").json()["name"] == name.replace("\u3000", " ")
        else:
            assert made.status_code == 409, made.text
            assert counts(hall, *ANSWERED) == before
