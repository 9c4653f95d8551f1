"""Letting a crowd loose for a while: twenty clients, a clock that runs, and what falls due meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from uuid import UUID

from central.appointments.due import Due
from central.credit.relay import Relay
from central.rosters.release import Release
from central.sample.plan import instant_ms
from central.web.parts import Parts
from central.writer import Busy
from tools.crowd.journal import Journal
from tools.crowd.member import CHANNELS, Around, Member
from tools.crowd.stage import DAYS_AHEAD, KEYS, Open, fill, open_day, release, wait_until_numbered

CLIENTS = 20
PEOPLE = 240
OPENS_AT, CLOSES_AT = 8, 19
DAY_MS = (CLOSES_AT - OPENS_AT) * 3_600_000
_CLOCKWORK_EVERY = 80
"""Operations of one client between two looks at what is due."""


class CrowdClock:
    """A clock that the crowd's own acts drive. For all servers."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def __call__(self) -> int:
        """Milliseconds UTC."""
        return self._now_ms

    def pass_by(self, ms: int) -> None:
        """Time passes."""
        with self._lock:
            self._now_ms += ms

    def set(self, now_ms: int) -> None:
        """It is this instant now, or later."""
        with self._lock:
            self._now_ms = max(self._now_ms, now_ms)


class Crowd:
    """Clients at one or several servers on one store, for some days."""

    def __init__(
        self, servers: Sequence[Parts], clock: CrowdClock, *, seed: int, first_day: date, people: int = PEOPLE
    ) -> None:
        self.servers = servers
        self.journal = Journal()
        self._clock = clock
        self._seed = seed
        self._day = first_day
        self._legs = 0
        clock.set(instant_ms(first_day, OPENS_AT))
        self.people = fill(servers[0], people=people, seed=seed, now_ms=clock())
        self.sessions: list[Open] = []
        for ahead in range(DAYS_AHEAD + 1):
            self.sessions += open_day(servers[0], first_day + timedelta(days=ahead))
        rng = Random(seed)
        self._callers = tuple(UUID(int=rng.getrandbits(128)) for _ in range(CLIENTS))
        self._members: list[Member] = []
        self._clockworks = {id(parts): _Clockwork(parts, self.journal) for parts in servers}
        release(servers[0], clock())
        self._gather()

    def next_day(self) -> None:
        """Night falls, and what was not yet bookable is published."""
        self._day += timedelta(days=1)
        self.sessions = [it for it in self.sessions if it.day >= self._day]
        self.sessions += open_day(self.servers[0], self._day + timedelta(days=DAYS_AHEAD))
        self._clock.set(instant_ms(self._day, OPENS_AT))
        release(self.servers[0], self._clock())
        self._gather()

    def leg(self, operations: int, *, of_day: int) -> None:
        """So many operations, of so many that make a day. Returns when all have their answers."""
        self._legs += 1
        each, pace_ms = operations // CLIENTS, DAY_MS // of_day
        with ThreadPoolExecutor(CLIENTS, thread_name_prefix="client") as pool:
            for done in [pool.submit(self._go, member, each, pace_ms) for member in self._members]:
                done.result()

    def settle(self) -> None:
        """Until nothing more is due, and the group has heard everything."""
        clockwork = self._clockworks[id(self.servers[0])]
        while clockwork.step(self._clock()) <= self._clock():
            pass
        assert wait_until_numbered(self.servers), "the feed is numbered"

    def _gather(self) -> None:
        around = Around(self.servers, self.journal, self.people, tuple(self.sessions))
        self._members = [
            Member(around, Random(f"{self._seed} {self._day} {at}"), CHANNELS[at % len(CHANNELS)], caller_id)
            for at, caller_id in enumerate(self._callers)
        ]

    def _go(self, member: Member, operations: int, pace_ms: int) -> None:
        for at in range(operations):
            self._clock.pass_by(pace_ms)
            try:
                if member.rng.randrange(_CLOCKWORK_EVERY) == 0:
                    self._clockworks[id(member.rng.choice(self.servers))].step(self._clock())
                member.act()
            except Exception as error:  # noqa: BLE001 - one client's trouble is a finding, and the others go on
                self.journal.fault(f"operation {at}: {type(error).__name__} {error}"[:400])


class _Clockwork:
    """What one server does by the clock. Several servers do it side by side."""

    def __init__(self, parts: Parts, journal: Journal) -> None:
        ask, write = parts.reader.submit, parts.writer.submit
        self._release = Release(ask=ask, write=write)
        self._due = Due(ask=ask, write=write, keys=KEYS)
        self._relay = Relay(ask=ask, write=write, keys=KEYS)
        self._journal = journal
        self._is_at_work = threading.Lock()

    def step(self, now_ms: int) -> int:
        """Do what is due, unless another thread is at it; when there may be more news for the group."""
        if not self._is_at_work.acquire(blocking=False):
            return now_ms
        try:
            self._release.step(now_ms)
            self._due.step(now_ms)
            return self._relay.step(now_ms)
        except Busy:
            self._journal.note("clockwork: busy")
            return now_ms
        finally:
            self._is_at_work.release()
