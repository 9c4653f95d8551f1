"""The states of a booking: where each step begins and ends, and which states still count.  # rules D3, D13, H1"""

from __future__ import annotations

import pytest

from booking.decide.states import TABLE, Step, counts_for_limits, is_kept
from booking.roster import BookingState as S

BEFORE = {S.PENDING, S.BOOKED, S.CONFIRMED}
COMING = {S.BOOKED, S.CONFIRMED}
STEPS: dict[Step, tuple[set[S], S]] = {
    Step.OWNER_CONFIRMS: ({S.PENDING}, S.BOOKED),  # rule D4
    Step.PAY: ({S.PENDING}, S.BOOKED),  # rule D9
    Step.CONFIRM: ({S.BOOKED}, S.CONFIRMED),  # rule D4
    Step.CHECK_IN: (COMING | {S.NO_SHOW, S.LAPSED}, S.CHECKED_IN),  # rules G1, G9
    Step.UNDO_CHECK_IN: ({S.CHECKED_IN}, S.BOOKED),  # rule G9
    Step.CALL: ({S.CHECKED_IN}, S.CALLED),
    Step.GO_BACK: ({S.CALLED}, S.CHECKED_IN),
    Step.START: ({S.CALLED}, S.IN_CONSULTATION),
    Step.FINISH: ({S.IN_CONSULTATION}, S.VISITED),
    Step.CANCEL: (BEFORE | {S.STOPPED}, S.CANCELLED),  # rules E1, H1
    Step.MOVE: (BEFORE | {S.STOPPED}, S.MOVED),  # rules E3, H1
    Step.STOP: (BEFORE | {S.CHECKED_IN, S.CALLED}, S.STOPPED),  # rule H1: an emergency stop finds people there
    Step.LAPSE: (BEFORE, S.LAPSED),  # rules D4, D9
    Step.MISS: (COMING, S.NO_SHOW),  # rule G9
}


@pytest.mark.parametrize("step", Step)
def test_where_a_step_begins_and_ends(step: Step) -> None:
    sources, target = STEPS[step]
    assert {state: after for (state, it), after in TABLE.items() if it is step} == dict.fromkeys(sources, target)


def test_what_is_over_without_a_visit_counts_no_more() -> None:
    over = {S.CANCELLED, S.MOVED, S.STOPPED, S.LAPSED, S.NO_SHOW}
    assert {state for state in S if not counts_for_limits(state)} == over
    assert {state for state in S if is_kept(state)} == {S.VISITED}
