"""The ledger of the group: told by a hospital, carried once, read by each hospital's rules (rules F1-F3, G9)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.credit import Act, Appeal, Cause, LineState, account_of
from booking.decide.given import Standing
from booking.policy import Policy
from central.credit.deeds import Deed, NotDone, appeal, blacklist, refuse_appeal, reinstate, void_entry
from central.credit.records import ledger_of
from central.credit.relay import BATCH, LOOK_MS, Relay
from central.credit.standing import HospitalRules
from central.credit.tables import credit_record, told_to_group
from central.credit.tell import ActDone, ActsVoided, AllDelivered, News, PatientArrived, tell_group
from central.people.facts import copy_of, standing_on
from central.people.merging import Merging, merge_records
from central.people.tables import copy_due
from central.policies.documents import read_policy
from central.staff.tables import staff_task
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import DAY_MS, TODAY, TwoHospitals, resident_number

POINTS = 'preset = "trust-points"\n'
GENERAL = 'preset = "general"\n'


def policies(store: TwoHospitals) -> dict[UUID, Policy]:
    return {store.first: read_policy(2, GENERAL), store.second: read_policy(2, POINTS)}


def known_in_both(store: TwoHospitals) -> UUID:
    store.set_policy(store.first, GENERAL)
    store.set_policy(store.second, POINTS)
    made = store.register()
    for hospital_id in (store.first, store.second):
        store.bring(hospital_id, made.person_id)
    store.settle()
    return made.person_id


def no_show(person_id: UUID, *, booking_id: UUID | None = None, day: date = TODAY, **changes: Any) -> ActDone:
    return ActDone(person_id=person_id, day=day, act=Act.NO_SHOW, booking_id=booking_id or uuid4(), **changes)


def tell(store: TwoHospitals, hospital_id: UUID, *news: News) -> None:
    for one in news:
        store.do(tell_group, hospital_id, one, store.moment)


def standing(store: TwoHospitals, hospital_id: UUID, person_id: UUID, day: date = TODAY) -> Standing:
    row = store.do(copy_of, hospital_id, person_id)
    assert row is not None
    return standing_on(row, policies(store)[hospital_id].credit, day)


def deed(store: TwoHospitals, person_id: UUID, *, reason: str = "seen the papers", day: date = TODAY) -> Deed:
    return Deed(uuid4(), person_id, store.second, day, "client 1", reason)


def rules(store: TwoHospitals, day: date = TODAY) -> dict[UUID, HospitalRules]:
    return {it: HospitalRules(policy.credit, day) for it, policy in policies(store).items()}


@on_both_engines
def test_a_suspension_decided_in_one_hospital_reaches_the_other(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, no_show(person_id), no_show(person_id))
    store.settle()
    assert standing(store, store.first, person_id) == standing(store, store.second, person_id) == Standing()
    tell(store, store.second, no_show(person_id))
    store.settle()
    last = TODAY + timedelta(days=89)
    for hospital_id in (store.first, store.second):
        assert standing(store, hospital_id, person_id).suspended_until == last


def test_what_costs_nothing_where_it_was_done_suspends_nobody_elsewhere_unasked(store: TwoHospitals) -> None:
    store.set_policy(store.first, '[credit]\nscheme = "lenient"\n')
    store.set_policy(store.second, POINTS)
    made = store.register()
    store.bring(store.first, made.person_id)
    tell(store, store.first, *(no_show(made.person_id) for _ in range(5)))
    store.settle()
    assert standing(store, store.first, made.person_id).suspended_until is None


def test_nobody_gets_a_copy_for_an_act_elsewhere(store: TwoHospitals) -> None:
    made = store.register()
    tell(store, store.first, no_show(made.person_id))
    store.settle()
    assert store.do(copy_of, store.first, made.person_id) is None
    assert len(store.rows(sa.select(credit_record))) == 1


def test_an_act_of_one_booking_is_told_once_and_again_after_a_void(store: TwoHospitals) -> None:
    person_id, booking_id = known_in_both(store), uuid4()
    tell(store, store.second, no_show(person_id, booking_id=booking_id), no_show(person_id, booking_id=booking_id))
    tell(store, store.second, ActsVoided(person_id=person_id, day=TODAY, booking_id=booking_id))
    tell(store, store.second, ActsVoided(person_id=person_id, day=TODAY, booking_id=booking_id))
    tell(store, store.second, no_show(person_id, booking_id=booking_id))
    store.settle()
    ledger = store.do(ledger_of, store.group_keys, person_id)
    account = account_of(policies(store)[store.second].credit, ledger.whole, TODAY)
    assert sorted(line.state for line in account.lines) == [LineState.COUNTS, LineState.VOIDED]
    assert account.balance == 8


def test_a_no_show_after_an_arrival_that_was_taken_back_counts(store: TwoHospitals) -> None:
    person_id, booking_id = known_in_both(store), uuid4()
    tell(store, store.second, no_show(person_id, booking_id=booking_id))
    tell(store, store.second, ActsVoided(person_id=person_id, day=TODAY, booking_id=booking_id))
    tell(store, store.second, PatientArrived(person_id=person_id, day=TODAY, booking_id=booking_id))
    tell(store, store.second, no_show(person_id, booking_id=booking_id))
    store.settle()
    ledger = store.do(ledger_of, store.group_keys, person_id)
    assert account_of(policies(store)[store.second].credit, ledger.whole, TODAY).balance == 8


@on_both_engines
def test_messages_mean_the_same_in_every_order_and_however_often_they_come(store: TwoHospitals) -> None:
    person_id, booking_id, late = known_in_both(store), uuid4(), uuid4()
    tell(store, store.second, no_show(person_id, booking_id=booking_id, is_provisional=True))
    tell(store, store.second, no_show(person_id, booking_id=late, is_provisional=True))
    tell(store, store.second, AllDelivered(person_id=person_id, day=TODAY, booking_id=booking_id))
    tell(store, store.second, PatientArrived(person_id=person_id, day=TODAY, booking_id=late))
    ids = [
        it.message_id
        for it in store.rows(sa.select(told_to_group.c.message_id).where(told_to_group.c.kind != "copied"))
    ]
    seen = set()
    for order in permutations(ids):
        store.do(lambda connection: connection.execute(credit_record.delete()) and None)
        for _ in range(2):  # and once more, as after a crash before it was marked
            for at, message_id in enumerate(order):
                one = told_to_group.update().where(told_to_group.c.message_id == message_id)
                again = one.values(delivered_ms=None, made_ms=at)
                store.do(lambda connection, again=again: connection.execute(again) and None)
            store.settle()
        ledger = store.do(ledger_of, store.group_keys, person_id)
        account = account_of(policies(store)[store.second].credit, ledger.whole, TODAY)
        seen.add((account.balance, tuple(sorted((it.entry.booking, it.state.value) for it in account.lines))))
    assert seen == {(8, tuple(sorted(((str(booking_id), "counts"), (str(late), "arrived")))))}


@on_both_engines
def test_a_provisional_entry_becomes_final_and_a_loss_lapses_with_the_days(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, *(no_show(person_id, is_provisional=True) for _ in range(3)))
    store.settle()
    assert standing(store, store.second, person_id) == Standing()
    worker = store.relay()
    for day, suspended_until in ((6, None), (7, TODAY + timedelta(days=89)), (90, None)):
        now_ms = store.now_ms + day * DAY_MS
        while worker.step(now_ms) <= now_ms:
            pass
        row = standing(store, store.first, person_id, TODAY + timedelta(days=day))
        assert row.suspended_until == suspended_until
        assert row.awaits_reactivation is (day == 90)
    assert standing(store, store.first, person_id, TODAY + timedelta(days=90)).awaits_reactivation


def test_a_suspension_that_ended_overnight_waits_for_staff_before_the_copy_is_worked_out_again(
    store: TwoHospitals,
) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, *(no_show(person_id) for _ in range(3)))
    store.settle()
    assert standing(store, store.second, person_id, TODAY + timedelta(days=89)).suspended_until is not None
    assert standing(store, store.second, person_id, TODAY + timedelta(days=90)).awaits_reactivation


def test_other_rules_are_followed_at_the_next_look(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, *(no_show(person_id) for _ in range(2)))
    worker = store.relay()
    worker.step(store.now_ms)
    assert standing(store, store.second, person_id).suspended_until is None
    store.set_policy(store.second, POINTS + "[credit.points]\nstart = 8\n", version=3)
    later_ms = store.now_ms + LOOK_MS
    while worker.step(later_ms) <= later_ms:
        pass
    assert standing(store, store.second, person_id).suspended_until is not None


def test_staff_void_an_entry_with_a_reason(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, *(no_show(person_id) for _ in range(3)))
    store.settle()
    entry_id = store.rows(sa.select(credit_record.c.record_id))[0].record_id
    with pytest.raises(NotDone) as caught:
        store.do(void_entry, store.group_keys, deed(store, person_id, reason=" "), entry_id, store.moment)
    assert caught.value.objection == "reason_needed"
    with pytest.raises(NotDone) as caught:
        store.do(void_entry, store.group_keys, deed(store, person_id), uuid4(), store.moment)
    assert caught.value.objection == "unknown_entry"
    once = deed(store, person_id, reason="Our terminal was out of order")
    for _ in range(2):
        store.do(void_entry, store.group_keys, once, entry_id, store.moment)
    with pytest.raises(NotDone) as caught:
        store.do(void_entry, store.group_keys, deed(store, person_id), entry_id, store.moment)
    assert caught.value.objection == "already_void"
    store.settle()
    assert standing(store, store.first, person_id) == Standing()
    ledger = store.do(ledger_of, store.group_keys, person_id)
    assert ledger.reason_of(str(entry_id)) == "Our terminal was out of order"
    assert account_of(policies(store)[store.second].credit, ledger.whole, TODAY).balance == 4


def test_the_patient_appeals_and_staff_let_it_stand(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, no_show(person_id))
    store.settle()
    credit = policies(store)[store.second].credit
    entry_id = store.one(sa.select(credit_record.c.record_id)).record_id
    with pytest.raises(NotDone) as caught:
        store.do(refuse_appeal, store.group_keys, deed(store, person_id), entry_id, store.moment)
    assert caught.value.objection == "no_appeal_open"
    late = deed(store, person_id, day=TODAY + timedelta(days=30))
    with pytest.raises(NotDone) as caught:
        store.do(appeal, store.group_keys, late, entry_id, credit, store.moment)
    assert caught.value.objection == "appeal_closed"
    store.do(appeal, store.group_keys, deed(store, person_id), entry_id, credit, store.moment)
    with pytest.raises(NotDone) as caught:
        store.do(appeal, store.group_keys, deed(store, person_id), entry_id, credit, store.moment)
    assert caught.value.objection == "already_appealed"
    store.do(refuse_appeal, store.group_keys, deed(store, person_id), entry_id, store.moment)
    ledger = store.do(ledger_of, store.group_keys, person_id)
    (line,) = account_of(credit, ledger.whole, TODAY).lines
    assert (line.appeal, line.state) == (Appeal.REFUSED, LineState.COUNTS)
    assert ledger.reason_of(str(entry_id)) == "seen the papers"


def test_reactivation_gives_a_fresh_start_everywhere(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    with pytest.raises(NotDone) as caught:
        store.do(reinstate, store.group_keys, deed(store, person_id), rules(store), store.moment)
    assert caught.value.objection == "nothing_to_lift"
    tell(store, store.second, *(no_show(person_id) for _ in range(3)))
    store.settle()
    store.now_ms += 90 * DAY_MS
    after = TODAY + timedelta(days=90)
    store.do(reinstate, store.group_keys, deed(store, person_id, day=after), rules(store, after), store.moment)
    store.settle()
    for hospital_id in (store.first, store.second):
        assert standing(store, hospital_id, person_id, after) == Standing()
    ledger = store.do(ledger_of, store.group_keys, person_id)
    assert account_of(policies(store)[store.second].credit, ledger.whole, after).balance == 12


def test_the_blacklist_bars_where_the_rules_say_so(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    store.set_policy(store.first, GENERAL + "[credit.strikes]\nblacklisted_may_book = false\n", version=3)
    store.do(blacklist, store.group_keys, deed(store, person_id), store.moment)
    store.settle()
    assert standing(store, store.first, person_id).is_barred_by_blacklist
    assert not standing(store, store.second, person_id).is_barred_by_blacklist


def test_what_was_not_the_patients_doing_costs_nothing(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, *(no_show(person_id, cause=Cause.CLINIC_STOPPED) for _ in range(4)))
    store.settle()
    assert standing(store, store.second, person_id) == Standing()


@on_both_engines
def test_a_merged_record_brings_its_ledger_along(store: TwoHospitals) -> None:
    kept_id = known_in_both(store)
    other = store.register("李四", number=resident_number(order="555"))
    tell(store, store.second, no_show(kept_id), no_show(other.person_id))
    store.do(
        merge_records, store.group_keys, Merging(uuid4(), kept_id, other.person_id, "client 1", "seen"), store.moment
    )
    tell(store, store.second, no_show(other.person_id))
    store.settle()
    assert standing(store, store.first, kept_id).suspended_until is not None


def test_news_of_somebody_unknown_is_put_before_staff_and_holds_nothing_up(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    tell(store, store.second, no_show(uuid4()), no_show(person_id))
    store.settle()
    assert store.one(sa.select(staff_task.c.kind, staff_task.c.hospital_id)) == ("credit_not_kept", store.second)
    assert len(store.rows(sa.select(credit_record))) == 1


@on_both_engines
def test_more_than_one_batch_is_carried_to_the_end(store: TwoHospitals) -> None:
    person_id = known_in_both(store)
    values = {"hospital_id": store.second, "person_id": person_id, "kind": "arrived", "made_ms": 1}
    body = {"day": TODAY.isoformat(), "at_ms": 1, "booking_id": str(uuid4())}
    rows = [{**values, "message_id": uuid4(), "body": body} for _ in range(BATCH + 3)]
    store.do(lambda connection: connection.execute(told_to_group.insert(), rows) and None)
    store.settle()
    assert len(store.rows(sa.select(credit_record))) == BATCH + 3


class _Killed(Exception):
    """The process ended here."""


class Dying:
    """Hands pieces on, until the process dies before or after the n-th."""

    def __init__(self, store: TwoHospitals, at: int, *, is_after: bool) -> None:
        self._store, self._left, self._is_after = store, at, is_after
        self.is_dead = False

    def __call__(self, work: Callable[[sa.Connection], Any], /) -> Future[Any]:
        self._left -= 1
        if self._left == 0:
            self.is_dead = True
            if self._is_after:
                self._store.submit(work).result()
            raise _Killed
        return self._store.submit(work)


@on_both_engines
@pytest.mark.parametrize("is_after", [False, True])
def test_the_relay_may_die_anywhere(store: TwoHospitals, is_after: bool) -> None:
    person_id = known_in_both(store)
    at, died = 0, True
    while died:
        at += 1
        tell(store, store.second, no_show(person_id))
        dying = Dying(store, at, is_after=is_after)
        with suppress(_Killed):
            Relay(ask=dying, write=dying, keys=store.keys).step(store.now_ms)
        died = dying.is_dead
        store.settle()
        assert len(store.rows(sa.select(credit_record))) == at
        undelivered = sa.select(told_to_group).where(told_to_group.c.delivered_ms.is_(None))
        assert store.rows(undelivered) == []
        assert store.rows(sa.select(copy_due)) == []
    assert at > 10
    assert standing(store, store.first, person_id).suspended_until is not None
