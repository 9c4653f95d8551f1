"""`kioskctl ticket verify`: who signed a ticket, when and for what; asked of the application, or of its store."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from booking.localized import LocalizedText
from booking.signed_ticket import TicketPlace, ticket_code
from booking.wire import PolicyRow, Row
from booking.wire_terminal import TerminalRow
from kiosk import ctl
from kiosk.health.control import ControlSocket
from kiosk.ports.store import Site
from kiosk.settings import Settings, load
from kiosk.store.store import StoreSettings, open_store
from kiosk.sync.codec import WireCodec
from kiosk.sync.identity import Identity, make_private_key
from kiosk.ticket_verify import verify_ticket

HOSPITAL, SIGNER, BOOKING = UUID(int=0x100), UUID(int=0x201), UUID(int=0xB7)
PRINTED_MS = 1_795_308_000_000
SIGNING = Identity(make_private_key())
SITE = Site(
    terminal_id=UUID(int=0x200),
    group_id=UUID(int=0x300),
    hospital_id=HOSPITAL,
    hospital_code="01",
    hospital_name=LocalizedText({"zh-CN": "江滨医院"}),
    time_zone="Asia/Shanghai",
    label="门诊楼 1 层 03",
    lookup_key=bytes(32),
    policy=PolicyRow(1, 60, 15, "refuse", "assume"),
)


def code_of(hospital_code: str = "01") -> str:
    place = TicketPlace(
        hospital_code=hospital_code,
        session_id=UUID(int=3),
        slot_no=37,
        service_date="2026-11-22",
        starts_ms=PRINTED_MS + 1_800_000,
        ends_ms=PRINTED_MS + 2_400_000,
        queue_number="A037",
        booking_ver=2,
        issued_ms=PRINTED_MS,
        is_checked_in=True,
    )
    return ticket_code(terminal_id=SIGNER, booking_id=BOOKING, place=place, sign=SIGNING.sign)


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """An enrolled terminal that knows the signer, which was revoked a minute after it had printed."""
    file = tmp_path / "kiosk.toml"
    file.write_text(f'data_dir = "{tmp_path}"\n[server]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8")
    settings = load(file)
    assert isinstance(settings, Settings)
    store = open_store(StoreSettings(settings.store_dir()), codec=WireCodec(), now_ms=lambda: PRINTED_MS)
    store.site.keep_site(SITE)
    body = TerminalRow(
        id=SIGNER, label="门诊楼 2 层 01", public_key=SIGNING.public_key(), revoked_ms=PRINTED_MS + 60_000
    )
    store.mirror(HOSPITAL).take_rows((Row(kind="terminal", id=str(SIGNER), ver=2, terminal=body),))
    store.close()
    return file


def verify(settings_file: Path, code: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    exit_code = ctl.main(["--settings", str(settings_file), "--json", "ticket", "verify", code])
    return exit_code, json.loads(capsys.readouterr().out)


def test_a_good_ticket_is_told_from_the_store_alone(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(settings_file, code_of(), capsys) == (
        0,
        {
            "ok": True,
            "signed_by": "门诊楼 2 层 01",
            "terminal": str(SIGNER),
            "revoked": "2026-11-22T08:41:00+08:00",
            "booking": str(BOOKING),
            "printed": "2026-11-22T08:40:00+08:00",
            "checked_in": True,
            "queue_number": "A037",
            "day": "2026-11-22",
            "starts": "2026-11-22T09:10:00+08:00",
            "session": str(UUID(int=3)),
            "slot": 37,
        },
    )


@pytest.mark.parametrize(
    ("code", "why"),
    [(code_of()[:-3], "ticket_damaged"), (code_of("02"), "ticket_of_other_hospital"), ("nonsense", "ticket_damaged")],
)
def test_a_bad_one_says_why(settings_file: Path, capsys: pytest.CaptureFixture[str], code: str, why: str) -> None:
    assert verify(settings_file, code, capsys) == (1, {"ok": False, "why": why})


def test_the_running_application_is_asked_first(
    settings_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(settings_file)
    assert isinstance(settings, Settings)
    store = open_store(StoreSettings(settings.store_dir()), codec=WireCodec(), now_ms=lambda: PRINTED_MS)
    questions = {"verify_ticket": lambda question: verify_ticket(store, str(question["code"]))}
    bugs: list[BaseException] = []
    running = ControlSocket(settings.control_socket(), questions, report_bug=bugs.append)
    running.start()
    try:
        monkeypatch.setattr("sys.stdin", io.StringIO(code_of() + "\n"))
        exit_code = ctl.main(["--settings", str(settings_file), "ticket", "verify", "-"])
    finally:
        running.stop()
        store.close()
    said = capsys.readouterr().out
    assert (exit_code, said.splitlines()[0], bugs) == (0, "valid", [])
    assert "signed_by: 门诊楼 2 层 01" in said


def test_a_terminal_that_is_not_enrolled_knows_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'data_dir = "{tmp_path}"\n[server]\nurl = "http://127.0.0.1:9"\n', encoding="utf-8")
    assert verify(file, code_of(), capsys) == (1, {"ok": False, "why": "not_enrolled"})
