"""The ticket for the screen: the same page as on paper as a PNG, and its words for those who cannot see it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from kiosk.ports.tickets import BigNumber, Block, Columns, KeyValue, Mark, Notice, QrCode, Rule, Space, Text, Ticket


def picture_png(page: Image.Image) -> bytes:
    """The page as PNG bytes."""
    png = BytesIO()
    page.save(png, format="PNG", optimize=True)
    return png.getvalue()


def text_lines(ticket: Ticket) -> tuple[str, ...]:
    """What stands on the ticket, one line a thing, from top to bottom. A QR code is its caption."""
    return tuple(line for block in ticket.blocks for line in _lines(block) if line)


def _lines(block: Block) -> tuple[str, ...]:
    match block:
        case Text() | Notice() | Mark():
            return (block.text,)
        case BigNumber():
            return (f"{block.caption} {block.text}".strip(),)
        case KeyValue():
            return (f"{block.key} {block.value}",)
        case Columns():
            return ("  ".join(block.cells),)
        case QrCode():
            return (block.caption,)
        case Rule() | Space():
            return ()
