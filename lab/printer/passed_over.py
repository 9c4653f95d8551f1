"""Commands that a printer accepts and this one has no use for: how long they are, so that they do no harm. Pure."""

from __future__ import annotations

from lab.printer.operations import NotUnderstood, Operation

# Commands that change nothing here: what follows their two bytes.
PASSED_OVER = {
    b"\x1b ": 1, b"\x1b$": 2, b"\x1b-": 1, b"\x1b=": 1, b"\x1bM": 1, b"\x1bR": 1, b"\x1bT": 1, b"\x1bV": 1,
    b"\x1b\\": 2, b"\x1bc": 2, b"\x1bp": 3, b"\x1bt": 1, b"\x1b{": 1, b"\x1bL": 0, b"\x1bS": 0,
    b"\x1c-": 1, b"\x1cC": 1, b"\x1cS": 2, b"\x1cW": 1,
    b"\x1dH": 1, b"\x1dL": 2, b"\x1dW": 2, b"\x1db": 1, b"\x1df": 1, b"\x1dh": 1, b"\x1dw": 1, b"\x1d\\": 2,
    b"\x1d$": 2, b"\x1dP": 2,
}  # fmt: skip


def pass_over(data: bytearray, length: int) -> tuple[Operation, ...]:
    """Take bytes that do nothing."""
    del data[:length]
    return ()


def column_picture(data: bytearray) -> tuple[Operation, ...] | None:
    """ESC *: pictures by columns, which nobody here sends."""
    if len(data) < 5:
        return None
    size = int.from_bytes(data[3:5], "little") * (3 if data[2] in (32, 33) else 1)
    if len(data) < 5 + size:
        return None
    del data[: 5 + size]
    return (NotUnderstood(b"\x1b*"),)


def up_to_nul(data: bytearray) -> tuple[Operation, ...] | None:
    """ESC D: tab stops."""
    end = data.find(0, 2)
    return None if end == -1 else pass_over(data, end + 1)


def barcode(data: bytearray) -> tuple[Operation, ...] | None:
    """GS k, in both its forms."""
    if len(data) < 4:
        return None
    if data[2] <= 6:
        end = data.find(0, 3)
        length = end + 1
    else:
        length = 4 + data[3]
        end = length if len(data) >= length else -1
    if end == -1:
        return None
    del data[:length]
    return (NotUnderstood(b"\x1dk"),)
