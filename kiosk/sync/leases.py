"""The terminal's leases: when to ask what it may sell without the server, and when to give back what it will not sell.

`LeaseDuty.step` does one thing at most: one question, or one look at what is lent. Asking and giving back are on disk
before anything is sent. Off line nothing is asked and nothing given back; what is lent stays sellable.  # sync C4
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from booking.lending import Asked, ClockTrust, Now
from booking.wire_acts import ReturnPlacesAct
from booking.wire_lease import LeaseAsk, LeaseGrant
from booking.wire_time import DeviceTime
from kiosk.ports.clock import Clock
from kiosk.ports.lending import LeaseStand, LeaseStore, OpenAsk, PlaceGone, PlaceState
from kiosk.sync.contact import Contact
from kiosk.sync.outbox import wait_s
from kiosk.sync.server import CentralServer, Unanswered
from kiosk.sync.transport import GIVEN_UP
from kiosk.sync.trust import TrustedClock

_log = logging.getLogger(__name__)
_LOOK_EVERY_MS = 60_000
_ASK_EVERY_MS = 10 * 60_000
"""New sessions are published, others filled: what may be lent changes by itself."""
_ASK_SOONEST_MS = 3 * 60_000
"""After sales, and for a lease that is near its end."""
_ASK_SOONEST_BY_WISH_MS = 1_000
"""As the server wishes: it may have more to lend than one answer holds."""
_JITTER = 0.2
_NEAR_ITS_END = 4
"""A lease is renewed when less than a quarter of its time is left."""
_UNWANTED = ("bad_request", "too_large")
"""The server does not lend, or not by this question."""


@dataclass(frozen=True, slots=True)
class LeaseSurroundings:
    """What the duty works with."""

    server: CentralServer
    leases: LeaseStore
    contact: Contact
    clock: Clock
    time: TrustedClock
    chance: Callable[[], float]


class LeaseDuty:
    """For the synchronisation's thread."""

    def __init__(self, around: LeaseSurroundings) -> None:
        self._around = around
        self._failures = 0
        self._ask_from_ms = 0
        self._asked_at_ms: int | None = None
        self._look_from_ms = 0

    @property
    def due_ms(self) -> int:
        """When a step has something to do, by the boot clock."""
        return min(self._ask_from_ms, self._look_from_ms)

    def hurry(self) -> None:
        """Somebody waits for it: no pause."""
        self._failures = 0
        self._ask_from_ms = self._look_from_ms = 0

    def step(self, now_boot_ms: int) -> None:
        """Ask, or look what is to be asked or given back. Raises StoreFault, and Unanswered when it was interrupted."""
        now = self._around.time.now()
        if now.trust is not ClockTrust.SYNCED:
            self._look_from_ms = now_boot_ms + _LOOK_EVERY_MS
            self._ask_from_ms = max(self._ask_from_ms, self._look_from_ms)
        elif now_boot_ms >= self._ask_from_ms:
            self._ask(now)
        else:
            self._look(now)

    def keep_time(self) -> None:
        """Have the latest time on disk, seldom. Off line too. Raises StoreFault."""
        mark = self._around.time.to_keep()
        if mark is not None:
            self._around.leases.keep_clock_mark(mark)
            self._around.time.kept(mark)

    # Asking
    def _ask(self, now: Now) -> None:
        around = self._around
        fresh = OpenAsk(
            request_id=around.clock.new_id(),
            asked=Asked(boot_id=now.boot_id, boot_ms=now.boot_ms, wall_ms=now.wall_ms),
        )
        ask = around.leases.begin_ask(fresh)
        try:
            grant = around.server.ask_leases(LeaseAsk(request_id=ask.request_id))
        except Unanswered as silence:
            if silence.why in GIVEN_UP:
                raise
            self._after_silence(silence)
            return
        if grant.request_id != ask.request_id:
            self._after_silence(Unanswered("the answer is to another question"))
            return
        taken = around.leases.take_grant(grant)
        if taken.new or taken.gone:
            _log.info("lent: %d new places, %d gone", taken.new, taken.gone)
        self._failures = 0
        # What was asked long ago is answered by what was good then: once more, before anything is given back.
        self._plan(grant, is_answer_old=ask is not fresh)

    def _plan(self, grant: LeaseGrant, *, is_answer_old: bool) -> None:
        at_ms = self._around.clock.boot_ms()
        self._look_from_ms = at_ms
        if is_answer_old:
            self._ask_from_ms = at_ms
            return
        self._asked_at_ms = at_ms
        own_wish_ms = _ASK_EVERY_MS - int(_ASK_EVERY_MS * _JITTER * self._around.chance())
        self._ask_from_ms = at_ms + max(grant.ask_again_ms or own_wish_ms, _ASK_SOONEST_BY_WISH_MS)

    def _after_silence(self, silence: Unanswered) -> None:
        around = self._around
        self._failures += 1
        pause_s = wait_s(self._failures, chance=around.chance(), retry_after_s=silence.retry_after_s)
        pause_ms = _ASK_EVERY_MS if silence.reason in _UNWANTED else int(pause_s * 1000)
        if silence.reason == "key_reused":
            around.leases.drop_ask()
        _log.info("no leases: %s %s", silence.why, silence.reason)
        self._ask_from_ms = around.clock.boot_ms() + pause_ms

    # Looking
    def _look(self, now: Now) -> None:
        self._look_from_ms = now.boot_ms + _LOOK_EVERY_MS
        if self._may_ask(now) and self._is_worth_asking(now):
            self._ask_from_ms = now.boot_ms
            return
        for due in self._around.leases.returnable(now):
            act = ReturnPlacesAct(
                operation_id=self._around.clock.new_id(),
                lease_id=due.lease_id,
                slot_nos=due.slot_nos,
                at=self._device_time(),
            )
            try:
                self._around.leases.write_return(act, made_ms=now.wall_ms)
            except PlaceGone:
                self._look_from_ms = now.boot_ms  # one was sold at this very moment: the others, next time
            else:
                _log.info("given back: %d places", len(due.slot_nos))

    def _may_ask(self, now: Now) -> bool:
        return self._asked_at_ms is None or now.boot_ms - self._asked_at_ms >= _ASK_SOONEST_MS

    def _is_worth_asking(self, now: Now) -> bool:
        leases = self._around.leases
        return leases.sold_since_ask() > 0 or any(_is_near_its_end(one, now) for one in leases.leases())

    def _device_time(self) -> DeviceTime:
        clock = self._around.clock
        return DeviceTime(
            wall_ms=clock.now_ms(),
            boot_id=clock.boot_id(),
            boot_ms=clock.boot_ms(),
            offset_ms=self._around.contact.now_offset_ms(),
        )


def _is_near_its_end(lease: LeaseStand, now: Now) -> bool:
    """Whether it still sells, and not for much longer by its own time: the last sale no question puts off."""
    if lease.count(PlaceState.LENT) == 0 or now.wall_ms > lease.last_sale_ms:
        return False
    since_ms = (
        now.boot_ms - lease.asked.boot_ms if lease.asked.boot_id == now.boot_id else now.wall_ms - lease.asked.wall_ms
    )
    left_ms = lease.good_for_ms - since_ms
    return left_ms < lease.good_for_ms // _NEAR_ITS_END and now.wall_ms + left_ms < lease.last_sale_ms
