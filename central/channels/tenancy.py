"""Which hospital a request is about, and whether its caller has anything to do there. Else it is answered as one that
does not exist, and the attempt is recorded.
"""

from __future__ import annotations

import re
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.admission import Read
from central.channels.caller import Asker, ChannelCaller
from central.channels.service import group_of
from central.moment import Moment
from central.staff.service import Deed, write_audit
from central.terminals.admission import Write
from central.terminals.caller import Caller

Result = TypeVar("Result")

_AT_HOSPITAL = re.compile(r"/v1/hospitals/([^/]*)(?:/.*)?", re.DOTALL)


class Now(Protocol):
    """Tells the moment."""

    def __call__(self) -> Moment: ...


class NotHere(Exception):
    """No such hospital for this caller."""


class Tenancy:
    """Knows which group a hospital belongs to; that never changes."""

    def __init__(self, read: Read, write: Write, now: Now) -> None:
        self._read = read
        self._write = write
        self._now = now
        self._group_of: dict[UUID, UUID] = {}

    async def asker(self, caller: Caller | ChannelCaller, path: str) -> Asker | None:
        """Who asks at the path's hospital; None where the path names none. Raises NotHere."""
        found = _AT_HOSPITAL.fullmatch(path)
        if found is None:
            return None
        try:
            hospital_id = UUID(found[1])
        except ValueError as error:
            raise NotHere from error
        if isinstance(caller, Caller):
            if caller.hospital_id != hospital_id:
                await self._record(caller.hospital_id, f"terminal {caller.terminal_id}", hospital_id)
                raise NotHere
            return Asker(caller.terminal_id, hospital_id, Channel.KIOSK, is_terminal=True)
        is_its_own = caller.hospital_id in (None, hospital_id) and await self._group(hospital_id) == caller.group_id
        if not is_its_own:
            await self._record(caller.group_id, f"client {caller.client_id}", hospital_id)
            raise NotHere
        return Asker(caller.client_id, hospital_id, caller.channel, caller.rights)

    async def _group(self, hospital_id: UUID) -> UUID | None:
        if hospital_id not in self._group_of:
            group_id = await self._read(lambda connection: group_of(connection, hospital_id))
            if group_id is None:
                return None
            self._group_of[hospital_id] = group_id
        return self._group_of[hospital_id]

    async def _record(self, tenant_id: UUID, actor: str, hospital_id: UUID) -> None:
        deed = Deed(actor, "asked for another hospital", "hospital", hospital_id)

        def write(connection: sa.Connection) -> None:
            write_audit(connection, tenant_id, deed, moment)

        moment = self._now()
        await self._write(write)
