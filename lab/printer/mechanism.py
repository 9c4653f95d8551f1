"""The inside of the printer: receive buffer, interpreter, head, cutter, paper and their faults. Knows no socket.

`advance(now)` does what can be done by then and says when it goes on. Everything in the buffer waits while the printer
is off line, as on real ones: what was sent before paper ran out comes out after it was refilled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from lab.printer.interpreter import Interpreter
from lab.printer.operations import (
    Answer,
    AnswerPaper,
    Cut,
    Feed,
    NotUnderstood,
    Operation,
    PrintLine,
    PrintQr,
    PrintRow,
    SwitchAsb,
)
from lab.printer.paper import DOTS_PER_MM, PaperStrip, Printable, PrintedTicket, height_of
from lab.printer.real_time import ClearAsked, RealTimeWatch, StatusAsked
from lab.printer.status import (
    Dialect,
    Health,
    Paper,
    answer_to_dle_eot,
    answer_to_gs_r,
    asb_reports,
    automatic_status,
)

_CUT_S = 0.25
_CLEARED = b"\x37\x25\x00"
_LEAD_S = 0.005  # the head may run this far ahead, so that rows are not printed one wake-up at a time


class Mechanism:
    """One printer's inside. `say` takes bytes for the host, `give` a ticket that was cut."""

    def __init__(
        self,
        *,
        width_dots: int,
        dialect: Dialect,
        buffer_bytes: int,
        say: Callable[[bytes], None],
        give: Callable[[PrintedTicket], None],
    ) -> None:
        """As at power-on, with paper."""
        self.health = Health()
        self.speed_mm_s: float | None = None
        """None prints in no time."""
        self.paper_left_dots: int | None = None
        """None never runs out by itself."""
        self.not_understood: list[bytes] = []
        self._dialect = dialect
        self._buffer_bytes = buffer_bytes
        self._say = say
        self._give = give
        self._strip = PaperStrip(width_dots=width_dots)
        self._interpreter = Interpreter(width_dots=width_dots, dialect=dialect)
        self.power_on()

    def power_on(self) -> None:
        """Forget everything but what is on the paper."""
        self._received = bytearray()
        self._pending: deque[Operation] = deque()
        self._watch = RealTimeWatch()
        self._busy_until_s = 0.0
        self._asb_mask = 0
        self._interpreter.power_on()

    @property
    def room(self) -> int:
        """How many bytes the receive buffer still takes."""
        return max(0, self._buffer_bytes - len(self._received))

    @property
    def is_stalled(self) -> bool:
        """Whether something waits for a person."""
        return not self.health.is_online and bool(self._received or self._pending)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is left to do."""
        return not self._received and not self._pending

    @property
    def unfinished_mm(self) -> float:
        """How much was printed since the last cut."""
        return self._strip.height_dots / DOTS_PER_MM

    def receive(self, piece: bytes) -> None:
        """Take bytes from the host; obey those that are meant at once."""
        start = 0
        for command in self._watch.look(piece):
            match command:
                case StatusAsked(which):
                    self._say(answer_to_dle_eot(which, self.health, self._dialect))
                case ClearAsked(end) if self._dialect.has_clear_buffer:
                    self._received.clear()
                    self._pending.clear()
                    self._interpreter.clear()
                    start = end
                    self._say(_CLEARED)
        self._received += piece[start:]

    def change(self, health: Health) -> None:
        """The mechanism's state is now this; tell the host if it asked to hear."""
        before, self.health = self.health, health
        if self._asb_mask and asb_reports(self._asb_mask, before, health):
            self._say(automatic_status(health, self._dialect))

    def advance(self, now_s: float) -> float | None:
        """Do what is due. Seconds until there is more to do; None when only bytes or a person can bring more."""
        while self.health.is_online:
            if not self._pending:
                operations = self._interpreter.take(self._received)
                if operations is None:
                    break
                self._pending.extend(operations)
                continue
            first = self._pending[0]
            may_lead = isinstance(first, PrintRow | PrintLine | PrintQr | Feed)
            if self._busy_until_s > now_s + (_LEAD_S if may_lead else 0.0):
                return self._busy_until_s - now_s
            if self._do(first, now_s):
                self._pending.popleft()
        return None

    def _do(self, operation: Operation, now_s: float) -> bool:
        """Whether it was done; False when paper ran out before."""
        match operation:
            case PrintRow() | PrintLine() | PrintQr() | Feed():
                return self._print(operation, now_s)
            case Cut():
                self._spend(_CUT_S if self.speed_mm_s else 0.0, now_s)
                if ticket := self._strip.cut():
                    self._give(ticket)
            case Answer(data):
                self._say(data)
            case AnswerPaper(which):
                self._say(answer_to_gs_r(which, self.health, self._dialect))
            case SwitchAsb(mask):
                self._asb_mask = mask
                if mask:
                    self._say(automatic_status(self.health, self._dialect))
            case NotUnderstood(prefix):
                self.not_understood.append(prefix)
        return True

    def _print(self, what: Printable, now_s: float) -> bool:
        dots = height_of(what)
        if self.paper_left_dots is not None:
            if self.paper_left_dots < dots:
                self.paper_left_dots = 0
                self.change(replace(self.health, paper=Paper.OUT))
                return False
            self.paper_left_dots -= dots
        self._strip.print(what)
        if self.speed_mm_s:
            self._spend(dots / DOTS_PER_MM / self.speed_mm_s, now_s)
        return True

    def _spend(self, seconds: float, now_s: float) -> None:
        self._busy_until_s = max(self._busy_until_s, now_s) + seconds
