"""What the endpoints work with; put together once, in `central.web.app.open_parts`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Request

from central.channels.caller import Asker, ChannelCaller
from central.keys import Keys
from central.moment import Clock, Moment
from central.sync.sequencer import Sequencer
from central.sync.wake import FeedBell
from central.terminals.caller import Caller
from central.writer import Reader, Writer

Result = TypeVar("Result")


class WrongCaller(Exception):
    """This way in is for another kind of caller."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The running server's parts."""

    writer: Writer
    reader: Reader
    snapshot_reader: Reader
    """Apart, one at a time: when all terminals come back at once, visits are answered all the same."""
    keys: Keys
    clock: Clock
    bell: FeedBell
    sequencer: Sequencer | None = None
    """Where several writers commit out of order."""

    def moment(self) -> Moment:
        """Now."""
        return Moment(self.clock())

    async def write(self, work: Callable[[sa.Connection], Result], *, key: Hashable = None) -> Result:
        """Have work committed; pieces with the same key in the order they came."""
        return await asyncio.wrap_future(self.writer.submit(work, key=key))

    async def read(self, question: Callable[[sa.Connection], Result]) -> Result:
        """Ask a question."""
        return await asyncio.wrap_future(self.reader.submit(question))

    async def read_snapshot(self, question: Callable[[sa.Connection], Result]) -> Result:
        """Ask a long question."""
        return await asyncio.wrap_future(self.snapshot_reader.submit(question))

    def close(self) -> None:
        """Commit and answer what was begun, then stop."""
        self.bell.stop()
        self.writer.close()
        if self.sequencer is not None:
            self.sequencer.close()
        self.reader.close()
        self.snapshot_reader.close()


# Coroutines, though they await nothing: FastAPI would run a plain function on another thread, for each request.


async def _terminal(request: Request) -> Caller:
    """The terminal that the gate let through; these paths are for terminals only."""
    caller = request.state.caller
    if not isinstance(caller, Caller):
        raise WrongCaller
    return caller


async def _asker(request: Request, hospital_id: UUID) -> Asker:
    """Who asks at the path's hospital: a terminal or a channel's client."""
    del hospital_id  # for the description of the paths; the gate has read it
    asker = request.state.asker
    assert isinstance(asker, Asker), "the gate knows who asks at a hospital's paths"
    return asker


async def _client(request: Request) -> ChannelCaller:
    """The channel's client that the gate let through; these paths are for clients only."""
    caller = request.state.caller
    if not isinstance(caller, ChannelCaller):
        raise WrongCaller
    return caller


SignedCaller = Annotated[Caller, Depends(_terminal)]
AskerAtHospital = Annotated[Asker, Depends(_asker)]
"""For paths below `/v1/hospitals/{hospital_id}/`."""
ChannelClient = Annotated[ChannelCaller, Depends(_client)]
