"""Booking a place: what follows when it is accepted, and every reason that refuses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from booking.decide import Refused, commands
from booking.decide.effects import (
    Await,
    EnterState,
    ForStaff,
    Message,
    Pool,
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
)
from booking.facts import Known
from booking.policy import (
    CancellingPolicy,
    Channel,
    ChannelRights,
    ChannelsPolicy,
    Confirmation,
    ConfirmationPolicy,
    DayMinute,
    FreeUntil,
    LimitsPolicy,
    NoticePolicy,
    OrdersPolicy,
    PaymentPolicy,
    PeoplePolicy,
    Policy,
    Prepayment,
    PriorityGroup,
    ScreeningPolicy,
    WindowPolicy,
)
from booking.roster import BookingState
from booking.roster.plans import ClinicKind
from tests.unit.booking.acts import (
    BOOK,
    FACTS,
    LAB,
    NOW,
    ask,
    at,
    effects,
    held,
    on_clock,
    person,
    place,
    states,
    word,
)


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
        (Free(1, 1, 1), Person(age=66), Pool.RESERVED),
        (Free(1, 1, 1), Person(age=65), Pool.CHANNEL),
    ],
)
def test_the_pool_that_a_place_is_taken_from(free: Free, who: Person, pool: Pool) -> None:  # rules C5, C8, D8
    assert effects(ask(replace(FACTS, free=Known(free), person=Known(who)), BOOK))[0] == TakePlace(pool)


@pytest.mark.parametrize(
    ("groups", "pool"),
    [({PriorityGroup.ELDER}, Pool.RESERVED), (set(PriorityGroup) - {PriorityGroup.ELDER}, Pool.CHANNEL)],
)
def test_age_gives_priority_only_where_the_old_have_it(groups: set[PriorityGroup], pool: Pool) -> None:  # rule C8
    policy = Policy(priority=replace(Policy().priority, groups=tuple(groups)))
    wanted = replace(FACTS, free=Known(Free(1, 1, 1)), person=Known(Person(age=90)))
    assert effects(ask(wanted, BOOK, policy=policy))[0] == TakePlace(pool)


def test_a_referral_goes_first_only_where_the_hospital_says_so() -> None:  # rule D8
    policy = Policy(priority=replace(Policy().priority, referred_first=False))
    wanted = replace(FACTS, free=Known(Free(1, 1, 1)), person=Known(Person(is_referred=True)))
    assert effects(ask(wanted, BOOK, policy=policy))[0] == TakePlace(Pool.CHANNEL)


def test_a_channel_that_closes_as_it_opens_is_open_for_that_instant() -> None:  # rule B2
    policy = Policy(channels=ChannelsPolicy(kiosk=ChannelRights(opens=DayMinute(600), closes=DayMinute(600))))
    asked = [word(ask(FACTS, BOOK, at(date(2026, 11, 23), 10) + ms, policy)) for ms in (-1, 0, 1)]
    assert asked == ["channel_closed", "accepted", "channel_closed"]


def test_a_short_rush_has_turns_too() -> None:  # rule C7
    early = ChannelsPolicy(phone=ChannelRights(opens=DayMinute(0)))
    policy, by_phone = Policy(window=WindowPolicy(rush_min=1), channels=early), replace(BOOK, channel=Channel.PHONE)
    waiting, opens_ms = replace(FACTS, turn=Known(value=False)), at(date(2026, 11, 18), 7)
    asked = [word(ask(waiting, by_phone, opens_ms + ms, policy)) for ms in (0, 59_999, 60_000)]
    assert asked == ["wait_for_turn", "wait_for_turn", "accepted"]


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


def test_where_another_system_owns_the_session_it_has_to_confirm() -> None:  # rule D4
    theirs = ask(replace(FACTS, place=place(owner_confirms=True)), BOOK)
    assert (states(theirs), Tell(Message.PENDING) in effects(theirs)) == ([BookingState.PENDING], True)
    assert Await(NOW + Policy().confirmation.within_min * 60_000) in effects(theirs)
    assert not [it for it in effects(ask(FACTS, BOOK)) if isinstance(it, Await)]


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
    (
        "channel_off",
        FACTS,
        BOOK,
        NOW,
        Policy(channels=ChannelsPolicy(kiosk=ChannelRights(on=False, may_book=False))),
    ),
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
    (
        "accepted",
        replace(LAB, order=Known(Order(("a",), unpaid=("a",)))),
        BOOK,
        NOW,
        Policy(orders=OrdersPolicy(must_be_paid=False)),
    ),
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
        "order_booked",
        replace(
            LAB, order=Known(Order(("a", "b"), id="1")), bookings=Known((replace(held("1", items=("b",)), order="1"),))
        ),
        BOOK,
        NOW,
        Policy(),
    ),
    (
        "accepted",
        replace(
            LAB, order=Known(Order(("a",), id="1")), bookings=Known((replace(held("1", items=("b",)), order="1"),))
        ),
        BOOK,
        NOW,
        Policy(),
    ),
    (
        "accepted",
        replace(
            LAB, order=Known(Order(("a",), id="2")), bookings=Known((replace(held("1", items=("a",)), order="1"),))
        ),
        BOOK,
        NOW,
        Policy(),
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


@pytest.mark.parametrize(("ms", "wanted"), [(0, "accepted"), (1, "channel_closed"), (1000, "channel_closed")])
def test_the_closing_minutes_first_instant_still_counts(ms: int, wanted: str) -> None:  # rule B2
    assert word(ask(FACTS, BOOK, at(date(2026, 11, 23), 17) + ms)) == wanted


def test_a_closed_channel_says_when_it_opens() -> None:  # rule B2
    for day, hour, opens in [(23, 7, "2026-11-23 08:00"), (23, 18, "2026-11-24 08:00")]:
        decision = ask(FACTS, BOOK, at(date(2026, 11, day), hour))
        assert isinstance(decision, Refused)
        assert decision.facts.opens_ms is not None
        assert on_clock(decision.facts.opens_ms) == opens


@pytest.mark.parametrize("kind", list(ClinicKind))
def test_which_kinds_of_session_need_a_doctors_order(kind: ClinicKind) -> None:  # rules C2, D11
    examinations = {"laboratory", "radiology", "ultrasound", "ecg", "blood_draw"}
    wanted = "order_needed" if kind.value in examinations else "accepted"
    assert word(ask(replace(FACTS, place=place(kind=kind)), BOOK)) == wanted
