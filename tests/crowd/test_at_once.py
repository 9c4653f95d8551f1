"""Pairs of acts that meet at the worst instant. Whatever comes first, both know of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.decide import Refused
from booking.roster.channels import Channel
from booking.wire import CheckInAct, EventResult, Verdict
from booking.wire_booking import BookPlace, CancelBooking, JoinList, KeepPlace, PlaceKept
from booking.wire_time import DeviceTime
from central.acts.answering import BAD_REQUEST, unsettled
from central.appointments import booking_acts, due, held, later_acts, waiting
from central.appointments.new_booking import Made
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.appointments.tables import waiting_entry
from central.channels.caller import Asker
from central.checkins.service import record_check_in
from central.moment import Moment
from central.orders.tables import doctor_order, order_item
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.release import release_due
from central.rosters.tables import session, slot
from central.sample.plan import instant_ms
from central.staff.tables import staff_task
from central.terminals.caller import Caller
from central.web.once import Answer, Repeatable, once
from central.web.parts import Parts
from tests.crowd.meanwhile import Meanwhile
from tests.plugins.postgres import on_both_engines
from tools.crowd.accounts import findings
from tools.crowd.crowd import Crowd
from tools.crowd.journal import Journal
from tools.crowd.stage import FIRST_DAY, HOSPITAL, KEYS, RULES, ask, do

pytestmark = on_both_engines

WEB = Asker(UUID(int=71), HOSPITAL, Channel.WEB)
CLOCK = Asker(UUID(int=0), HOSPITAL, Channel.WINDOW, is_clock=True)
TERMINAL = Caller(UUID(int=72), HOSPITAL)
CHANNEL_RETURNS_MS = instant_ms(FIRST_DAY, 9) + 31 * 60_000
MINUTE_MS = 60_000
Piece = Callable[[sa.Connection], Any]


@pytest.fixture
def crowd(new_crowd: Callable[..., Crowd]) -> Crowd:
    return new_crowd(seed=1, people=24)


@pytest.fixture
def server(crowd: Crowd) -> Parts:
    return crowd.servers[0]


@pytest.fixture
def afternoon(crowd: Crowd) -> UUID:
    """A session of today that has not begun."""
    return next(it.session_id for it in crowd.sessions if it.starts_ms > CHANNEL_RETURNS_MS)


def piece(act: Callable[[Scene], Any], now_ms: int) -> Piece:
    return lambda connection: act(scene_at(connection, WEB, KEYS, Moment(now_ms)))


def book(server: Parts, person_id: UUID, session_id: UUID, **more: Any) -> Made | Refused:
    wish = BookPlace(
        person_id=person_id, session_id=session_id, booking_id=server.moment().new_id(), notice_shown=True, **more
    )
    return do(server, piece(lambda scene: booking_acts.book(scene, wish), server.clock()))


def cancelling(booking_id: UUID, now_ms: int) -> Piece:
    return piece(lambda scene: later_acts.cancel(scene, booking_id, CancelBooking(is_warned=True)), now_ms)


def prepare_orders(
    connection: sa.Connection, person_id: UUID, sessions: Sequence[UUID], orders: Iterable[UUID]
) -> None:
    """The sessions are examinations, and these are the person's orders; what they order is not for one day."""
    connection.execute(session.update().where(session.c.session_id.in_(sessions)).values(kind="ultrasound"))
    rules = to_document(RULES + '[orders]\nincompatible_pairs = [["echo-1", "echo-2"]]\n', version=2)
    connection.execute(policy.insert().values(hospital_id=HOSPITAL, version=2, document=rules, from_ms=0))
    for no, order_id in enumerate(orders, 1):
        here = {"hospital_id": HOSPITAL, "order_id": order_id}
        told = {"reference_sealed": b"x", "reference_hash": bytes([no] * 17), "ordered_ms": 1, "as_of_ms": 1, "ver": 1}
        connection.execute(doctor_order.insert().values(**here, **told, person_id=person_id, state="open"))
        item = {"item_no": 1, "code": f"echo-{no}", "name": {"zh-CN": "超声", "en": "Echo"}, "is_paid": True}
        connection.execute(order_item.insert().values(**here, **item))


def all_adds_up(crowd: Crowd) -> None:
    crowd.settle()
    found = findings(crowd.servers[0], Journal())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("first", ["the return", "the patient"])
def test_a_place_given_up_while_its_quota_returns_is_common(
    crowd: Crowd, server: Parts, afternoon: UUID, meanwhile: Meanwhile, first: str
) -> None:
    """Rules C5 and E2."""
    made = book(server, crowd.people[1], afternoon)
    assert isinstance(made, Made)
    of_place = (slot.c.session_id == afternoon, slot.c.no == made.subject.slot_no)
    pool = sa.select(slot.c.pool, slot.c.state).where(*of_place)
    assert tuple(ask(server, lambda it: it.execute(pool).one())) == ("channel:web", "busy")
    returning = partial(release_due, hospital_id=HOSPITAL, moment=Moment(CHANNEL_RETURNS_MS))
    giving_up = cancelling(made.subject.booking_id, CHANNEL_RETURNS_MS)
    pair = (returning, giving_up) if first == "the return" else (giving_up, returning)
    for done in meanwhile.both(*pair):
        done.result(10)
    assert tuple(ask(server, lambda it: it.execute(pool).one())) == ("common", "free")
    all_adds_up(crowd)


@pytest.mark.parametrize("first", ["who waits", "who gives up"])
def test_whoever_joins_the_list_while_a_place_is_given_up_does_not_wait_beside_it(
    crowd: Crowd, server: Parts, afternoon: UUID, meanwhile: Meanwhile, first: str
) -> None:
    """Rules D6 and E2."""
    young = [it for at, it in enumerate(crowd.people) if at % 5]
    booked = [it for it in (book(server, one, afternoon) for one in young) if isinstance(it, Made)]
    wish = JoinList(entry_id=server.moment().new_id(), person_id=young[-1], session_id=afternoon)
    now_ms = server.clock()
    joining = piece(lambda scene: waiting.join(scene, wish), now_ms)
    giving_up = cancelling(booked[0].subject.booking_id, now_ms)
    pair = (joining, giving_up) if first == "who waits" else (giving_up, joining)
    for done in meanwhile.both(*pair):
        done.result(10)
    state = sa.select(waiting_entry.c.state).where(waiting_entry.c.entry_id == wish.entry_id)
    place = sa.select(slot.c.state).where(slot.c.session_id == afternoon, slot.c.no == booked[0].subject.slot_no)
    stands = ask(server, lambda it: (it.execute(state).scalar(), it.execute(place).scalar()))
    assert stands in (("offered", "held"), (None, "free"))
    all_adds_up(crowd)


def test_two_terminals_that_tell_one_arrival_at_once_are_both_heard(
    crowd: Crowd, server: Parts, afternoon: UUID, meanwhile: Meanwhile
) -> None:
    made = book(server, crowd.people[1], afternoon)
    assert isinstance(made, Made)
    now_ms = server.clock() + 60 * MINUTE_MS

    def telling(operation: int, minutes_ago: int) -> Callable[[sa.Connection], EventResult]:
        at = DeviceTime(now_ms - minutes_ago * MINUTE_MS, "boot", 1)
        act = CheckInAct(UUID(int=operation), made.subject.booking_id, 1, 1, at, "A001")
        return lambda connection: record_check_in(connection, act, TERMINAL, Moment(now_ms), keys=KEYS)

    assert do(server, telling(1, 1)).verdict == Verdict.APPLIED
    said = [it.result(10).verdict for it in meanwhile.both(telling(2, 2), telling(3, 3))]
    assert said == [Verdict.DUPLICATE] * 2
    all_adds_up(crowd)


def test_a_write_that_reaches_two_servers_at_once_is_answered_in_one_way(
    crowd: Crowd, server: Parts, afternoon: UUID, meanwhile: Meanwhile
) -> None:
    """Also where what it takes away is gone when the second looks for it."""
    now_ms = server.clock()
    wish = KeepPlace(person_id=crowd.people[1], session_id=afternoon)
    kept = do(server, piece(lambda scene: held.keep(scene, wish), now_ms))
    assert isinstance(kept, PlaceKept)
    write = Repeatable(HOSPITAL, WEB.caller_id, "key", b"digest")

    def giving_up(connection: sa.Connection) -> Answer:
        def work(within: sa.Connection, moment: Moment) -> Answer:
            held.give_up(scene_at(within, WEB, KEYS, moment), kept.hold_id)
            return Answer(200, {"hold_id": str(kept.hold_id)})

        return once(connection, write, work, Moment(now_ms))

    said = [it.result(10) for it in meanwhile.both(giving_up, giving_up, before="SELECT hold")]
    assert said == [Answer(200, {"hold_id": str(kept.hold_id)})] * 2
    all_adds_up(crowd)


def test_of_two_servers_one_tells_that_a_patient_is_missing(
    crowd: Crowd, server: Parts, afternoon: UUID, meanwhile: Meanwhile
) -> None:
    """Rule G9."""
    made = book(server, crowd.people[1], afternoon)
    assert isinstance(made, Made)
    late_ms = instant_ms(FIRST_DAY, 16)

    def missing(connection: sa.Connection) -> None:
        due.end_grace(scene_at(connection, CLOCK, KEYS, Moment(late_ms)), made.subject.booking_id)

    one, other = meanwhile.both(missing, missing)
    assert one.result(10) is None
    assert isinstance(other.exception(10), NoSuchThing)
    tasks = sa.select(staff_task.c.kind).where(staff_task.c.booking_id == made.subject.booking_id)
    assert ask(server, lambda it: list(it.execute(tasks).scalars())) == ["missing_patient"]


def test_what_cannot_be_read_is_one_task_whichever_server_it_reaches(
    crowd: Crowd, server: Parts, meanwhile: Meanwhile
) -> None:
    operation_id = UUID(int=5)

    def telling(connection: sa.Connection) -> EventResult:
        return unsettled(connection, operation_id, BAD_REQUEST, TERMINAL, Moment(server.clock()))

    said = [it.result(10).task_id for it in meanwhile.both(telling, telling)]
    tasks = sa.select(staff_task.c.task_id).where(staff_task.c.operation_id == operation_id)
    assert ask(server, lambda it: list(it.execute(tasks).scalars())) == [said[0]] == [said[1]]
    all_adds_up(crowd)


@pytest.mark.parametrize("is_same", [True, False])
def test_what_a_doctor_ordered_is_booked_once_and_incompatible_orders_on_two_days(
    crowd: Crowd, server: Parts, meanwhile: Meanwhile, is_same: bool
) -> None:
    """Rule D11. The first place is taken when the second is asked for at another server."""
    person_id, now_ms = crowd.people[1], server.clock()
    tomorrow = [it for it in crowd.sessions if it.day > FIRST_DAY][:8]
    sessions = [tomorrow[0].session_id, tomorrow[3].session_id]
    orders = [UUID(int=81), UUID(int=81) if is_same else UUID(int=82)]
    do(server, prepare_orders, person_id, sessions, dict.fromkeys(orders))
    booking = [
        BookPlace(
            person_id=person_id,
            session_id=session_id,
            booking_id=server.moment().new_id(),
            notice_shown=True,
            order_id=order_id,
        )
        for session_id, order_id in zip(sessions, orders, strict=True)
    ]
    pieces = [piece(lambda scene, wish=wish: booking_acts.book(scene, wish), now_ms) for wish in booking]
    one, other = (it.result(10) for it in meanwhile.both(*pieces))
    assert isinstance(one, Made)
    assert isinstance(other, Refused)
    assert other.reason == ("order_booked" if is_same else "incompatible_items")
    assert other.facts.collides == str(booking[0].booking_id)
    all_adds_up(crowd)
