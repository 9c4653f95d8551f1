"""What the terminal writes down: one JSON line a record, from an allow-list, so that no person is ever in it.

A record's message is its template; of its values only numbers, ids, enumerations and plain code words are written.
Of an exception only its kind and the places in the code are: its text may hold what a person typed. What repeats itself
is left out and counted, so that a fault that lasts for days does not push out what came before it.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import traceback
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from uuid import UUID

_CODE_WORD = re.compile(r"(?:[A-Za-z][A-Za-z_.:/ -]{0,47})?")
_HIDDEN = "..."
_MOST_BYTES = 2 * 1024 * 1024
_FILES = 5
MOST_EQUAL = 5
"""Lines that say the same are written so often in `_WINDOW_S`."""
_WINDOW_S = 600.0
_MOST_REMEMBERED = 256
_LEFT_OUT = "kiosk_left_out"


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
        if left_out := getattr(record, _LEFT_OUT, 0):
            line["left_out"] = left_out
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


@dataclass(slots=True)
class _Repeated:
    """One thing that is said again and again."""

    since_s: float
    written: int = 0
    left_out: int = 0


class NoFlood(logging.Filter):
    """Leaves out what has been written often enough for a while. Lines that differ, and bugs, are never left out."""

    def __init__(self) -> None:
        super().__init__()
        self._said: OrderedDict[tuple[object, ...], _Repeated] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Is it to be written? Its handler's lock is not held here; a count may be off by one, no more."""
        if record.exc_info:
            return True
        values = record.args if isinstance(record.args, tuple) else (record.args,)
        what = (record.name, record.levelno, str(record.msg), *(str(shown(value)) for value in values))
        said = self._said.get(what)
        if said is None or not 0 <= record.created - said.since_s < _WINDOW_S:
            setattr(record, _LEFT_OUT, said.left_out if said else 0)
            said = self._said[what] = _Repeated(record.created)
            with suppress(KeyError):  # another thread was quicker
                self._said.move_to_end(what)
                while len(self._said) > _MOST_REMEMBERED:
                    self._said.popitem(last=False)
        if said.written >= MOST_EQUAL:
            said.left_out += 1
            return False
        said.written += 1
        return True


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log that cannot be written (a full disk) hurts nobody, and is shown nowhere else: unredacted, least of all."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """The library's own way is to print the record's arguments to the error stream."""

    def close(self) -> None:
        """What is left is written if it can be."""
        with suppress(OSError):
            super().close()


class LogNotWritable(Exception):
    """The log's folder or file cannot be written. The message is for whoever looks at the terminal."""


def start_logging(folder: Path) -> logging.handlers.RotatingFileHandler:
    """Write to `folder/kiosk.log`, at most 10 MB in all. The caller closes the handler. Raises LogNotWritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(folder / "kiosk.log", maxBytes=_MOST_BYTES, backupCount=_FILES - 1, encoding="utf-8")
    except OSError as fault:
        raise LogNotWritable(f"{folder} cannot be written: {fault.strerror}") from fault
    handler.setFormatter(AllowList())
    handler.addFilter(NoFlood())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return handler
