"""A folder where a hospital's system leaves CSV files: complete ones are taken over and put aside with their result.

Below the folder each hospital has one of its own, named by its two digits. A file is complete when it has its name:
whoever writes it renames it in. What is in it goes the same way as through the interface, row by row, so that whoever
dies in the middle begins again and comes to the same end. A result names lines and reasons, and nobody.

`step(now)` takes what is there and says when it wants to be called again; a thread only calls it.
"""

from __future__ import annotations

import itertools
import logging
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import Asker, Right
from central.hospital_systems.csv_files import MOST_BYTES, BadFile
from central.hospital_systems.csv_kinds import Blocks, Kind, read_confirmations, read_orders, read_payments
from central.hospital_systems.intake import Intake
from central.hospital_systems.told import RowVerdict, ToldAnswer, ToldOrder, ToldPayment, Verdict
from central.hospital_systems.whose import Submit
from central.rosters.tables import hospital

logger = logging.getLogger(__name__)

Told = TypeVar("Told", ToldOrder, ToldPayment, ToldAnswer)
PAUSE_MS = 2_000
_AT_ONCE = 100
DONE = "done"
RESULT = ".result.csv"
_INBOX = UUID(int=1)
"""Who asks, in trails: the folder."""


class Inbox:
    """Takes files over."""

    def __init__(self, folder: Path, *, ask: Submit, intake: Intake, is_ending: Callable[[], bool]) -> None:
        """`is_ending`: the server is about to end; a file that is begun then stays, and is taken by the next one."""
        self._folder = folder
        self._ask = ask
        self._intake = intake
        self._is_ending = is_ending

    def step(self, now_ms: int) -> int:
        """Take every complete file. Raises OSError, and what the store raises: the file stays, try again later."""
        for hospital_id, code, time_zone in self._ask(_hospitals).result():
            for path, kind in _complete(self._folder / code):
                zone = ZoneInfo(time_zone)
                asker = Asker(_INBOX, hospital_id, Channel.WINDOW, frozenset({Right.HOSPITAL_SYSTEM}))
                result = self._taken(asker, kind, path, zone, now_ms)
                if result is None:
                    return now_ms
                _put_aside(path, result)
                logger.info("a file of %s was taken: %s", kind.value, result.splitlines()[0])
        return now_ms + PAUSE_MS

    def _taken(self, asker: Asker, kind: Kind, path: Path, zone: ZoneInfo, now_ms: int) -> str | None:
        """What the result's file says; None: there was no time."""
        content = _content(path)
        match kind:
            case Kind.ORDERS:
                return self._each(read_orders(content, zone), partial(self._intake.orders, asker), now_ms)
            case Kind.PAYMENTS:
                return self._each(read_payments(content, zone), partial(self._intake.payments, asker), now_ms)
            case Kind.CONFIRMATIONS:
                return self._each(read_confirmations(content, zone), partial(self._intake.answers, asker), now_ms)

    def _each(
        self,
        read: Blocks[Told] | BadFile,
        take: Callable[[Sequence[Told], int], list[RowVerdict]],
        now_ms: int,
    ) -> str | None:
        """Take the rows. What was known already, or is older, counts as taken: a second run says the same."""
        if isinstance(read, BadFile):
            return _written({1: read.value}, taken=0)
        why = {number: flaw.value for number, flaw in read.bad.items()}
        taken = 0
        for first in range(0, len(read.blocks), _AT_ONCE):
            if self._is_ending():
                return None
            blocks = read.blocks[first : first + _AT_ONCE]
            for it in take([block.row for block in blocks], now_ms):
                lines = blocks[it.row].lines
                if it.verdict is Verdict.REFUSED and it.why is not None:
                    why.update(dict.fromkeys(lines, it.why.value))
                else:
                    taken += len(lines)
        return _written(why, taken=taken)


def _complete(folder: Path) -> Iterator[tuple[Path, Kind]]:
    """The files that are ready, orders before the payments for them."""
    if not folder.is_dir():
        return
    names = sorted(it.name for it in folder.iterdir())
    for kind in Kind:
        for name in names:
            if name.startswith(f"{kind.value}-") and name.endswith(".csv") and _is_file(folder / name):
                yield folder / name, kind


def _is_file(path: Path) -> bool:
    """A file itself: no link to one elsewhere, no pipe that never ends."""
    return stat.S_ISREG(path.lstat().st_mode)


def _content(path: Path) -> bytes:
    """The file's bytes; of one that is too large, just enough to know it."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(MOST_BYTES + 1)


def _written(why: dict[int, str], *, taken: int) -> str:
    """First how many lines were taken, then each that was not, and why."""
    head = [f"# lines taken: {taken}, not taken: {len(why)}", "line,why"]
    return "\n".join([*head, *(f"{number},{why[number]}" for number in sorted(why))]) + "\n"


def _put_aside(path: Path, result: str) -> None:
    """First the result, whole and on the disk; then the file goes. Whoever dies in between does it again."""
    done = path.parent / DONE
    done.mkdir(mode=0o700, exist_ok=True)
    target = _free_name(done, path.name)
    part = done / f"{target.name}.part"
    with part.open("w", encoding="ascii") as file:
        file.write(result)
        file.flush()
        os.fsync(file.fileno())
    part.replace(done / f"{target.name}{RESULT}")
    path.replace(target)
    for folder in (done, path.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _free_name(done: Path, name: str) -> Path:
    """The same name, or with a number where an earlier file had it."""
    candidates = (done / (name if at == 1 else f"{name.removesuffix('.csv')}.{at}.csv") for at in itertools.count(1))
    return next(it for it in candidates if not it.exists())


def _hospitals(connection: sa.Connection) -> list[tuple[UUID, str, str]]:
    query = sa.select(hospital).order_by(hospital.c.code)
    return [(it.hospital_id, it.code, it.time_zone) for it in connection.execute(query)]
