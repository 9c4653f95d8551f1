"""Examinations and blood draws: only from a doctor's order, and when the body is ready.  # rules D11, D12"""

from __future__ import annotations

from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.clock import MINUTE_MS, days_on, minute_of_day, today
from booking.decide.given import Order, PlaceFacts
from booking.decide.who import Channelled
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster.plans import ClinicKind

LABORATORY = frozenset({ClinicKind.LABORATORY, ClinicKind.BLOOD_DRAW})
EXAMINATIONS = LABORATORY | {ClinicKind.RADIOLOGY, ClinicKind.ULTRASOUND, ClinicKind.ECG}


def order_is_good(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """There is an order, it is paid, paid and ordered items agree, not booked yet, and fits.  # rule D11"""
    if facts.place.kind not in EXAMINATIONS:
        return None
    if not isinstance(facts.order, Known):
        return when_unknown(policy.unknown.order, Assumption.ORDER)
    order = facts.order.value
    if order is None:
        return Refused(Reason.ORDER_NEEDED) if policy.orders.order_needed else None
    if policy.orders.must_be_paid and order.unpaid:
        return Refused(Reason.ORDER_UNPAID, RefusalFacts(items=order.unpaid))
    if order.differing:
        return Refused(Reason.ORDER_DIFFERS, RefusalFacts(items=order.differing))
    return (
        _booked_already(facts, order)
        or _body_is_ready(policy, facts, order, now_ms)
        or _compatible(policy, facts, order)
    )


def _booked_already(facts: PlaceFacts, order: Order) -> Refused | None:
    """What was ordered once is booked once; a change puts the new booking in the earlier one's place."""
    if not order.id or not isinstance(facts.bookings, Known):
        return None
    for held in facts.bookings.value:
        twice = tuple(it for it in order.items if it in held.items)
        if held.order == order.id and twice and held.number != facts.instead_of:
            told = RefusalFacts(collides=held.number, items=twice, service_date=held.service_date.isoformat())
            return Refused(Reason.ORDER_BOOKED, told)
    return None


def _body_is_ready(policy: Policy, facts: PlaceFacts, order: Order, now_ms: int) -> Refused | None:
    place, orders = facts.place, policy.orders
    if order.is_fasting and minute_of_day(place.starts_ms, facts.zone) >= orders.fasting_until:
        return Refused(Reason.FASTING_IN_THE_MORNING, RefusalFacts(limit=orders.fasting_until))
    ready = days_on(today(now_ms, facts.zone), order.preparation_days)
    if place.service_date < ready:
        told = RefusalFacts(limit=order.preparation_days, service_date=ready.isoformat())
        return Refused(Reason.PREPARATION_TOO_SHORT, told)
    last_ms = place.closes_ms - orders.series_min * MINUTE_MS
    if order.is_series and place.starts_ms > last_ms:
        return Refused(Reason.SERIES_TOO_LATE, RefusalFacts(limit=orders.series_min, closed_ms=last_ms))
    return None


def _compatible(policy: Policy, facts: PlaceFacts, order: Order) -> Objection:
    """No pair of items that may not be on the same day."""
    pairs = policy.orders.incompatible_pairs
    if not pairs:
        return None
    if not isinstance(facts.bookings, Known):
        return when_unknown(policy.unknown.bookings, Assumption.BOOKINGS)
    for held in facts.bookings.value:
        if held.service_date != facts.place.service_date or held.number == facts.instead_of:
            continue
        for one, other in pairs:
            if (one in order.items and other in held.items) or (other in order.items and one in held.items):
                told = RefusalFacts(
                    collides=held.number, items=(one, other), service_date=held.service_date.isoformat()
                )
                return Refused(Reason.INCOMPATIBLE_ITEMS, told)
    return None


def on_a_rest_day(policy: Policy, facts: PlaceFacts, command: Channelled, now_ms: int) -> Objection:
    """On weekends and holidays, examinations of working days are booked on the spot.  # rule D12"""
    place, orders = facts.place, policy.orders
    is_on_the_spot = command.channel in orders.on_the_spot_channels
    if not facts.today_is_rest_day or not is_on_the_spot or place.kind not in EXAMINATIONS:
        return None
    if not orders.on_the_spot_on_rest_days:
        return Refused(Reason.NOT_ON_REST_DAYS)
    if not place.is_working_day:
        return Refused(Reason.WORKING_DAYS_ONLY, RefusalFacts(service_date=place.service_date.isoformat()))
    if place.kind in LABORATORY and minute_of_day(place.starts_ms, facts.zone) >= orders.laboratory_until:
        return Refused(Reason.LABORATORY_MORNINGS_ONLY, RefusalFacts(limit=orders.laboratory_until))
    return None
