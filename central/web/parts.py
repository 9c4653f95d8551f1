"""What the endpoints work with; put together once, in `central.web.app.open_parts`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import sqlalchemy as sa
from fastapi import Depends, Request

from central.keys import Keys
from central.moment import Clock, Moment
from central.sync.wake import FeedBell
from central.terminals.caller import Caller
from central.writer import Reader, Writer

Result = TypeVar("Result")


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

    def moment(self) -> Moment:
        """Now."""
        return Moment(self.clock())

    async def write(self, work: Callable[[sa.Connection], Result]) -> Result:
        """Have work committed."""
        return await asyncio.wrap_future(self.writer.submit(work))

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
        self.reader.close()
        self.snapshot_reader.close()


def _caller(request: Request) -> Caller:
    """The terminal that the gate let through."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


SignedCaller = Annotated[Caller, Depends(_caller)]
