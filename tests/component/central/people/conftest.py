"""A fresh store with two hospitals for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.tables.database import Use, database_at
from tests.plugins.two_hospitals import TwoHospitals


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TwoHospitals]:
    engine = database_at("", tmp_path).engine(Use.WRITE)
    hospitals = TwoHospitals(engine)
    yield hospitals
    hospitals.close()
