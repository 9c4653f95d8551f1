"""The network adapter: the only module that knows `requests`.

It has time-outs for each step only; the limit to the last byte is kept by `caller.Caller`, which cuts the connection.
Proxies come from the settings alone, never from the environment. Redirects are not followed.
"""

from __future__ import annotations

import contextlib
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from kiosk.sync.transport import HttpReply, HttpRequest, NoReply

_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the server is. `base_url` has no path; `ca_file` replaces the system's certificates, None keeps them."""

    base_url: str
    ca_file: str | None = None
    proxy: str | None = None


class RequestsTransport:
    """A `Transport` over HTTP. One exchange at a time; `close` may come from another thread."""

    def __init__(self, settings: ServerSettings) -> None:
        self._base = settings.base_url.rstrip("/")
        self._open: set[socket.socket] = set()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = settings.ca_file or True
        if settings.proxy:
            self._session.proxies = {"http": settings.proxy, "https": settings.proxy}
        adapter = _Adapter(self._opened)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def exchange(self, request: HttpRequest) -> HttpReply:
        """The server's answer. Raises NoReply."""
        try:
            with self._session.request(
                request.method,
                self._base + request.target,
                data=request.body or None,
                headers=dict(request.headers),
                timeout=(request.connect_s, request.total_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = _body(response, request.most_bytes)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return HttpReply(status=response.status_code, headers=headers, body=body)
        except (requests.RequestException, HTTPError, OSError, ValueError) as fault:
            # ValueError: a socket that was cut under the reader, or a status line that is none.
            _untie(fault)
            raise NoReply(type(fault).__name__) from None

    def interrupt(self) -> None:
        """Cut the connection; the exchange at hand ends at once."""
        for opened in tuple(self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(opened, socket.SHUT_RDWR)  # under TLS too: the plain socket's own

    def close(self) -> None:
        """Cut the connection and free what was held."""
        self.interrupt()
        self._session.close()

    def _opened(self, opened: socket.socket) -> None:
        self._open = {held for held in self._open if held.fileno() >= 0} | {opened}


def _untie(fault: BaseException) -> None:
    """The libraries' frames hold exceptions that hold these frames: rubbish that only a collection would find."""
    each: BaseException | None = fault
    while each is not None:
        traceback.clear_frames(each.__traceback__)
        each = each.__context__


def _body(response: requests.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > most_bytes:
            raise NoReply("too large")
    return bytes(body)


class _Adapter(HTTPAdapter):
    """Tells of each connection it opens, so that it can be cut."""

    def __init__(self, opened: Callable[[socket.socket], None]) -> None:
        self._told = opened
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the base class has it
        super().init_poolmanager(*args, **kwargs)
        told = self._told

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                told(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                assert self.sock is not None
                told(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
