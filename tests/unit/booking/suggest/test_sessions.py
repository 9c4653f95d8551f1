"""Sessions to take instead (rules D6, C12, H1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.policy import SuggestPolicy
from booking.roster.plans import ClinicKind, Rank
from booking.suggest.sessions import Offer, Past, Suggestion, can_be_booked, next_of_same_doctor, same_kind

NOW = 1_000
HEART = "heart"


def offer(doctor: int, starts: int, **more: Any) -> Offer:
    told: dict[str, Any] = {"speciality": HEART, "kind": ClinicKind.EXPERT, "rank": Rank.CHIEF, "free": 1, **more}
    session = UUID(int=doctor * 1000 + starts)
    return Offer(session_id=session, doctor_id=UUID(int=doctor), starts_ms=starts, closes_ms=NOW, **told)


WANTED = offer(1, 10, free=0)
POLICY = SuggestPolicy()


def doctors(found: tuple[Suggestion, ...]) -> list[int]:
    return [it.offer.doctor_id.int for it in found]


def instead(offers: list[Offer], past: dict[int, Past] | None = None, policy: SuggestPolicy = POLICY) -> list[int]:
    known = {UUID(int=doctor): it for doctor, it in (past or {}).items()}
    return doctors(same_kind(WANTED, offers, known, policy=policy, now_ms=NOW))


def test_the_next_session_of_the_same_doctor() -> None:
    offers = [WANTED, offer(2, 11), offer(1, 30), offer(1, 20), offer(1, 15, free=0), offer(1, 16, is_stopped=True)]
    assert next_of_same_doctor(WANTED, offers, NOW) == offer(1, 20)
    assert next_of_same_doctor(WANTED, [WANTED], NOW) is None


def test_a_stopped_session_is_not_offered_instead_of_itself() -> None:
    stopped = offer(1, 10, is_stopped=True)
    assert next_of_same_doctor(stopped, [replace(stopped, is_stopped=False), offer(1, 40)], NOW) == offer(1, 40)


@pytest.mark.parametrize(
    "change",
    [
        {"free": 0},
        {"is_stopped": True},
        {"is_offered": False},
        {"closes_ms": NOW - 1},
        {"opens_ms": NOW + 1},
    ],
)
def test_what_cannot_be_booked_is_never_suggested(change: dict[str, Any]) -> None:
    hidden = replace(offer(2, 20), **change)
    assert not can_be_booked(hidden, NOW)
    assert instead([hidden]) == []
    assert can_be_booked(replace(offer(2, 20), opens_ms=NOW, closes_ms=NOW), NOW)


@pytest.mark.parametrize(
    "change", [{"speciality": "kidney"}, {"rank": Rank.ASSOCIATE_CHIEF}, {"kind": ClinicKind.GENERAL}]
)
def test_another_kind_of_doctor_is_not_suggested(change: dict[str, Any]) -> None:
    assert instead([offer(2, 20, **change), offer(3, 30)]) == [3]


def test_each_doctor_once_with_the_next_session() -> None:
    found = same_kind(WANTED, [offer(2, 30), offer(2, 20), WANTED, offer(1, 40)], {}, policy=POLICY, now_ms=NOW)
    assert [it.offer for it in found] == [offer(2, 20)]


OFFERS = [offer(2, 20), offer(3, 30), offer(4, 40)]
AVERAGE = Past(sessions=20, full=10, stopped=2, ratings=10, stars=40)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (replace(AVERAGE, full=5), replace(AVERAGE, full=15)),
        (replace(AVERAGE, stopped=0), replace(AVERAGE, stopped=4)),
        (replace(AVERAGE, stars=45), replace(AVERAGE, stars=35)),
    ],
)
def test_rarely_full_rarely_stopped_and_well_rated_go_first(better: Past, worse: Past) -> None:
    assert instead(OFFERS, {2: worse, 3: AVERAGE, 4: better}) == [4, 3, 2]


def test_of_two_alike_the_earlier_session_goes_first() -> None:
    assert instead(OFFERS, {2: AVERAGE, 3: AVERAGE, 4: AVERAGE}) == [2, 3, 4]
    assert instead(OFFERS) == [2, 3, 4]


def test_a_doctor_of_whom_nothing_is_known_stands_in_the_middle() -> None:
    good, bad = replace(AVERAGE, stars=50), replace(AVERAGE, stars=30)
    assert instead(OFFERS, {2: bad, 4: good}) == [4, 3, 2]


def test_one_good_rating_does_not_beat_a_hundred() -> None:
    few, many, bad = Past(ratings=1, stars=5), Past(ratings=100, stars=480), Past(ratings=100, stars=350)
    assert instead(OFFERS, {2: few, 3: many, 4: bad}) == [3, 2, 4]


def test_the_weights_are_the_hospitals() -> None:
    past = {2: replace(AVERAGE, full=0, stars=30), 3: replace(AVERAGE, full=20, stars=50)}
    only_full = SuggestPolicy(rarely_full_weight=100, rarely_stopped_weight=0, rating_weight=0)
    only_rating = SuggestPolicy(rarely_full_weight=0, rarely_stopped_weight=0, rating_weight=100)
    assert instead(OFFERS[:2], past, only_full) == [2, 3]
    assert instead(OFFERS[:2], past, only_rating) == [3, 2]


def test_no_more_than_are_shown() -> None:
    assert instead(OFFERS, policy=SuggestPolicy(most=2)) == [2, 3]


def test_what_ranked_a_doctor_is_told() -> None:
    known = {UUID(int=2): Past(sessions=3, full=2, stopped=1, ratings=3, stars=14)}
    found = same_kind(WANTED, OFFERS[:2], known, policy=POLICY, now_ms=NOW)
    told = {it.offer.doctor_id.int: (it.full_percent, it.stopped_percent, it.rating_tenths) for it in found}
    assert told == {2: (66, 33, 46), 3: (None, None, None)}


OFFER = st.builds(
    offer,
    st.integers(1, 6),
    st.integers(1, 50),
    free=st.integers(0, 2),
    is_stopped=st.booleans(),
    is_offered=st.booleans(),
    opens_ms=st.sampled_from([0, NOW, NOW + 1]),
    rank=st.sampled_from([Rank.CHIEF, Rank.RESIDENT]),
)
PAST = st.integers(0, 30).flatmap(
    lambda n: st.builds(
        Past, st.just(n), st.integers(0, n), st.integers(0, n), st.just(n), st.integers(n, 5 * n) if n else st.just(0)
    )
)


OFFERED = st.lists(OFFER, max_size=12, unique_by=lambda it: it.session_id)
"""A session is in a list once."""


@given(OFFERED, st.dictionaries(st.integers(1, 6).map(lambda no: UUID(int=no)), PAST))
def test_nothing_stopped_full_or_hidden_whatever_there_is(offers: list[Offer], past: dict[UUID, Past]) -> None:
    found = same_kind(WANTED, offers, past, policy=POLICY, now_ms=NOW)
    shown = [it.offer for it in found]
    own = next_of_same_doctor(WANTED, offers, NOW)
    for it in [*shown, *([own] if own else [])]:
        assert (it.free > 0, it.is_stopped, it.is_offered, it.opens_ms <= NOW) == (True, False, True, True)
    assert len({it.doctor_id for it in shown} - {WANTED.doctor_id}) == len(shown) <= POLICY.most
    assert found == same_kind(WANTED, offers[::-1], past, policy=POLICY, now_ms=NOW)
