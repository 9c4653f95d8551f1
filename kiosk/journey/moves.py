"""The few ways in which the machine moves, shared by all steps."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.events import Effect, Moment
from kiosk.journey.facts import Facts
from kiosk.journey.states import AwaitingRemoval, Helping, Idle, Journey, State, insertion_of

Moved = tuple[Journey, tuple[Effect, ...]]


def ignore(journey: Journey) -> Moved:
    """Nothing happens (or only what the caller has already replaced)."""
    return journey, ()


def with_state(journey: Journey, state: State) -> Journey:
    """The same moment, another state."""
    return replace(journey, state=state)


def enter(journey: Journey, state: State, moment: Moment, *effects: Effect, keep_entered: bool = False) -> Moved:
    """Go to a state; its time-outs start now, unless it is the same state with news (`keep_entered`)."""
    entered_ms = journey.entered_ms if keep_entered else moment.boot_ms
    return replace(journey, state=state, entered_ms=entered_ms), effects


def end(journey: Journey, facts: Facts, moment: Moment, *, is_card_out: bool = False) -> Moved:
    """The visit is over: to the first page, or to "please take your card" while it is still in."""
    insertion = journey.left_card if is_card_out else insertion_of(journey.state) or journey.left_card
    over = journey.state.over if isinstance(journey.state, Helping) else journey.state
    left_card = None if insertion == journey.left_card else journey.left_card
    fresh = replace(journey, touched_ms=moment.boot_ms, left_card=left_card)
    if insertion is not None:
        if isinstance(over, AwaitingRemoval) and not is_card_out:
            return enter(fresh, over, moment)
        return enter(fresh, AwaitingRemoval(insertion), moment)
    return enter(replace(fresh, language=facts.languages[0]), Idle(), moment)
