"""New settings: in force from their hour on, in feed and snapshot alike, and terminals are told then and not before."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.cli import main
from central.moment import Moment
from central.policies.documents import WrongPolicy
from central.policies.following import follow_policy
from central.policies.starting import PolicyStarts
from central.policies.tables import policy
from central.rosters.tables import hospital
from central.sample.plan import instant_ms
from central.staff.tables import audit
from tests.plugins.central_desk import DAY, MINUTE_MS, Desk
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

LATER = 'preset = "general"\n[check_in]\ngrace_min = 25\n'


def here(desk: Desk) -> UUID:
    (row,) = desk.rows(sa.select(hospital.c.hospital_id).where(hospital.c.code == "01"))
    found: UUID = row.hospital_id
    return found


def follow(desk: Desk, toml: str, *, from_ms: int = 0) -> int:
    """The office brings a file; its version."""
    hospital_id, moment, seal = here(desk), Moment(desk.clock.now_ms), desk.parts.keys.seal
    return (
        desk.parts.writer.submit(
            lambda work: follow_policy(work, hospital_id, toml, moment, actor="王敏", seal=seal, from_ms=from_ms)
        )
        .result(60)
        .version
    )


def step(desk: Desk) -> int:
    """The clockwork's; when it wants to be called again."""
    return PolicyStarts(ask=desk.parts.reader.submit, write=desk.parts.writer.submit).step(desk.clock.now_ms)


def graces(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Version and grace of the policies among these rows."""
    return [(it["ver"], it["policy"]["check_in_grace_min"]) for it in rows if it["kind"] == "policy"]


@on_both_engines
def test_settings_for_later_are_told_when_their_hour_comes_and_not_before(desk: Desk, terminal: SignedTerminal) -> None:
    head, rows = terminal.snapshot()
    ((_, grace),) = graces(rows)
    assert grace != 25
    starts_ms = desk.clock.now_ms + 2_000
    assert follow(desk, LATER, from_ms=starts_ms) == 2
    assert step(desk) == starts_ms
    early = terminal.feed(head["cursor"]).json()
    assert (early["rows"], early["cursor"]) == ([], head["cursor"])
    assert graces(terminal.snapshot()[1]) == [(1, grace)]

    desk.clock.now_ms = starts_ms
    assert graces(terminal.snapshot()[1]) == [(2, 25)]
    for _ in range(2):  # also where two servers do it
        assert step(desk) == starts_ms + 5_000
    page = terminal.feed(head["cursor"]).json()
    assert graces(page["rows"]) == [(2, 25)]
    again = terminal.feed(page["cursor"]).json()
    assert (again["rows"], again["cursor"]) == ([], page["cursor"])
    assert page["cursor"] == terminal.snapshot()[0]["cursor"]


@on_both_engines
def test_settings_for_now_are_in_force_and_told_at_once(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    follow(desk, LATER, from_ms=desk.clock.now_ms - 1)
    step(desk)
    assert graces(terminal.feed(cursor).json()["rows"]) == graces(terminal.snapshot()[1]) == [(2, 25)]
    (row,) = desk.rows(sa.select(policy.c.from_ms).where(policy.c.version == 2))
    assert row.from_ms == desk.clock.now_ms, "nobody judges the past anew"


def test_the_newest_word_counts_though_an_older_one_starts_later(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    follow(desk, LATER, from_ms=desk.clock.now_ms + MINUTE_MS)
    follow(desk, LATER.replace("25", "5"))
    desk.clock.now_ms += MINUTE_MS
    step(desk)
    assert graces(terminal.feed(cursor).json()["rows"]) == graces(terminal.snapshot()[1]) == [(3, 5)]


def test_who_followed_what_by_what_is_in_the_trail_sealed(desk: Desk) -> None:
    follow(desk, LATER)
    (row,) = desk.rows(sa.select(audit).where(audit.c.action == "followed"))
    assert (row.actor, row.entity) == ("王敏", "policy")
    seal = desk.parts.keys.seal
    assert seal.open(row.after_sealed, table="audit", column="after_sealed", row=row.audit_id) == LATER
    assert "preset" in seal.open(row.before_sealed, table="audit", column="before_sealed", row=row.audit_id)


def test_a_wrong_file_changes_nothing(desk: Desk) -> None:
    with pytest.raises(WrongPolicy):
        follow(desk, 'preset = "nowhere"\n')
    assert {it.version for it in desk.rows(sa.select(policy))} == {1}


def test_the_command_line_brings_a_file_into_force(
    desk: Desk, terminal: SignedTerminal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "general.toml"
    file.write_text(LATER, encoding="utf-8")
    command = ["policy", "follow", "--data", str(desk.data), "--file", str(file), "--by", "王敏"]
    capsys.readouterr()
    assert main([*command, "--hospital", "01", "--starts", "2099-01-02 08:30"]) == 0
    assert capsys.readouterr().out == "version 2\n"
    (row,) = desk.rows(sa.select(policy).where(policy.c.version == 2))
    assert row.from_ms == instant_ms(DAY.replace(year=2099, month=1, day=2), 8) + 30 * MINUTE_MS
    assert main([*command, "--hospital", "77"]) == 2
    file.write_text("grace = 1\n", encoding="utf-8")
    assert main(command) == 2
    assert "grace" in capsys.readouterr().err
    assert main([*command, "--file", "/nowhere", "--by", "", "--starts", "soon"]) == 2
    said = capsys.readouterr().err
    assert all(f"{name}:" in said for name in ("file", "by", "starts"))
