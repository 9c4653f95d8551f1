"""A data directory that cannot be written: one line that says so and a documented exit code, never a traceback."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from kiosk import app, ctl
from kiosk.app import EXIT_STORE
from kiosk.ports.store import StoreFull
from kiosk.store.store import StoreSettings, open_store
from kiosk.sync.codec import WireCodec


@pytest.fixture
def unwritable(tmp_path: Path) -> Path:
    """Settings whose data directory lies beneath a plain file: not even root can write there."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'data_dir = "{tmp_path / "file" / "data"}"\n', encoding="utf-8")
    return settings


def test_the_application_says_so_in_one_line(unwritable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    handlers = logging.getLogger().handlers.copy()
    assert app.main(["--settings", str(unwritable)]) == EXIT_STORE
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert str(unwritable.parent / "file" / "data") in line
    assert "cannot be written" in line
    assert logging.getLogger().handlers == handlers


def test_a_log_that_is_a_directory_is_told_in_the_same_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "kiosk.toml"
    settings.write_text(f'data_dir = "{tmp_path / "data"}"\n', encoding="utf-8")
    (tmp_path / "data" / "log" / "kiosk.log").mkdir(parents=True)
    assert app.main(["--settings", str(settings)]) == EXIT_STORE
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_kioskctl_says_so_too(unwritable: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ctl.main(["--settings", str(unwritable), "--json", "enrol", "ABC"]) == EXIT_STORE
    said = capsys.readouterr()
    assert json.loads(said.out) == {"ok": False, "code": "store_full"}
    assert said.err == ""


def test_a_damaged_store_that_cannot_be_put_aside_is_a_fault_of_the_store(tmp_path: Path) -> None:
    open_store(StoreSettings(tmp_path), codec=WireCodec(), now_ms=lambda: 0).close()
    (tmp_path / "store.db").write_bytes(b"no store" * 1000)
    (tmp_path / "quarantine").write_text("", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(StoreFull, match="cannot be written"):
            open_store(StoreSettings(tmp_path), codec=WireCodec(), now_ms=lambda: 0)
