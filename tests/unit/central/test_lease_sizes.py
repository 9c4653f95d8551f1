"""How much a terminal is lent, without a store.  # sync C4; rules C5, C7, D1, G4"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.decide.clock import instant
from booking.lending import MOST_A_SESSION
from booking.policy import LendingPolicy, Policy
from booking.roster.plans import ClinicKind
from central.leases.sizing import CANDIDATES, HOUR_MS, Lending, Line, Need, Pools, Stock, sold_by

ZONE = ZoneInfo("Asia/Shanghai")
TODAY, TOMORROW = date(2026, 3, 18), date(2026, 3, 19)
NOW_MS = instant(TODAY, 10 * 60, ZONE)
DEPARTMENT = UUID(int=1)
NOBODY = Need(lot=b"L1", sold={})
RULES = Lending(Policy(), ZONE, NOW_MS)


def stock(day: date = TOMORROW, **changes: object) -> Stock:
    starts_ms = instant(day, 14 * 60, ZONE)
    one = Stock(
        session_id=uuid4(),
        department_id=DEPARTMENT,
        service_date=day,
        starts_ms=starts_ms,
        ends_ms=starts_ms + 3 * HOUR_MS,
        kind=ClinicKind.GENERAL,
        bookable=Pools(own=100, own_places=100),
    )
    return replace(one, **changes)  # type: ignore[arg-type] - fields by name


def sold(count: int) -> Need:
    return replace(NOBODY, sold={(DEPARTMENT, False): count})


def lent(of: Stock, need: Need = NOBODY, rules: Lending = RULES) -> int:
    return sum(it.of_own + it.of_common for it in rules.wanted([of], need) if not it.is_for_walk_ins)


def test_half_as_much_again_as_was_sold_and_one_at_least() -> None:
    assert [lent(stock(), sold(count)) for count in (0, 1, 2, 9)] == [1, 2, 3, MOST_A_SESSION]


def test_what_was_sold_is_spread_over_the_departments_sessions() -> None:
    both = RULES.wanted([stock(), stock()], replace(sold(4), sessions={DEPARTMENT: 2}))
    assert [it.of_own for it in both] == [3, 3]


def test_what_it_has_counts() -> None:
    assert lent(stock(held=1)) == 0
    assert lent(stock(held=1), sold(2)) == 2


def test_the_common_share_is_for_all_terminals_and_all_purposes() -> None:
    common = Pools(common=10)
    of = stock(bookable=common, walk_in=common, common_places=10)
    wanted = RULES.wanted([of], NOBODY)
    assert [(it.is_for_walk_ins, it.of_common) for it in wanted] == [(False, 1), (True, 1)]
    assert RULES.wanted([replace(of, common_lent=1)], NOBODY) == wanted[:1]
    assert RULES.wanted([replace(of, common_lent=2)], NOBODY) == []


def test_where_there_are_places_for_walk_ins_common_ones_stay_for_bookings() -> None:
    of = stock(bookable=Pools(), walk_in=Pools(own=4, own_places=4, common=10), common_places=10)
    (it,) = RULES.wanted([of], NOBODY)
    assert (it.of_own, it.of_common) == (1, 0)
    full = replace(of.walk_in, own_lent=2)
    assert RULES.wanted([replace(of, walk_in=full)], NOBODY) == []


def test_sessions_of_all_days_take_turns() -> None:
    days = [date(2026, 3, day) for day in (19, 20, 21)]
    stocks = [stock(day) for day in days for _ in range(3)]
    rules = Lending(Policy(lending=LendingPolicy(most_places=3)), ZONE, NOW_MS)
    chosen = {it.session_id for it in rules.wanted(stocks, NOBODY)}
    assert sorted(it.service_date for it in stocks if it.session_id in chosen) == days


def test_those_come_first_of_which_the_terminal_sold_most() -> None:
    other = UUID(int=2)
    stocks = [stock(department_id=other if at % 2 else DEPARTMENT) for at in range(20)]
    need = replace(NOBODY, sold={(other, False): 10})
    first = RULES.wanted(stocks, need)[:10]
    assert {it.session_id for it in first} == {it.session_id for it in stocks if it.department_id == other}


def test_of_a_large_hospital_some_sessions_of_each_day_are_looked_at() -> None:
    days = [f"2026-03-{day}" for day in (18, 19, 20, 21)]
    lines = [Line(uuid4(), DEPARTMENT, day) for day in days for _ in range(100)]
    need = NOBODY.among(lines)
    assert need.sessions == {DEPARTMENT: 400}
    chosen = set(need.candidates(lines, held=()))
    assert Counter(it.service_date for it in lines if it.session_id in chosen) == dict.fromkeys(days, CANDIDATES // 4)
    assert set(replace(need, lot=b"L2").candidates(lines, held=())) != chosen
    assert not set(need.candidates(lines, held=chosen)) & chosen
    assert set(sold(1).candidates(lines[:50], held={it.session_id for it in lines})) == {
        it.session_id for it in lines[:50]
    }


def test_scarce_and_late_is_better_free_than_lent() -> None:
    few = stock(bookable=Pools(own=2, own_places=10), held=1)
    last_ms = RULES.last_sale_ms(few, starts_ms=few.ends_ms, is_for_walk_ins=False)
    assert not RULES.is_unwanted(few, is_for_walk_ins=False)
    near = replace(RULES, now_ms=last_ms - 2 * HOUR_MS)
    assert near.is_unwanted(few, is_for_walk_ins=False)
    assert not near.is_unwanted(replace(few, bookable=Pools(own=3)), is_for_walk_ins=False)
    assert not near.is_unwanted(few, is_for_walk_ins=True)
    assert RULES.is_unwanted(replace(few, waiting=1), is_for_walk_ins=False)
    many = replace(few, bookable=Pools(own=50))
    assert [near.is_unwanted(replace(many, held=held), is_for_walk_ins=False) for held in (2, 3)] == [False, True]
    assert not RULES.is_unwanted(replace(many, held=3), is_for_walk_ins=False)


def test_sold_counts_are_added_up() -> None:
    assert sold_by([(DEPARTMENT, False, 2), (DEPARTMENT, False, 1), (DEPARTMENT, True, 5)]) == {
        (DEPARTMENT, False): 3,
        (DEPARTMENT, True): 5,
    }


@given(
    own=st.integers(0, 60),
    common=st.integers(0, 60),
    lent_before=st.integers(0, 60),
    sold_before=st.integers(0, 50),
    percent=st.integers(0, 100),
    most=st.integers(0, 5),
)
def test_never_more_than_there_is_nor_than_the_share_leaves(
    own: int, common: int, lent_before: int, sold_before: int, percent: int, most: int
) -> None:
    policy = Policy(lending=LendingPolicy(of_common_percent=percent, most_places=most))
    pools = Pools(own=own, own_places=own, common=common)
    of = stock(bookable=pools, walk_in=replace(pools, own=0, own_places=0), common_lent=lent_before)
    of = replace(of, common_places=common + lent_before)
    wanted = Lending(policy, ZONE, NOW_MS).wanted([of], sold(sold_before))
    of_common = sum(it.of_common for it in wanted)
    assert sum(it.of_own for it in wanted) <= own
    assert of_common <= common
    assert of_common == 0 or of_common + lent_before <= -(-of.common_places * percent // 100)
    assert sum(it.of_own + it.of_common for it in wanted) <= most
