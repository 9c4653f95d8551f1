"""What to tell patients of what they did at a terminal that was off line: Chinese, then English."""

from __future__ import annotations

from booking.decide import Reason
from booking.decide.effects import Message
from booking.localized import LocalizedText
from central.words.people import NOT_REGISTERED
from central.words.refusals import SENTENCES

_NOTHING = LocalizedText()


def _text(zh: str, en: str) -> LocalizedText:
    return LocalizedText({"zh-CN": zh, "en": en})


_OTHER_PLACE = _text(
    "您凭条上的号已另有安排，我们为您加了号，请以新号为准；如有疑问，请到导诊台。",
    "The number on your ticket was given to somebody else. You have an extra number instead; please ask at the "
    "information desk if anything is unclear.",
)
_BOOKED_TWICE = _text(
    "您在同一场次有两个预约，系统保留了其中一个，另一个已取消，不影响您的信誉。",
    "You had two bookings for the same session. One was kept; the other is cancelled and costs you nothing.",
)
_NOT_CANCELLED = _text(
    "您离线提交的取消申请未能办理，预约仍然有效；如需取消，请在截止时间前再次办理或到窗口咨询。",
    "The cancellation that you asked for could not be done and the booking stands. Please try again in time, or ask "
    "at a window.",
)
_NOT_CHANGED = _text(
    "您离线提交的改约申请未能办理，原预约仍然有效，请重新选择时段或到窗口咨询。",
    "The change that you asked for could not be done and your earlier booking stands. Please choose another time, or "
    "ask at a window.",
)
_NOT_ON_LIST = _text(
    "您离线提交的候补申请未能办理，请重新查询号源或到窗口咨询。",
    "You could not be put on the waiting list. Please look for places again, or ask at a window.",
)
_ASK_DESK = _text(
    "您的信息需要工作人员核对，请持本凭条到导诊台。",
    "Staff must check your details. Please take this ticket to the information desk.",
)

REASONS = {
    "place_taken": _OTHER_PLACE,
    "booked_twice": _BOOKED_TWICE,
    "changed_meanwhile": _text(
        "该预约在此期间已有变动，本次申请未能办理，请重新查询。",
        "This booking was changed meanwhile, so the request could not be done. Please look it up again.",
    ),
    "unknown_person": _ASK_DESK,
    "seal_broken": _ASK_DESK,
    "details_unreadable": _ASK_DESK,
    "booking_id_in_use": _ASK_DESK,
    "number_in_use": _ASK_DESK,
    "lease_of_another": _ASK_DESK,
    "booking_is_over": _ASK_DESK,
    "unknown_session": _ASK_DESK,
}
"""For answers to terminals, by the reason's code."""

MESSAGES = {
    Message.OTHER_PLACE: _OTHER_PLACE,
    Message.BOOKED_TWICE: _BOOKED_TWICE,
    Message.STANDS_NOTED: _text(
        "您离线办理的预约已保留。部分规则当时无法核实，请留意今后的预约规定。",
        "The booking that you made off line stands, although a rule that could not be checked then would have stood in "
        "its way.",
    ),
    Message.DOES_NOT_STAND: _text(
        "很抱歉，您离线办理的预约与规定不符，已取消，不影响您的信誉。请重新预约或到窗口办理。",
        "We are sorry: the booking that you made off line could not stand by the rules. It is cancelled and costs you "
        "nothing. Please book again, or ask at a window.",
    ),
    Message.NOT_CANCELLED: _NOT_CANCELLED,
    Message.NOT_CHANGED: _NOT_CHANGED,
    Message.NOT_ON_LIST: _NOT_ON_LIST,
    Message.DETAILS_NEEDED: _text(
        "您在自助机登记的信息需要核对，请带证件到窗口或导诊台补全，预约不受影响。",
        "Some details that you registered at a terminal must be checked. Please bring your document to a window or "
        "the information desk; your bookings stand.",
    ),
}
"""For messages, which carry no more than their facts."""


def sentence_of(reason: str) -> LocalizedText:
    """What to tell the patient of an answer with this reason; empty where nothing is to be said without its facts."""
    known = REASONS.get(reason) or NOT_REGISTERED.get(reason)
    if known is None and reason in set(Reason):
        known = SENTENCES[Reason(reason)]
    if known is None or any("{" in text for text in known.by_language.values()):
        return _NOTHING
    return known
