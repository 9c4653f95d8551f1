"""The card that is put in for a person, with the fault that was chosen for it."""

from __future__ import annotations

from lab.cards.card import Card, PlainCard
from lab.cards.faulty import Garbling, Hanging, LeavingEarly, with_noise
from lab.panel.seen import CardFault
from lab.people import SamplePerson

_PULLED_AT_COMMAND = 3


def card_of(person: SamplePerson, fault: CardFault) -> Card:
    """Sound, or with this fault."""
    card = person.social_security_card()
    match fault:
        case CardFault.NONE:
            return card
        case CardFault.GARBAGE:
            return Garbling(card, with_noise)
        case CardFault.HANGS:
            return Hanging(card)
        case CardFault.LEAVES:
            return LeavingEarly(card, at_command=_PULLED_AT_COMMAND)
        case CardFault.UNKNOWN:
            return PlainCard()
