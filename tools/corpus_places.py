"""Cases of the rules about people, channels and places (A to C). One function a rule draws one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from booking.decide import commands
from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.given import (
    CHINA,
    Acting,
    Free,
    LookFacts,
    RequestFacts,
    SessionNow,
)
from booking.decide.orders import EXAMINATIONS
from booking.decide.when import released_ms, told_as_ms
from booking.facts import UNKNOWN, Known
from booking.roster.channels import Channel
from tools.corpus_form import Asked, Lacks
from tools.corpus_wishes import a_booking, for_a_place, where_full
from tools.corpus_world import World

_HOUR_MS = 60 * MINUTE_MS
_EXAMINATIONS = tuple(sorted(EXAMINATIONS))


def people(world: World) -> Asked:
    """Who asks, with something missing.  # rules A1, A2, A3, A5"""
    name = world.policy(*("general, strict people",) * 9, "general, requeue", *world.policies)
    place = world.place(name)
    person = world.odd_person()
    if world.maybe(of=6):
        request = RequestFacts(person=world.seldom(UNKNOWN, Known(person)))
        return Asked(name, commands.Submit(), request, world.open_ms(name, place))
    command = for_a_place(world)
    now_ms = place.starts_ms if isinstance(command, commands.WalkIn) else world.open_ms(name, place)
    facts = world.asked_for(name, place, person=world.seldom(UNKNOWN, Known(person), of=10))
    return Asked(name, command, where_full(facts, command), now_ms, world.one(*Lacks))


def eyes(world: World) -> Asked:
    """Who may see.  # rule A4"""
    facts = LookFacts(world.one(*Acting), world.maybe(of=2), world.maybe(of=2), world.maybe(of=2))
    command = commands.Look(exports=world.maybe(of=2), for_third_party=world.maybe(of=3))
    return Asked(world.policy("general", "general, requeue"), command, facts, 0)


def channels(world: World) -> Asked:
    """What each channel may do.  # rule B1"""
    name = world.policy("general, channels", "general, channels", *world.policies)
    channel = world.one(*Channel, Channel.APP, Channel.WEB, Channel.KIOSK)
    place = world.place(name)
    if world.maybe(of=3):
        return Asked(
            name, commands.Cancel(channel, is_warned=True), world.held(name, place), place.starts_ms - _HOUR_MS
        )
    command = world.any_of(commands.Book(channel), commands.WalkIn(channel), commands.JoinWaitingList(channel))
    return Asked(name, command, world.asked_for(name, place), world.open_ms(name, place))


def hours(world: World) -> Asked:
    """About the hours of a channel.  # rule B2"""
    name, channel, zone = world.policy(), world.channel(), world.zone()
    place = world.place(name, zone=zone)
    rights = world.policies[name].channels.of(channel)
    day = days_on(place.service_date, -world.one(0, 1, 2, 3))
    now_ms = world.edge(instant(day, world.one(rights.opens, rights.closes), zone))
    return Asked(name, a_booking(world, channel=channel), world.asked_for(name, place, zone=zone), now_ms)


def release(world: World) -> Asked:
    """About the release of a day, and the return of a quota.  # rule C5"""
    name, zone = world.policy(), world.zone()
    place = world.place(name, zone=zone)
    policy = world.policies[name]
    returned_ms = told_as_ms(policy.roster.release.returns, place, zone)
    now_ms = world.edge(world.one(released_ms(policy, place, zone), released_ms(policy, place, zone), returned_ms))
    book = a_booking(world, channel=world.awake(name, now_ms, zone))
    return Asked(name, book, world.asked_for(name, place, zone=zone), now_ms, world.one(*Lacks))


def free_places(world: World) -> Asked:
    """What is free.  # rule C6"""
    name = world.policy()
    place = world.place(name)
    free = Free(world.one(0, 0, 1), world.one(0, 0, 1), world.one(0, 0, 1))
    facts = world.asked_for(name, place, free=Known(free))
    return Asked(name, for_a_place(world), facts, world.open_ms(name, place), world.one(*Lacks))


def rush(world: World) -> Asked:
    """In and about a release rush.  # rule C7"""
    name = world.policy("slotted", "slotted, assuming", "slotted, no list", "general")
    policy = world.policies[name]
    place = world.place(name)
    opens_ms = released_ms(policy, place, CHINA)
    now_ms = world.edge(opens_ms + world.one(0, policy.window.rush_min, policy.window.rush_min) * MINUTE_MS)
    facts = world.asked_for(name, place, turn=Known(value=world.maybe(of=2)))
    return Asked(name, commands.Book(world.awake(name, now_ms)), facts, now_ms)


def priority(world: World) -> Asked:
    """Reserved places and who may have them.  # rule C8"""
    name = world.policy()
    place = world.place(name)
    person = world.person(age=world.one(30, 65, 66), grants=world.seldom((), world.grants(place.service_date)))
    free = Free(world.one(0, 0, 0, 1), 0, world.one(1, 1, 0))
    facts = world.asked_for(name, place, person=Known(person), free=Known(free))
    now_ms = world.open_ms(name, place)
    command = for_a_place(world)
    return Asked(name, command, facts, place.starts_ms if isinstance(command, commands.WalkIn) else now_ms)


def off_hours(world: World) -> Asked:
    """Outside working hours.  # rule C11"""
    name = world.policy("service-hall", "trust-points, requests", "service-hall", "general")
    settings = world.policies[name].off_hours
    place = world.place(name, is_working_day=world.maybe(of=2), is_public_holiday=world.maybe(of=6))
    starts_ms = world.edge(instant(place.service_date, world.one(settings.day_begins, settings.day_ends), CHINA))
    place = replace(place, starts_ms=starts_ms, ends_ms=starts_ms + _HOUR_MS, session_ends_ms=None)
    person = world.person(age=world.one(None, 65, 66), grants=world.seldom(world.grants(place.service_date), ()))
    facts = world.asked_for(
        name,
        place,
        person=Known(person),
        working_days_ahead=settings.working_days_ahead + world.one(-1, 0, 0, 1),
    )
    command = commands.BookOffHours(
        world.one(*Channel),
        staff_name=world.seldom("", "李护士", of=8),
        staff_phone="010-1",
        is_prevented=world.maybe(of=3),
    )
    return Asked(name, command, facts, world.open_ms(name, place))


def offered(world: World) -> Asked:
    """A session that is stopped or switched off.  # rules C12, H1"""
    name = world.policy()
    place = world.place(name)
    facts = world.asked_for(name, place, session=Known(world.session()))
    command = for_a_place(world)
    now_ms = place.starts_ms if isinstance(command, commands.WalkIn) else world.open_ms(name, place)
    return Asked(name, command, where_full(facts, command), now_ms, world.one(*Lacks))


def above_capacity(world: World) -> Asked:
    """Add-on places, and exemptions from a limit.  # rule C14"""
    name = world.policy()
    place = world.place(name)
    policy = world.policies[name]
    facts = world.asked_for(
        name,
        place,
        add_ons=policy.roster.extras.add_ons_per_session + world.one(-1, -1, 0, 1),
        exemptions=policy.add_on.exemptions_per_session + world.one(-1, -1, 0, 1),
        bookings=Known(world.seldom(world.others(place), ())),
        session=Known(world.seldom(world.session(), SessionNow())),
    )
    channel, reason = world.one(*Channel, *policy.add_on.channels * 4), world.seldom(" ", "复诊")
    if world.maybe(of=2):
        now_ms = world.one(world.open_ms(name, place), world.edge(place.closes_ms))
        return Asked(name, commands.AddPlace(channel, has_right=not world.maybe(), reason=reason), facts, now_ms)
    exempt = commands.Exempt(channel, has_right=not world.maybe(), reason=reason)
    return Asked(name, exempt, facts, world.open_ms(name, place))


PLACES: dict[str, Callable[[World], Asked]] = {
    "A1-A2-A3-A5": people,
    "A4": eyes,
    "B1": channels,
    "B2": hours,
    "C5": release,
    "C6": free_places,
    "C7": rush,
    "C8": priority,
    "C11": off_hours,
    "C12-H1": offered,
    "C14": above_capacity,
}
"""Rule or rules -> what draws a question about them."""
