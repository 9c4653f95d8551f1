"""How long the server waits for a caller who does not finish what they began to say.

uvicorn waits for a request's head for ever: whoever opens connections and says little would use all of them up.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BODY_S = 15.0
"""From the end of the head to the end of the body: 512 KiB at the pace of a poor line."""


LARGEST_HEAD = 64 * 1024


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose next request does not come to the end of its head in time, or has too long a head."""

    head_s = 10.0
    """From the connection, or from a head's first byte, to its end."""
    _head_due: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A caller is there, and has to say what they want."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """They say something: a part of a head, or of a body."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_due is not None and self._head_bytes > LARGEST_HEAD:
            self._give_up()

    def on_message_begin(self) -> None:
        """A head's first byte."""
        super().on_message_begin()
        if self._head_due is None:
            self._await_head()

    def on_headers_complete(self) -> None:
        """The end of a head."""
        self._forget_head()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._forget_head()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_due = self.loop.call_later(self.head_s, self._give_up)

    def _forget_head(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _give_up(self) -> None:
        self._forget_head()
        if not self.transport.is_closing():
            self.transport.close()
