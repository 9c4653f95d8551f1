"""The floors of what goes over the network: the same exchanges by themselves, from a terminal that does nothing else.

`python -m tools.bench.bare_server SETTINGS CODE ROUNDS`: enrols, then prints as JSON the milliseconds of `check_ins`
(one signed request each, answered and decoded) and of one `snapshot` (its bytes alone, neither decoded nor stored).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from booking.numbers import queue_number
from booking.roster import BookingState
from booking.wire import BookingRow, CheckInAct, Row, RowKind, Verdict
from booking.wire_time import DeviceTime
from kiosk import bootstrap
from kiosk.devices.clock import SystemClock
from kiosk.ports.store import Site
from kiosk.settings import Settings, load
from kiosk.sync.caller import Caller
from kiosk.sync.client import RequestsTransport, ServerSettings
from kiosk.sync.codec import WireCodec
from kiosk.sync.contact import Contact
from kiosk.sync.identity import Counter, Identity, Signer
from kiosk.sync.server import CentralServer
from kiosk.sync.transport import HttpReply, HttpRequest

_MINUTE_MS = 60_000
_PORTION = 1000
_MAY_ARRIVE = (BookingState.BOOKED, BookingState.CONFIRMED)


class Timed:
    """A transport that notes how long each exchange took."""

    def __init__(self, inner: Caller) -> None:
        self._inner = inner
        self.took_ms = 0.0

    def exchange(self, request: HttpRequest) -> HttpReply:
        """The server's answer."""
        began_ns = time.monotonic_ns()
        try:
            return self._inner.exchange(request)
        finally:
            self.took_ms = (time.monotonic_ns() - began_ns) / 1e6

    def interrupt(self) -> None:
        """Give up a poll."""
        self._inner.interrupt()

    def close(self) -> None:
        """Give up everything."""
        self._inner.close()


def main() -> int:
    """Enrol, fetch, check in."""
    settings = load(Path(sys.argv[1]))
    assert isinstance(settings, Settings), settings
    clock, codec = SystemClock(), WireCodec()
    store = bootstrap.open_terminal_store(settings, clock)
    site = bootstrap.enrol_terminal(settings, store, sys.argv[2])
    key = store.site.private_key()
    assert key is not None
    line = Timed(Caller(lambda: RequestsTransport(ServerSettings(settings.server.url)), name="line"))
    signer = Signer(site.terminal_id, Identity(key), Counter(store.site.raise_boot))
    contact = Contact(clock, emit=lambda _event: None)
    server = CentralServer(line, signer=signer, codec=codec, contact=contact, clock=clock)
    rows, snapshot_ms = _mirror(server, line)
    letters = {row.session.id: row.session.letters for row in rows if row.session is not None}
    took_ms = []
    for row in rows:
        booking = row.booking
        if row.kind != RowKind.BOOKING or booking is None or not _is_due(booking, clock.now_ms()):
            continue
        number = queue_number(letters=letters[booking.session_id], slot_no=booking.slot_no)
        act = _act(booking, row.ver, number, site, clock)
        began_ns = time.monotonic_ns()
        result = server.check_in(act)
        took_ms.append((time.monotonic_ns() - began_ns) / 1e6)
        assert result.verdict == Verdict.APPLIED, result.reason
        if len(took_ms) == int(sys.argv[3]):
            break
    server.close()
    store.close()
    print(json.dumps({"check_ins": took_ms, "snapshot": snapshot_ms}))
    return 0


def _mirror(server: CentralServer, line: Timed) -> tuple[list[Row], float]:
    """All rows, and how long their bytes were on the way."""
    rows: list[Row] = []
    took_ms, after, is_first = 0.0, "", True
    while after or is_first:
        portion = server.portion(after=after, limit=_PORTION)
        took_ms += line.took_ms
        rows.extend(portion.rows)
        after, is_first = portion.head.next, False
    return rows, took_ms


def _is_due(booking: BookingRow, now_ms: int) -> bool:
    """Early or late in the time for checking in: what lies between is left to the bench's own patients."""
    ahead_min = (booking.slot_starts_ms - now_ms) / _MINUTE_MS
    return booking.state in _MAY_ARRIVE and (47 < ahead_min < 59 or -14 < ahead_min < -6)


def _act(booking: BookingRow, ver: int, number: str, site: Site, clock: SystemClock) -> CheckInAct:
    return CheckInAct(
        operation_id=clock.new_id(),
        booking_id=booking.id,
        booking_ver=ver,
        policy_version=site.policy.version,
        at=DeviceTime(wall_ms=clock.now_ms(), boot_id=clock.boot_id(), boot_ms=clock.boot_ms(), offset_ms=0),
        queue_number=number,
    )


if __name__ == "__main__":
    raise SystemExit(main())
