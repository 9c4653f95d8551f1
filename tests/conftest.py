"""What all layers share: the devices and servers that tests may start, and that an unexpected error is a failure."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import pytest

pytest_plugins = ["tests.plugins.postgres", "tests.plugins.central_server", "tests.plugins.lab_devices"]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The settings of pytest-qt are known, though layers that show nothing are run without it (tools/layers.py)."""
    if not pluginmanager.has_plugin("pytest-qt"):
        parser.addini("qt_api", "which binding of Qt")
        parser.addini("qt_log_level_fail", "from which of Qt's messages on a test fails")


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: no collection of rubbish needs to look through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_unexpected_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in the log fails the test; one that is meant is looked at and cleared by the test (`caplog.clear`)."""
    yield
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    if errors:
        pytest.fail("unexpected in the log: " + "; ".join(record.getMessage() for record in errors), pytrace=False)
