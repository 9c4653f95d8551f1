"""Every state's time-out, in one table; and when the machine wants to be woken next.

After `quiet_ms` without a sign comes a warning of `warning_ms`, with one-tap extension; then the visit ends.
`limit_ms` bounds what a machine does. Values: the design brief's table of times (section 5).
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.journey.states import (
    AwaitingRemoval,
    BusyState,
    CheckingIn,
    Choosing,
    EnteringAnswer,
    EnteringNumber,
    Finding,
    Finished,
    Helping,
    Idle,
    Journey,
    Printing,
    Reading,
    State,
    Trouble,
    Troubled,
    uncovered,
)
from kiosk.ports.printers import Printed

_S = 1000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a state may last, milliseconds. None: no such bound."""

    quiet_ms: int | None = None
    warning_ms: int = 30 * _S
    limit_ms: int | None = None
    """From entering the state."""
    clears_ms: int | None = None
    """From the last sign of a person: the page clears by itself, with its ring counting all the while."""


READING_SLOW_MS = 3 * _S
READING_WAY_OUT_MS = 10 * _S
PRINTING_LIMIT_MS = 15 * _S
CARD_GONE_MS = 10 * _S
"""How long a finished act's number stays after its card was taken."""

TABLE: dict[type[State], Patience] = {
    Idle: Patience(clears_ms=60 * _S),  # the chosen language goes back to the hospital's own
    Reading: Patience(limit_ms=15 * _S),
    Finding: Patience(limit_ms=10 * _S),
    EnteringNumber: Patience(quiet_ms=60 * _S),
    EnteringAnswer: Patience(quiet_ms=60 * _S),
    Choosing: Patience(quiet_ms=60 * _S),
    CheckingIn: Patience(limit_ms=20 * _S),
    Finished: Patience(clears_ms=30 * _S),
    Troubled: Patience(clears_ms=45 * _S),
    Helping: Patience(clears_ms=60 * _S),
    # Ends when the card is taken; a card that stays is for the staff, and the page goes on saying so.
    AwaitingRemoval: Patience(),
}


def is_card_gone(state: State) -> bool:
    """Whether the state outlives the card that it began with."""
    return isinstance(state, CheckingIn | Finished | Troubled) and state.is_card_gone


def is_about_the_reader(state: State) -> bool:
    """Whether the page says nothing of the act or the person, only that the reader is lost and what else can be done:
    whoever stands there has to read it, and need not have taken the card out.
    """
    return isinstance(state, Troubled) and state.trouble is Trouble.READER_FAULT


def is_act_under_way(journey: Journey, boot_ms: int) -> bool:
    """Whether somebody else's card or code has to wait: the act runs, or its result was not yet seen or printed."""
    match uncovered(journey.state):
        case CheckingIn():
            return True
        case Finished(paper=Printed()):
            return False
        case Finished():
            return boot_ms - journey.entered_ms < CARD_GONE_MS
        case Troubled() if journey.next_identity is not None:
            # Somebody has waited since the act: this is what became of it, and its patient must read it first.
            return boot_ms - journey.entered_ms < CARD_GONE_MS
        case _:
            return False


def _patience(journey: Journey) -> Patience:
    """What a machine does under the help page keeps its own limit."""
    busy = uncovered(journey.state)
    return TABLE[type(busy if isinstance(busy, BusyState) else journey.state)]


def warning_left_ms(journey: Journey, boot_ms: int) -> int | None:
    """Milliseconds until the visit ends when the warning is up; None while it is not."""
    patience = _patience(journey)
    if patience.quiet_ms is None:
        return None
    quiet_ms = boot_ms - journey.touched_ms - patience.quiet_ms
    return patience.warning_ms - quiet_ms if quiet_ms >= 0 else None


def clears_at_ms(journey: Journey) -> int | None:
    """When (boot clock) the page clears by itself; None where it does not."""
    patience = _patience(journey)
    if patience.clears_ms is None:
        return None
    if is_card_gone(journey.state) and not is_about_the_reader(journey.state):
        return journey.touched_ms + min(patience.clears_ms, CARD_GONE_MS)
    return journey.touched_ms + patience.clears_ms


def is_over(journey: Journey, boot_ms: int) -> bool:
    """Whether the state has outlived its patience."""
    patience = _patience(journey)
    if patience.limit_ms is not None and boot_ms - journey.entered_ms >= patience.limit_ms:
        return True
    left_ms = warning_left_ms(journey, boot_ms)
    if left_ms is not None and left_ms <= 0:
        return True
    clears_ms = clears_at_ms(journey)
    return clears_ms is not None and boot_ms >= clears_ms


def wake_at(journey: Journey, boot_ms: int) -> int | None:
    """When (boot clock) the machine wants a TimePassed next: a bound is reached, or a shown second changes.

    Never in the past: a bound that was passed unnoticed (a timer that fired early, a terminal that slept) is due now.
    """
    if is_over(journey, boot_ms):
        return boot_ms
    moments: list[int] = []
    patience = _patience(journey)
    if patience.limit_ms is not None:
        moments.append(journey.entered_ms + patience.limit_ms)
    if isinstance(journey.state, Reading):
        moments += [journey.entered_ms + READING_SLOW_MS, journey.entered_ms + READING_WAY_OUT_MS]
    if isinstance(journey.state, Finished) and isinstance(journey.state.paper, Printing):
        moments.append(journey.entered_ms + PRINTING_LIMIT_MS)
    if journey.next_identity is not None and isinstance(uncovered(journey.state), Finished | Troubled):
        moments.append(journey.entered_ms + CARD_GONE_MS)
    if patience.quiet_ms is not None:
        starts_ms = journey.touched_ms + patience.quiet_ms
        ends_ms = starts_ms + patience.warning_ms
        moments += [starts_ms, ends_ms]
        if starts_ms <= boot_ms < ends_ms:
            moments.append(ends_ms - (ends_ms - boot_ms - 1) // _S * _S)
    clears_ms = clears_at_ms(journey)
    if clears_ms is not None:
        moments.append(clears_ms)
        if isinstance(journey.state, Finished | Troubled):
            moments.append(clears_ms - (clears_ms - boot_ms - 1) // _S * _S)
    ahead = [at_ms for at_ms in moments if at_ms > boot_ms]
    return min(ahead) if ahead else None
