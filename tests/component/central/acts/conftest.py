"""The small hospitals of `booking_hall`, with terminals that were off line."""

from __future__ import annotations

from functools import partial

import pytest

from central.moment import Moment
from central.people.sealing import add_seal_key
from tests.plugins.booking_hall import FIRST, KEYS, SECOND, Hall
from tests.plugins.lending import Lending
from tests.plugins.terminal_acts import OffLine


@pytest.fixture
def lending(hall: Hall) -> Lending:
    return Lending(hall)


@pytest.fixture
def off_line(lending: Lending) -> OffLine:
    """A terminal that is off line."""
    return OffLine(lending.kiosk())


@pytest.fixture
def sealing(hall: Hall) -> None:
    """The hospitals have keys that registrations are sealed to."""
    for hospital_id in (FIRST, SECOND):
        hall.do(partial(add_seal_key, hospital_id=hospital_id, keys=KEYS, moment=Moment(hall.clock.now_ms)))
