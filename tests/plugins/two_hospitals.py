"""A group with two hospitals and nothing else in the store: what services of people and of trust are tried on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.people import DocumentKind, Sex, resident_check_digit
from booking.roster import SlotState
from central.appointments.tables import booking
from central.credit.bring import bring, read_person, rules_of
from central.credit.relay import Relay
from central.keys import ColumnSeal, Keys
from central.moment import Moment
from central.people.personal import GroupKeys
from central.people.register import Registered, Registration, Shown, register
from central.people.tables import copy_due
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.tables import department, hospital, place, session, slot
from central.sample.plan import instant_ms
from central.sync.tables import feed, feed_epoch
from central.tables.database import Database, Use
from central.tables.everything import whole_metadata

TODAY = date(2026, 3, 18)
NOON_MS = instant_ms(TODAY, 12)
DAY_MS = 86_400_000
Result = TypeVar("Result")


def resident_number(birth: str = "19900101", order: str = "123") -> str:
    """A resident's number of the region that the sample uses."""
    first = f"420100{birth}{order}"
    return first + resident_check_digit(first)


GROUP_ID, FIRST, SECOND = UUID(int=100), UUID(int=101), UUID(int=102)
KEYS = Keys(seal=ColumnSeal(key_id=1, by_id={1: b"s" * 32}), code_key=b"c" * 32, lookup_keys={GROUP_ID: b"l" * 32})


def fill(database: Database) -> None:
    """The two hospitals, and nothing else."""
    engine = database.engine(Use.WRITE)
    whole_metadata().create_all(engine)
    with engine.begin() as connection:
        for code, hospital_id in (("01", FIRST), ("02", SECOND)):
            _hospital(connection, hospital_id, code)
    engine.dispose()


@dataclass
class TwoHospitals:
    """The store, and its pieces of work done one at a time."""

    engine: sa.Engine
    group_id: UUID = GROUP_ID
    first: UUID = FIRST
    second: UUID = SECOND
    keys: Keys = KEYS
    now_ms: int = NOON_MS

    def __post_init__(self) -> None:
        self.group_keys = GroupKeys(self.group_id, self.keys)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pieces")

    @property
    def moment(self) -> Moment:
        return Moment(self.now_ms)

    def do(self, work: Callable[..., Result], *args: Any, **named: Any) -> Result:
        """One piece, committed."""
        with self.engine.begin() as connection:
            return work(connection, *args, **named)

    def submit(self, work: Callable[[sa.Connection], Result]) -> Future[Result]:
        """The same as writers and readers answer it."""
        return self._thread.submit(self.do, work)

    def close(self) -> None:
        self._thread.shutdown()
        self.engine.dispose()

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.execute(query).all())

    def one(self, query: sa.Select[Any]) -> Any:
        (row,) = self.rows(query)
        return row

    def set_policy(self, hospital_id: UUID, toml: str, *, version: int = 2) -> None:
        values = {"version": version, "document": to_document(toml, version=version), "from_ms": 0}
        self.do(lambda connection: connection.execute(policy.insert().values(hospital_id=hospital_id, **values)))

    def registration(
        self, name: str = "张三丰", *, number: str = "", was_read: bool = True, **changes: Any
    ) -> Registration:
        """Somebody who shows an ID card."""
        shown = Shown(uuid4(), DocumentKind.RESIDENT_ID, number or resident_number(), was_read=was_read)
        values: dict[str, Any] = {"phone": "13812345678", "documents": (shown,), "sex": Sex.MALE} | changes
        return Registration(person_id=uuid4(), name=name, **values)

    def register(self, name: str = "张三丰", **changes: Any) -> Registered:
        return self.do(register, self.group_keys, self.registration(name, **changes), TODAY, self.moment)

    def bring(self, hospital_id: UUID, person_id: UUID) -> None:
        """The hospital has a copy of this person from now on."""
        brought = self.do(read_person, self.group_keys, person_id)
        assert brought is not None
        rules = {it: self.do(rules_of, it, self.now_ms) for it in (self.first, self.second)}
        self.do(bring, hospital_id, brought, rules, keys=self.keys, moment=self.moment, if_missing=True)

    def relay(self) -> Relay:
        return Relay(ask=self.submit, write=self.submit, keys=self.keys)

    def settle(self) -> None:
        """The relay, until it has nothing more to do."""
        worker = self.relay()
        while worker.step(self.now_ms) <= self.now_ms:
            pass
        assert self.rows(sa.select(copy_due)) == []

    def book(self, hospital_id: UUID, person_id: UUID, *, day: date = TODAY, number: str = "010000000001") -> UUID:
        """A booking of somebody who has a copy here, in a session of its own."""
        return self.do(self._book, hospital_id, person_id, day, number)

    def positions(self, hospital_id: UUID) -> list[tuple[str, UUID]]:
        """What the hospital's feed says, in order."""
        query = sa.select(feed.c.entity, feed.c.entity_id).where(feed.c.tenant_id == hospital_id)
        return [(it.entity, it.entity_id) for it in self.rows(query.order_by(feed.c.change_id))]

    def _book(self, connection: sa.Connection, hospital_id: UUID, person_id: UUID, day: date, number: str) -> UUID:
        session_id, booking_id = uuid4(), uuid4()
        starts_ms = instant_ms(day, 14)
        times = {"starts_ms": starts_ms, "ends_ms": starts_ms + 600_000}
        connection.execute(
            session.insert().values(
                hospital_id=hospital_id,
                session_id=session_id,
                department_id=UUID(int=1),
                place_id=UUID(int=2),
                service_date=day.isoformat(),
                letters="A",
                capacity=1,
                kind="general",
                published_ms=0,
                ver=1,
                **times,
            )
        )
        state = {"state": SlotState.BUSY.value, "booking_id": booking_id, "ver": 1}
        connection.execute(slot.insert().values(hospital_id=hospital_id, session_id=session_id, no=1, **times, **state))
        seal = self.keys.seal.seal
        connection.execute(
            booking.insert().values(
                hospital_id=hospital_id,
                booking_id=booking_id,
                session_id=session_id,
                slot_no=1,
                service_date=day.isoformat(),
                person_id=person_id,
                number_sealed=seal(number, table="booking", column="number_sealed", row=booking_id),
                number_hash=self.group_keys.lookup.booking(number),
                number_last_four=number[-4:],
                state="booked",
                channel="window",
                is_return_visit=False,
                made_ms=0,
                queue_number="",
                checked_in_ms=0,
                ver=1,
            )
        )
        return booking_id


def _hospital(connection: sa.Connection, hospital_id: UUID, code: str) -> None:
    connection.execute(
        hospital.insert().values(
            hospital_id=hospital_id,
            group_id=GROUP_ID,
            code=code,
            name={"zh-CN": f"{code} 医院", "en": f"Hospital {code}"},
            time_zone="Asia/Shanghai",
        )
    )
    connection.execute(feed_epoch.insert().values(tenant_id=hospital_id, epoch="e1", began_ms=0))
    of = {"hospital_id": hospital_id, "ver": 1}
    name = {"zh-CN": "内科", "en": "Internal medicine"}
    connection.execute(department.insert().values(**of, department_id=UUID(int=1), name=name, is_sensitive=False))
    where = {part: {"zh-CN": "一"} for part in ("building", "floor", "area", "room")}
    connection.execute(place.insert().values(**of, place_id=UUID(int=2), **where))
