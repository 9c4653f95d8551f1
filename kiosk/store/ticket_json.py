"""Tickets as JSON for the spool: each block with its name, so that an old spool is read by newer code.

Decides the form only; what is on a ticket is decided by whoever writes it.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from kiosk.ports.tickets import (
    Align,
    BigNumber,
    Block,
    Columns,
    KeyValue,
    Mark,
    Notice,
    QrCode,
    Rule,
    Size,
    Space,
    Text,
    Ticket,
)

_BLOCKS: dict[str, type[Block]] = {
    "text": Text,
    "big_number": BigNumber,
    "key_value": KeyValue,
    "columns": Columns,
    "rule": Rule,
    "notice": Notice,
    "qr": QrCode,
    "mark": Mark,
    "space": Space,
}
_NAMES = {kind: name for name, kind in _BLOCKS.items()}
_ENUMS = {"size": Size, "align": Align}


def ticket_to_json(ticket: Ticket) -> str:
    """The ticket's JSON."""
    return json.dumps(
        {
            "template": ticket.template,
            "template_version": ticket.template_version,
            "language": ticket.language,
            "blocks": [{"block": _NAMES[type(block)], **dataclasses.asdict(block)} for block in ticket.blocks],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def ticket_from_json(text: str) -> Ticket:
    """The ticket in this JSON. Blocks and fields that this release does not know are left out."""
    whole = json.loads(text)
    blocks = (_block(fields) for fields in whole["blocks"])
    return Ticket(
        template=whole["template"],
        template_version=whole["template_version"],
        language=whole["language"],
        blocks=tuple(block for block in blocks if block is not None),
    )


def _block(fields: dict[str, Any]) -> Block | None:
    kind = _BLOCKS.get(fields["block"])
    if kind is None:
        return None
    known = {field.name for field in dataclasses.fields(kind)}
    values = {name: value for name, value in fields.items() if name in known}
    for name, enum in _ENUMS.items():
        if name in values:
            values[name] = enum(values[name])
    if "cells" in values:
        values["cells"] = tuple(values["cells"])
    return kind(**values)
