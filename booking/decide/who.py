"""Who asks, for whom, and through what.  # rules A1-A5, B1, B2, F1, F6"""

from __future__ import annotations

from typing import Protocol

from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.clock import MINUTE_MS, days_on, instant, local
from booking.decide.given import Acting, Person, PlaceFacts
from booking.facts import Known
from booking.policy import ChannelRights, Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster.channels import Channel


class Channelled(Protocol):
    """A command that says through what it came."""

    @property
    def channel(self) -> Channel:
        """Through what."""


def real_name(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """Name, document, a way to be reached; a guardian for a family member.  # rules A1, A2, A3, A5"""
    if not isinstance(facts.person, Known):
        return when_unknown(policy.unknown.profile, Assumption.PROFILE)
    return real_person(policy, facts.person.value)


def real_person(policy: Policy, person: Person) -> Refused | None:
    """The same of a person who is known."""
    people = policy.people
    if not person.has_name:
        return Refused(Reason.NAME_NEEDED)
    if person.document is None:
        return Refused(Reason.DOCUMENT_NEEDED)
    if person.document not in people.accepted_documents:
        return Refused(Reason.DOCUMENT_NOT_ACCEPTED, RefusalFacts(items=(person.document,)))
    if people.contact_needed and not person.is_reachable:
        return Refused(Reason.CONTACT_NEEDED)
    if not person.is_verified and not people.unverified_may_book:
        return Refused(Reason.CARD_READ_NEEDED)
    return family(policy, person.acting)


def family(policy: Policy, acting: Acting) -> Refused | None:
    """The patient, staff, or a guardian where the hospital allows it.  # rule A5"""
    if acting is Acting.STRANGER or (acting is Acting.GUARDIAN and not policy.people.guardian_may_act):
        return Refused(Reason.NOT_THE_GUARDIAN)
    return None


def channel_is_open(rights: ChannelRights, facts: PlaceFacts, now_ms: int) -> Refused | None:
    """Switched on, and within its hours; the closing minute's first instant still counts.  # rules B1, B2"""
    if not rights.on:
        return Refused(Reason.CHANNEL_OFF)
    here = local(now_ms, facts.zone)
    of_day_ms = (here.hour * 60 + here.minute) * MINUTE_MS + here.second * 1000 + now_ms % 1000
    opens_ms, closes_ms = rights.opens * MINUTE_MS, rights.closes * MINUTE_MS
    if rights.opens <= rights.closes:
        is_open = opens_ms <= of_day_ms <= closes_ms
    else:
        is_open = of_day_ms >= opens_ms or of_day_ms <= closes_ms
    if is_open:
        return None
    day = here.date() if of_day_ms < opens_ms else days_on(here.date(), 1)
    return Refused(Reason.CHANNEL_CLOSED, RefusalFacts(opens_ms=instant(day, rights.opens, facts.zone)))


def channel_may_book(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """This channel books, now.  # rules B1, B2"""
    rights = policy.channels.of(command.channel)
    if rights.on and not rights.may_book:
        return Refused(Reason.CHANNEL_MAY_NOT)
    return channel_is_open(rights, facts, now_ms)


def channel_may_walk_in(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """This channel registers on the spot, now.  # rules B1, B2, G4"""
    rights = policy.channels.of(command.channel)
    if rights.on and not rights.may_walk_in:
        return Refused(Reason.CHANNEL_MAY_NOT)
    return channel_is_open(rights, facts, now_ms)


def good_standing(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """Suspended or restricted persons are served at the registration window only.  # rules F1, F2, F6"""
    if command.channel in policy.standing.suspended_channels:
        return None
    if not isinstance(facts.standing, Known):
        return when_unknown(policy.unknown.standing, Assumption.STANDING)
    standing = facts.standing.value
    if standing.awaits_reactivation:
        return Refused(Reason.REACTIVATION_NEEDED)
    if standing.is_barred_by_blacklist:
        return Refused(Reason.BLACKLISTED)
    if standing.suspended_until is None and standing.restricted_until is None:
        return None
    today = local(now_ms, facts.zone).date()
    if standing.suspended_until is not None and today <= standing.suspended_until:
        return Refused(Reason.SUSPENDED, RefusalFacts(until=standing.suspended_until.isoformat()))
    if standing.restricted_until is not None and today <= standing.restricted_until:
        return Refused(Reason.RESTRICTED, RefusalFacts(until=standing.restricted_until.isoformat()))
    return None
