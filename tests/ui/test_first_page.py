"""The first page of the running application: it is the true one, and does not wait for what only a visit needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from booking.localized import LocalizedText
from booking.wire import PolicyRow
from kiosk.app import EXIT_BUG
from kiosk.ports.store import Site
from kiosk.settings import Settings, load
from kiosk.store.store import StoreSettings, open_store
from kiosk.sync.codec import WireCodec
from kiosk.sync.identity import make_private_key

SITE = Site(
    terminal_id=UUID(int=1),
    group_id=UUID(int=2),
    hospital_id=UUID(int=3),
    hospital_code="01",
    hospital_name=LocalizedText({"zh-CN": "江滨医院"}),
    time_zone="Asia/Shanghai",
    label="门诊楼 1 层 03",
    lookup_key=bytes(32),
    policy=PolicyRow(
        version=1,
        check_in_opens_before_min=60,
        check_in_grace_min=15,
        check_in_late="refuse",
        check_in_state_unknown="assume",
    ),
)
LATER = (
    "requests",
    "urllib3",
    "escpos",
    "PIL",
    "alembic",
    "smartcard",
    "kiosk.desk.desk",
    "kiosk.sync.client",
    "kiosk.devices.cards",
    "kiosk.devices.printers",
    "booking.decide",
    "booking.policy",
    "booking.credit",
)
"""Loaded with the workers, after the first page."""


@dataclass(frozen=True, slots=True)
class FirstPage:
    texts: tuple[str, ...]
    loaded: frozenset[str]
    fonts: tuple[str, ...]
    """Files, each as often as it is mapped."""
    is_collecting: bool


def enrol(settings: Path) -> None:
    loaded = load(settings)
    assert isinstance(loaded, Settings)
    store = open_store(StoreSettings(loaded.store_dir()), codec=WireCodec(), now_ms=lambda: 0)
    store.site.keep_private_key(make_private_key())
    store.site.keep_site(SITE)
    store.close()


def run(settings: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PCSCLITE_CSOCK_NAME": str(settings.parent / "nobody")}
    return subprocess.run(
        [sys.executable, "-m", "tests.ui.first_page", str(settings), *words],
        capture_output=True,
        text=True,
        timeout=30,
        env=environment,
        check=False,
    )


def bugs_of(settings: Path) -> list[str]:
    """What the crash sink has written down: the record of each bug."""
    log = (settings.parent / "data" / "log" / "kiosk.log").read_text("utf-8")
    return [line for line in log.splitlines() if "a bug" in line]


def first_page(settings: Path) -> FirstPage:
    done = run(settings)
    assert done.returncode == 0, done.stderr
    assert bugs_of(settings) == []
    said = json.loads(done.stdout)
    return FirstPage(tuple(said["texts"]), frozenset(said["loaded"]), tuple(said["fonts"]), said["is_collecting"])


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[server]\nurl = "http://127.0.0.1:9"\n'
        '[printer]\nhost = "127.0.0.1"\nport = 9\n[screen]\nis_fullscreen = false\n',
        encoding="utf-8",
    )
    return file


def test_the_first_page_is_the_hospitals_own_and_waits_for_no_worker(settings: Path) -> None:
    enrol(settings)
    page = first_page(settings)
    assert "江滨医院" in page.texts
    assert "请插入社保卡" in page.texts
    assert not [name for name in page.loaded if name.startswith(LATER)]
    assert not page.is_collecting


def test_each_font_is_loaded_once_and_none_that_nobody_draws(settings: Path) -> None:
    enrol(settings)
    assert first_page(settings).fonts == ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc")


def test_a_terminal_whose_workers_cannot_begin_ends_to_be_started_anew(settings: Path) -> None:
    enrol(settings)
    settings.write_text(settings.read_text("utf-8").replace("port = 9", 'port = 9\nprofile = "of-nobody"'), "utf-8")
    assert run(settings, "stay").returncode == EXIT_BUG
    (bug,) = bugs_of(settings)  # a second one would have ended it too, whatever its own reason
    assert "packaged_profile" in bug


def test_a_terminal_that_is_not_enrolled_promises_nothing(settings: Path) -> None:
    page = first_page(settings)
    assert "江滨医院" not in page.texts
    assert "请插入社保卡" not in page.texts
    assert page.texts
