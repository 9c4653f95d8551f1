"""A child process for `kill -9`: prints the list of arrivals and kills itself at the point it was told.

`python killed_list.py DIRECTORY POINT`; prints each slip's numbers once the paper is out.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa
import ward

from kiosk.desk.list_source import ListSource
from kiosk.desk.list_worker import ListSurroundings, ListWorker
from kiosk.journey.lists import Lists
from kiosk.ports.printers import JobState, Printed, PrintFinished, PrintTicket
from kiosk.ports.tickets import Columns
from kiosk.words.catalogue import load_all


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    directory, point = Path(sys.argv[1]), sys.argv[2]
    clock = ward.HandClock()
    store = ward.open_ward(directory, clock)
    spool = store.spool(ward.HOSPITAL)
    spool.recover()
    source = ListSource(store.lists(ward.HOSPITAL), ward.SITE, ward.ZONE, clock.now_ms)

    def print_ticket(command: PrintTicket) -> None:
        """The steps of a printer's worker; the paper comes between SENT and PRINTED."""
        if point == "queued":
            die()
        for state in (JobState.SENDING, JobState.SENT, JobState.PRINTED):
            if state is JobState.PRINTED:
                print(*(b.cells[0] for b in command.ticket.blocks if isinstance(b, Columns)), flush=True)  # noqa: T201 - what the parent reads
                if point == "on_paper":
                    die()
            spool.advance(command.job_id, state)
            if point == state.value:
                die()
        worker.note(PrintFinished(command.visit_id, command.job_id, Printed()))

    worker = ListWorker(
        ListSurroundings(
            source=source,
            writer=Lists(load_all(), "zh-CN"),
            language="zh-CN",
            clock=clock,
            every_min=30,
            is_online=lambda: False,
            is_free=lambda: True,
            print_ticket=print_ticket,
        )
    )
    worker.step(clock.boot_ms())
    if point == "before_commit":
        sa.event.listen(store.engine, "commit", lambda _connection: die())
    clock.pass_ms(30 * 60_000)
    worker.step(clock.boot_ms())
    worker.step(clock.boot_ms())


if __name__ == "__main__":
    main()
