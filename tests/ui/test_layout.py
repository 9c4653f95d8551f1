"""Every page, panel and language: nothing clipped, nothing overlapping, everything large enough to touch and read."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from kiosk.journey.screen import Screen
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import Touchable
from kiosk.ui.widgets.card_scene import CardScene
from kiosk.ui.widgets.text import PlacedText, Txt
from tests.ui import samples
from tests.ui.conftest import PANELS, MakeStand, Stand

NAMES = tuple(samples.screens("zh"))
CASES = [(panel, lang, name) for panel in PANELS for lang in ("zh", "en") for name in NAMES]


def texts_of(stand: Stand) -> list[tuple[QWidget, PlacedText]]:
    """Every text on the glass, its rectangle in window pixels."""
    found = []
    for widget in stand.shell.findChildren(QWidget):
        if widget.isVisible() and hasattr(widget, "placed_texts"):
            corner = widget.mapTo(stand.shell, QPoint(0, 0))
            for text in widget.placed_texts():
                moved = PlacedText(text.text, text.rect.translated(corner), text.em_px, text.is_clipped)
                found.append((widget, moved))
    return found


def targets_of(stand: Stand) -> list[tuple[Touchable, QRect]]:
    visible = [target for target in stand.shell.findChildren(Touchable) if target.isVisible()]
    return [(target, QRect(target.mapTo(stand.shell, QPoint(0, 0)), target.size())) for target in visible]


def gap(a: QRect, b: QRect) -> int:
    """Pixels between two rectangles; nought or less where they touch."""
    across = max(a.left() - b.right(), b.left() - a.right()) - 1
    down = max(a.top() - b.bottom(), b.top() - a.bottom()) - 1
    return max(across, down)


def assert_readable(stand: Stand, theme: Theme) -> None:
    glass = stand.shell.rect()
    texts = texts_of(stand)
    assert texts
    for widget, text in texts:
        assert not text.is_clipped, f"{text.text!r} in {type(widget).__name__} is clipped"
        assert glass.contains(text.rect), f"{text.text!r} leaves the glass: {text.rect}"
        here = QRect(widget.mapTo(stand.shell, QPoint(0, 0)), widget.size())
        assert here.adjusted(-1, -1, 1, 1).contains(text.rect), f"{text.text!r} leaves its {type(widget).__name__}"
        assert text.em_px / theme.px_per_mm >= 6.5, f"{text.text!r} is {text.em_px / theme.px_per_mm:.1f} mm"
    for (one, a), (other, b) in combinations(texts, 2):
        if one is not other:
            assert not a.rect.intersects(b.rect), f"{a.text!r} and {b.text!r} overlap"


def assert_touchable(stand: Stand, theme: Theme) -> None:
    mm = theme.px_per_mm
    targets = targets_of(stand)
    for target, rect in targets:
        assert stand.shell.rect().contains(rect), target.text()
        assert min(rect.width(), rect.height()) >= 20 * mm - 0.5, f"{target.text()!r}: {rect.size()}"
    for (one, a), (other, b) in combinations(targets, 2):
        assert gap(a, b) >= 3.2 * mm - 0.5, f"{one.text()!r} and {other.text()!r}: {gap(a, b) / mm:.1f} mm"
    for target, rect in targets:
        for widget, text in texts_of(stand):
            if widget is not target:
                assert not rect.intersects(text.rect), f"{text.text!r} lies over {target.text()!r}"


@pytest.mark.parametrize(("panel", "lang", "name"), CASES)
def test_every_page_is_readable_and_touchable(make_stand: MakeStand, panel: str, lang: str, name: str) -> None:
    stand = make_stand(panel)
    stand.show(samples.screens(lang)[name])
    theme = Theme.for_panel(PANELS[panel])
    assert_readable(stand, theme)
    assert_touchable(stand, theme)


@pytest.mark.parametrize("panel", ["portrait", "counter"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "bookings-hard"])
def test_a_language_twice_as_long_still_fits(make_stand: MakeStand, panel: str, name: str) -> None:
    stand = make_stand(panel)
    stand.show(samples.doubled(samples.screens("en")[name]))
    theme = Theme.for_panel(PANELS[panel])
    assert_readable(stand, theme)
    assert_touchable(stand, theme)


@pytest.mark.parametrize("panel", PANELS)
def test_help_and_the_main_button_never_move(make_stand: MakeStand, panel: str) -> None:
    stand = make_stand(panel)
    helps, mains = set(), set()
    for screen in samples.screens("zh").values():
        if screen.warning is not None:
            continue
        stand.show(screen)
        by_text = {target.text(): rect for target, rect in targets_of(stand)}
        helps.add(by_text["帮助"].getRect())
        actions = getattr(screen.page, "actions", ())
        if actions:
            mains.add((by_text[actions[-1].label].right(), by_text[actions[-1].label].bottom()))
    assert len(helps) == 1
    assert len(mains) == 1


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_date_stands_on_one_line_and_its_time_on_the_next(make_stand: MakeStand, panel: str, lang: str) -> None:
    stand = make_stand(panel)
    page = samples.next_booking(lang)
    stand.show(Screen(page))
    (text,) = [label for label in stand.shell.findChildren(Txt) if label.text() == page.big]
    assert [line.rstrip("\u2028") for line in text.block().line_texts()] == page.big.split("\n")


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_to_do_first_is_never_the_smallest_text(make_stand: MakeStand, panel: str, lang: str) -> None:
    stand = make_stand(panel)
    page = replace(samples.done(lang), first_note=samples.done_no_paper(lang).first_note)
    stand.show(Screen(page))
    sizes = {text.text: text.em_px for _, text in texts_of(stand)}
    smaller = (page.place_caption, page.place_text, page.clears_text, page.number_caption)
    assert sizes[page.first_note] > max(sizes[text] for text in smaller)


@pytest.mark.parametrize("panel", PANELS)
def test_without_a_reader_the_first_page_shows_no_card(make_stand: MakeStand, panel: str) -> None:
    stand = make_stand(panel)
    for page, is_shown in ((samples.attract(), True), (samples.attract_no_reader(), False)):
        stand.show(Screen(page))
        assert [scene.isVisible() for scene in stand.shell.findChildren(CardScene) if scene.isVisible()] == (
            [True] if is_shown else []
        )


def test_a_larger_panel_enlarges_the_drawing_and_a_desktop_window_shrinks_it() -> None:
    small = Theme.for_panel(PANELS["counter"])
    large = Theme.for_panel(PANELS["lying"])
    assert large.mm(20) / small.mm(20) == pytest.approx(1.4, abs=0.05)
    half = Theme.for_panel(PANELS["portrait"], scale=0.5)
    full = Theme.for_panel(PANELS["portrait"])
    assert (half.width_px, half.height_px) == (540, 960)
    assert half.mm(20) == pytest.approx(full.mm(20) / 2, abs=1)
