"""What changes while the terminal is up: bookings, the day, who stands before it; and a terminal not yet enrolled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.journey.screen import MessageScreen
from kiosk.ports.cards import CardRead
from kiosk.ports.central import MirrorChanged
from lab import outages
from lab.cards.faulty import Hanging
from lab.pcscd import CardDaemon
from lab.people import read_people
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import (
    TODAY,
    TOMORROW,
    ClockedServer,
    People,
    Surroundings,
    ahead_of,
    surroundings,
)


def test_what_is_booked_while_the_terminal_is_up_is_known_at_once(visitor: Visitor, people: People) -> None:
    person = people.not_booked()
    patient = people.books(person)
    visitor.until(lambda: visitor.handled_last(MirrorChanged) is not None, "the news of the booking")
    visitor.hospital.network.switch(outages.Refusing())  # nobody can be asked any more
    visitor.sees("离线可用")
    visitor.inserts(patient)
    visitor.sees("这是您吗？", "可以签到")
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.takes_ticket()
    visitor.has_network_again()
    known = visitor.hospital.server.knows(patient.number)
    assert (known["queue_number"], known["arrivals"], known["verdicts"]) == (number, 1, ["applied"])


def test_what_is_cancelled_while_the_terminal_is_up_is_refused(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("可以签到")
    visitor.hospital.server.ask("change", number=patient.number, state="stopped")
    visitor.presses("签到")  # the list is a moment old: the server decides
    visitor.sees_refusal("C-304", "这个门诊今天停诊", step="请到服务台，安排其他医生或时间")
    visitor.takes_card()
    visitor.waits(10)
    visitor.inserts(patient)
    visitor.sees("这个门诊今天停诊")
    assert visitor.papers_out == 0


def test_stopped_on_the_server_and_let_in_off_line_is_left_to_staff(visitor: Visitor, people: People) -> None:
    """The clinic was stopped while nobody could tell the terminal: not lost, not silently settled."""
    patient = people.booked_now()
    visitor.hospital.network.switch(outages.Refusing())
    visitor.sees("离线可用")
    visitor.hospital.server.ask("change", number=patient.number, state="stopped")
    visitor.inserts(patient)
    visitor.presses("签到")
    visitor.sees_number()
    visitor.sees("请先到科室分诊台，出示号码")
    visitor.takes_ticket()
    visitor.has_network_again()
    assert visitor.terminal.terminal.status()["not_applied"] == 1
    assert visitor.hospital.server.knows(patient.number)["verdicts"] == ["conflict"]


def test_a_late_card_read_never_greets_the_next_person(visitor: Visitor, people: People) -> None:
    late, next_one = people.booked_now(), people.booked_now()
    slow = Hanging(late.card(), at_command=6)
    visitor.inserts(slow)
    visitor.sees("正在读卡")
    visitor.until(slow.reached.is_set, "the card to be asked")
    visitor.waits(11)
    visitor.presses("结束")
    visitor.sees("请取走您的卡")
    slow.release()  # the reader answers now, to nobody
    visitor.until(lambda: visitor.handled_last(CardRead) is not None, "the late answer")
    visitor.sees("请取走您的卡")
    visitor.takes_card()
    visitor.sees_first_page()
    visitor.inserts(next_one)
    seen = visitor.sees("这是您吗？")
    assert f"尾号 {next_one.person.card_number[:9][-4:]}" in seen
    assert late.person.card_number[:9][-4:] not in seen


@pytest.fixture
def night(
    lobby: Surroundings, sample_hospital: Path, tmp_path: Path, _card_daemon: CardDaemon, silent_logs: None
) -> Iterator[Visitor]:
    """A terminal that was switched on at ten in the evening, with a server of its own."""
    lobby.slot.remove()
    data = tmp_path / "central"
    shutil.copytree(sample_hospital, data)
    server = ClockedServer(data, ahead_ms=ahead_of(TODAY, "22:00"))
    server.start()
    known = People(read_people(data / "sample-people.json"), server)
    with surroundings(tmp_path, server=server, people=known, daemon=_card_daemon) as all_round:
        somebody = Visitor(all_round, tmp_path / "kiosk").enrolled().switched_on().in_step()
        yield somebody
        somebody.switched_off()
    server.stop()


def pass_the_night(visitor: Visitor, *, hours: float = 11.75) -> None:
    """Nobody touches anything until a quarter to ten."""
    visitor.hospital.server.put_forward(hours * 3600)
    visitor.hospital.clock.put_forward(hours * 3600)
    visitor.terminal.terminal.runtime.wake()


def test_left_on_over_midnight_the_terminal_knows_the_new_days_bookings(night: Visitor) -> None:
    patient = night.hospital.people.noted("booked tomorrow only")
    night.inserts(patient)
    night.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")
    night.takes_card()
    night.waits(10)
    night.sees("3月18日")
    pass_the_night(night)
    night.sees("3月19日")
    night.inserts(patient)
    night.sees("这是您吗？", "可以签到")
    night.presses("签到")
    number = night.sees_number()
    assert "3月19日" in night.takes_ticket().text
    known = night.hospital.server.knows(patient.number)
    assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    night.until(lambda: night.mirrors_from() == TOMORROW, "the new day's mirror", within_s=30)


def test_off_line_over_midnight_too(night: Visitor) -> None:
    patient = night.hospital.people.noted("booked tomorrow only")
    night.hospital.network.switch(outages.Refusing())
    night.sees("离线可用")
    pass_the_night(night)
    night.inserts(patient)
    night.sees("这是您吗？", "可以签到")
    night.presses("签到")
    number = night.sees_number()
    night.takes_ticket()
    night.has_network_again()
    known = night.hospital.server.knows(patient.number)
    assert (known["queue_number"], known["arrivals"], known["verdicts"]) == (number, 1, ["applied"])


def test_a_terminal_that_is_not_enrolled_says_that_it_is_closed(
    lobby: Surroundings, people: People, tmp_path: Path, silent_logs: None
) -> None:
    lobby.slot.remove()
    lobby.slot.wait_until_noticed()
    somebody = Visitor(lobby, tmp_path / "kiosk").switched_on()
    try:
        somebody.sees("这台机器暂停使用", "请用旁边的机器，或到服务台办理")
        page = somebody.page
        assert isinstance(page, MessageScreen)
        assert page.code == "D-801"
        somebody.inserts(people.booked_now())
        lobby.slot.wait_until_noticed()
        somebody.takes_card()
        somebody.sees("这台机器暂停使用")
        assert not somebody.can_press("输入预约号")
        somebody.switched_off()
        somebody = Visitor(lobby, tmp_path / "kiosk").enrolled("T9").switched_on().in_step()
        somebody.sees_first_page()
    finally:
        somebody.switched_off()
