"""Journeys: the whole terminal in the whole hospital, told as visits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.visit import Visitor
from tests.plugins import whole_hospital
from tests.plugins.whole_hospital import Surroundings

lobby, people = whole_hospital.lobby, whole_hospital.people
morning_server, sample_hospital = whole_hospital.morning_server, whole_hospital.sample_hospital
personal_data, silent_logs = whole_hospital.personal_data, whole_hospital.silent_logs


@pytest.fixture(scope="module")
def terminal_in_the_lobby(lobby: Surroundings) -> Iterator[Visitor]:
    """A terminal that is on for all visits of a module."""
    somebody = Visitor(lobby, lobby.folder / "kiosk").enrolled().switched_on().in_step()
    yield somebody
    somebody.switched_off()


@pytest.fixture
def visitor(terminal_in_the_lobby: Visitor, silent_logs: None) -> Visitor:
    """Somebody before a terminal that is on, on line and in step; nobody was there before."""
    return terminal_in_the_lobby.is_left()
