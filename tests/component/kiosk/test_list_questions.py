"""`kioskctl arrivals` and `kioskctl daylist` against a real store and a real socket."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from booking.lending import ClockTrust
from kiosk import ctl
from kiosk.desk.list_source import ListSource
from kiosk.health.control import ControlSocket
from kiosk.list_questions import ListDesk
from kiosk.ports.lists import ListKind, ListOrder
from kiosk.status import leases_of
from kiosk.words.catalogue import load
from tests.component.kiosk.desk_acts import check_in_of


@pytest.fixture
def orders() -> list[ListOrder]:
    return []


@pytest.fixture
def till(store: Any, clock: Any, counter: Any) -> Any:
    """Its lent places."""
    return counter.Counter(store, clock)


@pytest.fixture
def settings_file(ward: Any, till: Any, clock: Any, line: Any, patient: Any, orders: Any) -> Iterator[Path]:
    """The settings of a terminal that runs, with one arrival that the server does not know; cut since ten to twelve."""
    line.online = False
    store = till.store
    lists = store.lists(ward.HOSPITAL)
    lists.note_cut(ward.NOON_MS - 600_000)
    ward.core_of(store, line, clock).handle(check_in_of(patient))
    desk = ListDesk(ListSource(lists, ward.SITE, ward.ZONE, clock.now_ms), load("zh-CN"), orders.append)
    with tempfile.TemporaryDirectory(prefix="kiosk") as folder:
        path = Path(folder)
        (path / "kiosk.toml").write_text(f'data_dir = "{folder}"', encoding="utf-8")
        answers: dict[str, Any] = {"arrivals": desk.arrivals, "daylist": desk.day_list}
        answers["leases"] = lambda _question: leases_of(store, ward.SITE, till)
        bugs: list[BaseException] = []
        control = ControlSocket(path / "control.sock", answers, report_bug=bugs.append)
        control.start()
        yield path / "kiosk.toml"
        control.stop()
        assert bugs == []


def test_who_has_come_is_read_by_people(settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ctl.main(["--settings", str(settings_file), "arrivals"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "门诊楼 1 层 03, off line since 2026-03-02 11:50: 1 on the list",
        "",
        "心内科  门诊楼 3 层 A 区 分诊台",
        "  A007  12:00  欧*试",
    ]


def test_and_by_scripts(settings_file: Path, capsys: pytest.CaptureFixture[str], orders: list[ListOrder]) -> None:
    assert ctl.main(["--settings", str(settings_file), "arrivals", "--json", "--since", "12:01"]) == 0
    assert json.loads(capsys.readouterr().out)["people"] == 0
    assert ctl.main(["--settings", str(settings_file), "--json", "daylist", "--department", "心内"]) == 0
    told = json.loads(capsys.readouterr().out)
    (department,) = told["departments"]
    assert department["people"] == [{"number": "A007", "time": "12:30", "name": "欧*试", "known": True}]
    assert orders == []


def test_to_print_is_an_order(ward: Any, settings_file: Path, capsys: Any, orders: list[ListOrder]) -> None:
    for more in (["arrivals"], ["arrivals", "--since", "11:00"], ["arrivals", "--since", "23:00"], ["daylist"]):
        assert ctl.main(["--settings", str(settings_file), *more, "--print"]) == 0
    assert "nothing to print" in capsys.readouterr().out
    assert orders == [
        ListOrder(ListKind.ARRIVALS),
        ListOrder(ListKind.ARRIVALS, since_ms=ward.NOON_MS - ward.HOUR_MS),
        ListOrder(ListKind.DAY),
    ]


def test_lent_numbers_follow_the_days_list(
    settings_file: Path, till: Any, counter: Any, ward: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    till.granted(counter.lease(12, 13), counter.lease(20, lease_id=counter.WALK_IN_LEASE, service_date="2026-03-03"))
    till.sell(12, ward.Patient(no=12))
    assert ctl.main(["--settings", str(settings_file), "daylist", "--department", "心内"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(": 2 on the list")
    assert lines[-4:] == [
        "",
        "lent to this terminal: 心内科  门诊楼 3 层 A 区 分诊台",
        "  A012  16:00  given",
        "  A013  16:10",
    ]
    assert ctl.main(["--settings", str(settings_file), "--json", "daylist", "--department", "骨科"]) == 0
    assert "lent" not in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("later_ms", "trust", "sentence"),
    [
        (0, "synced", "sold until 2026-03-02 13:00"),
        (0, "lost", "not sold: the clock is not to be believed until the server has told the time"),
        (3_700_000, "holdover", "not sold: the booking time is over"),
    ],
)
def test_what_is_lent_and_why_it_is_not_sold(
    settings_file: Path, till: Any, counter: Any, capsys: Any, later_ms: int, trust: str, sentence: str
) -> None:
    till.granted(counter.lease(1, 2))
    till.clock.pass_ms(later_ms)
    till.trust = ClockTrust(trust)
    assert ctl.main(["--settings", str(settings_file), "leases"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"clock: {trust}; 1 lease(s)",
        f"2026-03-02  session {counter.ward.SESSION}  bookings: numbers 1, 2; 0 sold",
        f"  {sentence}",
    ]


@pytest.mark.parametrize("since", ["24:00", "9:00", "noon"])
def test_a_time_that_is_none_is_refused(settings_file: Path, capsys: Any, since: str) -> None:
    assert ctl.main(["--settings", str(settings_file), "arrivals", "--since", since]) == ctl.EXIT_REFUSED
    assert "HH:MM" in capsys.readouterr().out


def test_a_terminal_that_does_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kiosk.toml").write_text(f'data_dir = "{tmp_path}"', encoding="utf-8")
    assert ctl.main(["--settings", str(tmp_path / "kiosk.toml"), "daylist"]) == ctl.EXIT_NOT_RUNNING
    assert "does not answer" in capsys.readouterr().out
