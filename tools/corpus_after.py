"""Cases of the rules about change, cancelling, trust, the day of the visit (E to G). One function a rule draws one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from booking.credit import Act, Arrived, Blacklisted, Entry, Ledger, Record, Reinstated, account_of
from booking.decide import commands
from booking.decide.check_in import CheckInFacts, check_in_window
from booking.decide.clock import MINUTE_MS, days_on, today
from booking.decide.confirm import due_ms, grace_ends_ms
from booking.decide.given import (
    CHINA,
    Acting,
    BookingFacts,
    ChangeFacts,
    Order,
    Place,
    Screened,
    ScreenFacts,
    SessionNow,
    Waiting,
)
from booking.decide.standing import standing_of
from booking.decide.terms import free_until_ms
from booking.facts import UNKNOWN, Known
from booking.policy import Clinic
from booking.roster import BookingState, Slot
from booking.roster.channels import Channel
from booking.roster.plans import ClinicKind
from tools.corpus_form import Asked, Lacks
from tools.corpus_world import World

_HOUR_MS = 60 * MINUTE_MS


def _deadline_ms(world: World, name: str, facts: BookingFacts) -> int:
    """About the end of free cancelling; about the place's start where there is none."""
    deadline_ms = free_until_ms(world.policies[name], facts.place, facts.zone)
    start_ms = facts.place.starts_ms
    return world.edge(start_ms if deadline_ms is None else world.one(deadline_ms, deadline_ms, start_ms))


def cancelling(world: World) -> Asked:
    """About the deadline.  # rule E1"""
    name, zone = world.policy(), world.zone()
    facts = world.held(name, world.place(name, zone=zone), zone=zone)
    command = commands.Cancel(world.channel(), is_warned=not world.maybe())
    return Asked(name, command, facts, _deadline_ms(world, name, facts), world.one(*Lacks))


def freed(world: World) -> Asked:
    """Who gets the place.  # rule E2"""
    name = world.policy()
    waiting = world.seldom(UNKNOWN, Known(Waiting(people=world.one(0, 1, 9))))
    facts = world.held(name, waiting=waiting, acting=world.one(*Acting, Acting.SELF))
    command = commands.Cancel(world.channel(), is_warned=True)
    return Asked(name, command, facts, facts.place.starts_ms - 72 * _HOUR_MS)


def changing(world: World) -> Asked:
    """Another place in one step.  # rule E3"""
    name = world.policy()
    new = world.place(name)
    old = world.held(name, replace(world.place(name), service_date=new.service_date), is_paid=world.maybe())
    if world.maybe(of=2):  # the same day, so that the limits would count the old one
        old = replace(
            old, place=replace(new, starts_ms=new.starts_ms + 2 * _HOUR_MS, ends_ms=new.ends_ms + 2 * _HOUR_MS)
        )
    others = world.others(new) if world.maybe() else ()
    new_facts = world.asked_for(name, new, bookings=Known(others), instead_of=world.one("", old.number))
    facts = ChangeFacts(old, new_facts)
    command = commands.Change(world.channel(), notice_shown=not world.maybe(of=8), is_warned=not world.maybe())
    return Asked(name, command, facts, world.open_ms(name, new), world.one(*Lacks))


def changed_often(world: World) -> Asked:
    """So many changes.  # rule E4"""
    name = world.policy()
    new, most = world.place(name), world.policies[name].changing.most
    place = replace(new, service_date=days_on(new.service_date, 1), starts_ms=new.starts_ms + 24 * _HOUR_MS)
    place = replace(place, ends_ms=new.ends_ms + 24 * _HOUR_MS, session_ends_ms=None)
    session = SessionNow(is_stopped=world.maybe(of=6))
    old = world.held(name, place, changes=Known(most + world.one(-1, 0, 0, 1)), session=Known(session))
    command = commands.Change(world.channel(), is_warned=True)
    facts = ChangeFacts(old, world.asked_for(name, new))
    return Asked(name, command, facts, world.open_ms(name, new), world.one(*Lacks))


def medical_grounds(world: World) -> Asked:
    """A doctor moves or cancels a booking.  # rule E5"""
    name = world.policy()
    facts = world.held(name, state=Known(world.one(*BookingState, BookingState.BOOKED)), is_paid=world.maybe())
    reason = world.seldom("", "病情需要")
    move = commands.MoveOnMedicalGrounds(is_their_doctor=not world.maybe(), reason=reason)
    cancel = commands.Cancel(world.channel(), commands.By.DOCTOR, reason)
    now_ms = world.edge(facts.place.starts_ms)
    return Asked(name, world.any_of(move, move, cancel), facts, now_ms, world.one(*Lacks))


def _ledger(world: World, day: date) -> Ledger:
    """What a person did in the months before this day, and what staff did."""
    records: list[Record] = []
    for no in range(world.one(1, 2, 3, 4, 6)):
        before = world.one(0, 1, 29, 30, 31, 88, 89, 90, 91, 92, 120, 366)
        done = days_on(day, -before)
        act = world.one(*Act, Act.NO_SHOW, Act.NO_SHOW, Act.CANCELLED_LATE)
        records.append(Entry(id=f"e{no}", day=done, at_ms=no, act=act, booking=f"b{no}", provisional=world.maybe()))
        if world.maybe(of=8):
            records.append(Arrived(id=f"a{no}", day=day, at_ms=no, booking=f"b{no}"))
    if world.maybe(of=8):
        records.append(Blacklisted(id="l", day=day, at_ms=90))
    if world.maybe(of=8):
        records.append(Reinstated(id="r", day=days_on(day, -world.one(0, 10)), at_ms=99))
    return Ledger(tuple(records))


def trust(world: World) -> Asked:
    """Suspended, restricted, short of bookings: as the ledger says.  # rules F1, F2, F6"""
    name = world.policy("trust-points", "strict-daily", "slotted", "city-platform", *world.policies)
    policy, place = world.policies[name], world.place(name)
    channel = world.one(*Channel, Channel.WINDOW, Channel.KIOSK)
    is_walk_in = world.maybe(of=3)
    now_ms = place.starts_ms if is_walk_in else world.open_ms(name, place)
    day = today(now_ms, CHINA)
    standing = standing_of(account_of(policy.credit, _ledger(world, day), day))
    if world.maybe():
        standing = world.standing(day)
    facts = world.asked_for(name, place, standing=Known(standing))
    command = commands.WalkIn(channel) if is_walk_in else commands.Book(channel)
    return Asked(name, command, facts, now_ms, world.one(*Lacks))


def our_fault(world: World) -> Asked:
    """What never costs.  # rule F4"""
    name = world.policy()
    facts = world.held(
        name,
        was_assumed=world.maybe(),
        was_our_fault=world.maybe(),
        is_excused=world.maybe(),
        session=Known(SessionNow(is_stopped=world.maybe())),
    )
    cancel = commands.Cancel(world.channel(), is_warned=True)
    command = world.any_of(cancel, commands.RecordNoShow(), commands.Lapse())
    now_ms = facts.place.starts_ms - _HOUR_MS if command is cancel else facts.place.closes_ms + 1
    return Asked(name, command, facts, now_ms, world.one(*Lacks))


def warning(world: World) -> Asked:
    """Told what it costs.  # rule F5"""
    name = world.policy("trust-points", *world.policies)
    facts = world.held(name, was_our_fault=world.maybe(of=8))
    is_warned = world.maybe(of=2)
    now_ms = _deadline_ms(world, name, facts)
    if world.maybe(of=3):
        new = world.asked_for(name, replace(facts.place, department="eyes"))
        return Asked(name, commands.Change(world.channel(), is_warned=is_warned), ChangeFacts(facts, new), now_ms)
    return Asked(name, commands.Cancel(world.channel(), is_warned=is_warned), facts, now_ms)


def _check_in(world: World, place: Place, now_ms: int) -> CheckInFacts:
    state = world.one(*(BookingState.BOOKED, BookingState.CONFIRMED) * 9, *BookingState)
    return CheckInFacts(
        Slot(world.dice.randrange(1, 90), place.starts_ms, place.ends_ms),
        place.service_date.isoformat(),
        today(now_ms, CHINA).isoformat(),
        Known(state),
        state,
        session_ends_ms=place.session_ends_ms,
        screening=Known(Screened(now_ms - _HOUR_MS)),
        has_priority=world.maybe(),
    )


def checking_in(world: World) -> Asked:
    """About the window.  # rules G1, G2, G3"""
    name = world.policy("two-day", "general, requeue", *world.policies)
    place = world.place(name)
    slot = Slot(1, place.starts_ms, place.ends_ms)
    opens_ms, closes_ms = check_in_window(world.policies[name], slot, service_date=place.service_date)
    now_ms = world.edge(world.one(opens_ms, closes_ms, closes_ms, place.closes_ms))
    return Asked(name, commands.CheckIn(), _check_in(world, place, now_ms), now_ms)


def bands(world: World) -> Asked:
    """Where in the queue.  # rule G3"""
    name = world.policy()
    place = world.place(name, kind=world.one(ClinicKind.GENERAL, ClinicKind.LABORATORY))
    person = world.person(age=world.one(30, 65, 66, 80), is_referred=world.maybe())
    order = Order(items=("glucose",), is_urgent=world.maybe(of=2))
    facts = world.asked_for(name, place, person=Known(person), order=Known(order))
    return Asked(name, commands.WalkIn(world.one(Channel.WINDOW, Channel.KIOSK)), facts, place.starts_ms)


def walking_in(world: World) -> Asked:
    """For today's places.  # rule G4"""
    name = world.policy()
    place = world.place(name)
    settings = world.policies[name].walk_in
    opens_ms = place.starts_ms - 12 * _HOUR_MS
    now_ms = world.edge(world.one(place.closes_ms - settings.ends_before_min * MINUTE_MS, place.starts_ms, opens_ms))
    channel = world.one(*(Channel.KIOSK, Channel.WINDOW, Channel.GUIDE_DESK) * 6, *Channel)
    return Asked(name, commands.WalkIn(channel), world.asked_for(name, place), now_ms, world.one(*Lacks))


def screening(world: World) -> Asked:
    """Findings, and who has to be screened first.  # rule G5"""
    name = world.policy("service-hall", "general, screened", "service-hall, assuming", "general")
    settings = world.policies[name].screening
    place = world.place(name)
    if world.maybe(of=2):
        command = commands.Screen(
            world.one(Channel.KIOSK, Channel.GUIDE_DESK),
            settings.fever_from_tenths_c + world.one(-5, -1, 0, 1),
            world.one(None, settings.fever_from_tenths_c + world.one(-1, 0)),
            had_contact=world.maybe(of=6),
            has_respiratory_complaint=world.maybe(of=6),
            has_intestinal_complaint=world.maybe(),
        )
        return Asked(name, command, ScreenFacts(), place.starts_ms)
    now_ms = place.starts_ms
    taken_ms = world.edge(now_ms - settings.valid_min * MINUTE_MS)
    found = world.one(None, Screened(taken_ms), Screened(taken_ms), Screened(now_ms, world.one(*Clinic)))
    screened = world.seldom(UNKNOWN, Known(found), of=6)
    if world.maybe(of=2):
        facts = replace(_check_in(world, place, now_ms), screening=screened)
        return Asked(name, commands.CheckIn(), facts, now_ms)
    walk_in = commands.WalkIn(world.one(Channel.KIOSK, Channel.WINDOW, Channel.COMMUNITY))
    return Asked(name, walk_in, world.asked_for(name, place, screening=screened), now_ms)


def retriage(world: World) -> Asked:
    """Another department.  # rule G6"""
    name = world.policy()
    facts = world.held(name, state=Known(world.one(*BookingState, *(BookingState.CHECKED_IN,) * 12)))
    command = commands.Retriage(world.one("internal", "surgery", "eyes"), has_right=not world.maybe())
    return Asked(name, command, facts, facts.place.starts_ms, world.one(*Lacks))


def missing(world: World) -> Asked:
    """Not here, never came, had come after all.  # rule G9"""
    name = world.policy(*("general, prepaid",) * 8, "two-day", *world.policies)
    not_here = (
        BookingState.BOOKED,
        (commands.EndGrace(), commands.EndGrace(), commands.RecordNoShow(), commands.Lapse()),
    )
    usual = world.any_of(
        not_here,
        not_here,
        (BookingState.CHECKED_IN, (commands.UndoCheckIn(has_right=not world.maybe(), reason=world.one("", "误操作")),)),
        (world.one(BookingState.NO_SHOW, BookingState.LAPSED), ()),
    )
    state = world.one(*(usual[0],) * 60, *BookingState)
    off_line = world.seldom(UNKNOWN, Known(value=world.maybe()), of=8)
    facts = world.held(name, state=Known(state), terminals_off_line=off_line, is_excused=world.maybe(of=6))
    policy, place = world.policies[name], facts.place
    grace_ms = grace_ends_ms(policy, facts)
    taken_ms = world.edge(world.one(grace_ms, place.closes_ms))
    command = world.any_of(*(usual[1] or (commands.DeliverCheckIn(taken_ms),)))
    due = due_ms(policy, facts)
    at_ms = due[0] if isinstance(command, commands.Lapse) and due is not None else world.one(grace_ms, place.closes_ms)
    return Asked(name, command, facts, world.edge(at_ms), world.one(*Lacks))


AFTER: dict[str, Callable[[World], Asked]] = {
    "E1": cancelling,
    "E2": freed,
    "E3": changing,
    "E4": changed_often,
    "E5": medical_grounds,
    "F1-F2-F6": trust,
    "F4": our_fault,
    "F5": warning,
    "G1-G2": checking_in,
    "G3": bands,
    "G4": walking_in,
    "G5": screening,
    "G6": retriage,
    "G9": missing,
}
"""Rule or rules -> what draws a question about them."""
