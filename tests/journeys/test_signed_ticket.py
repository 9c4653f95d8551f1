"""A ticket shown at another terminal of the hospital than the one that printed it, with and without a network.

The two take turns at the one scanner and printer of the lobby.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from booking.base45 import base45, read_base45
from lab import outages
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import Patient, People, Surroundings

Pair = tuple[Visitor, Visitor]


@pytest.fixture(scope="module")
def pair(lobby: Surroundings) -> Iterator[Pair]:
    """Two terminals that have synced, the second since the first was enrolled; the first is on."""
    first = Visitor(lobby, lobby.folder / "first").enrolled("门诊楼 1 层 01").switched_on().in_step()
    first.switched_off()
    second = Visitor(lobby, lobby.folder / "second").enrolled("门诊楼 2 层 01").switched_on().in_step()
    second.switched_off()
    first.restarted()
    yield first, second
    for one in (first, second):
        one.switched_off()


@pytest.fixture
def first(pair: Pair, silent_logs: None) -> Visitor:
    """The terminal that prints the ticket."""
    return pair[0].is_left()


@pytest.fixture
def second(pair: Pair) -> Iterator[Visitor]:
    """The terminal that reads it; off yet."""
    yield pair[1]
    pair[1].hospital.network.restore()
    pair[1].switched_off()
    pair[0].restarted().in_step()


def takes_over(second: Visitor, first: Visitor, patient: Patient) -> Visitor:
    """The second terminal, off line from its start, and without a row of the patient's booking."""
    first.switched_off()
    second.hospital.network.switch(outages.Refusing())
    second.restarted()
    second.takes_all_so_far()
    store = second.terminal.terminal.store
    with store.engine.begin() as connection:
        the_one = "json_extract(body, '$.booking.number_last_four') = :n"
        mirror = f"SELECT id FROM mirror WHERE kind = 'booking' AND {the_one}"
        gone = {"n": patient.number[-4:]}
        connection.execute(sa.text(f"DELETE FROM mirror_key WHERE booking_id IN ({mirror})"), gone)
        assert connection.execute(sa.text(f"DELETE FROM mirror WHERE id IN ({mirror})"), gone).rowcount
    return second


def checks_in(first: Visitor, patient: Patient) -> tuple[str, str]:
    """The patient's number, and the code as a scanner reads it from the paper."""
    first.inserts(patient)
    first.presses("签到")
    number = first.sees_number()
    (code,) = first.takes_ticket().codes
    first.takes_card()
    return number, code


@pytest.mark.parametrize("first_is_online", [True, False])
def test_it_checks_in_where_nobody_has_heard_of_it_and_is_one_arrival(
    first: Visitor, second: Visitor, people: People, *, first_is_online: bool
) -> None:
    patient = people.booked_now()
    if not first_is_online:
        first.hospital.network.switch(outages.Refusing())
        first.sees("离线可用")
    number, code = checks_in(first, patient)
    takes_over(second, first, patient)
    second.scans(code)
    second.sees("这是您吗？", "持此小票的就诊人", "可以签到")
    second.presses("签到")
    assert second.sees_number() == number
    second.sees("请先到科室分诊台，出示号码")
    ticket = second.takes_ticket()
    assert number in ticket.text
    assert "请先把本条给科室分诊台看一下" in ticket.lines
    assert "姓名" not in ticket.text
    second.has_network_again()
    second.switched_off()
    first.restarted().in_step()
    known = first.hospital.server.knows(patient.number)
    assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    assert sorted(known["verdicts"]) == ["applied", "duplicate"]
    first.switched_off()


def test_shown_where_it_was_printed_it_has_its_number(first: Visitor, people: People) -> None:
    number, code = checks_in(first, people.booked_now())
    first.waits(10)
    first.sees_first_page()
    first.scans(code)
    first.sees("这是您吗？", f"已签到 {number}")
    first.presses("补打小票")
    assert number in first.takes_ticket().text


def test_a_code_that_is_not_whole_or_was_changed_is_told_as_that(first: Visitor, people: People) -> None:
    _, code = checks_in(first, people.booked_now())
    said = bytearray(read_base45(code[2:]))
    said[-70] ^= 1
    for wrong in (code[:-6], "T1" + base45(bytes(said)), "T1", "T1%%%"):
        first.is_left()
        first.scans(wrong)
        first.sees_refusal("R-207", "这张小票扫不出来", step="请展平小票，再扫一次")


def test_another_hospitals_and_a_newer_ticket_have_their_own_words(first: Visitor, people: People) -> None:
    _, code = checks_in(first, people.booked_now())
    said = bytearray(read_base45(code[2:]))
    other, newer = bytes((*said[:3], 77, *said[4:])), bytes((2, *said[1:]))
    first.is_left()
    first.scans("T1" + base45(other))
    first.sees_refusal("R-209", "这是别的医院的小票", step="请看小票最上面写的医院")
    first.is_left()
    first.scans("T1" + base45(newer))
    first.sees_refusal("R-208", "这里核对不了这张小票", step="请拿小票到服务台核对")
