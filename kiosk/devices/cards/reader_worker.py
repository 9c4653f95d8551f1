"""The thread of one reader: reads the card that is in it, once per command, over a PC/SC context of its own.

Decides when a failed exchange is tried again and what the failure is called. Holds the connection for one read only.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from booking.people import Identity
from kiosk.devices.cards.pcsc import Context, PcscFault
from kiosk.devices.cards.recognise import PROFILES, Profile, recognise
from kiosk.devices.cards.watch import daemon_counter
from kiosk.devices.crash import report_bug
from kiosk.ports.cards import Insertion, ReadCard, Unreadable
from kiosk.ports.clock import Clock

_log = logging.getLogger(__name__)
_MOST_WAITING = 4


@dataclass(frozen=True, slots=True)
class ReadingTimes:
    """How patient a reader's thread is."""

    settle_ms: int = 200
    """After a fault: a card that is still sliding in gets this long before the one other try."""
    removal_ms: int = 450
    """After the second fault: how long the daemon may need to notice that the card is out (it looks every 400 ms)."""


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """One command on its way to its one answer."""

    command: ReadCard


class ReaderWorker:
    """One reader's thread. `answer` is called with each job's result, on that thread."""

    def __init__(
        self,
        name: str,
        answer: Callable[[Job, Identity | Unreadable], None],
        *,
        clock: Clock,
        times: ReadingTimes,
        profiles: tuple[Profile, ...] = PROFILES,
    ) -> None:
        """`name` is the thread's. Nothing starts before `start`."""
        self._answer = answer
        self._clock = clock
        self._times = times
        self._profiles = profiles
        self._jobs: queue.Queue[Job | None] = queue.Queue(maxsize=_MOST_WAITING)
        self._has_ended = threading.Event()
        self._context: Context | None = None
        # A daemon thread: stuck in a driver it must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether its thread still runs (possibly stuck)."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def submit(self, job: Job) -> bool:
        """Queue a job; False when too many wait already."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def end(self) -> None:
        """Take no more jobs; the thread ends after the exchange in hand. Returns at once."""
        self._has_ended.set()
        with suppress(queue.Full):
            self._jobs.put_nowait(None)

    def join(self, timeout_s: float) -> None:
        """Wait for the thread, at most so long."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        with suppress(PcscFault):
            self._context = Context()
        while (job := self._jobs.get()) is not None and not self._has_ended.is_set():
            try:
                self._answer(job, self._read(job.command.insertion))
            except Exception:  # noqa: BLE001 - the worker's loop: a bug must not leave a command without its answer
                report_bug()
                self._answer(job, Unreadable.READER)
        self._close()

    def _fresh(self, reader: str) -> Context:
        """A context that the daemon answers to now; one of its former life is replaced. Raises PcscFault."""
        if self._context is not None:
            try:
                self._context.look(reader)
            except PcscFault as fault:
                _log.info("a new context after %s %s", fault.call, fault.cause)
                self._close()
        if self._context is None:
            self._context = Context()
        return self._context

    def _close(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None

    def _read(self, insertion: Insertion) -> Identity | Unreadable:
        try:
            return self._read_with_patience(self._fresh(insertion.reader), insertion)
        except PcscFault as fault:
            _log.warning("the card daemon failed a read: %s %s", fault.call, fault.cause)
            return Unreadable.READER

    def _read_with_patience(self, context: Context, insertion: Insertion) -> Identity | Unreadable:
        """One read, tried twice. Raises PcscFault when the daemon does not answer."""
        fault: PcscFault | None = None
        for patience_ms in (self._times.settle_ms, self._times.removal_ms):
            try:
                with context.card(insertion.reader) as card:
                    said = recognise(card.transmit, card.atr(), profiles=self._profiles)
            except PcscFault as failed:
                fault = failed
            else:
                return Unreadable.REMOVED if self._has_moved(context, insertion, within_ms=0) else said
            if fault.is_service:
                raise fault
            _log.info("an exchange failed: %s %s", fault.call, fault.cause)
            if self._has_ended.is_set():
                # Left behind: another thread has the reader by now, and two must not talk to one card.
                return Unreadable.READER
            if fault.is_removal or self._has_moved(context, insertion, within_ms=patience_ms):
                return Unreadable.REMOVED
        assert fault is not None
        return fault.why

    def _has_moved(self, context: Context, insertion: Insertion, *, within_ms: int) -> bool:
        """Whether the reader's counter is, or comes to be, another than this insertion's."""
        until_ms = self._clock.boot_ms() + within_ms
        state = context.look(insertion.reader)
        while state.counter == daemon_counter(insertion):
            left_ms = until_ms - self._clock.boot_ms()
            if left_ms <= 0 or self._has_ended.is_set():
                return False
            state = context.wait(insertion.reader, state, timeout_ms=left_ms)
        return True
