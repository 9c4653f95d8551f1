"""When a list for staff is printed: as soon as staff ask for it, and by itself at intervals while the line is cut.

`ListWorker.step` says when it wants to be called again; it owns no thread and never sleeps. A list never gets in a
patient's way: each page begins only while nobody is at the terminal and the printer is ready, and is out before a
patient who comes meanwhile could have a ticket. What is not printed waits and is made anew, with whoever has come by
then. As with tickets, what may be on paper is never printed again unasked: the next list says which numbers it held.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from kiosk.desk.list_source import ListSource
from kiosk.desk.listing import ListPage, pages_of, pages_of_new
from kiosk.ports.clock import Clock
from kiosk.ports.lists import ListKind, ListOrder, ListWriter
from kiosk.ports.printers import NotPrinted, PrintFinished, PrintResult, PrintTicket
from kiosk.ports.store import QueuedTicket, StoreFault

_log = logging.getLogger(__name__)
_LOOK_MS = 1_000
_LONGEST_MS = 60_000
_AFTER_A_FAILURE_MS = 30_000


@dataclass(frozen=True, slots=True)
class ListSurroundings:
    """Given once by the composition root."""

    source: ListSource
    writer: ListWriter
    language: str
    """The hospital's own."""
    clock: Clock
    every_min: int | None
    """Between two lists that come by themselves; None: none does."""
    is_online: Callable[[], bool]
    is_free: Callable[[], bool]
    """Whether nobody is at the terminal and the printer is ready. From any thread."""
    print_ticket: Callable[[PrintTicket], None]
    """From any thread."""


class ListWorker:
    """One step after the other, all on one thread."""

    def __init__(self, around: ListSurroundings) -> None:
        self._around = around
        self._orders: dict[ListKind, ListOrder] = {}
        self._at_hand: UUID | None = None
        self._result: PrintResult | None = None
        self._pages: deque[ListPage] = deque()
        self._is_by_itself = False
        self._was_online: bool | None = None
        self._due_ms: int | None = None
        """By the boot clock: when the next list comes by itself."""
        self._not_before_ms = 0

    def order(self, order: ListOrder) -> None:
        """Staff want this list. A second order of the same kind takes the place of one that still waits."""
        self._orders[order.kind] = order

    def note(self, event: PrintFinished) -> None:
        """What became of some print job."""
        if event.job_id == self._at_hand:
            self._result = event.result

    def step(self, now_boot_ms: int) -> int:
        """Do what is due at this instant of the boot clock; when to call again."""
        try:
            return self._step(now_boot_ms)
        except StoreFault as fault:
            _log.error("no list: the store failed: %s", fault.code)
            return now_boot_ms + _AFTER_A_FAILURE_MS

    def _step(self, now_ms: int) -> int:
        self._watch_line(now_ms)
        if self._at_hand is not None and not self._take_result(now_ms):
            return now_ms + _LOOK_MS
        if not self._is_wanted(now_ms):
            return now_ms + _LONGEST_MS if self._due_ms is None else min(self._due_ms, now_ms + _LONGEST_MS)
        if now_ms < self._not_before_ms or not self._around.is_free():
            return now_ms + _LOOK_MS
        if not self._pages:
            self._make(now_ms)
        if self._pages:
            self._print(self._pages[0])
        return now_ms + _LOOK_MS

    def _watch_line(self, now_ms: int) -> None:
        """The interval is counted from the cut on; the time of the cut outlives a restart."""
        around = self._around
        is_online = around.is_online()
        if is_online == self._was_online:
            return
        store = around.source.store
        if is_online:
            store.note_cut(None)
            self._due_ms = None
        elif store.cut_ms() is None:
            store.note_cut(around.source.now_ms())
        if not is_online and around.every_min is not None:
            self._due_ms = now_ms + around.every_min * 60_000
        self._was_online = is_online

    def _take_result(self, now_ms: int) -> bool:
        """Whether the page at hand has ended."""
        result = self._result
        if result is None:
            return False
        self._at_hand = self._result = None
        if not isinstance(result, NotPrinted):
            self._pages.popleft()
        else:
            self._not_before_ms = now_ms + _AFTER_A_FAILURE_MS
            if self._is_by_itself:
                self._pages.clear()  # made anew, with whoever has come by then
                return True
        if not self._pages and self._is_by_itself:
            self._put_off(now_ms)
        return True

    def _put_off(self, now_ms: int) -> None:
        if self._due_ms is not None and self._around.every_min is not None:
            self._due_ms = now_ms + self._around.every_min * 60_000

    def _is_wanted(self, now_ms: int) -> bool:
        return bool(self._pages or self._orders) or (self._due_ms is not None and now_ms >= self._due_ms)

    def _make(self, now_ms: int) -> None:
        around = self._around
        order = next(iter(self._orders.values()), None)
        self._is_by_itself = order is None
        self._pages = deque(pages_of_new(around.source) if order is None else pages_of(around.source, order))
        if order is not None:
            del self._orders[order.kind]
        if not self._pages and self._is_by_itself:
            self._put_off(now_ms)

    def _print(self, page: ListPage) -> None:
        around = self._around
        job_id = around.clock.new_id()
        ticket = around.writer.list_page(page.facts, around.language)
        command = PrintTicket(visit_id=around.clock.new_id(), job_id=job_id, ticket=ticket)
        queued = QueuedTicket(
            command=command,
            subject_id=job_id,
            copy_no=1,
            service_date=page.facts.service_date,
            made_ms=page.facts.printed_ms,
        )
        around.source.store.write_page(queued, page.operation_ids)
        self._at_hand = job_id
        around.print_ticket(command)
