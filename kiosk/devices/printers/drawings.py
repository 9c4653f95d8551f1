"""Tickets as the bytes of jobs: drawn when they are sent, or a little before.

Decides what is drawn ahead, how long that is kept, and the number that comes back when a job is on paper. Must not
know the link, the spool, or when a ticket may be sent.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.ports.tickets import Ticket

if TYPE_CHECKING:  # python-escpos behind it is loaded on the printer's thread
    from kiosk.devices.printers.escpos_bytes import JobBytes

_log = logging.getLogger(__name__)

KEPT_MS = 5_000
"""Longer than any patient waits for an answer: what was not asked for by then will not be."""
RESTS_AFTER_MS = 20_000
"""Nobody has printed for so long: what is quickly loaded again need not be held."""
_FENCE_IDS = 10_000


class NotDrawable(Exception):
    """This ticket cannot be drawn now. The message is the kind of the cause, nothing of the ticket."""


MakeJob = Callable[[Ticket, bytes], "JobBytes"]
"""Raises NotDrawable."""
Rest = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The bytes that print a ticket once, and the fence at their end."""

    ticket: Ticket = field(repr=False)
    fence_id: bytes
    data: bytes = field(repr=False)
    paper_mm: float
    drawn_at: int


class Drawings:
    """Draws for one printer. All but `foresee` are called on the printer's thread."""

    def __init__(self, *, first_fence: int) -> None:
        self._make_job: MakeJob | None = None
        self._fence_number = first_fence
        self._foreseen: deque[tuple[Ticket, int]] = deque(maxlen=1)
        """The ticket, and when it was foreseen."""
        self._has_told = False
        """It has been written down that nothing can be drawn ahead; not again before something could."""
        self._ahead: Drawing | None = None
        self._rest: Rest = _hold_nothing
        self._rests_at: int | None = None
        """None: resting already."""

    @property
    def is_open(self) -> bool:
        """Can tickets be drawn yet?"""
        return self._make_job is not None

    def use_press(self, make_job: MakeJob, rest: Rest | None = None) -> None:
        """From now on tickets can be drawn. `rest` lets go of what drawing loads again by itself."""
        self._make_job = make_job
        self._rest = rest or _hold_nothing
        self._rests_at = 0

    def foresee(self, ticket: Ticket, now_ms: int) -> None:
        """This ticket will most likely be asked for next; a later one takes its place. From any thread."""
        self._foreseen.append((ticket, now_ms))

    def draw_ahead(self, now_ms: int) -> None:
        """Draw what is foreseen. What cannot be drawn is found out when it is asked for."""
        try:
            ticket, _foreseen_at = self._foreseen.pop()
        except IndexError:
            return
        if self.is_open and (self._ahead is None or self._ahead.ticket != ticket):
            self._ahead = None
            try:
                self._ahead = self._draw(ticket, now_ms)
                self._has_told = False
            except NotDrawable as problem:
                if not self._has_told:
                    _log.warning("a ticket cannot be drawn ahead: %s", str(problem))
                self._has_told = True

    def take(self, ticket: Ticket, now_ms: int) -> Drawing:
        """The drawing of exactly this ticket, for one job. Raises NotDrawable."""
        ahead, self._ahead = self._ahead, None
        self._foreseen.clear()
        return ahead if ahead is not None and ahead.ticket == ticket else self._draw(ticket, now_ms)

    def forget_old(self, now_ms: int) -> None:
        """Drop what nobody asked for: it is about a patient who has gone. With nothing to draw for long, rest."""
        if self._ahead is not None and now_ms - self._ahead.drawn_at >= KEPT_MS:
            self._ahead = None
        with suppress(IndexError, ValueError):  # there is none, or another has just taken its place
            foreseen = self._foreseen[0]
            if now_ms - foreseen[1] >= KEPT_MS:
                self._foreseen.remove(foreseen)
        if self._rests_at is not None and now_ms >= self._rests_at:
            self._rests_at = None
            self._rest()

    def _draw(self, ticket: Ticket, now_ms: int) -> Drawing:
        assert self._make_job is not None
        self._fence_number = (self._fence_number + 1) % _FENCE_IDS
        fence_id = b"%04d" % self._fence_number
        self._rests_at = now_ms + RESTS_AFTER_MS
        made = self._make_job(ticket, fence_id)
        return Drawing(ticket, fence_id, made.data, made.paper_mm, now_ms)


def _hold_nothing() -> None:
    """A press that holds nothing rests without doing anything."""
