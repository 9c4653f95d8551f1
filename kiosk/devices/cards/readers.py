"""All card readers of the terminal over PC/SC: one thread watches, one thread for each reader reads.

Decides the order of events and that every command has exactly one answer: none of a card comes after its CardRemoved
but the refusal, and a card that does not answer costs its reader, never the terminal. What happened is decided in
`watch`, what a card says in the profiles.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from booking.people import Identity
from kiosk.devices.cards.pcsc import Context, PcscFault, ReaderState
from kiosk.devices.cards.reader_worker import Job, ReaderWorker, ReadingTimes
from kiosk.devices.cards.recognise import PROFILES, Profile
from kiosk.devices.cards.watch import Change, Seen, Watched, hang, is_current, lose_service, observe, refusal
from kiosk.devices.crash import report_bug
from kiosk.ports.cards import (
    CardInserted,
    CardNotRead,
    CardRead,
    CardRemoved,
    Insertion,
    ReadCard,
    ReaderChanged,
    Unreadable,
)
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_log = logging.getLogger(__name__)
_STOP_MS = 1_000
_CANCEL_S = 0.05
_MOST_LEFT_BEHIND = 3


@dataclass(frozen=True, slots=True)
class CardReaderSettings:
    """What may differ between terminals."""

    read_limit_s: float = 5.0
    """For a whole read, from the command to its answer."""
    look_s: float = 1.0
    """The readers are listed anew at least so often, should the daemon forget to say that one came or went."""
    retry_s: float = 0.5
    """Between two attempts to reach a daemon that does not answer."""
    ignored: tuple[str, ...] = ()
    """Parts of names of readers that are not for patients' cards (key cards, SAM slots)."""
    times: ReadingTimes = field(default_factory=ReadingTimes)


class PcscCardReaders:
    """`CardReaders` over the card daemon."""

    def __init__(
        self,
        emit: Emit,
        clock: Clock,
        *,
        settings: CardReaderSettings | None = None,
        profiles: tuple[Profile, ...] = PROFILES,
    ) -> None:
        """Nothing is opened before `start`."""
        self._emit = emit
        self._clock = clock
        self._settings = settings or CardReaderSettings()
        self._profiles = profiles
        # Held while events go out, so that their order is the order of what happened.
        self._lock = threading.RLock()
        self._watched = Watched()
        self._limits: dict[Job, threading.Timer] = {}
        self._workers: dict[str, ReaderWorker] = {}
        self._left_behind: list[ReaderWorker] = []
        self._numbered = 0
        self._stopping = threading.Event()
        self._watching: Context | None = None
        self._missing_because = ""
        """Why the daemon does not answer, as it was last written down; empty while it does."""
        self._thread = threading.Thread(target=self._watch, name="card-watch", daemon=True)

    @property
    def left_behind(self) -> int:
        """Threads stuck in a driver right now."""
        with self._lock:
            self._left_behind = [worker for worker in self._left_behind if worker.is_alive]
            return len(self._left_behind)

    def needs_restart(self) -> bool:
        """Whether three threads or more are stuck: only a new process is rid of them."""
        return self.left_behind >= _MOST_LEFT_BEHIND

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def read(self, command: ReadCard) -> None:
        """Queue a read; exactly one answer follows, within the read limit."""
        with self._lock:
            job = Job(command)
            limit = self._limits[job] = threading.Timer(self._settings.read_limit_s, self._on_limit, (job,))
            limit.name, limit.daemon = "card-limit", True
            why = Unreadable.READER if self._stopping.is_set() else refusal(self._watched, command.insertion)
            if why is None and not self._worker(command.insertion.reader).submit(job):
                why = Unreadable.READER
            if why is not None:
                self._finish(job, why)
            else:
                limit.start()

    def stop(self) -> None:
        """End the threads within a second (a stuck one is left behind); commands still open are refused."""
        self._stopping.set()
        with self._lock:
            for job in tuple(self._limits):
                self._finish(job, Unreadable.READER)
        until_ms = self._clock.boot_ms() + _STOP_MS
        while self._thread.is_alive() and self._clock.boot_ms() < until_ms:
            # Cancelling reaches only a wait that has begun, so it is repeated.
            if (context := self._watching) is not None:
                context.cancel()
            self._thread.join(_CANCEL_S)
        with self._lock:
            workers = tuple(self._workers.values())
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.join(max(0, until_ms - self._clock.boot_ms()) / 1000)

    # Commands and their answers

    def _worker(self, reader: str) -> ReaderWorker:
        worker = self._workers.get(reader)
        if worker is None or not worker.is_alive:
            self._numbered += 1
            worker = ReaderWorker(
                f"reader-{self._numbered}",
                self._finish,
                clock=self._clock,
                times=self._settings.times,
                profiles=self._profiles,
            )
            self._workers[reader] = worker
            worker.start()
        return worker

    def _finish(self, job: Job, result: Identity | Unreadable) -> None:
        """Give the job its answer, unless it has one."""
        with self._lock:
            if job not in self._limits:
                return
            self._limits.pop(job).cancel()
            visit_id, insertion = job.command.visit_id, job.command.insertion
            if isinstance(result, Identity) and is_current(self._watched, insertion):
                self._emit(CardRead(visit_id, insertion, result))
                return
            why = Unreadable.REMOVED if isinstance(result, Identity) else result
            _log.info("card not read: %s", why.value)
            self._emit(CardNotRead(visit_id, insertion, why))

    def _on_limit(self, late: Job) -> None:
        """The card does not answer: its thread is left behind until the card is out."""
        with self._lock:
            if late not in self._limits:
                return
            reader = late.command.insertion.reader
            worker = self._workers.pop(reader, None)
            if worker is not None:
                worker.end()
                self._left_behind.append(worker)
            for job in [j for j in self._limits if j.command.insertion.reader == reader]:
                self._finish(job, Unreadable.NO_ANSWER)
            self._apply(hang(self._watched, late.command.insertion))

    # The watch

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow_daemon()
            except PcscFault as fault:
                self._note_service(fault)
            except Exception:  # noqa: BLE001 - the worker's loop: without it the terminal would never see a card again
                report_bug()
            if not self._stopping.is_set():
                with self._lock:
                    self._apply(lose_service(self._watched))
                self._stopping.wait(self._settings.retry_s)

    def _note_service(self, fault: PcscFault | None) -> None:
        """Write down how the daemon is when that has changed: it is asked twice a second."""
        cause = fault.cause if fault else ""
        if cause != self._missing_because:
            self._missing_because = cause
            if fault:
                _log.warning("the card daemon does not answer: %s %s", fault.call, cause)
            else:
                _log.info("the card daemon answers again")

    def _follow_daemon(self) -> None:
        """Watch until stopped. Raises PcscFault when the daemon does not answer (any more)."""
        self._watching = context = Context()
        try:
            states: dict[str, ReaderState] = {}
            while not self._stopping.is_set():
                names = [name for name in context.readers() if not self._is_ignored(name)]
                # Readers that came are judged once their state is known, readers that went are missed at once.
                states = {name: states[name] for name in names if name in states}
                if len(states) == len(names):
                    self._observe(states)
                known = {name: states.get(name) for name in names}
                states = context.changes(known, timeout_ms=int(self._settings.look_s * 1000))
                self._observe(states)
                self._note_service(None)
        finally:
            self._watching = None
            context.close()

    def _is_ignored(self, name: str) -> bool:
        return any(part in name for part in self._settings.ignored)

    def _observe(self, states: dict[str, ReaderState]) -> None:
        seen = [Seen(name, state.is_present, state.counter) for name, state in states.items()]
        with self._lock:
            self._apply(observe(self._watched, seen, now_boot_ms=self._clock.boot_ms()))

    def _apply(self, change: Change) -> None:
        """Take the new state and tell what happened. With the lock held."""
        self._watched = change.watched
        for event in change.events:
            if isinstance(event, CardInserted):
                # Its context is open before the command to read arrives.
                self._worker(event.insertion.reader)
            if isinstance(event, ReaderChanged):
                _log.info("a reader is %s", event.condition)
            self._emit(event)
            if isinstance(event, CardRemoved):
                self._refuse_all(event.insertion)

    def _refuse_all(self, insertion: Insertion) -> None:
        for job in [j for j in self._limits if j.command.insertion == insertion]:
            self._finish(job, refusal(self._watched, insertion) or Unreadable.REMOVED)
