"""Writes that may be sent again: the first answer is the answer for ever.  # sync A4

Each write carries an `Idempotency-Key`. What it was answered is stored in the transaction of its effect, under caller
and key. The same key with another body is a fault of the caller. Only what is definite is stored: what was done, and
what the rules refused; never that the server was busy.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from starlette.responses import Response

from central.appointments.scene import NoSuchThing
from central.channels.caller import Asker
from central.channels.tables import answer
from central.moment import Moment
from central.tables.many import ManyRows, one_of_texts
from central.tables.prepared import Prepared
from central.web.parts import Parts
from central.web.problems import MEDIA_TYPE, Refusal
from central.writer import Overtaken

HEADER = "Idempotency-Key"
_KEY = re.compile(r'"([\x21\x23-\x5b\x5d-\x7e]{1,64})"|([\x21\x23-\x7e]{1,64})')
"""A structured string, or the bare characters of one."""
_EARLIER = Prepared(
    sa.select(answer.c.body_hash, answer.c.status, answer.c.body).where(
        answer.c.tenant_id == sa.bindparam("tenant_id"),
        answer.c.caller_id == sa.bindparam("caller_id"),
        answer.c.idempotency_key == sa.bindparam("idempotency_key"),
    )
)
_KEEP = ManyRows(answer, [it.name for it in answer.columns])
_EARLIER_OF_MANY = Prepared(
    sa.select(answer.c.idempotency_key, answer.c.body_hash, answer.c.status, answer.c.body).where(
        one_of_texts((answer.c.tenant_id, answer.c.caller_id), answer.c.idempotency_key, "keys")
    ),
    keeps_plan=False,
)
_REFUSED = 400
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A definite answer: its status, and what is said. From 400 on it is a Problem."""

    status: int
    body: Body

    def response(self) -> Response:
        """As it is sent."""
        media_type = MEDIA_TYPE if self.status >= _REFUSED else "application/json"
        return Response(written(self.body), status_code=self.status, media_type=media_type)


@dataclass(frozen=True, slots=True)
class Repeatable:
    """One write as it came: whose the effect is, who asks, under which key, and what was said."""

    tenant_id: UUID
    caller_id: UUID
    key: str
    body_hash: bytes

    @property
    def name(self) -> tuple[UUID, UUID, str]:
        """What makes it the same write."""
        return self.tenant_id, self.caller_id, self.key

    def of_group(self, group_id: UUID) -> Repeatable:
        """The same for an effect of the group's."""
        return replace(self, tenant_id=group_id)


class KeyReusedForAnotherBody(Exception):
    """The key was used for another request."""


class OnceOnly:
    """Does each write once. It knows which are being done in this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._in_flight: set[tuple[UUID, UUID, str]] = set()

    async def do(
        self, write: Repeatable, work: Callable[[sa.Connection, Moment], Answer], *, order: UUID | None = None
    ) -> Response:
        """The answer of this write, now or from before. Writes with the same `order` are done in the order they came.

        Raises Refusal `in_flight` or `key_reused`.
        """
        if write.name in self._in_flight:
            raise Refusal("in_flight", headers={"Retry-After": "1"})
        self._in_flight.add(write.name)
        try:
            moment = self._parts.moment()
            done = await self._parts.write(lambda connection: once(connection, write, work, moment), key=order)
        except KeyReusedForAnotherBody as error:
            raise Refusal("key_reused") from error
        finally:
            self._in_flight.discard(write.name)
        return done.response()


def once(
    connection: sa.Connection, write: Repeatable, work: Callable[[sa.Connection, Moment], Answer], moment: Moment
) -> Answer:
    """Do this write unless it was done, and keep its answer in the same transaction. Raises KeyReusedForAnotherBody,
    Overtaken, and what the work raises.
    """
    named = {"tenant_id": write.tenant_id, "caller_id": write.caller_id, "idempotency_key": write.key}
    earlier = _EARLIER.row(connection, named)
    if earlier is not None:
        if earlier.body_hash != write.body_hash:
            raise KeyReusedForAnotherBody
        return Answer(earlier.status, earlier.body)
    try:
        given = work(connection, moment)
    except NoSuchThing as error:
        # Perhaps the same write did it at another server meanwhile, and what it took away is not there any more.
        if _EARLIER.row(connection, named) is not None:
            raise Overtaken from error
        raise
    keep_answers(connection, [(write, given)], moment)
    return given


def keep_answers(connection: sa.Connection, given: Sequence[tuple[Repeatable, Answer]], moment: Moment) -> None:
    """What these writes were answered is their answer for ever."""
    _KEEP.insert(
        connection,
        [
            {
                "tenant_id": write.tenant_id,
                "caller_id": write.caller_id,
                "idempotency_key": write.key,
                "body_hash": write.body_hash,
                "status": said.status,
                "body": said.body,
                "made_ms": moment.now_ms,
            }
            for write, said in given
        ],
    )


def earlier_answers(
    connection: sa.Connection, tenant_id: UUID, writes: Sequence[Repeatable]
) -> dict[Repeatable, Answer | KeyReusedForAnotherBody]:
    """For those of a tenant's writes that were done already: their answer, or that their key was another's."""
    by_caller: dict[UUID, dict[str, Repeatable]] = {}
    for write in writes:
        by_caller.setdefault(write.caller_id, {})[write.key] = write
    found: dict[Repeatable, Answer | KeyReusedForAnotherBody] = {}
    for caller_id, by_key in by_caller.items():
        values = {"tenant_id": tenant_id, "caller_id": caller_id, "keys": list(by_key)}
        for it in _EARLIER_OF_MANY.rows(connection, values):
            write = by_key[it.idempotency_key]
            is_same = it.body_hash == write.body_hash
            found[write] = Answer(it.status, it.body) if is_same else KeyReusedForAnotherBody()
    return found


def written(body: Body) -> bytes:
    """An answer's bytes: the same body is always the same bytes."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def read_key(header: str | None) -> str:
    """The key in the header, with or without its quotes. Raises Refusal `bad_request`."""
    found = _KEY.fullmatch(header.strip()) if header is not None else None
    if found is None:
        raise Refusal("bad_request", f"{HEADER} is needed: 1 to 64 printable characters")
    return found[1] or found[2]


async def _repeatable(
    request: Request,
    idempotency_key: Annotated[str | None, Header(description="1 to 64 characters; the same for each repeat")] = None,
) -> Repeatable:
    asker = request.state.asker
    assert isinstance(asker, Asker), "the gate knows who asks at a hospital's paths"
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    digest.update(await request.body())
    return Repeatable(asker.hospital_id, asker.caller_id, read_key(idempotency_key), digest.digest())


RepeatableWrite = Annotated[Repeatable, Depends(_repeatable)]
"""An endpoint's parameter, below `/v1/hospitals/{hospital_id}/`."""
