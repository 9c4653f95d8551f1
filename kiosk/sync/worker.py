"""Keeps terminal and server in step: what happened goes up first, then what changed comes down.

`SyncWorker.step` does at most one exchange and says when it wants to be called again; it owns no thread and never
sleeps. What is in the outbox is not touched by any failure. # sync C6
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from booking.wire import EventBatch, EventResult, Heartbeat, Verdict
from kiosk.ports.central import MirrorChanged, WaitingChanged
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.intake import IntakeStore
from kiosk.ports.lending import LeaseStore
from kiosk.ports.store import MirrorStore, OutboxStore, Scope, StoreFault, Waiting
from kiosk.sync.contact import Contact
from kiosk.sync.leases import LeaseDuty, LeaseSurroundings
from kiosk.sync.mirror import keep_from, known_rows
from kiosk.sync.outbox import MOST_EVENTS, back_off_s, next_batch, wait_s
from kiosk.sync.pulse import Pulse
from kiosk.sync.server import CentralServer, Unanswered
from kiosk.sync.store_watch import StoreWatch
from kiosk.sync.transport import CLOCK_JUMPED, GIVEN_UP
from kiosk.sync.trust import TrustedClock
from kiosk.sync.upkeep import Upkeep

_log = logging.getLogger(__name__)

LONGEST_POLL_S = 20
_ROUND_S = 2.0
"""Between two rounds when a poll came back at once with nothing."""
_SHORTEST_REST_S, _REST_S = 1.0, 4.0
"""After a page of the feed: one change wakes every terminal of a hospital, and they must not come back together."""
_STORE_FAULT_S = 5.0
_MOST_UNSETTLED = 100
_POISON = ("bad_request", "too_large", "key_reused")


@dataclass(frozen=True, slots=True)
class SyncSurroundings:
    """Given once by the composition root."""

    server: CentralServer
    mirror: MirrorStore
    intake: IntakeStore
    outbox: OutboxStore
    contact: Contact
    leases: LeaseStore
    time: TrustedClock
    clock: Clock
    zone: tzinfo
    emit: Emit
    version: str
    """Of the application, for the heartbeat."""
    chance: Callable[[], float]
    """Between 0 and 1, for jitter."""
    longest_poll_s: int = LONGEST_POLL_S
    """How long the server may wait for a change; 0 for short rounds."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A subject whose event was deferred."""

    attempts: int
    until_boot_ms: int


class SyncWorker:
    """One step after the other."""

    def __init__(self, around: SyncSurroundings) -> None:
        self._around = around
        self._failures = 0
        self._pause_until_ms = 0
        self._upload_failures = 0
        self._upload_from_ms = 0
        """An upload that fails has a pause of its own: what comes down must not wait for it."""
        self._is_hurried = threading.Event()
        self._pulse = Pulse(chance=around.chance)
        self._holds: dict[UUID, _Hold] = {}
        self._most_events = MOST_EVENTS
        self._server_today = ""
        self._purged_day = ""
        self._asked_up_to: UUID | None = None
        """The last operation that a heartbeat had room for, where there are more."""
        self._told: WaitingChanged | None = None
        self._store_watch = StoreWatch(around.emit)
        self._lease_duty = LeaseDuty(
            LeaseSurroundings(
                server=around.server,
                leases=around.leases,
                contact=around.contact,
                clock=around.clock,
                time=around.time,
                chance=around.chance,
            )
        )
        self._upkeep = Upkeep(
            server=around.server,
            mirror=around.mirror,
            intake=around.intake,
            clock=around.clock,
            emit=around.emit,
            chance=around.chance,
        )
        self._is_caught_up = False
        """Whether the last page of the feed was the last there was: only then are digests worth asking for."""

    @property
    def unreadable_rows(self) -> Counter[str]:
        """Rows that say their kind, and nothing else that makes sense."""
        return self._upkeep.unreadable_rows

    @property
    def mended_rows(self) -> int:
        """Rows of the mirror that were put right because digests differed."""
        return self._upkeep.mended_rows

    def hurry(self) -> None:
        """Somebody waits for it: the next step tries at once whatever pauses. From any thread."""
        self._is_hurried.set()

    def step(self, now_boot_ms: int) -> int:
        """Do what is due at this instant of the boot clock; when to call again."""
        self._lift_pauses_if_hurried()
        try:
            self._probe_after_a_fault()
            self._tell_waiting()  # also while nobody answers: that is when something waits
            if now_boot_ms < self._pause_until_ms:
                return self._pause_until_ms
            self._purge_on_a_new_day()
            with self._store_watch.part("keeping the time"):
                self._lease_duty.keep_time()
            next_ms = self._duty(now_boot_ms)
            if self._around.contact.doubts_time():
                self._pulse.doubted(now_ms=self._around.clock.boot_ms())
            self._tell_waiting()
        except Unanswered as silence:
            return self._after_silence(silence)
        except StoreFault as fault:
            return self._after_store_fault(fault)
        self._failures = 0
        return next_ms

    def _duty(self, now_boot_ms: int) -> int:
        """The most urgent thing, and when to come back."""
        around = self._around
        if not around.contact.is_online() or now_boot_ms >= self._pulse.due_ms:
            return self._heartbeat(now_boot_ms)
        with self._store_watch.part("synchronising"):
            return self._synchronise(now_boot_ms)

    def _synchronise(self, now_boot_ms: int) -> int:
        around = self._around
        batch = self._due_batch(now_boot_ms)
        if batch:
            return self._upload(batch)
        cursor = around.mirror.cursor()
        if cursor is None:
            self._server_today = self._upkeep.take_whole() or self._server_today
            return around.clock.boot_ms()
        scope = around.mirror.scope()
        if self._server_today and scope.kept_from >= self._server_today:
            _log.warning("days have been dropped that the server still holds")
            around.mirror.drop_cursor()
            return around.clock.boot_ms()
        if self._server_today not in ("", scope.today):
            return self._roll(scope, cursor)
        if now_boot_ms >= self._lease_duty.due_ms:
            self._lease_duty.step(now_boot_ms)
            return around.clock.boot_ms()
        if self._upkeep.is_due(now_boot_ms, is_caught_up=self._is_caught_up):
            self._is_caught_up = False  # the next page comes before the next question
            self._upkeep.step(cursor)
            return around.clock.boot_ms()
        return self._poll(cursor, now_boot_ms)

    def _heartbeat(self, now_boot_ms: int) -> int:
        """Also the first thing after a silence: small, and it brings the time and the day."""
        around = self._around
        with self._store_watch.part("telling"):
            told = self._own_state()
        reply = around.server.heartbeat(told)
        self._asked_up_to = told.unsettled[-1] if len(told.unsettled) == _MOST_UNSETTLED else None
        if reply.settled:
            with self._store_watch.part("settling"):
                around.outbox.note_settled(reply.settled, now_ms=self._now_ms())
        self._server_today = reply.today
        self._pulse.answered(asked_ms=now_boot_ms, now_ms=around.clock.boot_ms())
        return around.clock.boot_ms()

    def _own_state(self) -> Heartbeat:
        around = self._around
        counts = around.outbox.counts()
        return Heartbeat(
            waiting=counts.waiting,
            oldest_ms=counts.oldest_ms,
            not_applied=counts.not_applied,
            version=around.version,
            cursor=around.mirror.cursor() or "",
            mended=self.mended_rows,
            unsettled=self._unsettled() if counts.not_applied else (),
        )

    def _unsettled(self) -> tuple[UUID, ...]:
        """With too many for one heartbeat each has its turn: old ones that nobody settles hide no others."""
        outbox, after = self._around.outbox, self._asked_up_to
        found = outbox.not_applied(most=_MOST_UNSETTLED, after=after)
        return found if found or after is None else outbox.not_applied(most=_MOST_UNSETTLED)

    # Up
    def _due_batch(self, now_boot_ms: int) -> tuple[Waiting, ...]:
        if now_boot_ms < self._upload_from_ms:
            return ()
        waiting = self._around.outbox.waiting()
        held_back = {subject for subject, hold in self._holds.items() if hold.until_boot_ms > now_boot_ms}
        return next_batch(waiting, held_back=held_back, most_events=self._most_events)

    def _upload(self, batch: tuple[Waiting, ...]) -> int:
        around = self._around
        around.outbox.note_offered((one.operation_id for one in batch if not one.attempts), now_ms=self._now_ms())
        try:
            reply = around.server.send(EventBatch(events=tuple(one.event for one in batch)))
        except Unanswered as silence:
            if silence.reason in _POISON:
                return self._after_poison(batch, silence.reason)
            if silence.why in GIVEN_UP:
                raise
            return self._after_failed_upload(silence)
        self._most_events = MOST_EVENTS
        self._upload_failures = 0
        results = {result.operation_id: result for result in reply.results}
        for one in batch:
            result = results.get(one.operation_id)
            if result is None or result.verdict == Verdict.DEFERRED:
                self._hold(one)
            else:
                self._holds.pop(one.subject_id, None)
            if result is not None:
                self._note(result)
        return around.clock.boot_ms()

    def _after_failed_upload(self, silence: Unanswered) -> int:
        """It may fail for good while all else goes well: the heartbeat says how the line is, and the poll goes on."""
        around = self._around
        self._upload_failures += 1
        pause_s = wait_s(self._upload_failures, chance=around.chance(), retry_after_s=silence.retry_after_s)
        _log.info("nothing could be sent: %s %s", silence.why, silence.reason)
        self._upload_from_ms = self._later(pause_s)
        self._pulse.bring_forward()
        return around.clock.boot_ms()

    def _note(self, result: EventResult) -> None:
        """A verdict that is not final leaves the operation waiting; any other verdict than applied stays visible."""
        around = self._around
        around.outbox.note_result(result, now_ms=self._now_ms())
        if result.booking is not None:
            around.emit(MirrorChanged(1))

    def _hold(self, one: Waiting) -> None:
        attempts = self._holds[one.subject_id].attempts + 1 if one.subject_id in self._holds else 1
        until_ms = self._later(back_off_s(attempts, chance=self._around.chance()))
        self._holds[one.subject_id] = _Hold(attempts, until_ms)

    def _after_poison(self, batch: tuple[Waiting, ...], reason: str) -> int:
        """The server does not want this batch: one at a time, until the one is found that it never will take."""
        if len(batch) > 1:
            self._most_events = 1
        else:
            self._note(EventResult(operation_id=batch[0].operation_id, verdict=Verdict.CONFLICT, reason=reason))
        return self._around.clock.boot_ms()

    # Down
    def _roll(self, scope: Scope, cursor: str) -> int:
        """The hospital's day has moved: fetch the days that entered; bookings made long ago are in no feed."""
        around = self._around
        if self._upkeep.roll(scope, cursor, today=self._server_today):
            around.mirror.purge(keep_from=keep_from(self._server_today), now_ms=self._now_ms())
        return around.clock.boot_ms()

    def _poll(self, cursor: str, now_boot_ms: int) -> int:
        around = self._around
        due_ms = [self._pulse.due_ms, self._upload_from_ms]  # leases can wait until the poll is over
        due_ms += [hold.until_boot_ms for hold in self._holds.values()]
        until_ms = min(at_ms for at_ms in due_ms if at_ms > now_boot_ms)
        wait = min(around.longest_poll_s, max(1, (until_ms - now_boot_ms) // 1000))
        try:
            answer = around.server.feed(cursor, wait_s=wait, now_boot_ms=now_boot_ms)
        except Unanswered as silence:
            if silence.why in GIVEN_UP:
                if silence.why == CLOCK_JUMPED:
                    self._pulse.hurry()
                return around.clock.boot_ms()
            if silence.reason == "gone":
                around.mirror.drop_cursor()
                return around.clock.boot_ms()
            raise
        page = answer.page
        rows = known_rows(page.rows)
        self._upkeep.note_left_out(answer.unreadable, skipped=rows.skipped)
        if page.rows or page.cursor != cursor:
            taken = around.mirror.take_feed(rows.rows, cursor=page.cursor)
            if taken:
                around.emit(MirrorChanged(taken))
        self._server_today = page.today
        self._is_caught_up = not page.has_more
        came_at_once = around.clock.boot_ms() - now_boot_ms < 500
        if page.has_more or self._upkeep.is_due(around.clock.boot_ms(), is_caught_up=True):
            return around.clock.boot_ms()
        if page.rows:
            return self._later(_SHORTEST_REST_S + _REST_S * around.chance())
        return self._later(_ROUND_S * (0.5 + around.chance())) if came_at_once else around.clock.boot_ms()

    # In between
    def _lift_pauses_if_hurried(self) -> None:
        if self._is_hurried.is_set():
            self._is_hurried.clear()
            self._failures = self._upload_failures = 0
            self._pause_until_ms = self._upload_from_ms = 0
            self._pulse.hurry()
            self._lease_duty.hurry()
            self._upkeep.hurry()
            self._holds.clear()

    def _after_silence(self, silence: Unanswered) -> int:
        self._failures += 1
        pause_s = wait_s(self._failures, chance=self._around.chance(), retry_after_s=silence.retry_after_s)
        _log.info("no answer: %s %s", silence.why, silence.reason)
        self._pause_until_ms = self._later(pause_s)
        return self._pause_until_ms

    def _after_store_fault(self, fault: StoreFault) -> int:
        _log.error("the store failed: %s", fault.code)
        self._pause_until_ms = self._later(_STORE_FAULT_S)
        return self._pause_until_ms

    def _probe_after_a_fault(self) -> None:
        """Off line nothing else would write: a store that only reads must be found out before a patient comes."""
        if self._store_watch.is_faulty():
            with self._store_watch.part("probing"):
                self._around.mirror.probe()

    def _purge_on_a_new_day(self) -> None:
        """Off line too, nobody's visit is kept for longer: by a time that two answers have told in this boot. On line
        the server says which day it is.
        """
        around = self._around
        if not around.contact.is_time_sure():
            return
        day = datetime.fromtimestamp(self._now_ms() / 1000, UTC).astimezone(around.zone).date().isoformat()
        if day == self._purged_day:
            return
        with self._store_watch.part("purging"):
            if around.contact.is_online() and day > around.mirror.scope().today:
                return
            around.mirror.purge(keep_from=keep_from(day), now_ms=self._now_ms())
        self._purged_day = day

    def _tell_waiting(self) -> None:
        with self._store_watch.part("counting"):
            counts = self._around.outbox.counts()
        told = WaitingChanged(waiting=counts.waiting, not_applied=counts.not_applied)
        if told != self._told:
            self._told = told
            self._around.emit(told)

    def _now_ms(self) -> int:
        return self._around.clock.now_ms() + (self._around.contact.now_offset_ms() or 0)

    def _later(self, seconds: float) -> int:
        return self._around.clock.boot_ms() + int(seconds * 1000)
