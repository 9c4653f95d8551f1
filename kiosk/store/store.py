"""Opening the store: one process, one key, the right revision; a damaged file is put aside and said so.

`open_store` is the only way in; what it gives hands out one small object for each reader and writer.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from kiosk.ports.store import Codec, StoreBroken, StoreFull, StoreQuarantined, StoreTaken
from kiosk.store.arrivals import ArrivalTables
from kiosk.store.engine import open_engine, read_through
from kiosk.store.intake import IntakeTable
from kiosk.store.leases import LeaseTables
from kiosk.store.lists import ListTables
from kiosk.store.mirror import MirrorTable, ask_for_new_kinds
from kiosk.store.outbox import OutboxTable
from kiosk.store.revisions import bring_up_to_date
from kiosk.store.sales import SaleTables
from kiosk.store.seal import store_key, sync_directory
from kiosk.store.site import SiteTable
from kiosk.store.spool import SpoolTable

_FILES = ("store.db", "store.db-wal", "store.db-shm")


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the store is. `max_pages` (of 4 KiB) is its largest size, None for as large as the disk."""

    directory: Path
    max_pages: int | None = None


class Store:
    """An open store. Its parts may be used from any thread; each call is a transaction of its own."""

    def __init__(
        self, engine: sa.Engine, lock: int, *, suspicion: Path, codec: Codec, now_ms: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._suspicion = suspicion
        self.codec = codec
        self._now_ms = now_ms
        self.site = SiteTable(engine, codec=codec)

    @property
    def engine(self) -> sa.Engine:
        """For migrations and diagnostics."""
        return self._engine

    def mirror(self, hospital_id: UUID) -> MirrorTable:
        """The server's rows."""
        return MirrorTable(self._engine, hospital_id, codec=self.codec)

    def intake(self, hospital_id: UUID) -> IntakeTable:
        """What fills and mends them."""
        return IntakeTable(self._engine, hospital_id, mirror=self.mirror(hospital_id))

    def outbox(self, hospital_id: UUID) -> OutboxTable:
        """What waits for the server."""
        return OutboxTable(self._engine, hospital_id, codec=self.codec, mirror=self.mirror(hospital_id))

    def arrivals(self, hospital_id: UUID) -> ArrivalTables:
        """The desk's part."""
        return ArrivalTables(
            self._engine,
            hospital_id,
            codec=self.codec,
            mirror=self.mirror(hospital_id),
            outbox=self.outbox(hospital_id),
        )

    def sales(self, hospital_id: UUID) -> SaleTables:
        """The desk's part of what is lent, and what it does while the server cannot be asked."""
        return SaleTables(
            self._engine,
            hospital_id,
            codec=self.codec,
            mirror=self.mirror(hospital_id),
            outbox=self.outbox(hospital_id),
        )

    def leases(self, hospital_id: UUID) -> LeaseTables:
        """The synchronisation's part of what is lent."""
        return LeaseTables(self._engine, hospital_id, outbox=self.outbox(hospital_id))

    def lists(self, hospital_id: UUID) -> ListTables:
        """What lists for staff are made of."""
        return ListTables(self._engine, hospital_id, codec=self.codec, mirror=self.mirror(hospital_id))

    def spool(self, hospital_id: UUID) -> SpoolTable:
        """The print jobs."""
        return SpoolTable(self._engine, hospital_id, now_ms=self._now_ms)

    def suspect(self) -> None:
        """It was found broken in use: the next opening reads all of it, and puts it aside if it is."""
        with contextlib.suppress(OSError):  # a disk that takes not even this: then it is opened as usual
            self._suspicion.touch()

    def close(self) -> None:
        """Close the file and let another process have it."""
        self._engine.dispose()
        os.close(self._lock)


def open_store(settings: StoreSettings, *, codec: Codec, now_ms: Callable[[], int]) -> Store:
    """Open the store, or make it; migrate it where needed.

    Raises StoreTaken (another process has it), StoreKeyLost, StoreTooNew, StoreFull, StoreBusy, and StoreQuarantined
    when the file was damaged: it has been moved to `quarantine/<time>` and the next call begins anew.
    """
    directory = settings.directory
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise StoreFull("the store's directory cannot be made") from fault
    suspicion = directory / "store.suspect"
    lock = _take_lock(directory / "store.lock")
    try:
        file = directory / _FILES[0]
        key = store_key(directory / "store.key", is_new_store=not file.exists())
        engine = open_engine(file, key, max_pages=settings.max_pages)
        try:
            if suspicion.exists():
                read_through(engine)
            bring_up_to_date(engine)
            ask_for_new_kinds(engine)
        except StoreBroken as fault:
            engine.dispose()
            suspicion.unlink(missing_ok=True)
            aside = _put_aside(directory, now_ms())
            raise StoreQuarantined(f"the store was damaged and is now in {aside.name}") from fault
        except BaseException:
            engine.dispose()
            raise
        with contextlib.suppress(OSError):  # then the next opening reads all of it again
            suspicion.unlink(missing_ok=True)
    except OSError as fault:
        os.close(lock)
        raise StoreFull("the store's directory cannot be written") from fault
    except BaseException:
        os.close(lock)
        raise
    return Store(engine, lock, suspicion=suspicion, codec=codec, now_ms=now_ms)


def _take_lock(path: Path) -> int:
    """Held until closed, and freed by the kernel when the process dies."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise StoreFull("the store's lock cannot be made") from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise StoreTaken("another process has the store open") from None
    return handle


def _put_aside(directory: Path, at_ms: int) -> Path:
    aside = directory / "quarantine" / str(at_ms)
    aside.mkdir(mode=0o700, parents=True)
    for name in _FILES:
        if (directory / name).exists():
            (directory / name).rename(aside / name)
    sync_directory(directory)
    return aside
