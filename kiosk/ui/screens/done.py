"""It is done: the number, where to go, what to take along."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QRect

from kiosk.journey.screen import DoneScreen, Icon
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.qr import QrPicture
from kiosk.ui.widgets.ring import Ring
from kiosk.ui.widgets.text import Align
from kiosk.ui.widgets.ticket import TicketCard


class DonePage(PageView[DoneScreen]):
    """A ticket on the glass: the number above the tear line, the place below it."""

    @staticmethod
    def shape(page: DoneScreen) -> Hashable:
        return bool(page.qr), bool(page.first_note), len(page.actions)

    def build(self, page: DoneScreen) -> None:
        colours, centre = self.theme.colours, Align.CENTRE
        self._tick = self.badge()
        self._tick.show_icon(Icon.CHECK, colours.ok, colours.surface, halo=colours.ok_soft)
        is_tall = self.theme.is_portrait
        self._title = self.txt(Role.HERO, bold=colours.ok, leading=1.2, align=centre, scale=1.15 if is_tall else 1.0)
        self._ticket = TicketCard(self.theme, self)
        self._note_card = self.card(colours.warn_soft)
        self._note = self.txt(Role.TITLE, bold=colours.warn, align=centre, leading=1.24)
        self._number_caption = self.txt(Role.SUB, colour=colours.ink2, align=centre, leading=1.2)
        self._number = self.txt(Role.NUMBER, bold=colours.primary_d, align=centre, leading=1.06, scale=1.7)
        self._qr = QrPicture(self.theme, self)
        self._qr_caption = self.txt(Role.CAPTION, colour=colours.ink2, align=centre, leading=1.2)
        self._pin = self.badge()
        self._pin.show_icon(Icon.PIN, colours.accent, colours.surface)
        self._place_caption = self.txt(Role.BODY, colour=colours.ink2, leading=1.24)
        self._place_title = self.txt(Role.TITLE if is_tall else Role.SUB, bold=colours.ink, leading=1.24)
        self._place_text = self.txt(Role.LABEL if is_tall else Role.BODY, colour=colours.ink2, leading=1.24)
        self._take_card = self.card(colours.warn_soft)
        self._take_badge = self.badge()
        self._take = self.txt(Role.SUB if is_tall else Role.LABEL, bold=colours.warn)
        self._ring = Ring(self.theme, self, colour=colours.primary, track=colours.line, role=Role.CAPTION)
        self._clears = self.txt(Role.CAPTION, colour=colours.ink2, leading=1.2)
        self.build_actions(page.actions)

    def refresh(self, page: DoneScreen) -> None:
        self._title.show_text(page.title)
        self._note.show_text(page.first_note)
        self._note_card.setVisible(bool(page.first_note))
        self._number_caption.show_text(page.number_caption)
        self._number.show_text(page.number)
        self._qr.show_code(page.qr)
        self._qr_caption.show_text(page.qr_caption if page.qr else "")
        self._place_caption.show_text(page.place_caption)
        self._place_title.show_text(page.place_title)
        self._place_text.show_text(page.place_text)
        self._show_take(page)
        self._ring.show_seconds(page.seconds_left, page.seconds_total)
        self._clears.show_text(page.clears_text)
        self.show_actions(page.actions)
        if self.theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def _show_take(self, page: DoneScreen) -> None:
        strong, soft = self.theme.colours.tone(page.take_tone)
        self._take_card.show_fill(soft)
        self._take_card.setVisible(bool(page.take_text))
        self._take_badge.show_icon(page.take_icon, strong, soft)
        self._take_badge.setVisible(bool(page.take_text))
        self._take.show_ink(strong)
        self._take.show_text(page.take_text)

    def _arrange_portrait(self) -> None:
        theme, body = self.theme, self._areas.body
        left, width = body.left(), body.width()
        clears_h = self._clears_height(width)
        self._place_clears(QRect(left, body.bottom() + 1 - clears_h, width, clears_h))
        take_h = self._take_height(width)
        take_top = body.bottom() + 1 - clears_h - theme.mm(8) - take_h
        self._place_take(QRect(left, take_top, width, take_h))
        tick = theme.mm(40 if not self._qr.text() else 26)
        self._tick.setGeometry(left + (width - tick) // 2, body.top() + theme.mm(2), tick, tick)
        y = body.top() + theme.mm(2) + tick + theme.mm(4)
        title_h = self._title.height_for(width)
        self._title.place(QRect(left, y, width, title_h))
        y += title_h + theme.mm(8)
        self._place_ticket(QRect(left, y, width, take_top - theme.mm(6.5) - y))

    def _place_ticket(self, card: QRect) -> None:
        """Everything between the edges of the ticket; the tear line stands above the place."""
        theme = self.theme
        pad = theme.mm(9 if theme.is_portrait else 6.5)
        place_h = self._place_height(card.width() - 2 * pad)
        stub_h = min(place_h + 2 * theme.mm(11 if theme.is_portrait else 4), card.height() // 2)
        self._ticket.setGeometry(card)
        self._ticket.show_tear_at(card.height() - stub_h)
        stub = QRect(card.left() + pad, card.bottom() + 1 - stub_h, card.width() - 2 * pad, stub_h)
        self._place_destination(stub)
        top = QRect(card.left() + pad, card.top(), card.width() - 2 * pad, card.height() - stub_h)
        if self._note.text():
            note_h = self._note.height_for(top.width() - theme.mm(9)) + theme.mm(5)
            self._note_card.setGeometry(top.left(), top.top() + theme.mm(5), top.width(), note_h)
            self._note.place(self._note_card.geometry().adjusted(theme.mm(4), 0, -theme.mm(4), 0), is_centred=True)
            top.setTop(top.top() + theme.mm(5) + note_h)
        self._place_number(top)

    def _place_number(self, room: QRect) -> None:
        theme = self.theme
        if self._qr.text() and theme.is_portrait:
            qr_w = room.width() * 46 // 100
            qr_room = QRect(room.right() + 1 - qr_w, room.top() + theme.mm(5), qr_w, room.height() - theme.mm(10))
            room = QRect(room.left(), room.top(), qr_room.left() - room.left() - theme.mm(4), room.height())
            self._place_qr(qr_room)
        caption_h = self._number_caption.height_for(room.width())
        number_h = self._number.height_for(room.width(), room.height() - caption_h)
        y = room.top() + (room.height() - caption_h - number_h) // 2
        self._number_caption.place(QRect(room.left(), y, room.width(), caption_h))
        self._number.place(QRect(room.left(), y + caption_h, room.width(), number_h))

    def _place_qr(self, room: QRect) -> None:
        """The symbol and its caption, in the middle of their room."""
        gap = self.theme.mm(2)
        caption_h = self._qr_caption.height_for(room.width())
        side = min(room.width(), room.height() - caption_h - gap)
        top = room.top() + (room.height() - side - caption_h - gap) // 2
        self._qr.setGeometry(room.left() + (room.width() - side) // 2, top, side, side)
        self._qr_caption.place(QRect(room.left(), top + side + gap, room.width(), caption_h))

    def _pin_px(self) -> int:
        return self.theme.mm(32 if self.theme.is_portrait else 17)

    def _place_texts_width(self, width: int) -> int:
        return width - self._pin_px() - self.theme.mm(7)

    def _place_height(self, width: int) -> int:
        room = self._place_texts_width(width)
        texts = (self._place_caption, self._place_title, self._place_text)
        return max(sum(text.height_for(room) for text in texts), self._pin_px())

    def _place_destination(self, stub: QRect) -> None:
        disc = self._pin_px()
        self._pin.setGeometry(stub.left(), stub.top() + (stub.height() - disc) // 2, disc, disc)
        width = self._place_texts_width(stub.width())
        left = stub.right() + 1 - width
        texts = (self._place_caption, self._place_title, self._place_text)
        heights = [text.height_for(width) for text in texts]
        y = stub.top() + (stub.height() - sum(heights)) // 2
        for text, text_h in zip(texts, heights, strict=True):
            text.place(QRect(left, y, width, text_h))
            y += text_h

    def _take_height(self, width: int) -> int:
        if not self._take.text():
            return 0
        theme = self.theme
        words = self._take.height_for(width - self._take_edges())
        return max(words + theme.mm(6), theme.mm(30 if theme.is_portrait else 22))

    def _take_edges(self) -> int:
        """Pixels of the strip that badge and margins take."""
        theme = self.theme
        return theme.mm(6.5 + 15 + 5 + 6.5) if theme.is_portrait else theme.mm(4 + 15 + 4 + 4)

    def _place_take(self, rect: QRect) -> None:
        theme, disc = self.theme, self.theme.mm(15)
        self._take_card.setGeometry(rect)
        edge = theme.mm(6.5 if theme.is_portrait else 4)
        self._take_badge.setGeometry(rect.left() + edge, rect.top() + (rect.height() - disc) // 2, disc, disc)
        left = rect.left() + edge + disc + theme.mm(5 if theme.is_portrait else 4)
        self._take.place(QRect(left, rect.top(), rect.right() + 1 - edge - left, rect.height()), is_centred=True)

    def _clears_height(self, width: int) -> int:
        words = self._clears.height_for(width - self.theme.mm(14 + 3))
        return max(words, self.theme.mm(15))

    def _place_clears(self, rect: QRect) -> None:
        """Ring and words together, in the middle of the row."""
        side, gap = self.theme.mm(14), self.theme.mm(3)
        words = min(self._clears.width_wanted(), rect.width() - side - gap)
        x = rect.left() + (rect.width() - side - gap - words) // 2
        self._ring.setGeometry(x, rect.top() + (rect.height() - side) // 2, side, side)
        self._clears.place(QRect(x + side + gap, rect.top(), words, rect.height()), is_centred=True)

    def _arrange_landscape(self) -> None:
        theme, body = self.theme, self._areas.body
        side_w = round(body.width() * 0.4)
        ticket_left = body.left() + side_w + theme.mm(9)
        self._place_ticket(QRect(ticket_left, body.top(), body.right() + 1 - ticket_left, body.height()))
        clears_h = self._clears_height(side_w)
        self._place_clears(QRect(body.left(), body.bottom() + 1 - clears_h, side_w, clears_h))
        take_h = self._take_height(side_w)
        take_top = body.bottom() + 1 - clears_h - theme.mm(4.5) - take_h
        self._place_take(QRect(body.left(), take_top, side_w, take_h))
        room = take_top - theme.mm(4.5) - body.top()
        self._tick.setVisible(not self._qr.text())
        title_h = self._title.height_for(side_w, theme.mm(21) if self._qr.text() else room)
        if self._qr.text():
            self._title.place(QRect(body.left(), body.top(), side_w, title_h))
            top = body.top() + title_h + theme.mm(2)
            self._place_qr(QRect(body.left(), top, side_w, body.top() + room - top))
            return
        tick = min(theme.mm(36), room - title_h - theme.mm(4))
        y = body.top() + (room - tick - title_h - theme.mm(4)) // 2
        self._tick.setGeometry(body.left() + (side_w - tick) // 2, y, tick, tick)
        self._title.place(QRect(body.left(), y + tick + theme.mm(4), side_w, title_h))
