"""Is this you, and these are your bookings today."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QRect

from kiosk.journey.screen import BookingsScreen, Icon
from kiosk.ui.screens.page import PageView
from kiosk.ui.theme import Role
from kiosk.ui.widgets.booking_row import BookingRowButton
from kiosk.ui.widgets.text import Align


class BookingsPage(PageView[BookingsScreen]):
    """Portrait: the person above the list. Landscape: the person at the left, the list at the right."""

    @staticmethod
    def shape(page: BookingsScreen) -> Hashable:
        return len(page.rows), len(page.actions)

    def build(self, page: BookingsScreen) -> None:
        colours = self.theme.colours
        self._title = self.txt(Role.HERO if self.theme.is_portrait else Role.TITLE, bold=colours.ink, leading=1.2)
        self._note = self.txt(Role.BODY, colour=colours.ink2)
        self._card = self.card()
        self._face = self.badge()
        self._face.show_icon(Icon.PERSON, colours.primary, colours.surface)
        self._name = self.txt(Role.TITLE, bold=colours.ink, leading=1.2, scale=1.2 if self.theme.is_portrait else 1.0)
        role = Role.LABEL if self.theme.is_portrait else Role.BODY
        self._about = self.txt(role, colour=colours.ink2, leading=1.24)
        self._document = self.txt(role, colour=colours.ink2, leading=1.24)
        self._list_title = self.txt(Role.SUB, bold=colours.ink, leading=1.2)
        align = Align.RIGHT
        self._list_hint = self.txt(Role.CAPTION, colour=colours.ink2, align=align, leading=1.2)
        is_dense = not self.theme.is_portrait and len(page.rows) > 1
        self._rows = [BookingRowButton(self._kit, self, is_dense=is_dense) for _ in page.rows]
        for row in self._rows:
            row.used.connect(self.used)
        self._more = self.txt(Role.CAPTION, colour=colours.ink2)
        self.build_actions(page.actions)

    def refresh(self, page: BookingsScreen) -> None:
        self._title.show_text(page.title)
        self._note.show_text(page.privacy_note)
        self._name.show_text(page.person.masked_name)
        self._about.show_text(page.person.about)
        self._document.show_text(page.person.document)
        self._list_title.show_text(page.list_title)
        self._list_hint.show_text(page.list_hint)
        for widget, row in zip(self._rows, page.rows, strict=True):
            widget.show_row(row)
        self._more.show_text(page.more_note)
        self.show_actions(page.actions)
        if self.theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def _arrange_portrait(self) -> None:
        theme, body = self.theme, self._areas.body
        left, width = body.left(), body.width()
        y = body.top()
        title_h = self._title.height_for(width)
        self._title.place(QRect(left, y, width, title_h))
        y += title_h + theme.mm(1)
        note_h = self._note.height_for(width)
        self._note.place(QRect(left, y, width, note_h))
        y += note_h + theme.mm(6.5)
        few = len(self._rows) <= 2
        person_h = theme.mm({1: 84, 2: 70}.get(len(self._rows), 56))
        self._place_person_row(QRect(left, y, width, person_h))
        y += person_h + theme.mm(13 if few else 9)
        most_row = theme.mm({1: 150, 2: 100}.get(len(self._rows), 74))
        self._place_list(QRect(left, y, width, body.bottom() + 1 - y), most_row=most_row)

    def _place_person_row(self, rect: QRect) -> None:
        theme = self.theme
        self._card.setGeometry(rect)
        disc = min(theme.mm(50), rect.height() - theme.mm(18))
        pad = (rect.height() - disc) // 2
        self._face.setGeometry(rect.left() + pad, rect.top() + pad, disc, disc)
        left = rect.left() + pad + disc + theme.mm(9)
        width = rect.right() - pad - left
        self._place_person_words(QRect(left, rect.top() + theme.mm(3), width, rect.height() - theme.mm(6)))

    def _place_person_words(self, room: QRect) -> None:
        gap = self.theme.mm(1)
        texts = [text for text in (self._name, self._about, self._document) if text.text()]
        heights = [text.height_for(room.width()) for text in texts]
        y = room.top() + (room.height() - sum(heights) - gap * (len(texts) - 1)) // 2
        for text, height in zip(texts, heights, strict=True):
            text.place(QRect(room.left(), y, room.width(), height))
            y += height + gap

    def _place_list(self, room: QRect, *, most_row: int) -> None:
        theme = self.theme
        y = self._place_list_title(room) + theme.mm(3 if theme.is_portrait else 2)
        more_h = self._more.height_for(room.width()) if theme.is_portrait else 0
        rows_bottom = room.bottom() + 1 - (more_h + theme.mm(2) if more_h else 0)
        if not self._rows:
            return
        gap = theme.mm(4.5 if theme.is_portrait else 3.4)
        heights = self._row_heights(room.width(), rows_bottom - y - gap * (len(self._rows) - 1), most_row)
        for row, height in zip(self._rows, heights, strict=True):
            row.place(QRect(room.left(), y, room.width(), height))
            y += height + gap
        if theme.is_portrait:
            self._more.place(QRect(room.left(), y - gap + theme.mm(2), room.width(), more_h))

    def _row_heights(self, width: int, room: int, most: int) -> list[int]:
        """Equal rows; one with the longest names takes what it needs from the others."""
        equal = min(room // len(self._rows), most)
        if all(row.height_needed(width, equal) <= equal for row in self._rows):
            return [equal] * len(self._rows)
        needs = [row.height_needed(width, self.theme.mm(21)) for row in self._rows]
        spare = max(room - sum(needs), 0) // len(needs)
        return [need + spare for need in needs]

    def _place_list_title(self, room: QRect) -> int:
        """Title and hint on one line where they fit, else the hint below; returns the lower edge."""
        theme = self.theme
        title_w, hint_w = self._list_title.width_wanted(), self._list_hint.width_wanted()
        if title_w + theme.mm(6.5) + hint_w <= room.width():
            height = self._list_title.height_for(room.width())
            self._list_title.place(QRect(room.left(), room.top(), title_w, height), is_centred=True)
            hint = QRect(room.right() + 1 - hint_w, room.top(), hint_w, height)
            self._list_hint.show_align(Align.RIGHT)
            self._list_hint.place(hint, is_centred=True)
            return room.top() + height
        self._list_hint.show_align(Align.LEFT)
        title_h = self._list_title.height_for(room.width())
        hint_h = self._list_hint.height_for(room.width())
        self._list_title.place(QRect(room.left(), room.top(), room.width(), title_h))
        self._list_hint.place(QRect(room.left(), room.top() + title_h, room.width(), hint_h))
        return room.top() + title_h + hint_h

    def _arrange_landscape(self) -> None:
        theme, body = self.theme, self._areas.body
        side_w = round(body.width() * 0.32)
        title_h = self._title.height_for(side_w)
        self._title.place(QRect(body.left(), body.top(), side_w, title_h))
        y = body.top() + title_h + theme.mm(3)
        note_h, more_h = self._note.height_for(side_w), self._more.height_for(side_w)
        note_top = body.bottom() + 1 - note_h - (more_h + theme.mm(2) if more_h else 0)
        self._more.place(QRect(body.left(), body.bottom() + 1 - more_h, side_w, more_h))
        self._note.place(QRect(body.left(), note_top, side_w, note_h))
        card = QRect(body.left(), y, side_w, note_top - theme.mm(4.5) - y)
        self._card.setGeometry(card)
        self._place_person_column(card)
        left = body.left() + side_w + theme.mm(9)
        self._place_list(
            QRect(left, body.top(), body.right() + 1 - left, body.height()),
            most_row=theme.mm(96 if len(self._rows) == 1 else 62),
        )

    def _place_person_column(self, card: QRect) -> None:
        theme = self.theme
        pad = theme.mm(5)
        width = card.width() - 2 * pad
        words = sum(t.height_for(width) for t in (self._name, self._about, self._document)) + theme.mm(2)
        disc = min(theme.mm(26), card.height() - words - 2 * pad - theme.mm(3))
        top = card.top() + (card.height() - disc - theme.mm(3) - words) // 2
        self._face.setVisible(disc >= theme.mm(14))
        self._face.setGeometry(card.left() + pad, top, disc, disc)
        words_top = top + disc + theme.mm(3) if disc >= theme.mm(14) else card.top() + pad
        self._place_person_words(QRect(card.left() + pad, words_top, width, words))
