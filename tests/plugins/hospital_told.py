"""A hospital's own system in tests: what it says of orders, payments and bookings, and what it is answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from booking.roster.channels import Channel
from central.channels.caller import Right
from tests.plugins.booking_hall import NOW_MS, Client, Hall

AS_OF = NOW_MS - 60_000


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    """As a hospital system does: without a key."""
    url = f"/v1/hospitals/{client.hospital_id}/hospital-system/{path}"
    return client.http.put(url, json=body, headers={"Authorization": f"Bearer {client.token}"})


def system(hall: Hall, **changes: Any) -> Client:
    return hall.client(Channel.WINDOW, Right.HOSPITAL_SYSTEM, **changes)


def item(number: int = 1, code: str = "CBC", **changes: Any) -> dict[str, Any]:
    return {"item_no": number, "code": code, "name": "血常规", **changes}


def order(person_id: UUID, reference: str = "L0001", **changes: Any) -> dict[str, Any]:
    return {
        "reference": reference,
        "as_of_ms": AS_OF,
        "patient": {"person_id": str(person_id)},
        "ordered_ms": AS_OF - 1,
        "items": [item()],
        **changes,
    }


def verdicts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [it["why"] or it["verdict"] for it in answer.json()["verdicts"]]


def told(hall: Hall, *orders: dict[str, Any]) -> list[str]:
    return verdicts(put(system(hall), "orders", {"orders": list(orders)}))


def payment(reference: str = "P1", **changes: Any) -> dict[str, Any]:
    """What a cashier says."""
    return {
        "source": "cashier",
        "reference": reference,
        "as_of_ms": AS_OF,
        "amount_cents": 2_000,
        "paid_ms": AS_OF - 1,
        **changes,
    }


def paid(hall: Hall, *payments: dict[str, Any]) -> list[str]:
    return verdicts(put(system(hall), "payments", {"payments": list(payments)}))


def answered(hall: Hall, *answers: dict[str, Any]) -> list[str]:
    return verdicts(put(system(hall), "confirmations", {"confirmations": list(answers)}))
