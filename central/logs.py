"""What the server writes down: of an exception its kind and the places in the code, never its text.

An exception's text may hold what somebody sent or what stood in a row. This covers uvicorn's loggers too.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlacesOnly(logging.Formatter):
    """Time, level, logger, message; for an exception its kind and where it was."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's name
        """One line."""
        kind, _, trace = ei
        frames = traceback.extract_tb(trace)
        places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        return f"{kind.__name__ if kind else 'nothing'} at {places}"


def start_logging() -> None:
    """Warnings and worse to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlacesOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
