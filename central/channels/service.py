"""Clients of channels: made with a token that is shown once, known by its hash, shut out by a row."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import ChannelCaller, Right
from central.channels.tables import channel_client
from central.keys import Keys
from central.moment import Moment
from central.rosters.tables import hospital
from central.staff.service import Deed, write_audit
from central.tables.many import one_of
from central.tables.prepared import Prepared

TOKEN_BYTES = 32
_IN_USE = Prepared(
    sa.select(channel_client.c.client_id).where(
        one_of(channel_client.c.group_id, channel_client.c.client_id, "clients"),
        channel_client.c.revoked_ms.is_(None),
        sa.func.coalesce(channel_client.c.expires_ms, sa.bindparam("now_ms") + 1) > sa.bindparam("now_ms"),
    )
)


class NoSuchClient(Exception):
    """No client in use has this label."""


class NoSuchTenant(Exception):
    """No hospital has this code, or there is no group yet."""


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to be let in. Without a hospital it speaks for all of the group."""

    channel: Channel
    label: str
    hospital_id: UUID | None = None
    rights: frozenset[Right] = frozenset()
    expires_ms: int | None = None


@dataclass(frozen=True, slots=True)
class KnownClient:
    """What is checked before a request is looked at."""

    caller: ChannelCaller
    expires_ms: int | None
    is_revoked: bool


def add_client(connection: sa.Connection, keys: Keys, moment: Moment, group_id: UUID, new: NewClient) -> str:
    """Let a client in; its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    client_id = moment.new_id()
    connection.execute(
        channel_client.insert().values(
            group_id=group_id,
            client_id=client_id,
            channel=new.channel.value,
            label=new.label,
            hospital_id=new.hospital_id,
            token_hash=keys.token_hash(token),
            rights=sorted(right.value for right in new.rights),
            made_ms=moment.now_ms,
            expires_ms=new.expires_ms,
        )
    )
    write_audit(connection, group_id, Deed("command line", "client added", "channel_client", client_id), moment)
    return token


def revoke_client(connection: sa.Connection, moment: Moment, *, label: str) -> list[UUID]:
    """Shut out the clients with this label; effective at their next request. Raises NoSuchClient."""
    found = connection.execute(
        sa.select(channel_client.c.group_id, channel_client.c.client_id).where(
            channel_client.c.label == label, channel_client.c.revoked_ms.is_(None)
        )
    ).all()
    if not found:
        raise NoSuchClient(label)
    for it in found:
        connection.execute(
            channel_client.update()
            .where(channel_client.c.group_id == it.group_id, channel_client.c.client_id == it.client_id)
            .values(revoked_ms=moment.now_ms)
        )
        deed = Deed("command line", "client revoked", "channel_client", it.client_id)
        write_audit(connection, it.group_id, deed, moment)
    return [it.client_id for it in found]


def known_client(connection: sa.Connection, token_hash: bytes) -> KnownClient | None:
    """The client whose token has this hash."""
    it = connection.execute(sa.select(channel_client).where(channel_client.c.token_hash == token_hash)).one_or_none()
    if it is None:
        return None
    return KnownClient(
        caller=ChannelCaller(
            client_id=it.client_id,
            group_id=it.group_id,
            channel=Channel(it.channel),
            hospital_id=it.hospital_id,
            rights=rights_from(it.rights),
        ),
        expires_ms=it.expires_ms,
        is_revoked=it.revoked_ms is not None,
    )


def clients_in_use(connection: sa.Connection, group_id: UUID, client_ids: Collection[UUID], now_ms: int) -> set[UUID]:
    """Those of a group's clients that are neither shut out nor past their time."""
    values = {"group_id": group_id, "clients": client_ids, "now_ms": now_ms}
    return {it.client_id for it in _IN_USE.rows(connection, values)}


def rights_from(names: Iterable[str]) -> frozenset[Right]:
    """Rights by their names; a name that this release does not know gives none."""
    known = set(Right)
    return frozenset(Right(name) for name in names if name in known)


def group_and_hospital(connection: sa.Connection, code: str) -> tuple[UUID, UUID | None]:
    """The group, and the hospital with this code; without a code no hospital. Raises NoSuchTenant."""
    query = sa.select(hospital.c.group_id, hospital.c.hospital_id).order_by(hospital.c.code).limit(1)
    found = connection.execute(query.where(hospital.c.code == code) if code else query).one_or_none()
    if found is None:
        raise NoSuchTenant(code)
    return found.group_id, found.hospital_id if code else None


def group_of(connection: sa.Connection, hospital_id: UUID) -> UUID | None:
    """The group that a hospital belongs to; None where there is no such hospital."""
    group_id: UUID | None = connection.execute(
        sa.select(hospital.c.group_id).where(hospital.c.hospital_id == hospital_id)
    ).scalar_one_or_none()
    return group_id
