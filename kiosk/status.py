"""What `kioskctl status` and `kioskctl leases` are told of an enrolled terminal: counts and codes, no persons."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from booking.lending import ClockTrust, Now, may_sell, sells_until
from kiosk.ports.lending import LeaseStand, PlaceState
from kiosk.ports.store import Site, StoreFault
from kiosk.store.store import Store
from kiosk.sync.contact import Contact
from kiosk.sync.trust import TrustedClock


def status_of(store: Store, site: Site, *, contact: Contact, trusted: TrustedClock) -> dict[str, object]:
    """How it is now. With a fault of the store the rest is told all the same."""
    now = trusted.now()
    status: dict[str, object] = {
        "enrolled": True,
        "terminal": str(site.terminal_id),
        "label": site.label,
        "online": contact.is_online(),
        "shut_out": contact.shut_out(),
        "clock_behind_ms": contact.now_offset_ms(),
        "clock_trust": now.trust.value,
    }
    try:
        counts = store.outbox(site.hospital_id).counts()
        leases = store.leases(site.hospital_id).leases()
        sellable = store.sales(site.hospital_id).sellable_places(now=now)
    except StoreFault as fault:
        return {**status, "store": fault.code}
    return {
        **status,
        "waiting": counts.waiting,
        "not_applied": counts.not_applied,
        "lent": sum(lease.count(PlaceState.LENT) for lease in leases),
        "sellable": len(sellable),
    }


def leases_of(store: Store, site: Site, trusted: TrustedClock) -> dict[str, object]:
    """What is lent here, until when it may be sold, and why it is not sold where it is not."""
    now, zone = trusted.now(), ZoneInfo(site.time_zone)
    try:
        leases = store.leases(site.hospital_id).leases()
    except StoreFault as fault:
        return {"error": "the store cannot be read", "store": fault.code}
    return {"clock_trust": now.trust.value, "leases": [_lease(lease, now, zone) for lease in leases]}


def _lease(lease: LeaseStand, now: Now, zone: ZoneInfo) -> dict[str, object]:
    until_ms = sells_until(asked=lease.asked, good_for_ms=lease.good_for_ms, last_sale_ms=lease.last_sale_ms, now=now)
    until = datetime.fromtimestamp(until_ms / 1000, UTC).astimezone(zone)
    return {
        "lease": str(lease.lease_id),
        "session": str(lease.session_id),
        "day": lease.service_date,
        "walk_ins": lease.is_for_walk_ins,
        "lent": [no for no, _, state in lease.places if state is PlaceState.LENT],
        "sold": lease.count(PlaceState.SOLD) + lease.count(PlaceState.KEPT_FOR_CHANGE),
        "numbers_left": lease.numbers_left,
        "until": until.strftime("%Y-%m-%d %H:%M"),
        "why_not": _why_not(lease, now),
    }


def _why_not(lease: LeaseStand, now: Now) -> str:
    """Why nothing of it is sold; empty: it is."""
    if lease.count(PlaceState.LENT) == 0:
        return "none_left"
    if now.trust is ClockTrust.LOST:
        return "clock_lost"
    if now.wall_ms > lease.last_sale_ms:
        return "past_last_sale"
    is_sold = may_sell(asked=lease.asked, good_for_ms=lease.good_for_ms, last_sale_ms=lease.last_sale_ms, now=now)
    if not is_sold:
        return "past_its_use"
    return "" if lease.numbers_left else "no_numbers"
