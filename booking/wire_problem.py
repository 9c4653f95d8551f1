"""The answer to what went wrong or may not be, at every endpoint. Part of the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

from booking.localized import LocalizedText


@dataclass(frozen=True, slots=True)
class Problem:
    """An error answer (RFC 9457, `application/problem+json`)."""

    type: str
    title: str
    status: int
    reason: str
    """A closed code: `not_enrolled`, `bad_token`, `revoked`, `forbidden`, `not_found`, `bad_signature`,
    `stale_counter`, `replayed`, `in_flight`, `bad_request`, `too_large`, `too_many`, `gone`, `wrong_code`,
    `key_reused`, `busy`; or a `decide.Reason` where the rules say no (409)."""
    detail: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    """A refusal's facts: instants in milliseconds, days as `YYYY-MM-DD`, several codes with commas between."""
    sentence: LocalizedText = field(default_factory=LocalizedText)
    """What to tell the person."""
