"""A child process for `kill -9`: checks one patient in off line and kills itself at the point it was told.

`python killed_desk.py DIRECTORY POINT`; prints `told` when the patient would have been told.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import ward

from kiosk.ports.desk import CheckedIn, CheckInBooking


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingTickets(ward.PlainTickets):
    def check_in_ticket(self, facts, language):  # noqa: ANN001, ANN201 - as the port has it
        die()


def main() -> None:
    directory, point = Path(sys.argv[1]), sys.argv[2]
    clock, line = ward.HandClock(), ward.ScriptedLine(online=False)
    store = ward.open_ward(directory, clock)
    desk = ward.core_of(store, line, clock, tickets=DyingTickets() if point == "ticket" else None)
    if point.startswith("write"):
        left = [int(point.removeprefix("write"))]

        def on_write(connection, cursor, statement, parameters, context, executemany):  # noqa: ANN001, ANN202 - hook
            if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                left[0] -= 1
                if left[0] == 0:
                    die()

        sa.event.listen(store.engine, "after_cursor_execute", on_write)
    if point == "before_commit":
        sa.event.listen(store.engine, "commit", lambda connection: die())
    if point == "after_commit":
        line.wake = die
    answer = desk.handle(
        CheckInBooking(
            visit_id=UUID(int=1),
            operation_id=UUID(int=2),
            job_id=UUID(int=3),
            booking_id=ward.Patient(no=7).booking_id,
            language="zh-CN",
        )
    )
    if isinstance(answer, CheckedIn):
        print("told", flush=True)  # noqa: T201 - what the parent reads
    if point == "after_answer":
        die()


if __name__ == "__main__":
    main()
