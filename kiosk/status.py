"""What `kioskctl status` is told of a terminal that is enrolled: counts and codes, never of persons."""

from __future__ import annotations

from kiosk.ports.lending import PlaceState
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
