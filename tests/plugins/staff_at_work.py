"""A hospital at work, where each thing that staff do finds what it is done to."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from central.appointments.tables import booking
from central.feedback.tables import help_call
from central.moment import Moment
from central.orders.tables import refund_order
from central.staff.service import Task, open_task
from tests.plugins.booking_hall import FIRST, NEXT_WEEK, TODAY, Hall, new_id, wish
from tests.plugins.hospital_told import order, paid, payment, told
from tests.plugins.hostile import everything_client
from tests.plugins.lending import Lending
from tests.plugins.people_hall import NAME, POINTS, no_shows, registration
from tests.plugins.two_hospitals import resident_number

GENERAL = 'preset = "general"\n'
FEE = 2_000


class World:
    """A hospital where each operation finds what it needs."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.clerk = everything_client(hall)
        self._numbers = itertools.count(1)
        self.numbers: list[str] = []
        """Of documents; none of them may stand in the trail."""

    def known(self) -> UUID:
        """Somebody whom the group knows."""
        self.numbers.append(resident_number("19610709", f"{next(self._numbers):03}"))
        answer = self.clerk.post("people", registration(number=self.numbers[-1]))
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["person_id"])

    def booked(self, policy: str = GENERAL, **changes: Any) -> str:
        """Somebody's booking in a week."""
        self.hall.set_policy(policy)
        answer = self.clerk.book(self.hall.person(), self.hall.session(NEXT_WEEK, **changes))
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["booking_id"]
        return made

    def present(self) -> str:
        """Somebody who waits."""
        self.hall.set_policy(GENERAL)
        answer = self.clerk.post("walk-ins", wish(self.hall.person(), self.hall.session(TODAY)))
        assert answer.status_code == 201, answer.text
        made: str = answer.json()["booking_id"]
        return made

    def made(self, path: str, body: dict[str, Any], name: str) -> str:
        """The id of what this write makes."""
        answer = self.clerk.post(path, body)
        assert answer.is_success, answer.text
        found: str = answer.json()[name]
        return found

    def one(self, query: sa.Select[Any]) -> Any:
        return self.hall.rows(query)[-1]

    def entry(self) -> tuple[UUID, str]:
        """Somebody with an entry that costs points, and the entry."""
        self.hall.set_policy(POINTS)
        person_id = self.known()
        no_shows(self.hall, person_id, 1, FIRST)
        account = self.clerk.get(f"people/{person_id}/account").json()
        return person_id, account["entries"][0]["entry_id"]

    def full(self) -> UUID:
        """A session without a free place."""
        self.hall.set_policy(GENERAL)
        session_id = self.hall.session(pools={"common": 1})
        assert self.clerk.book(self.hall.person(), session_id).status_code == 201
        return session_id

    def waits(self) -> str:
        """An entry of a waiting list."""
        body = wish(self.hall.person(), self.full(), entry_id=new_id())
        return self.made("waiting-entries", body, "entry_id")

    def called(self, owner: str | None = None) -> UUID:
        call_id = uuid4()
        values = {"hospital_id": FIRST, "call_id": call_id, "terminal_id": uuid4(), "kind": "help", "owner": owner}
        self.hall.run(help_call.insert().values(**values, made_ms=self.hall.clock.now_ms, ver=1))
        return call_id

    def visited(self) -> str:
        made = self.booked()
        self.hall.run(booking.update().where(booking.c.booking_id == UUID(made)).values(state="visited"))
        return made

    def commented(self) -> str:
        made = self.visited()
        self.made(f"bookings/{made}/rating", {"stars": 4, "comment": "很好"}, "booking_id")
        return made

    def complained(self) -> str:
        body = {"complaint_id": str(uuid4()), "text": "等得太久", "complainant": NAME}
        return self.made("complaints", body, "complaint_id")

    def requested(self) -> str:
        return self.made("requests", {"person_id": str(self.known()), "kind": "bed"}, "request_id")

    def referred(self, person_id: UUID | None = None) -> str:
        until_ms = self.hall.clock.now_ms + 86_400_000
        who = {"person_id": str(person_id or self.known()), "direction": "in"}
        return self.made("referrals", {**who, "referred_by": "社区", "valid_until_ms": until_ms}, "referral_id")

    def refund(self) -> UUID:
        """What a cancelled booking's patient gets back."""
        made = self.booked(fee_cents=FEE)
        assert paid(self.hall, payment(str(uuid4()), booking_id=made, amount_cents=FEE)) == ["stored"]
        self.clerk.post(f"bookings/{made}/cancellation", {"is_warned": True})
        found: UUID = self.one(sa.select(refund_order.c.refund_id)).refund_id
        return found

    def task(self) -> UUID:
        moment = Moment(self.hall.clock.now_ms)
        found: UUID = self.hall.do(lambda connection: open_task(connection, FIRST, Task("call_patient", ""), moment))
        return found

    def lease(self) -> str:
        """Places that a terminal was lent."""
        self.hall.set_policy(GENERAL)
        self.hall.session(NEXT_WEEK, hour=8)
        found: str = Lending(self.hall).kiosk(f"L{next(self._numbers)}").ask()["leases"][0]["id"]
        return found

    def grant(self) -> str:
        body = {"group": "disabled", "until": "2026-03-25", "document_seen": "残疾证"}
        return self.made(f"people/{self.known()}/grants", body, "grant_id")

    def ordered(self) -> tuple[UUID, str]:
        person_id, reference = self.hall.person(), f"L{next(self._numbers)}"
        assert told(self.hall, order(person_id, reference)) == ["stored"]
        return person_id, reference
