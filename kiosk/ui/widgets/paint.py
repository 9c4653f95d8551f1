"""Brushwork that several widgets share: icons in any colour, soft shadows, rounded surfaces."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGradient, QPainter, QPen, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from kiosk.journey.screen import Icon
from kiosk.ui.theme import Theme

_ICONS: Final = Path(__file__).parent.parent / "icons"
_SHADOW_ALPHA: Final = 0.13


def icon_pixmap(icon: Icon, colour: str, size_px: int) -> QPixmap:
    """The icon's strokes in a colour. Qt's pixmap cache keeps what was drawn."""
    key = f"kiosk-icon:{icon}:{colour}:{size_px}"
    pixmap = QPixmap()
    if QPixmapCache.find(key, pixmap):
        return pixmap
    svg = (_ICONS / f"{icon}.svg").read_text("ascii").replace("currentColor", colour)
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    QPixmapCache.insert(key, pixmap)
    return pixmap


def draw_icon(painter: QPainter, icon: Icon, colour: str, rect: QRect) -> None:
    painter.drawPixmap(rect.topLeft(), icon_pixmap(icon, colour, rect.width()))


def fill_round(
    painter: QPainter,
    rect: QRect,
    radius: float,
    fill: str | QBrush | QGradient,
    *,
    border: str = "",
    border_px: float = 0,
) -> None:
    """A rounded surface; its border lies inside the rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = border_px / 2 if border else 0.0
    painter.setPen(QPen(QColor(border), border_px) if border else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(QBrush(QColor(fill)) if isinstance(fill, str) else QBrush(fill))
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)


def draw_shadow(painter: QPainter, theme: Theme, rect: QRect) -> None:
    """A soft shadow round a card of `rect`, from a cached picture cut into nine."""
    reach, radius = theme.mm(2.6), theme.mm(4.2)
    tile = _shadow_tile(reach, radius, theme.colours.primary_dd)
    corner = reach + radius
    side = tile.width()
    outer = rect.adjusted(-reach, -reach, reach, reach).translated(0, theme.mm(0.7))
    xs = (outer.left(), outer.left() + corner, outer.right() + 1 - corner, outer.right() + 1)
    ys = (outer.top(), outer.top() + corner, outer.bottom() + 1 - corner, outer.bottom() + 1)
    cuts = (0, corner, side - corner, side)
    for row in range(3):
        for column in range(3):
            if row == column == 1:
                continue
            target = QRect(xs[column], ys[row], xs[column + 1] - xs[column], ys[row + 1] - ys[row])
            source = QRect(cuts[column], cuts[row], cuts[column + 1] - cuts[column], cuts[row + 1] - cuts[row])
            painter.drawPixmap(target, tile, source)


def _shadow_tile(reach: int, radius: int, colour: str) -> QPixmap:
    key = f"kiosk-shadow:{reach}:{radius}:{colour}"
    tile = QPixmap()
    if QPixmapCache.find(key, tile):
        return tile
    side = 2 * (reach + radius) + 8
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    shade = QColor(colour)
    # Stacked faint shapes fall off as the square of the distance, close enough to a blur.
    for step in range(reach):
        shade.setAlphaF(2 * _SHADOW_ALPHA * (step + 1) / (reach * reach))
        painter.setBrush(shade)
        grown = QRectF(step, step, side - 2 * step, side - 2 * step)
        painter.drawRoundedRect(grown, radius + reach - step, radius + reach - step)
    painter.end()
    QPixmapCache.insert(key, tile)
    return tile
