"""`booking` as an administrator runs it: what it prints, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from booking.cli import example_text, guide_text, main


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = main([str(it) for it in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_presets_are_listed_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "presets")
    assert (code, len(out.splitlines())) == (0, 10)
    assert "Two days ahead: cut-off 14:00 the day before" in out
    assert run(capsys, "presets", "two-day")[1].startswith("# Two days ahead")
    assert run(capsys, "presets", "two-day", "--examples")[1] == example_text("two-day")
    assert run(capsys, "presets", "nothing")[0] == 2


def test_a_refusal_is_explained_with_rule_and_figures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(
        'preset = "two-day"\n[[case]]\nask = "book"\nat = 2026-11-23 14:01:00\nplace = { date = 2026-11-24 }\n',
        encoding="utf-8",
    )
    code, out, _ = run(capsys, "explain", file)
    assert code == 0
    assert "Refused by rule D1 (booking_closed): Bookings for this place closed at 2026-11-23 14:00." in out


def test_a_case_that_is_decided_otherwise_gives_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text('[[case]]\nask = "book"\nat = 2026-11-23 14:01:00\nexpect = "accepted"\n', encoding="utf-8")
    code, out, _ = run(capsys, "explain", file)
    assert code == 1
    assert "1 cases, 1 not as expected." in out


def test_a_preview_of_a_stricter_policy(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cases, new = tmp_path / "cases.toml", tmp_path / "new.toml"
    cases.write_text(example_text("two-day"), encoding="utf-8")
    new.write_text('preset = "two-day"\n[window]\ncut_off_at = "13:00"\n', encoding="utf-8")
    code, out, _ = run(capsys, "preview", "two-day", new, cases)
    assert code == 1
    assert "before: Accepted." in out
    assert "after:  Refused by rule D1" in out
    assert run(capsys, "preview", "two-day", "two-day", cases)[:2] == (
        0,
        "Nothing would have been decided otherwise.\n",
    )


def test_mistakes_are_told_with_file_and_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "hospital.toml"
    file.write_text('preset = "general"\n[window]\nearliest_days = 99\ncut_off = "x"\n', encoding="utf-8")
    code, out, err = run(capsys, "check", file)
    assert (code, out) == (2, "")
    assert [it.split(": ")[0] for it in err.splitlines()] == [f"{file}, line 3", f"{file}, line 4"]
    file.write_text('preset = "general"\n', encoding="utf-8")
    assert run(capsys, "check", file)[0] == 0


def test_files_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "explain", tmp_path / "none.toml")[::2] == (
        2,
        f"{tmp_path / 'none.toml'}: No such file or directory\n",
    )
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in run(capsys, "check", tmp_path / "latin.toml")[2]


def test_another_time_zone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text('[[case]]\nask = "book"\nat = 2026-03-29 02:30:00\nexpect = "channel_closed"\n', encoding="utf-8")
    assert run(capsys, "--zone", "Europe/Berlin", "explain", file)[0] == 0
    with pytest.raises(SystemExit):
        main(["--zone", "Moon/Sea", "explain", str(file)])
    assert "there is no time zone" in capsys.readouterr().err


def test_the_sample_of_a_symptom_guide_is_shown_in_either_language(capsys: pytest.CaptureFixture[str]) -> None:
    """rule D7"""
    code, out, _ = run(capsys, "guide", "--language", "zh-CN")
    assert code == 0
    assert "- 有 -> emergency, at once" in out
    assert "- 眼睛 -> 眼科 (general)" in out
    assert out.endswith("8 questions, 10 departments, nothing wrong.\n")
    assert "Eyes -> Ophthalmology (general)" in run(capsys, "guide")[1]


def test_every_mistake_in_a_symptom_guide_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """rule D7"""
    file = tmp_path / "guide.toml"
    file.write_text(guide_text().replace('first = "warning"', 'first = "start"').replace('"women"', '"wemen"', 1))
    code, _, said = run(capsys, "guide", file)
    assert code == 2
    assert f"{file}, line 3: first: 'start' does not fit" in said
    assert said.count("'women' does not fit") == 3
