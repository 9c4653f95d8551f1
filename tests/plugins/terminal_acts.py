"""Terminals that were off line tell the server of `booking_hall` what they did: events, and their verdicts."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from booking.numbers import queue_number
from booking.signed_ticket import TicketPlace, ticket_code
from booking.wire_acts import PersonDetails, seal_context
from central.appointments.tables import booking
from central.notify.tables import message
from central.rosters.tables import session
from central.staff.tables import staff_task
from tests.plugins.booking_hall import FIRST, Hall, new_id
from tests.plugins.lending import Kiosk, Lending
from tests.plugins.people_hall import BIRTH, NAME, NUMBER, PHONE

DETAILS = PersonDetails(name=NAME, document="resident_id", number=NUMBER, sex="male", birthday=BIRTH, phone=PHONE)
Body = dict[str, Any]
Event = tuple[str, Body]
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass
class OffLine:
    """One terminal's acts while nobody hears of them. `ago_ms` is how long before now each happens."""

    kiosk: Kiosk
    events: list[Event] = field(default_factory=list)

    @property
    def hall(self) -> Hall:
        return self.kiosk.hall

    def at(self, ago_ms: int) -> Body:
        return {"wall_ms": self.hall.clock.now_ms - ago_ms, "boot_id": "b", "boot_ms": 1, "offset_ms": 0}

    def book(self, person_id: UUID, lent: Body, no: int, *, ago_ms: int = 3_600_000, **changes: Any) -> Body:
        """A lent place is sold. Its number is the lease's next."""
        place = {"lease_id": lent["id"], "session_id": lent["session_id"], "slot_no": no}
        place["number"] = changes.pop("number", None) or lent["numbers"].pop()
        body = {
            "operation_id": str(new_id(self.hall.clock.now_ms - ago_ms)),
            "booking_id": str(new_id()),
            "person_id": str(person_id),
            "place": place,
            "at": self.at(ago_ms),
            "policy_version": 1,
            "notice_shown": True,
            **changes,
        }
        return self._did("book", body)

    def check_in(self, booked: Body, *, ago_ms: int = 1_800_000, **changes: Any) -> Body:
        """The patient of a sale comes."""
        body = {
            "operation_id": str(new_id(self.hall.clock.now_ms - ago_ms)),
            "booking_id": booked["booking_id"],
            "booking_ver": 1,
            "policy_version": 1,
            "at": self.at(ago_ms),
            "queue_number": number_on(self.hall, booked),
            **changes,
        }
        return self._did("check_in", body)

    def cancel(self, booking_id: str, *, ago_ms: int = 1_800_000, **changes: Any) -> Body:
        """A booking is given up: its own, unless `is_request`."""
        body = {
            "operation_id": str(new_id(self.hall.clock.now_ms - ago_ms)),
            "booking_id": booking_id,
            "booking_ver": 1,
            "at": self.at(ago_ms),
            "policy_version": 1,
            "is_request": False,
            "is_warned": True,
            **changes,
        }
        return self._did("cancel", body)

    def change(self, booking_id: str, lent: Body, no: int, *, ago_ms: int = 1_800_000, **changes: Any) -> Body:
        """Another place instead."""
        place = {"lease_id": lent["id"], "session_id": lent["session_id"], "slot_no": no}
        body = {
            "operation_id": str(new_id(self.hall.clock.now_ms - ago_ms)),
            "booking_id": booking_id,
            "booking_ver": 1,
            "new_booking_id": str(new_id()),
            "place": place | {"number": lent["numbers"].pop()},
            "at": self.at(ago_ms),
            "policy_version": 1,
            "is_request": False,
            "notice_shown": True,
            "is_warned": True,
            **changes,
        }
        return self._did("change", body)

    def join_list(self, person_id: UUID, session_id: UUID, **changes: Any) -> Body:
        """The patient wants to wait for a place."""
        body = {
            "operation_id": str(new_id()),
            "entry_id": str(new_id()),
            "person_id": str(person_id),
            "session_id": str(session_id),
            "at": self.at(60_000),
            "policy_version": 1,
            **changes,
        }
        return self._did("join_list", body)

    def register(self, details: PersonDetails, person_id: UUID | None = None, **changes: Any) -> Body:
        """Somebody registers; what they said is sealed to the newest key of the mirror."""
        known_as = person_id or new_id()
        body = {
            "operation_id": str(new_id()),
            "person_id": str(known_as),
            "at": self.at(7_200_000),
            "sealed": sealed(newest_key(self.kiosk), details, known_as),
            "credential_hashes": [],
            "masked_name": "欧**",
            "sex": "male",
            "birth_year": 1961,
            "policy_version": 1,
            **changes,
        }
        return self._did("register", body)

    def ticket(self, booked: Body, *, ago_ms: int = 3_600_000) -> str:
        """What its terminal printed for a sale."""
        it = booked["place"]
        row = session_of(self.hall, it["session_id"])
        place = TicketPlace(
            hospital_code="01",
            session_id=UUID(it["session_id"]),
            slot_no=it["slot_no"],
            service_date=row.service_date,
            starts_ms=row.starts_ms,
            ends_ms=row.starts_ms + 600_000,
            queue_number=number_on(self.hall, booked),
            booking_ver=1,
            issued_ms=self.hall.clock.now_ms - ago_ms,
            is_checked_in=False,
            lease_id=UUID(it["lease_id"]),
        )
        signed = self.kiosk.signed
        booking_id = UUID(booked["booking_id"])
        return ticket_code(terminal_id=signed.terminal_id, booking_id=booking_id, place=place, sign=signed.key.sign)

    def tell(self, *events: Event) -> list[Body]:
        """These, or all that was done, in order; the results."""
        told = [{"kind": kind, "seq": seq, kind: body} for seq, (kind, body) in enumerate(events or self.events, 1)]
        answer = self.kiosk.signed.post("/v1/events", {"events": told})
        assert answer.status_code == 200, answer.text
        results: list[Body] = answer.json()["results"]
        return results

    def said(self, *events: Event) -> list[tuple[str, str]]:
        """The verdicts and reasons only."""
        return [(it["verdict"], it["reason"]) for it in self.tell(*events)]

    def _did(self, kind: str, body: Body) -> Body:
        self.events.append((kind, body))
        return body


def release(lending: Lending, lease_id: str) -> None:
    """Two of the staff take a lease away."""
    staff = lending.staff()
    assert staff.post(f"leases/{lease_id}/release", {"agent": "Li", "reason": "stolen"}).status_code == 200
    assert staff.post(f"leases/{lease_id}/release/confirmation", {"agent": "Wang"}).status_code == 200


def newest_key(kiosk: Kiosk) -> Body:
    """The key that the mirror tells."""
    (row,) = (it for it in kiosk.signed.snapshot()[1] if it["kind"] == "seal_key")
    key: Body = row["seal_key"]
    return key


def sealed(key: Body, details: PersonDetails | bytes, person_id: UUID, hospital_id: UUID = FIRST) -> str:
    """As a terminal seals it."""
    said = details if isinstance(details, bytes) else json.dumps(asdict(details), ensure_ascii=False).encode()
    public = X25519PublicKey.from_public_bytes(base64.b64decode(key["public_key"])[1:])
    context = seal_context(hospital_id=hospital_id, person_id=person_id)
    return base64.b64encode(b"\x01" + UUID(key["id"]).bytes + _SUITE.encrypt(said, public, context)).decode()


def session_of(hall: Hall, session_id: str) -> Any:
    (row,) = hall.rows(sa.select(session).where(session.c.session_id == UUID(session_id)))
    return row


def number_on(hall: Hall, booked: Body) -> str:
    """The queue number that a terminal prints for a sale."""
    place = booked["place"]
    return queue_number(letters=session_of(hall, place["session_id"]).letters, slot_no=place["slot_no"])


def row_of(hall: Hall, booking_id: str) -> Any:
    """A booking's row."""
    (row,) = hall.rows(sa.select(booking).where(booking.c.booking_id == UUID(booking_id)))
    return row


def tasks(hall: Hall) -> list[tuple[str, str]]:
    """The open tasks, by the alphabet."""
    query = sa.select(staff_task.c.kind, staff_task.c.reason).where(staff_task.c.settled_ms.is_(None))
    return sorted((it.kind, it.reason) for it in hall.rows(query))


def messages(hall: Hall, person_id: UUID) -> list[str]:
    """What a person is told at once, by the alphabet."""
    late = ("first_reminder", "second_reminder")
    query = sa.select(message.c.kind).where(message.c.person_id == person_id, message.c.kind.not_in(late))
    return sorted(it.kind for it in hall.rows(query))
