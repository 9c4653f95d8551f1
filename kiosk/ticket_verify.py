"""Whether a code is a good ticket, told without a network: what `kioskctl ticket verify` asks.

The running application answers over its control socket; where none runs, its store is opened for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kiosk.desk.ticket_check import check_ticket, described
from kiosk.ports.store import StoreFault
from kiosk.store.store import Store
from kiosk.sync.identity import is_signed


def verify_ticket(store: Store, code: str) -> Mapping[str, object]:
    """Whether this code is a ticket of the terminal's hospital: who signed it, when and for what."""
    try:
        site = store.site.site()
        if site is None:
            return {"ok": False, "why": "not_enrolled"}
        row = store.arrivals(site.hospital_id).row
        checked = check_ticket(code, site=site, row=row, is_signed=is_signed)
    except StoreFault as fault:
        return {"ok": False, "why": fault.code}
    return described(checked, ZoneInfo(site.time_zone))
