"""Cases of the rules about booking (D). One function a rule draws one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from booking.decide import commands
from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.confirm import due_ms
from booking.decide.given import (
    Acting,
    Free,
    Held,
    Order,
    RequestFacts,
    RequestState,
    Standing,
    Waiting,
)
from booking.decide.orders import EXAMINATIONS
from booking.decide.when import cut_off_ms
from booking.facts import Known
from booking.roster import BookingState
from booking.roster.channels import Channel
from tools.corpus_form import Asked, Lacks
from tools.corpus_wishes import a_booking, for_a_place, where_full
from tools.corpus_world import World

_HOUR_MS = 60 * MINUTE_MS
_EXAMINATIONS = tuple(sorted(EXAMINATIONS))


def cut_off(world: World) -> Asked:
    """About the cut-off.  # rule D1"""
    soon = ("slotted", "examinations", "service-hall", "two-day", "specialist-web", "province-platform")
    name, zone = world.policy(*soon, *soon, *world.policies), world.zone()
    place = world.place(name, zone=zone)
    now_ms = world.edge(cut_off_ms(world.policies[name], place, zone))
    channel = world.awake(name, now_ms, zone)
    command = world.any_of(a_booking(world, channel=channel), commands.JoinWaitingList(channel))
    return Asked(name, command, where_full(world.asked_for(name, place, zone=zone), command), now_ms)


def horizon(world: World) -> Asked:
    """The first and the last day, and follow-ups.  # rule D2"""
    name, zone = world.policy(), world.zone()
    policy, place = world.policies[name], world.place(name, zone=zone)
    days = world.one(policy.window.earliest_days, policy.roster.release.opens.days_before)
    is_follow_up = world.maybe(of=2)
    if is_follow_up and world.maybe(of=2):
        days = policy.window.follow_up_latest_days
    now_ms = instant(days_on(place.service_date, -days + world.one(-1, 0, 1)), world.one(0, 480, 600, 1019, 1439), zone)
    facts = world.asked_for(name, place, zone=zone, person=Known(world.person(is_follow_up=is_follow_up)))
    return Asked(name, a_booking(world, channel=world.awake(name, now_ms, zone)), facts, now_ms)


def limits(world: World) -> Asked:
    """What else the person has.  # rule D3"""
    name = world.policy()
    place = world.place(name)
    standing = Standing(allowance_lost=world.one(0, 0, 1, 2))
    facts = world.asked_for(name, place, bookings=Known(world.others(place)), standing=Known(standing))
    command = for_a_place(world)
    now_ms = place.starts_ms if isinstance(command, commands.WalkIn) else world.open_ms(name, place)
    return Asked(name, command, where_full(facts, command), now_ms, world.one(*Lacks))


def confirmation(world: World) -> Asked:
    """Who confirms until when, and what lapses.  # rule D4"""
    name = world.policy("general, confirm", "trust-points, confirm", "province-platform", *world.policies)
    place = world.place(name, owner_confirms=world.maybe(of=3))
    by = world.one(*commands.By)
    if name.endswith(", confirm") or (name == "province-platform" and not world.maybe()):
        by = commands.By.HOSPITAL if name == "province-platform" else commands.By.PATIENT
    usual = BookingState.PENDING if by is commands.By.OWNER_SYSTEM else BookingState.BOOKED
    facts = world.held(name, place, state=Known(world.one(*BookingState, *(usual,) * 12)))
    edge_ms = facts.booked_ms + world.policies[name].confirmation.within_min * MINUTE_MS
    command = world.any_of(commands.Lapse(), commands.Confirm(by), commands.Confirm(by))
    return Asked(name, command, facts, world.edge(edge_ms), world.one(*Lacks))


def reminders(world: World) -> Asked:
    """What is told when.  # rule D5"""
    name = world.policy()
    place = world.place(name)
    now_ms = world.open_ms(name, place)
    return Asked(name, a_booking(world), world.asked_for(name, place), world.edge(now_ms))


def waiting(world: World) -> Asked:
    """The waiting list.  # rule D6"""
    name = world.policy()
    place = world.place(name)
    longest = world.policies[name].waiting_list.longest
    free = world.one(Free(), Free(), Free(reserved=1), Free(in_pool=1))
    queue = Waiting(people=world.one(0, longest - 1, longest, longest + 1), is_on_it=world.maybe(of=6))
    facts = world.asked_for(name, place, free=Known(free), waiting=Known(queue))
    command = commands.JoinWaitingList(world.channel())
    return Asked(name, command, facts, world.open_ms(name, place), world.one(*Lacks))


def referral(world: World) -> Asked:
    """A family doctor's patient.  # rule D8"""
    name = world.policy()
    place = world.place(name)
    person = world.person(is_referred=not world.maybe(), acting=Acting.SELF)
    facts = world.asked_for(name, place, person=Known(person), free=Known(world.one(Free(0, 0, 1), Free(1, 0, 1))))
    command = world.any_of(a_booking(world, channel=Channel.COMMUNITY), for_a_place(world))
    now_ms = place.starts_ms if isinstance(command, commands.WalkIn) else world.open_ms(name, place)
    return Asked(name, command, facts, now_ms)


def payment(world: World) -> Asked:
    """Holds, prepayment and refunds.  # rule D9"""
    name = world.policy("general, prepaid", "general, prepaid", "examinations", *world.policies)
    place = world.place(name)
    if world.maybe(of=3):
        return Asked(name, a_booking(world), world.asked_for(name, place), world.open_ms(name, place))
    facts = world.held(name, place, is_paid=world.maybe(of=2))
    due = due_ms(world.policies[name], facts)
    if due is not None and world.maybe(of=2):
        return Asked(name, commands.Lapse(), facts, world.edge(due[0]))
    cancel = commands.Cancel(world.channel(), is_warned=True)
    return Asked(name, cancel, facts, place.starts_ms - 48 * _HOUR_MS)


def notice(world: World) -> Asked:
    """Told before.  # rule D10"""
    name = world.policy()
    place = world.place(name)
    channel, is_shown = world.channel(), world.maybe(of=2)
    if world.maybe(of=3):
        command = commands.WalkIn(channel, notice_shown=is_shown)
        return Asked(name, command, world.asked_for(name, place), place.starts_ms)
    book = commands.Book(channel, notice_shown=is_shown)
    return Asked(name, book, world.asked_for(name, place), world.open_ms(name, place))


def orders(world: World) -> Asked:
    """Examinations from an order.  # rule D11"""
    name = world.policy(*("examinations",) * 16, *world.policies)
    place = world.place(name, kind=world.seldom(world.kind(), world.kind(_EXAMINATIONS)))
    order = Order(
        items=world.one(("glucose",), ("abdominal-ultrasound",), ("barium-meal", "glucose"), ("gastroscopy",)),
        unpaid=world.seldom(("glucose",), (), of=6),
        differing=world.seldom(("barium-meal",), (), of=6),
        is_urgent=world.maybe(),
        is_fasting=world.maybe(of=3),
        is_series=world.maybe(of=3),
        preparation_days=world.one(0, 0, 0, 1, 3),
    )
    others: tuple[Held, ...] = ()
    if world.maybe(of=3):
        hour_later = place.starts_ms + _HOUR_MS
        items = (world.one("barium-meal", "gastroscopy"),)
        others = (Held("020000000001", place.service_date, hour_later, hour_later + 1, "eyes", items),)
        if items[0] in order.items:  # then it was booked with this order
            order, others = replace(order, id="7"), (replace(others[0], items=order.items, order="7"),)
    facts = world.asked_for(name, place, order=Known(world.seldom(None, order, of=8)), bookings=Known(others))
    command = world.any_of(a_booking(world), a_booking(world), commands.WalkIn(Channel.WINDOW))
    now_ms = place.starts_ms if isinstance(command, commands.WalkIn) else world.open_ms(name, place)
    return Asked(name, command, facts, now_ms, world.one(*Lacks))


def rest_days(world: World) -> Asked:
    """Booked on a rest day, on the spot.  # rule D12"""
    name = world.policy(*("examinations", "examinations, strict") * 9, *world.policies)
    place = world.place(
        name, kind=world.seldom(world.kind(), world.kind(_EXAMINATIONS)), is_working_day=not world.maybe()
    )
    channel = world.one(Channel.KIOSK, Channel.WINDOW, Channel.GUIDE_DESK, Channel.WEB)
    facts = world.asked_for(name, place, order=Known(Order(items=("glucose",))), today_is_rest_day=not world.maybe())
    return Asked(name, commands.Book(channel), facts, world.open_ms(name, place))


def states(world: World) -> Asked:
    """Every act in every state.  # rule D13"""
    name = world.policy()
    place = world.place(name)
    facts = world.held(name, place, state=Known(world.one(*BookingState)), is_paid=world.maybe())
    channel = Channel.WINDOW
    command = world.any_of(
        commands.Cancel(channel, world.one(*commands.By), world.seldom("", "医生停诊"), is_warned=True),
        commands.Confirm(world.one(*commands.By)),
        commands.Lapse(),
        commands.EndGrace(),
        commands.RecordNoShow(),
        commands.DeliverCheckIn(world.edge(place.starts_ms)),
        commands.UndoCheckIn(has_right=True, reason="误操作"),
        commands.MoveOnMedicalGrounds(is_their_doctor=True, reason="病情"),
        commands.Retriage("surgery", has_right=True),
    )
    return Asked(name, command, facts, world.one(place.starts_ms - 72 * _HOUR_MS, place.starts_ms, place.closes_ms + 1))


def requests(world: World) -> Asked:
    """Matters without slots.  # rule D14"""
    name = world.policy("trust-points, requests", "examinations, strict", *world.policies)
    now_ms = world.place(name).starts_ms
    state = world.one(None, None, RequestState.SUBMITTED, RequestState.UNDER_REVIEW, *RequestState)
    facts = RequestFacts(state, Known(world.seldom(world.odd_person(), world.person())))
    review = commands.Review(
        world.one(*commands.ReviewOutcome),
        reason=world.one("", "床位已满"),
        starts_ms=world.one(None, now_ms - 1, now_ms + 48 * _HOUR_MS),
    )
    return Asked(name, world.any_of(commands.Submit(), commands.Withdraw(), review, review), facts, now_ms)


BOOKING: dict[str, Callable[[World], Asked]] = {
    "D1": cut_off,
    "D2": horizon,
    "D3": limits,
    "D4": confirmation,
    "D5": reminders,
    "D6": waiting,
    "D8": referral,
    "D9": payment,
    "D10": notice,
    "D11": orders,
    "D12": rest_days,
    "D13": states,
    "D14": requests,
}
"""Rule or rules -> what draws a question about them."""
