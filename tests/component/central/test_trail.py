"""Every change by staff and every look of theirs at a person leaves a row: who, what, when, at which hospital.

The operations are those of the committed description: a new one is in one of the lists here, or the test fails.
# rules A4, I2
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking_step
from central.staff.tables import audit
from central.web.app import described
from tests.plugins.booking_hall import DOCTOR, FIRST, GROUP, MEDICINE, NEXT_WEEK, SURGERY, TODAY, Hall, new_id, wish
from tests.plugins.hospital_told import order, payment
from tests.plugins.hostile import Write, send
from tests.plugins.people_hall import NAME, PHONE, POINTS, no_shows, registration
from tests.plugins.postgres import on_both_engines
from tests.plugins.staff_at_work import GENERAL, World
from tests.plugins.two_hospitals import resident_number

BELOW = "/v1/hospitals/{hospital_id}/"
TEXT = {"by_language": {"zh-CN": "说明"}}


Prepare = Callable[[World], Write]


def post(path: str, **body: Any) -> Write:
    return Write("POST", path, body)


def _booking(world: World, **changes: Any) -> dict[str, Any]:
    world.hall.set_policy(GENERAL)
    return wish(world.hall.person(), world.hall.session(), **changes)


def _changed(world: World) -> str:
    """A change that waits for staff."""
    made = world.booked(GENERAL + "[changing]\nreviewed_by_staff = true")
    body = {"new_booking_id": str(new_id()), "session_id": str(world.hall.session(NEXT_WEEK, hour=9))}
    return world.made(f"bookings/{made}/change", {**body, "notice_shown": True}, "booking_id")


def _exempted(world: World) -> Write:
    world.hall.set_policy(GENERAL)
    person_id = world.hall.person()
    world.clerk.book(person_id, world.hall.session())
    return post("exemptions", **wish(person_id, world.hall.session(hour=9), reason="两科会诊"))


def _off_hours(world: World) -> Write:
    world.hall.set_policy(GENERAL + "[off_hours]\non = true\nworking_days_ahead = 1")
    named = {"staff_name": "王护士", "staff_phone": "02712345678"}
    elder = world.hall.person(birth="1950-01-01")
    return post("off-hours-bookings", **wish(elder, world.hall.session(NEXT_WEEK, hour=19), **named))


def _change(world: World) -> Write:
    made, later = world.booked(), world.hall.session(NEXT_WEEK, hour=9)
    body = {"new_booking_id": str(new_id()), "session_id": str(later), "notice_shown": True}
    return post(f"bookings/{made}/change", **body)


def _second_of_two(world: World) -> Write:
    lease_id = world.lease()
    asked = post(f"leases/{lease_id}/release", agent="王", reason="终端被盗")
    assert send(world.clerk, asked, key=f"first-{lease_id}").is_success
    return post(f"leases/{lease_id}/release/confirmation", agent="李")


def _confirmation(world: World) -> Write:
    made = world.booked(GENERAL + '[confirmation]\nby = "hospital"')
    return post(f"bookings/{made}/confirmation", by="hospital")


def _retriage(world: World) -> Write:
    made = world.present()
    return post(
        f"bookings/{made}/retriage", to_session_id=str(world.hall.session(TODAY, department_id=SURGERY)), agent="王"
    )


def _end_of_document(world: World) -> Write:
    person_id = world.known()
    world.clerk.post(f"people/{person_id}/credentials", {"kind": "passport", "number": "E1234567"})
    cards = world.clerk.get(f"people/{person_id}").json()["credentials"]
    passport = next(it["credential_id"] for it in cards if it["kind"] == "passport")
    return post(f"people/{person_id}/credentials/{passport}/end", reason="遗失")


def _end_of_guardian(world: World) -> Write:
    child, mother = world.known(), world.known()
    world.clerk.post(f"people/{child}/guardians", {"guardian_id": str(mother), "relation": "母亲"})
    return post(f"people/{child}/guardians/{mother}/end", reason="成年")


def _end_of_consent(world: World) -> Write:
    person_id = world.known()
    world.clerk.post(f"people/{person_id}/consents", {"purpose": "sms", "text_version": "1"})
    return post(f"people/{person_id}/consents/sms/withdrawal")


def _about_entry(act: str, **body: Any) -> Prepare:
    def prepare(world: World) -> Write:
        person_id, entry_id = world.entry()
        if act == "appeal-refusals":
            world.clerk.post(f"people/{person_id}/appeals", {"entry_id": entry_id})
        return post(f"people/{person_id}/{act}", entry_id=entry_id, **body)

    return prepare


def _reinstatement(world: World) -> Write:
    world.hall.set_policy(POINTS)
    person_id = world.known()
    no_shows(world.hall, person_id, 3, FIRST)
    return post(f"people/{person_id}/reinstatements", reason="说明")


def _followed_referral(world: World) -> Write:
    world.hall.set_policy(GENERAL)
    person_id = world.known()
    referral_id = world.referred(person_id)
    made = world.clerk.book(person_id, world.hall.session()).json()["booking_id"]
    return post(f"referrals/{referral_id}/booking", booking_id=made)


def _told_order(world: World) -> Write:
    return Write("PUT", "hospital-system/orders", {"orders": [order(world.hall.person(), f"N{uuid4()}")]})


def _told_payment(world: World) -> Write:
    one = payment(str(uuid4()), order_reference=world.ordered()[1])
    return Write("PUT", "hospital-system/payments", {"payments": [one]})


def _told_confirmation(world: World) -> Write:
    one = {"booking_id": world.booked(owner_confirms=True), "is_confirmed": True, "as_of_ms": world.hall.clock.now_ms}
    return Write("PUT", "hospital-system/confirmations", {"confirmations": [one]})


def _told_sitting(world: World) -> Write:
    one = {"session_id": str(world.hall.session()), "sits": True, "as_of_ms": world.hall.clock.now_ms}
    return Write("PUT", "hospital-system/sittings", {"sittings": [one]})


def _lookup(world: World) -> Write:
    made = world.booked()
    number = world.clerk.get(f"bookings/{made}").json()["number"]
    return post("booking-lookups", number=number, question="phone", answer="5678")


def _service(_world: World) -> Write:
    body = {"kind": "laboratory", "name": TEXT, "bring": TEXT, "duration_min": 10, "fee_cents": 100}
    return Write("PUT", f"services/{uuid4()}", body)


def _notice(world: World) -> Write:
    body = {"kind": "news", "title": TEXT, "body": TEXT, "from_ms": world.hall.clock.now_ms}
    return Write("PUT", f"notices/{uuid4()}", body)


STEPS: dict[str, Prepare] = {
    "POST bookings": lambda it: post("bookings", **_booking(it)),
    "POST walk-ins": lambda it: post("walk-ins", **wish(it.hall.person(), it.hall.session(TODAY))),
    "POST off-hours-bookings": _off_hours,
    "POST bookings/{booking_id}/change": _change,
    "POST bookings/{booking_id}/confirmation": _confirmation,
}
"""What anybody may do with a booking, staff or not: the booking's own steps say who did, in the same words for all."""

AUDITED: dict[str, Prepare] = {
    "POST add-ons": lambda it: post("add-ons", **wish(it.hall.person(), it.full(), reason="外地患者")),
    "POST exemptions": _exempted,
    "POST holds": lambda it: post("holds", **_booking(it)),
    "POST holds/{hold_id}/end": lambda it: post(f"holds/{it.made('holds', _booking(it), 'hold_id')}/end"),
    "POST waiting-entries": lambda it: post("waiting-entries", **wish(it.hall.person(), it.full(), entry_id=new_id())),
    "POST waiting-entries/{entry_id}/end": lambda it: post(f"waiting-entries/{it.waits()}/end"),
    "POST bookings/{booking_id}/cancellation": lambda it: post(
        f"bookings/{it.booked()}/cancellation", by="hospital", reason="设备故障"
    ),
    "POST bookings/{booking_id}/change-review": lambda it: post(f"bookings/{_changed(it)}/change-review", grants=True),
    "POST bookings/{booking_id}/medical-move": lambda it: post(
        f"bookings/{it.booked()}/medical-move", reason="术前检查"
    ),
    "POST bookings/{booking_id}/retriage": _retriage,
    "POST bookings/{booking_id}/undo-check-in": lambda it: post(
        f"bookings/{it.present()}/undo-check-in", reason="认错人"
    ),
    "POST bookings/{booking_id}/rating": lambda it: post(f"bookings/{it.visited()}/rating", stars=5),
    "POST bookings/{booking_id}/rating/moderation": lambda it: post(
        f"bookings/{it.commented()}/rating/moderation", is_shown=True
    ),
    "PUT calendar/{day}": lambda _: Write("PUT", "calendar/2026-05-01", {"kind": "holiday", "name": TEXT}),
    "PUT department-order": lambda _: Write("PUT", "department-order", {"department_ids": [str(MEDICINE)]}),
    "PATCH departments/{department_id}": lambda _: Write("PATCH", f"departments/{MEDICINE}", {"mark": "key"}),
    "PATCH doctors/{doctor_id}": lambda _: Write("PATCH", f"doctors/{DOCTOR}", {"speciality": TEXT}),
    "PUT services/{service_id}": _service,
    "PUT notices/{notice_id}": _notice,
    "PUT sessions/{session_id}/sitting": lambda it: Write(
        "PUT", f"sessions/{it.hall.session()}/sitting", {"sits": True, "confirmed_by": "王"}
    ),
    "POST complaints": lambda _: post("complaints", complaint_id=str(uuid4()), text="太久", complainant=NAME),
    "POST complaints/{complaint_id}/closing": lambda it: post(f"complaints/{it.complained()}/closing", is_upheld=True),
    "POST help-calls/{call_id}/take": lambda it: post(f"help-calls/{it.called()}/take", agent="王"),
    "POST help-calls/{call_id}/hand-over": lambda it: post(
        f"help-calls/{it.called('王')}/hand-over", agent="王", to="李"
    ),
    "POST help-calls/{call_id}/solved": lambda it: post(f"help-calls/{it.called('王')}/solved", agent="王"),
    "PUT hospital-system/orders": _told_order,
    "PUT hospital-system/payments": _told_payment,
    "PUT hospital-system/confirmations": _told_confirmation,
    "PUT hospital-system/sittings": _told_sitting,
    "POST people": lambda _: post("people", **registration(number=resident_number("19800202", "101"))),
    "POST people/{person_id}/phone": lambda it: post(f"people/{it.known()}/phone", phone="13800000001"),
    "POST people/{person_id}/profile": lambda it: post(f"people/{it.known()}/profile", reason="更正", name="王五"),
    "POST people/{person_id}/review": lambda it: post(f"people/{it.known()}/review", approve=True, reason="看过"),
    "POST people/{person_id}/credentials": lambda it: post(
        f"people/{it.known()}/credentials", kind="passport", number="E7654321"
    ),
    "POST people/{person_id}/credentials/{credential_id}/end": _end_of_document,
    "POST people/{person_id}/guardians": lambda it: post(
        f"people/{it.known()}/guardians", guardian_id=str(it.known()), relation="母亲"
    ),
    "POST people/{person_id}/guardians/{guardian_id}/end": _end_of_guardian,
    "POST people/{person_id}/grants": lambda it: post(
        f"people/{it.known()}/grants", group="disabled", until="2027-01-01", document_seen="残疾证"
    ),
    "POST grants/{grant_id}/withdrawal": lambda it: post(f"grants/{it.grant()}/withdrawal", reason="到期"),
    "POST people/{person_id}/consents": lambda it: post(
        f"people/{it.known()}/consents", purpose="sms", text_version="1"
    ),
    "POST people/{person_id}/consents/{purpose}/withdrawal": _end_of_consent,
    "POST people/{person_id}/appeals": _about_entry("appeals"),
    "POST people/{person_id}/appeal-refusals": _about_entry("appeal-refusals", reason="不成立"),
    "POST people/{person_id}/voids": _about_entry("voids", reason="医院原因"),
    "POST people/{person_id}/blacklistings": lambda it: post(f"people/{it.known()}/blacklistings", reason="多次"),
    "POST people/{person_id}/reinstatements": _reinstatement,
    "POST merges": lambda it: post("merges", kept_id=str(it.known()), merged_id=str(it.known()), reason="同一人"),
    "POST requests": lambda it: post("requests", person_id=str(it.known()), kind="bed"),
    "POST requests/{request_id}/review": lambda it: post(f"requests/{it.requested()}/review", outcome="taken_up"),
    "POST requests/{request_id}/withdrawal": lambda it: post(f"requests/{it.requested()}/withdrawal"),
    "POST referrals": lambda it: post(
        "referrals", person_id=str(it.known()), direction="in", referred_by="社区", valid_until_ms=2**41
    ),
    "POST referrals/{referral_id}/booking": _followed_referral,
    "POST referrals/{referral_id}/end": lambda it: post(f"referrals/{it.referred()}/end"),
    "POST refunds/{refund_id}/settlement": lambda it: post(f"refunds/{it.refund()}/settlement", is_paid_out=True),
    "POST leases/{lease_id}/release": lambda it: post(f"leases/{it.lease()}/release", agent="王", reason="终端被盗"),
    "POST leases/{lease_id}/release/confirmation": _second_of_two,
    "POST tasks/{task_id}/settlement": lambda it: post(f"tasks/{it.task()}/settlement", agent="王", note="已办"),
}

LOOKS: dict[str, Prepare] = {
    "POST booking-lookups": _lookup,
    "POST complaints/{complaint_id}/complainant": lambda it: post(
        f"complaints/{it.complained()}/complainant", reason="回复"
    ),
    "POST orders/find": lambda it: post("orders/find", reference=it.ordered()[1]),
    "POST people/find": lambda it: post(
        "people/find", name=NAME, document={"kind": "resident_id", "number": (it.known(), it.numbers[-1])[1]}
    ),
    "POST people/search": lambda it: post("people/search", phone=(it.known(), PHONE)[1]),
    "GET bookings/{booking_id}": lambda it: Write("GET", f"bookings/{it.booked()}", {}),
    "GET complaints": lambda it: Write("GET", (it.complained(), "complaints")[1], {}),
    "GET grants/to-reverify": lambda it: Write("GET", (it.grant(), "grants/to-reverify")[1], {}),
    "GET people/to-review": lambda it: Write("GET", (it.known(), "people/to-review")[1], {}),
    "GET people/{person_id}": lambda it: Write("GET", f"people/{it.known()}", {}),
    "GET people/{person_id}/account": lambda it: Write("GET", f"people/{it.known()}/account", {}),
    "GET people/{person_id}/requests": lambda it: Write("GET", f"people/{it.known()}/requests", {}),
    "GET persons/{person_id}/bookings": lambda it: Write("GET", f"persons/{it.known()}/bookings", {}),
    "GET persons/{person_id}/orders": lambda it: Write("GET", f"persons/{it.ordered()[0]}/orders", {}),
    "GET ratings/waiting": lambda it: Write("GET", (it.commented(), "ratings/waiting")[1], {}),
    "GET referrals": lambda it: Write("GET", (it.referred(), "referrals")[1], {}),
    "GET requests": lambda it: Write("GET", (it.requested(), "requests")[1], {}),
    "GET waiting-entries/{entry_id}": lambda it: Write("GET", f"waiting-entries/{it.waits()}", {}),
}

NO_ROW = {
    "POST help-calls": "by terminals alone, and of nobody",
    "GET availability": "of nobody",
    "GET departments": "of nobody",
    "GET doctors": "of nobody",
    "GET notices": "of nobody",
    "GET services": "of nobody",
    "GET sessions": "of nobody",
    "GET sessions/{session_id}/slots": "of nobody",
    "GET help-calls": "of terminals, and the staff who took them",
    "GET help-calls/{call_id}": "as above",
    "GET refunds": "amounts and ids of bookings; nobody is named",
    "GET leases": "terminals, sessions and numbers of places; nobody is named",
    "GET tasks": "kinds, reasons and ids; nobody is named",
    "GET hospital-system/pending-bookings": "a machine asks every few seconds for numbers and ids that are its own",
}
"""What leaves no row, and why."""


def operations() -> set[str]:
    """All that the description has below a hospital."""
    return {
        f"{method.upper()} {path.removeprefix(BELOW)}"
        for path, methods in described()["paths"].items()
        if path.startswith(BELOW)
        for method in methods
    }


def test_every_operation_is_in_one_of_the_lists() -> None:
    listed = [*STEPS, *AUDITED, *LOOKS, *NO_ROW]
    assert sorted(listed) == sorted(operations())


@on_both_engines
def test_what_staff_do_and_whom_they_look_at_leaves_a_row(hall: Hall) -> None:
    world = World(hall)
    for operation, prepare in (STEPS | AUDITED | LOOKS).items():
        write = prepare(world)
        hall.clock.now_ms += 1
        answer = send(world.clerk, write, key="k" + str(hall.clock.now_ms))
        assert answer.is_success, (operation, answer.text)
        table = booking_step if operation in STEPS else audit
        rows = hall.rows(sa.select(table).where(table.c.at_ms == hall.clock.now_ms))
        assert rows, f"{operation} leaves no row"
        assert all(it.actor for it in rows), operation
        if operation not in LOOKS:
            hall.clock.now_ms += 1
            assert send(world.clerk, write, key="k" + str(hall.clock.now_ms - 1)).is_success
            repeated = hall.rows(sa.select(audit).where(audit.c.at_ms == hall.clock.now_ms))
            assert not repeated or write.method == "PUT", f"{operation} again is another row"
    must_be_of_nobody(world)


def must_be_of_nobody(world: World) -> None:
    """What is readable in the trail names no patient; and each row says at which hospital, or of the group."""
    rows = world.hall.rows(sa.select(audit))
    assert {it.tenant_id for it in rows} == {FIRST, GROUP}
    readable = "\n".join(f"{it.actor}\n{it.action}\n{it.entity}" for it in rows)
    found = re.search("|".join([NAME, "王五", PHONE, "E1234567", *world.numbers]), readable)
    assert found is None


@pytest.mark.parametrize("path", ["people/{person}/requests", "persons/{person}/bookings"])
def test_a_look_at_somebody_of_whom_there_is_nothing_to_see_is_a_look(hall: Hall, path: str) -> None:
    world = World(hall)
    person_id = world.known()
    hall.clock.now_ms += 1
    assert world.clerk.get(path.format(person=person_id)).is_success
    rows = hall.rows(sa.select(audit).where(audit.c.at_ms == hall.clock.now_ms))
    assert [(it.entity, it.entity_id) for it in rows] == [("person", person_id)]


def test_who_is_no_staff_leaves_no_row_of_staff(hall: Hall) -> None:
    web, session_id = hall.client(Channel.WEB), hall.session()
    before = len(hall.rows(sa.select(audit)))
    assert web.post("holds", wish(hall.person(), session_id)).status_code == 201
    assert len(hall.rows(sa.select(audit))) == before
