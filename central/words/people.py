"""What to tell people about registrations, and about how they stand."""

from __future__ import annotations

from booking.credit import Act, Cause, LineState
from booking.localized import LocalizedText


def _text(zh: str, en: str) -> LocalizedText:
    return LocalizedText({"zh-CN": zh, "en": en})


NOT_REGISTERED = {
    "name_missing": _text("请填写患者姓名。", "Please give the patient's name."),
    "name_too_long": _text("姓名过长，请到窗口办理。", "The name is too long. Please register at the window."),
    "document_missing": _text("请提供有效证件。", "Please give an identity document."),
    "document_wrong": _text("证件号码有误，请核对后重新填写。", "The document number is not right. Please check it."),
    "document_ended": _text(
        "该证件已停用或未通过审核，请持证件原件到窗口办理。",
        "This document no longer counts. Please come to the window with the document itself.",
    ),
    "contact_missing": _text(
        "请填写手机号码或其他联系方式。", "Please give a mobile number or another way to reach you."
    ),
    "contact_too_long": _text("联系方式过长，请核对。", "The contact is too long. Please check it."),
    "phone_wrong": _text("手机号码有误，请核对后重新填写。", "The mobile number is not right. Please check it."),
    "birth_date_differs": _text("出生日期与证件不符，请核对。", "The birthday differs from the document's."),
    "birth_date_wrong": _text("出生日期有误，请核对。", "The birthday is not right. Please check it."),
    "sex_differs": _text("性别与证件不符，请核对。", "The sex differs from the document's."),
    "refused": _text("建档未通过审核，请到窗口办理。", "The registration was refused. Please come to the window."),
    "other_name": _text(
        "该证件无法用此姓名建档，请持证件原件到窗口办理。",
        "This document cannot be registered under this name. Please come to the window with it.",
    ),
    "two_records": _text(
        "您的信息需要工作人员核对，请到窗口办理。", "Staff must check your records. Please come to the window."
    ),
}

NOT_DONE = {
    "reason_needed": _text("请填写理由。", "Please give a reason."),
    "unknown_entry": _text("没有找到这条记录。", "There is no such entry."),
    "already_void": _text("这条记录已撤销。", "This entry is void already."),
    "appeal_closed": _text(
        "这条记录已过申诉期，或无需申诉。", "The time to appeal this entry is over, or there is no need to."
    ),
    "already_appealed": _text("这条记录已申诉。", "This entry was appealed already."),
    "no_appeal_open": _text("这条记录没有待处理的申诉。", "There is no open appeal for this entry."),
    "nothing_to_lift": _text("当前没有需要解除的限制。", "There is nothing to lift."),
}

ACTS = {
    Act.NO_SHOW: _text("预约后未就诊（爽约）", "Did not come"),
    Act.LATE: _text("迟到", "Came late"),
    Act.CANCELLED: _text("取消预约", "Cancelled"),
    Act.CANCELLED_LATE: _text("超过免责时间取消预约", "Cancelled after the free deadline"),
    Act.LAPSED: _text("未在规定时间内确认预约", "Did not confirm in time"),
    Act.CHANGED: _text("更改预约", "Changed a booking"),
    Act.GRABBED: _text("异常抢号", "Took places as a program does"),
}

CAUSES = {
    Cause.PATIENT: _text("", ""),
    Cause.CLINIC_STOPPED: _text("医院停诊", "The clinic was cancelled"),
    Cause.HOSPITAL_FAULT: _text("医院设备或系统故障", "A fault of the hospital's own"),
    Cause.ASSUMED: _text("离线受理的预约未能成立", "Accepted off line and not upheld"),
    Cause.DOCTOR: _text("医生改约", "Moved by the doctor"),
    Cause.EXCUSED: _text("已获准假", "Excused"),
}

LINE_STATES = {
    LineState.COUNTS: _text("计入", "Counts"),
    LineState.FREE: _text("本院不扣分", "Costs nothing here"),
    LineState.PROVISIONAL: _text("待核实，暂不计入", "Provisional, not counted yet"),
    LineState.VOIDED: _text("已撤销", "Void"),
    LineState.ARRIVED: _text("已报到，不计入", "You had checked in; not counted"),
    LineState.NOT_THE_PATIENT: _text("非患者原因，不计入", "Not your doing; not counted"),
    LineState.ONCE_A_BOOKING: _text("同一预约只计一次", "One booking counts once"),
    LineState.LAPSED: _text("已过期", "Lapsed"),
    LineState.SETTLED: _text("已结清", "Settled"),
}

HOW_TO_APPEAL = _text(
    "如有异议，请在期限内在线申诉，或到客户服务中心办理。",
    "If you disagree, appeal on line before the date shown, or at the customer service centre.",
)
SUSPENDED = _text(
    "暂停预约至 {until}（含当日）。期间请到挂号窗口办理；已有预约仍可报到。",
    "Booking is suspended until {until} (that day included). The registration window serves you meanwhile; bookings"
    " that you have can still be checked in.",
)
AWAITING = _text(
    "停约期已满。请持身份证、户口簿或出生证明到客户服务中心或初诊处恢复预约资格。",
    "The suspension is over. Please show an identity card, household register or birth certificate at the customer"
    " service centre or first-visit desk to book again.",
)
RESTRICTED = _text(
    "因抢号或频繁改约，预约受限至 {until}（含当日）。",
    "Because of grabbing or frequent changes, booking is restricted until {until} (that day included).",
)
BLACKLISTED = _text(
    "您在爽约名单上，请到窗口办理。", "You are on the list of missed visits. Please come to the window."
)


def until(text: LocalizedText, day: str) -> LocalizedText:
    """A sentence with its day."""
    return LocalizedText({language: words.format(until=day) for language, words in text.by_language.items()})
