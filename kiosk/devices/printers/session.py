"""The life of print jobs at one printer: every job is sent at most once and answered exactly once.

Decides when a ticket may be sent, what became of it, and writes each step to the spool before the next byte moves.
A core without thread or socket of its own: `step(now)` says when it wants to be called again. It must not know how a
page is drawn, nor what a ticket is for.
"""

from __future__ import annotations

import logging
from collections import deque

from kiosk.devices.printers.conversation import Conversation
from kiosk.devices.printers.drawings import Drawings, MakeJob, NotDrawable, Rest
from kiosk.devices.printers.job import Job, Phase
from kiosk.devices.printers.profile import Fence, Profile
from kiosk.devices.printers.status import BufferCleared, FenceReached, StatusBehind, cause_of
from kiosk.ports.events import Emit
from kiosk.ports.printers import (
    FaultKind,
    Faulty,
    JobState,
    NotPrinted,
    Printed,
    PrinterChanged,
    PrinterStatus,
    PrintFinished,
    PrintResult,
    PrintTicket,
    Ready,
    Spool,
    Unconfirmed,
    UnknownStatus,
)
from kiosk.ports.tickets import Ticket

_log = logging.getLogger(__name__)

PREFLIGHT_MS = 1_000
FIRST_CONTACT_MS = 3_000
STALL_EXTRA_MS = 3_000
GIVE_UP_MS = 30_000
CLEAR_MS = 1_000
WAITING_LIMIT = 8


class PrinterSession:
    """Prints one ticket after the other. All but `submit` and `prepare` are called on the printer's thread."""

    def __init__(
        self, conversation: Conversation, profile: Profile, *, spool: Spool, emit: Emit, first_fence: int
    ) -> None:
        self._conversation = conversation
        self._profile = profile
        self._spool = spool
        self._emit = emit
        self._drawings = Drawings(first_fence=first_fence)
        self._out_of_order: PrinterStatus | None = None
        self._waiting: deque[PrintTicket] = deque()
        self._job: Job | None = None
        self._is_stalled = False
        self._shown: PrinterStatus | None = None

    # --- what the worker calls ---

    def submit(self, command: PrintTicket) -> None:
        """Queue a ticket, from any thread."""
        self._waiting.append(command)

    def prepare(self, ticket: Ticket, now_ms: int) -> None:
        """Draw this ticket when there is nothing better to do: it will most likely be submitted. From any thread."""
        self._drawings.foresee(ticket, now_ms)

    def use_press(self, make_job: MakeJob, rest: Rest | None = None) -> None:
        """From now on tickets can be drawn. `rest` is called when none has been for long."""
        self._drawings.use_press(make_job, rest)

    def put_out_of_order(self, status: PrinterStatus) -> None:
        """Nothing can be printed until the program starts anew, whatever the printer says."""
        self._out_of_order = status

    def step(self, now_ms: int) -> int:
        """Go on with whatever is due; when to be called next."""
        self._conversation.step(now_ms)
        if self._job is None:
            self._conversation.progress.clear()  # said of no job: a printer that babbles must not fill the memory
        self._report(now_ms)
        while len(self._waiting) > WAITING_LIMIT:
            self._refuse(self._waiting.pop(), UnknownStatus("too many tickets are waiting"))
        if self._job is None and self._waiting:
            self._begin(self._waiting.popleft(), now_ms)
        if self._job is not None:
            self._go_on(self._job, now_ms)
            self._report(now_ms)
        self._drawings.forget_old(now_ms)
        return self._next_wake(now_ms)

    def draw_ahead(self, now_ms: int) -> None:
        """Draw what will most likely be submitted, unless there is something to print."""
        if self.is_idle:
            self._drawings.draw_ahead(now_ms)

    @property
    def is_idle(self) -> bool:
        """Is there no job, and none waiting?"""
        return self._job is None and not self._waiting

    @property
    def wants_to_send(self) -> bool:
        """Does something wait for room on the link?"""
        is_sending = self._job is not None and self._job.phase is Phase.SENDING
        return is_sending or self._conversation.wants_to_send

    def refuse_waiting(self, now_ms: int) -> None:
        """Answer all that has not begun: it stays in the spool and comes out only when asked for."""
        while self._waiting:
            self._refuse(self._waiting.popleft(), self.status(now_ms))

    def abandon(self, now_ms: int, why: str) -> None:
        """Answer the job at hand now, as far as it is known, and drop what has not reached the printer."""
        if self._job is not None:
            if self._job.sent:
                self._conversation.lose(now_ms, why)
            self._fail(self._job, now_ms, why)

    def status(self, now_ms: int) -> PrinterStatus:
        """How the printer is, as it is shown."""
        status = self._out_of_order or self._conversation.status(now_ms)
        return UnknownStatus("a ticket is stuck") if self._is_stalled and isinstance(status, Ready) else status

    # --- the steps of a job ---

    def _begin(self, command: PrintTicket, now_ms: int) -> None:
        status = self.status(now_ms)
        if self._out_of_order or (not self._conversation.is_open and not isinstance(status, UnknownStatus)):
            self._refuse(command, status)
            return
        talk = self._conversation
        job = Job(command, now_ms, talk.pictures, talk.losses)
        job.phase_until = now_ms + (PREFLIGHT_MS if talk.is_open else FIRST_CONTACT_MS)
        self._job = job
        talk.ask(now_ms)
        talk.step(now_ms)
        self._draw(job, now_ms)
        talk.step(now_ms)  # the answer came while the page was drawn

    def _draw(self, job: Job, now_ms: int) -> None:
        """Make the bytes while the printer answers, unless they are there already."""
        if not self._drawings.is_open:
            return
        try:
            made = self._drawings.take(job.command.ticket, now_ms)
        except NotDrawable as problem:
            _log.exception("job %s cannot be drawn: %s", job.command.job_id, str(problem))
            self._conclude(job, NotPrinted(Faulty(FaultKind.OTHER)), JobState.HELD, "cannot be drawn")
            return
        job.fence_id, job.data = made.fence_id, made.data
        job.expected_ms = round(made.paper_mm / self._profile.speed_mm_s * 1_000)

    def _go_on(self, job: Job, now_ms: int) -> None:
        if job.phase is Phase.ASKING:
            self._await_picture(job, now_ms)
        if job.phase is Phase.SENDING:
            self._send(job, now_ms)
        if self._job is job and job.phase is not Phase.ASKING:
            self._look_for_end(job, now_ms)

    def _await_picture(self, job: Job, now_ms: int) -> None:
        """The printer must say that it is ready before the first byte."""
        talk = self._conversation
        if talk.losses != job.losses or (talk.pictures == job.pictures and now_ms >= job.phase_until):
            status = self.status(now_ms)
            self._refuse_job(job, UnknownStatus("it does not answer") if isinstance(status, Ready) else status)
        elif talk.pictures != job.pictures:
            status = self.status(now_ms)
            if not isinstance(status, Ready):
                self._refuse_job(job, status)
            elif job.data:
                self._start_sending(job, now_ms)
            elif self._drawings.is_open:
                self._draw(job, now_ms)
                if self._job is job:
                    self._start_sending(job, now_ms)

    def _start_sending(self, job: Job, now_ms: int) -> None:
        self._spool.advance(job.command.job_id, JobState.SENDING)
        job.phase = Phase.SENDING
        job.stall_at = now_ms + 2 * job.expected_ms + STALL_EXTRA_MS
        job.give_up_at = now_ms + GIVE_UP_MS
        self._conversation.progress.clear()
        self._conversation.is_busy, self._conversation.may_ask = True, False

    def _send(self, job: Job, now_ms: int) -> None:
        view = memoryview(job.data)
        while job.sent < len(view):
            count = self._conversation.send(view[job.sent :], now_ms)
            if count == 0:
                break
            job.sent += count
        if self._conversation.losses != job.losses:
            self._fail(job, now_ms, "the connection broke")
        elif job.sent == len(view):
            self._spool.advance(job.command.job_id, JobState.SENT)
            job.phase = Phase.AWAITING_FENCE
            self._conversation.may_ask = not self._profile.has_automatic_status
            self._conversation.step(now_ms)

    def _look_for_end(self, job: Job, now_ms: int) -> None:
        """What the printer said comes first: a fence counts even if the connection broke behind it."""
        said, self._conversation.progress = self._conversation.progress, []
        if any(self._is_fence(job, word) for word in said):
            self._conclude(job, Printed(), JobState.PRINTED, "")
        elif job.phase is Phase.CLEARING and any(isinstance(word, BufferCleared) for word in said):
            self._conclude(job, NotPrinted(self.status(now_ms)), JobState.HELD, "dropped by the printer")
            self._conversation.resynchronise()
        elif self._conversation.losses != job.losses:
            self._fail(job, now_ms, "the connection broke")
        else:
            self._watch_time(job, now_ms)

    def _is_fence(self, job: Job, word: FenceReached | StatusBehind | BufferCleared) -> bool:
        if job.sent < len(job.data):
            return False
        if self._profile.fence is Fence.PROCESS_ID:
            return isinstance(word, FenceReached) and word.fence_id == job.fence_id
        return self._profile.fence is Fence.STATUS_BEHIND and isinstance(word, StatusBehind)

    def _watch_time(self, job: Job, now_ms: int) -> None:
        self._is_stalled = now_ms >= job.stall_at
        is_unfenced = self._profile.fence is Fence.NONE and job.phase is Phase.AWAITING_FENCE
        if job.phase is Phase.CLEARING:
            if now_ms >= job.phase_until:
                self._conversation.lose(now_ms, "given up")
                self._fail(job, now_ms, "stuck, and not cleared")
        elif is_unfenced and now_ms >= job.stall_at - STALL_EXTRA_MS - job.expected_ms:
            self._conclude(job, Unconfirmed("this printer tells no end"), None, "")
        elif now_ms >= job.give_up_at:
            self._give_up(job, now_ms)

    def _give_up(self, job: Job, now_ms: int) -> None:
        """Its patient is gone: it must not come out for the next one."""
        if self._profile.can_clear_buffer:
            job.phase, job.phase_until = Phase.CLEARING, now_ms + CLEAR_MS
            self._conversation.clear_buffer(now_ms)
        else:
            self._conversation.lose(now_ms, "given up")
            self._fail(job, now_ms, "stuck")

    # --- ends of a job ---

    def _fail(self, job: Job, now_ms: int, why: str) -> None:
        """It did not end well: unsent it may be tried again, otherwise nobody knows."""
        if job.sent == 0:
            self._refuse_job(job, self.status(now_ms))
        else:
            self._conclude(job, Unconfirmed(why), JobState.UNKNOWN, why)

    def _refuse_job(self, job: Job, status: PrinterStatus) -> None:
        self._end(job)
        self._refuse(job.command, status)

    def _refuse(self, command: PrintTicket, status: PrinterStatus) -> None:
        self._answer(command, NotPrinted(status), JobState.HELD, type(status).__name__)

    def _conclude(self, job: Job, result: PrintResult, state: JobState | None, why: str) -> None:
        if job.sent and not isinstance(result, Printed) and state is not None:
            self._conversation.left_mid_job()
        self._end(job)
        self._answer(job.command, result, state, why)

    def _end(self, job: Job) -> None:
        if self._job is job:
            self._job = None
        self._is_stalled = False
        self._conversation.is_busy, self._conversation.may_ask = False, True

    def _answer(self, command: PrintTicket, result: PrintResult, state: JobState | None, why: str) -> None:
        """Exactly one answer, whatever becomes of the spool; the spool first."""
        try:
            if state is not None:
                self._spool.advance(command.job_id, state, why)
        finally:
            _log.info("job %s: %s", command.job_id, type(result).__name__)
            self._emit(PrintFinished(command.visit_id, command.job_id, result))

    def _report(self, now_ms: int) -> None:
        status = self.status(now_ms)
        if status != self._shown:
            self._shown = status
            _log.info("printer: %s %s", type(status).__name__, cause_of(status))
            self._emit(PrinterChanged(status))

    def _next_wake(self, now_ms: int) -> int:
        if self._job is None and self._waiting:
            return now_ms
        wake = self._conversation.next_wake(now_ms)
        if self._job is not None:
            job = self._job
            marks = (job.phase_until, job.stall_at - STALL_EXTRA_MS - job.expected_ms, job.stall_at, job.give_up_at)
            wake = min((mark for mark in (*marks, wake) if mark > now_ms), default=wake)
        return wake
