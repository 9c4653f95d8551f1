"""What all layers share: the devices and servers that tests may start, and that an unexpected error is a failure."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.plugins.postgres", "tests.plugins.central_server", "tests.plugins.lab_devices"]


@pytest.fixture(autouse=True)
def _no_unexpected_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in the log fails the test; one that is meant is looked at and cleared by the test (`caplog.clear`)."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    if errors:
        pytest.fail("unexpected in the log: " + "; ".join(record.getMessage() for record in errors), pytrace=False)
