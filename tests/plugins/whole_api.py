"""Every operation of the server's own description, asked with what schemathesis makes of its schemas, by every kind of
caller. Ids in a question are mostly ids that the store has, so that it comes past the doors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import requests
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from booking.decide import Reason
from booking.roster.channels import Channel
from booking.wire_problem import Problem
from central.channels.caller import Right
from central.channels.service import NewClient, add_client
from central.moment import Moment
from central.rosters.tables import hospital
from central.tables.everything import whole_metadata
from central.web.problems import MEDIA_TYPE, STATUS_OF
from central.words.feedback import NOT_DONE as NOT_DONE_FEEDBACK
from central.words.people import NOT_DONE, NOT_REGISTERED
from tests.plugins.central_desk import Desk
from tests.plugins.signed_terminal import SignedTerminal

HERE = "01"
BASE = "http://central"
REASONS = {*STATUS_OF, *Reason, *NOT_DONE, *NOT_REGISTERED, *NOT_DONE_FEEDBACK}
_PROBLEM: TypeAdapter[Problem] = TypeAdapter(Problem)
_CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_COLUMN_OF = {
    "acting_id": "person_id",
    "asker_id": "person_id",
    "booking_id": "booking_id",
    "credential_id": "credential_id",
    "department_id": "department_id",
    "doctor_id": "doctor_id",
    "entry_id": "entry_id",
    "grant_id": "grant_id",
    "guardian_id": "person_id",
    "hold_id": "hold_id",
    "kept_id": "person_id",
    "merged_id": "person_id",
    "notice_id": "notice_id",
    "order_id": "order_id",
    "person_id": "person_id",
    "referral_id": "referral_id",
    "request_id": "request_id",
    "service_id": "service_id",
    "session_id": "session_id",
    "task_id": "task_id",
    "to_session_id": "session_id",
}
"""Which column has the ids that a field of this name may carry."""
_AT_MOST = 40
Call = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class Asking:
    """A kind of caller, and how it signs what it asks."""

    name: str
    ask: Call


def callers(desk: Desk) -> tuple[Asking, ...]:
    """A channel's client, staff, the hospital's own system, a terminal, and somebody whom nobody knows."""
    terminal = desk.terminal()
    return (
        Asking("web", _bearer(desk, Channel.WEB)),
        Asking("staff", _bearer(desk, Channel.WINDOW, Right.STAFF)),
        Asking("hospital system", _bearer(desk, Channel.WINDOW, Right.HOSPITAL_SYSTEM, Right.STAFF)),
        Asking("terminal", lambda request: _signed(desk, terminal, request)),
        Asking("nobody", desk.http.send),
    )


def token(desk: Desk, channel: Channel, *rights: Right) -> str:
    """A new client's token, good at the first hospital."""
    (here,) = desk.rows(sa.select(hospital).where(hospital.c.code == HERE))
    new = NewClient(channel, f"{channel} {uuid4()}", here.hospital_id, frozenset(rights))
    moment = Moment(desk.clock.now_ms)
    return desk.parts.writer.submit(
        lambda connection: add_client(connection, desk.parts.keys, moment, here.group_id, new)
    ).result(60)


def known_ids(desk: Desk) -> dict[str, list[str]]:
    """Ids that the store has, by the names of the fields that carry them."""
    found: dict[str, set[str]] = {}
    for table in whole_metadata().sorted_tables:
        names = [name for name in set(_COLUMN_OF.values()) if name in table.c]
        if not names:
            continue
        for row in desk.rows(sa.select(*(table.c[name] for name in names)).limit(_AT_MOST)):
            for name in names:
                if isinstance(getattr(row, name), UUID):
                    found.setdefault(name, set()).add(str(getattr(row, name)))
    hospitals = [str(it.hospital_id) for it in desk.rows(sa.select(hospital).order_by(hospital.c.code))]
    ids = {name: sorted(found.get(column, ())) for name, column in _COLUMN_OF.items()}
    return ids | {"hospital_id": [hospitals[0]] * 8 + hospitals[1:]}


def operations(document: dict[str, Any]) -> list[APIOperation]:
    """All that the description names."""
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    return [it.ok() for it in schema.get_all_operations()]


def modes_of(operation: APIOperation) -> list[GenerationMode]:
    """What fits the description; and where there is something to say, what does not."""
    has_input = bool(len(operation.body) or len(operation.query) or len(operation.path_parameters))
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if has_input else [GenerationMode.POSITIVE]


def complaints(
    operation: APIOperation,
    modes: list[GenerationMode],
    asking: tuple[Asking, ...],
    ids: Mapping[str, list[str]],
    *,
    examples: int,
    dice: int,
) -> list[str]:
    """What is wrong with the answers of one operation: a server's error, an undocumented answer, a no that is none."""
    found: dict[str, None] = {}
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @seed(dice)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.sampled_from(asking), st.integers(0, 2**32))
    def ask(case: Case, caller: Asking, number: int) -> None:
        question = _question(_with_ids(case, ids, Random(number)))
        answer = caller.ask(question)
        for wrong in _wrong(case, question, answer):
            found[f"{operation.label} by {caller.name}: {wrong}"] = None

    ask()
    return list(found)


def _with_ids(case: Case, ids: Mapping[str, list[str]], dice: Random) -> Case:
    """The case with ids of the store in three of four places."""
    for container in (case.path_parameters, case.query, case.body):
        if isinstance(container, dict):
            _put_ids(container, ids, dice)
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "idempotency-key"}
    if dice.randrange(8):
        headers["Idempotency-Key"] = f'"{UUID(int=dice.getrandbits(128))}"'
    case.headers = headers
    if isinstance(case.query, dict) and "wait" in case.query:
        case.query["wait"] = dice.choice((0, -1, "nan"))  # nobody waits for news that do not come
    return case


def _put_ids(container: dict[str, Any], ids: Mapping[str, list[str]], dice: Random) -> None:
    for name, value in container.items():
        if isinstance(value, dict):
            _put_ids(value, ids, dice)
        elif isinstance(value, list):
            for it in value:
                if isinstance(it, dict):
                    _put_ids(it, ids, dice)
        elif ids.get(name) and isinstance(value, str) and dice.randrange(4):
            container[name] = dice.choice(ids[name])


def _question(case: Case) -> httpx.Request:
    prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    body = prepared.body or b""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    headers = [(name, _raw(value)) for name, value in prepared.headers.items() if name.lower() != "content-length"]
    return httpx.Request(prepared.method or "", prepared.url or "", headers=headers, content=content)


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "replace")


def _wrong(case: Case, question: httpx.Request, answer: httpx.Response) -> Iterator[str]:
    told = f"{answer.status_code} for {quote(question.url.path)} {question.content[:300]!r}: {answer.text[:300]}"
    if answer.status_code >= 500:
        yield f"a server's error, {told}"
    if answer.status_code >= 400 and not _is_problem(answer):
        yield f"a no that is no Problem, {told}"
    answer.request, answer.elapsed = question, timedelta(0)  # the way in this process notes neither
    try:
        case.validate_response(answer, checks=_CHECKS)
    except FailureGroup as failures:
        yield from (f"{_said(it)}, {told}" for it in failures.exceptions)


def _said(failure: BaseException) -> str:
    return f"{failure.title}: {failure.message}" if isinstance(failure, Failure) else repr(failure)


def _is_problem(answer: httpx.Response) -> bool:
    if answer.headers.get("content-type") != MEDIA_TYPE:
        return False
    said = _PROBLEM.validate_json(answer.content)
    return said.status == answer.status_code and said.reason in REASONS


def _bearer(desk: Desk, channel: Channel, *rights: Right) -> Call:
    shown = f"Bearer {token(desk, channel, *rights)}"

    def ask(request: httpx.Request) -> httpx.Response:
        request.headers["Authorization"] = shown
        return desk.http.send(request)

    return ask


def _signed(desk: Desk, terminal: SignedTerminal, request: httpx.Request) -> httpx.Response:
    terminal.count += 1
    target = request.url.raw_path.decode("ascii")
    request.headers.update(terminal.headers(request.method, target, request.content))
    return desk.http.send(request)
