"""The talk with a printer between and during jobs: connecting again, asking for its status, keeping what it said.

Decides when the printer counts as unreachable or silent. Must not know tickets, jobs or the spool.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.devices.printers.link import Link, LinkLost
from kiosk.devices.printers.profile import Profile
from kiosk.devices.printers.status import (
    ASK_ALL,
    ASKED,
    AutomaticStatus,
    BufferCleared,
    Demultiplexer,
    FenceReached,
    Readings,
    RealTimeAnswer,
    Received,
    StatusBehind,
    read_answers,
    read_packet,
    status_of,
)
from kiosk.ports.printers import PrinterStatus, UnknownStatus, Unreachable

ASK_EVERY_MS = 2_000
STALE_MS = 5_000
GIVE_UP_CONNECTION_MS = 10_000
CONNECT_TIMEOUT_MS = 2_000
RECONNECT_MS = (500, 1_000, 2_000, 4_000, 8_000, 10_000)

CLEAR_BUFFER = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
_AUTOMATIC_STATUS_ON = b"\x1da\x0e"
_INITIALISE = b"\x1b@"
_CUT_SCRAP = b"\x1dVB\x00"

Progress = FenceReached | StatusBehind | BufferCleared


class Conversation:
    """One printer's connection and its last words. Used by one thread; `step` never waits."""

    def __init__(self, link: Link, profile: Profile, *, jitter: Callable[[], float]) -> None:
        self._link = link
        self._profile = profile
        self._jitter = jitter
        self._demultiplexer = Demultiplexer()
        self._outbox = bytearray()
        self._answers: list[int] = []
        self._asked_at: int | None = None
        self._ask_at = 0
        self._connect_by: int | None = None
        self._connect_at = 0
        self._failures = 0
        self._readings: Readings | None = None
        self._heard_at = 0
        self._why: str | None = None
        self._is_mid_job = True  # how the last program left the printer, nobody knows
        self._has_scrap = False
        self.is_open = False
        self.is_busy = False
        """A job is on its way: silence is no bad sign."""
        self.may_ask = True
        """False while a command is only half sent: a question inside it would be printed."""
        self.losses = 0
        """How many connections ended. A job that sees it change has lost its printer."""
        self.pictures = 0
        """How many complete status pictures came."""
        self.progress: list[Progress] = []
        """What the printer said about jobs, for the session to take."""

    def step(self, now_ms: int) -> None:
        """Go on with whatever is due or has arrived."""
        try:
            self._advance(now_ms)
        except LinkLost as loss:
            self.lose(now_ms, str(loss))

    def _advance(self, now_ms: int) -> None:
        if self._connect_by is None and not self.is_open:
            if now_ms < self._connect_at:
                return
            self._connect_by = now_ms + CONNECT_TIMEOUT_MS
            self._link.begin()
        if not self.is_open:
            if not self._link.is_connected():
                if self._connect_by is not None and now_ms >= self._connect_by:
                    raise LinkLost("no answer to the connection")
                return
            self._opened(now_ms)
        self._listen(now_ms)
        self._ask_when_due(now_ms)
        self.flush()

    def _opened(self, now_ms: int) -> None:
        self.is_open, self._connect_by = True, None
        self._demultiplexer = Demultiplexer()
        self._asked_at, self._answers = None, []
        self._ask_at = self._heard_at = now_ms
        self._outbox.clear()
        if self._is_mid_job:
            self.resynchronise()
        elif self._profile.has_automatic_status:
            self._outbox += _AUTOMATIC_STATUS_ON

    def resynchronise(self) -> None:
        """Drop what may wait, and fill up a band that was cut short: else it swallows what comes next."""
        clear = CLEAR_BUFFER if self._profile.can_clear_buffer else b""
        padding = bytes(self._profile.band_rows * self._profile.width_dots // 8)
        self._outbox += clear + padding + _INITIALISE + (_CUT_SCRAP if self._has_scrap else b"")
        if self._profile.has_automatic_status:
            self._outbox += _AUTOMATIC_STATUS_ON
        self._is_mid_job = self._has_scrap = False

    def _listen(self, now_ms: int) -> None:
        while data := self._link.receive():
            for received in self._demultiplexer.feed(data):
                self._hear(received, now_ms)

    def _hear(self, received: Received, now_ms: int) -> None:
        match received:
            case AutomaticStatus():
                self._readings, self._heard_at = read_packet(received.packet), now_ms
            case RealTimeAnswer():
                self._hear_answer(received.bits, now_ms)
            case FenceReached() | StatusBehind() | BufferCleared():
                self.progress.append(received)

    def _hear_answer(self, bits: int, now_ms: int) -> None:
        if self._asked_at is None:
            return
        self._answers.append(bits)
        if len(self._answers) == len(ASKED):
            self._readings, self._heard_at = read_answers(self._answers, self._profile.dialect), now_ms
            self._asked_at, self._failures = None, 0
            self.pictures += 1

    def _ask_when_due(self, now_ms: int) -> None:
        if self._asked_at is not None and now_ms - self._asked_at >= GIVE_UP_CONNECTION_MS and not self.is_busy:
            raise LinkLost("the printer does not answer")
        if now_ms >= self._ask_at and self.may_ask:
            self.ask(now_ms)

    def ask(self, now_ms: int) -> None:
        """Ask for a complete picture, unless an answer is still due."""
        if self._asked_at is None and self.is_open:
            self._asked_at, self._answers = now_ms, []
            self._ask_at = now_ms + ASK_EVERY_MS
            self._outbox += ASK_ALL

    def flush(self) -> None:
        """Send waiting commands as far as they fit."""
        while self._outbox:
            count = self._link.send(bytes(self._outbox))
            if count == 0:
                return
            del self._outbox[:count]

    def send(self, data: memoryview, now_ms: int) -> int:
        """Send bytes of a job behind all commands; how many were taken. A loss shows in `losses`."""
        try:
            self.flush()
            return 0 if self._outbox or not self.is_open else self._link.send(data)
        except LinkLost as loss:
            self.lose(now_ms, str(loss))
            return 0

    def clear_buffer(self, now_ms: int) -> None:
        """Tell the printer to drop what it has not printed."""
        self._outbox += CLEAR_BUFFER
        self.step(now_ms)

    def lose(self, now_ms: int, why: str) -> None:
        """Give the connection up and plan the next one."""
        self._link.abort()
        self.is_open, self._connect_by, self._why = False, None, why
        self._readings, self._asked_at = None, None
        self.losses += 1
        pause = RECONNECT_MS[min(self._failures, len(RECONNECT_MS) - 1)]
        self._failures += 1
        self._connect_at = now_ms + round(pause * (0.8 + 0.4 * self._jitter()))

    def left_mid_job(self) -> None:
        """A job was given up after its first byte: the next connection begins with a clean-up."""
        self._is_mid_job = self._has_scrap = True

    def close(self) -> None:
        """End the connection in order."""
        self._link.close()
        self.is_open = False

    def status(self, now_ms: int) -> PrinterStatus:
        """How the printer is. Silence is unknown, never ready."""
        if not self.is_open or (self._readings is None and self._why and now_ms - self._heard_at < STALE_MS):
            return UnknownStatus("not yet connected") if self._why is None else Unreachable(self._why)
        if self._readings is None:
            return UnknownStatus("it has not answered yet")
        if now_ms - self._heard_at > STALE_MS and not self.is_busy:
            return UnknownStatus("it does not answer")
        return status_of(self._readings, self._profile)

    def fileno(self) -> int | None:
        """For waiting; None when there is nothing to wait for."""
        return self._link.fileno()

    @property
    def wants_to_send(self) -> bool:
        """Is there something that waits for room, or a connection for its end?"""
        return bool(self._outbox) or self._connect_by is not None

    def next_wake(self, now_ms: int) -> int:
        """When `step` is due again even if nothing arrives."""
        if self._connect_by is not None:
            return self._connect_by
        if not self.is_open:
            return self._connect_at
        dues = [self._heard_at + STALE_MS + 1, self._ask_at]
        if self._asked_at is not None:
            dues.append(self._asked_at + GIVE_UP_CONNECTION_MS)
        return min((due for due in dues if due > now_ms), default=now_ms + ASK_EVERY_MS)
