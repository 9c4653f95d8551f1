"""A child process for `kill -9`: does one act off line and kills itself at the point it was told.

`python killed_act.py DIRECTORY ACT POINT`; prints `told` when the patient would have been told.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import desk_bench
import sqlalchemy as sa
import ward

from kiosk.ports.desk import DeskFault, PersonView
from kiosk.ports.desk_acts import ActRefused, RegistrationRefused


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def command_of(bench: desk_bench.Bench, act: str, person: PersonView, before: UUID) -> object:
    bench.ids = 100  # the same ids whatever was done before
    match act:
        case "book":
            return bench.book(person)
        case "walk_in":
            return bench.walk_in(replace(person, keys=()))  # who has no booking for the same day
        case "register":
            return bench.register()
        case "cancel":
            return bench.cancel(before)
        case _:
            return bench.change(before, person, slot_no=3)


def prepare(directory: Path, act: str) -> tuple[desk_bench.Bench, object]:
    """The terminal before the act; whoever cancels or changes has booked here before."""
    store = ward.open_ward(directory, ward.HandClock())
    bench = desk_bench.Bench(store, ward.ScriptedLine(online=False), ward.HandClock())
    patient = ward.Patient(no=7)
    if not bench.counter.sellable():
        store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient),))
        bench.lend()
        bench.take_seal_key()
        if act in ("cancel", "change"):
            bench.handle(bench.book(bench.person(patient)))
    person = bench.person(patient)
    before = UUID(int=0xAC7_0003)
    return bench, command_of(bench, act, person, before)


def main() -> None:
    directory, act, point = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    bench, command = prepare(directory, act)
    if point.startswith("write"):
        left = [int(point.removeprefix("write"))]

        def on_write(connection, cursor, statement, parameters, context, executemany):  # noqa: ANN001, ANN202 - hook
            if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                left[0] -= 1
                if left[0] == 0:
                    die()

        sa.event.listen(bench.store.engine, "after_cursor_execute", on_write)
    if point == "before_commit":
        sa.event.listen(bench.store.engine, "commit", lambda connection: die())
    if point == "after_commit":
        bench.line.wake = die
    answer = bench.handle(command)
    if not isinstance(answer, ActRefused | RegistrationRefused | DeskFault):
        print("told", flush=True)  # noqa: T201 - what the parent reads
    if point == "after_answer":
        die()


if __name__ == "__main__":
    main()
