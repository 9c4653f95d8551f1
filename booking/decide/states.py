"""The states of a booking as one table: no other transition exists.  # rule D13"""

from __future__ import annotations

from enum import StrEnum

from booking.roster import BookingState as S


class Step(StrEnum):
    """What happens to a booking."""

    OWNER_CONFIRMS = "owner_confirms"
    CONFIRM = "confirm"
    PAY = "pay"
    CHECK_IN = "check_in"
    UNDO_CHECK_IN = "undo_check_in"
    CALL = "call"
    GO_BACK = "go_back"
    START = "start"
    FINISH = "finish"
    CANCEL = "cancel"
    MOVE = "move"
    STOP = "stop"
    LAPSE = "lapse"
    MISS = "miss"


TABLE: dict[tuple[S, Step], S] = {
    # before the visit
    (S.PENDING, Step.OWNER_CONFIRMS): S.BOOKED,
    (S.PENDING, Step.PAY): S.BOOKED,
    (S.BOOKED, Step.CONFIRM): S.CONFIRMED,
    (S.PENDING, Step.LAPSE): S.LAPSED,
    (S.BOOKED, Step.LAPSE): S.LAPSED,
    (S.CONFIRMED, Step.LAPSE): S.LAPSED,
    (S.PENDING, Step.CANCEL): S.CANCELLED,
    (S.BOOKED, Step.CANCEL): S.CANCELLED,
    (S.CONFIRMED, Step.CANCEL): S.CANCELLED,
    (S.STOPPED, Step.CANCEL): S.CANCELLED,
    (S.PENDING, Step.MOVE): S.MOVED,
    (S.BOOKED, Step.MOVE): S.MOVED,
    (S.CONFIRMED, Step.MOVE): S.MOVED,
    (S.STOPPED, Step.MOVE): S.MOVED,
    (S.PENDING, Step.STOP): S.STOPPED,
    (S.BOOKED, Step.STOP): S.STOPPED,
    (S.CONFIRMED, Step.STOP): S.STOPPED,
    # the day of the visit
    (S.BOOKED, Step.CHECK_IN): S.CHECKED_IN,
    (S.CONFIRMED, Step.CHECK_IN): S.CHECKED_IN,
    (S.CHECKED_IN, Step.UNDO_CHECK_IN): S.BOOKED,
    (S.CHECKED_IN, Step.CALL): S.CALLED,
    (S.CALLED, Step.GO_BACK): S.CHECKED_IN,
    (S.CALLED, Step.START): S.IN_CONSULTATION,
    (S.IN_CONSULTATION, Step.FINISH): S.VISITED,
    # an emergency stop finds patients who are there already (rule H1)
    (S.CHECKED_IN, Step.STOP): S.STOPPED,
    (S.CALLED, Step.STOP): S.STOPPED,
    (S.BOOKED, Step.MISS): S.NO_SHOW,
    (S.CONFIRMED, Step.MISS): S.NO_SHOW,
    # a check-in that a terminal delivers late (rule G9)
    (S.NO_SHOW, Step.CHECK_IN): S.CHECKED_IN,
    (S.LAPSED, Step.CHECK_IN): S.CHECKED_IN,
}
"""From a state by a step to the next state."""


def after(state: S, step: Step) -> S | None:
    """The state after this step; None where the step does not exist."""
    return TABLE.get((state, step))


def is_kept(state: S) -> bool:
    """Whether the booking counts as kept; only such a one may be rated."""
    return state is S.VISITED


def counts_for_limits(state: S) -> bool:
    """Whether the booking still counts for the limits of D3."""
    return state not in (S.CANCELLED, S.MOVED, S.STOPPED, S.LAPSED, S.NO_SHOW)
