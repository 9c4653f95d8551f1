"""How fast the rule book is: a decision, a queue, a month's roster, a day's order. Starts nothing, needs no hospital.

Time is this thread's processor time: what other programs do to the machine falls on value and floor alike. Each value
is the median of many runs after one that warms up.
"""

from __future__ import annotations

import json
import time
import typing
from collections.abc import Callable
from datetime import date
from datetime import time as clock
from random import Random
from uuid import UUID

from booking.decide import Command, Decision, Facts, decide
from booking.decide.given import CHINA
from booking.policy import OrdersPolicy, Policy, QueueOrder, QueuePolicy, RosterPolicy
from booking.queue import Entry, Line, order
from booking.roster.days import Calendar, month_days
from booking.roster.plans import ClinicKind, SessionPlan, Template, Weekly, drafts
from booking.roster.publish import Publication, Session, publish
from booking.suggest.day import Hours, Itinerary, Stop, Walks
from booking.suggest.itinerary import itinerary
from tools.bench.figures import Bar, Figure, median
from tools.corpus import DRAWN, FOLDER, POLICIES, PRESETS
from tools.corpus_form import Asked, read_line
from tools.corpus_world import read_policies

_RUNS = 25
_CALLS = 5
"""So often in a row is one question asked: the clock itself takes a fraction of a microsecond."""
_WAITING, _DOCTORS, _STOPS = 500, 200, 8
_MINUTE_MS = 60_000
_EIGHT_MS = 1_795_737_600_000


def rule_figures() -> list[Figure]:
    """Each with its floor and its bar."""
    return [_decision(), _queue(), _roster(), _day()]


def _ms(run: Callable[[], object], runs: int = _RUNS) -> float:
    """The median of many runs, in milliseconds of processor."""
    run()
    return median([_once_ns(run) for _ in range(runs)]) / 1e6


def _once_ns(run: Callable[[], object]) -> int:
    before_ns = time.thread_time_ns()
    run()
    return time.thread_time_ns() - before_ns


_Deciding = Callable[[Policy, Facts, Command, int], object]


def _nothing(_policy: Policy, _facts: Facts, _command: Command, _now_ms: int) -> None:
    """What any decision takes at least: being asked."""


def _decision() -> Figure:
    policies = read_policies(json.loads((FOLDER / POLICIES).read_text(encoding="utf-8")), PRESETS)
    files = [(FOLDER / f"{rule}.jsonl").read_text(encoding="utf-8") for rule in DRAWN]
    asked = [read_line(line)[0] for text in files for line in text.splitlines()]
    answered = typing.cast("Callable[[Policy, Facts, Command, int], Decision]", decide)
    _each_us(asked, policies, answered)
    value, floor = _each_us(asked, policies, answered), _each_us(asked, policies, _nothing)
    return Figure(f"one decision, median of the corpus' {len(asked)} questions", value, "us", Bar(20), floor)


def _each_us(asked: list[Asked], policies: dict[str, Policy], deciding: _Deciding) -> float:
    took_us = []
    for it in asked:
        policy, facts, command, now_ms = policies[it.policy], it.facts, it.command, it.now_ms
        before_ns = time.thread_time_ns()
        for _ in range(_CALLS):
            deciding(policy, facts, command, now_ms)
        took_us.append((time.thread_time_ns() - before_ns) / _CALLS / 1000)
    return median(took_us)


def _queue() -> Figure:
    dice = Random(1)
    lines = [*[Line.BOOKED] * 5, *[Line.WALK_IN] * 3, Line.RETURNING, Line.LATE]
    waiting = [
        Entry(
            id=UUID(int=dice.getrandbits(128)),
            line=dice.choice(lines),
            joined_ms=no * 20_000,
            due_ms=dice.randrange(_WAITING) * _MINUTE_MS,
            number=no,
            has_priority=dice.randrange(10) == 0,
        )
        for no in range(_WAITING)
    ]
    policy = QueuePolicy(order=QueueOrder.RATIO)
    claims = [it.claim for it in waiting]
    value, floor = _ms(lambda: order(policy, waiting)), _ms(lambda: sorted(claims))
    return Figure(f"the order of a queue of {_WAITING}", value, "ms", Bar(5), floor)


def _roster() -> Figure:
    """Each doctor sits on five half days a week."""
    dice = Random(2)
    templates = [
        Template(
            plan=SessionPlan(
                department_id=UUID(int=doctor % 30),
                place_id=UUID(int=doctor),
                area_id=UUID(int=doctor % 12),
                kind=dice.choice([ClinicKind.GENERAL, ClinicKind.EXPERT]),
                starts=clock(14) if is_afternoon else clock(8),
                ends=clock(17) if is_afternoon else clock(11, 30),
                doctor_id=UUID(int=doctor),
            ),
            when=Weekly(frozenset({0, 2, 4} if is_afternoon else {1, 3})),
        )
        for doctor in range(_DOCTORS)
        for is_afternoon in (False, True)
    ]
    days, ids = list(month_days(2027, 3)), [UUID(int=no) for no in range(40 * _DOCTORS)]
    calendar, policy = Calendar(holidays=frozenset({date(2027, 3, 8)})), RosterPolicy()

    def published() -> Publication:
        return publish(drafts(templates, days, calendar), policy=policy, zone=CHINA, ids=ids)

    made = [
        (it.session_id, it.plan, it.service_date, it.starts_ms, it.ends_ms, it.letters, it.runs)
        for it in published().sessions
    ]
    value, floor = _ms(published), _ms(lambda: [Session(*it) for it in made])
    return Figure(f"a month of {_DOCTORS} doctors, {len(made)} sessions from templates", value, "ms", Bar(150), floor)


def _day() -> Figure:
    """Nothing forbids any order: the most that can be asked."""
    dice = Random(3)
    stops = []
    for no in range(_STOPS):
        turns_ms, closes_ms = _EIGHT_MS + dice.choice([60, 120]) * _MINUTE_MS, _EIGHT_MS + 600 * _MINUTE_MS
        hours = (Hours(_EIGHT_MS, turns_ms, dice.randrange(30)), Hours(turns_ms, closes_ms, dice.randrange(30)))
        stops.append(Stop(name=f"s{no}", hours=hours, takes_min=dice.randrange(3, 20), place=dice.choice("ABCD")))
    orders, walks = OrdersPolicy(), Walks()

    def found() -> Itinerary:
        answer = itinerary(stops, orders, walks, from_ms=_EIGHT_MS)
        assert isinstance(answer, Itinerary)
        assert answer.is_exact
        return answer

    return Figure(f"the best order of {_STOPS} stops", _ms(found), "ms", Bar(50), _ms(_every_step))


def _every_step() -> int:
    """Every set of stops, every last one of it, every next one: counted, and nothing else."""
    steps = 0
    for done in range(1 << _STOPS):
        for last in range(_STOPS):
            if done >> last & 1:
                for no in range(_STOPS):
                    steps += not done >> no & 1
    return steps
