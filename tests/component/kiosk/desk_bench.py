"""A desk with lent places and settings of its own, for its acts besides check-ins: what a visit asks, in few words."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import counter
import ward
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from booking.people import DocumentKind, Identity, Sex
from booking.wire import Row
from booking.wire_booking import BookingView
from booking.wire_lease import Lease, SealKeyRow
from kiosk.ports.desk import FindByCard, NothingToday, PersonFound, PersonView
from kiosk.ports.desk_acts import (
    BookPlace,
    CancelBooking,
    ChangeBooking,
    JoinWaitingList,
    RegisterPerson,
    SessionOffered,
    WalkIn,
)

VISIT = UUID(int=0x51)
TOMORROW = "2026-03-03"
DAY_MS = 24 * ward.HOUR_MS
MORNING = UUID(int=0x5E55)
"""Tomorrow's session; today's is the ward's own."""
STARTS_MS = ward.NOON_MS - 3 * ward.HOUR_MS + DAY_MS
LEASE, WALK_IN_LEASE = UUID(int=0x1EA5E), UUID(int=0x1EA5F)
SEAL_KEY = UUID(int=0x5EA1)
KNOWN_HERE = (
    "profile",
    "bookings",
    "standing",
    "session",
    "booking_state",
    "changes",
)
BOLD = 'preset = "general"\n[unknown]\n' + "".join(f'{name} = "assume"\n' for name in KNOWN_HERE)
"""Settings of a hospital that goes on selling off line."""
CAREFUL = 'preset = "general"\n'
"""And of one that has its terminals ask."""


def policy_row(settings: str, *, version: int = 4) -> Row:
    return Row(
        kind="policy",
        id="policy",
        ver=version,
        policy=replace(ward.POLICY, version=version, settings=settings),
    )


def session_rows(**changes: Any) -> tuple[Row, ...]:
    """Today's afternoon and tomorrow's morning, both of a general clinic."""
    made = []
    for row in ward.catalogue():
        if row.session is None:
            continue
        today = replace(row.session, kind="general")
        tomorrow = replace(
            today,
            id=MORNING,
            service_date=TOMORROW,
            starts_ms=STARTS_MS,
            ends_ms=STARTS_MS + 3 * ward.HOUR_MS,
            letters="B",
            **changes,
        )
        made = [replace(row, ver=2, session=today), replace(row, id=str(MORNING), ver=2, session=tomorrow)]
    return tuple(made)


def lease_of_tomorrow(*numbers: int) -> Lease:
    return replace(
        counter.lease(*numbers, lease_id=LEASE),
        session_id=MORNING,
        service_date=TOMORROW,
        last_sale_ms=ward.NOON_MS + 6 * ward.HOUR_MS,
        places=tuple(
            replace(it, starts_ms=STARTS_MS + it.no * 600_000, ends_ms=STARTS_MS + (it.no + 1) * 600_000)
            for it in counter.places(*numbers)
        ),
    )


def lease_for_walk_ins(*numbers: int) -> Lease:
    lent = counter.lease(*numbers, lease_id=WALK_IN_LEASE, is_for_walk_ins=True)
    return replace(lent, last_sale_ms=ward.NOON_MS + 4 * ward.HOUR_MS)


def newcomer(no: int = 41) -> Identity:
    """Somebody with a citizen's number that holds together and a social-security card."""
    return Identity(
        kind=DocumentKind.SOCIAL_SECURITY,
        id_number="420100196107093376",
        card_number=f"S{no:08d}",
        name="诸葛测试",
        sex=Sex.MALE,
        birth_date="1961-07-09",
    )


@dataclass
class Bench:
    """One terminal's desk; `counter` is its store as tests look into it."""

    store: Any
    line: Any
    clock: Any
    settings: str = BOLD
    tickets: Any = None
    ids: int = 0
    private_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.counter = counter.Counter(self.store, self.clock)
        self.mirror = self.store.mirror(ward.HOSPITAL)
        self.outbox = self.store.outbox(ward.HOSPITAL)
        self.spool = self.store.spool(ward.HOSPITAL)
        self.mirror.take_rows((*ward.catalogue(), *session_rows(), policy_row(self.settings)))
        self.desk = ward.core_of(self.store, self.line, self.clock, tickets=self.tickets)

    def lend(self, *leases: Lease) -> None:
        self.counter.granted(*(leases or (lease_of_tomorrow(1, 2, 3), lease_for_walk_ins(21, 22))))

    def take_seal_key(self) -> None:
        public_key = base64.b64encode(b"\x01" + self.private_key.public_key().public_bytes_raw()).decode()
        key = SealKeyRow(id=SEAL_KEY, public_key=public_key, from_ms=0)
        self.mirror.take_rows((Row(kind="seal_key", id=str(SEAL_KEY), ver=1, seal_key=key),))

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=0xAC7_0000 + self.ids)

    def handle(self, command: Any) -> Any:
        return self.desk.handle(command)

    # Commands
    def person(self, patient: Any) -> PersonView:
        """As the card finds them."""
        found = self.handle(FindByCard(VISIT, patient.card()))
        assert isinstance(found, PersonFound | NothingToday), found
        return found.person

    def book(self, person: PersonView, **changes: Any) -> BookPlace:
        return BookPlace(**{**self._wish(person, MORNING), **changes})

    def walk_in(self, person: PersonView, **changes: Any) -> WalkIn:
        return WalkIn(**{**self._wish(person, ward.SESSION), **changes})

    def _wish(self, person: PersonView, session_id: UUID) -> dict[str, Any]:
        return {
            "visit_id": VISIT,
            "operation_id": self.new_id(),
            "job_id": self.new_id(),
            "booking_id": self.new_id(),
            "person": person,
            "session_id": session_id,
            "language": "zh-CN",
            "notice_shown": True,
        }

    def cancel(self, booking_id: UUID, **changes: Any) -> CancelBooking:
        command = CancelBooking(
            visit_id=VISIT,
            operation_id=self.new_id(),
            job_id=self.new_id(),
            booking_id=booking_id,
            language="zh-CN",
            is_warned=True,
        )
        return replace(command, **changes)

    def change(self, booking_id: UUID, person: PersonView, **changes: Any) -> ChangeBooking:
        command = ChangeBooking(
            visit_id=VISIT,
            operation_id=self.new_id(),
            job_id=self.new_id(),
            booking_id=booking_id,
            new_booking_id=self.new_id(),
            person=person,
            session_id=MORNING,
            language="zh-CN",
            notice_shown=True,
            is_warned=True,
        )
        return replace(command, **changes)

    def wait(self, person: PersonView) -> JoinWaitingList:
        names = ward.zh("x")
        return JoinWaitingList(
            visit_id=VISIT,
            operation_id=self.new_id(),
            job_id=self.new_id(),
            entry_id=self.new_id(),
            person=person,
            session=SessionOffered(
                session_id=MORNING,
                service_date=TOMORROW,
                starts_ms=STARTS_MS,
                ends_ms=STARTS_MS + 3 * ward.HOUR_MS,
                department_id=ward.DEPARTMENT,
                department=names,
                is_sensitive=False,
                doctor=None,
                doctor_title=None,
                building=names,
                floor=names,
                area=names,
                room=names,
                free=0,
            ),
            language="zh-CN",
        )

    def register(self, identity: Identity | None = None, **changes: Any) -> RegisterPerson:
        command = RegisterPerson(
            visit_id=VISIT,
            operation_id=self.new_id(),
            person_id=self.new_id(),
            identity=identity or newcomer(),
            is_card_read=True,
            phone="13912347788",
        )
        return replace(command, **changes)

    # What the server would say
    def given(self, command: BookPlace, **changes: Any) -> BookingView:
        view = BookingView(
            booking_id=command.booking_id,
            number="010000000019",
            state="booked",
            person_id=command.person.person_id,
            session_id=command.session_id,
            slot_no=9,
            service_date=TOMORROW,
            starts_ms=STARTS_MS,
            ends_ms=STARTS_MS + 600_000,
            department_id=ward.DEPARTMENT,
            doctor_id=ward.DOCTOR,
            place_id=ward.PLACE,
            channel="kiosk",
            made_ms=self.clock.now_ms(),
        )
        return replace(view, **changes)

    def says(self, *answers: Any) -> Callable[[str, Any], Any]:
        """The line gives these answers, one after the other."""
        waiting = list(answers)
        return lambda what, ask: waiting.pop(0)

    # What became of it
    def waits(self) -> list[str]:
        return [one.event.kind for one in self.outbox.waiting()]

    def event(self, kind: str) -> Any:
        (found,) = (one.event for one in self.outbox.waiting() if one.event.kind == kind)
        return getattr(found, kind)
