"""What synchronising costs: `python -m tools.bench.sync_round SETTINGS CODE`, a terminal that does nothing else.

Prints a JSON object: bytes on the wire of a day's mirror and of an idle round, processor time of an idle round, size of
the store; each with the least that it could be. An idle round is a heartbeat and a poll that brings nothing.
"""

from __future__ import annotations

import gzip
import json
import lzma
import sys
import time
from datetime import UTC
from pathlib import Path
from urllib.parse import urlsplit

from booking.wire import Row
from kiosk import bootstrap
from kiosk.devices.clock import SystemClock
from kiosk.settings import Settings, load
from kiosk.sync.caller import Caller
from kiosk.sync.client import RequestsTransport, ServerSettings
from kiosk.sync.codec import WireCodec
from kiosk.sync.contact import Contact
from kiosk.sync.identity import Counter, Identity, Signer
from kiosk.sync.server import CentralServer
from kiosk.sync.transport import HttpRequest
from kiosk.sync.trust import TrustedClock
from kiosk.sync.worker import SyncSurroundings, SyncWorker
from tools.bench.sync_meter import Meter

_ROUNDS = 100
_PORTION = 1000


class LeapingClock(SystemClock):
    """Goes on by itself, and may be set ahead: pauses cost no time here."""

    ahead_ms = 0

    def boot_ms(self) -> int:
        """Milliseconds since the machine was started, and what was leapt over."""
        return super().boot_ms() + self.ahead_ms


def _day(server: CentralServer, day: str) -> list[Row]:
    rows: list[Row] = []
    after, is_first = "", True
    while after or is_first:
        portion = server.portion(day=day, after=after, limit=_PORTION)
        rows.extend(portion.rows)
        after, is_first = portion.head.next, False
    return rows


def _packed(codec: WireCodec, rows: list[Row]) -> int:
    """The least: all of them at once, packed by the tightest packer there is."""
    return len(lzma.compress("\n".join(map(codec.encode, rows)).encode(), preset=9))


def main() -> int:
    """Enrol, fetch, keep in step."""
    settings = load(Path(sys.argv[1]))
    assert isinstance(settings, Settings), settings
    clock, codec = LeapingClock(), WireCodec()
    store = bootstrap.open_terminal_store(settings, clock)
    site = bootstrap.enrol_terminal(settings, store, sys.argv[2])
    key = store.site.private_key()
    assert key is not None
    url = urlsplit(settings.server.url)
    assert url.hostname is not None
    assert url.port is not None
    said: dict[str, float] = {}
    with Meter((url.hostname, url.port)) as meter:
        line = Caller(lambda: RequestsTransport(ServerSettings(meter.address)), name="line")
        contact = Contact(clock, emit=lambda _event: None)
        signer = Signer(site.terminal_id, Identity(key), Counter(store.site.raise_boot))
        server = CentralServer(line, signer=signer, codec=codec, contact=contact, clock=clock)
        leases = store.leases(site.hospital_id)
        around = SyncSurroundings(
            server=server,
            mirror=store.mirror(site.hospital_id),
            intake=store.intake(site.hospital_id),
            outbox=store.outbox(site.hospital_id),
            contact=contact,
            leases=leases,
            time=TrustedClock(clock, contact, mark=leases.clock_mark()),
            clock=clock,
            zone=UTC,
            emit=lambda _event: None,
            version="bench",
            chance=lambda: 0.5,
            longest_poll_s=0,
        )
        worker = SyncWorker(around)
        while around.mirror.cursor() is None:
            worker.step(clock.boot_ms())
        _rounds(worker, clock, meter, said)
        said["bookings"] = _mirror(server, around.mirror.scope().today, codec, meter, said)
        _bare_rounds(meter.address, said)
        _digests(around, said)
        server.close()
    said["disk"] = sum(file.stat().st_size for file in Path(settings.data_dir).rglob("store.db*"))
    store.close()
    print(json.dumps(said))
    return 0


def _mirror(server: CentralServer, today: str, codec: WireCodec, meter: Meter, said: dict[str, float]) -> int:
    before = meter.bytes
    rows = _day(server, today)
    said["day_wire"] = meter.bytes - before
    catalogue = [row for row in rows if row.booking is None and row.session is None]
    lines = b"\n".join(codec.encode(row).encode() for row in catalogue)
    said["catalogue_wire"] = len(gzip.compress(lines, compresslevel=5))  # as the server packs it
    said["catalogue_least"] = _packed(codec, catalogue)
    said["day_least"] = _packed(codec, rows)
    said["day_plain"] = sum(len(codec.encode(row)) for row in rows)
    return sum(row.booking is not None for row in rows)


def _rounds(worker: SyncWorker, clock: LeapingClock, meter: Meter, said: dict[str, float]) -> None:
    """Polls and heartbeats take turns: the clock leaps to the next heartbeat after each poll."""
    for is_warm in (False, True):
        before, began_s = meter.bytes, time.process_time()
        for _ in range(_ROUNDS):
            clock.ahead_ms += 20_000
            worker.step(clock.boot_ms())  # the heartbeat
            worker.step(clock.boot_ms())  # the poll
        if is_warm:
            said["round_cpu_ms"] = (time.process_time() - began_s) * 1000 / _ROUNDS
            said["round_bytes"] = (meter.bytes - before) / _ROUNDS


def _digests(around: SyncSurroundings, said: dict[str, float]) -> None:
    began_s = time.process_time()
    around.intake.digests()
    said["digests_cpu_ms"] = (time.process_time() - began_s) * 1000


def _bare_rounds(address: str, said: dict[str, float]) -> None:
    """Two requests by the same library, without signature, store or any sense."""
    transport = RequestsTransport(ServerSettings(address))
    ask = HttpRequest("GET", "/v1/time", total_s=15, connect_s=5)
    transport.exchange(ask)
    began_s = time.process_time()
    for _ in range(2 * _ROUNDS):
        transport.exchange(ask)
    said["bare_cpu_ms"] = (time.process_time() - began_s) * 1000 / _ROUNDS
    transport.close()


if __name__ == "__main__":
    raise SystemExit(main())
