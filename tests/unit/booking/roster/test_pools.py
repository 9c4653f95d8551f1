"""How a session's places are split, when each pool opens and when what is unused comes back (rules C5, C8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.roster import steps
from booking.roster.channels import Channel
from booking.roster.places import Places, first_free, free_by_pool, unreleased
from booking.roster.pools import (
    COMMON,
    WALK_IN,
    channel_pool,
    opens_ms,
    pools_for_booking,
    pools_for_walking_in,
    reserve_pool,
    returns_ms,
    split,
    spread,
)
from booking.roster.settings import ChannelShare, PriorityPolicy, ReleasePolicy, Reserve, RosterPolicy, SetTime
from booking.roster.slots import SlotRun

SHANGHAI = timezone(timedelta(hours=8))
DAY = date(2026, 11, 23)
KIOSK, WEB, ELDER = channel_pool(Channel.KIOSK), channel_pool(Channel.WEB), reserve_pool("elder")
QUOTAS = (ChannelShare(Channel.KIOSK, Fraction(1, 4)), ChannelShare(Channel.WEB, Fraction(1, 2)))


def policy(share: Fraction = Fraction(1), *, quotas: tuple[ChannelShare, ...] = (), elders: int = 0) -> RosterPolicy:
    return RosterPolicy(
        release=ReleasePolicy(share=share, channels=quotas),
        priority=PriorityPolicy(reserves=(Reserve("elder", elders),)),
    )


def ms(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).timestamp()) * 1000


@pytest.mark.parametrize(
    ("share", "bookable"), [(Fraction(1, 3), 8), (Fraction(1, 2), 12), (Fraction(1), 25), (Fraction(0), 0)]
)
def test_only_the_released_share_may_be_booked(share: Fraction, bookable: int) -> None:  # rule C5
    sizes = split(25, policy(share))
    assert sizes.get(COMMON, 0) == bookable
    assert sizes.get(WALK_IN, 0) == 25 - bookable


def test_what_is_everybodys_is_nobodys_own() -> None:
    assert (COMMON.key, WALK_IN.key) == ("", "")


def test_reserves_come_first_then_channels_then_everybody() -> None:  # rules C5, C8
    assert split(30, policy(Fraction(1, 2), quotas=QUOTAS, elders=3)) == {
        ELDER: 3,
        KIOSK: 3,
        WEB: 6,
        COMMON: 3,
        WALK_IN: 15,
    }


def test_a_reserve_is_never_more_than_there_is() -> None:
    assert split(4, policy(Fraction(1, 2), quotas=QUOTAS, elders=9)) == {ELDER: 2, WALK_IN: 2}


@given(
    st.integers(0, 30),
    st.fractions(0, 1, max_denominator=12),
    st.lists(st.fractions(0, Fraction(1, 3), max_denominator=12), min_size=3, max_size=3),
    st.integers(0, 9),
)
def test_the_pools_are_the_capacity_whatever_the_shares(
    capacity: int, share: Fraction, shares: list[Fraction], elders: int
) -> None:
    channels = (Channel.KIOSK, Channel.WEB, Channel.PHONE)
    quotas = tuple(ChannelShare(*quota) for quota in zip(channels, shares, strict=True))
    sizes = split(capacity, policy(share, quotas=quotas, elders=elders))
    assert sum(sizes.values()) == capacity
    assert all(places > 0 for places in sizes.values())
    row = spread(sizes)
    assert {pool: row.count(pool) for pool in sizes} == sizes
    assert len(row) == capacity


def test_every_pool_has_early_and_late_places() -> None:
    row = spread({COMMON: 6, KIOSK: 2, WALK_IN: 4})
    assert all(pool in row[:6] and pool in row[6:] for pool in (COMMON, KIOSK, WALK_IN))


def test_pools_that_do_not_add_up_are_no_session() -> None:
    with pytest.raises(ValueError, match="add up"):
        unreleased([SlotRun(1, 5, 0, 1)], {COMMON: 4})


def test_who_may_take_from_which_pool() -> None:  # rules C5, C8, G4
    assert pools_for_booking(Channel.KIOSK, ()) == (KIOSK, COMMON)
    assert pools_for_booking(Channel.KIOSK, {"elder", "disabled"}) == (reserve_pool("disabled"), ELDER, KIOSK, COMMON)
    assert pools_for_walking_in(()) == (WALK_IN, COMMON)
    assert pools_for_walking_in({"elder"}) == (ELDER, WALK_IN, COMMON)


def released() -> Places:
    sizes = {ELDER: 1, KIOSK: 2, COMMON: 3}
    return steps.release(unreleased([SlotRun(1, 6, 0, 1)], sizes), sizes)


def test_the_first_free_place_is_the_lowest_of_the_first_pool_that_has_one() -> None:  # rule C6
    places = released()
    numbers = {pool: [one.no for one in places.places if one.pool == pool] for pool in (ELDER, KIOSK, COMMON)}
    assert first_free(places, [WEB, KIOSK, COMMON]) == numbers[KIOSK][0]
    for no in numbers[KIOSK]:
        taken = steps.sell(places, no, UUID(int=no))
        assert isinstance(taken, Places)
        places = taken
    assert first_free(places, [KIOSK, COMMON]) == numbers[COMMON][0]
    assert first_free(places, [KIOSK]) is None
    assert free_by_pool(places) == {ELDER: 1, KIOSK: 0, COMMON: 3}


def test_pools_open_at_their_set_hour() -> None:  # rule C5
    seven_days = RosterPolicy(release=ReleasePolicy(opens=SetTime(7, time(8))))
    assert opens_ms(COMMON, DAY, seven_days, SHANGHAI) == ms(16, 8)
    assert opens_ms(KIOSK, DAY, seven_days, SHANGHAI) == ms(16, 8)
    assert opens_ms(WALK_IN, DAY, seven_days, SHANGHAI) == ms(23, 7)


def test_unused_places_come_back_at_their_set_hour() -> None:  # rules C5, C8
    preset = RosterPolicy()
    assert returns_ms(KIOSK, DAY, preset, SHANGHAI) == ms(22, 11, 30)
    assert returns_ms(ELDER, DAY, preset, SHANGHAI) == ms(23, 7)
    assert returns_ms(COMMON, DAY, preset, SHANGHAI) is None
    assert returns_ms(WALK_IN, DAY, preset, UTC) is None
