"""`make check` finds what must not be committed. Each case is written into a repository of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import hygiene, layers, purity
from tools.licences import is_accepted


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        'x = "/ho' + 'me/user1/thing"',
        'x = "/wo' + 'rk"',
        "cd /ro" + "ot/x",
        "/Us" + "ers/me",
        "https://files.python" + "hosted.org/x",
        "https://mirror.example/py" + "pi/web",
        "-i https://p.example/sim" + "ple",
        "deb http://mirror.example/deb" + "ian trixie main",
        "-----BEGIN PRIVATE" + " KEY-----",
    ],
)
def test_addresses_of_this_machine_and_secrets_are_found(repository: Path, text: str) -> None:
    (repository / "a.txt").write_text(f"fine\n{text}\n", encoding="utf-8")
    (found,) = hygiene.problems()
    assert found.startswith("a.txt:2: holds ")


def test_what_only_looks_like_them_is_not_found(repository: Path) -> None:
    text = 'a = "/usr/share/fonts"\nlab/work/x\nhttps://example.org/homework\n/v1/root\n'
    (repository / "a.txt").write_text(text, encoding="utf-8")
    assert hygiene.problems() == []


def test_a_blob_and_a_long_module_are_found(repository: Path) -> None:
    (repository / "a.png").write_bytes(bytes(1_000_000))
    (repository / "b.py").write_text("#\n" * 401, encoding="ascii")
    (repository / "migrations").mkdir()
    (repository / "migrations" / "c.py").write_text("#\n" * 401, encoding="ascii")
    assert [line.split(":")[0] for line in hygiene.problems()] == ["a.png", "b.py"]


def test_what_booking_must_not_import_is_found(tmp_path: Path) -> None:
    package = tmp_path / "booking"
    package.mkdir()
    (package / "rules.py").write_text(
        "import re\nimport yaml\nfrom time import time\nfrom booking import x\nimport os.path\n"
    )
    (package / "cli.py").write_text("import pathlib\nimport socket\n")
    (package / "inner").mkdir()
    (package / "inner" / "cli.py").write_text("import pathlib\n")
    assert purity.problems(tmp_path) == [
        "booking/cli.py:2: imports socket",
        "booking/inner/cli.py:1: imports pathlib",
        "booking/rules.py:2: imports yaml",
        "booking/rules.py:3: imports time",
        "booking/rules.py:5: imports os.path",
    ]


def test_a_clock_or_file_that_booking_reaches_without_such_an_import_is_found(tmp_path: Path) -> None:
    package = tmp_path / "booking"
    package.mkdir()
    (package / "rules.py").write_text(
        "import datetime\nfrom uuid import UUID, uuid4\n"
        "def rule(day, now):\n"
        "    open('x')\n"
        "    later = datetime.datetime.now()\n"
        "    read = datetime.date.today\n"
        "    return day.today, now(), today(day), datetime.datetime.fromtimestamp(now)\n"
    )
    (package / "cli.py").write_text("print(open('x'))\n")
    assert purity.problems(tmp_path) == [
        "booking/rules.py:2: calls uuid.uuid4",
        "booking/rules.py:4: calls open",
        "booking/rules.py:5: calls datetime.now",
        "booking/rules.py:6: calls date.today",
    ]


def test_a_layer_that_is_none_is_no_success() -> None:
    with pytest.raises(SystemExit) as ended:
        layers.main(["unti"])
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("licence", "is_fine"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("LGPL-3.0-only (used as unmodified shared libraries)", True),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("LGPL-2.1 AND GPL-3.0-only", False),
        ("GNU Lesser General Public License v2; GNU General Public License v3", False),
        ("", False),
        ("Proprietary", False),
    ],
)
def test_licences(licence: str, is_fine: bool) -> None:
    assert is_accepted(licence) is is_fine


def test_files_are_shared_out_by_the_time_they_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "tests" / "crowd"
    folder.mkdir(parents=True)
    for name, size in (("a", 900), ("b", 100), ("c", 100), ("d", 100)):
        (folder / f"test_{name}.py").write_text("#" * size, encoding="ascii")
    took = "".join(
        f'<testcase classname="tests.crowd.test_{name}" name="one" time="{seconds}"/>'
        for name, seconds in (("a", 1), ("a", 1), ("b", 6), ("c", 4))
    )
    (tmp_path / "crowd-0.xml").write_text(f"<testsuites><testsuite>{took}</testsuite></testsuites>", encoding="ascii")
    layers.record(tmp_path)
    crowd = layers.Layer("crowd", 10, processes=2)
    lots = [{Path(file).stem[-1] for file in lot} for lot in layers.shares(crowd)]
    assert lots == [{"b", "d"}, {"c", "a"}]  # the new one counts by its size, as the others took for theirs
