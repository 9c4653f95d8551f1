"""The waiting room of a release rush: each person's turn is drawn by lot, so that speed wins nothing.  # rule C7

The lot is a keyed hash of person and release: the same on every server and for every try, stored nowhere, and nobody
outside can work it out. Turns are spread evenly over the rush; who comes later than their turn goes straight through.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from booking.decide.clock import MINUTE_MS
from booking.decide.given import Place
from booking.decide.when import released_ms
from central.appointments.scene import Scene

_LOTS = 2**32


def has_the_turn(scene: Scene, place: Place, person_id: UUID) -> bool:
    """Whether the waiting room has let this person through. Outside a rush nobody waits."""
    rush_ms = scene.policy.window.rush_min * MINUTE_MS
    if not rush_ms:
        return True
    opens_ms = released_ms(scene.policy, place, scene.zone)
    drawn = hmac.new(scene.keys.code_key, f"turn\n{opens_ms}\n{person_id}".encode(), hashlib.sha256).digest()
    return scene.now_ms >= opens_ms + int.from_bytes(drawn[:4], "big") * rush_ms // _LOTS
