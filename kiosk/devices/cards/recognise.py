"""Which kind of card is this, and what does it say?

Decides the order in which the profiles are asked. A card is known by what it selects; its ATR only says which profile
to ask first, for all cards of one issue share one and some cards lie. Knows no reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from booking.people import Identity
from kiosk.devices.cards.social_security import read_social_security
from kiosk.devices.cards.transport import CardFailed, Conversation, Transmit
from kiosk.ports.cards import Unreadable

ReadProfile = Callable[[Transmit], Identity | Unreadable | None]


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of card. `read` returns None when the card is of another kind."""

    name: str
    read: ReadProfile
    atr_hints: tuple[bytes, ...] = ()
    """Beginnings of ATRs that make this profile the first to be asked."""


PROFILES: tuple[Profile, ...] = (Profile("social_security", read_social_security),)


def recognise(
    transmit: Transmit, atr: bytes = b"", *, profiles: tuple[Profile, ...] = PROFILES
) -> Identity | Unreadable:
    """What the card says, or why not. Whatever goes wrong in the exchange comes back as a refusal."""
    conversation = Conversation(transmit)
    try:
        for profile in sorted(profiles, key=lambda p: not _is_hinted(p, atr)):
            said = profile.read(conversation)
            if said is not None:
                return said
    except CardFailed as failed:
        return failed.why
    return Unreadable.NOT_RECOGNISED


def _is_hinted(profile: Profile, atr: bytes) -> bool:
    return any(atr.startswith(hint) for hint in profile.atr_hints)
