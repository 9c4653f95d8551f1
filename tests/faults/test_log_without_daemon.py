"""The card daemon is gone, perhaps for days: the log tells when and why, and not twice a second."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices.cards.readers import CardReaderSettings, PcscCardReaders
from kiosk.devices.clock import SystemClock
from kiosk.health.log import start_logging
from kiosk.ports.cards import ReaderChanged, ReaderCondition
from lab.pcscd import CardDaemon
from tests.plugins.heard import Heard


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    before = logging.getLogger().level
    handler = start_logging(tmp_path)
    yield tmp_path / "kiosk.log"
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)
    handler.close()


def test_a_daemon_that_is_gone_is_written_down_when_that_changes_with_its_cause(pcsc: CardDaemon, log: Path) -> None:
    heard = Heard()
    readers = PcscCardReaders(heard, SystemClock(), settings=CardReaderSettings(retry_s=0.001))
    readers.start()
    try:
        heard.wait(ReaderChanged, where=lambda event: event.condition is ReaderCondition.READY)
        pcsc.kill()
        heard.wait(ReaderChanged, where=lambda event: event.condition is ReaderCondition.NO_SERVICE)
        pcsc.start()  # takes as long as dozens of attempts
        heard.wait(ReaderChanged, count=3, where=lambda event: event.condition is ReaderCondition.READY)
    finally:
        readers.stop()
    told = [json.loads(line)["message"] for line in log.read_text("utf-8").splitlines()]
    causes = [message for message in told if "daemon" in message]
    assert 2 <= len(causes) <= 4
    assert len(set(causes)) == len(causes)
    assert causes[-1] == "the card daemon answers again"
    assert not [message for message in told if "..." in message]
