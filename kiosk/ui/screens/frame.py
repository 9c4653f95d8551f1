"""What stands round every page: the areas of the glass, the header and the utility controls.

Decides where header, page, action bar and utilities are; must not know what a page shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.journey.screen import Action, Frame, Icon, IntentKind, Tone
from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.button import Btn, Form, let_focus_go
from kiosk.ui.widgets.surfaces import Badge, Chip, chip_height
from kiosk.ui.widgets.text import Align, TextStyle, Txt
from kiosk.ui.widgets.touch import Kit


@dataclass(frozen=True, slots=True)
class Areas:
    """The parts of the glass, in window pixels. The page reaches under the header."""

    header: QRect
    page: QRect
    body: QRect
    actions: QRect
    utilities: QRect


def areas_of(theme: Theme) -> Areas:
    """Where everything is; the same on every page."""
    width, height, margin = theme.width_px, theme.height_px, theme.mm(9)
    if theme.is_portrait:
        bar, head = theme.mm(27), theme.mm(21)
        page = QRect(0, 0, width, height - bar)
        utilities = QRect(0, height - bar, width, bar)
    else:
        rail, head = theme.mm(38), theme.mm(15.5)
        page = QRect(0, 0, width - rail, height)
        utilities = QRect(width - rail, 0, rail, height)
    action_h = theme.mm(26)
    actions = QRect(margin, page.height() - theme.mm(4.5) - action_h, page.width() - 2 * margin, action_h)
    body_top = head + theme.mm(6.5 if theme.is_portrait else 4.5)
    body = QRect(
        margin, body_top, actions.width(), actions.top() - theme.mm(6.5 if theme.is_portrait else 4.5) - body_top
    )
    return Areas(QRect(0, 0, page.width(), head), page, body, actions, utilities)


class Header(QWidget):
    """The hospital's name, the date and the time; quietly, that the server is away."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_hero = False
        self._emblem = Badge(theme, self)
        self._hospital = Txt(theme, self._hospital_style(), self)
        self._date = Txt(theme, self._date_style(), self)
        self._time = Txt(theme, self._time_style(), self)
        self._note = Chip(theme, self)

    def show_frame(self, frame: Frame, *, is_hero: bool) -> None:
        """`is_hero`: it stands on the dark ground of the first page."""
        if is_hero != self._is_hero:
            self._is_hero = is_hero
            self._hospital.show_style(self._hospital_style())
            self._date.show_style(self._date_style())
            self._time.show_style(self._time_style())
            self.update()
        colours = self._theme.colours
        emblem = (colours.surface, colours.primary) if is_hero else (colours.primary, colours.surface)
        self._emblem.show_icon(Icon.HOSPITAL, *emblem)
        self._hospital.show_text(frame.hospital)
        self._date.show_text(frame.date)
        self._time.show_text(frame.time)
        self._note.show_state(frame.offline_note, Tone.CARE, Icon.OFFLINE)
        self._arrange()

    def _ink(self) -> str:
        return self._theme.colours.surface if self._is_hero else self._theme.colours.ink

    def _hospital_style(self) -> TextStyle:
        return TextStyle(Role.BODY, self._ink(), is_bold=True, leading=1.16, max_lines=2)

    def _date_style(self) -> TextStyle:
        colours = self._theme.colours
        ink = colours.surface if self._is_hero else colours.ink2
        return TextStyle(Role.CAPTION, ink, align=Align.RIGHT, leading=1.16, max_lines=1)

    def _time_style(self) -> TextStyle:
        return TextStyle(Role.SUB, self._ink(), is_bold=True, align=Align.RIGHT, leading=1.16, max_lines=1)

    def _arrange(self) -> None:
        theme, height = self._theme, self.height()
        margin, gap = theme.mm(9), theme.mm(4.5)
        right = self.width() - margin
        time_w, date_w = self._time.width_wanted() + 2, self._date.width_wanted() + 2
        self._time.place(QRect(right - time_w, 0, time_w, height), is_centred=True)
        right -= time_w + gap
        self._date.place(QRect(right - date_w, 0, date_w, height), is_centred=True)
        right -= date_w + gap
        emblem = theme.mm(11.5 if theme.is_portrait else 10)
        self._emblem.setGeometry(margin, (height - emblem) // 2, emblem, emblem)
        left = margin + emblem + theme.mm(3)
        if self._note.text():
            note_w = min(self._note.width_wanted(), (right - left) // 2)
            note_h = chip_height(theme)
            self._note.setGeometry(right - note_w, (height - note_h) // 2, note_w, note_h)
            right -= note_w + gap
        self._hospital.place(QRect(left, 0, right - left, height), is_centred=True)
        if self._hospital.clipped():
            # The time says enough; the date makes way for a long name.
            self._date.hide()
            shift = date_w + gap
            self._note.move(self._note.x() + shift, self._note.y())
            self._hospital.place(QRect(left, 0, right + shift - left, height), is_centred=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._is_hero:
            return
        colours = self._theme.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.surface))
        line = self._theme.mm(0.3)
        painter.fillRect(0, self.height() - line, self.width(), line, QColor(colours.line))
        painter.end()


class Utilities(QWidget):
    """Help first, then language; leaving at the far end. Help never moves."""

    used = Signal(object)

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._buttons: list[Btn] = []

    def show_actions(self, actions: Sequence[Action]) -> None:
        """In place where the number of controls stays."""
        ordered = sorted(actions, key=lambda action: _order(action.intent.kind))
        while len(self._buttons) > len(ordered):
            button = self._buttons.pop()
            let_focus_go(button)
            button.hide()
            button.deleteLater()
        while len(self._buttons) < len(ordered):
            button = Btn(
                self._kit, self, form=self._form(), role=Role.CAPTION if not self._kit.theme.is_portrait else Role.BODY
            )
            button.used.connect(self.used)
            self._buttons.append(button)
            button.show()
        for button, action in zip(self._buttons, ordered, strict=True):
            button.show_action(action)
        self._arrange(ordered)

    def _form(self) -> Form:
        return Form.ROW if self._kit.theme.is_portrait else Form.STACK

    def _arrange(self, ordered: Sequence[Action]) -> None:
        theme = self._kit.theme
        for place, (button, action) in enumerate(zip(self._buttons, ordered, strict=True)):
            slot = 2 if action.intent.kind is IntentKind.END else place
            if theme.is_portrait:
                margin, gap = theme.mm(9), theme.mm(4.5)
                width = (self.width() - 2 * margin - 2 * gap) // 3
                height = theme.mm(20.2)
                button.setGeometry(margin + slot * (width + gap), (self.height() - height) // 2, width, height)
            else:
                side, height, gap = theme.mm(3), theme.mm(28), theme.mm(4.5)
                top = self.height() - theme.mm(4.5) - height if slot == 2 else theme.mm(4.5) + slot * (height + gap)
                button.setGeometry(side, top, self.width() - 2 * side, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._kit.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.colours.surface2))
        line = theme.mm(0.3)
        edge = QRect(0, 0, self.width(), line) if theme.is_portrait else QRect(0, 0, line, self.height())
        painter.fillRect(edge, QColor(theme.colours.line))
        painter.end()


def _order(kind: IntentKind) -> int:
    return {IntentKind.HELP: 0, IntentKind.LANGUAGE: 1, IntentKind.END: 9}.get(kind, 5)
