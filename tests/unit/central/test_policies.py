"""A hospital's file in the store: what it names and overrides, what an older store kept instead, what terminals get."""

from __future__ import annotations

import pytest

from booking.policy import CheckInPolicy, LateArrival, Policy, WhenUnknown
from central.policies.documents import WrongPolicy, from_document, presets, read_policy, to_document
from central.policies.service import to_row

STRICTER = 'preset = "trust-points"\n\n[check_in]\ngrace_min = 5\n'


def test_a_file_names_a_preset_and_overrides_single_keys() -> None:
    policy = from_document(to_document(STRICTER, version=7))
    preset = read_policy(7, 'preset = "trust-points"\n')
    assert (policy.version, policy.check_in.grace_min, policy.check_in.late) == (7, 5, LateArrival.REQUEUE)
    assert policy.credit == preset.credit
    assert preset.check_in.grace_min == 15


def test_an_older_release_finds_its_five_fields_and_we_read_its_own() -> None:
    document = to_document(STRICTER, version=7)
    older = {name: value for name, value in document.items() if name != "toml"}
    assert from_document(older) == Policy(
        version=7,
        check_in=CheckInPolicy(
            opens_before_min=60, grace_min=5, late=LateArrival.REQUEUE, booking_state_unknown=WhenUnknown.ASSUME
        ),
    )


def test_every_preset_that_comes_with_the_program_can_be_named() -> None:
    assert {"general", "trust-points", "slotted"} < set(presets())
    for name in presets():
        assert read_policy(3, f'preset = "{name}"\n').version == 3


def test_a_wrong_file_tells_all_that_is_wrong() -> None:
    with pytest.raises(WrongPolicy) as told:
        to_document('preset = "generous"\n[check_in]\ngrace_min = "long"\n', version=1)
    assert [problem.line for problem in told.value.problems] == [1, 3]


def test_terminals_get_what_the_visit_needs_and_the_whole_file() -> None:
    row = to_row(from_document(to_document(STRICTER, version=7)), STRICTER)
    assert (row.version, row.check_in_grace_min, row.check_in_late, row.settings) == (7, 5, "requeue", STRICTER)
