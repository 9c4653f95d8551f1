"""How a device's worker loop reports a bug and goes on: to the hook that unhandled errors of threads reach."""

from __future__ import annotations

import sys
import threading


def report_bug() -> None:
    """Hand the exception in hand to `threading.excepthook`, as if it had ended the thread."""
    kind, error, trace = sys.exc_info()
    assert kind is not None
    threading.excepthook(threading.ExceptHookArgs((kind, error, trace, threading.current_thread())))
