"""The paper: what was printed since the last cut, and the tickets that were cut off it.

The only module here that draws. One dot is one pixel, black or white, 8 dots to the millimetre.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import qrcode  # type: ignore[import-untyped]  # ships no types
from PIL import Image, ImageDraw, ImageFont

from lab.printer.interpreter import CELL_DOTS, CHARACTER_DOTS, cells
from lab.printer.operations import Feed, Justification, PrintLine, PrintQr, PrintRow, Run

DOTS_PER_MM = 8
_WHITE, _BLACK = 1, 0
# Half-width Latin and full-width Chinese on one grid, as the font inside a printer: (file, face in the file).
_FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 7),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 7),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 7),
)
_CORRECTION = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}
Printable = PrintLine | PrintRow | PrintQr | Feed


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """One ticket in somebody's hand."""

    png: bytes = field(repr=False)
    """1-bit picture, one pixel a dot."""
    width_dots: int
    height_dots: int
    text_lines: tuple[str, ...] = field(repr=False)
    """Lines sent as characters; empty for a ticket sent as a picture."""
    qr_data: tuple[bytes, ...] = field(repr=False)
    """Codes that the printer made itself."""

    @property
    def height_mm(self) -> float:
        """Its length."""
        return self.height_dots / DOTS_PER_MM


class PaperStrip:
    """The strip between the print head and the last cut."""

    def __init__(self, *, width_dots: int) -> None:
        """Nothing on it."""
        self.width_dots = width_dots
        self._clear()

    def _clear(self) -> None:
        self._strips: list[Image.Image] = []
        self._rows = bytearray()
        self.height_dots = 0
        self._text: list[str] = []
        self._qr: list[bytes] = []

    def print(self, what: Printable) -> None:
        """Put it on the paper."""
        match what:
            case Feed(dots):
                self._rows += bytes(self._row_bytes * dots)
                self.height_dots += dots
            case PrintRow():
                self._print_row(what)
            case PrintLine():
                self._text.append("".join(run.text for run in what.runs))
                self._add(_line_image(what, self.width_dots))
            case PrintQr():
                self._qr.append(what.data)
                self._add(_placed(_qr_image(what), what.justification, self.width_dots))

    def cut(self) -> PrintedTicket | None:
        """The ticket, or None when there is nothing to cut off."""
        if not self.height_dots:
            return None
        image = self._picture()
        file = io.BytesIO()
        image.save(file, "PNG")
        ticket = PrintedTicket(file.getvalue(), self.width_dots, self.height_dots, tuple(self._text), tuple(self._qr))
        self._clear()
        return ticket

    @property
    def _row_bytes(self) -> int:
        return (self.width_dots + 7) // 8

    def _print_row(self, what: PrintRow) -> None:
        """Dots beyond the paper's edge are lost."""
        dots = min(len(what.row) * 8 * what.wide, self.width_dots)
        if what.wide == 1 and what.justification is Justification.LEFT:
            row = what.row[: self._row_bytes].ljust(self._row_bytes, b"\0")
            excess = self._row_bytes * 8 - self.width_dots
            if excess:
                row = row[:-1] + bytes((row[-1] & (0xFF << excess & 0xFF),))
            self._rows += row * what.high
            self.height_dots += what.high
            return
        image = Image.frombytes("1", (len(what.row) * 8, 1), bytes(byte ^ 0xFF for byte in what.row))
        image = image.resize((image.width * what.wide, what.high)).crop((0, 0, dots, what.high))
        self._add(_placed(image, what.justification, self.width_dots))

    def _add(self, image: Image.Image) -> None:
        self._flush_rows()
        self._strips.append(image)
        self.height_dots += image.height

    def _flush_rows(self) -> None:
        if self._rows:
            height = len(self._rows) // self._row_bytes
            image = Image.frombytes("1", (self._row_bytes * 8, height), bytes(byte ^ 0xFF for byte in self._rows))
            self._strips.append(image.crop((0, 0, self.width_dots, height)))
            self._rows = bytearray()

    def _picture(self) -> Image.Image:
        self._flush_rows()
        whole = Image.new("1", (self.width_dots, self.height_dots), _WHITE)
        top = 0
        for strip in self._strips:
            whole.paste(strip, (0, top))
            top += strip.height
        return whole


def height_of(what: Printable) -> int:
    """How many dots the paper moves for it."""
    match what:
        case Feed(dots):
            return dots
        case PrintRow():
            return what.high
        case PrintLine():
            return what.advance_dots
        case PrintQr():
            return _qr_image(what).height


def _left_edge(width: int, justification: Justification, paper_dots: int) -> int:
    spare = max(0, paper_dots - width)
    return {Justification.LEFT: 0, Justification.CENTRE: spare // 2, Justification.RIGHT: spare}[justification]


def _placed(image: Image.Image, justification: Justification, paper_dots: int) -> Image.Image:
    strip = Image.new("1", (paper_dots, image.height), _WHITE)
    strip.paste(image, (_left_edge(image.width, justification, paper_dots), 0))
    return strip


@lru_cache(maxsize=8)
def _qr_image(what: PrintQr) -> Image.Image:
    code = qrcode.QRCode(error_correction=_CORRECTION[what.correction], box_size=1, border=0)
    code.add_data(what.data, optimize=0)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    size = len(matrix)
    image = Image.new("1", (size, size), _WHITE)
    image.putdata([_BLACK if dark else _WHITE for row in matrix for dark in row])
    return image.resize((size * what.module_dots, size * what.module_dots))


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for file, face in _FONTS:
        if Path(file).is_file():
            return ImageFont.truetype(file, CHARACTER_DOTS - 2, index=face)
    return ImageFont.load_default()


def _line_image(line: PrintLine, paper_dots: int) -> Image.Image:
    width = sum(cells(character) * CELL_DOTS * run.style.width for run in line.runs for character in run.text)
    text = Image.new("1", (max(1, width), line.advance_dots), _WHITE)
    left = 0
    for run in line.runs:
        image = _run_image(run)
        # Characters of different height stand on one base line.
        tallest = max(other.style.height for other in line.runs) * CHARACTER_DOTS
        text.paste(image, (left, tallest - image.height))
        left += image.width
    return _placed(text, line.justification, paper_dots)


def _run_image(run: Run) -> Image.Image:
    image = Image.new("1", (sum(cells(character) for character in run.text) * CELL_DOTS, CHARACTER_DOTS), _WHITE)
    draw = ImageDraw.Draw(image)
    left = 0
    for character in run.text:
        for shift in (0, 1) if run.style.is_bold else (0,):
            draw.text((left + shift, CHARACTER_DOTS - 3), character, fill=_BLACK, font=_font(), anchor="ls")
        left += cells(character) * CELL_DOTS
    if run.style.is_inverse:
        image = Image.frombytes("1", image.size, bytes(byte ^ 0xFF for byte in image.tobytes()))
    # Larger characters are the same dots, repeated: that is how a printer's own font looks.
    return image.resize((image.width * run.style.width, image.height * run.style.height), Image.Resampling.NEAREST)
