"""What Qt has to say goes to the log: how grave, and from which part of Qt; never its words, which may quote a page."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LOG = logging.getLogger(__name__)
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.DEBUG,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_HARMLESS = (
    "This plugin does not support ",  # a display without windows of its own asks for less than a desktop
    "QStandardPaths: ",  # started by a service manager, there is no session's directory
)


def log_qt_messages() -> Callable[[], None]:
    """Begin; the returned function lets whoever listened before listen again."""
    before = qInstallMessageHandler(_log)

    def restore() -> None:
        qInstallMessageHandler(before)

    return restore


def _log(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """On whatever thread it was said."""
    level = logging.DEBUG if text.startswith(_HARMLESS) else _LEVELS[kind]
    if level == logging.DEBUG:
        _LOG.debug("Qt: %s", text)
    else:
        _LOG.log(level, "Qt: %s in %s", kind.name, context.category or "default")
