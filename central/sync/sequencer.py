"""The sequencer: a thread that numbers what was committed, soon after each commit of this process, and looks now and
then for what other processes committed.

Of several processes one leads each feed. A leader that has numbered nothing for a second although changes wait is
taken to be gone; should it come back, it finds itself fenced off. Who does not lead looks only, and tells those who
wait for news in its own process.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.moment import Clock
from central.sync.numbering import AT_ONCE, FeedState, Fenced, Lead, feeds, number_changes, resign, take_lead

logger = logging.getLogger(__name__)

PACE_S = 0.01
LOOK_S = 0.1
GONE_AFTER_S = 1.0
_NO_DATABASE_S = 0.5


@dataclass(frozen=True, slots=True)
class _Stuck:
    """A feed whose changes wait for somebody else, since when by this process's clock."""

    epoch: int
    head: int
    since_s: float


class Numbering:
    """One look at the feeds after another, without a thread: `step`."""

    def __init__(self, engine: sa.Engine, *, leader_id: UUID, clock: Clock) -> None:
        """`engine` sees what others committed (READ COMMITTED); `clock` is for the record."""
        self._engine = engine
        self._leader_id = leader_id
        self._clock = clock
        self._leads: dict[UUID, Lead] = {}
        self._heads: dict[UUID, int] = {}
        self._stuck: dict[UUID, _Stuck] = {}

    def step(self, now_s: float, only: frozenset[UUID] | None = None) -> frozenset[UUID]:
        """Number what waits in the feeds that this process leads; the feeds that grew, whoever numbered them."""
        with self._engine.begin() as connection:
            states = feeds(connection, only)
        grown = {it.tenant_id for it in states if self._is_grown(it, now_s)}
        return frozenset(grown)

    def resign(self) -> None:
        """Leave all feeds to others."""
        with self._engine.begin() as connection:
            for lead in self._leads.values():
                resign(connection, lead)
        self._leads.clear()

    def _is_grown(self, state: FeedState, now_s: float) -> bool:
        head = state.head
        lead = self._lead_of(state, now_s) if state.is_waiting else None
        if lead is not None:
            head += self._number(lead)
        grown = self._heads.get(state.tenant_id) != head
        self._heads[state.tenant_id] = head
        return grown

    def _lead_of(self, state: FeedState, now_s: float) -> Lead | None:
        """The lead of a feed in which changes wait, if this process has it or may take it."""
        lead = self._leads.get(state.tenant_id)
        if lead is not None and (lead.leader_id, lead.epoch) == (state.leader_id, state.epoch):
            return lead
        if state.leader_id is not None and not self._is_stuck(state, now_s):
            return None
        try:
            with self._engine.begin() as connection:
                taken = take_lead(connection, state, self._leader_id, now_ms=self._clock())
        except Fenced:
            return None
        self._leads[state.tenant_id] = taken
        return taken

    def _is_stuck(self, state: FeedState, now_s: float) -> bool:
        known = self._stuck.get(state.tenant_id)
        if known is None or (known.epoch, known.head) != (state.epoch, state.head):
            known = _Stuck(state.epoch, state.head, now_s)
            self._stuck[state.tenant_id] = known
        return now_s - known.since_s >= GONE_AFTER_S

    def _number(self, lead: Lead) -> int:
        total, more = 0, AT_ONCE
        try:
            while more == AT_ONCE:
                with self._engine.begin() as connection:
                    more = number_changes(connection, lead)
                total += more
        except Fenced:
            self._leads.pop(lead.tenant_id, None)
        return total


class Sequencer:
    """The thread round a `Numbering`."""

    def __init__(
        self, engine: sa.Engine, *, leader_id: UUID, clock: Clock, on_growth: Callable[[frozenset[UUID]], None]
    ) -> None:
        self._engine = engine
        self._numbering = Numbering(engine, leader_id=leader_id, clock=clock)
        self._on_growth = on_growth
        self._changed = threading.Condition()
        self._woken: set[UUID] = set()
        self._looked_at_all_s = -math.inf
        self._is_at_rest = False
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="sequencer")
        self._thread.start()

    def wake(self, tenants: frozenset[UUID]) -> None:
        """Changes of these tenants were committed. Called on any thread."""
        with self._changed:
            self._woken |= tenants
            self._is_at_rest = False
            self._changed.notify_all()

    def wait_until_at_rest(self, seconds: float) -> bool:
        """Wait until all that it was woken for has been looked after; a look that failed does not count."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_at_rest, seconds)

    def close(self) -> None:
        """Number what was committed, leave the feeds to others, and stop."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        wait_s = 0.0
        while not self._await_work(wait_s):
            wait_s = self._look(self._take_woken())
        self._look(self._take_woken())
        try:
            self._numbering.resign()
        except sa.exc.DBAPIError:
            logger.warning("the feeds were not left to others: the database does not answer")

    def _await_work(self, wait_s: float) -> bool:
        """Wait until woken, at most so long, and at least as long as the pace wants; whether this is the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_ending, min(wait_s, PACE_S))
            if not self._woken and wait_s > PACE_S:
                self._changed.wait_for(lambda: self._is_ending or bool(self._woken), wait_s - PACE_S)
            return self._is_ending

    def _take_woken(self) -> frozenset[UUID]:
        with self._changed:
            woken = frozenset(self._woken)
            self._woken.clear()
            return woken

    def _look(self, woken: frozenset[UUID]) -> float:
        """Look after these feeds, or after all when it is time; how long until the next look."""
        now_s = time.monotonic()
        looks_at_all = not woken or now_s - self._looked_at_all_s >= LOOK_S
        try:
            grown = self._numbering.step(now_s, None if looks_at_all else woken)
            if looks_at_all:
                self._looked_at_all_s = now_s
            if grown:
                self._on_growth(grown)
        except sa.exc.DBAPIError as error:
            logger.warning("the feeds are not numbered: %s", type(error).__name__)
            return self._looked_in_vain()
        except Exception as error:  # noqa: BLE001 - the worker's loop: the thread must live
            logger.warning("the feeds are not numbered, unexpectedly: %s", type(error).__name__)
            return self._looked_in_vain()
        with self._changed:
            self._is_at_rest = not self._woken
            self._changed.notify_all()
        return LOOK_S

    def _looked_in_vain(self) -> float:
        """The next look is after all feeds: which ones this one was for is forgotten."""
        self._looked_at_all_s = -math.inf
        return _NO_DATABASE_S
