"""How one ledger of a group is read in each of its hospitals (rules F1, F2, F6)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from booking.credit import (
    Act,
    AllowanceRules,
    CreditPolicy,
    Entry,
    PointRules,
    Reinstated,
    Scheme,
    Voided,
)
from booking.decide.given import Standing
from booking.localized import LocalizedText
from central.credit.records import Kept, KeptLedger, Source
from central.credit.standing import HospitalRules, Rules, standing_in, standing_to_copy
from central.credit.view import account_view
from central.people.facts import standing_document, standing_from

TODAY = date(2026, 3, 18)
HERE, THERE = UUID(int=1), UUID(int=2)
LENIENT = CreditPolicy()
POINTS = CreditPolicy(scheme=Scheme.POINTS)
ALLOWANCE = CreditPolicy(scheme=Scheme.ALLOWANCE)
LAST = TODAY + timedelta(days=89)


def rules(here: CreditPolicy, there: CreditPolicy, today: date = TODAY) -> Rules:
    return {HERE: HospitalRules(here, today), THERE: HospitalRules(there, today)}


def acts(hospital_id: UUID, count: int, act: Act = Act.NO_SHOW) -> tuple[Kept, ...]:
    made = (Entry(id=str(uuid4()), day=TODAY, at_ms=at, act=act, booking=str(uuid4())) for at in range(count))
    return tuple(Kept(it, Source(hospital_id)) for it in made)


def test_nobody_is_known_for_anything_without_a_record() -> None:
    assert standing_to_copy(HERE, KeptLedger(), rules(POINTS, POINTS), 5) is None
    assert standing_in(HERE, KeptLedger(), rules(POINTS, POINTS)) == Standing()


def test_a_suspension_holds_in_the_whole_group() -> None:
    ledger = KeptLedger(acts(THERE, 3))
    assert standing_in(HERE, ledger, rules(LENIENT, POINTS)).suspended_until == LAST
    assert standing_in(THERE, ledger, rules(LENIENT, POINTS)).suspended_until == LAST


def test_acts_here_do_not_count_by_the_rules_of_another_hospital_for_the_group() -> None:
    ledger = KeptLedger((*acts(HERE, 2), *acts(THERE, 2)))
    assert standing_in(HERE, ledger, rules(LENIENT, POINTS)) == Standing()
    assert standing_in(THERE, ledger, rules(LENIENT, POINTS)).suspended_until == LAST  # by its own rules, for itself


def test_what_staff_did_holds_everywhere() -> None:
    entries = acts(THERE, 3)
    lifted = Reinstated(id=str(uuid4()), day=TODAY, at_ms=99)
    voided = Voided(id=str(uuid4()), day=TODAY, at_ms=99, record=entries[0].record.id)
    for record in (lifted, voided):
        ledger = KeptLedger((*entries, Kept(record, Source(HERE))))
        assert standing_in(HERE, ledger, rules(LENIENT, POINTS)) == Standing()


def test_the_later_end_of_two_suspensions_counts() -> None:
    short = CreditPolicy(scheme=Scheme.POINTS, points=PointRules(suspended_days=10))
    ledger = KeptLedger(acts(THERE, 3))
    assert standing_in(HERE, ledger, rules(short, POINTS)).suspended_until == LAST
    assert standing_in(THERE, ledger, rules(POINTS, short)).suspended_until == TODAY + timedelta(days=9)


def test_after_the_days_staff_reactivate_wherever_the_person_comes() -> None:
    after = TODAY + timedelta(days=90)
    standing = standing_in(HERE, KeptLedger(acts(THERE, 3)), rules(LENIENT, POINTS, after))
    assert (standing.suspended_until, standing.awaits_reactivation) == (None, True)


def test_an_allowance_is_each_hospitals_own_and_a_restriction_is_not() -> None:
    missed = KeptLedger(acts(THERE, 2))
    assert standing_in(THERE, missed, rules(LENIENT, ALLOWANCE)).allowance_lost == 2
    assert standing_in(HERE, missed, rules(LENIENT, ALLOWANCE)).allowance_lost == 0
    grabbed = KeptLedger(acts(THERE, AllowanceRules().grabs_at, Act.GRABBED))
    assert standing_in(HERE, grabbed, rules(LENIENT, ALLOWANCE)).restricted_until == TODAY + timedelta(days=29)


@pytest.mark.parametrize(
    "standing",
    [
        Standing(),
        Standing(suspended_until=LAST, restricted_until=TODAY, allowance_lost=3),
        Standing(awaits_reactivation=True, is_barred_by_blacklist=True),
    ],
)
def test_the_copys_words_mean_the_same_again(standing: Standing) -> None:
    assert standing_from(standing_document(standing, 7)) == standing


def test_the_view_tells_what_bars_and_until_when() -> None:
    view = account_view(UUID(int=9), HERE, KeptLedger(acts(THERE, 3)), rules(LENIENT, POINTS))
    assert (view.level, view.may_book, view.suspended_until) == ("suspended", False, LAST.isoformat())
    (advice,) = view.advice
    assert isinstance(advice, LocalizedText)
    assert all(LAST.isoformat() in text for text in advice.by_language.values())
    assert {it.hospital_id for it in view.entries} == {THERE}
    assert {it.state for it in view.entries} == {"free"}
