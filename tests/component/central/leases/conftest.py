"""The small hospitals of `booking_hall`, with terminals that lend places."""

from __future__ import annotations

import pytest

from tests.plugins.booking_hall import Hall
from tests.plugins.lending import Lending


@pytest.fixture
def lending(hall: Hall) -> Lending:
    return Lending(hall)
