"""How large things are on the two widths of paper, in dots."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.ports.tickets import Size


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in dots for one width of paper."""

    margin: int
    small: int
    normal: int
    large: int
    title: int
    number_max: int
    gap: int
    module_max: int
    qr_share: float
    edge: int
    """Unprintable paper beside the dots: part of a QR code's quiet zone."""

    def dots(self, size: Size) -> int:
        """The height of a text's square."""
        return {Size.SMALL: self.small, Size.NORMAL: self.normal, Size.LARGE: self.large, Size.TITLE: self.title}[size]


WIDE = Style(16, 24, 30, 38, 46, number_max=200, gap=14, module_max=7, qr_share=0.5, edge=24)
NARROW = Style(8, 21, 26, 31, 36, number_max=156, gap=12, module_max=6, qr_share=0.64, edge=24)


def style_for(width: int) -> Style:
    """80 mm paper has 512 or 576 dots, 58 mm paper 384."""
    return WIDE if width >= 480 else NARROW
