"""The floors of booking: the same tables, the four rows that a booking cannot do without (its place, itself, what it
was answered, its change in the feed), and nothing else. No rules, no sealing, no trail, no messages.

`python -m tools.bench.central_floor FILE N` prints how many the SQLite file takes in a second, each with a commit of
its own; `pgbench_rate` has pgbench book with one statement each, from sixteen connections.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlcipher3 import dbapi2

from tools.postgres import programs

CLIENTS = 16
_SEAL, _HASH = b"s" * 46, b"h" * 17
_BODY = '{"booking_id":"00000000-0000-0000-0000-000000000000","number":"012345678901","state":"booked"}'

_TAKE = (
    "UPDATE slot SET state = 'busy', booking_id = ?, ver = ver + 1"
    " WHERE hospital_id = ? AND session_id = ? AND no = ? AND state = 'free'"
)
_BOOK = (
    "INSERT INTO booking (hospital_id, booking_id, session_id, slot_no, service_date, person_id, number_sealed,"
    " number_hash, number_last_four, check_phone, check_birthday, state, channel, is_return_visit, made_ms,"
    " queue_number, checked_in_ms, ver)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '1234', ?, ?, 'booked', 'web', 0, ?, '', 0, 1)"
)
_ANSWER = (
    "INSERT INTO answer (tenant_id, caller_id, idempotency_key, body_hash, status, body, made_ms)"
    " VALUES (?, ?, ?, ?, 201, ?, ?)"
)
_FEED = (
    "INSERT INTO feed (tenant_id, change_id, entity, entity_id, ver, service_date, pos)"
    " VALUES (?, ?, 'booking', ?, 1, ?, (SELECT coalesce(max(pos), 0) + 1 FROM feed WHERE tenant_id = ?))"
)
_ONE_STATEMENT = """
WITH place AS (SELECT * FROM bench_place WHERE n = (SELECT nextval('bench_n'))),
sold AS (
  UPDATE slot SET state = 'busy', booking_id = gen_random_uuid(), ver = ver + 1 FROM place
  WHERE slot.hospital_id = place.hospital_id AND slot.session_id = place.session_id AND slot.no = place.no
  AND slot.state = 'free'
  RETURNING slot.hospital_id, slot.session_id, slot.no, slot.booking_id, place.person_id, place.service_date),
booked AS (
  INSERT INTO booking (hospital_id, booking_id, session_id, slot_no, service_date, person_id, number_sealed,
    number_hash, number_last_four, check_phone, check_birthday, state, channel, is_return_visit, made_ms, queue_number,
    checked_in_ms, ver)
  SELECT hospital_id, booking_id, session_id, no, service_date, person_id, repeat('s', 46)::bytea,
    substr(sha256(booking_id::text::bytea), 1, 17), '1234', 'ab'::bytea, 'cd'::bytea, 'booked', 'web', false, 1, '',
    0, 1 FROM sold RETURNING hospital_id, booking_id, service_date),
told AS (
  INSERT INTO feed (tenant_id, change_id, entity, entity_id, ver, service_date)
  SELECT hospital_id, gen_random_uuid(), 'booking', booking_id, 1, service_date FROM booked)
INSERT INTO answer (tenant_id, caller_id, idempotency_key, body_hash, status, body, made_ms)
SELECT hospital_id, '00000000-0000-0000-0000-000000000009', booking_id::text, sha256('x'::bytea), 201,
  '{"booking_id":"00000000-0000-0000-0000-000000000000","number":"012345678901","state":"booked"}', 1 FROM booked;
"""
_PLACES = """
CREATE SEQUENCE bench_n;
CREATE TABLE bench_place AS
SELECT row_number() OVER (ORDER BY random()) AS n, slot.hospital_id, slot.session_id, slot.no, session.service_date,
  (SELECT person_id FROM patient LIMIT 1) AS person_id
FROM slot JOIN session USING (hospital_id, session_id) WHERE slot.state = 'free';
ALTER TABLE bench_place ADD PRIMARY KEY (n);
ANALYZE bench_place;
"""


def pgbench_rate(address: str, folder: Path, *, seconds: int) -> float:
    """Bookings a second on a filled database, each with one statement. Some of its places are gone afterwards."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_PLACES)
        script = folder / "book.sql"
        script.write_text(" ".join(_ONE_STATEMENT.split()) + "\n", encoding="ascii")
        command = [str(programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1"]
        done = subprocess.run(
            [*command, "-T", str(seconds), "-f", str(script), address], capture_output=True, text=True, check=True
        )
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        assert rate is not None, done.stdout
        made = connection.execute("SELECT count(*), (SELECT last_value FROM bench_n) FROM booking").fetchone()
        assert made is not None and made[0] >= made[1] - CLIENTS, f"places ran out: {made}"
        connection.execute("DROP TABLE bench_place; DROP SEQUENCE bench_n")
        return float(rate[1])


def main() -> int:
    """Book until so many are booked."""
    file, wanted = sys.argv[1], int(sys.argv[2])
    connection = dbapi2.connect(file, isolation_level=None)
    for pragma in ("cipher_log_level=NONE", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    places = connection.execute(
        "SELECT slot.hospital_id, slot.session_id, slot.no, session.service_date FROM slot JOIN session"
        " USING (hospital_id, session_id) WHERE slot.state = 'free' ORDER BY random() LIMIT ?",
        (wanted,),
    ).fetchall()
    people = [it[0] for it in connection.execute("SELECT person_id FROM patient LIMIT ?", (wanted,)).fetchall()]
    caller = uuid4().hex
    began_s = time.perf_counter()
    for at, (hospital, session, no, day) in enumerate(places):
        booking, now_ms = uuid4().hex, time.time_ns() // 1_000_000
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TAKE, (booking, hospital, session, no))
        row = (hospital, booking, session, no, day, people[at % len(people)], _SEAL, os.urandom(17), b"ab", b"cd")
        connection.execute(_BOOK, (*row, now_ms))
        connection.execute(_ANSWER, (hospital, caller, booking, _HASH, _BODY, now_ms))
        connection.execute(_FEED, (hospital, uuid4().hex, booking, day, hospital))
        connection.execute("COMMIT")
    print(len(places) / (time.perf_counter() - began_s))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
