"""What can happen to places, one step at a time, and what is declined (rules C5, C14, E2, E3, H1; sync C4, C5)."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from booking.roster import steps
from booking.roster.channels import Channel
from booking.roster.extras import Allowance, add_on, add_ons_left, overflow
from booking.roster.laws import NumbersBreach, PoolBreach, numbers_breach, pool_breaches
from booking.roster.places import BlockedFor, Extra, ExtraKind, Place, Places, unreleased
from booking.roster.pools import COMMON, Pool, channel_pool
from booking.roster.settings import ExtraPolicy
from booking.roster.slots import SlotRun
from booking.roster.states import SlotState
from booking.roster.steps import Declined, Why

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)
KIOSK, WEB = channel_pool(Channel.KIOSK), channel_pool(Channel.WEB)
OFFICE = Allowance(by="Wang", why="patient from far away")


def done(step: steps.Step) -> Places:
    assert isinstance(step, Places)
    return step


def session(kiosk: int = 0, common: int = 3) -> Places:
    sizes = {KIOSK: kiosk, COMMON: common}
    run = SlotRun(1, kiosk + common, 0, 1)
    return steps.release(unreleased([run], sizes), [KIOSK, COMMON])


def state(places: Places, no: int) -> SlotState:
    place = places.place(no)
    assert place is not None
    return place.state


def pool(places: Places, no: int) -> Pool:
    place = places.place(no)
    assert place is not None
    return place.pool


def test_a_session_without_places_numbers_from_one() -> None:  # rule C14
    assert done(overflow(unreleased((), {}), ONE, OFFICE)).extras[0].no == 1


def test_nothing_is_free_before_its_release() -> None:  # rule C5
    waiting = unreleased([SlotRun(1, 3, 0, 1)], {KIOSK: 1, COMMON: 2})
    assert steps.sell(waiting, 1, ONE) == Declined(Why.NOT_FREE)
    opened = steps.release(waiting, [KIOSK])
    states = {place.pool: place.state for place in opened.places}
    assert states == {KIOSK: SlotState.FREE, COMMON: SlotState.BLOCKED}


def test_a_release_opens_nothing_that_staff_blocked() -> None:
    blocked = done(steps.block(session(), 2))
    assert steps.release(blocked, [COMMON]) == blocked


def test_one_place_is_sold_once() -> None:
    sold = done(steps.sell(session(), 2, ONE))
    assert sold.place(2) == Place(2, COMMON, SlotState.BUSY, holder=ONE)
    assert sold.numbers_given == 1
    assert steps.sell(sold, 2, TWO) == Declined(Why.NOT_FREE)
    assert steps.hold(sold, 2, TWO) == Declined(Why.NOT_FREE)
    assert steps.lease(sold, 2, TWO) == Declined(Why.NOT_FREE)
    assert steps.block(sold, 2) == Declined(Why.NOT_FREE)


@pytest.mark.parametrize("take", [steps.hold, steps.lease])
def test_what_somebody_holds_only_that_one_may_sell(take: object) -> None:
    taken = done(take(session(), 1, ONE))  # type: ignore[operator]  # either step
    assert steps.sell(taken, 1, THREE) == Declined(Why.OTHER_HOLDER)
    assert steps.sell(taken, 1, THREE, held_by=TWO) == Declined(Why.OTHER_HOLDER)
    sold = done(steps.sell(taken, 1, THREE, held_by=ONE))
    assert sold.place(1) == Place(1, COMMON, SlotState.BUSY, holder=THREE)


def test_a_hold_is_given_up_by_its_holder() -> None:  # rule D9
    held = done(steps.hold(session(), 1, ONE))
    assert steps.drop_hold(held, 1, TWO) == Declined(Why.OTHER_HOLDER)
    assert steps.give_back(held, 1, ONE) == Declined(Why.NOT_TAKEN)
    assert steps.drop_hold(held, 1, ONE) == session()


def test_only_the_terminal_that_has_a_place_on_lease_gives_it_back() -> None:  # sync C4
    lent = done(steps.lease(session(), 1, ONE))
    assert steps.give_back(lent, 1, TWO) == Declined(Why.OTHER_HOLDER)
    assert steps.drop_hold(lent, 1, ONE) == Declined(Why.NOT_TAKEN)
    assert steps.give_back(lent, 1, ONE) == session()


def test_a_lease_is_revoked_by_two_people_with_a_reason() -> None:  # sync C4
    lent = done(steps.lease(session(), 1, ONE))
    for by in (("Wang", "Wang"), ("Wang", ""), ("", "Li")):
        assert steps.revoke(lent, 1, ONE, by=by, why="stolen") == Declined(Why.TWO_PEOPLE_NEEDED)
    assert steps.revoke(lent, 1, ONE, by=("Wang", "Li"), why="") == Declined(Why.REASON_MISSING)
    assert steps.revoke(lent, 1, TWO, by=("Wang", "Li"), why="stolen") == Declined(Why.OTHER_HOLDER)
    assert steps.revoke(lent, 1, ONE, by=("Wang", "Li"), why="stolen") == session()


def test_a_timed_return_leaves_lent_places_out() -> None:  # rule C5, sync C4
    places = session(kiosk=4, common=0)
    places = done(steps.lease(places, 1, ONE))
    places = done(steps.hold(places, 2, TWO))
    places = done(steps.sell(places, 3, THREE))
    returned = steps.return_to_common(places, KIOSK)
    assert [pool(returned, no) for no in (1, 2, 3, 4)] == [KIOSK, KIOSK, KIOSK, COMMON]
    assert [state(returned, no) for no in (1, 2, 3)] == [SlotState.LEASED, SlotState.HELD, SlotState.BUSY]
    assert returned.quotas == {KIOSK: 3, COMMON: 1}
    assert steps.return_to_common(returned, KIOSK) == returned


def test_what_becomes_free_after_its_pools_return_is_common() -> None:  # rule E2
    places = done(steps.lease(session(kiosk=2, common=0), 1, ONE))
    places = done(steps.sell(places, 2, TWO))
    returned = steps.return_to_common(places, KIOSK)
    given_back = done(steps.give_back(returned, 1, ONE))
    assert (pool(given_back, 1), given_back.quotas) == (COMMON, {KIOSK: 1, COMMON: 1})
    cancelled = done(steps.free(given_back, 2))
    assert (pool(cancelled, 2), cancelled.quotas) == (COMMON, {KIOSK: 0, COMMON: 2})


def test_places_that_nobody_released_return_with_their_pool() -> None:
    waiting = unreleased([SlotRun(1, 2, 0, 1)], {KIOSK: 1, COMMON: 1})
    returned = steps.return_to_common(waiting, KIOSK)
    assert returned.quotas == {KIOSK: 0, COMMON: 2}
    assert steps.release(returned, [COMMON]).places == session(common=2).places


def test_the_common_pool_has_nowhere_to_return_to() -> None:
    places = session(kiosk=1)
    assert steps.return_to_common(places, COMMON) == places
    assert steps.return_to_common(places, channel_pool(Channel.WEB)) == places


def test_a_cancelled_place_is_bookable_at_once_in_its_channel() -> None:  # rule E2
    sold = done(steps.sell(session(kiosk=1, common=0), 1, ONE))
    assert done(steps.free(sold, 1)) == session(kiosk=1, common=0)


def test_a_number_on_paper_stays_given() -> None:
    printed = done(steps.mark_printed(done(steps.sell(session(), 1, ONE)), 1))
    cancelled = done(steps.free(printed, 1))
    assert (cancelled.numbers_given, cancelled.cancelled_after_print) == (1, 1)
    again = done(steps.free(done(steps.sell(cancelled, 1, TWO)), 1))
    assert (again.numbers_given, again.cancelled_after_print) == (1, 1)


def test_only_a_taken_number_is_printed_or_freed() -> None:
    for step in (steps.mark_printed, steps.free):
        assert step(session(), 1) == Declined(Why.NOT_TAKEN)
        assert step(done(steps.hold(session(), 1, ONE)), 1) == Declined(Why.NOT_TAKEN)


def test_no_step_finds_a_place_that_is_not_there() -> None:
    places, nowhere = session(), Declined(Why.NO_SUCH_PLACE)
    for no in (0, 4):
        assert steps.hold(places, no, ONE) == nowhere
        assert steps.lease(places, no, ONE) == nowhere
        assert steps.sell(places, no, ONE) == nowhere
        assert steps.mark_printed(places, no) == nowhere
        assert steps.free(places, no) == nowhere
        assert steps.give_back(places, no, ONE) == nowhere
        assert steps.block(places, no) == nowhere
        assert steps.unblock(places, no) == nowhere
        assert steps.open_early(places, no) == nowhere
        assert steps.move(places, no, places, [COMMON]) == Declined(Why.NOT_TAKEN)


def test_a_blocked_place_is_put_back_into_use() -> None:
    blocked = done(steps.block(session(), 1))
    assert blocked.place(1) == Place(1, COMMON, SlotState.BLOCKED, blocked_for=BlockedFor.STAFF)
    assert steps.unblock(blocked, 1) == session()
    assert steps.unblock(session(), 1) == Declined(Why.NOT_BLOCKED)
    assert steps.unblock(unreleased([SlotRun(1, 1, 0, 1)], {COMMON: 1}), 1) == Declined(Why.NOT_BLOCKED)
    assert steps.unblock(steps.stop(blocked), 1) == Declined(Why.SESSION_STOPPED)


def test_a_follow_up_opens_one_place_before_its_release() -> None:  # rule D2
    waiting = unreleased([SlotRun(1, 2, 0, 1)], {COMMON: 2})
    opened = done(steps.open_early(waiting, 2))
    assert [state(opened, 1), state(opened, 2)] == [SlotState.BLOCKED, SlotState.FREE]
    assert steps.open_early(opened, 2) == Declined(Why.NOT_BLOCKED)
    assert steps.open_early(steps.stop(waiting), 2) == Declined(Why.NOT_BLOCKED)


def test_added_places_number_on_behind_all_others() -> None:  # rule C3
    places = done(overflow(session(), ONE, OFFICE))
    wider = steps.add_places(places, 2)
    assert [place.no for place in wider.places] == [1, 2, 3, 5, 6]
    assert (wider.quotas[COMMON], wider.capacity, wider.last_no) == (5, 5, 6)
    assert state(wider, 6) is SlotState.FREE
    stopped = steps.add_places(steps.stop(places), 1)
    assert stopped.place(5) == Place(5, COMMON, SlotState.BLOCKED, blocked_for=BlockedFor.STOPPED)


def test_a_stop_blocks_what_nobody_has_and_ends_holds() -> None:  # rule H1
    places = done(steps.sell(session(common=5), 1, ONE))
    places = done(steps.lease(places, 2, TWO))
    places = done(steps.hold(places, 3, THREE))
    places = done(steps.block(places, 4))
    stopped = steps.stop(places)
    assert stopped.place(1) == places.place(1)
    assert stopped.place(2) == places.place(2)
    for no in (3, 4, 5):
        assert stopped.place(no) == Place(no, COMMON, SlotState.BLOCKED, blocked_for=BlockedFor.STOPPED)
    assert steps.release(stopped, [COMMON]) == stopped


def test_what_comes_back_to_a_stopped_session_is_blocked() -> None:  # rule H1
    places = done(steps.lease(done(steps.sell(session(), 1, ONE)), 2, TWO))
    stopped = steps.stop(places)
    blocked = Place(1, COMMON, SlotState.BLOCKED, blocked_for=BlockedFor.STOPPED)
    assert done(steps.free(stopped, 1)).place(1) == blocked
    assert state(done(steps.give_back(stopped, 2, TWO)), 2) is SlotState.BLOCKED
    late_sale = done(steps.sell(stopped, 2, THREE, held_by=TWO))
    assert state(late_sale, 2) is SlotState.BUSY


def test_a_move_takes_the_new_place_before_it_frees_the_old() -> None:  # rules E3, H1
    source = done(steps.sell(session(), 2, ONE))
    target = done(steps.sell(session(), 1, TWO))
    moved = steps.move(source, 2, target, [KIOSK, COMMON])
    assert not isinstance(moved, Declined)
    left, joined, no = moved
    assert (left, no) == (session(), 2)
    assert joined.place(2) == Place(2, COMMON, SlotState.BUSY, holder=ONE)


def test_nobody_ends_with_no_place() -> None:  # rule E3
    source = done(steps.sell(session(), 2, ONE))
    assert steps.move(source, 2, steps.stop(session()), [COMMON]) == Declined(Why.NO_FREE_PLACE)
    assert steps.move(source, 1, session(), [COMMON]) == Declined(Why.NOT_TAKEN)
    held = done(steps.hold(session(), 1, ONE))
    assert steps.move(held, 1, session(), [COMMON]) == Declined(Why.NOT_TAKEN)


def test_a_place_above_capacity_moves_too() -> None:
    source = done(overflow(session(), ONE, OFFICE))
    moved = steps.move(source, 4, session(), [COMMON])
    assert not isinstance(moved, Declined)
    assert moved[0].extras == ()
    assert moved[1].place(1) == Place(1, COMMON, SlotState.BUSY, holder=ONE)


def test_staff_add_places_up_to_the_set_number() -> None:  # rule C14
    two = ExtraPolicy(add_ons_per_session=2)
    places = done(add_on(session(), ONE, OFFICE, two))
    assert places.extras == (Extra(4, ExtraKind.ADD_ON, ONE, "Wang", "patient from far away"),)
    assert (places.capacity, places.numbers_given, add_ons_left(places, two)) == (3, 1, 1)
    places = done(add_on(done(overflow(places, TWO, OFFICE)), THREE, OFFICE, two))
    assert [extra.no for extra in places.extras] == [4, 5, 6]
    assert add_on(places, UUID(int=9), OFFICE, two) == Declined(Why.NO_ADD_ON_LEFT)
    assert add_ons_left(places, ExtraPolicy(add_ons_per_session=1)) == 0
    freed = done(steps.free(places, 4))
    assert add_ons_left(freed, two) == 1
    assert done(add_on(freed, UUID(int=9), OFFICE, two)).last_no == 7


def test_a_place_above_capacity_needs_somebody_and_a_reason() -> None:  # rule C14
    for allowance in (Allowance(by="", why="why"), Allowance(by="Wang", why="")):
        assert add_on(session(), ONE, allowance, ExtraPolicy()) == Declined(Why.REASON_MISSING)
        assert overflow(session(), ONE, allowance) == Declined(Why.REASON_MISSING)


def test_a_stopped_session_takes_nobody_new_but_sends_nobody_away() -> None:  # rules C14, H1
    stopped = steps.stop(session())
    assert add_on(stopped, ONE, OFFICE, ExtraPolicy()) == Declined(Why.SESSION_STOPPED)
    assert len(done(overflow(stopped, ONE, OFFICE)).extras) == 1


def test_a_number_above_capacity_counts_after_its_ticket_is_printed() -> None:
    places = done(overflow(done(overflow(session(), ONE, OFFICE)), TWO, OFFICE))
    places = done(steps.mark_printed(places, 5))
    assert [extra.is_printed for extra in places.extras] == [False, True]
    places = done(steps.free(done(steps.free(places, 4)), 5))
    assert (places.extras, places.numbers_given, places.cancelled_after_print) == ((), 1, 1)


def test_the_laws_name_what_does_not_add_up() -> None:
    places = done(steps.sell(session(kiosk=1), 1, ONE))
    assert pool_breaches(replace(places, quotas={KIOSK: 1, COMMON: 4})) == (PoolBreach(COMMON, 3, 4),)
    assert pool_breaches(replace(places, quotas={COMMON: 3})) == (PoolBreach(KIOSK, 1, 0),)
    lost = replace(places, quotas={**places.quotas, WEB: 2})
    assert pool_breaches(lost) == (PoolBreach(WEB, 0, 2),), "a pool none of whose places is left"
    assert numbers_breach(replace(places, numbers_given=2)) == NumbersBreach(2, 1, 0, 0, 0)
    extra = done(add_on(done(overflow(places, TWO, OFFICE)), THREE, OFFICE, ExtraPolicy()))
    assert numbers_breach(replace(extra, cancelled_after_print=1)) == NumbersBreach(3, 1, 1, 1, 1)
    cancelled = done(steps.free(done(steps.mark_printed(extra, extra.last_no)), extra.last_no))
    everything = done(add_on(cancelled, THREE, OFFICE, ExtraPolicy()))
    assert numbers_breach(everything) is None
    for counted in (1, 2, 3, 5):
        assert numbers_breach(replace(everything, numbers_given=counted)) == NumbersBreach(counted, 1, 1, 1, 1)
