"""Who the terminal is: its enrolment, its signing key and its boot number."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import sqlalchemy as sa

from booking.localized import LocalizedText
from booking.wire import PolicyRow
from kiosk.ports.store import Codec, Site
from kiosk.store import meta
from kiosk.store.engine import reading, writing
from kiosk.store.tables import (
    CHECK_IN,
    LEASE,
    LEASE_ASK,
    LEASE_NUMBER,
    LENT_PLACE,
    LISTED,
    LOCAL_BOOKING,
    LOCAL_KEY,
    LOCAL_PERSON,
    MIRROR,
    MIRROR_KEY,
    NUMBER_TRY,
)

_OF_A_HOSPITAL = (MIRROR, MIRROR_KEY, CHECK_IN, LISTED, NUMBER_TRY, LOCAL_BOOKING, LOCAL_KEY, LOCAL_PERSON)
_OF_A_TERMINAL = (LEASE, LEASE_ASK, LEASE_NUMBER, LENT_PLACE)
"""What was lent was lent to the terminal that this machine was: it is not the new one's to sell."""


class SiteTable:
    """The terminal's identity in its store."""

    def __init__(self, engine: sa.Engine, *, codec: Codec) -> None:
        self._engine = engine
        self._codec = codec

    def site(self) -> Site | None:
        """None before enrolment."""
        with reading(self._engine) as connection:
            text = meta.get(connection, "site")
        return None if text is None else self._from_json(text)

    def private_key(self) -> bytes | None:
        """The signing key, once made."""
        with reading(self._engine) as connection:
            text = meta.get(connection, "private_key")
        return None if text is None else base64.b64decode(text)

    def keep_private_key(self, private_key: bytes) -> None:
        """Keep the signing key."""
        with writing(self._engine) as connection:
            meta.put(connection, "private_key", base64.b64encode(private_key).decode("ascii"))

    def keep_site(self, site: Site) -> None:
        """The terminal belongs here now; what it mirrored before is forgotten, what it did is kept for its server."""
        with writing(self._engine) as connection:
            meta.put(connection, "site", self._to_json(site))
            meta.drop(connection, "cursor")
            meta.drop(connection, "today")
            meta.drop(connection, "held_to")
            meta.drop(connection, "kept_from")
            meta.drop(connection, "cut_ms")
            for table in (*_OF_A_HOSPITAL, *_OF_A_TERMINAL):
                connection.execute(sa.delete(table))

    def raise_boot(self) -> int:
        """The next boot number."""
        with writing(self._engine) as connection:
            return meta.raise_number(connection, "boot")

    def _to_json(self, site: Site) -> str:
        return json.dumps(
            {
                "terminal_id": str(site.terminal_id),
                "group_id": str(site.group_id),
                "hospital_id": str(site.hospital_id),
                "hospital_code": site.hospital_code,
                "hospital_name": site.hospital_name.by_language,
                "time_zone": site.time_zone,
                "label": site.label,
                "lookup_key": base64.b64encode(site.lookup_key).decode("ascii"),
                "policy": json.loads(self._codec.encode(site.policy)),
            },
            ensure_ascii=False,
        )

    def _from_json(self, text: str) -> Site:
        kept = json.loads(text)
        return Site(
            terminal_id=UUID(kept["terminal_id"]),
            group_id=UUID(kept["group_id"]),
            hospital_id=UUID(kept["hospital_id"]),
            hospital_code=kept["hospital_code"],
            hospital_name=LocalizedText(kept["hospital_name"]),
            time_zone=kept["time_zone"],
            label=kept["label"],
            lookup_key=base64.b64decode(kept["lookup_key"]),
            policy=self._codec.decode(PolicyRow, json.dumps(kept["policy"])),
        )
