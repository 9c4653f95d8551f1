"""What somebody sends who means harm: one question of every kind that writes, and values that no field should bear."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import Right
from central.tables.everything import whole_metadata
from tests.plugins.booking_hall import DOCTOR, FIRST, MEDICINE, NOW_MS, Client, Hall, new_id
from tests.plugins.people_hall import BIRTH, NAME, NUMBER, PHONE, document, registered, staff
from tests.plugins.two_hospitals import resident_number

Body = dict[str, Any]
ANSWERED = {"answer", "audit"}
"""Tables that a clean no may write: what was answered, and that somebody tried."""
TOO_LONG = "长" * 20_000
NUL, HALF = "张\x00三", "张\ud800三"
TEXTS = {"nul": NUL, "half of a pair": HALF, "too long": TOO_LONG}
NUMBERS = {"over 63 bits": 2**63, "over 64 bits": 2**70, "far below": -(2**63) - 1, "huge": 10**400}
"""What one of the engines, or both, cannot keep."""
HARMLESS = (
    "'; DROP TABLE patient; --",
    '<script>alert("1")</script>',
    "%' OR 1=1 --",
    "${jndi:ldap://x}",
    "𠮷\u3000田",
)
"""Texts that are only texts."""


@dataclass(frozen=True)
class Write:
    """One write below the first hospital, as it should be."""

    method: str
    path: str
    body: Body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def changed(self, place: tuple[str | int, ...], value: Any) -> Write:
        """The same with another value at one place of its body."""
        body: Any = deepcopy(self.body)
        inside = body
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = value
        return Write(self.method, self.path, body)


def everything_client(hall: Hall) -> Client:
    """A client that may do all that clients may."""
    return hall.client(Channel.WINDOW, Right.STAFF, Right.HOSPITAL_SYSTEM)


def send(
    client: Client, write: Write, *, key: str = "", content: bytes | None = None, **headers: str
) -> httpx.Response:
    """Ask; `content` instead of the body as JSON."""
    sent = {
        "Authorization": f"Bearer {client.token}",
        "Idempotency-Key": key or str(uuid4()),
        "Content-Type": "application/json",
        **headers,
    }
    body = json.dumps(write.body).encode() if content is None else content
    return client.http.request(write.method, f"/v1/hospitals/{FIRST}/{write.path}", content=body, headers=sent)


def places(body: Any, kind: type) -> Iterator[tuple[str | int, ...]]:
    """Where in a body there are values of this kind. The message's own version is nobody's business."""
    inside = body.items() if isinstance(body, dict) else enumerate(body)
    for name, value in inside:
        if isinstance(value, dict | list):
            yield from ((name, *rest) for rest in places(value, kind))
        elif type(value) is kind:
            yield (name,)


def is_id(text: Any) -> bool:
    """Whether it is written as ids are."""
    try:
        return str(UUID(text)) == text
    except (ValueError, AttributeError, TypeError):
        return False


def counts(hall: Hall, *but: str) -> dict[str, int]:
    """How many rows each table has. The numbering of the feed works beside, and keeps its own place."""
    tables = [it for it in whole_metadata().sorted_tables if it.name not in (*but, "feed_sequencer")]
    (row,) = hall.rows(sa.select(*(sa.select(sa.func.count()).select_from(it).scalar_subquery() for it in tables)))
    return dict(zip((it.name for it in tables), row, strict=True))


def writes(hall: Hall) -> list[Write]:
    """One of each kind, about people, sessions and bookings that are there."""
    clerk = staff(hall)
    person = registered(clerk)
    other = registered(clerk, name="李四", number=resident_number("19700101", "221"))
    session, later = hall.session(), hall.session(hour=16)
    booked = clerk.book(person, session)
    assert booked.status_code == 201, booked.text
    booking_id, made = booked.json()["booking_id"], str(new_id())
    who = {"person_id": str(other), "session_id": str(later)}
    place = {"booking_id": made, **who, "slot_no": 1, "need": "头痛", "agent": "王", "recording_ref": "r1"}
    return [
        *_of_bookings(booking_id, later, who, place),
        *_of_people(person, other),
        *_of_catalogue(session),
        *_told(),
    ]


def _of_bookings(booking_id: str, later: UUID, who: Body, place: Body) -> list[Write]:
    act = {"agent": "王", "reason": "说明", "grants": True}
    change = {"new_booking_id": place["booking_id"], "session_id": str(later), "slot_no": 2}
    at = f"bookings/{booking_id}"
    return [
        Write("POST", "bookings", place),
        Write("POST", "walk-ins", place),
        Write("POST", "add-ons", {**place, "reason": "急"}),
        Write("POST", "exemptions", {**place, "reason": "急"}),
        Write("POST", "off-hours-bookings", {**place, "staff_name": "王", "staff_phone": "13800000000"}),
        Write("POST", "holds", {**who, "slot_no": 1}),
        Write("POST", "waiting-entries", {**who, "slot_no": 1, "entry_id": str(new_id())}),
        Write("POST", f"{at}/change", change),
        Write("POST", f"{at}/confirmation", {"by": "patient"}),
        Write("POST", f"{at}/undo-check-in", act),
        Write("POST", f"{at}/medical-move", act),
        Write("POST", f"{at}/change-review", act),
        Write("POST", f"{at}/retriage", {**act, "to_session_id": str(later)}),
        Write("POST", f"{at}/cancellation", {"by": "hospital", "reason": "停诊", "agent": "王", "is_warned": True}),
        Write("POST", "booking-lookups", {"number": "010000000001", "question": "phone", "answer": "1234"}),
        Write("POST", "requests", {"person_id": who["person_id"], "kind": "bed", "need": "住院"}),
        Write(
            "POST",
            "referrals",
            {
                "person_id": who["person_id"],
                "direction": "in",
                "referred_by": "社区",
                "valid_until_ms": NOW_MS + 86_400_000,
            },
        ),
    ]


def _of_people(person: UUID, other: UUID) -> list[Write]:
    at = f"people/{person}"
    return [
        Write(
            "POST",
            "people",
            {
                "name": NAME,
                "documents": [document(resident_number("19800202", "101"))],
                "phone": PHONE,
                "other_contact": "信箱",
                "birth_date": "1980-02-02",
                "language": "zh-CN",
            },
        ),
        Write("POST", "people/find", {"document": document(), "name": NAME}),
        Write("POST", "people/search", {"name": NAME, "phone": PHONE}),
        Write("POST", f"{at}/phone", {"phone": "13800000001"}),
        Write("POST", f"{at}/profile", {"reason": "更正", "name": "王五", "birth_date": BIRTH}),
        Write("POST", f"{at}/review", {"approve": True, "reason": "看过"}),
        Write("POST", f"{at}/credentials", document("E12345678", kind="passport")),
        Write("POST", f"{at}/credentials/{uuid4()}/end", {"reason": "遗失"}),
        Write("POST", f"{at}/guardians", {"guardian_id": str(other), "relation": "母亲"}),
        Write("POST", f"{at}/grants", {"group": "elder", "until": "2027-01-01", "document_seen": "老年证"}),
        Write("POST", f"{at}/consents", {"purpose": "sms", "text_version": "1"}),
        Write("POST", f"{at}/appeals", {"entry_id": str(uuid4())}),
        Write("POST", f"{at}/voids", {"entry_id": str(uuid4()), "reason": "医院原因"}),
        Write("POST", f"{at}/appeal-refusals", {"entry_id": str(uuid4()), "reason": "不成立"}),
        Write("POST", f"{at}/reinstatements", {"reason": "说明"}),
        Write("POST", f"{at}/blacklistings", {"reason": "多次"}),
        Write("POST", "merges", {"kept_id": str(person), "merged_id": str(other), "reason": "同一人"}),
    ]


def _of_catalogue(session: UUID) -> list[Write]:
    text = {"by_language": {"zh-CN": "说明"}}
    service = {"kind": "laboratory", "name": text, "bring": text, "duration_min": 10, "fee_cents": 100}
    notice = {"kind": "news", "title": text, "body": text, "from_ms": NOW_MS, "until_ms": NOW_MS + 1}
    return [
        Write("PUT", "department-order", {"department_ids": [str(MEDICINE)]}),
        Write("PATCH", f"departments/{MEDICINE}", {"mark": "key", "introduction": text}),
        Write("PATCH", f"doctors/{DOCTOR}", {"speciality": text, "introduction": text}),
        Write("PUT", f"services/{uuid4()}", service),
        Write("PUT", f"notices/{uuid4()}", notice),
        Write("PUT", "calendar/2026-05-01", {"kind": "make_up", "name": text, "serves_as": 1}),
        Write("PUT", f"sessions/{session}/sitting", {"sits": True, "confirmed_by": "王"}),
    ]


def _told() -> list[Write]:
    """What a hospital's own system tells; a bad row is a verdict, not a no to all."""
    item = {"item_no": 1, "code": "B1", "name": "血", "name_en": "Blood", "series_minutes": [0], "preparation_days": 1}
    of = {"as_of_ms": NOW_MS}
    order = {
        "reference": "A1",
        "patient": {"document_kind": "resident_id", "document_number": NUMBER},
        "items": [{**item, "tubes": "红"}],
        "ordered_ms": NOW_MS,
        "state": "open",
    }
    pay = {"source": "cash", "reference": "P1", "amount_cents": 1, "paid_ms": NOW_MS, "order_reference": "A1"}
    return [
        Write("PUT", "hospital-system/orders", {"orders": [order | of]}),
        Write("PUT", "hospital-system/payments", {"payments": [pay | of | {"items": [{"item_no": 1, "code": "B1"}]}]}),
        Write(
            "PUT",
            "hospital-system/confirmations",
            {"confirmations": [{"is_confirmed": True, "booking_number": "010000000001", "reference": "x", **of}]},
        ),
        Write(
            "PUT",
            "hospital-system/sittings",
            {"sittings": [{"session_id": str(uuid4()), "sits": True, "confirmed_by": "王", "opened_ms": NOW_MS, **of}]},
        ),
    ]
