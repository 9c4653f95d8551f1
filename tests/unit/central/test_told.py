"""What makes two sendings the same act, and when it was."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from uuid import UUID

from booking.wire import CheckInAct
from booking.wire_time import DeviceTime
from central.acts.operations import Mode, Told
from central.terminals.caller import Caller

AT = DeviceTime(wall_ms=1_000_000, boot_id="b", boot_ms=5)
ACT = CheckInAct(
    operation_id=UUID(int=1), booking_id=UUID(int=2), booking_ver=1, policy_version=1, at=AT, queue_number="A001"
)
CALLER = Caller(terminal_id=UUID(int=3), hospital_id=UUID(int=4))


def told(act: CheckInAct, received_ms: int = 2_000_000) -> Told:
    return Told(act=act, mode=Mode.HAPPENED, caller=CALLER, received_ms=received_ms)


def test_an_offset_learnt_later_is_the_same_act_and_nothing_else_is() -> None:
    same = replace(ACT, at=replace(AT, offset_ms=7))
    others = [
        replace(ACT, queue_number="A002"),
        replace(ACT, booking_id=UUID(int=9)),
        replace(ACT, at=replace(AT, wall_ms=1)),
        replace(ACT, assumed=("booking_state",)),
        replace(ACT, is_late=True),
    ]
    assert told(same).body_hash == told(ACT).body_hash
    assert len({told(it).body_hash for it in (ACT, *others)}) == 6
    assert len({told(it).subject_hash for it in (ACT, *others)}) == 2


def test_an_act_is_the_same_act_for_releases_that_know_more_of_it() -> None:
    """A newer release may hear a repeat, and its act has more fields: at their defaults, hashes leave those out."""

    @dataclass(frozen=True, slots=True)
    class LaterAct(CheckInAct):
        witnessed_by: str = ""

    later = LaterAct(**{one.name: getattr(ACT, one.name) for one in fields(ACT)})
    assert told(later).body_hash == told(ACT).body_hash
    assert told(replace(later, witnessed_by="desk")).body_hash != told(ACT).body_hash
    assert told(ACT).body_hash.hex() == "1d67d2698597ee5d5784e07363c8ac56bd021fd61a687cafbd7910bfcd80b900"


def test_true_time_is_corrected_and_never_after_it_was_told() -> None:
    assert told(ACT).true_ms == 1_000_000
    assert told(replace(ACT, at=replace(AT, offset_ms=-400))).true_ms == 999_600
    assert told(replace(ACT, at=replace(AT, offset_ms=9_000_000))).true_ms == 2_000_000
