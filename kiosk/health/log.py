"""What the terminal writes down: one JSON line a record, from an allow-list, so that no person is ever in it.

A record's message is its template; of its values only numbers, ids, enumerations and plain code words are written.
Of an exception only its kind and the places in the code are: its text may hold what a person typed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import re
import traceback
from enum import Enum
from pathlib import Path
from uuid import UUID

_CODE_WORD = re.compile(r"[A-Za-z][A-Za-z_.:/ -]{0,47}")
_HIDDEN = "..."
_MOST_BYTES = 2 * 1024 * 1024
_FILES = 5


def shown(value: object) -> object:
    """The value if it may be written, else `...`: numbers below a million, ids, enumerations, code words."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int):
        return value if abs(value) < 10**6 else _HIDDEN
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and _CODE_WORD.fullmatch(value):
        return value
    return _HIDDEN


class AllowList(logging.Formatter):
    """Writes time, level, logger, message and nothing that could be personal."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON line."""
        line: dict[str, object] = {
            "at_ms": int(record.created * 1000),
            "level": record.levelname,
            "from": record.name,
            "thread": record.threadName,
            "message": self._message(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["bug"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        template = str(record.msg)
        if not record.args:
            return template
        values = record.args if isinstance(record.args, tuple) else (record.args,)
        # Every place takes text: a template's %d would refuse a hidden number.
        loose = re.sub(r"%[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]", "%s", template)
        return loose % tuple(str(shown(value)) for value in values)


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log that cannot be written (a full disk) hurts nobody, and is shown nowhere else: unredacted, least of all."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """The library's own way is to print the record's arguments to the error stream."""

    def close(self) -> None:
        """What is left is written if it can be."""
        with contextlib.suppress(OSError):
            super().close()


def start_logging(folder: Path) -> logging.handlers.RotatingFileHandler:
    """Write to `folder/kiosk.log`, at most 10 MB in all. The caller closes the handler."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = _LogFile(folder / "kiosk.log", maxBytes=_MOST_BYTES, backupCount=_FILES - 1, encoding="utf-8")
    handler.setFormatter(AllowList())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
