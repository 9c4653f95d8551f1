"""What an act would cost now.  # rule F5"""

from __future__ import annotations

import pytest

from booking.credit import (
    Act,
    Cause,
    CreditPolicy,
    Ledger,
    Level,
    Moment,
    Planned,
    account_of,
    would_cost,
)

from .records import ALLOWANCE, LENIENT, NOON_MS, POINTS, STRIKES, did, ledger, on

NOW = Moment(on("03-02"), NOON_MS)


def test_in_the_points_scheme_every_cancellation_costs() -> None:
    price = would_cost(POINTS, Ledger(), Planned(Act.CANCELLED, "b", free_until_ms=NOON_MS + 1), NOW)
    assert (price.act, price.cost, price.balance) == (Act.CANCELLED, 2, 10)
    assert (price.would_suspend, price.is_free, price.lapses_on) == (False, False, on("06-02"))
    assert price.free_until_ms is None, "the deadline makes no difference here"


@pytest.mark.parametrize(
    ("planned", "deadline_ms", "act", "cost"),
    [
        (Act.CANCELLED, NOON_MS + 1, Act.CANCELLED, 0),
        (Act.CANCELLED, NOON_MS, Act.CANCELLED, 0),
        (Act.CANCELLED, NOON_MS - 1, Act.CANCELLED_LATE, 1),
        (Act.CANCELLED, None, Act.CANCELLED, 0),
        (Act.CHANGED, NOON_MS, Act.CHANGED, 0),
        (Act.CHANGED, NOON_MS - 1, Act.CANCELLED_LATE, 1),
    ],
)
def test_the_free_deadline_is_itself_in_time(planned: Act, deadline_ms: int | None, act: Act, cost: int) -> None:
    price = would_cost(STRIKES, Ledger(), Planned(planned, "b", free_until_ms=deadline_ms), NOW)
    assert (price.act, price.cost, price.strikes) == (act, cost, cost)
    assert price.free_until_ms == deadline_ms
    assert price.is_free is (cost == 0)


@pytest.mark.parametrize(("act", "cost"), [(Act.NO_SHOW, 1), (Act.LATE, 0)])
def test_staying_away_and_coming_late_have_no_free_deadline(act: Act, cost: int) -> None:
    price = would_cost(STRIKES, Ledger(), Planned(act, "b", free_until_ms=NOON_MS - 1), NOW)
    assert (price.act, price.cost, price.free_until_ms) == (act, cost, None)


def test_the_price_is_that_of_the_act_whatever_another_clock_has_written_behind_it() -> None:
    ahead = ledger(did(Act.NO_SHOW, "03-02", at_ms=NOON_MS + 1))
    assert would_cost(POINTS, ahead, Planned(Act.CANCELLED, "b"), NOW).cost == 2


def test_it_says_that_the_act_would_suspend_and_until_when() -> None:
    lost = ledger(did(Act.NO_SHOW, "01-15"), did(Act.NO_SHOW, "02-10"), did(Act.CANCELLED, "02-11"))
    price = would_cost(POINTS, lost, Planned(Act.CANCELLED, "b"), NOW)
    assert price.suspension is not None
    assert (price.would_suspend, price.level, price.balance) == (True, Level.SUSPENDED, 0)
    assert (price.suspension.last_day, price.suspension.needs_staff) == (on("05-30"), True)
    assert price.lapses_on is None
    assert account_of(POINTS, lost, NOW.day).may_book, "asking changes nothing"


def test_who_is_suspended_pays_nothing_more() -> None:
    lost = ledger(*(did(Act.NO_SHOW, f"02-0{day}") for day in (1, 2, 3)))
    price = would_cost(POINTS, lost, Planned(Act.CANCELLED, "b"), NOW)
    assert (price.cost, price.would_suspend, price.level, price.is_free) == (0, False, Level.SUSPENDED, True)


def test_the_change_that_restricts_is_not_free() -> None:
    changes = ledger(*(did(Act.CHANGED, f"02-2{day}") for day in (1, 2, 3)))
    price = would_cost(ALLOWANCE, changes, Planned(Act.CHANGED, "b"), NOW)
    assert (price.cost, price.would_suspend, price.is_free) == (0, True, False)
    assert price.lapses_on == on("04-01"), "with the restriction"


def test_a_no_show_would_take_a_booking() -> None:
    price = would_cost(ALLOWANCE, Ledger(), Planned(Act.NO_SHOW, "b"), NOW)
    assert (price.cost, price.bookings_off, price.lapses_on) == (1, 1, on("04-01"))


@pytest.mark.parametrize("policy", [POINTS, STRIKES])
def test_a_stopped_clinic_is_cancelled_free_of_charge(policy: CreditPolicy) -> None:
    planned = Planned(Act.CANCELLED, "b", cause=Cause.CLINIC_STOPPED, free_until_ms=0)
    assert would_cost(policy, Ledger(), planned, NOW).is_free


def test_a_lenient_hospital_charges_nothing() -> None:
    assert would_cost(LENIENT, Ledger(), Planned(Act.NO_SHOW, "b"), NOW).is_free
