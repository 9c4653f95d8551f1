"""Whether the session is offered, and whether its day can be booked now.  # rules C5, C7, C12, D1, D2, H1"""

from __future__ import annotations

from datetime import tzinfo

from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.clock import MINUTE_MS, days_on, instant, today
from booking.decide.given import Place, PlaceFacts
from booking.decide.who import Channelled
from booking.facts import Known
from booking.policy import CutOff, Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster.settings import SetTime


def cut_off_ms(policy: Policy, place: Place, zone: tzinfo) -> int:
    """The last instant at which the place can be booked.  # rule D1"""
    match policy.window.cut_off:
        case CutOff.DAY_BEFORE:
            return instant(days_on(place.service_date, -1), policy.window.cut_off_at, zone)
        case CutOff.BEFORE_START:
            return place.starts_ms - policy.window.cut_off_before_min * MINUTE_MS


def released_ms(policy: Policy, place: Place, zone: tzinfo) -> int:
    """The instant at which the place's day opens (放号).  # rule C5"""
    return told_as_ms(policy.roster.release.opens, place, zone)


def told_as_ms(moment: SetTime, place: Place, zone: tzinfo) -> int:
    """The instant of a moment that is told as days before the visit and a time of day."""
    return instant(days_on(place.service_date, -moment.days_before), moment.at.hour * 60 + moment.at.minute, zone)


def session_is_offered(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """Neither stopped nor switched off.  # rules C12, H1"""
    if not isinstance(facts.session, Known):
        return when_unknown(policy.unknown.session, Assumption.SESSION)
    if facts.session.value.is_stopped:
        return Refused(Reason.CLINIC_STOPPED, RefusalFacts(service_date=facts.place.service_date.isoformat()))
    if not facts.session.value.is_offered:
        return Refused(Reason.NOT_OFFERED)
    return None


def day_is_open(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """Not too soon, not too far, and the release hour has struck; follow-ups reach further.  # rules C5, D2"""
    place, here = facts.place, today(now_ms, facts.zone)
    days = place.service_date.toordinal() - here.toordinal()
    told = place.service_date.isoformat()
    if days < policy.window.earliest_days:
        first = days_on(here, policy.window.earliest_days)
        return Refused(Reason.DAY_TOO_SOON, RefusalFacts(service_date=first.isoformat()))
    reaches_further = command.channel in policy.window.follow_up_channels
    if reaches_further and _is_follow_up(facts):
        if days <= policy.window.follow_up_latest_days:
            return None
        last = days_on(here, policy.window.follow_up_latest_days)
        return Refused(Reason.DAY_TOO_FAR, RefusalFacts(service_date=last.isoformat()))
    if days < policy.roster.release.opens.days_before:
        return None
    opens_ms = released_ms(policy, place, facts.zone)
    if now_ms >= opens_ms:
        return None
    if reaches_further and not isinstance(facts.person, Known) and days <= policy.window.follow_up_latest_days:
        return when_unknown(policy.unknown.profile, Assumption.PROFILE)  # perhaps a follow-up
    is_far = days > policy.roster.release.opens.days_before
    reason = Reason.DAY_TOO_FAR if is_far else Reason.NOT_YET_RELEASED
    return Refused(reason, RefusalFacts(opens_ms=opens_ms, service_date=told))


def _is_follow_up(facts: PlaceFacts) -> bool:
    return isinstance(facts.person, Known) and facts.person.value.is_follow_up


def before_cut_off(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """The day's bookings are not closed yet.  # rule D1"""
    closes_ms = cut_off_ms(policy, facts.place, facts.zone)
    if now_ms > closes_ms:
        return Refused(Reason.BOOKING_CLOSED, RefusalFacts(closed_ms=closes_ms))
    return None


def has_the_turn(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """In a release rush the waiting room lets people through one after the other.  # rule C7"""
    if policy.window.rush_min == 0:
        return None
    opens_ms = released_ms(policy, facts.place, facts.zone)
    if not opens_ms <= now_ms < opens_ms + policy.window.rush_min * MINUTE_MS:
        return None
    if not isinstance(facts.turn, Known):
        return when_unknown(policy.unknown.turn, Assumption.TURN)
    return None if facts.turn.value else Refused(Reason.WAIT_FOR_TURN)
