"""The mirror's rows of terminals: whose signature on a ticket counts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A terminal of the hospital, whose signature on tickets counts. Its row has version 1 in use, 2 once revoked."""

    id: UUID
    label: str
    public_key: str
    """As in `wire.EnrolRequest`: base64 of the suite byte and the key."""
    revoked_ms: int = 0
    """0 while it is in use. What it signed before then still counts."""
