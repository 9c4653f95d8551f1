"""For the faults of the whole system: the hospital of tests/plugins/whole_hospital.py."""

from __future__ import annotations

from tests.journeys import visit
from tests.plugins import whole_hospital

lobby, people = whole_hospital.lobby, whole_hospital.people
morning_server, sample_hospital = whole_hospital.morning_server, whole_hospital.sample_hospital
personal_data, silent_logs = whole_hospital.personal_data, whole_hospital.silent_logs
terminal_in_the_lobby, visitor = visit.terminal_in_the_lobby, visit.visitor
