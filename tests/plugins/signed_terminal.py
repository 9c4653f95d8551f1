"""A terminal's side of the protocol in its plainest form, to test the server with: a key, and signed requests."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking import signing
from booking.ids import RANDOM_BYTES, uuid7


class SignedTerminal:
    """Signs every request; the counters may be set by hand."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.key = Ed25519PrivateKey.generate()
        self.terminal_id = UUID(int=0)
        self.boot = 1
        self.count = 0

    @property
    def public_key(self) -> str:
        return base64.b64encode(bytes((signing.SUITE_1,)) + self.key.public_key().public_bytes_raw()).decode()

    def enrol(self, code: str) -> httpx.Response:
        answer = self.http.post("/v1/enrol", json={"code": code, "public_key": self.public_key})
        if answer.status_code == 200:
            self.terminal_id = UUID(answer.json()["terminal_id"])
        return answer

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        message = signing.signing_input(
            method=method,
            target=target,
            body_digest=hashlib.sha256(body).digest(),
            terminal_id=self.terminal_id,
            boot=self.boot,
            count=self.count,
        )
        signature = bytes((signing.SUITE_1,)) + self.key.sign(message)
        return {
            signing.HEADER_TERMINAL: str(self.terminal_id),
            signing.HEADER_BOOT: str(self.boot),
            signing.HEADER_COUNT: str(self.count),
            signing.HEADER_SIGNATURE: base64.b64encode(signature).decode(),
        }

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> httpx.Response:
        self.count += 1
        signed = self.headers(method, target, body)
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {"Content-Type": "application/json"} if body else {}
        return self.http.request(method, target, content=body, headers={**content, **signed, **extra})

    def get(self, target: str) -> httpx.Response:
        return self.send("GET", target)

    def post(self, target: str, body: Any, **headers: str) -> httpx.Response:
        return self.send("POST", target, json.dumps(body).encode(), **headers)

    def snapshot(self, query: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
        answer = self.get(f"/v1/snapshot{query}")
        assert answer.status_code == 200, answer.text
        head, *rows = (json.loads(line) for line in answer.text.splitlines())
        return head, rows

    def feed(self, cursor: str, *, limit: int = 500, wait: float = 0) -> httpx.Response:
        return self.get(f"/v1/feed?cursor={cursor}&limit={limit}&wait={wait}")

    def bookings(self) -> list[dict[str, Any]]:
        """The bookings of a snapshot."""
        return [row["booking"] for row in self.snapshot()[1] if row["kind"] == "booking"]

    def check_in(self, act: dict[str, Any]) -> httpx.Response:
        """Asked."""
        return self.post("/v1/check-ins", act, **{signing.HEADER_IDEMPOTENCY: act["operation_id"]})

    def tell(self, *acts: dict[str, Any]) -> list[dict[str, Any]]:
        """Happened; the results."""
        events = [{"kind": "check_in", "seq": seq, "check_in": act} for seq, act in enumerate(acts, 1)]
        answer = self.post("/v1/events", {"events": events})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results


def new_act(booking: dict[str, Any], *, at_ms: int, letters: str = "", **changes: Any) -> dict[str, Any]:
    """A check-in of a mirrored booking."""
    return {
        "operation_id": str(uuid7(now_ms=at_ms, random=secrets.token_bytes(RANDOM_BYTES))),
        "booking_id": booking["id"],
        "booking_ver": 1,
        "policy_version": 1,
        "at": {"wall_ms": at_ms, "boot_id": "boot", "boot_ms": 1000, "offset_ms": None},
        "queue_number": f"{letters}{booking['slot_no']:03d}",
        **changes,
    }
