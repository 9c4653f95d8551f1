"""When mirror and server are compared, and which differences are put right."""

from __future__ import annotations

from uuid import UUID

from booking.wire_digest import DigestLine, Digests
from kiosk.sync.comparison import EVERY_S, Comparison, days_to_mend

WARD = UUID(int=7)
DAY = "2031-03-18"


def line(digest: str, *, kind: str = "", day: str = DAY, department_id: UUID | None = WARD) -> DigestLine:
    return DigestLine(kind=kind, day=day, department_id=department_id, digest=digest, rows=1)


def theirs(*lines: DigestLine) -> Digests:
    return Digests(cursor="e.1", today=DAY, is_at_hand=True, lines=lines)


def made() -> Comparison:
    return Comparison(chance=lambda: 0.5, now_ms=0)


def test_it_is_first_due_after_a_minute_or_two_and_then_every_ten_minutes() -> None:
    comparison = made()
    assert not comparison.is_due(60_000)
    assert comparison.is_due(90_000)
    assert comparison.compared([line("a")], theirs(line("a")), now_ms=90_000) == frozenset()
    assert not comparison.is_due(90_000 + int(EVERY_S * 1000) - 1)
    assert comparison.is_due(90_000 + int(EVERY_S * 1000))


def test_a_difference_counts_when_the_same_group_differs_twice() -> None:
    comparison = made()
    other = line("x", day="2031-03-19")
    assert comparison.compared([line("a"), other], theirs(line("b"), other), now_ms=0) == frozenset()
    assert comparison.is_due(5_000)
    assert comparison.compared([line("a"), other], theirs(line("c"), other), now_ms=5_000) == {("", DAY, WARD)}


def test_a_difference_that_was_gone_in_between_does_not_count() -> None:
    comparison = made()
    for ours, server in (("a", "b"), ("b", "b"), ("b", "c"), ("c", "c")):
        assert comparison.compared([line(ours)], theirs(line(server)), now_ms=0) == frozenset()


def test_what_only_one_side_has_differs() -> None:
    comparison = made()
    for _ in range(2):
        groups = comparison.compared(
            [line("a", kind="doctor", day="", department_id=None)], theirs(line("b")), now_ms=0
        )
    assert groups == {("doctor", "", None), ("", DAY, WARD)}


def test_kinds_that_this_release_does_not_know_are_no_difference() -> None:
    comparison = made()
    for _ in range(3):
        hologram = line("h", kind="hologram", day="", department_id=None)
        assert comparison.compared([line("a")], theirs(line("a"), hologram), now_ms=0) == frozenset()


def test_what_did_not_help_is_not_done_again_until_something_changes_or_staff_ask() -> None:
    comparison = made()

    def differs(ours: str, *, times: int) -> list[int]:
        return [len(comparison.compared([line(ours)], theirs(line("b")), now_ms=0)) for _ in range(times)]

    assert differs("a", times=6) == [0, 1, 0, 0, 0, 0]
    assert differs("c", times=4) == [0, 1, 0, 0]
    comparison.hurry()
    assert comparison.is_due(0)
    assert differs("c", times=3) == [0, 1, 0]


def test_while_the_server_cannot_say_it_is_asked_ever_more_rarely() -> None:
    comparison, now_ms, waits = made(), 0, []
    for _ in range(9):
        comparison.not_now(now_ms=now_ms)
        due_ms = next(at for at in range(now_ms, now_ms + 700_000, 1000) if comparison.is_due(at))
        waits.append((due_ms - now_ms) // 1000)
        now_ms = due_ms
    assert waits == [10, 20, 40, 80, 160, 320, 600, 600, 600]


def test_which_days_put_it_right() -> None:
    assert days_to_mend([("", "2031-03-19", WARD), ("", DAY, None), ("doctor", "", None)], last_day="2031-03-25") == (
        DAY,
        "2031-03-19",
    )
    assert days_to_mend([("doctor", "", None)], last_day="2031-03-25") == ("2031-03-25",)
