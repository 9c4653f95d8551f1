"""The first page: what the terminal is for, and where the card goes."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPixmap

from kiosk.journey.screen import AttractScreen, Icon, Tone
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.button import Form
from kiosk.ui.widgets.card_scene import CardScene
from kiosk.ui.widgets.surfaces import Picture
from kiosk.ui.widgets.text import Align


class AttractPage(PageView[AttractScreen]):
    """Portrait: a dark head, one card with the scene, the other ways below. Landscape: the scene at the right.

    Where no card is taken, no scene is drawn: the way to begin stands in the card instead.
    """

    has_hero = True

    @staticmethod
    def shape(page: AttractScreen) -> Hashable:
        return len(page.services), len(page.other_ways), bool(page.notice), bool(page.card_word)

    def build(self, page: AttractScreen) -> None:
        colours = self.theme.colours
        self._ground: QPixmap | None = None
        self._greeting = self.txt(Role.HERO, bold=colours.surface, leading=1.16)
        self._services_title = self.txt(Role.CAPTION, colour=colours.surface, leading=1.16)
        self._services = [
            (Picture(self), self.txt(Role.CAPTION, bold=colours.surface, leading=1.16)) for _ in page.services
        ]
        self._card = self.card()
        self._has_scene = bool(page.card_word)
        align = Align.CENTRE if self.theme.is_portrait or not self._has_scene else Align.LEFT
        self._title = self.txt(Role.HERO, bold=colours.primary_d, align=align, leading=1.16)
        self._title_other = self.txt(Role.SUB, colour=colours.ink2, align=align, leading=1.2)
        self._scene = CardScene(self.theme, self)
        self._scene.setVisible(self._has_scene)
        hint_ink = colours.surface if self._has_scene else colours.ink2
        self._hint = self.txt(Role.BODY if self._has_scene else Role.SUB, bold=hint_ink, align=Align.CENTRE)
        self._keys = self.badge()
        self._keys.setVisible(not self._has_scene and self.theme.is_portrait)
        self._keys.show_icon(Icon.KEYPAD, colours.primary_soft, colours.primary_d)
        self._notice_card = self.card(colours.warn_soft)
        self._notice_badge = self.badge()
        self._notice = self.txt(Role.BODY, bold=colours.warn)
        self._ways_title = self.txt(Role.SUB, bold=colours.ink, leading=1.16)
        self._ways = [self.button(Form.TILE) for _ in page.other_ways]

    def refresh(self, page: AttractScreen) -> None:
        self._greeting.show_text(page.greeting)
        self._services_title.show_text(page.services_title)
        for (picture, label), tile in zip(self._services, page.services, strict=True):
            picture.show_icon(tile.icon, self.theme.colours.surface)
            label.show_text(tile.label)
        self._title.show_text(page.title)
        self._title_other.show_text(page.title_other)
        self._scene.show_word(page.card_word)
        self._hint.show_text(page.hint)
        self._show_notice(page)
        self._ways_title.show_text(page.other_ways_title)
        for button, action in zip(self._ways, page.other_ways, strict=True):
            button.show_action(action)
        if self.theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def _show_notice(self, page: AttractScreen) -> None:
        strong, soft = self.theme.colours.tone(page.notice_tone)
        icon = Icon.WARNING if page.notice_tone in (Tone.CARE, Tone.BAD) else Icon.INFO
        self._notice_card.show_fill(soft)
        self._notice_card.setVisible(bool(page.notice))
        self._notice_badge.show_icon(icon, strong, soft)
        self._notice_badge.setVisible(bool(page.notice))
        self._notice.show_text(page.notice)

    def _arrange_portrait(self) -> None:
        theme, body = self.theme, self._areas.body
        left, width = body.left(), body.width()
        y = self._areas.header.bottom() + theme.mm(6.5)
        greeting_h = self._greeting.height_for(width)
        self._greeting.place(QRect(left, y, width, greeting_h))
        y += greeting_h + theme.mm(8)
        y = self._place_services(QRect(left, y, width, 0)) + theme.mm(9)
        if not self._has_scene:
            self._place_number_call(QRect(left, y, width, self._areas.page.height() - theme.mm(6.5) - y))
            return
        ways_h = theme.mm(33) if self._ways else 0
        bottom = self._areas.page.height() - theme.mm(6.5)
        ways_top = bottom - ways_h
        self._place_ways(QRect(left, ways_top, width, ways_h))
        title_h = self._ways_title.height_for(width)
        ways_title_top = ways_top - theme.mm(3) - title_h
        self._ways_title.place(QRect(left, ways_title_top, width, title_h))
        card_bottom = ways_title_top - theme.mm(6.5)
        if self._notice.text():
            card_bottom = self._place_notice(left, card_bottom, width) - theme.mm(4.5)
        self._place_call(QRect(left, y, width, card_bottom - y))

    def _place_call(self, card: QRect) -> None:
        theme = self.theme
        self._card.setGeometry(card)
        pad = theme.mm(6.5)
        inner = card.adjusted(pad, theme.mm(9), -pad, 0)
        title_h = self._title.height_for(inner.width())
        self._title.place(QRect(inner.left(), inner.top(), inner.width(), title_h))
        y = inner.top() + title_h + theme.mm(1.5)
        other_h = self._title_other.height_for(inner.width())
        self._title_other.place(QRect(inner.left(), y, inner.width(), other_h))
        y += other_h + theme.mm(8)
        edge = theme.mm(1.5)
        self._place_scene(QRect(card.left() + edge, y, card.width() - 2 * edge, card.bottom() - edge - y))

    def _place_scene(self, rect: QRect) -> None:
        hint_h = self._hint.height_for(rect.width() - 2 * self.theme.mm(6.5))
        self._scene.show_reader_height(hint_h + self.theme.mm(6 + 12 + 5))
        self._scene.setGeometry(rect)
        self._hint.place(self._scene.words_rect(), is_centred=True)

    def _place_number_call(self, room: QRect) -> None:
        """The only way left, in the middle of the card: what to do, with what, and the button; the news below."""
        theme = self.theme
        bottom = room.bottom() + 1
        if self._notice.text():
            bottom = self._place_notice(room.left(), bottom, room.width()) - theme.mm(4.5)
        card = QRect(room.left(), room.top(), room.width(), bottom - room.top())
        self._card.setGeometry(card)
        pad = theme.mm(9)
        left, width = card.left() + pad, card.width() - 2 * pad
        texts = (self._title, self._title_other, self._hint)
        heights = [text.height_for(width) for text in texts]
        gaps = [theme.mm(length) for length in ((1.5, 9, 13) if theme.is_portrait else (0, 2, 3))]
        ways_h = theme.mm(40 if theme.is_portrait else 30)
        disc, below = (theme.mm(72), theme.mm(11)) if theme.is_portrait else (0, 0)
        y = card.top() + max((card.height() - disc - below - sum(heights) - sum(gaps) - ways_h) // 2, 0)
        self._keys.setGeometry(card.left() + (card.width() - disc) // 2, y, disc, disc)
        y += disc + below
        for text, height, gap in zip(texts, heights, gaps, strict=True):
            text.place(QRect(left, y, width, height))
            y += height + gap
        self._place_ways(QRect(left, y, width, ways_h))

    def _place_services(self, row: QRect) -> int:
        """What can be done here, as a list and not as buttons: one line, or below each other; returns the edge."""
        if not self._services:
            return row.top()
        theme = self.theme
        side, gap = theme.mm(9), theme.mm(2.5)
        title_h = self._services_title.height_for(row.width())
        self._services_title.place(QRect(row.left(), row.top(), row.width(), title_h))
        top = row.top() + title_h + theme.mm(3)
        cell = row.width() // len(self._services)
        room = cell - side - gap - theme.mm(2)
        line_h = max(side, *(label.height_for(room) for _, label in self._services))
        for i, (picture, label) in enumerate(self._services):
            x = row.left() + i * cell
            picture.setGeometry(x, top + (line_h - side) // 2, side, side)
            label.place(QRect(x + side + gap, top, room, line_h), is_centred=True)
        return top + line_h

    def _place_ways(self, row: QRect) -> None:
        if not self._ways:
            return
        gap = self.theme.mm(4.5)
        width = (row.width() - gap * (len(self._ways) - 1)) // len(self._ways)
        for i, button in enumerate(self._ways):
            button.setGeometry(row.left() + i * (width + gap), row.top(), width, row.height())

    def _place_notice(self, left: int, bottom: int, width: int) -> int:
        """A strip that ends at `bottom`; returns its upper edge."""
        theme = self.theme
        disc, pad = theme.mm(12), theme.mm(4.5)
        text_left = left + pad + disc + theme.mm(4.5)
        text_w = left + width - pad - text_left
        height = max(self._notice.height_for(text_w), disc) + theme.mm(6)
        top = bottom - height
        self._notice_card.setGeometry(left, top, width, height)
        self._notice_badge.setGeometry(left + pad, top + (height - disc) // 2, disc, disc)
        self._notice.place(QRect(text_left, top, text_w, height), is_centred=True)
        return top

    def _hero_height(self) -> int:
        if self.theme.is_portrait:
            return self._card.geometry().top() + self.theme.mm(26)
        return self.theme.mm(86)

    def _arrange_landscape(self) -> None:
        theme, body, page = self.theme, self._areas.body, self._areas.page
        margin, gap = theme.mm(9), theme.mm(9)
        if not self._has_scene:
            self._arrange_landscape_number()
            return
        card_w = round(body.width() * 0.42)
        card = QRect(body.right() + 1 - card_w, self._areas.header.bottom() + theme.mm(3), card_w, 0)
        card.setBottom(page.height() - theme.mm(7))
        self._card.setGeometry(card)
        edge = theme.mm(1.5)
        self._place_scene(card.adjusted(edge, edge, -edge, -edge))
        left, width = margin, card.left() - gap - margin
        y = self._areas.header.bottom() + theme.mm(4)
        greeting_h = self._greeting.height_for(width)
        self._greeting.place(QRect(left, y, width, greeting_h))
        below = QRect(left, y + greeting_h + theme.mm(4), width, 0)
        has_notice = bool(self._notice.text())
        for widget in (self._services_title, *(part for pair in self._services for part in pair)):
            widget.setVisible(not has_notice)
        if has_notice:
            self._place_notice(left, self._hero_height() - theme.mm(6), width)
        else:
            self._place_services(below)
        ways_h = theme.mm(30) if self._ways else 0
        ways_top = page.height() - theme.mm(7) - ways_h
        self._place_ways(QRect(left, ways_top, width, ways_h))
        title_h = self._ways_title.height_for(width)
        ways_title_top = ways_top - theme.mm(2) - title_h
        self._ways_title.place(QRect(left, ways_title_top, width, title_h))
        self._place_landscape_call(QRect(left, self._hero_height(), width, ways_title_top - self._hero_height()))

    def _arrange_landscape_number(self) -> None:
        theme, page, margin = self.theme, self._areas.page, self.theme.mm(9)
        width = page.width() - 2 * margin
        y = self._areas.header.bottom() + theme.mm(4)
        greeting_h = self._greeting.height_for(width)
        self._greeting.place(QRect(margin, y, width, greeting_h))
        y = self._place_services(QRect(margin, y + greeting_h + theme.mm(3), width, 0)) + theme.mm(6)
        self._place_number_call(QRect(margin, y, width, page.height() - theme.mm(7) - y))

    def _place_landscape_call(self, room: QRect) -> None:
        theme = self.theme
        title_h = self._title.height_for(room.width())
        other_h = self._title_other.height_for(room.width())
        y = room.top() + (room.height() - title_h - other_h - theme.mm(1)) // 2
        self._title.place(QRect(room.left(), y, room.width(), title_h))
        self._title_other.place(QRect(room.left(), y + title_h + theme.mm(1), room.width(), other_h))

    def paint_ground(self, painter: QPainter) -> None:
        super().paint_ground(painter)
        if self._ground is None or self._ground.height() != self._hero_height():
            self._ground = self._draw_hero(self.width(), self._hero_height())
        painter.drawPixmap(0, 0, self._ground)

    def _draw_hero(self, width: int, height: int) -> QPixmap:
        colours = self.theme.colours
        pixmap = QPixmap(width, height)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sky = QLinearGradient(0, 0, width, height)
        sky.setColorAt(0, QColor(colours.primary_dd))
        sky.setColorAt(0.6, QColor(colours.primary_d))
        sky.setColorAt(1, QColor("#0A5560"))
        painter.fillRect(pixmap.rect(), sky)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 12))
        painter.drawEllipse(QPointF(width * 0.98, height * 0.1), height * 0.9, height * 0.9)
        painter.drawEllipse(QPointF(width * 0.02, height * 1.1), height * 0.75, height * 0.75)
        painter.end()
        return pixmap
