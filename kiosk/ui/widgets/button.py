"""The touch controls: they show an `Action`, answer a finger at once and send its intent on release, once.

Decides when a touch counts; must not know what the intent means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.journey.screen import Action, Icon, Intent, Style
from kiosk.ui.theme import Colours, Role, Theme
from kiosk.ui.widgets.paint import draw_icon, fill_round
from kiosk.ui.widgets.text import Align, PlacedText, TextBlock, TextStyle, lay_text, natural_width
from kiosk.ui.widgets.touch import REST_MS, Kit

_SINGLE: Final = 1.16
_Words = tuple[str, TextBlock, QPoint, bool]
"""Text, block, top left corner, whether it is the second line."""
_BY_KEY: Final = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class Touchable(QAbstractButton):
    """A control that sends one intent when a finger that went down on it comes up on it."""

    used = Signal(object)

    def __init__(self, kit: Kit, parent: QWidget, *, rest_ms: int = REST_MS) -> None:
        super().__init__(parent)
        self._kit = kit
        self._rest_ms = rest_ms
        self._intent: Intent | None = None
        self._pressed_intent: Intent | None = None
        self._has_ring = False
        # Fingers take no focus: what was touched last is nobody's business, least of all a digit.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._on_clicked)

    @property
    def theme(self) -> Theme:
        return self._kit.theme

    @property
    def asks_for(self) -> Intent | None:
        """What a touch asks for; None while it cannot be used."""
        return self._intent

    def offer(self, intent: Intent | None, name: str) -> None:
        """What a touch asks for, and the words by which it is known; None: it cannot be used."""
        self._intent = intent
        if intent is None:
            let_focus_go(self)
        self.setEnabled(intent is not None)
        self.setText(name)
        self.setAccessibleName(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._kit.gate.is_open():
            event.accept()
            return
        self._pressed_intent = self._intent
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._pressed_intent = None

    def _on_clicked(self) -> None:
        # A page may change in place under a resting finger: what it went down on must still be there.
        was_swapped = self._pressed_intent is not None and self._pressed_intent != self._intent
        if was_swapped or self._intent is None or not self._kit.gate.is_open():
            return
        self._kit.gate.rest(self._rest_ms)
        self.used.emit(self._intent)

    def sizeHint(self) -> QSize:
        return self.size()

    def placed_texts(self) -> tuple[PlacedText, ...]:
        return ()

    @property
    def has_ring(self) -> bool:
        """Whether the ring of keyboard focus is drawn: only where a key brought the focus."""
        return self._has_ring and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._has_ring = event.reason() in _BY_KEY
        super().focusInEvent(event)

    def draw_focus(self, painter: QPainter, radius: float) -> None:
        """The two-coloured ring of keyboard focus; fingers never see it."""
        if not self.has_ring:
            return
        ring, colours = self.theme.mm(0.9), self.theme.colours
        fill_round(
            painter,
            self.rect(),
            radius,
            QColor(0, 0, 0, 0).name(QColor.NameFormat.HexArgb),
            border=colours.ink,
            border_px=ring,
        )
        fill_round(
            painter,
            self.rect().adjusted(ring, ring, -ring, -ring),
            radius - ring,
            QColor(0, 0, 0, 0).name(QColor.NameFormat.HexArgb),
            border=colours.focus,
            border_px=ring,
        )


def let_focus_go(part: QWidget) -> bool:
    """Drop the focus in a part that is about to go, unless a key brought it; returns whether a key did.

    Qt passes the focus of what is hidden or disabled on as if somebody had pressed Tab: a ring would come of a finger.
    """
    focused = part.window().focusWidget()
    if not isinstance(focused, Touchable) or not (focused is part or part.isAncestorOf(focused)):
        return False
    if focused.has_ring:
        return True
    focused.clearFocus()
    return False


class Form(Enum):
    """How a button arranges icon and words."""

    ROW = "row"
    """Icon and label side by side, in the middle."""
    STACK = "stack"
    """Icon above label."""
    TILE = "tile"
    """A badge at the left, words beside it; for the ways to begin."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a button in one state."""

    fill: str
    ink: str
    ink2: str
    border: str
    border_mm: float = 0.5


def look_of(colours: Colours, style: Style, *, is_down: bool, is_enabled: bool) -> Look:
    """Colours by style and state."""
    if not is_enabled:
        return Look(colours.disabled, colours.disabled_text, colours.disabled_text, "")
    if style is Style.PRIMARY:
        return Look(colours.primary_d if is_down else colours.primary, colours.surface, colours.surface, "")
    if style is Style.DANGER:
        return Look(colours.bad_soft if is_down else colours.surface, colours.bad, colours.bad, colours.bad)
    if style is Style.QUIET:
        return Look(
            colours.primary_soft if is_down else colours.surface, colours.primary_d, colours.ink2, colours.control, 0.4
        )
    return Look(colours.primary_soft if is_down else colours.surface, colours.primary_d, colours.ink2, colours.primary)


class Btn(Touchable):
    """A button with an icon, a label and perhaps a second line."""

    def __init__(
        self, kit: Kit, parent: QWidget, *, form: Form = Form.ROW, role: Role = Role.LABEL, rest_ms: int = REST_MS
    ) -> None:
        super().__init__(kit, parent, rest_ms=rest_ms)
        self._form = form
        self._role = role
        self._action: Action | None = None
        self._laid: tuple[QSize, list[_Words]] | None = None
        """The words as they were laid out for this size."""
        self.is_elevated = form is Form.TILE

    def show_action(self, action: Action) -> None:
        if action == self._action:
            return
        self._action = action
        self._laid = None
        name = f"{action.label} {action.sub_label}" if action.sub_label else action.label
        self.offer(action.intent if action.is_enabled else None, name)
        self.update()

    def forget(self) -> None:
        """Drop the words, so that nothing of them outlives the page."""
        self._action = None
        self._laid = None
        self.offer(None, "")

    def width_wanted(self) -> int:
        """Pixels it needs to show label and icon on one line."""
        if self._action is None:
            return 0
        words = natural_width(self.theme, self._action.label, self._label_style())
        icon = self._icon_px() + self.theme.mm(3) if self._action.icon else 0
        return round(words) + icon + 2 * self.theme.mm(6.5)

    def placed_texts(self) -> tuple[PlacedText, ...]:
        if self._action is None:
            return ()
        return tuple(
            PlacedText(text, QRect(at.x(), at.y(), round(block.width), block.height), block.em_px, block.is_clipped)
            for text, block, at, _ in self._words(self._action)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        action = self._action
        if action is None:
            return
        look = self._look(action)
        painter = QPainter(self)
        radius = self.theme.mm(4.2)
        self._draw_surface(painter, look, radius)
        for _, block, at, is_second in self._words(action):
            block.draw(painter, at.x(), at.y(), look.ink2 if is_second else look.ink)
        if action.icon is not None:
            rect = self._icon_rect(action)
            if self._form is Form.TILE:
                soft = self.theme.colours.primary_soft
                pad = rect.width() * 2 // 5
                fill_round(painter, rect.adjusted(-pad, -pad, pad, pad), (rect.width() + 2 * pad) / 2, soft)
            draw_icon(painter, action.icon, self._icon_ink(look), rect)
        if self._form is Form.TILE:
            self._draw_arrow(painter, look)
        self.draw_focus(painter, radius)
        painter.end()

    def _icon_ink(self, look: Look) -> str:
        """Of a tile the icon stands on a soft disc, whatever the tile's own colour is."""
        colours = self.theme.colours
        return colours.primary_d if self._form is Form.TILE and look.fill != colours.disabled else look.ink

    def _draw_arrow(self, painter: QPainter, look: Look) -> None:
        side = self.theme.mm(8)
        painter.save()
        painter.translate(self.width() - self.theme.mm(6.5) - side / 2, self.height() / 2)
        painter.rotate(-90)
        draw_icon(painter, Icon.CHEVRON_DOWN, look.ink, QRect(-side // 2, -side // 2, side, side))
        painter.restore()

    def _look(self, action: Action) -> Look:
        return look_of(self.theme.colours, action.style, is_down=self.isDown(), is_enabled=self.isEnabled())

    def _draw_surface(self, painter: QPainter, look: Look, radius: int) -> None:
        border_px = self.theme.mm(look.border_mm)
        if look.fill == self.theme.colours.primary:
            shade = QLinearGradient(0, 0, 0, self.height())
            shade.setColorAt(0, QColor("#06679C"))
            shade.setColorAt(1, QColor("#00517E"))
            fill_round(painter, self.rect(), radius, shade)
            return
        fill_round(painter, self.rect(), radius, look.fill, border=look.border, border_px=border_px)

    def _label_style(self) -> TextStyle:
        action = self._action
        is_bold = self._form is Form.TILE or (action is not None and action.style in (Style.PRIMARY, Style.DANGER))
        align = Align.LEFT if self._form is Form.TILE else Align.CENTRE
        return TextStyle(self._role, "", is_bold=is_bold, align=align, leading=_SINGLE, max_lines=3)

    def _icon_px(self) -> int:
        scale = {Form.ROW: 1.12, Form.STACK: 1.15, Form.TILE: 1.2}[self._form]
        return round(self.theme.em(self._role) * scale)

    def _icon_rect(self, action: Action) -> QRect:
        side = self._icon_px()
        if self._form is Form.TILE:
            return QRect(self.theme.mm(6.5) + side * 2 // 5, (self.height() - side) // 2, side, side)
        words = self._words(action)
        top = min(at.y() for _, _, at, _ in words)
        if self._form is Form.STACK:
            return QRect((self.width() - side) // 2, top - side - self.theme.mm(1.0), side, side)
        if not action.label:
            return QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        _, block, at, _ = words[0]
        ink_left = at.x() + (block.width - block.natural_width) / 2
        return QRect(round(ink_left) - side - self.theme.mm(2.2), at.y() + (block.height - side) // 2, side, side)

    def _words(self, action: Action) -> list[_Words]:
        """Label and second line with their places; laid out once for an action and a size."""
        if self._laid is None or self._laid[0] != self.size():
            self._laid = (self.size(), self._lay_words(action))
        return self._laid[1]

    def _lay_words(self, action: Action) -> list[_Words]:
        left, width, room = self._word_room(action)
        style = self._label_style()
        second: TextBlock | None = None
        if action.sub_label:
            second_style = TextStyle(Role.CAPTION, "", align=style.align, leading=_SINGLE, max_lines=2)
            second = lay_text(self.theme, action.sub_label, second_style, width, room // 2)
            room -= second.height
        label = lay_text(self.theme, action.label, style, width, room)
        total = label.height + (second.height if second else 0)
        top = (self.height() - total) // 2
        if self._form is Form.STACK and action.icon is not None:
            top += (self._icon_px() + self.theme.mm(1.0)) // 2
        found = [(action.label, label, QPoint(left, top), False)] if action.label else []
        if second is not None:
            found.append((action.sub_label, second, QPoint(left, top + label.height), True))
        return found

    def _word_room(self, action: Action) -> tuple[int, int, int]:
        """Left edge and width of the words, and the height they may take."""
        pad, side = self.theme.mm(3), self._icon_px()
        room = self.height() - self.theme.mm(2)
        if self._form is Form.TILE:
            left = self.theme.mm(6.5) + side * 9 // 5 + self.theme.mm(4.5)
            return left, self.width() - left - pad - self.theme.mm(6.5 + 8), room
        if action.icon is None:
            return pad, self.width() - 2 * pad, room
        if self._form is Form.STACK:
            return self.theme.mm(1), self.width() - 2 * self.theme.mm(1), room - side - self.theme.mm(1)
        taken = side + self.theme.mm(2.2)
        # The icon and the words stand in the middle together, so the words move right by half the icon.
        return pad + taken, self.width() - 2 * pad - taken, room


def dashed_pen(colour: str, width_px: int) -> QPen:
    """A line that separates and is not a border."""
    pen = QPen(QColor(colour), width_px, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([4, 3])
    return pen
