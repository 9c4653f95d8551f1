"""How long the server waits for a caller who does not finish what they began to say.

uvicorn waits for a request's head for ever: whoever opens connections and says little would use all of them up.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

BODY_S = 15.0
"""From the end of the head to the end of the body: 512 KiB at the pace of a poor line."""


class ImpatientProtocol(H11Protocol):
    """Closes a connection whose next request does not come to the end of its head in time."""

    head_s = 10.0
    """From the connection, or from a head's first byte, to its end."""
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A caller is there, and has to say what they want."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """They say something: the end of a head, or a part of one."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif self._head_due is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._forget_head()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_due = self.loop.call_later(self.head_s, self._give_up)

    def _forget_head(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._head_due = None
        if not self.transport.is_closing():
            self.transport.close()
