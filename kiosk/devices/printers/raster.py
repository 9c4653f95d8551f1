"""A laid-out ticket as a page of black and white dots.

Decides how the items look in dots. Knows no printer: the same page becomes bytes for the paper and a picture for
the screen.
"""

from __future__ import annotations

from PIL import Image, ImageDraw

from kiosk.devices.printers.fonts import FontChain
from kiosk.devices.printers.page_items import Box, Item, MissingGlyph, Modules, PageLayout, Run

_WHITE, _BLACK = 255, 0
_THRESHOLD = 138
"""Grey up to here becomes black: thin strokes of Chinese stay closed, small counters stay open."""


def rasterize(page: PageLayout, fonts: FontChain) -> Image.Image:
    """Draw the page: mode "1", 8 dots a millimetre, white is 1."""
    grey = Image.new("L", (page.width, page.height), _WHITE)
    draw = ImageDraw.Draw(grey)
    for item in page.items:
        _draw(draw, item, fonts)
    return grey.point([_BLACK if level <= _THRESHOLD else _WHITE for level in range(256)], mode="1")


def _draw(draw: ImageDraw.ImageDraw, item: Item, fonts: FontChain) -> None:
    match item:
        case Run():
            font = fonts.font(item.face, item.size)
            ink = _WHITE if item.is_white else _BLACK
            stroke = max(1, item.size // 40) if item.is_thickened else 0
            place, features = (item.x, item.baseline), fonts.features(item.text)
            draw.text(place, item.text, font=font, fill=ink, anchor="ls", stroke_width=stroke, features=features)
        case MissingGlyph():
            _missing(draw, item, fonts)
        case Box():
            corners = (item.x, item.y, item.x + item.width - 1, item.y + item.height - 1)
            if item.is_filled:
                draw.rounded_rectangle(corners, radius=item.radius, fill=_BLACK)
            else:
                draw.rounded_rectangle(corners, radius=item.radius, outline=_BLACK, width=item.thickness)
        case Modules():
            _modules(draw, item)


def _missing(draw: ImageDraw.ImageDraw, item: MissingGlyph, fonts: FontChain) -> None:
    """A box with the code point in two rows of digits, so that staff can read which character it is."""
    ink = _WHITE if item.is_white else _BLACK
    top = item.baseline - round(item.size * 0.86)
    draw.rectangle((item.x + 1, top, item.x + item.size - 2, top + item.size - 2), outline=ink, width=1)
    digits = f"{item.code_point:04X}"
    half = (len(digits) + 1) // 2
    size = max(8, round(item.size * (0.5 if half == 2 else 0.38)))
    face = fonts.face_for("0", is_bold=False)
    if face is None:
        return
    for row, part in enumerate((digits[:half], digits[half:])):
        y = top + round(item.size * (0.27 + 0.45 * row))
        draw.text((item.x + item.size / 2, y), part, font=fonts.font(face, size), fill=ink, anchor="mm")


def _modules(draw: ImageDraw.ImageDraw, item: Modules) -> None:
    size = len(item.rows)
    ink = Image.new("L", (size, size))
    ink.putdata([255 if module else 0 for row in item.rows for module in row])
    scaled = ink.resize((size * item.module, size * item.module), Image.Resampling.NEAREST)
    draw.bitmap((item.x, item.y), scaled, fill=_BLACK)
