"""The few ways in which the machine moves, shared by all steps."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.events import Effect, Moment
from kiosk.journey.facts import Facts
from kiosk.journey.states import AwaitingRemoval, Idle, Journey, State, insertion_of, uncovered
from kiosk.ports.cards import CardInserted, Insertion

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


def cards_left_by(journey: Journey) -> tuple[Insertion, ...]:
    """The cards that stay in when this visit, and whoever waited behind it, make way for the next."""
    own = insertion_of(journey.state)
    waiting = journey.next_identity.insertion if isinstance(journey.next_identity, CardInserted) else None
    new = [card for card in (own, waiting) if card is not None and card not in journey.left_cards]
    return (*journey.left_cards, *new)


def end(journey: Journey, facts: Facts, moment: Moment, *, is_card_out: bool = False) -> Moved:
    """The visit is over: to the first page, or to "please take your card" while it is still in."""
    own = None if is_card_out else insertion_of(journey.state)
    insertion = own or next(iter(journey.left_cards), None)
    over = uncovered(journey.state)
    left_cards = tuple(card for card in journey.left_cards if card != insertion)
    fresh = replace(journey, touched_ms=moment.boot_ms, left_cards=left_cards)
    if insertion is not None:
        if isinstance(over, AwaitingRemoval) and not is_card_out:
            return enter(fresh, over, moment)
        return enter(fresh, AwaitingRemoval(insertion), moment)
    return enter(replace(fresh, language=facts.languages[0]), Idle(), moment)
