"""What all pages share: making and placing widgets, the action bar, and being forgotten.

A page is built once for the shape of its view model and refreshed in place while the shape stays.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import ClassVar, Final, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.journey.screen import Action, Style
from kiosk.ui.screens.frame import areas_of
from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.booking_row import BookingRowButton
from kiosk.ui.widgets.button import Btn, Form, Touchable
from kiosk.ui.widgets.paint import draw_shadow
from kiosk.ui.widgets.ring import Ring
from kiosk.ui.widgets.steps import Step
from kiosk.ui.widgets.surfaces import Badge, Card
from kiosk.ui.widgets.text import Align, TextStyle, Txt
from kiosk.ui.widgets.touch import REST_MS, Kit

PageT = TypeVar("PageT")
_SQUEEZE_STEP: Final = 0.9
_TIGHTEST: Final = 0.4


class PageView(QWidget, Generic[PageT]):
    """One page: a child of the shell that covers the area left of the rail or above the bar."""

    used = Signal(object)
    has_hero: ClassVar[bool] = False
    """Whether the header stands on this page's own dark ground."""

    def __init__(self, kit: Kit, parent: QWidget, page: PageT) -> None:
        super().__init__(parent)
        self._kit = kit
        self._areas = areas_of(kit.theme)
        self.setGeometry(self._areas.page)
        self._actions: list[Btn] = []
        self._squeeze = 1.0
        self._squeezed_for = ""
        self.build(page)

    @staticmethod
    @abstractmethod
    def shape(page: PageT) -> Hashable:
        """What decides which widgets there are; the same shape is refreshed in place."""

    @abstractmethod
    def build(self, page: PageT) -> None:
        """Make the widgets, in the order in which they are read."""

    @abstractmethod
    def refresh(self, page: PageT) -> None:
        """Show the texts and place the widgets."""

    def show_page(self, page: PageT, language: str) -> None:
        """Refresh; where long texts do not fit together, draw them smaller, but never below the smallest role."""
        if language != self._squeezed_for:
            self._squeezed_for = language
            self._squeeze_texts(1.0)
        self.refresh(page)
        while not self._fits() and self._squeeze > _TIGHTEST:
            self._squeeze_texts(self._squeeze * _SQUEEZE_STEP)
            self.refresh(page)

    def _squeeze_texts(self, factor: float) -> None:
        self._squeeze = factor
        for label in self.findChildren(QLabel):
            if isinstance(label, Txt | Step):
                label.squeeze(factor)

    def _fits(self) -> bool:
        """No text is cut off, and none lies on another or leaves the page."""
        rects = []
        for label in self.findChildren(QLabel):
            if label.isHidden() or not isinstance(label, Txt | Step | Ring):
                continue
            for text in label.placed_texts():
                if text.is_clipped or text.rect.top() < 0 or text.rect.bottom() > label.height():
                    return False
                rects.append(text.rect.translated(label.pos()))
        buttons = [button.geometry() for button in self.findChildren(Touchable) if not button.isHidden()]
        if any(a.intersects(b) for a, b in combinations(buttons, 2)):
            return False
        return not any(a.intersects(b) for i, a in enumerate(rects) for b in (*rects[i + 1 :], *buttons))

    @property
    def theme(self) -> Theme:
        return self._kit.theme

    def forget(self) -> None:
        """Drop every text at once, before the widgets themselves go."""
        for touchable in self.findChildren(Touchable):
            if isinstance(touchable, Btn | BookingRowButton):
                touchable.forget()
        for label in self.findChildren(QLabel):
            label.setText("")

    def txt(
        self,
        role: Role,
        *,
        bold: str = "",
        colour: str = "",
        align: Align = Align.LEFT,
        leading: float = 1.34,
        scale: float = 1.0,
    ) -> Txt:
        """A text. `bold` is the colour of a bold one, so that emphasis is always deliberate."""
        ink = bold or colour or self.theme.colours.ink
        return Txt(
            self.theme, TextStyle(role, ink, is_bold=bool(bold), align=align, leading=leading, scale=scale), self
        )

    def card(self, fill: str = "") -> Card:
        return Card(self.theme, self, fill=fill)

    def badge(self) -> Badge:
        return Badge(self.theme, self)

    def button(self, form: Form = Form.ROW, *, role: Role = Role.LABEL, rest_ms: int = REST_MS) -> Btn:
        button = Btn(self._kit, self, form=form, role=role, rest_ms=rest_ms)
        button.used.connect(self.used)
        return button

    def build_actions(self, actions: Sequence[Action]) -> None:
        self._actions = [self.button() for _ in actions]

    def show_actions(self, actions: Sequence[Action]) -> None:
        """The action bar: from left to right, the main one last, at the right and widest."""
        for button, action in zip(self._actions, actions, strict=True):
            button.show_action(action)
        if not actions:
            return
        bar, gap = self._areas.actions, self.theme.mm(4.5)
        widths = shares(
            [
                button.width_wanted() * (1.45 if action.style is Style.PRIMARY else 1.0)
                for button, action in zip(self._actions, actions, strict=True)
            ],
            bar.width() - gap * (len(actions) - 1),
        )
        x = bar.left()
        for button, width in zip(self._actions, widths, strict=True):
            button.setGeometry(x, bar.top(), width, bar.height())
            x += width + gap

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        for child in self.children():
            if isinstance(child, QWidget) and getattr(child, "is_elevated", False) and child.isVisible():
                draw_shadow(painter, self.theme, child.geometry())
        painter.end()

    def paint_ground(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.theme.colours.bg))


def shares(wanted: Sequence[float], room: int) -> list[int]:
    """The room divided in proportion, but nobody below 70 % of an equal part."""
    least = 0.7 / len(wanted)
    total = sum(wanted) or 1.0
    parts = [max(want / total, least) for want in wanted]
    widths = [int(room * part / sum(parts)) for part in parts]
    widths[-1] = room - sum(widths[:-1])
    return widths
