"""Contrast of the colours and of what is really painted, motion, QR symbols, pictures, and the binding itself."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
import qrcode
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.journey.screen import Screen, Style, Tone
from kiosk.ui.pictures import screen_png
from kiosk.ui.theme import Colours, Theme
from kiosk.ui.widgets.button import look_of
from kiosk.ui.widgets.card_scene import CYCLE_MS, CYCLES, FRAME_MS, PAUSE_MS, CardScene, depth_at
from kiosk.ui.widgets.qr_code import TextTooLong, qr_modules
from tests.ui import samples
from tests.ui.conftest import PANELS, MakeStand
from tests.ui.test_layout import texts_of

C = Colours()


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(a: str | QColor, b: str | QColor) -> float:
    high, low = sorted((luminance(QColor(a)), luminance(QColor(b))), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (C.ink, C.bg), (C.ink, C.surface), (C.ink2, C.bg), (C.ink2, C.surface), (C.ink2, C.surface2),
        (C.surface, C.primary), (C.surface, C.primary_d), (C.surface, C.primary_dd), (C.primary_d, C.surface),
        (C.primary_d, C.primary_soft), (C.ok, C.surface), (C.ok, C.bg), (C.bad, C.surface), (C.warn, C.warn_soft),
    ],
)  # fmt: skip
def test_texts_stand_out_seven_to_one(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 7.0


@pytest.mark.parametrize("tone", list(Tone))
def test_news_stand_out_on_their_soft_ground(tone: Tone) -> None:
    strong, soft = C.tone(tone)
    assert contrast(strong, soft) >= 4.5


def test_controls_and_focus_stand_out_three_to_one() -> None:
    for ground in (C.surface, C.bg, C.surface2):
        assert contrast(C.control, ground) >= 3.0
        assert contrast(C.primary, ground) >= 3.0
        assert max(contrast(C.focus, ground), contrast(C.ink, ground)) >= 3.0
    for style in Style:
        for is_down in (False, True):
            look = look_of(C, style, is_down=is_down, is_enabled=True)
            assert contrast(look.ink, look.fill) >= 5.9
            assert contrast(look.border or look.fill, C.bg) >= 3.0
    grey = look_of(C, Style.PRIMARY, is_down=False, is_enabled=False)
    assert contrast(grey.ink, grey.fill) >= 4.5


def painted_contrast(image: QImage, rect: QRect) -> float:
    """Between the commonest pixel of a text's rectangle and the one that differs most from it."""
    seen: Counter[int] = Counter()
    for y in range(rect.top(), rect.bottom(), 2):
        for x in range(rect.left(), rect.right(), 2):
            seen[image.pixel(x, y)] += 1
    ground = seen.most_common(1)[0][0]
    return max(contrast(QColor(ground), QColor(pixel)) for pixel in seen)


@pytest.mark.parametrize("name", list(samples.screens("zh")))
def test_painted_texts_stand_out(make_stand: MakeStand, name: str) -> None:
    stand = make_stand("counter")
    stand.show(samples.screens("zh")[name])
    image = stand.shell.grab().toImage()
    for _, text in texts_of(stand):
        assert painted_contrast(image, text.rect) >= 4.5, text.text


def test_the_scene_plays_two_cycles_and_rests(qapp: QApplication) -> None:
    assert (CYCLES, PAUSE_MS) == (2, 8000)
    assert FRAME_MS >= 33
    assert [depth_at(0.0), depth_at(0.7), depth_at(1.0)] == [0.0, 1.0, 0.0]
    assert CYCLE_MS * CYCLES > 5 * 1000


def test_the_scene_moves_and_stops_when_it_is_hidden(qtbot: QtBot) -> None:
    scene = CardScene(Theme.for_panel(PANELS["portrait"]), None)
    qtbot.addWidget(scene)
    scene.resize(900, 900)
    scene.show_word("社保卡")
    scene.show()
    assert scene.is_moving()
    start = scene.grab().toImage()
    qtbot.waitUntil(lambda: scene.grab().toImage() != start, timeout=3000)
    scene.hide()
    assert not scene.is_moving()


def test_reduced_motion_keeps_the_scene_still(qtbot: QtBot) -> None:
    scene = CardScene(Theme.for_panel(PANELS["portrait"], reduced_motion=True), None)
    qtbot.addWidget(scene)
    scene.resize(900, 900)
    scene.show()
    assert not scene.is_moving()


@pytest.mark.parametrize("text", ["B1123456789012", "T1" + "6BFOXN*TS0BI$ZDFRH.5ZR8" * 6, "签到 A037", "a" * 300, "7"])
def test_qr_symbols_are_those_of_the_standard(text: str) -> None:
    mode = qrcode.util.MODE_ALPHA_NUM if text.isascii() and text.upper() == text else qrcode.util.MODE_8BIT_BYTE
    for mask in range(8):
        reference = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=mask)
        reference.add_data(qrcode.util.QRData(text.encode(), mode=mode), optimize=0)
        reference.make(fit=True)
        wanted = tuple(tuple(bool(module) for module in row) for row in reference.get_matrix())
        assert qr_modules(text, mask=mask) == wanted


def test_a_text_too_long_for_a_symbol_is_refused() -> None:
    with pytest.raises(TextTooLong):
        qr_modules("a" * 5000)


def test_a_picture_has_the_size_of_the_glass(qapp: QApplication) -> None:
    png = screen_png(Screen(samples.attract()), Theme.for_panel(PANELS["portrait"]))
    image = QImage.fromData(png)
    assert (image.width(), image.height()) == (1080, 1920)
    assert len({image.pixel(x, y) for x in range(0, 1080, 40) for y in range(0, 1920, 40)}) > 50


def test_the_binding_keeps_its_references(qapp: QApplication) -> None:
    """Some versions lose one reference to None in each call and die after minutes."""
    pixmap = QPixmap(10, 10)
    painter = QPainter(pixmap)
    before = sys.getrefcount(None)
    for _ in range(5000):
        painter.setOpacity(1)
        painter.drawPoint(QPoint(1, 1))
        painter.setPen(QColor("#000000"))
    painter.end()
    assert sys.getrefcount(None) > before - 1000
