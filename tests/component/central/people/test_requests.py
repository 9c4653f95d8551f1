"""Matters without slots, and referrals (rules D14, D8)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.decide import Refused
from booking.decide.commands import Review, ReviewOutcome
from booking.decide.given import RequestState
from booking.roster.channels import Channel
from central.appointments.referrals import (
    Direction,
    NewReferral,
    ReferralState,
    end_referral,
    follow,
    is_referred,
    open_referrals,
    refer,
)
from central.appointments.requests import (
    NewRequest,
    RequestKind,
    StoredRequest,
    open_requests,
    requests_of,
    review_request,
    submit_request,
    withdraw_request,
)
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.appointments.tables import request
from central.channels.caller import Asker, Right
from central.notify.tables import message
from central.staff.tables import staff_task
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import DAY_MS, TwoHospitals


def scene(connection: sa.Connection, store: TwoHospitals, *, is_staff: bool = False) -> Scene:
    rights = frozenset({Right.STAFF}) if is_staff else frozenset()
    asker = Asker(UUID(int=7), store.first, Channel.WEB, rights)
    return scene_at(connection, asker, store.keys, store.moment)


@pytest.fixture
def patient_id(store: TwoHospitals) -> UUID:
    person_id = store.register().person_id
    store.bring(store.first, person_id)
    return person_id


def submit(store: TwoHospitals, person_id: UUID, request_id: UUID | None = None) -> StoredRequest | Refused:
    wanted = NewRequest(request_id or uuid4(), person_id, RequestKind.BED, need="A bed near the window")
    return store.do(lambda connection: submit_request(scene(connection, store), wanted))


def review(store: TwoHospitals, request_id: UUID, outcome: ReviewOutcome, **more: object) -> StoredRequest | Refused:
    said = Review(outcome, **more)  # type: ignore[arg-type]  # as the test says
    return store.do(lambda connection: review_request(scene(connection, store, is_staff=True), request_id, said))


def open_tasks(store: TwoHospitals) -> list[str]:
    return [it.kind for it in store.rows(sa.select(staff_task.c.kind).where(staff_task.c.settled_ms.is_(None)))]


@on_both_engines
def test_a_request_goes_through_the_review_and_every_step_is_told(store: TwoHospitals, patient_id: UUID) -> None:
    made = submit(store, patient_id, UUID(int=9))
    assert isinstance(made, StoredRequest)
    assert (made.state, made.review_due_ms) == (RequestState.SUBMITTED, store.now_ms + DAY_MS)
    assert submit(store, patient_id, UUID(int=9)) == made
    assert open_tasks(store) == ["review_request"]
    assert b"window" not in store.one(sa.select(request.c.need_sealed)).need_sealed

    taken_up = review(store, made.request_id, ReviewOutcome.TAKEN_UP)
    assert isinstance(taken_up, StoredRequest)
    assert (taken_up.state, taken_up.review_due_ms) == (RequestState.UNDER_REVIEW, made.review_due_ms)
    assert store.do(lambda connection: open_requests(scene(connection, store), limit=5)) == [taken_up]
    no_time = review(store, made.request_id, ReviewOutcome.GRANTED)
    assert isinstance(no_time, Refused)
    assert no_time.reason == "time_needed"
    granted = review(store, made.request_id, ReviewOutcome.GRANTED, starts_ms=store.now_ms + 3 * DAY_MS)
    assert isinstance(granted, StoredRequest)
    assert (granted.state, granted.review_due_ms) == (RequestState.GRANTED, None)
    assert open_tasks(store) == []

    again = store.do(lambda connection: withdraw_request(scene(connection, store), made.request_id))
    assert isinstance(again, StoredRequest)
    assert again.state is RequestState.UNDER_REVIEW
    assert again.review_due_ms is not None
    refused = review(store, made.request_id, ReviewOutcome.REFUSED, reason="No bed is free this month")
    assert isinstance(refused, StoredRequest)
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "No bed is free this month")
    told = [it.facts["state"] for it in store.rows(sa.select(message.c.facts).order_by(message.c.message_id))]
    assert sorted(told) == sorted(["submitted", "under_review", "granted", "under_review", "refused"])
    assert store.do(lambda connection: requests_of(scene(connection, store), patient_id)) == [refused]


def test_what_the_rules_refuse_is_not_stored(store: TwoHospitals, patient_id: UUID) -> None:
    store.set_policy(store.first, "[requests]\non = false\n")
    refused = submit(store, patient_id)
    assert isinstance(refused, Refused)
    assert refused.reason == "requests_off"
    assert store.rows(sa.select(request)) == []
    with pytest.raises(NoSuchThing):
        submit(store, uuid4())
    with pytest.raises(NoSuchThing):
        review(store, uuid4(), ReviewOutcome.TAKEN_UP)


def test_a_stranger_asks_for_nobody(store: TwoHospitals, patient_id: UUID) -> None:
    wanted = NewRequest(uuid4(), patient_id, RequestKind.OPERATION, asker_id=uuid4())
    refused = store.do(lambda connection: submit_request(scene(connection, store), wanted))
    assert isinstance(refused, Refused)
    assert refused.reason == "not_the_guardian"


@on_both_engines
def test_an_open_referral_counts_until_it_ends(store: TwoHospitals, patient_id: UUID) -> None:
    def counts() -> bool:
        return store.do(lambda connection: is_referred(scene(connection, store), patient_id))

    wanted = NewReferral(uuid4(), patient_id, Direction.IN, "Community centre 3", store.now_ms + DAY_MS)
    assert not counts()
    made = [store.do(lambda connection: refer(scene(connection, store), wanted)) for _ in range(2)]
    assert made[0] == made[1]
    assert counts()
    assert open_tasks(store) == ["referral_office"]
    booking_id = store.book(store.first, patient_id)
    followed = store.do(lambda connection: follow(scene(connection, store), wanted.referral_id, booking_id))
    assert followed.booking_id == booking_id
    with pytest.raises(NoSuchThing):
        store.do(lambda connection: follow(scene(connection, store), wanted.referral_id, uuid4()))
    assert store.do(lambda connection: open_referrals(scene(connection, store), limit=5)) == [followed]
    store.do(lambda connection: end_referral(scene(connection, store), wanted.referral_id, ReferralState.CLOSED))
    assert not counts()
    old = NewReferral(uuid4(), patient_id, Direction.IN, "Community centre 3", store.now_ms - 1)
    out = NewReferral(uuid4(), patient_id, Direction.OUT, "Cardiology", store.now_ms + DAY_MS)
    for one in (old, out):
        store.do(lambda connection, one=one: refer(scene(connection, store), one))
    assert not counts()
