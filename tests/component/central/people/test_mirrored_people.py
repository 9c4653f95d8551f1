"""What a terminal's mirror holds of the person of a booking, and that it follows the hospital's copy (sync C3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from booking.credit import Act
from booking.policy import PriorityGroup
from booking.wire import BookingRow, Row
from booking.wire_person import StandingHeld
from central.credit.tell import ActDone, tell_group
from central.people.grants import NewGrant, grant_priority
from central.sync.rows import booking_row
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import DAY_MS, TODAY, TwoHospitals, resident_number

pytestmark = on_both_engines
LATER = TODAY + timedelta(days=30)


def body_of(row: Row | None) -> BookingRow:
    assert row is not None
    assert row.booking is not None
    return row.booking


def test_a_booking_brings_what_rules_ask_of_its_person(store: TwoHospitals) -> None:
    parent = store.register("张大山", number=resident_number(order="321"))
    made = store.register(was_read=False, guardian_id=parent.person_id)
    store.bring(store.first, made.person_id)
    wanted = NewGrant(uuid4(), made.person_id, PriorityGroup.DISABLED, LATER, "disability card", "client 1")
    store.do(grant_priority, store.group_id, wanted, store.moment)
    booking_id = store.book(store.first, made.person_id)
    store.settle()
    person = body_of(store.do(booking_row, store.first, booking_id)).person
    assert person is not None
    assert (person.documents, person.is_verified, person.is_reachable) == (("resident_id",), False, True)
    assert [(it.group, it.until) for it in person.grants] == [("disabled", LATER.isoformat())]
    assert person.guardian_ids == (parent.person_id,)
    assert person.standing is None


def test_how_a_person_stands_reaches_terminals_also_when_nothing_but_the_day_changed(store: TwoHospitals) -> None:
    store.set_policy(store.first, 'preset = "trust-points"\n')
    made = store.register()
    store.bring(store.first, made.person_id)
    for _ in range(3):
        news = ActDone(person_id=made.person_id, day=TODAY, act=Act.NO_SHOW, booking_id=uuid4())
        store.do(tell_group, store.first, news, store.moment)
    store.settle()
    much_later = TODAY + timedelta(days=100)
    booking_id = store.book(store.first, made.person_id, day=much_later)
    suspended = store.do(booking_row, store.first, booking_id)
    assert standing_of(suspended).balance is not None
    assert standing_of(suspended).suspended_until == (TODAY + timedelta(days=89)).isoformat()
    store.now_ms += 100 * DAY_MS
    told = store.positions(store.first)
    store.bring(store.first, made.person_id)
    again = store.do(booking_row, store.first, booking_id)
    assert standing_of(again).suspended_until is None
    assert again.ver == suspended.ver + 1
    assert store.positions(store.first)[len(told) :] == [("booking", booking_id)]
    store.bring(store.first, made.person_id)
    assert store.do(booking_row, store.first, booking_id) == again


def standing_of(row: Row | None) -> StandingHeld:
    person = body_of(row).person
    assert person is not None
    assert person.standing is not None
    return person.standing
