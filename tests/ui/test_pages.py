"""Pages come, change in place and go; nothing of a person stays behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface, QFont, QFontDatabase, QRawFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from kiosk.journey.screen import Icon, Screen
from kiosk.ui.theme import FAMILIES
from kiosk.ui.widgets.paint import icon_pixmap
from tests.ui import samples
from tests.ui.conftest import MakeStand, Stand, flush_deleted

PERSONAL = ("张*丰", "6688", "1953", "心血管内科", "周文", "10:30", "B 区")


def accessible(widget: QWidget) -> list[tuple[str, QAccessible.Role]]:
    """Names and roles of everything visible under a widget, in order."""
    found = []

    def visit(interface: QAccessibleInterface | None) -> None:
        if interface is None or not interface.isValid() or interface.state().invisible:
            return
        name = interface.text(QAccessible.Text.Name)
        if name:
            found.append((name, interface.role()))
        for i in range(interface.childCount()):
            visit(interface.child(i))

    visit(QAccessible.queryAccessibleInterface(widget))
    return found


def everything_said(stand: Stand) -> str:
    """All texts that a widget or the accessible tree still holds, visible or not."""
    widgets = stand.shell.findChildren(QWidget)
    words = [w.text() for w in widgets if isinstance(w, QLabel | QAbstractButton)]
    words += [w.accessibleName() + w.toolTip() + w.windowTitle() for w in widgets]
    return "\n".join([*words, *(name for name, _ in accessible(stand.shell))])


def test_a_countdown_tick_keeps_every_widget(make_stand: MakeStand) -> None:
    stand = make_stand()
    page = samples.done()
    stand.show(Screen(page))
    before = stand.shell.findChildren(QWidget)
    for left in range(23, 0, -1):
        stand.show(Screen(replace(page, seconds_left=left)))
    assert stand.shell.findChildren(QWidget) == before
    assert "1" in [name for name, _ in accessible(stand.shell)]


def test_a_tick_of_the_warning_keeps_every_widget(make_stand: MakeStand) -> None:
    stand = make_stand()
    screen = Screen(samples.bookings(), samples.warning())
    stand.show(screen)
    before = stand.shell.findChildren(QWidget)
    stand.show(replace(screen, warning=replace(samples.warning(), seconds_left=3)))
    assert stand.shell.findChildren(QWidget) == before


def test_switching_the_language_keeps_the_page(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings("zh")))
    page = stand.shell.page_view()
    stand.show(Screen(samples.bookings("en")))
    assert stand.shell.page_view() is page
    assert "Your appointments today" in everything_said(stand)
    assert "您今天的预约" not in everything_said(stand)


@pytest.mark.parametrize("panel", ["portrait", "counter"])
@pytest.mark.parametrize("last", ["bookings-2", "done", "done-no-paper", "warning", "keypad-error"])
def test_nothing_of_a_person_outlives_the_visit(make_stand: MakeStand, panel: str, last: str) -> None:
    stand = make_stand(panel)
    stand.show(samples.screens("zh")[last])
    old = stand.shell.page_view()
    held = [w for w in old.findChildren(QWidget) if isinstance(w, QLabel | QAbstractButton)]
    stand.show(Screen(samples.attract()))
    # Even before Qt gets round to deleting them, the widgets are empty.
    assert [w.text() for w in held if w.text()] == []
    flush_deleted()
    said = everything_said(stand)
    assert [word for word in PERSONAL if word in said] == []
    assert "请插入社保卡" in said


def test_the_warning_hides_what_is_behind_it(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(samples.screens("zh")["warning"])
    names = [name for name, _ in accessible(stand.shell)]
    assert names[:2] == ["您还在吗？", "为保护您的隐私，倒计时结束后会清除信息。"]
    assert not any(word in name for word in PERSONAL for name in names)
    stand.show(Screen(samples.bookings()))
    assert any("张*丰" in name for name, _ in accessible(stand.shell))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", list(samples.screens("zh")))
def test_every_visible_text_can_be_heard(make_stand: MakeStand, lang: str, name: str) -> None:
    stand = make_stand()
    screen = samples.screens(lang)[name]
    stand.show(screen)
    heard = [name for name, _ in accessible(stand.shell)]
    for widget in stand.shell.findChildren(QWidget):
        if widget.isVisible() and hasattr(widget, "placed_texts"):
            for text in widget.placed_texts():
                assert any(text.text in name for name in heard), text.text


def test_controls_have_their_names_and_roles(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    heard = accessible(stand.shell)
    button, choice = QAccessible.Role.Button, QAccessible.Role.CheckBox
    for wanted in (("帮助", button), ("English", button), ("结束", button), ("不是我", button), ("签到 10:30", button)):
        assert wanted in heard
    assert ("上午 10:30 心血管内科 周文 主任医师 2 楼 B 区 3 诊室 可以签到", choice) in heard
    names = [name for name, role in heard if role in (button, choice)]
    assert len(names) == len(set(names))


def test_tab_goes_through_the_controls_in_reading_order(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings(count=3)))
    page = stand.shell.page_view()
    visited = []
    widget: QWidget = page
    for _ in range(60):
        widget = widget.nextInFocusChain()
        if isinstance(widget, QAbstractButton) and widget.isEnabled() and widget.parent() is page:
            visited.append(widget.text().split()[1] if "科" in widget.text() else widget.text())
        if widget is page:
            break
    assert visited == ["10:30", "11:00", "不是我", "签到 10:30"]


def test_rare_characters_have_glyphs(qapp: QApplication) -> None:
    families = [f for f in FAMILIES if f in QFontDatabase.families()]
    fonts = [QRawFont.fromFont(_font(family)) for family in families]
    for char in "张㛃䶮𠅤":
        assert any(font.supportsCharacter(ord(char)) for font in fonts), f"U+{ord(char):X}"


def _font(family: str) -> QFont:
    font = QFont(family)
    font.setPixelSize(32)
    return font


def test_every_icon_is_drawn(qapp: QApplication) -> None:
    for icon in Icon:
        image = icon_pixmap(icon, "#000000", 48).toImage()
        inked = sum(image.pixelColor(x, y).alpha() > 128 for x in range(48) for y in range(48))
        assert inked > 60, icon
