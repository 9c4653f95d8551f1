"""A terminal that the server will not deal with: not merely off line, and staff can see why."""

from __future__ import annotations

from typing import Any

from central.cli import main
from kiosk.ports.desk import CheckedIn
from lab import outages


def test_a_revoked_terminal_knows_why_it_gets_no_answer(terminal: Any, central_server: Any) -> None:
    assert terminal.contact.shut_out() == ""
    booking = terminal.open_booking()
    assert main(["terminal", "revoke", "--data", str(central_server.data), "--label", "T1"]) == 0
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    assert not answer.is_confirmed
    assert (terminal.contact.is_online(), terminal.contact.shut_out()) == (False, "revoked")


def test_a_server_that_is_only_silent_has_shut_nobody_out(terminal: Any, network: Any) -> None:
    network.switch(outages.Refusing())
    terminal.step_until(lambda: not terminal.contact.is_online())
    assert terminal.contact.shut_out() == ""
