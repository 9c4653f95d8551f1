"""How `make test` ends: what is a failure, and what only a hint about a busy machine."""

from __future__ import annotations

import pytest

from tools.layers import Layer, Outcome, report

QUICK = Outcome(Layer("unit", 20), code=0, seconds=10.0, passed=5, failed=0, skipped=0)
SLOW = Outcome(Layer("faults", 20), code=0, seconds=30.0, passed=5, failed=0, skipped=0)


def test_a_layer_over_its_budget_is_no_failure_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([QUICK, SLOW]) == 0
    said = capsys.readouterr().out
    assert "a hint, not a failure" in said
    assert said.endswith("10 passed, 0 failed\n")


def test_nothing_is_said_of_budgets_that_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([QUICK]) == 0
    assert "hint" not in capsys.readouterr().out
