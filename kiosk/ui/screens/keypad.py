"""Typing a number: its places above, large keys below."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QRect

from kiosk.journey.screen import IntentKind, KeypadScreen
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.number_cells import NumberCells
from kiosk.ui.widgets.text import Align
from kiosk.ui.widgets.touch import KEY_REST_MS, REST_MS

_KEYS_IN_ROW: Final = 3


class KeypadPage(PageView[KeypadScreen]):
    """Portrait: the keys fill the lower half, where arms reach. Landscape: the keys at the right."""

    @staticmethod
    def shape(page: KeypadScreen) -> Hashable:
        return tuple(bool(key.label or key.icon) for key in page.keys), len(page.choices), len(page.actions)

    def build(self, page: KeypadScreen) -> None:
        colours = self.theme.colours
        self._title = self.txt(Role.HERO, bold=colours.ink, leading=1.2)
        self._text = self.txt(Role.BODY, colour=colours.ink2)
        self._choices = [self.button() for _ in page.choices]
        self._panel = self.card()
        self._cells = NumberCells(self.theme, self)
        self._error = self.txt(Role.BODY, bold=colours.bad, align=Align.CENTRE, leading=1.2)
        self._keys = [
            self.button(
                role=Role.HERO if key.intent.kind is IntentKind.DIGIT else Role.LABEL,
                rest_ms=KEY_REST_MS if key.intent.kind in (IntentKind.DIGIT, IntentKind.ERASE) else REST_MS,
            )
            if key.label or key.icon
            else None
            for key in page.keys
        ]
        self.build_actions(page.actions)

    def refresh(self, page: KeypadScreen) -> None:
        self._title.show_text(page.title)
        self._text.show_text(page.text)
        self._cells.show_groups(page.groups, has_error=bool(page.error))
        self._error.show_text(page.error)
        for button, choice in zip(self._choices, page.choices, strict=True):
            button.show_action(choice)
        for key, action in zip(self._keys, page.keys, strict=True):
            if key is not None:
                key.show_action(action)
        self.show_actions(page.actions)
        if self.theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def _arrange_portrait(self) -> None:
        theme, body = self.theme, self._areas.body
        key_h = theme.mm(45)
        keys_h = 4 * key_h + 3 * theme.mm(4.5)
        self._place_keys(QRect(body.left(), body.bottom() + 1 - keys_h, body.width(), keys_h))
        self._place_entry(QRect(body.left(), body.top(), body.width(), body.height() - keys_h - theme.mm(9)))

    def _arrange_landscape(self) -> None:
        theme, body = self.theme, self._areas.body
        keys_w = round(body.width() * 0.42)
        self._place_keys(QRect(body.right() + 1 - keys_w, body.top(), keys_w, body.height()))
        self._place_entry(QRect(body.left(), body.top(), body.width() - keys_w - theme.mm(9), body.height()))

    def _place_keys(self, room: QRect) -> None:
        gap = self.theme.mm(4.5 if self.theme.is_portrait else 3.4)
        rows = -(-len(self._keys) // _KEYS_IN_ROW)
        width = (room.width() - gap * (_KEYS_IN_ROW - 1)) // _KEYS_IN_ROW
        height = (room.height() - gap * (rows - 1)) // max(rows, 1)
        for i, key in enumerate(self._keys):
            if key is not None:
                row, column = divmod(i, _KEYS_IN_ROW)
                key.setGeometry(room.left() + column * (width + gap), room.top() + row * (height + gap), width, height)

    def _place_entry(self, room: QRect) -> None:
        """Title and text at the top; choices and the number share the rest."""
        theme, left, width = self.theme, room.left(), room.width()
        y = room.top()
        title_h = self._title.height_for(width)
        self._title.place(QRect(left, y, width, title_h))
        y += title_h + theme.mm(1.5)
        text_h = self._text.height_for(width)
        self._text.place(QRect(left, y, width, text_h))
        y += text_h + theme.mm(6.5 if theme.is_portrait else 4.5)
        if self._choices:
            y = self._place_choices(left, y, width) + theme.mm(6.5 if theme.is_portrait else 4.5)
        self._place_number(QRect(left, y, width, room.bottom() + 1 - y))

    def _place_choices(self, left: int, top: int, width: int) -> int:
        theme = self.theme
        gap, height = theme.mm(3.4), theme.mm(25 if theme.is_portrait else 26)
        each = (width - gap * (len(self._choices) - 1)) // len(self._choices)
        for i, button in enumerate(self._choices):
            button.setGeometry(left + i * (each + gap), top, each, height)
        return top + height

    def _place_number(self, room: QRect) -> None:
        theme = self.theme
        most = theme.mm(78)
        if room.height() > most:
            room = QRect(room.left(), room.top() + (room.height() - most) // 3, room.width(), most)
        self._panel.setGeometry(room)
        pad = theme.mm(6.5 if theme.is_portrait else 3)
        inner = room.adjusted(pad, pad, -pad, -pad)
        error_h = self._error.height_for(inner.width(), inner.height() // 2)
        cell_h = min(theme.mm(44 if theme.is_portrait else 30), inner.height() - error_h - theme.mm(3))
        total = cell_h + (theme.mm(4.5) + error_h if error_h else 0)
        y = inner.top() + (inner.height() - total) // 2
        self._cells.setGeometry(inner.left(), y, inner.width(), cell_h)
        self._error.place(QRect(inner.left(), y + cell_h + theme.mm(4.5), inner.width(), error_h))
