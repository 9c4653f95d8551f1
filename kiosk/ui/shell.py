"""The one window: header, page, utilities, and the warning over them.

Decides when a page is refreshed in place and when it is replaced; must not know why a page is shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QCloseEvent, QColor, QPalette
from PySide6.QtWidgets import QWidget

from kiosk.journey.screen import (
    AttractScreen,
    BookingsScreen,
    BusyScreen,
    DoneScreen,
    Intent,
    KeypadScreen,
    MessageScreen,
    Page,
    Screen,
    TimeoutWarning,
)
from kiosk.ui.screens.attract import AttractPage
from kiosk.ui.screens.bookings import BookingsPage
from kiosk.ui.screens.busy import BusyPage
from kiosk.ui.screens.done import DonePage
from kiosk.ui.screens.frame import Header, Utilities, areas_of
from kiosk.ui.screens.keypad import KeypadPage
from kiosk.ui.screens.message import MessagePage
from kiosk.ui.screens.page import PageView
from kiosk.ui.screens.warning import WarningView
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import Touchable, let_focus_go
from kiosk.ui.widgets.touch import Kit, TouchGate

VIEWS: Final[dict[type[Page], type[PageView[Any]]]] = {
    AttractScreen: AttractPage,
    BusyScreen: BusyPage,
    KeypadScreen: KeypadPage,
    BookingsScreen: BookingsPage,
    DoneScreen: DonePage,
    MessageScreen: MessagePage,
}


def monotonic_ms() -> float:
    return time.monotonic() * 1000


class Shell(QWidget):
    """Shows screens and reports intents."""

    def __init__(
        self, theme: Theme, on_intent: Callable[[Intent], None], *, now_ms: Callable[[], float] = monotonic_ms
    ) -> None:
        super().__init__()
        self._kit = Kit(theme, TouchGate(now_ms))
        self._on_intent = on_intent
        self._may_close = False
        self.setFixedSize(theme.width_px, theme.height_px)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.colours.bg))
        self.setPalette(palette)
        areas = areas_of(theme)
        self._page: PageView[Any] | None = None
        self._page_type: type[Page] | None = None
        self._page_shape: object = None
        self._shown: Page | None = None
        """What the page shows now: news that changes nothing of it costs nothing."""
        self._warning: WarningView | None = None
        self._header = Header(theme, self)
        self._header.setGeometry(areas.header)
        self._utilities = Utilities(self._kit, self)
        self._utilities.setGeometry(areas.utilities)
        self._utilities.used.connect(self._on_control_used)

    def show_screen(self, screen: Screen) -> None:
        """In place where the page keeps its shape; else the old page goes, and its texts at once."""
        page = screen.page
        view, shape = VIEWS[type(page)], VIEWS[type(page)].shape(page)
        if self._page is not None and self._page_type is type(page) and self._page_shape == shape:
            if page != self._shown:
                self._page.show_page(page, page.frame.language)
        else:
            self._replace_page(view, page)
        self._page_type, self._page_shape, self._shown = type(page), shape, page
        self._header.show_frame(page.frame, is_hero=view.has_hero)
        self._utilities.show_actions(page.frame.utilities)
        self._show_warning(screen.warning)

    def show_fullscreen(self, geometry: QRect) -> None:
        """Cover a display. Without a window manager nobody else sets the size."""
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setGeometry(geometry)
        self.showFullScreen()

    def page_view(self) -> PageView[Any] | None:
        return self._page

    def warning_view(self) -> WarningView | None:
        return self._warning

    def leave(self) -> None:
        """Close for good; nothing else can."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()

    def _replace_page(self, view: type[PageView[Any]], page: Page) -> None:
        old = self._page
        new = view(self._kit, self, page)
        new.show_page(page, page.frame.language)
        new.used.connect(self._on_control_used)
        new.stackUnder(self._header)
        new.setVisible(self._warning is None)
        self._page = new
        if old is None:
            return
        if let_focus_go(old):
            _pass_ring_on(new)
        _discard(old)

    def _show_warning(self, warning: TimeoutWarning | None) -> None:
        if warning is not None and self._warning is not None:
            self._warning.refresh(warning)
            return
        if warning is not None:
            self._warning = WarningView(self._kit, self, warning)
            self._warning.used.connect(self._on_control_used)
            self._warning.show()
            self._warning.raise_()
        elif self._warning is not None:
            old, self._warning = self._warning, None
            let_focus_go(old)
            _discard(old)
        # What lies behind the warning is not just covered but gone from the accessible tree.
        for part in (self._page, self._header, self._utilities):
            if part is not None:
                if warning is not None:
                    let_focus_go(part)
                part.setVisible(warning is None)

    def _on_control_used(self, intent: Intent) -> None:
        self._on_intent(intent)


def _pass_ring_on(page: PageView[Any]) -> None:
    """Whoever uses keys goes on at the new page's first control; on the first page the next visitor begins anew."""
    controls = (control for control in page.findChildren(Touchable) if control.isEnabled())
    first = None if isinstance(page, AttractPage) else next(controls, None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)
        return
    focused = page.window().focusWidget()
    if focused is not None:
        focused.clearFocus()


def _discard(view: PageView[Any] | WarningView) -> None:
    view.hide()
    view.forget()
    view.setParent(None)
    view.deleteLater()
