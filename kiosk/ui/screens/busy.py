"""Something is being done: what, and how far it is."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QRect

from kiosk.journey.screen import BusyScreen
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.ring import Spinner
from kiosk.ui.widgets.steps import Step
from kiosk.ui.widgets.text import Align


class BusyPage(PageView[BusyScreen]):
    """One card: the turning ring, what happens, and its steps."""

    @staticmethod
    def shape(page: BusyScreen) -> Hashable:
        return len(page.steps), len(page.actions)

    def build(self, page: BusyScreen) -> None:
        colours = self.theme.colours
        self._card = self.card()
        is_wide = not self.theme.is_portrait and bool(page.steps)
        align = Align.LEFT if is_wide else Align.CENTRE
        self._spinner = Spinner(self.theme, self)
        self._title = self.txt(
            Role.HERO, bold=colours.ink, align=Align.CENTRE, leading=1.2, scale=1.2 if self.theme.is_portrait else 1.0
        )
        self._text = self.txt(Role.SUB, colour=colours.ink2, align=Align.CENTRE)
        self._panel = self.card(colours.surface2)
        self._panel.setVisible(bool(page.steps))
        self._steps = [
            Step(self.theme, self, role=Role.SUB if self.theme.is_portrait else Role.LABEL) for _ in page.steps
        ]
        self._is_wide = align is Align.LEFT
        self.build_actions(page.actions)

    def refresh(self, page: BusyScreen) -> None:
        self._title.show_text(page.title)
        self._text.show_text(page.text)
        for i, (step, text) in enumerate(zip(self._steps, page.steps, strict=True)):
            step.show_progress(text, position=i, current=page.current)
        self.show_actions(page.actions)
        self._arrange(has_actions=bool(page.actions))

    def _arrange(self, *, has_actions: bool) -> None:
        theme, body = self.theme, QRect(self._areas.body)
        if not has_actions:
            body.setBottom(self._areas.actions.bottom())
        self._card.setGeometry(body)
        pad = theme.mm(13 if theme.is_portrait else 9)
        inner = body.adjusted(pad, pad, -pad, -pad)
        if self._is_wide:
            half = inner.width() // 2
            self._place_news(QRect(inner.left(), inner.top(), half - theme.mm(9), inner.height()))
            self._place_steps(QRect(inner.left() + half, inner.top(), half, inner.height()), is_centred=True)
            return
        steps_h = self._steps_height(inner.width()) if self._steps else 0
        self._place_news(
            QRect(inner.left(), inner.top(), inner.width(), inner.height() - steps_h - theme.mm(13) * bool(steps_h))
        )
        self._place_steps(QRect(inner.left(), inner.bottom() - steps_h, inner.width(), steps_h), is_centred=False)

    def _place_news(self, room: QRect) -> None:
        theme = self.theme
        side = theme.mm(84 if theme.is_portrait else 40)
        gap = theme.mm(13 if theme.is_portrait else 6.5)
        title_h = self._title.height_for(room.width())
        text_h = self._text.height_for(room.width())
        y = room.top() + (room.height() - side - gap - title_h - theme.mm(3) - text_h) // 2
        self._spinner.setGeometry(room.left() + (room.width() - side) // 2, y, side, side)
        y += side + gap
        self._title.place(QRect(room.left(), y, room.width(), title_h))
        self._text.place(QRect(room.left(), y + title_h + theme.mm(3), room.width(), text_h))

    def _step_sizes(self) -> tuple[int, int]:
        """Edge of the panel and gap between steps."""
        theme = self.theme
        return (theme.mm(13), theme.mm(11)) if theme.is_portrait else (theme.mm(9), theme.mm(6.5))

    def _steps_height(self, width: int) -> int:
        pad, gap = self._step_sizes()
        return sum(step.height_for(width - 2 * pad) for step in self._steps) + gap * (len(self._steps) - 1) + 2 * pad

    def _place_steps(self, room: QRect, *, is_centred: bool) -> None:
        if not self._steps:
            return
        pad, gap = self._step_sizes()
        height = self._steps_height(room.width())
        top = room.top() + (room.height() - height) // 2 if is_centred else room.top()
        self._panel.setGeometry(room.left(), top, room.width(), height)
        y = top + pad
        for step in self._steps:
            step_h = step.height_for(room.width() - 2 * pad)
            step.setGeometry(room.left() + pad, y, room.width() - 2 * pad, step_h)
            y += step_h + gap
