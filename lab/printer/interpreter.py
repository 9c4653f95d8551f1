"""ESC/POS: bytes from the receive buffer to what the printer does. Pure: no clock, no paper, no socket.

Takes one command, one character or one row of a picture at a time, as a printer with a small buffer does. A picture
that was begun and never finished swallows whatever follows, as on real printers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lab.printer.operations import (
    Answer,
    AnswerPaper,
    Cut,
    Feed,
    Justification,
    NotUnderstood,
    Operation,
    PrintLine,
    PrintQr,
    PrintRow,
    Run,
    Style,
    SwitchAsb,
)
from lab.printer.passed_over import PASSED_OVER, barcode, column_picture, pass_over, up_to_nul
from lab.printer.real_time import length_between_commands
from lab.printer.status import Dialect

CELL_DOTS = 12
"""The width of a Latin character; a Chinese one has two cells."""
CHARACTER_DOTS = 24
_LINE_DOTS = 30
_DLE, _ESC, _FS, _GS = 0x10, 0x1B, 0x1C, 0x1D
_LF, _HT = 0x0A, 0x09
_CORRECTION = {48: "L", 49: "M", 50: "Q", 51: "H"}
_CUT_FORMS = (65, 66, 97, 98, 103, 104)
_PARTIAL_CUTS = (1, 49, 66, 98, 104)
Operations = tuple[Operation, ...]


@dataclass(slots=True)
class _Picture:
    """A GS v 0 under way."""

    row_bytes: int
    rows_left: int
    wide: int
    high: int


class Interpreter:
    """The command interpreter of one printer, with its modes."""

    def __init__(self, *, width_dots: int, dialect: Dialect) -> None:
        """As at power-on."""
        self._width_dots = width_dots
        self._dialect = dialect
        self._commands = self._table()
        self.power_on()

    def power_on(self) -> None:
        """Forget everything."""
        self._is_chinese = self._dialect.has_chinese_at_power_on
        self._qr_data = b""
        self._qr_module = 3
        self._qr_correction = "L"
        self._picture: _Picture | None = None
        self._forget_modes()

    def clear(self) -> None:
        """Drop a picture and a line under way (the buffer was cleared); modes stay."""
        self._picture = None
        self._line: list[Run] = []

    @property
    def is_inside_picture(self) -> bool:
        """Whether the next bytes are pixels, whatever their sender means."""
        return self._picture is not None

    def take(self, data: bytearray) -> Operations | None:
        """Take one thing from the front of `data`. None when it is not complete yet; then nothing was taken."""
        if self._picture is not None:
            return self._take_row(data, self._picture)
        if not data:
            return None
        if data[0] in (_ESC, _FS, _GS):
            return self._take_command(data)
        if data[0] == _DLE:
            length = length_between_commands(data)
            return None if length is None else pass_over(data, length)
        if data[0] == _LF:
            del data[0]
            return (self._end_line(),)
        if data[0] < 0x20 and data[0] != _HT:
            return pass_over(data, 1)
        return self._take_character(data)

    def _forget_modes(self) -> None:
        self._style = Style()
        self._justification = Justification.LEFT
        self._line_dots = _LINE_DOTS
        self._line = []

    def _table(self) -> dict[bytes, tuple[int, Callable[[bytes], Operations]]]:
        return {
            b"\x1b@": (0, self._initialise),
            b"\x1b!": (1, self._print_mode),
            b"\x1b2": (0, lambda _: self._set_line_dots(_LINE_DOTS)),
            b"\x1b3": (1, lambda p: self._set_line_dots(p[0])),
            b"\x1bE": (1, self._bold),
            b"\x1bG": (1, self._bold),
            b"\x1ba": (1, self._justify),
            b"\x1bd": (1, lambda p: (self._end_line(lines=p[0]),)),
            b"\x1bJ": (1, lambda p: (*self._pending_line(), Feed(p[0]))),
            b"\x1c!": (1, self._chinese_mode),
            b"\x1c&": (0, lambda _: self._set_chinese(state=True)),
            b"\x1c.": (0, lambda _: self._set_chinese(state=False)),
            b"\x1d!": (1, self._character_size),
            b"\x1dB": (1, self._inverse),
            b"\x1da": (1, lambda p: (SwitchAsb(p[0]),) if self._dialect.has_asb else ()),
            b"\x1dr": (1, lambda p: (AnswerPaper(p[0]),)),
            b"\x1dI": (1, self._identify),
        }

    # -- commands ------------------------------------------------------------------------------------------------

    def _take_command(self, data: bytearray) -> Operations | None:
        if len(data) < 2:
            return None
        prefix = bytes(data[:2])
        if prefix in self._commands:
            count, act = self._commands[prefix]
            parameters = _parameters(data, count)
            return None if parameters is None else act(parameters)
        if prefix in PASSED_OVER:
            return None if _parameters(data, PASSED_OVER[prefix]) is None else ()
        match prefix:
            case b"\x1dv":
                return self._begin_picture(data)
            case b"\x1dV":
                return self._cut(data)
            case b"\x1d(" | b"\x1b(":
                return self._function(data)
            case b"\x1b*":
                return column_picture(data)
            case b"\x1bD":
                return up_to_nul(data)
            case b"\x1dk":
                return barcode(data)
        del data[:2]
        return (NotUnderstood(prefix),)

    def _initialise(self, _parameters: bytes) -> Operations:
        self._forget_modes()
        return (SwitchAsb(0),)

    def _print_mode(self, parameters: bytes) -> Operations:
        mode = parameters[0]
        self._style = replace(
            self._style,
            is_bold=bool(mode & 0x08), height=2 if mode & 0x10 else 1, width=2 if mode & 0x20 else 1,
        )  # fmt: skip
        return ()

    def _chinese_mode(self, parameters: bytes) -> Operations:
        mode = parameters[0]
        self._style = replace(self._style, width=2 if mode & 0x04 else 1, height=2 if mode & 0x08 else 1)
        return ()

    def _character_size(self, parameters: bytes) -> Operations:
        self._style = replace(self._style, width=(parameters[0] >> 4 & 7) + 1, height=(parameters[0] & 7) + 1)
        return ()

    def _bold(self, parameters: bytes) -> Operations:
        self._style = replace(self._style, is_bold=bool(parameters[0] & 1))
        return ()

    def _inverse(self, parameters: bytes) -> Operations:
        self._style = replace(self._style, is_inverse=bool(parameters[0] & 1))
        return ()

    def _justify(self, parameters: bytes) -> Operations:
        value = parameters[0] - 48 if parameters[0] >= 48 else parameters[0]
        if value in (0, 1, 2) and not self._line:
            self._justification = Justification(value)
        return ()

    def _set_line_dots(self, dots: int) -> Operations:
        self._line_dots = dots
        return ()

    def _set_chinese(self, *, state: bool) -> Operations:
        self._is_chinese = state
        return ()

    def _identify(self, parameters: bytes) -> Operations:
        texts = {65: "1.00 VIRTUAL", 66: "LAB", 67: self._dialect.model_name, 68: "V0000001"}
        numbers = {1: 0x20, 2: 0x02, 3: 0x01, 49: 0x20, 50: 0x02, 51: 0x01}
        which = parameters[0]
        if which in texts:
            return (Answer(b"\x5f" + texts[which].encode("ascii") + b"\0"),)
        return (Answer(bytes((numbers[which],))),) if which in numbers else ()

    def _cut(self, data: bytearray) -> Operations | None:
        if len(data) < 3:
            return None
        form = data[2]
        parameters = _parameters(data, 2 if form in _CUT_FORMS else 1)
        if parameters is None:
            return None
        feed = (Feed(parameters[1]),) if form in _CUT_FORMS and parameters[1] else ()
        return (*self._pending_line(), *feed, Cut(is_partial=form in _PARTIAL_CUTS))

    def _function(self, data: bytearray) -> Operations | None:
        if len(data) < 5:
            return None
        name = bytes(data[:3])
        size = int.from_bytes(data[3:5], "little")
        if len(data) < 5 + size:
            return None
        body = bytes(data[5 : 5 + size])
        del data[: 5 + size]
        if name == b"\x1d(H":
            is_fence = body[:2] == b"\x30\x30" and size == 6 and self._dialect.has_process_id
            return (Answer(b"\x37\x22" + body[2:6] + b"\0"),) if is_fence else ()
        if name == b"\x1d(k" and body[:1] == b"\x31":
            return self._qr(body[1], body[2:])
        return (NotUnderstood(name),)

    def _qr(self, function: int, body: bytes) -> Operations:
        match function:
            case 67:
                self._qr_module = max(1, body[0])
            case 69:
                self._qr_correction = _CORRECTION.get(body[0], "L")
            case 80:
                self._qr_data = body[1:]
            case 81 if self._qr_data:
                code = PrintQr(self._qr_data, self._qr_module, self._qr_correction, self._justification)
                return (*self._pending_line(), code)
        return ()

    # -- pictures ------------------------------------------------------------------------------------------------

    def _begin_picture(self, data: bytearray) -> Operations | None:
        if len(data) < 8:
            return None
        mode = data[3] & 3
        row_bytes, rows = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
        del data[:8]
        if row_bytes and rows:
            self._picture = _Picture(row_bytes, rows, wide=2 if mode & 1 else 1, high=2 if mode & 2 else 1)
        return self._pending_line()

    def _take_row(self, data: bytearray, picture: _Picture) -> Operations | None:
        if len(data) < picture.row_bytes:
            return None
        row = bytes(data[: picture.row_bytes])
        del data[: picture.row_bytes]
        picture.rows_left -= 1
        if picture.rows_left == 0:
            self._picture = None
        return (PrintRow(row, self._justification, picture.wide, picture.high),)

    # -- text ----------------------------------------------------------------------------------------------------

    def _take_character(self, data: bytearray) -> Operations | None:
        length = self._character_bytes(data)
        if length is None:
            return None
        raw = bytes(data[:length])
        del data[:length]
        character = " " if raw == b"\t" else raw.decode("gb18030" if self._is_chinese else "cp437", "replace")[0]
        wrapped: Operations = ()
        if _cells(self._line) + cells(character) * self._style.width > self._width_dots // CELL_DOTS:
            wrapped = self._pending_line()
        if self._line and self._line[-1].style == self._style:
            self._line[-1] = Run(self._line[-1].text + character, self._style)
        else:
            self._line.append(Run(character, self._style))
        return wrapped

    def _character_bytes(self, data: bytearray) -> int | None:
        if not self._is_chinese or data[0] < 0x81:
            return 1
        if len(data) < 2:
            return None
        if 0x30 <= data[1] <= 0x39 and self._dialect.has_four_byte_characters:
            return 4 if len(data) >= 4 else None
        return 2 if data[1] >= 0x40 else 1

    def _end_line(self, *, lines: int = 1) -> Operation:
        tallest = max((run.style.height for run in self._line), default=0)
        advance = max(self._line_dots, tallest * CHARACTER_DOTS) + self._line_dots * max(0, lines - 1)
        runs, self._line = tuple(self._line), []
        if not runs:
            return Feed(self._line_dots * lines)
        return PrintLine(runs, self._justification, advance)

    def _pending_line(self) -> Operations:
        return (self._end_line(),) if self._line else ()


def cells(character: str) -> int:
    """1 for Latin and the like, 2 for Chinese."""
    return 1 if ord(character) < 0x80 else 2


def _cells(runs: list[Run]) -> int:
    return sum(cells(character) * run.style.width for run in runs for character in run.text)


def _parameters(data: bytearray, count: int) -> bytes | None:
    if len(data) < 2 + count:
        return None
    parameters = bytes(data[2 : 2 + count])
    del data[: 2 + count]
    return parameters
