"""Every act, what follows when it is accepted, and every reason that refuses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from booking.credit import CreditPolicy, Scheme
from booking.credit.settings import Act
from booking.decide import Accepted, Refused, commands
from booking.decide.commands import By
from booking.decide.effects import (
    AskPhone,
    Await,
    Band,
    EnterState,
    ForStaff,
    FreePlace,
    JoinQueue,
    KeepPlace,
    Message,
    OrderRefund,
    Pool,
    RecordAct,
    TakePlace,
    Tell,
    Work,
)
from booking.decide.given import (
    Acting,
    Free,
    Order,
    Person,
    SessionNow,
    Waiting,
)
from booking.decide.reasons import Assumption
from booking.facts import UNKNOWN, Known
from booking.policy import (
    AfterDeadline,
    CancellingPolicy,
    ChangingPolicy,
    Channel,
    ChannelRights,
    ChannelsPolicy,
    Confirmation,
    ConfirmationPolicy,
    DayMinute,
    FreeUntil,
    LimitsPolicy,
    NoticePolicy,
    OffHoursPolicy,
    OrdersPolicy,
    PaymentPolicy,
    PeoplePolicy,
    Policy,
    Prepayment,
    ScreeningPolicy,
    UnknownPolicy,
    WaitingListPolicy,
    WalkInPolicy,
    WhenUnknown,
)
from booking.roster import BookingState
from booking.roster.plans import ClinicKind
from tests.unit.booking.acts import BOOK, BOOKED, CHANGE, DAY, FACTS, NOW, ask, at, effects, held, on_clock, place, word

POINTS = CreditPolicy(scheme=Scheme.POINTS)
ALL_ASSUMED = UnknownPolicy(**dict.fromkeys(UnknownPolicy.__slots__, WhenUnknown.ASSUME))
ALL_REFUSED = UnknownPolicy(**dict.fromkeys(UnknownPolicy.__slots__, WhenUnknown.REFUSE))
LAB = replace(FACTS, place=place(kind=ClinicKind.LABORATORY, session_ends_ms=at(DAY, 12)), order=Known(Order(("x",))))
TODAY = at(DAY, 9)
EVENING = at(DAY, 20)
VISITED = replace(BOOKED, state=Known(BookingState.VISITED))
UNSURE = replace(BOOKED, state=UNKNOWN)


def person(**more: Any) -> Any:
    return replace(FACTS, person=Known(Person(**more)))


def states(decision: Any) -> list[BookingState]:
    return [it.state for it in effects(decision) if isinstance(it, EnterState)]


# Booking


def test_a_booking_takes_a_place_gives_a_number_and_reminds() -> None:  # rules D4, D5
    found = effects(ask(FACTS, BOOK))
    assert found[0] == TakePlace(Pool.CHANNEL)
    assert EnterState(BookingState.BOOKED) in found
    reminders = [(it.message, on_clock(it.at_ms)) for it in found if isinstance(it, Tell) and it.at_ms]
    assert reminders == [(Message.FIRST_REMINDER, "2026-11-23 21:00"), (Message.SECOND_REMINDER, "2026-11-24 17:00")]


def test_no_reminder_lies_in_the_past() -> None:  # rule D5
    late = ask(FACTS, commands.Book(Channel.PHONE), at(date(2026, 11, 24), 18))
    assert [it for it in effects(late) if isinstance(it, Tell)] == [Tell(Message.BOOKED)]
    never = Policy(cancelling=CancellingPolicy(free_until=FreeUntil.NEVER))
    assert len([it for it in effects(ask(FACTS, BOOK, policy=never)) if isinstance(it, Tell)]) == 2


@pytest.mark.parametrize(
    ("free", "who", "pool"),
    [
        (Free(1, 1, 1), Person(), Pool.CHANNEL),
        (Free(0, 1, 1), Person(), Pool.COMMON),
        (Free(1, 1, 1), Person(is_referred=True), Pool.RESERVED),
        (Free(1, 1, 0), Person(is_referred=True), Pool.CHANNEL),
    ],
)
def test_the_pool_that_a_place_is_taken_from(free: Free, who: Person, pool: Pool) -> None:  # rules C5, C8, D8
    assert effects(ask(replace(FACTS, free=Known(free), person=Known(who)), BOOK))[0] == TakePlace(pool)


def test_a_referred_patient_is_followed_by_the_referral_office() -> None:  # rule D8
    assert ForStaff(Work.REFERRAL_OFFICE) in effects(ask(person(is_referred=True), BOOK))


def test_a_prepaid_place_is_held_until_it_is_paid() -> None:  # rule D9
    policy = Policy(payment=PaymentPolicy(prepayment=Prepayment.REQUIRED, hold_min=15))
    assert states(ask(FACTS, BOOK, policy=policy)) == [BookingState.PENDING]
    assert Await(NOW + 15 * 60_000) in effects(ask(FACTS, BOOK, policy=policy))
    assert states(ask(FACTS, replace(BOOK, is_paid=True), policy=policy)) == [BookingState.BOOKED]


@pytest.mark.parametrize(("by", "is_listed"), [(Confirmation.HOSPITAL, True), (Confirmation.PATIENT, False)])
def test_who_has_to_confirm_until_when(by: Confirmation, is_listed: bool) -> None:  # rule D4
    found = effects(ask(FACTS, BOOK, policy=Policy(confirmation=ConfirmationPolicy(by=by, within_min=60))))
    assert Await(NOW + 3_600_000) in found
    assert (ForStaff(Work.CONFIRM_BOOKING) in found) is is_listed


NO_GUARDIANS = Policy(people=PeoplePolicy(guardian_may_act=False))
REFUSED_BOOKINGS = [
    ("name_needed", person(has_name=False), BOOK, NOW, Policy()),
    ("document_needed", person(document=None), BOOK, NOW, Policy()),
    ("document_not_accepted", FACTS, BOOK, NOW, Policy(people=PeoplePolicy(accepted_documents=()))),
    ("contact_needed", person(is_reachable=False), BOOK, NOW, Policy()),
    ("accepted", person(is_reachable=False), BOOK, NOW, Policy(people=PeoplePolicy(contact_needed=False))),
    ("accepted", person(is_verified=False), BOOK, NOW, Policy()),
    ("card_read_needed", person(is_verified=False), BOOK, NOW, Policy(people=PeoplePolicy(unverified_may_book=False))),
    (
        "not_the_guardian",
        person(acting=Acting.GUARDIAN),
        BOOK,
        NOW,
        Policy(people=PeoplePolicy(guardian_may_act=False)),
    ),
    ("accepted", person(acting=Acting.STAFF), BOOK, NOW, Policy()),
    ("channel_off", FACTS, BOOK, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("channel_may_not", FACTS, BOOK, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(may_book=False)))),
    ("clinic_stopped", replace(FACTS, session=Known(SessionNow(is_stopped=True))), BOOK, NOW, Policy()),
    ("notice_not_shown", FACTS, replace(BOOK, notice_shown=False), NOW, Policy()),
    (
        "accepted",
        FACTS,
        replace(BOOK, notice_shown=False),
        NOW,
        Policy(notices=NoticePolicy(shown_before_booking=False)),
    ),
    (
        "day_too_far",
        person(is_follow_up=True),
        replace(BOOK, channel=Channel.WINDOW),
        NOW - 181 * 86_400_000,
        Policy(),
    ),
    ("accepted", replace(FACTS, bookings=Known((held("1"),))), BOOK, NOW, Policy(limits=LimitsPolicy(0, 0, 0))),
    ("accepted", replace(LAB, order=Known(None)), BOOK, NOW, Policy(orders=OrdersPolicy(order_needed=False))),
    (
        "accepted",
        replace(LAB, order=Known(Order(("a",))), bookings=Known((held("1", items=("c",)),))),
        BOOK,
        NOW,
        Policy(orders=OrdersPolicy(incompatible_pairs=(("a", "b"),))),
    ),
    (
        "incompatible_items",
        replace(LAB, order=Known(Order(("b",))), bookings=Known((held("1", items=("a",)),))),
        BOOK,
        NOW,
        Policy(orders=OrdersPolicy(incompatible_pairs=(("a", "b"),))),
    ),
    (
        "not_on_rest_days",
        replace(LAB, today_is_rest_day=True),
        BOOK,
        NOW,
        Policy(orders=OrdersPolicy(on_the_spot_on_rest_days=False)),
    ),
    ("accepted", replace(LAB, today_is_rest_day=True), replace(BOOK, channel=Channel.WEB), NOW, Policy()),
    ("screening_needed", FACTS, BOOK, NOW, Policy(screening=ScreeningPolicy(on=True))),
    ("accepted", FACTS, replace(BOOK, channel=Channel.WEB), NOW, Policy(screening=ScreeningPolicy(on=True))),
]


@pytest.mark.parametrize(("wanted", "facts", "command", "now_ms", "policy"), REFUSED_BOOKINGS)
def test_who_may_book(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


NIGHT = Policy(channels=ChannelsPolicy(kiosk=ChannelRights(opens=DayMinute(22 * 60), closes=DayMinute(6 * 60))))


@pytest.mark.parametrize(
    ("hour", "minute", "wanted"),
    [(21, 59, "channel_closed"), (22, 0, "accepted"), (6, 0, "accepted"), (6, 1, "channel_closed")],
)
def test_hours_over_midnight(hour: int, minute: int, wanted: str) -> None:  # rule B2
    assert word(ask(FACTS, BOOK, at(date(2026, 11, 23), hour, minute), NIGHT)) == wanted


def test_a_closed_channel_says_when_it_opens() -> None:  # rule B2
    for day, hour, opens in [(23, 7, "2026-11-23 08:00"), (23, 18, "2026-11-24 08:00")]:
        decision = ask(FACTS, BOOK, at(date(2026, 11, day), hour))
        assert isinstance(decision, Refused)
        assert decision.facts.opens_ms is not None
        assert on_clock(decision.facts.opens_ms) == opens


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
EVENING_PLACE = replace(FACTS, place=place(hour=18), working_days_ahead=2, person=Known(Person(age=70)))
PLACES = [
    ("accepted", FULL, WAIT, NOW, Policy()),
    ("waiting_list_off", FULL, WAIT, NOW, Policy(waiting_list=WaitingListPolicy(on=False))),
    ("already_waiting", replace(FULL, waiting=Known(Waiting(1, is_on_it=True))), WAIT, NOW, Policy()),
    ("accepted", FACTS, WALK, TODAY, Policy()),
    ("walk_in_off", FACTS, WALK, TODAY, Policy(walk_in=WalkInPolicy(on=False))),
    ("walk_in_closed", FACTS, WALK, EVENING - 4 * 3_600_000, Policy()),
    ("channel_off", FACTS, WALK, TODAY, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("notice_not_shown", FACTS, replace(WALK, notice_shown=False), TODAY, Policy()),
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
    ("off_hours_not_entitled", replace(EVENING_PLACE, person=Known(Person())), OFF, NOW, OFF_POLICY),
]


@pytest.mark.parametrize(("wanted", "facts", "command", "now_ms", "policy"), PLACES)
def test_who_may_wait_walk_in_or_be_added(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


def test_what_is_added_on_an_assumption_is_pending() -> None:
    for facts, command in [(FACTS, ADD), (EVENING_PLACE, OFF), (FACTS, EXEMPT)]:
        asked = replace(facts, session=UNKNOWN)
        assert states(ask(asked, command, policy=replace(OFF_POLICY, unknown=ALL_ASSUMED))) == [BookingState.PENDING]


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


# Cancelling and changing

CANCEL = commands.Cancel(Channel.KIOSK)
CHANGE_IT = commands.Change(Channel.KIOSK)
LATE = at(date(2026, 11, 24), 9, 1)
NO_CANCEL = ChannelsPolicy(kiosk=ChannelRights(may_cancel=False))
OLD_MOVES = [
    ("accepted", BOOKED, CANCEL, NOW, Policy()),
    ("channel_off", BOOKED, CANCEL, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("channel_may_not", BOOKED, CANCEL, NOW, Policy(channels=NO_CANCEL)),
    ("not_the_guardian", replace(BOOKED, acting=Acting.STRANGER), CANCEL, NOW, Policy()),
    ("state_forbids", VISITED, CANCEL, NOW, Policy()),
    ("needs_server", UNSURE, CANCEL, NOW, Policy()),
    ("needs_server", replace(UNSURE, last_known_state=BookingState.VISITED), CANCEL, NOW, Policy(unknown=ALL_ASSUMED)),
    ("accepted", UNSURE, CANCEL, NOW, Policy(unknown=ALL_ASSUMED)),
    ("deadline_passed", BOOKED, CANCEL, TODAY + 1, Policy()),
    ("deadline_passed", BOOKED, CANCEL, LATE, Policy(cancelling=CancellingPolicy(afterwards=AfterDeadline.REFUSED))),
    ("accepted", BOOKED, CANCEL, LATE, Policy()),
    ("cost_not_shown", BOOKED, CANCEL, LATE, Policy(credit=POINTS)),
    ("accepted", BOOKED, CANCEL, LATE, Policy(credit=POINTS, cancelling=CancellingPolicy(warned_before=False))),
    ("accepted", CHANGE, CHANGE_IT, NOW, Policy()),
    ("channel_may_not", CHANGE, CHANGE_IT, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(may_change=False)))),
    ("channel_off", CHANGE, CHANGE_IT, NOW, Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False)))),
    ("not_the_guardian", replace(CHANGE, old=replace(BOOKED, acting=Acting.STRANGER)), CHANGE_IT, NOW, Policy()),
    ("state_forbids", replace(CHANGE, old=VISITED), CHANGE_IT, NOW, Policy()),
    ("needs_server", replace(CHANGE, old=replace(BOOKED, changes=UNKNOWN)), CHANGE_IT, NOW, Policy()),
    ("cost_not_shown", CHANGE, CHANGE_IT, LATE, Policy(credit=POINTS)),
    (
        "same_time",
        replace(CHANGE, new=replace(CHANGE.new, bookings=Known((held("7", hour=10),)))),
        CHANGE_IT,
        NOW,
        Policy(),
    ),
    ("full", replace(CHANGE, old=UNSURE, new=replace(CHANGE.new, free=Known(Free()))), CHANGE_IT, NOW, Policy()),
]


@pytest.mark.parametrize(("wanted", "facts", "command", "now_ms", "policy"), OLD_MOVES)
def test_who_may_cancel_or_change(wanted: str, facts: Any, command: Any, now_ms: int, policy: Policy) -> None:
    assert word(ask(facts, command, now_ms, policy)) == wanted


def test_a_cancelled_place_goes_to_whoever_waits() -> None:  # rule E2
    assert FreePlace() in effects(ask(BOOKED, CANCEL))
    for waiting in (Known(Waiting(1)), UNKNOWN):
        assert FreePlace(30) in effects(ask(replace(BOOKED, waiting=waiting), CANCEL))
    off = Policy(waiting_list=WaitingListPolicy(on=False))
    assert FreePlace() in effects(ask(replace(BOOKED, waiting=UNKNOWN), CANCEL, policy=off))


def test_what_a_cancellation_costs_and_refunds() -> None:  # rules D9, F1, F4
    told = replace(CANCEL, is_warned=True)
    paid = replace(BOOKED, is_paid=True)
    policy = Policy(credit=POINTS)
    assert RecordAct(Act.CANCELLED_LATE) in effects(ask(paid, told, LATE, policy))
    assert RecordAct(Act.CANCELLED) in effects(ask(paid, told, NOW, policy))
    assert effects(ask(paid, told, NOW, policy)).count(OrderRefund()) == 1
    stopped = effects(ask(replace(BOOKED, state=Known(BookingState.STOPPED)), CANCEL, TODAY + 1, policy))
    assert stopped == (EnterState(BookingState.CANCELLED), Tell(Message.CANCELLED))
    assumed = ask(UNSURE, told, LATE, replace(policy, unknown=ALL_ASSUMED))
    assert not any(isinstance(it, RecordAct) for it in effects(assumed))
    by_doctor = commands.Cancel(Channel.CONSULTING_ROOM, By.DOCTOR, "fever")
    assert not any(isinstance(it, RecordAct) for it in effects(ask(BOOKED, by_doctor, LATE, policy)))


@pytest.mark.parametrize("free_until", [FreeUntil.CUT_OFF, FreeUntil.DAY_BEFORE])
def test_the_other_free_deadlines(free_until: FreeUntil) -> None:  # rule E1
    policy = Policy(credit=POINTS, cancelling=CancellingPolicy(free_until=free_until))
    last = at(date(2026, 11, 24), 17) if free_until is FreeUntil.DAY_BEFORE else at(DAY, 8)
    told = replace(CANCEL, is_warned=True)
    assert RecordAct(Act.CANCELLED) in effects(ask(BOOKED, told, last, policy))
    assert RecordAct(Act.CANCELLED_LATE) in effects(ask(BOOKED, told, last + 1, policy))


def test_the_new_place_is_taken_before_the_old_one_is_freed() -> None:  # rule E3
    found = effects(ask(CHANGE, CHANGE_IT))
    assert found.index(TakePlace(Pool.CHANNEL)) < found.index(EnterState(BookingState.MOVED, is_earlier=True))
    assert found.index(EnterState(BookingState.MOVED, is_earlier=True)) < found.index(FreePlace())


def test_the_old_booking_does_not_count_against_the_new_one() -> None:  # rules D3, E3
    old = replace(held(BOOKED.number), department="cardiology")
    facts = replace(CHANGE, new=replace(CHANGE.new, bookings=Known((old,))))
    assert word(ask(facts, CHANGE_IT)) == "accepted"
    named = replace(facts, new=replace(facts.new, instead_of=BOOKED.number))
    assert word(ask(named, CHANGE_IT)) == "accepted"
    pairs = Policy(orders=OrdersPolicy(incompatible_pairs=(("x", "y"),)))
    exam = replace(
        LAB, bookings=Known((held(BOOKED.number, items=("y",)), held("2", date(2026, 11, 26), items=("y",))))
    )
    assert word(ask(replace(CHANGE, new=exam), CHANGE_IT, policy=pairs)) == "accepted"


def test_nobody_ends_with_none_while_staff_review() -> None:  # rules E3, E4
    found = effects(ask(CHANGE, CHANGE_IT, policy=Policy(changing=ChangingPolicy(reviewed_by_staff=True))))
    assert KeepPlace() in found
    assert ForStaff(Work.REVIEW_CHANGE) in found
    assumed = effects(ask(replace(CHANGE, old=UNSURE), CHANGE_IT, policy=Policy(unknown=ALL_ASSUMED)))
    assert KeepPlace() in assumed
    assert not any(isinstance(it, FreePlace) for it in (*found, *assumed))


def test_what_a_change_counts_as() -> None:  # rules E3, F4, F6
    told = replace(CHANGE_IT, is_warned=True)
    for scheme, now_ms, counted in [
        (Scheme.POINTS, LATE, [RecordAct(Act.CANCELLED_LATE)]),
        (Scheme.POINTS, NOW, []),
        (Scheme.ALLOWANCE, NOW, [RecordAct(Act.CHANGED)]),
    ]:
        found = effects(ask(CHANGE, told, now_ms, Policy(credit=CreditPolicy(scheme=scheme))))
        assert [it for it in found if isinstance(it, RecordAct)] == counted
    stopped = replace(CHANGE, old=replace(BOOKED, changes=Known(9), session=Known(SessionNow(is_stopped=True))))
    found = effects(ask(stopped, CHANGE_IT, LATE, Policy(credit=POINTS)))
    assert not any(isinstance(it, RecordAct | FreePlace) for it in found)
    fault = replace(CHANGE, old=replace(BOOKED, was_our_fault=True))
    found = effects(ask(fault, CHANGE_IT, LATE, Policy(credit=POINTS)))
    assert not any(isinstance(it, RecordAct) for it in found)
