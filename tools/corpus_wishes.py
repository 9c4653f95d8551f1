"""What people ask for most: a place now, a place today, a place that may become free."""

from __future__ import annotations

from dataclasses import replace

from booking.decide import commands
from booking.decide.given import (
    Free,
    PlaceFacts,
)
from booking.facts import Known
from booking.roster.channels import Channel
from tools.corpus_world import World

Wish = commands.Book | commands.JoinWaitingList | commands.WalkIn


def a_booking(world: World, *, channel: Channel | None = None) -> commands.Book:
    """Through this channel or any other."""
    return commands.Book(channel or world.channel(), is_paid=world.maybe(of=3))


def for_a_place(world: World) -> Wish:
    """Whatever somebody may want of a place."""
    channel = world.channel()
    on_the_spot = world.one(Channel.KIOSK, Channel.WINDOW, Channel.GUIDE_DESK, channel)
    wishes: tuple[Wish, ...] = (
        commands.Book(channel),
        commands.WalkIn(on_the_spot),
        commands.JoinWaitingList(channel),
    )
    return world.dice.choice(wishes)


def where_full(facts: PlaceFacts, command: Wish) -> PlaceFacts:
    """Nothing is free where somebody wants to wait."""
    return replace(facts, free=Known(Free())) if isinstance(command, commands.JoinWaitingList) else facts
