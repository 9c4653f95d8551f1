"""A desk opens or closes a window during the day: its capacity changes from then on (rule C3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from booking.roster.desk import per_period
from booking.roster.places import BlockedFor, Place, Places
from booking.roster.publish import Session
from booking.roster.settings import DeskPolicy
from booking.roster.slots import SlotRun
from booking.roster.steps import Step, add_places, block, open_early, unblock

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class DeskAfter:
    """The desk after the change. `over` places are taken that the windows left open cannot serve in their time."""

    session: Session
    places: Places
    over: int


def change_windows(session: Session, places: Places, desk: DeskPolicy, *, windows: int, from_ms: int) -> DeskAfter:
    """From the first period that begins at `from_ms` or later, so many windows are open.  # rule C3

    Fewer windows block free places from the highest number down and never touch a taken one; more windows first give
    back what was blocked, then add numbers behind all others.
    """
    step_ms = desk.period_min * _MINUTE_MS
    after = DeskAfter(session, places, over=0)
    carried = Fraction()
    for starts_ms in range(session.starts_ms, session.ends_ms, step_ms):
        if starts_ms < from_ms or after.places.is_stopped:
            continue
        carried += per_period(desk, windows)
        after = _set_period(after, int(carried), starts_ms=starts_ms, step_ms=step_ms)
        carried -= int(carried)
    return after


def _set_period(after: DeskAfter, wanted: int, *, starts_ms: int, step_ms: int) -> DeskAfter:
    """Give one period the wanted number of places."""
    in_use, closed = _of_period(after, starts_ms)
    places = after.places
    too_many = len(in_use) - wanted
    if too_many > 0:
        idle = [place for place in reversed(in_use) if not place.state.is_somebodys][:too_many]
        for place in idle:
            opened = places if place.blocked_for is None else _done(open_early(places, place.no))
            places = _done(block(opened, place.no, BlockedFor.WINDOW_CLOSED))
        return replace(after, places=places, over=after.over + too_many - len(idle))
    for place in closed[:-too_many]:
        places = _done(unblock(places, place.no))
    added = max(0, -too_many - len(closed))
    if not added:
        return replace(after, places=places)
    run = SlotRun(places.last_no + 1, added, starts_ms, step_ms, per_step=added)
    session = replace(after.session, runs=(*after.session.runs, run))
    return replace(after, session=session, places=add_places(places, added))


def _of_period(after: DeskAfter, starts_ms: int) -> tuple[list[Place], list[Place]]:
    """The period's places in use, and those that a closed window blocks; both in the order of numbers."""
    numbers = {
        no for run in after.session.runs if run.starts_ms == starts_ms for no in range(run.first_no, run.last_no + 1)
    }
    of_period = [place for place in after.places.places if place.no in numbers]
    closed = [place for place in of_period if place.blocked_for is BlockedFor.WINDOW_CLOSED]
    out_of_use = {BlockedFor.WINDOW_CLOSED, BlockedFor.STAFF}
    return [place for place in of_period if place.blocked_for not in out_of_use], closed


def _done(step: Step) -> Places:
    """The places after a step that cannot be declined here."""
    assert isinstance(step, Places)
    return step
