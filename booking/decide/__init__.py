"""May this person do this, now? One answer for terminal and server alike.

`decide(policy, facts, command, now)` is pure: it brings no fact and does nothing. `Accepted` names what to do and on
what it relied without knowing; `Refused` carries a closed reason code and the facts that a screen needs to explain it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from booking.decide.add_on import decide_add_place, decide_off_hours
from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.book import decide_book, decide_exempt
from booking.decide.cancel import decide_cancel
from booking.decide.change import decide_change
from booking.decide.check_in import CheckInFacts, check_in_window, decide_check_in
from booking.decide.commands import (
    AddPlace,
    Book,
    BookOffHours,
    Cancel,
    Change,
    CheckIn,
    Confirm,
    DeliverCheckIn,
    EndGrace,
    Exempt,
    JoinWaitingList,
    Lapse,
    Look,
    MoveOnMedicalGrounds,
    Pay,
    RecordNoShow,
    Retriage,
    Review,
    Screen,
    Submit,
    UndoCheckIn,
    WalkIn,
    Withdraw,
)
from booking.decide.confirm import decide_confirm, decide_lapse
from booking.decide.given import BookingFacts, ChangeFacts, LookFacts, PlaceFacts, RequestFacts, ScreenFacts
from booking.decide.look import decide_look
from booking.decide.missing import decide_deliver, decide_end_grace, decide_no_show
from booking.decide.pay import decide_pay
from booking.decide.requests import decide_review, decide_submit, decide_withdraw
from booking.decide.screening import decide_screen
from booking.decide.staff import decide_move, decide_retriage, decide_undo_check_in
from booking.decide.walk_in import decide_join_waiting_list, decide_walk_in
from booking.policy import Policy
from booking.reasons import CHECK_IN_REASONS, RULE_OF, Assumption, Reason, RefusalFacts

__all__ = [
    "CHECK_IN_REASONS",
    "RULE_OF",
    "Accepted",
    "Assumption",
    "CheckIn",
    "CheckInFacts",
    "Decision",
    "Reason",
    "RefusalFacts",
    "Refused",
    "check_in_window",
    "decide",
]

ForPlace = Book | Exempt | JoinWaitingList | WalkIn | AddPlace | BookOffHours
OnBooking = (
    Cancel
    | Confirm
    | Pay
    | Lapse
    | EndGrace
    | RecordNoShow
    | DeliverCheckIn
    | UndoCheckIn
    | MoveOnMedicalGrounds
    | Retriage
)
OnRequest = Submit | Review | Withdraw
Command = CheckIn | Change | ForPlace | OnBooking | OnRequest | Screen | Look
Facts = CheckInFacts | ChangeFacts | PlaceFacts | BookingFacts | RequestFacts | ScreenFacts | LookFacts

_DECIDED_BY: dict[type[Command], Callable[[Policy, Any, Any, int], Decision]] = {
    CheckIn: decide_check_in,
    Book: decide_book,
    Exempt: decide_exempt,
    JoinWaitingList: decide_join_waiting_list,
    WalkIn: decide_walk_in,
    AddPlace: decide_add_place,
    BookOffHours: decide_off_hours,
    Change: decide_change,
    Cancel: decide_cancel,
    Confirm: decide_confirm,
    Pay: decide_pay,
    Lapse: decide_lapse,
    EndGrace: decide_end_grace,
    RecordNoShow: decide_no_show,
    DeliverCheckIn: decide_deliver,
    UndoCheckIn: decide_undo_check_in,
    MoveOnMedicalGrounds: decide_move,
    Retriage: decide_retriage,
    Screen: decide_screen,
    Submit: decide_submit,
    Review: decide_review,
    Withdraw: decide_withdraw,
    Look: decide_look,
}


@overload
def decide(policy: Policy, facts: CheckInFacts, command: CheckIn, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: PlaceFacts, command: ForPlace, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: BookingFacts, command: OnBooking, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: ChangeFacts, command: Change, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: RequestFacts, command: OnRequest, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: ScreenFacts, command: Screen, now_ms: int) -> Decision: ...
@overload
def decide(policy: Policy, facts: LookFacts, command: Look, now_ms: int) -> Decision: ...
def decide(policy: Policy, facts: Facts, command: Command, now_ms: int) -> Decision:
    """May this be done now? Each command goes with its own facts."""
    return _DECIDED_BY[type(command)](policy, facts, command, now_ms)
