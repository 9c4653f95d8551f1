"""Headers of a signed request, and the bytes that a terminal signs. See docs/protocol.md."""

from __future__ import annotations

from uuid import UUID

HEADER_TERMINAL = "Kiosk-Terminal"
"""The terminal's id."""
HEADER_BOOT = "Kiosk-Boot"
"""The boot number: raised and committed at each start of the application."""
HEADER_COUNT = "Kiosk-Count"
"""The running number of the request within this boot."""
HEADER_SIGNATURE = "Kiosk-Signature"
"""base64 of one suite byte (1 = Ed25519) and the signature."""
HEADER_SERVER_TIME = "Server-Time"
"""Milliseconds UTC, on every reply."""
HEADER_IDEMPOTENCY = "Idempotency-Key"

SUITE_1 = 1
COUNTER_WINDOW = 256


def signing_input(*, method: str, target: str, body_digest: bytes, terminal_id: UUID, boot: int, count: int) -> bytes:
    """The bytes that a terminal signs: method, path with query, SHA-256 of the body as sent, who, boot, count."""
    return b"\n".join(
        (
            b"kiosk-request-v1",
            method.upper().encode("ascii"),
            target.encode("utf-8"),
            body_digest.hex().encode("ascii"),
            str(terminal_id).encode("ascii"),
            str(boot).encode("ascii"),
            str(count).encode("ascii"),
        )
    )
