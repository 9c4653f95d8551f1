"""What a finger does: activation on release, once, and only on what it went down on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.journey.screen import Intent, IntentKind, Screen
from kiosk.ui.widgets.button import Touchable
from tests.ui import samples
from tests.ui.conftest import MakeStand, Stand

LEFT = Qt.MouseButton.LeftButton


def target(stand: Stand, text: str) -> Touchable:
    found = [t for t in stand.shell.findChildren(Touchable) if t.isVisible() and t.text().startswith(text)]
    assert len(found) == 1, [t.text() for t in stand.shell.findChildren(Touchable)]
    return found[0]


def middle_in_window(stand: Stand, button: Touchable) -> QPoint:
    return button.mapTo(stand.shell, button.rect().center())


def test_every_control_sends_its_intent_once(make_stand: MakeStand) -> None:
    for name, screen in samples.screens("zh").items():
        stand = make_stand()
        stand.show(screen)
        wanted = []
        for button in stand.shell.findChildren(Touchable):
            if button.isVisible() and button.isEnabled():
                stand.wait_out_rest()
                QTest.mouseClick(button, LEFT)
                wanted.append(button.text())
        assert len(stand.intents) == len(wanted), name
        assert all(isinstance(intent, Intent) for intent in stand.intents)


def test_nothing_happens_before_the_finger_is_lifted(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    button = target(stand, "签到")
    QTest.mousePress(button, LEFT)
    assert button.isDown()
    assert stand.intents == []
    QTest.mouseRelease(button, LEFT)
    assert stand.intents == [Intent(IntentKind.CHECK_IN)]


def test_a_press_is_painted_at_once(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    button = target(stand, "签到")
    before = button.grab().toImage()
    QTest.mousePress(button, LEFT)
    assert button.grab().toImage() != before
    QTest.mouseRelease(button, LEFT)


def test_sliding_off_cancels(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    button = target(stand, "签到")
    QTest.mousePress(button, LEFT)
    QTest.mouseMove(button, QPoint(-200, -200))
    QTest.mouseRelease(button, LEFT, pos=QPoint(-200, -200))
    assert stand.intents == []


def test_a_double_tap_counts_once_even_across_pages(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    QTest.mouseClick(target(stand, "签到"), LEFT)
    stand.clock_ms += 200
    QTest.mouseClick(target(stand, "签到"), LEFT)
    stand.show(Screen(samples.done()))
    stand.clock_ms += 200
    QTest.mouseClick(target(stand, "完成"), LEFT)
    assert stand.intents == [Intent(IntentKind.CHECK_IN)]
    stand.clock_ms += 200
    QTest.mouseClick(target(stand, "完成"), LEFT)
    assert stand.intents == [Intent(IntentKind.CHECK_IN), Intent(IntentKind.END)]


def test_the_same_figure_can_be_typed_twice_quickly(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.keypad()))
    for _ in range(2):
        QTest.mouseClick(target(stand, "8"), LEFT)
        stand.clock_ms += 150
    QTest.mouseClick(target(stand, "8"), LEFT)
    stand.clock_ms += 40
    QTest.mouseClick(target(stand, "8"), LEFT)
    assert stand.intents == [Intent(IntentKind.DIGIT, "8")] * 3


def test_a_second_finger_does_nothing(make_stand: MakeStand, qapp: QApplication) -> None:
    stand = make_stand()
    stand.show(Screen(samples.keypad()))
    QTest.qWaitForWindowExposed(stand.shell)
    device = QTest.createTouchDevice()
    first, second = (middle_in_window(stand, target(stand, digit)) for digit in "15")
    QTest.touchEvent(stand.shell, device).press(0, first, stand.shell).commit()
    QTest.touchEvent(stand.shell, device).stationary(0).press(1, second, stand.shell).commit()
    QTest.touchEvent(stand.shell, device).stationary(0).release(1, second, stand.shell).commit()
    assert stand.intents == []
    QTest.touchEvent(stand.shell, device).release(0, first, stand.shell).commit()
    assert stand.intents == [Intent(IntentKind.DIGIT, "1")]


def test_a_page_that_changes_under_a_resting_finger_is_not_obeyed(make_stand: MakeStand) -> None:
    stand = make_stand()
    page = samples.bookings()
    stand.show(Screen(page))
    button = target(stand, "签到")
    QTest.mousePress(button, LEFT)
    other = replace(page.actions[1], intent=Intent(IntentKind.REPRINT))
    stand.show(Screen(replace(page, actions=(page.actions[0], other))))
    QTest.mouseRelease(button, LEFT)
    assert stand.intents == []


def test_a_disabled_control_stays_silent(make_stand: MakeStand) -> None:
    stand = make_stand()
    stand.show(Screen(samples.keypad()))
    QTest.mouseClick(target(stand, "查找预约"), LEFT)
    assert stand.intents == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F4])
def test_the_window_cannot_be_closed_from_outside(make_stand: MakeStand, key: Qt.Key) -> None:
    stand = make_stand()
    stand.show(Screen(samples.attract()))
    QTest.keyClick(stand.shell, key, Qt.KeyboardModifier.AltModifier)
    stand.shell.close()
    assert stand.shell.isVisible()


def test_the_focus_ring_comes_by_key_and_never_by_finger(make_stand: MakeStand, qapp: QApplication) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    stand.shell.activateWindow()
    qapp.processEvents()
    controls = [t for t in stand.shell.findChildren(Touchable) if t.isVisible() and t.isEnabled()]
    assert not any(control.has_ring for control in controls)
    QTest.mouseClick(target(stand, "签到"), LEFT)
    assert not any(control.has_ring for control in controls)
    QTest.keyClick(stand.shell, Qt.Key.Key_Tab)
    assert sum(control.has_ring for control in controls) == 1


def rings(stand: Stand) -> list[str]:
    return [control.text() for control in stand.shell.findChildren(Touchable) if control.has_ring]


def test_no_ring_comes_of_pages_that_change(make_stand: MakeStand, qtbot: QtBot) -> None:
    stand = make_stand()
    stand.show(Screen(samples.attract()))
    stand.shell.activateWindow()
    qtbot.waitUntil(stand.shell.isActiveWindow)
    assert rings(stand) == []
    for screen in (*samples.screens("zh").values(), Screen(samples.attract())):
        stand.show(screen)
        assert rings(stand) == []


def test_no_ring_comes_of_a_control_that_goes_out_of_use(make_stand: MakeStand, qtbot: QtBot) -> None:
    stand = make_stand()
    page = samples.keypad(error=True)
    stand.show(Screen(page))
    stand.shell.activateWindow()
    qtbot.waitUntil(stand.shell.isActiveWindow)
    for at, action in enumerate(page.keys[:10]):
        stand.show(Screen(page))
        key = target(stand, action.label)
        key.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        assert key.hasFocus()
        keys = (*page.keys[:at], replace(action, is_enabled=False), *page.keys[at + 1 :])
        stand.show(Screen(replace(page, keys=keys)))
        assert not key.isEnabled()
        assert rings(stand) == []


def test_whoever_uses_keys_finds_the_ring_on_the_next_page_and_the_next_visitor_does_not(
    make_stand: MakeStand, qtbot: QtBot
) -> None:
    stand = make_stand()
    stand.show(Screen(samples.bookings()))
    stand.shell.activateWindow()
    qtbot.waitUntil(stand.shell.isActiveWindow)
    QTest.keyClick(stand.shell.focusWidget() or stand.shell, Qt.Key.Key_Tab)
    assert len(rings(stand)) == 1
    stand.show(Screen(samples.done()))
    assert rings(stand) == ["没拿到小票"]
    stand.show(Screen(samples.attract()))
    assert rings(stand) == []
    QTest.keyClick(stand.shell.focusWidget() or stand.shell, Qt.Key.Key_Tab)
    assert len(rings(stand)) == 1
