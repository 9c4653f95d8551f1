"""Pools (rules C5, C8): how a session's places are split over channels, priority groups, everybody and walk-ins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from enum import StrEnum

from booking.roster.channels import Channel
from booking.roster.days import moment_ms
from booking.roster.settings import RosterPolicy


class PoolKind(StrEnum):
    """For whom a pool's places are."""

    COMMON = "common"
    CHANNEL = "channel"
    RESERVE = "reserve"
    WALK_IN = "walk_in"


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool; channels and priority groups have one each, named by `key`."""

    kind: PoolKind
    key: str = ""


COMMON = Pool(PoolKind.COMMON)
WALK_IN = Pool(PoolKind.WALK_IN)


def channel_pool(channel: Channel) -> Pool:
    """What one channel has for itself.  # rule C5"""
    return Pool(PoolKind.CHANNEL, channel.value)


def reserve_pool(group: str) -> Pool:
    """What one priority group has for itself.  # rule C8"""
    return Pool(PoolKind.RESERVE, group)


def split(capacity: int, policy: RosterPolicy) -> dict[Pool, int]:
    """Each pool's places; together they are the capacity. Parts are rounded down, what is left over is common.

    Of the capacity the released share is for bookings: reserves come out of it first, channels have their parts of the
    rest. What is not released is for walk-ins.
    """
    bookable = int(capacity * policy.release.share)
    sizes: dict[Pool, int] = {}
    left = bookable
    for reserve in policy.priority.reserves:
        sizes[reserve_pool(reserve.group)] = kept = min(reserve.places, left)
        left -= kept
    for_channels = left
    for quota in policy.release.channels:
        sizes[channel_pool(quota.channel)] = part = int(for_channels * quota.share)
        left -= part
    sizes[COMMON] = left
    sizes[WALK_IN] = capacity - bookable
    return {pool: places for pool, places in sizes.items() if places}


def spread(sizes: Mapping[Pool, int]) -> tuple[Pool, ...]:
    """The pool of each place in the order of numbers, spread so that every pool has early and late places."""
    capacity = sum(sizes.values())
    owed = dict.fromkeys(sizes, 0)
    row: list[Pool] = []
    for _ in range(capacity):
        for pool, places in sizes.items():
            owed[pool] += places
        chosen = max(owed, key=lambda pool: owed[pool])
        owed[chosen] -= capacity
        row.append(chosen)
    return tuple(row)


def pools_for_booking(channel: Channel, groups: Collection[str]) -> tuple[Pool, ...]:
    """The pools that somebody may book from, in the order of asking: own reserves, the channel's, everybody's."""
    return (*(reserve_pool(group) for group in sorted(groups)), channel_pool(channel), COMMON)


def pools_for_walking_in(groups: Collection[str]) -> tuple[Pool, ...]:
    """The pools that a walk-in is served from: own reserves, those kept for walk-ins, everybody's.  # rule G4"""
    return (*(reserve_pool(group) for group in sorted(groups)), WALK_IN, COMMON)


def opens_ms(pool: Pool, day: date, policy: RosterPolicy, zone: tzinfo) -> int:
    """When this pool's places of that day are released.  # rule C5"""
    release = policy.release
    return moment_ms(release.walk_in_opens if pool.kind is PoolKind.WALK_IN else release.opens, day, zone)


def returns_ms(pool: Pool, day: date, policy: RosterPolicy, zone: tzinfo) -> int | None:
    """When this pool's unused places of that day become common; None for pools that return nothing.  # rules C5, C8"""
    if pool.kind is PoolKind.CHANNEL:
        return moment_ms(policy.release.returns, day, zone)
    if pool.kind is PoolKind.RESERVE:
        return moment_ms(policy.priority.returns, day, zone)
    return None
