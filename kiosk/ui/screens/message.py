"""A refusal, a fault, or help: what happened, what is safe, one to three things to do."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QRect

from kiosk.journey.screen import MessageScreen
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.ring import Ring
from kiosk.ui.widgets.steps import Step
from kiosk.ui.widgets.text import Align


class MessagePage(PageView[MessageScreen]):
    """Portrait: the news, the one figure, the steps. Landscape: the news at the left, the steps at the right."""

    @staticmethod
    def shape(page: MessageScreen) -> Hashable:
        return len(page.steps), len(page.actions), bool(page.big), bool(page.seconds_total)

    def build(self, page: MessageScreen) -> None:
        colours, centre = self.theme.colours, Align.CENTRE
        self._card = self.card()
        self._badge = self.badge()
        is_tall = self.theme.is_portrait
        self._title = self.txt(Role.HERO, bold=colours.ink, align=centre, leading=1.2, scale=1.2 if is_tall else 1.0)
        self._safe = self.txt(Role.SUB, bold=colours.ok, align=centre, scale=1.2 if is_tall else 1.0)
        self._big_card = self.card(colours.primary_soft)
        self._big_caption = self.txt(Role.SUB, colour=colours.ink2, align=centre, leading=1.2)
        self._big = self.txt(Role.NUMBER, bold=colours.primary_d, align=centre, leading=1.06, scale=1.2)
        self._panel = self.card(colours.surface2)
        self._panel.setVisible(bool(page.steps))
        self._steps = [Step(self.theme, self, role=Role.TITLE if is_tall else Role.LABEL) for _ in page.steps]
        self._ring = Ring(self.theme, self, colour=colours.primary, track=colours.line, role=Role.CAPTION)
        self._clears = self.txt(Role.CAPTION, colour=colours.ink2, leading=1.2)
        self._code = self.txt(Role.CAPTION, colour=colours.ink2, leading=1.2)
        self.build_actions(page.actions)

    def refresh(self, page: MessageScreen) -> None:
        strong, soft = self.theme.colours.tone(page.tone)
        self._badge.show_icon(page.icon, soft, strong)
        self._title.show_text(page.title)
        self._safe.show_text(page.safe)
        self._big_caption.show_text(page.big_caption if page.big else "")
        self._big.show_most_lines(page.big.count("\n") + 1)
        self._big.show_text(page.big)
        self._big_card.setVisible(bool(page.big))
        for i, (step, text) in enumerate(zip(self._steps, page.steps, strict=True)):
            if len(page.steps) > 1:
                step.show_number(i + 1, text)
            else:
                step.show_pointer(text)
        self._ring.show_seconds(page.seconds_left, page.seconds_total)
        self._clears.show_text(page.clears_text if page.seconds_total else "")
        self._code.show_text(page.code)
        self.show_actions(page.actions)
        if self.theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def _foot_height(self) -> int:
        if self._ring.isHidden() and not self._code.text():
            return 0
        return self.theme.mm(14) if not self._ring.isHidden() else self._code.height_for(self._areas.body.width())

    def _place_foot(self, row: QRect) -> None:
        """The countdown at the left, the code for staff at the right."""
        side = self.theme.mm(14)
        self._ring.setGeometry(row.left(), row.top() + (row.height() - side) // 2, side, side)
        width = self._code.width_wanted()
        words_left = row.left() + side + self.theme.mm(3)
        words_w = row.right() - width - self.theme.mm(4.5) - words_left
        self._clears.place(QRect(words_left, row.top(), words_w, row.height()), is_centred=True)
        self._code.place(QRect(row.right() + 1 - width, row.top(), width, row.height()), is_centred=True)

    def _arrange_portrait(self) -> None:
        theme, body = self.theme, self._areas.body
        foot_h = self._foot_height()
        card = QRect(body.left(), body.top(), body.width(), body.height() - (foot_h + theme.mm(4.5) if foot_h else 0))
        self._card.setGeometry(card)
        self._place_foot(QRect(body.left(), body.bottom() + 1 - foot_h, body.width(), foot_h))
        pad = theme.mm(11)
        inner = card.adjusted(pad, pad, -pad, -pad)
        steps_h = self._steps_height(inner.width())
        steps_top = inner.bottom() + 1 - steps_h
        self._place_steps(QRect(inner.left(), steps_top, inner.width(), steps_h))
        self._place_news(
            QRect(inner.left(), inner.top(), inner.width(), steps_top - theme.mm(9) * bool(steps_h) - inner.top())
        )

    def _place_news(self, room: QRect) -> None:
        """Badge, title, what is safe, and the one figure, in the middle of their room."""
        theme, left, width = self.theme, room.left(), room.width()
        disc = theme.mm(72 if not self._big.text() else 46) if theme.is_portrait else theme.mm(34)
        gap = theme.mm(9 if theme.is_portrait else 4.5)
        title_h, safe_h = self._title.height_for(width), self._safe.height_for(width)
        big_h = self._big_height(width) if theme.is_portrait else 0
        total = disc + gap + title_h + theme.mm(3) + safe_h + (gap + big_h if big_h else 0)
        y = room.top() + max((room.height() - total) // 2, 0)
        self._badge.setGeometry(left + (width - disc) // 2, y, disc, disc)
        y += disc + gap
        self._title.place(QRect(left, y, width, title_h))
        y += title_h + theme.mm(3)
        self._safe.place(QRect(left, y, width, safe_h))
        if big_h:
            self._place_big(QRect(left, y + safe_h + gap, width, big_h))

    def _big_height(self, width: int) -> int:
        if not self._big.text():
            return 0
        pad = self.theme.mm(5 if self.theme.is_portrait else 3)
        width -= 2 * self._big_edge()
        return self._big_caption.height_for(width) + self._big.height_for(width) + 2 * pad

    def _big_edge(self) -> int:
        return self.theme.mm(9 if self.theme.is_portrait else 4.5)

    def _place_big(self, rect: QRect) -> None:
        pad = self.theme.mm(5 if self.theme.is_portrait else 3)
        self._big_card.setGeometry(rect)
        rect = rect.adjusted(self._big_edge(), 0, -self._big_edge(), 0)
        caption_h = self._big_caption.height_for(rect.width())
        big_h = self._big.height_for(rect.width(), rect.height() - 2 * pad - caption_h)
        top = rect.top() + (rect.height() - caption_h - big_h) // 2
        self._big_caption.place(QRect(rect.left(), top, rect.width(), caption_h))
        self._big.place(QRect(rect.left(), top + caption_h, rect.width(), big_h))

    def _step_sizes(self) -> tuple[int, int]:
        return (
            (self.theme.mm(12), self.theme.mm(11)) if self.theme.is_portrait else (self.theme.mm(6.5), self.theme.mm(5))
        )

    def _steps_height(self, width: int) -> int:
        if not self._steps:
            return 0
        pad, gap = self._step_sizes()
        return sum(step.height_for(width - 2 * pad) for step in self._steps) + gap * (len(self._steps) - 1) + 2 * pad

    def _place_steps(self, rect: QRect) -> None:
        pad, gap = self._step_sizes()
        self._panel.setGeometry(rect)
        heights = [step.height_for(rect.width() - 2 * pad) for step in self._steps]
        y = rect.top() + (rect.height() - sum(heights) - gap * (len(heights) - 1)) // 2
        for step, height in zip(self._steps, heights, strict=True):
            step.setGeometry(rect.left() + pad, y, rect.width() - 2 * pad, height)
            y += height + gap

    def _arrange_landscape(self) -> None:
        theme, body = self.theme, self._areas.body
        foot_h = self._foot_height()
        card = QRect(body.left(), body.top(), body.width(), body.height() - (foot_h + theme.mm(2) if foot_h else 0))
        self._card.setGeometry(card)
        self._place_foot(QRect(body.left(), body.bottom() + 1 - foot_h, body.width(), foot_h))
        pad = theme.mm(7)
        inner = card.adjusted(pad, pad, -pad, -pad)
        if not self._steps and not self._big.text():
            self._place_news(inner)
            return
        news_w = round(inner.width() * 0.47)
        self._place_news(QRect(inner.left(), inner.top(), news_w, inner.height()))
        left = inner.left() + news_w + theme.mm(7)
        right = QRect(left, inner.top(), inner.right() + 1 - left, inner.height())
        if self._big.text():
            big_h = self._big_height(right.width())
            steps_h = self._steps_height(right.width())
            big_h = right.height() - steps_h - theme.mm(4.5) if steps_h else big_h
            self._place_big(QRect(right.left(), right.top(), right.width(), big_h))
            right.setTop(right.top() + big_h + theme.mm(4.5))
        if self._steps:
            self._place_steps(right)
