"""Which font draws which character, and how wide it is.

Decides the chain of faces (found through fontconfig, or given as files) and, for every character, the first face that
really has it. Must not know tickets. Used on one thread only: Pillow's fonts are not shared.
"""

from __future__ import annotations

import subprocess
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from PIL import ImageFont, features

from kiosk.devices.printers.font_choice import FontChoice, FontsMissing
from kiosk.devices.printers.linebreak import is_wide

BOLD_WEIGHT = 180
"""fontconfig's scale: 80 regular, 180 demibold, 200 bold."""

_FORMAT = "%{file}\t%{index}\t%{weight}\t%{charset}\n"
_QUERY_TIMEOUT_S = 10.0

RunCommand = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of a face: sorted, disjoint code point ranges, both ends included."""

    firsts: array[int]
    lasts: array[int]

    def has(self, char: str) -> bool:
        """Is there a glyph for this character?"""
        code = ord(char)
        place = bisect_right(self.firsts, code) - 1
        return place >= 0 and code <= self.lasts[place]


@dataclass(frozen=True, slots=True)
class Face:
    """One face of one font file."""

    path: str
    index: int
    weight: int
    coverage: Coverage

    @property
    def is_bold(self) -> bool:
        """Heavy enough to stand for bold text."""
        return self.weight >= BOLD_WEIGHT


def parse_coverage(charset: str) -> Coverage:
    """Read fontconfig's charset: hexadecimal code points and ranges, separated by blanks."""
    ranges = []
    for word in charset.split():
        first, _, last = word.partition("-")
        ranges.append((int(first, 16), int(last or first, 16)))
    ranges.sort()
    # Thousands of ranges: as plain numbers they take a tenth of the memory.
    return Coverage(array("L", (first for first, _ in ranges)), array("L", (last for _, last in ranges)))


def parse_faces(listing: str) -> tuple[Face, ...]:
    """Read what fontconfig lists, one face a line. A variable font has a range for a weight and is left out."""
    faces = []
    for line in listing.splitlines():
        path, index, weight, charset = line.split("\t")
        if weight.isdigit():
            faces.append(Face(path, int(index), int(weight), parse_coverage(charset)))
    return tuple(faces)


def run_fontconfig(command: Sequence[str]) -> str:
    """Run one of fontconfig's tools and return what it lists."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_QUERY_TIMEOUT_S, check=True)  # noqa: S603 - fixed program names
    except (OSError, subprocess.SubprocessError) as problem:
        raise FontsMissing(f"{command[0]} could not be asked for fonts") from problem
    return done.stdout


def find_faces(choice: FontChoice, run: RunCommand = run_fontconfig) -> tuple[Face, ...]:
    """All faces of the choice, in the order of their priority. Raises FontsMissing when there is none at all."""
    faces: list[Face] = []
    for file in choice.files:
        faces += parse_faces(run(["fc-query", "-f", _FORMAT, str(file)]))
    for family in choice.families:
        faces += parse_faces(run(["fc-list", "-f", _FORMAT, family]))
    if not faces:
        raise FontsMissing(f"none of these fonts is installed: {', '.join(choice.families)}")
    return tuple(faces)


class FontChain:
    """The faces in their order, with Pillow's fonts of the sizes in use."""

    def __init__(self, faces: Sequence[Face]) -> None:
        self._faces = tuple(faces)
        self._orders = {is_bold: self._order(is_bold) for is_bold in (False, True)}
        self._fonts: dict[tuple[int, int], ImageFont.FreeTypeFont] = {}
        self._choices: dict[tuple[str, bool], int | None] = {}
        self._widths: dict[tuple[int, int, str], float] = {}
        has_raqm = features.check("raqm")
        self._engine = ImageFont.Layout.RAQM if has_raqm else ImageFont.Layout.BASIC

    def _order(self, is_bold: bool) -> tuple[int, ...]:  # noqa: FBT001 - private, and the one argument
        """The right weight of a family before its other weights, but never before an earlier file's characters."""
        numbers = range(len(self._faces))
        fitting = [number for number in numbers if self._faces[number].is_bold == is_bold]
        return (*fitting, *(number for number in numbers if number not in fitting))

    def face_for(self, char: str, *, is_bold: bool) -> int | None:
        """The number of the face that draws this character; None when no face has it."""
        key = (char, is_bold)
        if key not in self._choices:
            order = self._orders[is_bold]
            self._choices[key] = next((number for number in order if self._faces[number].coverage.has(char)), None)
        return self._choices[key]

    def is_bold_face(self, face: int) -> bool:
        """Is this face bold by itself? If not, bold text is thickened when it is drawn."""
        return self._faces[face].is_bold

    def width(self, face: int, size: int, text: str) -> float:
        """The advance of a text in one face, in dots."""
        key = (face, size, text)
        if key not in self._widths:
            self._widths[key] = self.font(face, size).getlength(text, features=self.features(text))
        return self._widths[key]

    def features(self, text: str) -> list[str] | None:
        """Chinese fonts draw quotation marks a full square wide: among Latin letters ask for the narrow ones."""
        is_latin = any(char.isascii() and char.isalnum() for char in text) and not any(is_wide(char) for char in text)
        return ["pwid"] if is_latin and self._engine is ImageFont.Layout.RAQM else None

    def forget_texts(self) -> None:
        """Drop measured words: they were on somebody's ticket. Single characters stay, they tell nothing."""
        self._widths = {key: width for key, width in self._widths.items() if len(key[2]) == 1}

    def keep_only(self, in_use: Collection[tuple[int, int]]) -> None:
        """Close the fonts of other faces and sizes than these.

        Each takes some 3 MB, for Pillow maps the whole file anew for every size, and two milliseconds to open again.
        """
        self._fonts = {key: font for key, font in self._fonts.items() if key in in_use}

    def font(self, face: int, size: int) -> ImageFont.FreeTypeFont:
        """Pillow's font of this face and size in dots."""
        key = (face, size)
        if key not in self._fonts:
            chosen = self._faces[face]
            self._fonts[key] = ImageFont.truetype(chosen.path, size, index=chosen.index, layout_engine=self._engine)
        return self._fonts[key]
