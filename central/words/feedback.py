"""What people read when a help call, a rating or a complaint cannot be taken as it was sent."""

from __future__ import annotations

from booking.localized import LocalizedText


def _text(zh: str, en: str) -> LocalizedText:
    return LocalizedText({"zh-CN": zh, "en": en})


NOT_DONE = {
    "already_taken": _text("已有同事接手这次求助。", "A colleague has taken this call already."),
    "not_the_owner": _text(
        "这次求助由另一位同事负责，请先由其转交。", "Another colleague owns this call; it must be handed over first."
    ),
    "already_solved": _text("这次求助已经处理完毕。", "This call has been solved already."),
    "not_visited": _text("就诊完成后才能评价。", "A visit can be rated once it has taken place."),
    "already_rated": _text("您已评价过这次就诊，谢谢。", "This visit has been rated already. Thank you."),
    "not_their_visit": _text(
        "只有患者本人或已登记的监护人、家庭成员才能评价。",
        "Only the patient or a registered guardian or family member can rate this visit.",
    ),
    "already_closed": _text("这件投诉已经办结。", "This complaint has been closed already."),
}
