"""Why a forced release is not done, as staff read it; and what it risks."""

from __future__ import annotations

from booking.localized import LocalizedText


def _text(chinese: str, english: str) -> LocalizedText:
    return LocalizedText({"zh-CN": chinese, "en": english})


NOT_RELEASED: dict[str, LocalizedText] = {
    "nothing_lent": _text(
        "没有可收回的号源：已售出、已退回或已收回。",
        "Nothing of this is lent any more: the places are sold, given back or released.",
    ),
    "nobody_asked": _text(
        "没有有效的收回申请，请先由一名工作人员申请。",
        "Nobody has asked for this, or too long ago. A member of staff must ask first.",
    ),
    "same_person": _text("申请人不能自己确认，请由另一名工作人员确认。", "A second member of staff must confirm."),
}
RISK = _text(
    "终端可能已售出这些号源。收回后若收到售出记录，患者将获得加号（超出限额），并由工作人员处理。",
    "The terminal may have sold these places. A sale that arrives after the release becomes an overflow: the patient"
    " gets an extra place above capacity, and staff get a task.",
)
"""Shown to both members of staff before anything is released."""
