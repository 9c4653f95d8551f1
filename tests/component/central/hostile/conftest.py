"""How much is asked of each operation in a long run: `pytest --hypothesis-profile=long`."""

from __future__ import annotations

import pytest
from hypothesis import settings


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    settings.register_profile("long", max_examples=60)
