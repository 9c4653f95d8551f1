"""Infection screening (预检分诊): where a finding leads, and who has to be screened first.  # rule G5"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Objection, Refused, when_unknown
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import Screen
from booking.decide.effects import CloseKiosk, Effect, ForStaff, Lead, Work
from booking.decide.given import PlaceFacts, Screened, ScreenFacts
from booking.decide.who import Channelled
from booking.facts import Fact, Known
from booking.policy import Clinic, Policy, ScreeningPolicy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster.channels import Channel

ON_THE_SPOT = frozenset({Channel.KIOSK, Channel.WINDOW, Channel.GUIDE_DESK, Channel.SERVICE_HALL})


def screened(policy: Policy, screening: Fact[Screened | None], now_ms: int) -> Objection:
    """Whoever is in the house has been screened, not long ago, without a finding."""
    if not policy.screening.on:
        return None
    if not isinstance(screening, Known):
        return when_unknown(policy.unknown.screening, Assumption.SCREENING)
    last = screening.value
    if last is None or now_ms > last.taken_ms + policy.screening.valid_min * MINUTE_MS:
        return Refused(Reason.SCREENING_NEEDED)
    if last.clinic is not None:
        return Refused(Reason.LED_TO_CLINIC, RefusalFacts(items=(last.clinic,)))
    return None


def screened_on_the_spot(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """Booking on the spot needs it, booking from home does not."""
    return screened(policy, facts.screening, now_ms) if command.channel in ON_THE_SPOT else None


def clinic_for(settings: ScreeningPolicy, command: Screen) -> Clinic | None:
    """The respiratory (fever) clinic goes before the intestinal one."""
    temperatures = [command.temperature_tenths_c]
    if settings.asks_companion and command.companion_tenths_c is not None:
        temperatures.append(command.companion_tenths_c)
    has_fever = max(temperatures) >= settings.fever_from_tenths_c
    if has_fever or command.had_contact or command.has_respiratory_complaint:
        return Clinic.RESPIRATORY
    return Clinic.INTESTINAL if command.has_intestinal_complaint else None


def decide_screen(policy: Policy, facts: ScreenFacts, command: Screen, now_ms: int) -> Decision:
    """Always accepted; a finding leads away from the ordinary ticket and sets staff to work."""
    clinic = clinic_for(policy.screening, command) if policy.screening.on else None
    if clinic is None:
        return Accepted()
    effects: tuple[Effect, ...] = (Lead(clinic), ForStaff(Work.FEVER_CLINIC_REGISTER))
    if command.channel is Channel.KIOSK:
        effects += (ForStaff(Work.DISINFECT_KIOSK),)
        if policy.screening.closes_kiosk:
            effects += (CloseKiosk(),)
    return Accepted(effects=effects)
