"""How far the clock is believed: told by the server, running on, started anew, or lost; and what of it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from booking.lending import ClockTrust
from kiosk.ports.lending import ClockMark
from kiosk.sync.contact import Contact
from kiosk.sync.trust import TrustedClock

TRUE_MS = 1_772_424_000_000
HOUR_MS = 3_600_000


@dataclass
class HandClock:
    wall_ms: int = TRUE_MS
    boot: int = 60_000
    boot_no: int = 1

    def now_ms(self) -> int:
        return self.wall_ms

    def boot_ms(self) -> int:
        return self.boot

    def boot_id(self) -> str:
        return f"boot {self.boot_no}"

    def new_id(self) -> UUID:
        return UUID(int=1)

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.boot += ms

    def reboot(self, *, wall_ms: int) -> None:
        self.boot_no += 1
        self.boot = 1_000
        self.wall_ms = wall_ms


@dataclass
class Machine:
    """The terminal's process: `start` begins another one with what the last one kept."""

    clock: HandClock
    mark: ClockMark = field(default_factory=ClockMark)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.contact = Contact(self.clock, emit=lambda _event: None)
        self.time = TrustedClock(self.clock, self.contact, mark=self.mark)

    def hears(self, server_ms: int) -> None:
        self.contact.note(is_online=True)
        self.contact.note_time(server_ms, sent_boot_ms=self.clock.boot, received_boot_ms=self.clock.boot)
        self.keeps()

    def loses_the_line(self) -> None:
        self.contact.note(is_online=False)

    def keeps(self) -> bool:
        """What the synchronisation does from time to time; whether anything was written."""
        mark = self.time.to_keep()
        if mark is not None:
            self.mark = mark
            self.time.kept(mark)
        return mark is not None

    def tells(self) -> tuple[ClockTrust, int]:
        now = self.time.now()
        return now.trust, now.wall_ms


@pytest.fixture
def machine() -> Machine:
    return Machine(HandClock())


def test_a_terminal_that_never_heard_the_time_does_not_believe_its_clock(machine: Machine) -> None:
    assert machine.tells()[0] is ClockTrust.LOST


def test_on_line_the_servers_time_counts_and_a_step_of_the_wall_clock_does_not(machine: Machine) -> None:
    machine.hears(TRUE_MS + 90_000)
    machine.clock.wall_ms -= 24 * HOUR_MS
    assert machine.tells() == (ClockTrust.SYNCED, TRUE_MS + 90_000)


def test_off_line_the_boot_clock_runs_on(machine: Machine) -> None:
    machine.hears(TRUE_MS)
    machine.loses_the_line()
    machine.clock.pass_ms(50 * HOUR_MS)
    machine.clock.wall_ms = 0
    assert machine.tells() == (ClockTrust.HOLDOVER, TRUE_MS + 50 * HOUR_MS)


def test_a_new_process_in_the_same_boot_still_knows_the_time(machine: Machine) -> None:
    machine.hears(TRUE_MS)
    machine.clock.pass_ms(HOUR_MS)
    machine.clock.wall_ms = 0
    machine.start()
    assert machine.tells() == (ClockTrust.HOLDOVER, TRUE_MS + HOUR_MS)


@pytest.mark.parametrize(
    ("wall_ms", "trust"),
    [
        (TRUE_MS + HOUR_MS, ClockTrust.REBOOTED),
        (TRUE_MS, ClockTrust.REBOOTED),
        (TRUE_MS + 72 * HOUR_MS, ClockTrust.REBOOTED),
        (TRUE_MS - 1, ClockTrust.LOST),
        (0, ClockTrust.LOST),
        (TRUE_MS + 72 * HOUR_MS + 1, ClockTrust.LOST),
    ],
)
def test_after_a_reboot_off_line_only_a_likely_time_is_believed(
    machine: Machine, wall_ms: int, trust: ClockTrust
) -> None:
    machine.hears(TRUE_MS)
    machine.clock.reboot(wall_ms=wall_ms)
    machine.start()
    assert machine.tells() == (trust, wall_ms)


def test_a_clock_that_is_set_back_while_it_is_all_there_is_is_lost_and_found_again(machine: Machine) -> None:
    machine.hears(TRUE_MS)
    machine.clock.reboot(wall_ms=TRUE_MS + 5 * HOUR_MS)
    machine.start()
    assert machine.tells()[0] is ClockTrust.REBOOTED
    machine.clock.wall_ms -= HOUR_MS
    assert machine.tells()[0] is ClockTrust.LOST
    machine.hears(TRUE_MS + 5 * HOUR_MS)
    assert machine.tells() == (ClockTrust.SYNCED, TRUE_MS + 5 * HOUR_MS)


def test_what_was_seen_off_line_counts_after_the_next_reboot_too(machine: Machine) -> None:
    machine.hears(TRUE_MS)
    machine.loses_the_line()
    machine.clock.pass_ms(10 * HOUR_MS)
    assert machine.keeps()
    machine.clock.reboot(wall_ms=TRUE_MS + 9 * HOUR_MS)
    machine.start()
    assert machine.tells()[0] is ClockTrust.LOST


def test_it_is_written_seldom(machine: Machine) -> None:
    machine.hears(TRUE_MS)
    written = 0
    for _ in range(60):
        machine.clock.pass_ms(60_000)
        written += machine.keeps()
    assert written == 6


def test_a_time_that_one_server_got_wrong_does_not_close_the_terminal_for_ever(machine: Machine) -> None:
    machine.hears(TRUE_MS + 1000 * HOUR_MS)
    machine.start()
    for _ in range(2):
        machine.hears(TRUE_MS)
    machine.keeps()
    machine.clock.reboot(wall_ms=TRUE_MS + HOUR_MS)
    machine.start()
    assert machine.tells()[0] is ClockTrust.REBOOTED
