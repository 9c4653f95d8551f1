"""What each preset means beyond single questions: how places are split, how long they are, and what trust becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

import pytest

from booking.cli import preset_texts
from booking.credit import Act, Level, Reinstated, account_of
from booking.decide import Refused, decide
from booking.decide.commands import Book
from booking.decide.given import CHINA, Free, Place, PlaceFacts
from booking.decide.standing import standing_of
from booking.facts import Known
from booking.policy import Channel, Policy
from booking.policy.parse import parse
from booking.roster import steps
from booking.roster.days import instant_ms
from booking.roster.places import free_by_pool, unreleased
from booking.roster.plans import ClinicKind, Draft, Rank, SessionPlan
from booking.roster.pools import COMMON, WALK_IN, channel_pool, opens_ms, returns_ms, split
from booking.roster.publish import Session, publish
from booking.suggest.sessions import Offer, same_kind
from tests.unit.booking.credit.records import did, ledger, on

DAY = date(2026, 11, 25)
EXPERT = SessionPlan(
    UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.EXPERT, time(8), time(12), UUID(int=4), capacity=25
)
WEB, PHONE, COMMUNITY = (channel_pool(it) for it in (Channel.WEB, Channel.PHONE, Channel.COMMUNITY))


def preset(name: str, *more: str) -> Policy:
    parsed = parse(f'preset = "{name}"\n' + "\n".join(more), preset_texts())
    assert isinstance(parsed, Policy), parsed
    return parsed


def session_of(policy: Policy, plan: SessionPlan = EXPERT, day: date = DAY) -> Session:
    (session,) = publish([Draft(plan, day)], policy=policy.roster, zone=CHINA, ids=[UUID(int=9)]).sessions
    return session


def clock(at_ms: int | None) -> str:
    assert at_ms is not None
    return f"{datetime.fromtimestamp(at_ms / 1000, CHINA):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("name", "places", "length_min", "pools"),
    [
        ("specialist-web", 24, 10, {COMMON: 8, WALK_IN: 16}),
        ("city-platform", 8, 30, {COMMON: 4, WALK_IN: 4}),
        ("province-platform", 24, 10, {WEB: 7, PHONE: 4, COMMUNITY: 4, COMMON: 9}),
        ("slotted", 24, 10, {COMMON: 24}),
        ("two-day", 24, 10, {COMMON: 24}),
    ],
)
def test_how_a_morning_of_an_expert_is_split(
    name: str, places: int, length_min: int, pools: dict[object, int]
) -> None:  # rules C3, C5
    """Parts are rounded down: of 24 places a third is 8, of 24 for channels 30 % are 7 and 20 % are 4."""
    policy = preset(name)
    session = session_of(policy)
    assert (session.capacity, session.slot(2).starts_ms - session.slot(1).starts_ms) == (places, length_min * 60_000)
    assert split(session.capacity, policy.roster) == pools


@pytest.mark.parametrize(
    ("name", "opens", "returns"),
    [
        ("specialist-web", "11-18 00:00", "11-24 11:30"),
        ("province-platform", "11-18 08:00", "11-24 16:00"),
        ("two-day", "11-23 08:00", "11-24 11:30"),
        ("slotted", "11-18 07:00", "11-24 11:30"),
    ],
)
def test_when_places_are_released_and_unused_ones_come_back(name: str, opens: str, returns: str) -> None:  # rule C5
    roster = preset(name).roster
    assert clock(opens_ms(COMMON, DAY, roster, CHINA)) == opens
    assert clock(returns_ms(WEB, DAY, roster, CHINA)) == returns
    assert returns_ms(COMMON, DAY, roster, CHINA) is None


def test_what_a_channel_of_the_province_platform_has_not_used_is_everybodys() -> None:  # rules C5, C6
    roster = preset("province-platform").roster
    session = session_of(preset("province-platform"))
    sizes = split(session.capacity, roster)
    released = steps.release(unreleased(session.runs, sizes), tuple(sizes))
    assert free_by_pool(released) == sizes
    returned = steps.return_to_common(released, WEB)
    assert free_by_pool(returned) == {WEB: 0, PHONE: 4, COMMUNITY: 4, COMMON: 16}


@pytest.mark.parametrize(("length_min", "places"), [(1, 25), (10, 24), (30, 8), (60, 4)])
def test_a_slotted_hospital_has_places_from_a_minute_to_an_hour(length_min: int, places: int) -> None:  # rule C3
    policy = preset("slotted", "[roster.slots]", f"length_min = {length_min}")
    assert session_of(policy).capacity == places


@pytest.mark.parametrize("length_min", [0, 61])
def test_no_place_is_shorter_than_a_minute_or_longer_than_an_hour(length_min: int) -> None:  # rule C3
    (problem,) = parse(f'preset = "slotted"\n[roster.slots]\nlength_min = {length_min}', preset_texts())  # type: ignore[misc]  # problems
    assert (problem.line, problem.allowed) == (3, "a whole number from 1 to 60")


def test_half_past_an_hour_is_a_place_of_the_city_platform_and_an_hour_may_be() -> None:  # rule C3
    assert [clock(it.starts_ms)[-5:] for it in session_of(preset("city-platform")).slots][:3] == [
        "08:00",
        "08:30",
        "09:00",
    ]
    assert session_of(preset("city-platform"), replace(EXPERT, slot_min=60)).capacity == 4


def test_the_blood_draw_opens_by_season_with_four_windows_and_then_six() -> None:  # rule C3
    desk = replace(EXPERT, kind=ClinicKind.BLOOD_DRAW, doctor_id=None, capacity=None, is_desk=True)
    policy = preset("examinations")

    def per_half_hour(day: date) -> list[tuple[str, int]]:
        starts = [clock(it.starts_ms - it.starts_ms % 1_800_000)[-5:] for it in session_of(policy, desk, day).slots]
        return [(half, len(list(there))) for half, there in groupby(starts)]

    summer = [("07:00", 60), ("07:30", 60), ("08:00", 90), ("08:30", 90), ("09:00", 90), ("09:30", 90)]
    assert per_half_hour(date(2026, 9, 15)) == summer
    assert per_half_hour(date(2026, 9, 16)) == summer[1:]
    assert per_half_hour(date(2027, 4, 9)) == summer[1:]
    assert per_half_hour(date(2027, 4, 10)) == summer


def test_a_desk_with_windows_of_its_own_takes_those() -> None:  # rule C3
    own = replace(preset("examinations").roster.desk, rate_per_hour=60)
    plan = replace(EXPERT, kind=ClinicKind.BLOOD_DRAW, doctor_id=None, capacity=None, is_desk=True, desk=own)
    usual = session_of(preset("examinations"), replace(plan, desk=None)).capacity
    assert session_of(preset("examinations"), plan).capacity == 2 * usual


def test_the_city_platform_suggests_doctors_of_the_same_kind_and_rank() -> None:  # rule D6
    wanted = Offer(
        session_id=UUID(int=1), doctor_id=UUID(int=1), speciality="heart", kind=ClinicKind.EXPERT, rank=Rank.CHIEF,
        starts_ms=10, closes_ms=9, free=0,
    )  # fmt: skip
    like = [replace(wanted, session_id=UUID(int=no), doctor_id=UUID(int=no), free=1) for no in range(2, 9)]
    others = [
        replace(like[0], doctor_id=UUID(int=20), rank=Rank.ASSOCIATE_CHIEF),
        replace(like[0], doctor_id=UUID(int=21), speciality="lungs"),
        replace(like[0], doctor_id=UUID(int=22), kind=ClinicKind.GENERAL),
        replace(like[0], doctor_id=UUID(int=23), free=0),
    ]
    found = same_kind(wanted, [*others, *like], {}, policy=preset("city-platform").suggest, now_ms=5)
    assert [it.offer.doctor_id.int for it in found] == [2, 3, 4, 5, 6]


THREE_NO_SHOWS = [did(Act.NO_SHOW, day) for day in ("09-01", "10-01", "11-30")]


def test_twelve_points_lost_within_three_months_suspend_for_ninety_days() -> None:  # rule F1
    policy = preset("trust-points").credit
    two = account_of(policy, ledger(*THREE_NO_SHOWS[:2]), on("11-30"))
    assert (two.balance, two.may_book, two.level) == (4, True, Level.GOOD)
    three = account_of(policy, ledger(*THREE_NO_SHOWS), on("11-30"))
    assert (three.balance, three.may_book, three.level) == (0, False, Level.SUSPENDED)
    last_day = on("11-30") + timedelta(days=89)
    assert account_of(policy, ledger(*THREE_NO_SHOWS), last_day).level is Level.SUSPENDED
    after = account_of(policy, ledger(*THREE_NO_SHOWS), last_day + timedelta(days=1))
    assert (after.level, after.may_book) == (Level.AWAITING_REACTIVATION, False)
    seen = Reinstated(id="desk", day=last_day + timedelta(days=1), at_ms=1)
    fresh = account_of(policy, ledger(*THREE_NO_SHOWS, seen), last_day + timedelta(days=1))
    assert (fresh.balance, fresh.may_book) == (12, True)


def test_a_day_over_three_months_the_first_loss_is_back() -> None:  # rule F1
    policy = preset("trust-points").credit
    spread = [*THREE_NO_SHOWS[:2], did(Act.NO_SHOW, "12-01")]
    told = account_of(policy, ledger(*spread), on("12-01"))
    assert (told.balance, told.level) == (4, Level.GOOD)


def test_what_each_act_takes_of_the_twelve_points() -> None:  # rule F1
    policy = preset("trust-points").credit
    acts = [(Act.NO_SHOW, 8), (Act.LATE, 9), (Act.CANCELLED, 10), (Act.CANCELLED_LATE, 10), (Act.CHANGED, 12)]
    assert [(act, account_of(policy, ledger(did(act, "11-01")), on("11-01")).balance) for act, _ in acts] == acts


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("general", [Level.GOOD, Level.WARNED, Level.BLACKLISTED, Level.SUSPENDED]),
        ("city-platform", [Level.GOOD, Level.WARNED, Level.BLACKLISTED, Level.SUSPENDED]),
        ("strict-daily", [Level.SUSPENDED] * 4),
        ("slotted", [Level.GOOD] * 4),
        ("two-day", [Level.GOOD] * 4),
    ],
)
def test_what_the_first_to_fourth_no_show_mean(name: str, levels: list[Level]) -> None:  # rules F2, F6
    days = ["11-01", "11-02", "11-03", "11-04"]
    policy = preset(name).credit
    told = [
        account_of(policy, ledger(*(did(Act.NO_SHOW, it) for it in days[: no + 1])), on(days[no])).level
        for no in range(4)
    ]
    assert told == levels


def word_of(policy: Policy, no_shows: list[str]) -> str:
    """What somebody with these no-shows is told who books on 22 November."""
    today = on("11-22")
    starts_ms = instant_ms(DAY, time(9), CHINA)
    standing = standing_of(account_of(policy.credit, ledger(*(did(Act.NO_SHOW, it) for it in no_shows)), today))
    facts = PlaceFacts(
        Place(DAY, starts_ms, starts_ms + 600_000, "heart"), free=Known(Free(in_channel=1)), standing=Known(standing)
    )
    decision = decide(policy, facts, Book(Channel.KIOSK), instant_ms(today, time(10), CHINA))
    return decision.reason if isinstance(decision, Refused) else "accepted"


def test_only_on_the_city_platform_the_blacklist_itself_bars() -> None:  # rule F2
    three = ["11-01", "11-02", "11-03"]
    assert [word_of(preset(it), three) for it in ("general", "city-platform")] == ["accepted", "blacklisted"]
    assert [word_of(preset(it), [*three, "11-04"]) for it in ("general", "city-platform")] == ["suspended"] * 2


def test_a_no_show_makes_the_allowance_smaller_for_thirty_days() -> None:  # rule F6
    policy = preset("slotted").credit
    for days, lost in ((0, 1), (29, 1), (30, 0)):
        today = on("11-01") + timedelta(days=days)
        assert account_of(policy, ledger(did(Act.NO_SHOW, "11-01")), today).bookings_off == lost
