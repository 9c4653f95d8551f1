"""When leases are asked for and given back: the real worker and store, a server of a few dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from booking.lending import ClockTrust


@pytest.fixture
def server(lending_server: Any, clock: Any) -> Any:
    return lending_server.LendingServer(clock)


@pytest.fixture
def branch(tmp_path: Path, lending_branch: Any, clock: Any, server: Any) -> Iterator[Any]:
    made = lending_branch.Branch(tmp_path, clock, server, no=1)
    yield made
    made.store.close()


def _run(branch: Any, clock: Any, ms: int) -> None:
    """The synchronisation at work for so long."""
    until_ms = clock.boot_ms() + ms
    while clock.boot_ms() < until_ms:
        for _ in range(5):
            branch.step()
        clock.pass_ms(10_000)


def test_the_first_thing_on_line_is_to_ask(branch: Any, clock: Any) -> None:
    _run(branch, clock, 10_000)
    assert branch.sellable() == [1, 2, 3]
    assert len(branch.line.asked) == 1


def test_with_nothing_sold_it_asks_every_ten_minutes_or_so(branch: Any, clock: Any) -> None:
    _run(branch, clock, 10_000)
    _run(branch, clock, 3_600_000)
    assert 1 + 6 <= len(branch.line.asked) <= 1 + 7


def test_what_was_sold_is_made_up_for_within_minutes(branch: Any, clock: Any, someone: Any) -> None:
    _run(branch, clock, 10_000)
    branch.sell(1, someone)
    _run(branch, clock, 5 * 60_000)
    assert len(branch.sellable()) == 3
    assert len(branch.line.asked) == 2


def test_a_lost_answer_is_asked_for_again_by_the_same_question(branch: Any, clock: Any, server: Any) -> None:
    branch.step()
    branch.step()  # a heartbeat, a snapshot
    branch.line.fault = "lost"
    branch.step()
    assert branch.line.asked
    assert branch.sellable() == []
    first = branch.leases.open_ask()
    branch.die()
    branch.line.fault = ""
    clock.pass_ms(60_000)
    _run(branch, clock, 10_000)
    assert branch.line.asked[:2] == [first.request_id] * 2
    assert branch.sellable() == [1, 2, 3]
    assert len(server.loans) == 1


def test_an_old_question_is_followed_by_a_new_one_before_anything_is_given_back(
    branch: Any, clock: Any, server: Any, ward: Any
) -> None:
    branch.step()
    branch.step()
    branch.line.fault = "lost"
    branch.step()
    clock.pass_ms(70 * ward.HOUR_MS)
    server.good_for_ms = 60 * ward.HOUR_MS
    branch.line.fault = ""
    _run(branch, clock, 30_000)
    assert len(set(branch.line.asked)) == 2
    assert branch.sellable() == [1, 2, 3]
    assert "return_places" not in branch.line.sent


def test_a_lease_is_renewed_before_its_time_is_up(branch: Any, clock: Any, server: Any, ward: Any) -> None:
    server.good_for_ms = 30 * 60_000
    _run(branch, clock, 10_000)
    for _ in range(4):
        _run(branch, clock, 20 * 60_000)
        assert branch.sellable() == [1, 2, 3]


def test_after_the_last_sale_the_unsold_go_back_and_the_server_hears_of_it(
    branch: Any, clock: Any, server: Any, someone: Any, ward: Any
) -> None:
    server.last_sale_ms = ward.NOON_MS + ward.HOUR_MS
    _run(branch, clock, 10_000)
    branch.sell(1, someone)
    clock.pass_ms(ward.HOUR_MS)
    _run(branch, clock, 3 * 60_000)
    assert branch.line.sent == ["book", "return_places"]
    assert [slot.state for slot in server.slots.values()][:3] == ["busy", "free", "free"]
    assert branch.leases.returnable(branch.now()) == ()
    server.look()


def test_what_the_server_wants_back_is_given_back(branch: Any, clock: Any, server: Any) -> None:
    _run(branch, clock, 10_000)
    server.wants_back = set(server.loans)
    server.lends = 0
    _run(branch, clock, 12 * 60_000)
    assert branch.sellable() == []
    assert {slot.state for slot in server.slots.values()} == {"free"}


def test_off_line_nothing_is_asked_and_nothing_given_back(
    branch: Any, clock: Any, server: Any, someone: Any, ward: Any
) -> None:
    _run(branch, clock, 10_000)
    branch.line.fault = "cut"
    for _ in range(70):
        clock.pass_ms(ward.HOUR_MS)
        branch.step()
    assert branch.now().trust is ClockTrust.HOLDOVER
    assert branch.sellable() == [1, 2, 3]
    assert len(branch.line.asked) == 1
    branch.sell(2, someone)
    clock.pass_ms(2 * ward.HOUR_MS)
    assert branch.sellable() == []  # past its use
    branch.settle(clock.pass_ms)
    server.look()
    assert server.bookings
    assert branch.outbox.counts().not_applied == 0


def test_after_a_reboot_off_line_with_a_clock_behind_nothing_is_sold(branch: Any, clock: Any, ward: Any) -> None:
    _run(branch, clock, 10_000)
    branch.line.fault = "cut"
    branch.clock.reboot(wrong_ms=-5 * ward.HOUR_MS)
    branch.die()
    assert branch.now().trust is ClockTrust.LOST
    assert branch.sellable() == []
    branch.line.fault = ""
    _run(branch, clock, 30_000)
    assert branch.sellable() == [1, 2, 3]


def test_a_server_that_does_not_lend_is_asked_seldom_and_the_rest_goes_on(
    branch: Any, clock: Any, monkeypatch: pytest.MonkeyPatch, lending_branch: Any
) -> None:
    asked: list[int] = []

    def refused(_ask: object) -> None:
        asked.append(clock.boot_ms())
        raise lending_branch.Unanswered("status 404", reason="bad_request", status=404)

    monkeypatch.setattr(branch.line, "ask_leases", refused)
    _run(branch, clock, 3_600_000)
    assert 5 <= len(asked) <= 7
    assert branch.contact.is_online()
    assert branch.store.mirror(lending_branch.ward.HOSPITAL).cursor() is not None


def test_a_booking_is_sent_after_its_person_and_a_deferred_one_holds_back_no_other(
    branch: Any, clock: Any, server: Any, someone: Any, ward: Any
) -> None:
    _run(branch, clock, 10_000)
    registered = branch.register(someone)
    branch.sell(1, someone, person_id=registered.person.person_id)
    branch.sell(2, ward.Patient(no=12))
    branch.settle(clock.pass_ms)
    assert branch.line.sent[:2] == ["register", "book"]
    assert branch.line.sent.count("book") == 2
    server.look()
