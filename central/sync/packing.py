"""Answers that many get alike: written and packed once, sent packed to whoever takes that."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.responses import Response

_COMPRESSION = 5
_WORTH_PACKING = 1000
"""Bytes: less than that fits into a packet as it is."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A JSON text, and the same with gzip where that is worth the while."""

    body: bytes = field(repr=False)
    packed: bytes | None = field(default=None, repr=False)

    def response(self, *, takes_gzip: bool) -> Response:
        """As it is sent."""
        if self.packed is None or not takes_gzip:
            return Response(self.body, media_type="application/json", headers={"Vary": "Accept-Encoding"})
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(self.packed, media_type="application/json", headers=headers)


def pack(body: bytes) -> Packed:
    """The text, packed if it is long."""
    return Packed(body, zipped(body) if len(body) >= _WORTH_PACKING else None)


def zipped(body: bytes) -> bytes:
    """With gzip; the same text gives the same bytes."""
    return gzip.compress(body, compresslevel=_COMPRESSION, mtime=0)


def takes_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether whoever asks takes gzip, as plainly as terminals say it."""
    return any(name == b"accept-encoding" and b"gzip" in value.lower() for name, value in headers)
