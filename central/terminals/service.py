"""Terminals: let in with a one-time code, known by their key, shut out by a row."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.localized import LocalizedText
from booking.wire import Enrolled, EnrolRequest, Heartbeat, RowKind
from central.keys import Keys, is_public_key
from central.moment import Moment
from central.policies.service import policy_row
from central.rosters.tables import hospital
from central.staff.service import Deed, write_audit
from central.sync.rows import TERMINAL_IN_USE, TERMINAL_REVOKED
from central.sync.service import Change, write_change
from central.tables.prepared import Prepared
from central.terminals.caller import Caller
from central.terminals.tables import enrolment_code, terminal
from central.writer import Overtaken

_KNOWN = Prepared(sa.select(terminal).where(terminal.c.terminal_id == sa.bindparam("terminal_id")))
CODE_LIFE_MS = 10 * 60_000
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_GROUPS = 3
_GROUP_LENGTH = 4


class WrongCode(Exception):
    """No such code, or it was used, or its time is over: who asks is not told which."""


class BadKey(Exception):
    """Not a public key of a suite this server knows."""


class NoSuchHospital(Exception):
    """No hospital has this code."""


class NoSuchTerminal(Exception):
    """No terminal in use has this label."""


@dataclass(frozen=True, slots=True)
class KnownTerminal:
    """What is checked before a request is looked at."""

    caller: Caller
    public_key: bytes
    boot: int
    boot_raised_ms: int
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class TicketSigner:
    """Whose signature on tickets counts, and up to when."""

    public_key: bytes
    revoked_ms: int | None


def make_code(connection: sa.Connection, keys: Keys, moment: Moment, *, hospital_code: str, label: str) -> str:
    """A new one-time enrolment code, as staff read it out; only its hash is kept. Raises NoSuchHospital."""
    hospital_id = connection.execute(
        sa.select(hospital.c.hospital_id).where(hospital.c.code == hospital_code)
    ).scalar_one_or_none()
    if hospital_id is None:
        raise NoSuchHospital(hospital_code)
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_CODE_GROUPS))
    code = "-".join(groups)
    code_id = moment.new_id()
    connection.execute(
        enrolment_code.insert().values(
            hospital_id=hospital_id,
            code_id=code_id,
            code_hash=keys.code_hash(code),
            label=label,
            made_ms=moment.now_ms,
            expires_ms=moment.now_ms + CODE_LIFE_MS,
        )
    )
    write_audit(connection, hospital_id, Deed("command line", "code made", "enrolment_code", code_id), moment)
    return code


def enrol(connection: sa.Connection, request: EnrolRequest, keys: Keys, moment: Moment) -> Enrolled:
    """Let a terminal in. The same code with the same key answers the same again, should the answer have been lost.

    Raises WrongCode, BadKey, Overtaken.
    """
    try:
        public_key = base64.b64decode(request.public_key, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey from error
    if not is_public_key(public_key):
        raise BadKey
    code = _valid_code(connection, keys.code_hash(request.code), moment.now_ms)
    if code is None:
        raise WrongCode
    if code.used_ms is not None:
        if _public_key_of(connection, code.hospital_id, code.terminal_id) != public_key:
            raise WrongCode
        return _enrolled(connection, code.hospital_id, code.terminal_id, keys, moment)
    terminal_id = moment.new_id()
    used = connection.execute(
        enrolment_code.update()
        .where(
            enrolment_code.c.hospital_id == code.hospital_id,
            enrolment_code.c.code_id == code.code_id,
            enrolment_code.c.used_ms.is_(None),
        )
        .values(used_ms=moment.now_ms, terminal_id=terminal_id)
    )
    if used.rowcount != 1:
        raise Overtaken
    connection.execute(
        terminal.insert().values(
            hospital_id=code.hospital_id,
            terminal_id=terminal_id,
            public_key=public_key,
            label=code.label,
            enrolled_ms=moment.now_ms,
            boot=0,
            boot_raised_ms=moment.now_ms,
        )
    )
    write_audit(connection, code.hospital_id, Deed("enrolment code", "enrolled", "terminal", terminal_id), moment)
    write_change(connection, code.hospital_id, Change(RowKind.TERMINAL, terminal_id, TERMINAL_IN_USE), moment)
    return _enrolled(connection, code.hospital_id, terminal_id, keys, moment)


def revoke(connection: sa.Connection, moment: Moment, *, label: str) -> list[UUID]:
    """Shut out the terminals with this label; effective at their next request. Raises NoSuchTerminal."""
    found = connection.execute(
        sa.select(terminal.c.hospital_id, terminal.c.terminal_id).where(
            terminal.c.label == label, terminal.c.revoked_ms.is_(None)
        )
    ).all()
    if not found:
        raise NoSuchTerminal(label)
    for it in found:
        caller = Caller(terminal_id=it.terminal_id, hospital_id=it.hospital_id)
        connection.execute(terminal.update().where(_is(caller)).values(revoked_ms=moment.now_ms))
        write_audit(connection, it.hospital_id, Deed("command line", "revoked", "terminal", it.terminal_id), moment)
        write_change(connection, it.hospital_id, Change(RowKind.TERMINAL, it.terminal_id, TERMINAL_REVOKED), moment)
    return [it.terminal_id for it in found]


def known_terminal(connection: sa.Connection, terminal_id: UUID) -> KnownTerminal | None:
    """The terminal with this id."""
    it = _KNOWN.row(connection, {"terminal_id": terminal_id})
    if it is None:
        return None
    return KnownTerminal(
        caller=Caller(terminal_id=terminal_id, hospital_id=it.hospital_id),
        public_key=it.public_key,
        boot=it.boot,
        boot_raised_ms=it.boot_raised_ms,
        is_revoked=it.revoked_ms is not None,
    )


def ticket_signer(connection: sa.Connection, hospital_id: UUID, terminal_id: UUID) -> TicketSigner | None:
    """The terminal of this hospital that signed a ticket."""
    it = connection.execute(
        sa.select(terminal.c.public_key, terminal.c.revoked_ms).where(
            _is(Caller(terminal_id=terminal_id, hospital_id=hospital_id))
        )
    ).one_or_none()
    return None if it is None else TicketSigner(public_key=it.public_key, revoked_ms=it.revoked_ms)


def raise_boot(connection: sa.Connection, caller: Caller, boot: int, now_ms: int) -> bool:
    """Store a higher boot number; False when it is not higher (any more)."""
    raised = connection.execute(
        terminal.update().where(_is(caller), terminal.c.boot < boot).values(boot=boot, boot_raised_ms=now_ms)
    )
    return raised.rowcount == 1


def flag_two_boots(connection: sa.Connection, caller: Caller, now_ms: int) -> None:
    """Note that an older boot number is in use beside the highest: perhaps a copied disk. The first time counts."""
    connection.execute(
        terminal.update().where(_is(caller), terminal.c.two_boots_ms.is_(None)).values(two_boots_ms=now_ms)
    )


def note_heartbeat(connection: sa.Connection, heartbeat: Heartbeat, caller: Caller, now_ms: int) -> None:
    """Keep how the terminal is."""
    health = {name: value for name, value in asdict(heartbeat).items() if name != "unsettled"}
    connection.execute(terminal.update().where(_is(caller)).values(seen_ms=now_ms, health=health))


def _is(caller: Caller) -> sa.ColumnElement[bool]:
    return sa.and_(terminal.c.hospital_id == caller.hospital_id, terminal.c.terminal_id == caller.terminal_id)


def _valid_code(connection: sa.Connection, code_hash: bytes, now_ms: int) -> sa.Row[Any] | None:
    """The code with this hash. All codes in force are compared, in constant time each."""
    in_force = connection.execute(sa.select(enrolment_code).where(enrolment_code.c.expires_ms > now_ms)).all()
    found = None
    for code in in_force:
        if hmac.compare_digest(code.code_hash, code_hash):
            found = code
    return found


def _public_key_of(connection: sa.Connection, hospital_id: UUID, terminal_id: UUID) -> bytes | None:
    return connection.execute(
        sa.select(terminal.c.public_key).where(_is(Caller(terminal_id=terminal_id, hospital_id=hospital_id)))
    ).scalar_one_or_none()


def _enrolled(connection: sa.Connection, hospital_id: UUID, terminal_id: UUID, keys: Keys, moment: Moment) -> Enrolled:
    its = connection.execute(sa.select(hospital).where(hospital.c.hospital_id == hospital_id)).one()
    label = connection.execute(
        sa.select(terminal.c.label).where(_is(Caller(terminal_id=terminal_id, hospital_id=hospital_id)))
    ).scalar_one()
    return Enrolled(
        terminal_id=terminal_id,
        group_id=its.group_id,
        hospital_id=hospital_id,
        hospital_code=its.code,
        hospital_name=LocalizedText(its.name),
        time_zone=its.time_zone,
        label=label,
        lookup_key=base64.b64encode(keys.lookup(its.group_id).key).decode("ascii"),
        policy=policy_row(connection, hospital_id, moment.now_ms),
    )
