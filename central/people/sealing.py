"""The keys that terminals seal registrations to: made, told to terminals, and used to open.

Each hospital has its own: what a terminal sealed is opened where it arrives. Old pairs stay, for what was sealed before
and comes late.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire import RowKind
from central.keys import Keys, WrongKey, new_seal_pair, open_sealed, sealed_to
from central.moment import Moment
from central.people.tables import seal_key
from central.rosters.tables import hospital
from central.sync.rows import SEAL_KEY_VERSION
from central.sync.service import Change, write_change

Ask = Callable[[Callable[[sa.Connection], Any]], Future[Any]]
"""Hands a piece of work to a reader or writer."""


def all_hospitals(connection: sa.Connection) -> list[UUID]:
    """Every hospital of this server."""
    return list(connection.execute(sa.select(hospital.c.hospital_id).order_by(hospital.c.code)).scalars())


def add_seal_key(connection: sa.Connection, hospital_id: UUID, *, keys: Keys, moment: Moment) -> UUID:
    """The hospital's terminals seal to a new key from now on; its id."""
    key_id, pair = moment.new_id(), new_seal_pair()
    connection.execute(
        seal_key.insert().values(
            hospital_id=hospital_id,
            key_id=key_id,
            public_key=pair.public_key,
            private_sealed=keys.seal.seal(pair.private_key, table="seal_key", column="private_sealed", row=key_id),
            from_ms=moment.now_ms,
        )
    )
    write_change(connection, hospital_id, Change(RowKind.SEAL_KEY, key_id, SEAL_KEY_VERSION), moment)
    return key_id


def without_key(connection: sa.Connection) -> list[UUID]:
    """The hospitals that have no key yet."""
    have = set(connection.execute(sa.select(seal_key.c.hospital_id)).scalars())
    return [it for it in all_hospitals(connection) if it not in have]


def make_first_keys(ask: Ask, write: Ask, keys: Keys, moment: Moment) -> None:
    """Every hospital has a key when its server serves. Of two servers that start at once both may make one: the newer
    counts, either opens.
    """
    for hospital_id in ask(without_key).result():
        write(partial(add_seal_key, hospital_id=hospital_id, keys=keys, moment=moment)).result()


def open_for(connection: sa.Connection, hospital_id: UUID, sealed: bytes, *, keys: Keys, context: bytes) -> bytes:
    """What was sealed to one of the hospital's keys. Raises WrongKey."""
    key_id = sealed_to(sealed)
    private_sealed = connection.execute(
        sa.select(seal_key.c.private_sealed).where(seal_key.c.hospital_id == hospital_id, seal_key.c.key_id == key_id)
    ).scalar_one_or_none()
    if private_sealed is None:
        raise WrongKey
    private = keys.seal.open(private_sealed, table="seal_key", column="private_sealed", row=key_id)
    return open_sealed(sealed, private_key=private, context=context)
