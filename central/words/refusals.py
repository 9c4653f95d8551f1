"""What to tell the patient for each reason: sent with every refusal, for terminals that do not know the reason yet."""

from __future__ import annotations

from booking.decide import Reason, RefusalFacts
from booking.localized import LocalizedText
from central.words.booking_refusals import BOOKING_SENTENCES

SENTENCES = {
    **{reason: LocalizedText({"zh-CN": zh, "en": en}) for reason, (zh, en) in BOOKING_SENTENCES.items()},
    Reason.TOO_EARLY: LocalizedText(
        {
            "zh-CN": "还没有到报到时间，请稍后再来。",
            "en": "Check-in has not opened yet. Please come back a little later.",
        }
    ),
    Reason.TOO_LATE: LocalizedText(
        {
            "zh-CN": "已过报到时间，请到导诊台，工作人员会帮助您。",
            "en": "The time for check-in has passed. Please go to the information desk; staff will help you.",
        }
    ),
    Reason.ALREADY_CHECKED_IN: LocalizedText(
        {
            "zh-CN": "您已报到，请到候诊区等候叫号。",
            "en": "You are checked in. Please wait in the waiting area until your number is called.",
        }
    ),
    Reason.BOOKING_CANCELLED: LocalizedText(
        {
            "zh-CN": "这个预约已取消。如有疑问，请到导诊台咨询。",
            "en": "This booking was cancelled. If you have a question, please ask at the information desk.",
        }
    ),
    Reason.BOOKING_NOT_ACTIVE: LocalizedText(
        {
            "zh-CN": "这个预约目前不能报到，请到导诊台咨询。",
            "en": "This booking cannot be checked in now. Please ask at the information desk.",
        }
    ),
    Reason.CLINIC_STOPPED: LocalizedText(
        {
            "zh-CN": "抱歉，本次门诊已停诊。请到导诊台，工作人员会为您安排。",
            "en": "We are sorry: this clinic is cancelled. Please go to the information desk; staff will help you.",
        }
    ),
    Reason.OTHER_DAY: LocalizedText(
        {
            "zh-CN": "这个预约不是今天的，请在就诊当天报到。",
            "en": "This booking is for another day. Please check in on the day of your visit.",
        }
    ),
    Reason.UNKNOWN_BOOKING: LocalizedText(
        {
            "zh-CN": "没有找到这个预约，请到导诊台咨询。",
            "en": "We could not find this booking. Please ask at the information desk.",
        }
    ),
    Reason.NEEDS_SERVER: LocalizedText(
        {
            "zh-CN": "现在无法核实您的预约，请到导诊台办理报到。",
            "en": "Your booking cannot be verified right now. Please check in at the information desk.",
        }
    ),
}


def sentence_for(reason: Reason, facts: RefusalFacts) -> LocalizedText:
    """What to tell the patient, with the refusal's own facts in it."""
    told = {
        "service_date": facts.service_date or "",
        "until": facts.until or "",
        "limit": facts.limit,
        "count": facts.count,
    }
    by_language = SENTENCES[reason].by_language
    return LocalizedText({language: text.format_map(told) for language, text in by_language.items()})
