"""A question of the golden corpus as rows of the server's store, and asked of the server's services.

What rows cannot say, or the server is never asked, is told by `case_said.not_in_rows`; such a question is left out.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa

from booking.decide import Refused
from booking.decide.clock import today
from booking.decide.commands import (
    AddPlace,
    Book,
    BookOffHours,
    Cancel,
    Confirm,
    Exempt,
    UndoCheckIn,
    WalkIn,
)
from booking.decide.given import (
    Acting,
    BookingFacts,
    Held,
    Order,
    Person,
    Place,
    PlaceFacts,
    SessionNow,
    Standing,
    Waiting,
)
from booking.facts import Known
from booking.policy import Policy
from booking.roster import BookingState, SlotState
from booking.roster.channels import Channel
from booking.wire_booking import (
    AddPlaceForPatient,
    BookOutsideHours,
    BookPlace,
    CancelBooking,
    ConfirmBooking,
    JoinList,
    StaffAct,
)
from central.appointments import booking_acts, later_acts, staff_acts, waiting
from central.appointments.at_hand import EXEMPTED
from central.appointments.entered import Subject
from central.appointments.existing import MEDICAL_MOVE
from central.appointments.new_booking import Made
from central.appointments.scene import Scene
from central.appointments.tables import booking, booking_step, referral, waiting_entry
from central.channels.caller import Asker, Right
from central.moment import Moment
from central.orders.tables import doctor_order, order_item
from central.people.facts import grants_document, standing_document
from central.people.tables import patient
from central.rosters.tables import calendar_day, department, extra_place, session, slot
from tests.plugins.booking_hall import FIRST, GROUP, KEYS, NAME, PLACE, new_id
from tools.corpus_form import Asked, words_of

_OTHERS_NO = 100
"""From here on are the numbers of places that others have."""
_CENTURY_MS = 36_525 * 86_400_000


class CaseRows:
    """One question in the store, until its transaction is rolled back."""

    def __init__(self, connection: sa.Connection, asked: Asked, policy: Policy) -> None:
        self._connection = connection
        self._asked = asked
        self._policy = policy
        self._person_id, self._guardian_id = uuid4(), uuid4()
        self._numbers: dict[str, str] = {}
        """The corpus's numbers, by the ids that stand for them here."""

    def said(self) -> str:
        """What the server's service says to it: a refusal in the corpus's words, or the state that was entered."""
        facts = self._asked.facts
        if isinstance(facts, PlaceFacts):
            outcome = self._ask_for_place(facts)
        else:
            assert isinstance(facts, BookingFacts)
            outcome = self._ask_about_booking(facts)
        if isinstance(outcome, Refused):
            words = words_of(outcome)
            for ours, theirs in self._numbers.items():
                words = words.replace(ours, theirs)
            return words
        if isinstance(outcome, Made):
            return f"accepted {outcome.subject.state}"
        return f"accepted {outcome.state}" if isinstance(outcome, Subject) else "accepted"

    def _ask_for_place(self, facts: PlaceFacts) -> Any:
        assert isinstance(facts.person, Known)
        person, command = facts.person.value, self._asked.command
        self._patient(facts, person)
        session_id, slot_no = self._session(facts, command)
        self._others(facts, session_id)
        is_staff = person.acting is Acting.STAFF or getattr(command, "has_right", False)
        scene = self._scene(facts.zone, getattr(command, "channel", Channel.WEB), is_staff=is_staff)
        wish: dict[str, Any] = {
            "person_id": self._person_id,
            "session_id": session_id,
            "slot_no": slot_no,
            "acting_id": self._acting(person.acting, is_staff=is_staff),
            "order_id": self._order(facts),
            "is_follow_up": person.is_follow_up,
        }
        book = {**wish, "booking_id": new_id(self._asked.now_ms)}
        match command:
            case Book(notice_shown=shown):
                return booking_acts.book(scene, BookPlace(**book, notice_shown=shown))
            case WalkIn(notice_shown=shown):
                return booking_acts.walk_in(scene, BookPlace(**book, notice_shown=shown))
            case Exempt(reason=reason, notice_shown=shown):
                return booking_acts.exempt(scene, AddPlaceForPatient(**book, reason=reason, notice_shown=shown))
            case AddPlace(reason=reason):
                return booking_acts.add_place(scene, AddPlaceForPatient(**book, reason=reason))
            case BookOffHours(staff_name=name, staff_phone=phone, is_prevented=prevented):
                ask = BookOutsideHours(**book, staff_name=name, staff_phone=phone, is_prevented=prevented)
                return booking_acts.book_off_hours(scene, ask)
            case _:
                return waiting.join(scene, JoinList(**wish, entry_id=uuid4()))

    def _ask_about_booking(self, facts: BookingFacts) -> Any:
        assert isinstance(facts.state, Known)
        command = self._asked.command
        self._insert(patient, _copy(self._person_id, guardian_ids=[str(self._guardian_id)]))
        booking_id = self._booked(facts)
        staff = facts.acting is Acting.STAFF or getattr(command, "has_right", False)
        rights = {Right.STAFF} if staff else set()
        scene = self._scene(facts.zone, getattr(command, "channel", Channel.WEB), is_staff=bool(rights))
        acting_id = self._acting(facts.acting, is_staff=bool(rights))
        match command:
            case Cancel(by=by, reason=reason, is_warned=warned):
                ask = CancelBooking(by=by.value, reason=reason, is_warned=warned, acting_id=acting_id)
                return later_acts.cancel(scene, booking_id, ask)
            case Confirm(by=by):
                return later_acts.confirm(scene, booking_id, ConfirmBooking(by=by.value, acting_id=acting_id))
            case UndoCheckIn(reason=reason):
                return staff_acts.undo_check_in(scene, booking_id, StaffAct(reason=reason))
            case other:
                raise AssertionError(other)

    def _scene(self, zone: Any, channel: Channel, *, is_staff: bool) -> Scene:
        rights = frozenset({Right.STAFF} if is_staff else ())
        return Scene(
            connection=self._connection,
            moment=Moment(self._asked.now_ms),
            asker=Asker(uuid4(), FIRST, channel, rights),
            keys=KEYS,
            group_id=GROUP,
            hospital_code="01",
            zone=zone,
            policy=self._policy,
        )

    def _acting(self, acting: Acting, *, is_staff: bool) -> UUID | None:
        match acting:
            case Acting.GUARDIAN:
                return self._guardian_id
            case Acting.STRANGER:
                return uuid4()
            case Acting.SELF:
                return self._person_id if is_staff else None
            case Acting.STAFF:
                return None

    def _patient(self, facts: PlaceFacts, person: Person) -> None:
        day = today(self._asked.now_ms, facts.zone)
        birth = None if person.age is None else date(day.year - person.age, 1, 1).isoformat()
        assert isinstance(facts.standing, Known)
        standing = facts.standing.value
        self._insert(
            patient,
            _copy(
                self._person_id,
                document_kinds=[person.document.value] if person.document else [],
                credential_hashes=["AAAA"] if person.document else [],
                birth_sealed=birth
                and KEYS.seal.seal(birth, table="patient", column="birth_sealed", row=self._person_id),
                is_verified=person.is_verified,
                is_reachable=person.is_reachable,
                grants=grants_document(person.grants),
                guardian_ids=[str(self._guardian_id)],
                standing=None if standing == Standing() else standing_document(standing, 0),
            ),
        )
        if person.is_referred:
            of = {"referral_id": uuid4(), "person_id": self._person_id, "direction": "in", "referred_by": "社区"}
            until = {"state": "open", "made_ms": 0, "valid_until_ms": self._asked.now_ms + _CENTURY_MS, "ver": 1}
            self._insert(referral, of | until)

    def _session(self, facts: PlaceFacts, command: Any) -> tuple[UUID, int | None]:
        """The session with its free places; and where none is free, a place that somebody has."""
        assert isinstance(facts.session, Known)
        assert isinstance(facts.free, Known)
        free, place = facts.free.value, facts.place
        session_id = self._one_session(place, facts.session.value)
        own = "walk_in" if isinstance(command, WalkIn) else f"channel:{command.channel.value}"
        pools = [own] * free.in_channel + ["common"] * free.in_pool + [self._reserve(facts)] * free.reserved
        for no, pool in enumerate(pools, 1):
            self._slot(session_id, no, place, pool=pool, state=SlotState.FREE.value)
        if not pools:
            self._slot(session_id, 1, place, state=SlotState.BUSY.value, booking_id=uuid4())
        if place.is_public_holiday:
            self._insert(
                calendar_day, {"day": place.service_date.isoformat(), "kind": "holiday", "name": NAME, "ver": 1}
            )
        return session_id, None if pools else 1

    def _reserve(self, facts: PlaceFacts) -> str:
        """A reserve that this person may use if there is one; else whoever's."""
        assert isinstance(facts.person, Known)
        person, day = facts.person.value, facts.place.service_date
        groups = [
            it.group.value for it in person.grants if it.until >= day and it.group in self._policy.priority.groups
        ]
        return f"reserve:{groups[0] if groups else 'elder'}"

    def _others(self, facts: PlaceFacts, session_id: UUID) -> None:
        """What else the person has booked; who waits; what was added and exempted."""
        assert isinstance(facts.bookings, Known)
        assert isinstance(facts.waiting, Known)
        for held in facts.bookings.value:
            self._held(held)
        waits: Waiting = facts.waiting.value
        people = [uuid4() for _ in range(waits.people - int(waits.is_on_it))]
        for person_id in [*people, *([self._person_id] if waits.is_on_it else [])]:
            of = {"entry_id": uuid4(), "session_id": session_id, "person_id": person_id, "channel": "web", "ver": 1}
            self._insert(waiting_entry, of | {"state": "waiting", "joined_ms": 1})
        for no in range(facts.add_ons):
            of = {"session_id": session_id, "no": _OTHERS_NO + no, "kind": "add_on", "booking_id": uuid4()}
            self._insert(extra_place, of | {"allowed_by": "x", "why": "x", "made_ms": 1})
        if facts.exemptions:
            self._insert(patient, _copy(other := uuid4()))
        for no in range(facts.exemptions):
            booking_id = uuid4()
            self._booking(booking_id, session_id, 2 * _OTHERS_NO + no, facts.place.service_date, person_id=other)
            self._step(booking_id, EXEMPTED)

    def _held(self, held: Held) -> None:
        place = Place(held.service_date, held.starts_ms, held.ends_ms, held.department)
        session_id, booking_id = self._one_session(place, SessionNow()), uuid4()
        self._numbers[str(booking_id)] = held.number
        self._slot(session_id, 1, place, state=SlotState.BUSY.value, booking_id=booking_id)
        order_id = self._order_row(Order(items=held.items, id=held.order)) if held.items else None
        self._booking(booking_id, session_id, 1, held.service_date, order_id=order_id)

    def _booked(self, facts: BookingFacts) -> UUID:
        assert isinstance(facts.session, Known)
        assert isinstance(facts.state, Known)
        assert isinstance(facts.waiting, Known)
        session_id, booking_id = self._one_session(facts.place, facts.session.value), uuid4()
        self._numbers[str(booking_id)] = facts.number
        self._slot(session_id, 1, facts.place, state=SlotState.BUSY.value, booking_id=booking_id)
        self._booking(
            booking_id,
            session_id,
            1,
            facts.place.service_date,
            state=facts.state.value.value,
            made_ms=facts.booked_ms,
            is_paid=facts.is_paid,
            assumed=["bookings"] if facts.was_assumed else None,
        )
        if facts.was_our_fault:
            self._step(booking_id, MEDICAL_MOVE)
        for _ in range(facts.waiting.value.people):
            of = {"entry_id": uuid4(), "session_id": session_id, "person_id": uuid4(), "channel": "web", "ver": 1}
            self._insert(waiting_entry, of | {"state": "waiting", "joined_ms": 1})
        return booking_id

    def _order(self, facts: PlaceFacts) -> UUID | None:
        order = facts.order.value if isinstance(facts.order, Known) else None
        return None if order is None else self._order_row(order)

    def _order_row(self, order: Order) -> UUID:
        order_id = uuid5(self._person_id, order.id) if order.id else uuid4()
        for table in (order_item, doctor_order):  # the booking before was made with this one
            self._connection.execute(table.delete().where(table.c.order_id == order_id))
        head = {"order_id": order_id, "person_id": self._person_id, "reference_sealed": b"x", "ver": 1}
        more = {"reference_hash": secrets.token_bytes(17), "state": "open", "ordered_ms": 1, "as_of_ms": 1}
        self._insert(doctor_order, head | more | {"is_urgent": order.is_urgent})
        for no, code in enumerate(order.items, 1):
            one = {"order_id": order_id, "item_no": no, "code": code, "name": NAME, "is_fasting": order.is_fasting}
            paid = {"is_paid": code not in order.unpaid, "paid_code": "other" if code in order.differing else None}
            more = {"series_minutes": "0,60" if order.is_series else None, "preparation_days": order.preparation_days}
            self._insert(order_item, one | paid | more)
        return order_id

    def _one_session(self, place: Place, now: SessionNow) -> UUID:
        session_id, department_id = uuid4(), uuid5(FIRST, place.department)
        here = (department.c.hospital_id == FIRST, department.c.department_id == department_id)
        if self._connection.execute(sa.select(department.c.ver).where(*here)).first() is None:
            self._insert(department, {"department_id": department_id, "name": NAME, "is_sensitive": False, "ver": 1})
        values = {
            "session_id": session_id,
            "department_id": department_id,
            "place_id": PLACE,
            "service_date": place.service_date.isoformat(),
            "starts_ms": place.starts_ms,
            "ends_ms": place.closes_ms,
            "letters": secrets.token_hex(4),
            "capacity": 1,
            "kind": place.kind.value,
            "published_ms": 1,
            "area_id": PLACE,
            "owner_confirms": place.owner_confirms,
            "stopped_ms": 1 if now.is_stopped else None,
            "is_offered": now.is_offered,
            "ver": 1,
        }
        self._insert(session, values)
        return session_id

    def _slot(self, session_id: UUID, no: int, place: Place, *, pool: str = "common", **values: Any) -> None:
        times = {"starts_ms": place.starts_ms, "ends_ms": place.ends_ms, "pool": pool, "home_pool": pool, "ver": 1}
        self._insert(slot, {"session_id": session_id, "no": no, **times, **values})

    def _booking(self, booking_id: UUID, session_id: UUID, no: int, day: date, **changes: Any) -> None:
        values = {
            "booking_id": booking_id,
            "session_id": session_id,
            "slot_no": no,
            "service_date": day.isoformat(),
            "person_id": self._person_id,
            "number_sealed": KEYS.seal.seal("010000000000", table="booking", column="number_sealed", row=booking_id),
            "number_hash": secrets.token_bytes(17),
            "number_last_four": "0000",
            "state": BookingState.BOOKED.value,
            "channel": "web",
            "is_return_visit": False,
            "made_ms": 1,
            "queue_number": "",
            "checked_in_ms": 0,
            "ver": 1,
        }
        self._insert(booking, values | changes)

    def _step(self, booking_id: UUID, reason: str) -> None:
        by = {"by": "hospital", "actor": "x", "channel": "window", "after": "booked", "at_ms": 1}
        self._insert(booking_step, {"step_id": uuid4(), "booking_id": booking_id, "reason": reason, **by})

    def _insert(self, table: sa.Table, values: dict[str, Any]) -> None:
        self._connection.execute(table.insert().values(hospital_id=FIRST, **values))


def _copy(person_id: UUID, **changes: Any) -> dict[str, Any]:
    values = {
        "person_id": person_id,
        "person_ver": 1,
        "masked_name": "张*丰",
        "sex": "male",
        "birth_year": 1980,
        "credential_hashes": ["AAAA"],
        "document_kinds": ["resident_id"],
    }
    return values | changes
