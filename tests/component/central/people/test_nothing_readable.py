"""Whoever steals the store reads no name and no number (rule A4)."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from central.tables.everything import whole_metadata
from tests.plugins.booking_hall import FIRST, Hall
from tests.plugins.people_hall import (
    BIRTH,
    NAME,
    NUMBER,
    PHONE,
    POINTS,
    document,
    no_shows,
    registered,
    relay,
    staff,
)
from tests.plugins.postgres import SQLITE, on_both_engines


def everything_stored(hall: Hall) -> list[str]:
    """All columns of all rows, as somebody who stole a dump would read them."""
    found: list[str] = []
    for table in whole_metadata().sorted_tables:
        for row in hall.rows(sa.select(table)):
            found += [it.decode("utf-8", "replace") if isinstance(it, bytes) else str(it) for it in row]
    return found


@on_both_engines
def test_nothing_personal_is_readable_in_the_store(hall: Hall, engine_name: str, tmp_path: Path) -> None:
    hall.set_policy(POINTS)
    web, window = hall.client(), staff(hall)
    contact, reason, need = "隔壁邻居王阿姨", "急诊室张护士作证", "需要靠窗床位"
    person_id = registered(web, other_contact=contact)
    passport = document("E76543210", "passport")
    other = registered(web, name="OUYANG SECRET", documents=[passport], phone="13711112222")
    web.book(person_id, hall.session())
    web.post("people/find", {"document": document(), "name": NAME})
    web.post(f"people/{person_id}/phone", {"phone": "13633334444"})
    window.post("people/search", {"name": NAME})
    window.post(f"people/{person_id}/profile", {"name": "欧阳更正", "birth_date": BIRTH, "reason": reason})
    web.post("requests", {"person_id": str(person_id), "kind": "bed", "need": need})
    no_shows(hall, person_id, 1, FIRST)
    entry_id = web.get(f"people/{person_id}/account").json()["entries"][0]["entry_id"]
    settled = window.post(f"people/{person_id}/voids", {"entry_id": entry_id, "reason": reason})
    merged = window.post("merges", {"kept_id": str(person_id), "merged_id": str(other), "reason": "seen"})
    assert (settled.status_code, merged.status_code) == (201, 201)
    relay(hall)

    plain = [NAME, "OUYANG SECRET", "SECRET", "欧阳更正", contact, reason, need, BIRTH, "19610709", NUMBER, NUMBER[:14]]
    plain += [PHONE, "13633334444", "13711112222", "E76543210"]
    stored = everything_stored(hall)
    assert any(str(person_id) in it for it in stored)
    assert [word for word in plain if any(word in it for it in stored)] == []
    if engine_name == SQLITE:
        hall.parts.close()
        written = b"".join(it.read_bytes() for it in tmp_path.glob("central.db*"))
        assert "欧*".encode() in written  # what is masked is there, so the scan sees texts
        assert [word for word in plain if word.encode() in written] == []
