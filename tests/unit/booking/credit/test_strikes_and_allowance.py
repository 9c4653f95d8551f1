"""Strikes with their blacklist, the allowance, and settings that no hospital can mean.  # rules F2, F6"""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from booking.credit import (
    Act,
    AllowanceRules,
    AppealRefused,
    Blacklisted,
    CreditPolicy,
    Entry,
    Level,
    LineState,
    Moment,
    Planned,
    PointRules,
    Reinstated,
    StrikeRules,
    Voided,
    WrongSetting,
    account_of,
    would_cost,
    wrong_settings,
)

from .records import ALLOWANCE, EVERY_SCHEME, LENIENT, STRICT, STRIKES, did, ledger, on

NO_SHOWS = tuple(did(Act.NO_SHOW, f"0{month}-10") for month in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("count", "level"),
    list(enumerate([Level.GOOD, Level.GOOD, Level.WARNED, Level.BLACKLISTED, Level.SUSPENDED])),
)
def test_warned_then_blacklisted_then_suspended(count: int, level: Level) -> None:
    it = account_of(STRIKES, ledger(*NO_SHOWS[:count]), on("04-10"))
    assert (it.level, it.strikes, it.balance) == (level, count, None)
    assert it.may_book is (level is not Level.SUSPENDED)


def test_the_blacklist_bars_where_the_hospital_says_so() -> None:
    policy = replace(STRIKES, strikes=replace(STRIKES.strikes, blacklisted_may_book=False))
    assert account_of(policy, ledger(*NO_SHOWS[:2]), on("04-10")).may_book
    barred = account_of(policy, ledger(*NO_SHOWS[:3]), on("04-10"))
    assert (barred.level, barred.may_book, barred.suspension) == (Level.BLACKLISTED, False, None)


def test_a_suspension_of_strikes_ends_by_itself_and_settles_them() -> None:
    assert account_of(STRIKES, ledger(*NO_SHOWS), on("07-08")).level is Level.SUSPENDED
    free = account_of(STRIKES, ledger(*NO_SHOWS), on("07-09"))
    assert (free.level, free.strikes, free.may_book) == (Level.GOOD, 0, True)
    assert {line.state for line in free.lines} == {LineState.SETTLED}


def test_the_strict_variant_suspends_at_the_first_no_show() -> None:
    assert account_of(STRICT, ledger(did(Act.CANCELLED_LATE, "01-10")), on("01-10")).level is Level.GOOD
    assert account_of(STRICT, ledger(NO_SHOWS[0]), on("01-10")).level is Level.SUSPENDED


def test_only_breaches_are_strikes() -> None:
    kept = ledger(did(Act.CANCELLED, "01-10"), did(Act.LATE, "01-11"), did(Act.CHANGED, "01-12"))
    it = account_of(STRIKES, kept, on("01-12"))
    assert (it.strikes, {line.state for line in it.lines}) == (0, {LineState.FREE})


def test_a_strike_lapses_after_twelve_months() -> None:
    it = ledger(did(Act.NO_SHOW, "2025-02-28"), did(Act.NO_SHOW, "2025-06-01"))
    assert account_of(STRIKES, it, on("2026-02-27")).level is Level.WARNED
    assert account_of(STRIKES, it, on("2026-02-28")).level is Level.GOOD


def test_staff_add_to_the_blacklist_and_lift() -> None:
    listed = Blacklisted(id="l", day=on("03-01"), at_ms=1, reason="sold places")
    lifted = Reinstated(id="u", day=on("03-05"), at_ms=1, reason="a mistake")
    assert account_of(STRIKES, ledger(listed), on("02-28")).level is Level.GOOD
    assert account_of(STRIKES, ledger(listed), on("03-01")).level is Level.BLACKLISTED
    assert account_of(STRIKES, ledger(listed, lifted), on("03-04")).level is Level.BLACKLISTED
    assert account_of(STRIKES, ledger(listed, lifted), on("03-05")).level is Level.GOOD
    voided = Voided(id="v", day=on("03-09"), at_ms=1, record="l")
    assert account_of(STRIKES, ledger(listed, voided), on("03-01")).level is Level.GOOD


def test_staff_lift_a_suspension_before_its_end() -> None:
    lifted = Reinstated(id="u", day=on("04-20"), at_ms=1)
    it = account_of(STRIKES, ledger(*NO_SHOWS, lifted), on("04-20"))
    assert (it.level, it.strikes) == (Level.GOOD, 0)


def test_a_no_show_takes_one_booking_off_the_allowance() -> None:
    it = ledger(did(Act.NO_SHOW, "03-01"), did(Act.NO_SHOW, "03-11"), did(Act.CANCELLED_LATE, "03-11"))
    assert account_of(ALLOWANCE, it, on("03-01")).bookings_off == 1
    assert account_of(ALLOWANCE, it, on("03-30")).bookings_off == 2
    assert account_of(ALLOWANCE, it, on("03-31")).bookings_off == 1
    assert account_of(ALLOWANCE, it, on("04-10")).bookings_off == 0
    assert account_of(ALLOWANCE, it, on("03-30")).may_book


def test_frequent_changing_restricts_for_a_set_time_and_says_why() -> None:
    changes = [did(Act.CHANGED, f"03-0{day}", booking="b") for day in (1, 2, 3, 4)]
    assert account_of(ALLOWANCE, ledger(*changes[:3]), on("03-04")).level is Level.GOOD
    it = account_of(ALLOWANCE, ledger(*changes), on("03-04"))
    assert it.suspension is not None
    assert (it.level, it.may_book, it.suspension.because) == (Level.RESTRICTED, False, Act.CHANGED)
    assert it.suspension.last_day == on("04-02")
    assert account_of(ALLOWANCE, ledger(*changes), on("04-03")).may_book


def test_changes_far_apart_do_not_restrict() -> None:
    changes = [did(Act.CHANGED, day) for day in ("03-01", "03-15", "03-20", "03-31")]
    assert account_of(ALLOWANCE, ledger(*changes), on("03-31")).level is Level.GOOD


def test_a_change_that_is_a_breach_too_costs_as_long_as_it_is_one() -> None:
    counts = frozenset({Act.NO_SHOW, Act.CHANGED})
    policy = replace(ALLOWANCE, allowance=replace(ALLOWANCE.allowance, counts=counts, within_days=7))
    lines = [account_of(policy, ledger(did(Act.CHANGED, "03-01")), on(day)).lines[0] for day in ("03-07", "03-08")]
    assert [(it.state, it.cost) for it in lines] == [(LineState.COUNTS, 1), (LineState.COUNTS, 0)]
    assert [it.lapses_on for it in lines] == [on("03-08"), on("03-31")]


def test_one_grab_restricts_and_the_longer_restriction_holds() -> None:
    changes = [did(Act.CHANGED, f"03-0{day}") for day in (1, 2, 3, 4)]
    it = account_of(ALLOWANCE, ledger(*changes, did(Act.GRABBED, "03-10")), on("03-10"))
    assert it.suspension is not None
    assert (it.suspension.because, it.suspension.free_from) == (Act.GRABBED, on("04-09"))
    both = account_of(ALLOWANCE, ledger(*changes, did(Act.GRABBED, "03-04")), on("03-04"))
    assert both.suspension is not None
    assert both.suspension.because is Act.GRABBED, "on one day the graver reason is shown"


@pytest.mark.parametrize("act", [Act.LATE, Act.CANCELLED, Act.CANCELLED_LATE, Act.LAPSED])
def test_one_booking_is_one_strike_whatever_became_of_it(act: Act) -> None:
    policy = replace(STRIKES, strikes=replace(STRIKES.strikes, counts=frozenset(Act)))
    it = ledger(did(act, "03-01", booking="b"), did(Act.NO_SHOW, "03-02", booking="b"))
    assert account_of(policy, it, on("03-02")).strikes == 1


@pytest.mark.parametrize("act", [Act.CHANGED, Act.GRABBED])
def test_each_change_and_each_grab_of_a_booking_counts(act: Act) -> None:
    policy = replace(STRIKES, strikes=replace(STRIKES.strikes, counts=frozenset(Act)))
    it = ledger(did(act, "03-01", booking="b"), did(act, "03-02", booking="b"))
    assert account_of(policy, it, on("03-02")).strikes == 2


def test_a_fresh_start_gives_the_allowance_back() -> None:
    it = ledger(did(Act.NO_SHOW, "03-01"), Reinstated(id="u", day=on("03-02"), at_ms=1))
    fresh = account_of(ALLOWANCE, it, on("03-02"))
    assert (fresh.bookings_off, fresh.lines[0].state) == (0, LineState.SETTLED)


def test_the_lenient_hospital_counts_nothing() -> None:
    it = account_of(LENIENT, ledger(*NO_SHOWS, did(Act.GRABBED, "04-10")), on("04-10"))
    assert (it.level, it.may_book, it.balance, it.strikes, it.bookings_off) == (Level.GOOD, True, None, 0, 0)
    assert {line.state for line in it.lines} == {LineState.FREE}


def test_the_regulations_own_figures_are_no_wrong_settings() -> None:
    assert [wrong_settings(policy) for policy in EVERY_SCHEME] == [()] * len(EVERY_SCHEME)


def ranges(part: PointRules | StrikeRules | AllowanceRules | CreditPolicy) -> dict[str, tuple[int, int]]:
    return {it.name: (it.metadata["least"], it.metadata["most"]) for it in fields(part) if it.metadata}


def test_what_a_hospital_may_set() -> None:
    points, days, months = (0, 1000), (1, 3650), (1, 60)
    assert ranges(PointRules()) == {
        "start": (1, 1000), "no_show": points, "late": points, "cancelled": points, "cancelled_late": points,
        "lapsed": points, "within_months": months, "suspended_days": days,
    }  # fmt: skip
    assert ranges(StrikeRules()) == {
        "within_months": months, "warn_at": (1, 100), "blacklist_at": (1, 100), "suspend_at": (1, 100),
        "suspended_days": days,
    }  # fmt: skip
    assert ranges(AllowanceRules()) == {
        "within_days": days, "changes_at": (1, 1000), "grabs_at": (1, 1000), "changes_within_days": days,
        "restricted_days": days,
    }  # fmt: skip
    assert ranges(CreditPolicy()) == {"provisional_days": (0, 60), "appeal_days": (0, 3650)}


@pytest.mark.parametrize(("days", "is_right"), [(0, False), (1, True), (3650, True), (3651, False)])
def test_a_range_includes_its_ends(days: int, *, is_right: bool) -> None:
    policy = replace(LENIENT, points=replace(LENIENT.points, suspended_days=days))
    assert (wrong_settings(policy) == ()) is is_right


def test_every_wrong_setting_is_told_at_once() -> None:
    policy = CreditPolicy(
        points=replace(LENIENT.points, start=0),
        strikes=replace(LENIENT.strikes, warn_at=4, blacklist_at=3, suspended_days=3651),
        allowance=replace(LENIENT.allowance, grabs_at=0),
        appeal_days=-1,
    )
    assert wrong_settings(policy) == (
        WrongSetting("appeal_days", -1, 0, 3650),
        WrongSetting("points.start", 0, 1, 1000),
        WrongSetting("strikes.suspended_days", 3651, 1, 3650),
        WrongSetting("allowance.grabs_at", 0, 1, 1000),
        WrongSetting("strikes.blacklist_at", 3, 4, 4),
    )


@pytest.mark.parametrize(
    ("warn_at", "blacklist_at", "suspend_at", "is_right"),
    [(2, 2, 2, True), (2, 1, 2, False), (1, 3, 2, False), (2, 3, 1, True)],
)
def test_thresholds_stand_in_their_order_but_in_the_strict_variant(
    warn_at: int, blacklist_at: int, suspend_at: int, *, is_right: bool
) -> None:
    strikes = replace(STRIKES.strikes, warn_at=warn_at, blacklist_at=blacklist_at, suspend_at=suspend_at)
    assert (wrong_settings(replace(STRIKES, strikes=strikes)) == ()) is is_right


def test_of_two_restrictions_the_one_that_ends_later_is_told() -> None:
    grabbed = did(Act.GRABBED, "11-01")
    changed = [did(Act.CHANGED, "11-10", booking=str(no)) for no in range(4)]
    it = account_of(ALLOWANCE, ledger(grabbed, *changed), on("11-10"))
    assert it.suspension is not None
    assert (it.suspension.because, it.suspension.last_day) == (Act.CHANGED, on("12-09"))


def test_acts_that_name_no_booking_are_of_several() -> None:
    two = [Entry(id=str(no), day=on("11-01"), at_ms=no, act=Act.NO_SHOW) for no in range(2)]
    assert account_of(STRIKES, ledger(*two), on("11-01")).strikes == 2
    assert would_cost(STRIKES, ledger(two[0]), Planned(Act.NO_SHOW), Moment(on("11-01"), 1)).strikes == 2


def test_a_reason_that_nobody_gave_is_none() -> None:
    told = {"id": "a", "day": on("11-01"), "at_ms": 1}
    of_entry = (Voided(record="b", **told), AppealRefused(entry="b", **told))
    assert {it.reason for it in (*of_entry, Reinstated(**told), Blacklisted(**told))} == {""}
