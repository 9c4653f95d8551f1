"""QR symbols after ISO/IEC 18004, error correction level M: a text becomes dark and light modules. Pure.

Alphanumeric mode where the text allows it (ticket texts do), else bytes. Versions 1 to 20 are enough for a ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

_ALPHANUMERIC: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_CHECK_BYTES: Final = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26)
"""Error correction code words of a block at level M, by version."""
_BLOCKS: Final = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16)
_MASKS: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda r, c: (r + c) % 2,
    lambda r, _: r % 2,
    lambda _, c: c % 3,
    lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2,
    lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)

Modules = tuple[tuple[bool, ...], ...]


class TextTooLong(ValueError):
    """The text does not fit into the largest symbol made here."""


def qr_modules(text: str, *, mask: int | None = None) -> Modules:
    """The symbol without its quiet zone, True for dark. `mask` fixes the mask, else the best is chosen."""
    version, data = _data_words(text)
    symbol = _Symbol(version)
    symbol.place(_with_checks(version, data))
    best = min(range(8), key=lambda m: _penalty(symbol.masked(m))) if mask is None else mask
    return tuple(tuple(row) for row in symbol.masked(best))


def _raw_bits(version: int) -> int:
    bits = (16 * version + 128) * version + 64
    if version >= 2:
        aligns = version // 7 + 2
        bits -= (25 * aligns - 10) * aligns - 55
    return bits - 36 if version >= 7 else bits


def _capacity(version: int) -> int:
    """Data code words."""
    return _raw_bits(version) // 8 - _CHECK_BYTES[version - 1] * _BLOCKS[version - 1]


def _bits(value: int, length: int) -> list[int]:
    return [value >> i & 1 for i in reversed(range(length))]


def _data_words(text: str) -> tuple[int, bytes]:
    is_alphanumeric = all(char in _ALPHANUMERIC for char in text)
    raw = text.encode()
    payload = _alphanumeric_bits(text) if is_alphanumeric else [bit for byte in raw for bit in _bits(byte, 8)]
    count = len(text) if is_alphanumeric else len(raw)
    for version in range(1, len(_BLOCKS) + 1):
        if is_alphanumeric:
            head = _bits(2, 4) + _bits(count, 9 if version < 10 else 11)
        else:
            head = _bits(4, 4) + _bits(count, 8 if version < 10 else 16)
        room = _capacity(version) * 8
        if len(head) + len(payload) <= room:
            return version, _padded(head + payload, room)
    raise TextTooLong(f"{count} characters")


def _alphanumeric_bits(text: str) -> list[int]:
    values = [_ALPHANUMERIC.index(char) for char in text]
    bits: list[int] = []
    for i in range(0, len(values) - 1, 2):
        bits += _bits(values[i] * 45 + values[i + 1], 11)
    return bits + (_bits(values[-1], 6) if len(values) % 2 else [])


def _padded(bits: list[int], room: int) -> bytes:
    bits = bits + [0] * min(4, room - len(bits))
    bits += [0] * (-len(bits) % 8)
    words = [int("".join(map(str, bits[i : i + 8])), 2) for i in range(0, len(bits), 8)]
    pads = (0xEC, 0x11)
    return bytes(words + [pads[i % 2] for i in range(room // 8 - len(words))])


def _multiply(a: int, b: int) -> int:
    """In the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    for i in reversed(range(8)):
        product = product << 1 ^ (product >> 7) * 0x11D
        product ^= (b >> i & 1) * a
    return product


def _generator(degree: int) -> list[int]:
    found = [0] * (degree - 1) + [1]
    root = 1
    for _ in range(degree):
        for i in range(degree):
            found[i] = _multiply(found[i], root) ^ (found[i + 1] if i + 1 < degree else 0)
        root = _multiply(root, 2)
    return found


def _check_words(block: bytes, generator: list[int]) -> bytes:
    rest = [0] * len(generator)
    for byte in block:
        factor = byte ^ rest.pop(0)
        rest.append(0)
        rest = [word ^ _multiply(coefficient, factor) for word, coefficient in zip(rest, generator, strict=True)]
    return bytes(rest)


def _with_checks(version: int, data: bytes) -> bytes:
    """Data and check words of all blocks, interleaved."""
    count = _BLOCKS[version - 1]
    generator = _generator(_CHECK_BYTES[version - 1])
    short, longer = divmod(len(data), count)
    blocks, at = [], 0
    for i in range(count):
        size = short + (1 if i >= count - longer else 0)
        blocks.append(data[at : at + size])
        at += size
    checks = [_check_words(block, generator) for block in blocks]
    words = [block[i] for i in range(short + 1) for block in blocks if i < len(block)]
    words += [check[i] for i in range(len(generator)) for check in checks]
    return bytes(words)


class _Symbol:
    """The square grid: fixed patterns, the places for data, and masking."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.side = version * 4 + 17
        self.dark = [[False] * self.side for _ in range(self.side)]
        self.fixed = [[False] * self.side for _ in range(self.side)]
        for i in range(self.side):
            self._fix(6, i, is_dark=i % 2 == 0)
            self._fix(i, 6, is_dark=i % 2 == 0)
        for row, column in ((3, 3), (3, self.side - 4), (self.side - 4, 3)):
            self._finder(row, column)
        self._alignments()
        self._format(self.dark, 0)
        self._version_bits()

    def _fix(self, row: int, column: int, *, is_dark: bool) -> None:
        self.dark[row][column] = is_dark
        self.fixed[row][column] = True

    def _finder(self, row: int, column: int) -> None:
        for dr in range(-4, 5):
            for dc in range(-4, 5):
                r, c = row + dr, column + dc
                if 0 <= r < self.side and 0 <= c < self.side:
                    self._fix(r, c, is_dark=max(abs(dr), abs(dc)) not in (2, 4))

    def _alignments(self) -> None:
        if self.version == 1:
            return
        count = self.version // 7 + 2
        step = (self.version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
        places = [6, *reversed([self.side - 7 - i * step for i in range(count - 1)])]
        corners = {(6, 6), (6, self.side - 7), (self.side - 7, 6)}
        for row in places:
            for column in places:
                if (row, column) in corners:
                    continue
                for dr in range(-2, 3):
                    for dc in range(-2, 3):
                        self._fix(row + dr, column + dc, is_dark=max(abs(dr), abs(dc)) != 1)

    def _format(self, grid: list[list[bool]], mask: int) -> None:
        """Level M is 0, so the format is the mask alone, with its check bits."""
        rest = mask
        for _ in range(10):
            rest = rest << 1 ^ (rest >> 9) * 0x537
        bits = (mask << 10 | rest) ^ 0x5412
        side = self.side
        first = [(i, 8) for i in range(6)] + [(7, 8), (8, 8), (8, 7)] + [(8, 14 - i) for i in range(9, 15)]
        second = [(8, side - 1 - i) for i in range(8)] + [(side - 15 + i, 8) for i in range(8, 15)]
        for i in range(15):
            for row, column in (first[i], second[i]):
                grid[row][column] = bool(bits >> i & 1)
                self.fixed[row][column] = True
        grid[side - 8][8] = True
        self.fixed[side - 8][8] = True

    def _version_bits(self) -> None:
        if self.version < 7:
            return
        rest = self.version
        for _ in range(12):
            rest = rest << 1 ^ (rest >> 11) * 0x1F25
        bits = self.version << 12 | rest
        for i in range(18):
            a, b = self.side - 11 + i % 3, i // 3
            self._fix(a, b, is_dark=bool(bits >> i & 1))
            self._fix(b, a, is_dark=bool(bits >> i & 1))

    def _places(self) -> Iterator[tuple[int, int]]:
        """The zigzag from the lower right corner, two columns at a time, round the upright timing line."""
        is_upward = True
        for right in [*list(range(self.side - 1, 6, -2)), 5, 3, 1]:
            rows = range(self.side - 1, -1, -1) if is_upward else range(self.side)
            for row in rows:
                for column in (right, right - 1):
                    if not self.fixed[row][column]:
                        yield row, column
            is_upward = not is_upward

    def place(self, words: bytes) -> None:
        bits = (bit for word in words for bit in _bits(word, 8))
        for (row, column), bit in zip(self._places(), bits, strict=False):
            self.dark[row][column] = bool(bit)

    def masked(self, mask: int) -> list[list[bool]]:
        rule = _MASKS[mask]
        grid = [
            [dark != (not self.fixed[r][c] and rule(r, c) == 0) for c, dark in enumerate(row)]
            for r, row in enumerate(self.dark)
        ]
        self._format(grid, mask)
        return grid


def _penalty(grid: list[list[bool]]) -> int:
    """How hard a camera would find it: long runs, squares, false finders, uneven darkness."""
    side = len(grid)
    lines = ["".join("1" if dark else "0" for dark in row) for row in grid]
    lines += ["".join(column) for column in zip(*lines, strict=True)]
    total = 0
    for line in lines:
        for run in line.replace("01", "0 1").replace("10", "1 0").split():
            total += len(run) - 2 if len(run) >= 5 else 0
        total += 40 * sum(line.startswith(("10111010000", "00001011101"), i) for i in range(side - 10))
    for r in range(side - 1):
        for c in range(side - 1):
            total += 3 * (grid[r][c] == grid[r][c + 1] == grid[r + 1][c] == grid[r + 1][c + 1])
    dark = sum(map(sum, grid))
    return total + 10 * (abs(dark * 20 - side * side * 10) // (side * side))
