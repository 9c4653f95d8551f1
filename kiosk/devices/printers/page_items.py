"""What a laid-out ticket is made of: things at places, all in dots from the upper left corner."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one face and size. `is_thickened`: the face has no bold, strokes are made thicker."""

    x: int
    baseline: int
    text: str
    face: int
    size: int
    is_thickened: bool = False
    is_white: bool = False


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """A character that no font has: a box of `size` dots with its code point in it."""

    x: int
    baseline: int
    code_point: int
    size: int
    is_white: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, filled, or an outline of `thickness` dots."""

    x: int
    y: int
    width: int
    height: int
    thickness: int = 0
    radius: int = 0

    @property
    def is_filled(self) -> bool:
        """No outline, all black."""
        return self.thickness == 0


@dataclass(frozen=True, slots=True)
class Modules:
    """A QR code's squares, `module` dots each; the quiet zone around it is empty in the layout."""

    x: int
    y: int
    module: int
    rows: tuple[tuple[bool, ...], ...]


Item = Run | MissingGlyph | Box | Modules


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A ticket laid out for one width."""

    width: int
    height: int
    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Code points that no font could draw, in the order of their first appearance."""
        return tuple(dict.fromkeys(item.code_point for item in self.items if isinstance(item, MissingGlyph)))
