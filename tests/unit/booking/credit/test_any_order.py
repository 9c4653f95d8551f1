"""Whatever the order of arrival, the same records say the same.  # rules F1-F6, G9"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.credit import (
    Account,
    Act,
    Appealed,
    AppealRefused,
    Arrived,
    Blacklisted,
    Cause,
    Confirmed,
    CreditPolicy,
    Entry,
    Ledger,
    Level,
    Moment,
    Planned,
    Record,
    Reinstated,
    Voided,
    account_of,
    cost_of,
    months_later,
    would_cost,
)

from .records import EVERY_SCHEME, NOON_MS, POINTS

_FIRST = date(2027, 11, 15)
_IDS = st.sampled_from([f"r{no}" for no in range(9)])
_BOOKINGS = st.sampled_from(["", "b1", "b2", "b3"])
_DAYS = st.integers(0, 250).map(lambda days: _FIRST + timedelta(days=days))
_HOURS = st.integers(0, 2)
_COMMON = {"id": _IDS, "day": _DAYS, "at_ms": _HOURS}
_ENTRIES = st.builds(
    Entry,
    **_COMMON,
    act=st.sampled_from(Act),
    booking=_BOOKINGS,
    cause=st.sampled_from([Cause.PATIENT, Cause.PATIENT, Cause.PATIENT, Cause.ASSUMED]),
    provisional=st.booleans(),
)
_RECORDS: st.SearchStrategy[Record] = st.one_of(
    _ENTRIES,
    _ENTRIES,
    st.builds(Voided, **_COMMON, record=_IDS, reason=st.just("")),
    st.builds(Arrived, **_COMMON, booking=_BOOKINGS),
    st.builds(Confirmed, **_COMMON, entry=_IDS),
    st.builds(Reinstated, **_COMMON, reason=st.just("")),
    st.builds(Blacklisted, **_COMMON, reason=st.just("")),
    st.builds(Appealed, **_COMMON, entry=_IDS),
    st.builds(AppealRefused, **_COMMON, entry=_IDS, reason=st.just("")),
)
_POLICIES = st.sampled_from(EVERY_SCHEME)
_LEDGERS = st.lists(_RECORDS, max_size=9)
_UNIQUE = st.lists(_RECORDS, max_size=9, unique_by=lambda it: it.id)


def _verdict(it: Account) -> Account:
    return replace(it, lines=())


@given(policy=_POLICIES, records=_LEDGERS, today=_DAYS, data=st.data())
def test_the_order_of_arrival_and_repeats_change_nothing(
    policy: CreditPolicy, records: list[Record], today: date, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(records))
    repeated = shuffled + records[: len(records) // 2]
    assert account_of(policy, Ledger(tuple(repeated)), today) == account_of(policy, Ledger(tuple(records)), today)


@given(policy=_POLICIES, records=_UNIQUE, entry=_ENTRIES, today=_DAYS)
def test_a_voided_entry_is_as_though_it_had_never_been(
    policy: CreditPolicy, records: list[Record], entry: Entry, today: date
) -> None:
    own = replace(entry, id="voided one")
    void = Voided(id="void", day=today, at_ms=0, record="voided one")
    with_both = account_of(policy, Ledger((own, *records, void)), today)
    assert _verdict(with_both) == _verdict(account_of(policy, Ledger(tuple(records)), today))


@given(policy=_POLICIES, records=_UNIQUE, entry=_ENTRIES, today=_DAYS, cause=st.sampled_from(list(Cause)[1:]))
def test_the_hospitals_own_faults_and_assumed_acts_never_cost(
    policy: CreditPolicy, records: list[Record], entry: Entry, today: date, cause: Cause
) -> None:
    own = replace(entry, id="not the patient", cause=cause)
    with_it = account_of(policy, Ledger((*records, own)), today)
    assert _verdict(with_it) == _verdict(account_of(policy, Ledger(tuple(records)), today))


@given(policy=_POLICIES, records=_UNIQUE, entry=_ENTRIES, today=_DAYS)
def test_a_no_show_of_a_patient_who_was_there_never_costs(
    policy: CreditPolicy, records: list[Record], entry: Entry, today: date
) -> None:
    own = replace(entry, id="no-show", act=Act.NO_SHOW, booking="there")
    there = Arrived(id="arrival", day=today + timedelta(days=40), at_ms=0, booking="there")
    with_it = account_of(policy, Ledger((*records, there, own)), today)
    assert _verdict(with_it) == _verdict(account_of(policy, Ledger(tuple(records)), today))


@given(policy=_POLICIES, records=_UNIQUE, act=st.sampled_from(Act), booking=_BOOKINGS, today=_DAYS)
def test_the_warning_is_what_happens(
    policy: CreditPolicy, records: list[Record], act: Act, booking: str, today: date
) -> None:
    before = Ledger(tuple(records))
    price = would_cost(policy, before, Planned(act, booking), Moment(today, NOON_MS))
    entry = Entry(id="the act", day=today, at_ms=NOON_MS, act=act, booking=booking)
    after = account_of(policy, before.with_record(entry), today)
    assert (price.balance, price.strikes, price.bookings_off) == (after.balance, after.strikes, after.bookings_off)
    assert (price.level, price.suspension) == (after.level, after.suspension)
    assert price.cost == next(it.cost for it in after.lines if it.entry.id == "the act")
    assert price.would_suspend is (account_of(policy, before, today).may_book and not after.may_book)


@given(entries=st.lists(_ENTRIES, max_size=8, unique_by=lambda it: it.id), more=_ENTRIES, today=_DAYS)
def test_one_more_act_never_raises_the_balance(entries: list[Entry], more: Entry, today: date) -> None:
    own = [replace(it, booking="") for it in entries]
    before = account_of(POINTS, Ledger(tuple(own)), today)
    after = account_of(POINTS, Ledger((*own, replace(more, id="one more", booking=""))), today)
    assert before.balance is not None
    assert after.balance is not None
    assert 0 <= after.balance <= before.balance <= POINTS.points.start
    assert before.may_book or not after.may_book


@given(entries=st.lists(_ENTRIES, max_size=8, unique_by=lambda it: it.id), today=_DAYS)
def test_the_suspension_begins_on_the_first_day_with_twelve_points_lost_within_three_months(
    entries: list[Entry], today: date
) -> None:
    plain = [replace(it, cause=Cause.PATIENT, provisional=False, booking="") for it in entries]
    full: date | None = None
    day = _FIRST
    while day <= today and full is None:
        lost = sum(
            cost_of(POINTS, it.act) for it in plain if it.day <= day < months_later(it.day, POINTS.points.within_months)
        )
        full = day if lost >= POINTS.points.start else None
        day += timedelta(days=1)
    it = account_of(POINTS, Ledger(tuple(plain)), today)
    assert (it.suspension.from_day if it.suspension else None) == full
    assert (it.level is Level.GOOD) is (full is None)


@given(day=st.dates(date(1999, 1, 1), date(2100, 1, 1)), months=st.integers(0, 60))
def test_months_end_in_the_month_they_name_and_never_overtake(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later <= months_later(day + timedelta(days=1), months)
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
