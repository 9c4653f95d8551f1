"""The command line: keys, settings, the sample file and the description of the endpoints."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from central.cli import main
from central.keys import KEY_FILE
from central.people.tables import person
from central.settings import DATABASE_VARIABLE
from central.terminals.tables import terminal as terminal_table
from central.web.app import described
from tests.plugins.central_desk import Desk
from tests.plugins.signed_terminal import SignedTerminal

_DOCS = Path(__file__).parents[3] / "docs"


def test_the_committed_description_is_the_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((_DOCS / "openapi.json").read_text(encoding="utf-8"))
    assert said == described()
    assert {"/v1/enrol", "/v1/time", "/v1/snapshot", "/v1/feed", "/v1/check-ins", "/v1/events", "/v1/find"} < set(
        said["paths"]
    )


def test_the_description_is_served(desk: Desk) -> None:
    assert desk.http.get("/openapi.json").json() == described()


def test_the_keys_are_for_the_owner_only_and_are_never_replaced(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (data / KEY_FILE).read_bytes()
    assert stat.S_IMODE((data / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "sample-people.json").stat().st_mode) == 0o600
    assert main(["init", "--data", str(data)]) == 2
    assert (data / KEY_FILE).read_bytes() == before
    (data / KEY_FILE).chmod(0o644)
    assert main(["serve", "--data", str(data)]) == 2
    assert "chmod 600" in capsys.readouterr().err


def test_the_store_is_for_the_owner_only_wherever_it_lies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--data", str(tmp_path)]) == 0
    files = list(tmp_path.glob("central.db*"))
    assert files
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []


def test_the_sample_file_names_the_people_of_the_store(desk: Desk) -> None:
    people = json.loads((desk.data / "sample-people.json").read_text(encoding="utf-8"))["people"]
    sealed = desk.rows(sa.select(person.c.person_id, person.c.name_sealed))
    opened = sorted(
        desk.parts.keys.seal.open(it.name_sealed, table="person", column="name_sealed", row=it.person_id)
        for it in sealed
    )
    assert opened == sorted(it["name"] for it in people)
    assert set(people[0]) == {
        "name",
        "id_number",
        "card_number",
        "sex",
        "birth_date",
        "phone",
        "region",
        "note",
        "bookings",
    }
    assert set(people[0]["bookings"][0]) == {"hospital_code", "number", "date", "time", "department"}


def test_a_code_from_the_command_line_lets_in_and_a_label_shuts_out(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(desk.data), "--label", "门诊楼 1 层 03"]
    capsys.readouterr()
    desk.clock.now_ms = 0  # before any code of the computer's own clock ends
    assert main(["terminal", "code", *arguments]) == 0
    terminal = SignedTerminal(desk.http)
    assert terminal.enrol(capsys.readouterr().out.strip()).status_code == 200
    assert main(["terminal", "revoke", *arguments]) == 0
    assert terminal.get("/v1/snapshot").json()["reason"] == "revoked"
    assert main(["terminal", "revoke", *arguments]) == 2
    assert main(["terminal", "code", *arguments, "--hospital", "77"]) == 2
    assert len(desk.rows(sa.select(terminal_table))) == 1


def test_all_wrong_settings_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "central.toml"
    file.write_text('[serve]\nport = "soon"\nhosts = "x"\n', encoding="utf-8")
    assert main(["--config", str(file), "serve"]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in ("data:", "port:", "hosts"))


def test_a_file_gives_defaults_and_arguments_win(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "central.toml"
    data = tmp_path / "data"
    file.write_text(
        f'data = "{data}"\n[init]\nsample = true\ntoday = "2026-03-18"\nbookings_today = 500\n', encoding="utf-8"
    )
    assert main(["--config", str(file), "init", "--bookings-today", "20"]) == 0
    assert "20 bookings on 2026-03-18" in capsys.readouterr().out
    assert main(["--config", str(file), "migrate"]) == 0


def test_an_empty_variable_says_nothing_of_the_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "central.toml"
    file.write_text(f'data = "{tmp_path}"\ndatabase = "oracle://x"\n', encoding="utf-8")
    monkeypatch.setenv(DATABASE_VARIABLE, "")
    assert main(["--config", str(file), "migrate"]) == 2
    assert "database: postgresql://... is needed" in capsys.readouterr().err
    monkeypatch.setenv(DATABASE_VARIABLE, "mysql://y")
    assert main(["--config", str(file), "migrate", "--database", ""]) == 0  # the argument wins, also to say "the file"


def test_every_error_of_every_place_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "central.toml"
    file.write_text('databse = "x"\n[client.add]\nlabel = ["L"]\nexpires_days = "soon"\n', encoding="utf-8")
    monkeypatch.setenv(DATABASE_VARIABLE, "mysql://y")
    assert main(["--config", str(file), "client", "add", "--rights", "all"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1].strip() for line in said] == [
        *("config", "label", "expires_days", "data", "label", "channel", "rights", "database"),
    ]
    assert "databse" in said[0]


def test_keys_to_seal_to_are_rotated(desk: Desk, terminal: SignedTerminal, capsys: pytest.CaptureFixture[str]) -> None:
    head, rows = terminal.snapshot()
    before = [row["id"] for row in rows if row["kind"] == "seal_key"]
    assert main(["key", "rotate-seal", "--data", str(desk.data)]) == 0
    made = capsys.readouterr().out.split()[1::2]
    assert len(made) == 2
    (row,) = (row for row in terminal.feed(head["cursor"]).json()["rows"] if row["kind"] == "seal_key")
    assert row["id"] in made
    assert row["id"] not in before
    (newest,) = (row for row in terminal.snapshot()[1] if row["kind"] == "seal_key")
    assert newest == row
