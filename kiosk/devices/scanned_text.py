"""From a scanner's bytes to texts: where a code ends, and what may be in one. Pure.

A code ends with CR or LF, or where the scanner pauses: some are set up to send no terminator.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from kiosk.ports.scanners import CodeNotRead, CodeScanned

LONGEST_BYTES = 4_096
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Fed:
    """What is begun and what was completed."""

    begun: bytes
    is_overlong: bool
    events: tuple[CodeScanned | CodeNotRead, ...] = ()


NOTHING_BEGUN = Fed(b"", is_overlong=False)


def feed(before: Fed, data: bytes) -> Fed:
    """Take these bytes after what was begun. An overlong code is swallowed up to its end and refused once."""
    *ended, begun = (before.begun + data).replace(b"\r", b"\n").split(b"\n")
    events: list[CodeScanned | CodeNotRead] = []
    is_overlong = before.is_overlong
    for code in ended:
        if is_overlong or code:
            events.append(CodeNotRead() if is_overlong else judge(code))
        is_overlong = False
    if len(begun) > LONGEST_BYTES or is_overlong:
        return Fed(b"", is_overlong=True, events=tuple(events))
    return Fed(begun, is_overlong=False, events=tuple(events))


def pause(before: Fed) -> Fed:
    """The scanner sent nothing for a while: what was begun is a whole code."""
    if before.is_overlong:
        return Fed(b"", is_overlong=False, events=(CodeNotRead(),))
    return Fed(b"", is_overlong=False, events=(judge(before.begun),) if before.begun else ())


def judge(code: bytes) -> CodeScanned | CodeNotRead:
    """UTF-8, else GB18030; no control or invisible characters; without spaces at its ends."""
    if len(code) > LONGEST_BYTES:
        return CodeNotRead()
    for encoding in ("utf-8", "gb18030"):
        try:
            text = code.decode(encoding).strip(" ")
        except UnicodeDecodeError:
            continue
        is_clean = not any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in text)
        return CodeScanned(text) if text and is_clean else CodeNotRead()
    return CodeNotRead()
