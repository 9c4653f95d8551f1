"""Sizes in millimetres, colours and fonts, turned into pixels for one panel.

Decides how large things are on the glass; must not know what any page shows. A `Theme` is immutable: another panel,
orientation or text size is another theme.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import hypot
from typing import Final

from PySide6.QtGui import QFont

from kiosk.journey.screen import Tone

FAMILIES: Final = ("Noto Sans CJK SC", "HanaMinA", "HanaMinB")
"""Rare characters of names, outside the first font, come from the Hanazono fonts."""


class Role(StrEnum):
    """What a text is for; decides its size."""

    CAPTION = "caption"
    BODY = "body"
    LABEL = "label"
    SUB = "sub"
    TITLE = "title"
    HERO = "hero"
    NUMBER = "number"


class TextSize(StrEnum):
    """How large the texts are. Further sizes are further rows of `_EM_MM`."""

    STANDARD = "standard"


_EM_MM: Final = {
    TextSize.STANDARD: {
        Role.CAPTION: 6.6,
        Role.BODY: 8.0,
        Role.LABEL: 9.0,
        Role.SUB: 10.0,
        Role.TITLE: 12.5,
        Role.HERO: 17.0,
        Role.NUMBER: 42.0,
    }
}
_LANDSCAPE_NUMBER: Final = 0.7
_REFERENCE_MM: Final = {True: (268.0, 476.0), False: (345.0, 194.0)}
"""The panels that the layouts are drawn for: 21.5" upright, 15.6" lying. A larger one enlarges everything."""
_MOST_GROWTH: Final = 1.5


@dataclass(frozen=True, slots=True)
class Colours:
    """The standard set, as `#rrggbb`. Contrasts are checked by the tests of this package."""

    ink: str = "#0E2230"
    ink2: str = "#3D5260"
    bg: str = "#EEF3F6"
    surface: str = "#FFFFFF"
    surface2: str = "#F6F9FB"
    line: str = "#D3DDE3"
    control: str = "#6B7F8B"
    primary: str = "#005A8C"
    primary_d: str = "#003F66"
    primary_dd: str = "#062C47"
    primary_soft: str = "#E1EFF7"
    accent: str = "#00727A"
    accent_soft: str = "#DDF1F1"
    ok: str = "#005C44"
    ok_soft: str = "#DDF2EA"
    warn: str = "#7A4300"
    warn_soft: str = "#FFF0D6"
    bad: str = "#A3200D"
    bad_soft: str = "#FCE6E1"
    focus: str = "#FFB000"
    disabled: str = "#E6ECEF"
    disabled_text: str = "#566A76"

    def tone(self, tone: Tone) -> tuple[str, str]:
        """The strong and the soft colour of a kind of news."""
        return {
            Tone.NEUTRAL: (self.primary, self.primary_soft),
            Tone.GOOD: (self.ok, self.ok_soft),
            Tone.CARE: (self.warn, self.warn_soft),
            Tone.BAD: (self.bad, self.bad_soft),
        }[tone]


@dataclass(frozen=True, slots=True)
class Panel:
    """The glass: its pixels and its visible diagonal."""

    width_px: int
    height_px: int
    diagonal_inch: float


@dataclass(frozen=True, slots=True)
class Theme:
    """Everything a widget needs to know about how it should look."""

    width_px: int
    height_px: int
    px_per_mm: float
    """Real pixels per millimetre of glass (times the scale of a small desktop window)."""
    growth: float
    """How much larger than the tokens things are drawn, because the panel is larger than the reference."""
    text_size: TextSize = TextSize.STANDARD
    colours: Colours = Colours()
    reduced_motion: bool = False

    @staticmethod
    def for_panel(panel: Panel, *, scale: float = 1.0, reduced_motion: bool = False) -> Theme:
        """The theme of a panel. `scale` shrinks the whole into a smaller window for desktops."""
        px_per_mm = hypot(panel.width_px, panel.height_px) / (panel.diagonal_inch * 25.4)
        wanted_w, wanted_h = _REFERENCE_MM[panel.height_px > panel.width_px]
        growth = min(panel.width_px / px_per_mm / wanted_w, panel.height_px / px_per_mm / wanted_h)
        return Theme(
            width_px=round(panel.width_px * scale),
            height_px=round(panel.height_px * scale),
            px_per_mm=px_per_mm * scale,
            growth=min(max(growth, 1.0), _MOST_GROWTH),
            reduced_motion=reduced_motion,
        )

    @property
    def is_portrait(self) -> bool:
        return self.height_px > self.width_px

    def mm(self, length_mm: float) -> int:
        """Pixels of a length on the drawing; at least one where the length is not nought."""
        px = round(length_mm * self.px_per_mm * self.growth)
        return px or (1 if length_mm > 0 else 0)

    def em(self, role: Role) -> int:
        """Pixels of the em square of a role."""
        em_mm = _EM_MM[self.text_size][role]
        if role is Role.NUMBER and not self.is_portrait:
            em_mm *= _LANDSCAPE_NUMBER
        return self.mm(em_mm)

    def font(self, em_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(list(FAMILIES))
        font.setPixelSize(max(em_px, 1))
        font.setWeight(weight)
        # Hinting moves strokes by whole pixels and makes Chinese text uneven at these sizes.
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font
