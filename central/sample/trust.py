"""Families, priority grants and trust of the sample's people, written by the same services as in any hospital."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa

from booking.credit import Act, Entry
from booking.people import Sex
from booking.policy import PriorityGroup
from booking.roster import BookingState
from central.credit.bring import bring, read_person, rules_of
from central.credit.records import Kept, Source, add_record
from central.moment import Moment
from central.people.grants import NewGrant, grant_priority
from central.people.guardians import Guardianship, add_guardian
from central.people.personal import GroupKeys
from central.people.tables import copy_due
from central.sample.catalogue import HOSPITALS
from central.sample.plan import PlannedPerson, SamplePlan, instant_ms

_FAMILIES = 5
_CHILD, _PARENT, _OLD = (0, 13), (25, 45), (66, 80)
_PREGNANT = (22, 40)
_GRANTS: tuple[tuple[PriorityGroup, int, str], ...] = (
    (PriorityGroup.PREGNANT, 150, "maternity record"),
    (PriorityGroup.PREGNANT, 90, "maternity record"),
    (PriorityGroup.DISABLED, 700, "disability certificate"),
    (PriorityGroup.DISABLED, 12, "disability certificate"),
)
"""Group, days until its end (one is on the re-verification list), document."""
_SUSPENDED = 2
"""People of each hospital who missed visit after visit."""
_MISSED_DAYS_AGO = (60, 40, 15, 6)


def load_trust(connection: sa.Connection, plan: SamplePlan, keys: GroupKeys, moment: Moment) -> None:
    """Store them, and bring the hospitals' copies to the newest version."""
    touched = {*_families(connection, plan, moment), *_grants(connection, plan, moment)}
    touched |= {*_missed_yesterday(connection, plan, keys, moment), *_suspended(connection, plan, keys, moment)}
    rules = {it: rules_of(connection, it, moment.now_ms) for it in plan.hospital_ids.values()}
    for person_id in sorted(touched):
        brought = read_person(connection, keys, person_id)
        assert brought is not None, "a person of the sample"
        for hospital_id in rules:
            bring(connection, hospital_id, brought, rules, keys=keys.keys, moment=moment)
    connection.execute(copy_due.delete())


def _ordinary(plan: SamplePlan, ages: tuple[int, int], sex: Sex | None = None) -> Iterator[PlannedPerson]:
    """People with nothing special about them, of an age."""
    youngest, oldest = ages
    for it in plan.people:
        age = (plan.today - it.person.birth).days // 366
        if not it.note and youngest <= age <= oldest and (sex is None or it.person.sex is sex):
            yield it


def _families(connection: sa.Connection, plan: SamplePlan, moment: Moment) -> Iterator[UUID]:
    """Children with a parent, and an old person whose child looks after them.  # rule A5"""
    parents = _ordinary(plan, _PARENT)
    wards = [("child", it) for it in _ordinary(plan, _CHILD)][:_FAMILIES]
    wards += [("parent", it) for it in _ordinary(plan, _OLD)][:1]
    for (relation, ward), guardian in zip(wards, parents, strict=False):
        add_guardian(connection, plan.group_id, Guardianship(guardian.person_id, ward.person_id, relation), moment)
        yield ward.person_id


def _grants(connection: sa.Connection, plan: SamplePlan, moment: Moment) -> Iterator[UUID]:
    """Priority groups, granted on sight of a document.  # rule C8"""
    women, others = _ordinary(plan, _PREGNANT, Sex.FEMALE), _ordinary(plan, (46, 64))
    for number, (group, days, document) in enumerate(_GRANTS):
        it = next(women if group is PriorityGroup.PREGNANT else others, None)
        if it is None:
            continue
        wanted = NewGrant(
            grant_id=uuid5(it.person_id, f"grant {number}"),
            person_id=it.person_id,
            group=group,
            until=plan.today + timedelta(days=days),
            document_seen=document,
            granted_by="guide desk",
        )
        yield grant_priority(connection, plan.group_id, wanted, moment)


def _missed_yesterday(connection: sa.Connection, plan: SamplePlan, keys: GroupKeys, moment: Moment) -> Iterator[UUID]:
    """Who did not come yesterday.  # rule G9"""
    for it in plan.people:
        for one in it.bookings:
            if one.state is BookingState.NO_SHOW:
                hospital_id = plan.hospital_ids[one.hospital.code]
                _miss(connection, keys, it.person_id, (hospital_id, one.session.day, str(one.booking_id)), moment)
                yield it.person_id


def _suspended(connection: sa.Connection, plan: SamplePlan, keys: GroupKeys, moment: Moment) -> Iterator[UUID]:
    """Some with a booking today who missed so many visits that they may book no more.  # rules F1, F2"""
    for hospital in HOSPITALS:
        late = [
            it
            for it in plan.people
            if not it.note and any(one.hospital is hospital and one.session.day == plan.today for one in it.bookings)
        ]
        for it in late[-_SUSPENDED:]:
            for days in _MISSED_DAYS_AGO:
                day = plan.today - timedelta(days=days)
                _miss(connection, keys, it.person_id, (plan.hospital_ids[hospital.code], day, ""), moment)
            yield it.person_id


def _miss(
    connection: sa.Connection, keys: GroupKeys, person_id: UUID, missed: tuple[UUID, date, str], moment: Moment
) -> None:
    hospital_id, day, booking_id = missed
    entry = Entry(
        id=str(uuid5(person_id, f"missed {day} {booking_id}")),
        day=day,
        at_ms=instant_ms(day, 18),
        act=Act.NO_SHOW,
        booking=booking_id,
    )
    add_record(connection, keys, person_id, Kept(entry, Source(hospital_id=hospital_id)), moment)
