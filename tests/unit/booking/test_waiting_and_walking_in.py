"""What is not known; waiting, walking in, places that staff add, appointments outside working hours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booking.credit import CreditPolicy, Scheme
from booking.decide import Accepted, Refused, commands
from booking.decide.effects import (
    AskPhone,
    Band,
    ForStaff,
    JoinQueue,
    Message,
    Pool,
    TakePlace,
    Tell,
)
from booking.decide.given import (
    Free,
    Order,
    Person,
    Standing,
    Waiting,
)
from booking.facts import UNKNOWN, Known
from booking.policy import (
    Channel,
    ChannelRights,
    ChannelsPolicy,
    DayMinute,
    LimitsPolicy,
    NoticePolicy,
    OffHoursPolicy,
    OrdersPolicy,
    PeoplePolicy,
    Policy,
    ScreeningPolicy,
    UnknownPolicy,
    WaitingListPolicy,
    WalkInPolicy,
    WhenUnknown,
)
from booking.reasons import Assumption
from booking.roster import BookingState
from tests.unit.booking.acts import (
    ALL_ASSUMED,
    ALL_REFUSED,
    BOOK,
    DAY,
    EVENING,
    FACTS,
    LAB,
    NOW,
    TODAY,
    ask,
    at,
    effects,
    held,
    on_clock,
    place,
    states,
    word,
)

# What is not known

WAIT = commands.JoinWaitingList(Channel.KIOSK)
FULL = replace(FACTS, free=Known(Free()))
FORGOTTEN = [
    ("person", Assumption.PROFILE, FACTS, BOOK, Policy()),
    ("session", Assumption.SESSION, FACTS, BOOK, Policy()),
    ("standing", Assumption.STANDING, FACTS, BOOK, Policy()),
    ("bookings", Assumption.BOOKINGS, FACTS, BOOK, Policy()),
    ("free", Assumption.FREE_PLACES, FACTS, BOOK, Policy()),
    ("order", Assumption.ORDER, LAB, BOOK, Policy()),
    ("screening", Assumption.SCREENING, FACTS, BOOK, Policy(screening=ScreeningPolicy(on=True))),
    ("bookings", Assumption.BOOKINGS, LAB, BOOK, Policy(orders=OrdersPolicy(incompatible_pairs=(("a", "b"),)))),
    (
        "standing",
        Assumption.STANDING,
        FACTS,
        commands.Book(Channel.WINDOW),
        Policy(credit=CreditPolicy(scheme=Scheme.ALLOWANCE)),
    ),
    (
        "waiting",
        Assumption.WAITING,
        replace(FACTS, free=Known(Free())),
        commands.JoinWaitingList(Channel.KIOSK),
        Policy(),
    ),
    ("free", Assumption.FREE_PLACES, FACTS, commands.JoinWaitingList(Channel.KIOSK), Policy()),
]


@pytest.mark.parametrize(("field", "assumption", "facts", "command", "policy"), FORGOTTEN)
def test_what_is_not_known_means_what_the_policy_says(
    field: str, assumption: Assumption, facts: Any, command: Any, policy: Policy
) -> None:
    asked = replace(facts, **{field: UNKNOWN})
    lenient = ask(asked, command, policy=replace(policy, unknown=ALL_ASSUMED))
    assert isinstance(lenient, Accepted)
    assert lenient.assumed == (assumption,)
    strict = ask(asked, command, policy=replace(policy, unknown=ALL_REFUSED))
    assert isinstance(strict, Refused)
    assert (strict.reason.value, strict.facts.missing) == ("cannot_know", (assumption,))
    if isinstance(command, commands.Book):
        assert BookingState.PENDING in states(lenient)


def test_an_allowance_is_asked_for_only_where_something_is_limited() -> None:  # rules D3, F6
    policy = Policy(credit=CreditPolicy(scheme=Scheme.ALLOWANCE), limits=LimitsPolicy(0, 0, 0))
    assert word(ask(replace(FACTS, standing=UNKNOWN), commands.Book(Channel.WINDOW), policy=policy)) == "accepted"
    weekly = replace(policy, limits=LimitsPolicy(0, 0, 2))
    missed = replace(FACTS, standing=Known(Standing(allowance_lost=1)), bookings=Known((held("1"),)))
    assert word(ask(missed, BOOK, policy=weekly)) == "too_many_that_week"


def test_a_certain_refusal_goes_before_a_question() -> None:
    facts = replace(FACTS, standing=UNKNOWN, free=Known(Free()))
    assert word(ask(facts, BOOK)) == "full"


def test_one_question_for_all_that_is_missing() -> None:
    facts = replace(FACTS, standing=UNKNOWN, bookings=UNKNOWN, free=UNKNOWN)
    decision = ask(facts, BOOK)
    assert isinstance(decision, Refused)
    assert decision.facts.missing == (Assumption.STANDING, Assumption.BOOKINGS, Assumption.FREE_PLACES)
    half = replace(UnknownPolicy(), bookings=WhenUnknown.REFUSE)
    assert word(ask(facts, BOOK, policy=Policy(unknown=half))) == "cannot_know"
    twice = Policy(orders=OrdersPolicy(incompatible_pairs=(("a", "b"),)))
    decision = ask(replace(LAB, bookings=UNKNOWN), BOOK, policy=twice)
    assert isinstance(decision, Refused)
    assert decision.facts.missing == (Assumption.BOOKINGS,)


# Waiting, walking in, staff

WALK = commands.WalkIn(Channel.KIOSK)
ADD = commands.AddPlace(Channel.WINDOW, has_right=True, reason="severe pain")
EXEMPT = commands.Exempt(Channel.WINDOW, has_right=True, reason="two clinics in one journey")
OFF = commands.BookOffHours(Channel.PHONE, "Li Wen", "62311010")
OFF_POLICY = Policy(off_hours=OffHoursPolicy(on=True))
EARLY_KIOSK = Policy(channels=ChannelsPolicy(kiosk=ChannelRights(opens=DayMinute(0), may_walk_in=True)))
EVENING_PLACE = replace(FACTS, place=place(hour=18), working_days_ahead=2, person=Known(Person(age=70)))
PLACES = [
    ("accepted", FULL, WAIT, NOW, Policy()),
    ("waiting_list_off", FULL, WAIT, NOW, Policy(waiting_list=WaitingListPolicy(on=False))),
    ("already_waiting", replace(FULL, waiting=Known(Waiting(1, is_on_it=True))), WAIT, NOW, Policy()),
    ("accepted", FACTS, WALK, TODAY, Policy()),
    ("walk_in_off", FACTS, WALK, TODAY, Policy(walk_in=WalkInPolicy(on=False))),
    ("walk_in_closed", FACTS, WALK, EVENING - 4 * 3_600_000, Policy()),
    ("walk_in_closed", FACTS, WALK, at(DAY, 7) - 1, EARLY_KIOSK),
    ("accepted", FACTS, WALK, at(DAY, 7), EARLY_KIOSK),
    ("channel_off", FACTS, WALK, TODAY, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("notice_not_shown", FACTS, replace(WALK, notice_shown=False), TODAY, Policy()),
    ("accepted", FACTS, replace(WALK, notice_shown=False), TODAY, Policy(notices=NoticePolicy(False))),
    ("accepted", FACTS, ADD, NOW, Policy()),
    ("channel_may_not", FACTS, replace(ADD, channel=Channel.KIOSK), NOW, Policy()),
    ("right_needed", FACTS, replace(ADD, has_right=False), NOW, Policy()),
    ("reason_needed", FACTS, replace(ADD, reason=" "), NOW, Policy()),
    ("add_ons_used_up", replace(FACTS, add_ons=2), ADD, NOW, Policy()),
    ("booking_closed", FACTS, ADD, EVENING, Policy()),
    ("accepted", FACTS, EXEMPT, NOW, Policy()),
    ("full", FULL, EXEMPT, NOW, Policy()),
    ("right_needed", FACTS, replace(EXEMPT, has_right=False), NOW, Policy()),
    ("exemptions_used_up", replace(FACTS, exemptions=1), EXEMPT, NOW, Policy()),
    ("accepted", EVENING_PLACE, OFF, NOW, OFF_POLICY),
    ("off_hours_off", EVENING_PLACE, OFF, NOW, Policy()),
    ("needs_server", replace(EVENING_PLACE, person=UNKNOWN), OFF, NOW, OFF_POLICY),
    ("staff_not_named", EVENING_PLACE, replace(OFF, staff_name=" "), NOW, OFF_POLICY),
    ("staff_not_named", EVENING_PLACE, replace(OFF, staff_phone=""), NOW, OFF_POLICY),
    ("off_hours_not_entitled", replace(EVENING_PLACE, person=Known(Person())), OFF, NOW, OFF_POLICY),
]


@pytest.mark.parametrize(("wanted", "facts", "command", "now_ms", "policy"), PLACES)
def test_who_may_wait_walk_in_or_be_added(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


def test_an_exemption_asks_for_no_other_bookings_and_names_what_it_assumes() -> None:  # rules C14, D11
    blind = replace(LAB, bookings=UNKNOWN, order=Known(Order(("x",))))
    assert word(ask(blind, EXEMPT)) == "accepted"
    assumed = ask(replace(LAB, order=UNKNOWN), EXEMPT, policy=Policy(unknown=ALL_ASSUMED))
    assert isinstance(assumed, Accepted)
    assert assumed.assumed == (Assumption.ORDER,)


def test_what_is_added_on_an_assumption_is_pending() -> None:
    for facts, command in [(FACTS, ADD), (EVENING_PLACE, OFF), (FACTS, EXEMPT)]:
        asked = replace(facts, session=UNKNOWN)
        decision = ask(asked, command, policy=replace(OFF_POLICY, unknown=ALL_ASSUMED))
        assert isinstance(decision, Accepted)
        assert states(decision) == [BookingState.PENDING]
        assert Tell(Message.PENDING) in effects(decision)
        assert decision.assumed == (Assumption.SESSION,)
        assert Tell(Message.BOOKED) in effects(ask(facts, command, policy=OFF_POLICY))


def test_a_walk_in_waits_behind_those_who_booked_unless_urgent() -> None:  # rules D11, G3, G4
    assert JoinQueue(Band.WALK_IN) in effects(ask(FACTS, WALK, TODAY))
    urgent = replace(LAB, order=Known(Order(("x",), is_urgent=True)))
    assert JoinQueue(Band.PRIORITY) in effects(ask(urgent, WALK, TODAY))
    quiet = Policy(people=PeoplePolicy(phone_confirmed_at_check_in=False))
    assert AskPhone() in effects(ask(FACTS, WALK, TODAY))
    assert AskPhone() not in effects(ask(FACTS, WALK, TODAY, quiet))
    unknown = replace(FACTS, person=UNKNOWN, free=UNKNOWN)
    found = effects(ask(unknown, WALK, TODAY, Policy(unknown=ALL_ASSUMED)))
    assert (found[0], JoinQueue(Band.WALK_IN) in found) == (TakePlace(Pool.CHANNEL), True)


def test_staff_are_told_to_be_there_before_an_off_hours_patient() -> None:  # rule C11
    (there,) = [it for it in effects(ask(EVENING_PLACE, OFF, NOW, OFF_POLICY)) if isinstance(it, ForStaff)]
    assert on_clock(there.at_ms or 0) == "2026-11-25 17:50"
