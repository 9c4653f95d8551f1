"""The log's own disk is full: the terminal goes on, and what could not be written appears nowhere else."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from kiosk.health.log import start_logging


def test_what_cannot_be_written_is_not_shown_on_the_error_stream(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kiosk.log").symlink_to("/dev/full")
    before = logging.getLogger().level
    handler = start_logging(tmp_path)
    try:
        logging.getLogger("somebody's library").warning("card of %s", "张三丰")
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(before)
        handler.close()
    said = capfd.readouterr()
    assert "张三丰" not in said.out + said.err
