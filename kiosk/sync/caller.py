"""The limit to the last byte: exchanges run on a thread of their own, and nobody waits for one beyond its time.

A name that does not resolve, a handshake that hangs or a server that sends a byte a second holds that thread only; it
is cut off and left behind, and the next exchange gets a new one. A poll is given up when the boot clock has run ahead
of the wait (the machine slept, or the clock was set): what the poll was to wait for may long be over.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from kiosk.sync.transport import CLOCK_JUMPED, CLOSED, INTERRUPTED, HttpReply, HttpRequest, NoReply, Transport

_END_WITHIN_S = 1.0
_LOOK_S = 1.0
_JUMP_MS = 3000
"""So far the boot clock has gone in one look: it jumped."""


def _never_jumps() -> int:
    return 0


class _Job:
    """One exchange; the first of answer, fault and giving up counts."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self._settled = threading.Event()
        self._lock = threading.Lock()
        self._reply: HttpReply | None = None
        self._fault: Exception | None = None

    def settle(self, outcome: HttpReply | Exception) -> None:
        with self._lock:
            if self._settled.is_set():
                return
            if isinstance(outcome, HttpReply):
                self._reply = outcome
            else:
                self._fault = outcome
            self._settled.set()

    def result(self, boot_ms: Callable[[], int]) -> HttpReply:
        left_s, seen_ms = self.request.total_s, self.request.decided_boot_ms
        while left_s > 0 and not self._settled.wait(min(left_s, _LOOK_S)):
            left_s -= _LOOK_S
            if seen_ms is not None:
                before_ms, seen_ms = seen_ms, boot_ms()
                if seen_ms - before_ms > _JUMP_MS:
                    self.settle(NoReply(CLOCK_JUMPED))
        self.settle(NoReply("slow"))
        if self._reply is not None:
            return self._reply
        fault, self._fault = self._fault, None
        assert fault is not None  # it is settled
        try:
            raise fault
        finally:
            del fault  # it holds this frame, which holds it: rubbish that only a collection would find


class Caller:
    """A `Transport` around another that keeps the limits. `exchange` is for one thread at a time."""

    def __init__(
        self, make_transport: Callable[[], Transport], *, name: str, boot_ms: Callable[[], int] = _never_jumps
    ) -> None:
        """`boot_ms` is the boot clock; whoever never polls need not give it."""
        self._make_transport = make_transport
        self._boot_ms = boot_ms
        self._name = name
        self._lock = threading.Lock()
        self._job: _Job | None = None
        self._hand: _Hand | None = None
        self._is_interrupted = False
        self._is_closed = False

    def exchange(self, request: HttpRequest) -> HttpReply:
        """The server's answer within the request's limit. Raises NoReply."""
        with self._lock:
            if self._is_closed:
                raise NoReply(CLOSED)
            if request.is_poll and self._is_interrupted:
                self._is_interrupted = False
                raise NoReply(INTERRUPTED)
            if self._hand is None:
                self._hand = _Hand(self._make_transport(), name=self._name)
            job, hand = _Job(request), self._hand
            self._job = job
        hand.do(job)
        try:
            return job.result(self._boot_ms)
        finally:
            with self._lock:
                self._job = None
                if not hand.is_free():
                    self._hand = None
                    hand.cut()

    def interrupt(self) -> None:
        """Give up the poll at hand, or the next."""
        with self._lock:
            if self._job is not None and self._job.request.is_poll:
                self._job.settle(NoReply(INTERRUPTED))
            else:
                self._is_interrupted = True

    def close(self) -> None:
        """Give up everything; within a second."""
        with self._lock:
            self._is_closed = True
            if self._job is not None:
                self._job.settle(NoReply(CLOSED))
            hand, self._hand = self._hand, None
        if hand is not None:
            hand.cut()
            hand.join(_END_WITHIN_S)


class _Hand:
    """A thread with a transport of its own."""

    def __init__(self, transport: Transport, *, name: str) -> None:
        self._transport = transport
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._free = threading.Event()
        self._free.set()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def do(self, job: _Job) -> None:
        self._free.clear()
        self._jobs.put(job)

    def is_free(self) -> bool:
        return self._free.is_set()

    def cut(self) -> None:
        """End it as soon as the transport lets go."""
        self._jobs.put(None)
        self._transport.close()

    def join(self, within_s: float) -> None:
        self._thread.join(within_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            outcome: HttpReply | Exception
            try:
                outcome = self._transport.exchange(job.request)
            except Exception as fault:  # noqa: BLE001 - the worker's loop: raised again where the answer is awaited
                outcome = fault
            self._free.set()
            job.settle(outcome)
            del job, outcome  # until the next one comes, nobody else may want them
        self._transport.close()
