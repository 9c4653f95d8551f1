"""What to tell the patient when the rules refuse a booking or what is done with one: Chinese, then English.

Names in braces are the refusal's facts; a sentence uses only those that its reason always brings.
"""

from __future__ import annotations

from booking.decide import Reason

BOOKING_SENTENCES: dict[Reason, tuple[str, str]] = {
    Reason.CANNOT_KNOW: (
        "有些信息目前无法核实，暂时不能办理，请到服务台咨询。",
        "Some details cannot be verified at the moment. Please ask at the service desk.",
    ),
    Reason.NAME_NEEDED: ("请先登记患者姓名，预约实行实名制。", "Please register the patient's name first."),
    Reason.DOCUMENT_NEEDED: (
        "请出示有效身份证件或就诊卡，预约实行实名制。",
        "Please show an identity document or a card: bookings are made in the patient's real name.",
    ),
    Reason.DOCUMENT_NOT_ACCEPTED: (
        "本院暂不支持使用这种证件，请换一种证件或到服务台办理。",
        "This hospital cannot accept this document. Please use another one or ask at the service desk.",
    ),
    Reason.CONTACT_NEEDED: (
        "请先登记手机号码或其他联系方式。",
        "Please register a mobile number or another way to reach you first.",
    ),
    Reason.CARD_READ_NEEDED: (
        "您的信息尚未核验，请持本人证件到医院刷卡核验后再预约。",
        "Your details have not been verified yet. Please have your card read at the hospital first.",
    ),
    Reason.NOT_THE_GUARDIAN: (
        "只有患者本人或已登记的监护人、家庭成员才能办理。",
        "Only the patient or a registered guardian or family member can do this.",
    ),
    Reason.NOT_FOR_THESE_EYES: ("您无权查看这些信息。", "You may not see this information."),
    Reason.CHANNEL_OFF: ("这个渠道目前暂停服务，请使用其他渠道。", "This service is switched off. Please use another."),
    Reason.CHANNEL_CLOSED: (
        "现在不在本渠道的预约时间内，请稍后再来。",
        "This service is closed at this hour. Please come back later.",
    ),
    Reason.CHANNEL_MAY_NOT: (
        "这个渠道不能办理此项业务，请到窗口办理。",
        "This cannot be done here. Please go to a registration window.",
    ),
    Reason.NOT_OFFERED: (
        "该科室或医生目前不开放预约，请选择其他科室或医生。",
        "This department or doctor cannot be booked at the moment. Please choose another.",
    ),
    Reason.NOT_YET_RELEASED: ("{service_date} 的号源还未放号。", "Places for {service_date} are not open yet."),
    Reason.WAIT_FOR_TURN: ("现在预约人数较多，请排队等候。", "Many people are booking now. Please wait for your turn."),
    Reason.DAY_TOO_SOON: (
        "现在最早可以预约 {service_date}。",
        "The earliest day that can be booked now is {service_date}.",
    ),
    Reason.DAY_TOO_FAR: (
        "这一天（{service_date}）还不能预约，请选择较近的日期。",
        "This day cannot be booked yet ({service_date}). Please choose an earlier one.",
    ),
    Reason.BOOKING_CLOSED: ("这个时段的预约已截止。", "Booking for this time has closed."),
    Reason.FULL: (
        "号源已约满，请选择其他时段、其他医生，或加入候补。",
        "No place is left. Please choose another time or doctor, or join the waiting list.",
    ),
    Reason.ONLY_RESERVED_LEFT: (
        "只剩为老年人、残疾人等优先人群保留的号源。",
        "Only places kept for older, disabled and other priority patients are left.",
    ),
    Reason.SAME_DEPARTMENT_AND_DAY: (
        "您在 {service_date} 已有该科室的预约。",
        "You already have a booking in this department on {service_date}.",
    ),
    Reason.TOO_MANY_THAT_DAY: (
        "{service_date} 您已有 {count} 个预约，达到上限。",
        "You have {count} bookings on {service_date}, which is the limit.",
    ),
    Reason.TOO_MANY_THAT_WEEK: (
        "这一周您已有 {count} 个预约，达到上限。",
        "You have {count} bookings in that week, which is the limit.",
    ),
    Reason.SAME_TIME: (
        "您在这个时间已有其他预约，请选择其他时段。",
        "You have another booking at this time. Please choose another time.",
    ),
    Reason.SUSPENDED: (
        "您的预约资格暂停至 {until}（含当日），期间请到人工窗口挂号。",
        "You cannot book until after {until}. Until then please register at a window.",
    ),
    Reason.REACTIVATION_NEEDED: (
        "暂停期已满，请持有效证件到客户服务中心或初诊服务台恢复预约资格。",
        "Your suspension is over. Please bring a document to the customer-service centre to have booking restored.",
    ),
    Reason.BLACKLISTED: (
        "因多次失约，您目前不能预约，请到人工窗口咨询。",
        "Because of missed bookings you cannot book at present. Please ask at a window.",
    ),
    Reason.RESTRICTED: (
        "因频繁抢号或改约，您在 {until}（含当日）前不能预约。",
        "Because of frequent changes you cannot book until after {until}.",
    ),
    Reason.NOTICE_NOT_SHOWN: (
        "请先阅读就诊须知，再确认预约。",
        "Please read the notice before you confirm the booking.",
    ),
    Reason.ORDER_NEEDED: (
        "检查和抽血须凭医生开具的申请单预约。",
        "Examinations are booked from a doctor's order only.",
    ),
    Reason.ORDER_UNPAID: (
        "申请单中有项目尚未缴费，请先缴费。",
        "Some of the ordered items are not paid yet. Please pay first.",
    ),
    Reason.ORDER_DIFFERS: (
        "缴费项目与申请单不一致，请到收费窗口核对。",
        "What was paid differs from what was ordered. Please ask at the cashier's window.",
    ),
    Reason.ORDER_BOOKED: (
        "申请单上的项目已经预约过，如需换时间，请更改原预约。",
        "What was ordered is booked already. For another time, please change that booking.",
    ),
    Reason.FASTING_IN_THE_MORNING: ("空腹项目请预约上午时段。", "Fasting items need an early time in the morning."),
    Reason.PREPARATION_TOO_SHORT: (
        "该项目需要提前 {limit} 天准备，最早可约 {service_date}。",
        "This item needs {limit} days of preparation: {service_date} is the first possible day.",
    ),
    Reason.SERIES_TOO_LATE: (
        "该项目需多次采样，请选择更早的时段。",
        "This item takes several samples over time. Please choose an earlier time.",
    ),
    Reason.INCOMPATIBLE_ITEMS: (
        "这些项目不能安排在同一天，请换一天。",
        "These items cannot be done on the same day. Please choose another day.",
    ),
    Reason.WORKING_DAYS_ONLY: ("请选择工作日的时段。", "Please choose a working day."),
    Reason.LABORATORY_MORNINGS_ONLY: ("化验项目请选择工作日上午。", "For laboratory items please choose a morning."),
    Reason.NOT_ON_REST_DAYS: (
        "节假日和周末不办理现场检查预约，请工作日再来。",
        "Examinations are not booked on the spot on weekends and holidays.",
    ),
    Reason.WAITING_LIST_OFF: ("本院未开通候补预约。", "This hospital keeps no waiting list."),
    Reason.PLACES_ARE_FREE: ("目前还有号源，请直接预约。", "Places are free: please book one."),
    Reason.ALREADY_WAITING: ("您已在候补名单中。", "You are on this waiting list already."),
    Reason.WAITING_LIST_FULL: (
        "候补人数已满，请选择其他时段。",
        "The waiting list is full. Please choose another time.",
    ),
    Reason.DEADLINE_PASSED: (
        "已过取消和改约的截止时间，请到窗口咨询。",
        "The deadline for this has passed. Please ask at a window.",
    ),
    Reason.COST_NOT_SHOWN: (
        "现在办理会影响您的预约信誉（{count}），请先确认。",
        "Doing this now counts against your record ({count}). Please confirm that you know.",
    ),
    Reason.TOO_MANY_CHANGES: (
        "您近期已改约 {count} 次，达到上限。",
        "You have changed bookings {count} times lately, which is the limit.",
    ),
    Reason.STATE_FORBIDS: (
        "这个预约目前的状态不能办理此项操作。",
        "This cannot be done with the booking as it stands.",
    ),
    Reason.CONFIRMED_TOO_LATE: ("已过确认时限，请重新预约。", "The time to confirm is over. Please book again."),
    Reason.CONFIRMATION_NOT_ASKED: ("这个预约无需确认。", "This booking needs no such confirmation."),
    Reason.NOT_YET_DUE: ("时间未到。", "It is not time for this yet."),
    Reason.NOT_TODAY: ("现场挂号只限当日号源。", "On the spot only today's places can be had."),
    Reason.WALK_IN_OFF: ("本院不办理现场挂号，请预约。", "This hospital registers nobody on the spot. Please book."),
    Reason.WALK_IN_CLOSED: ("现在不在现场挂号时间内。", "Registration on the spot is closed at this hour."),
    Reason.SCREENING_NEEDED: ("请先完成预检分诊。", "Please go through the infection screening first."),
    Reason.LED_TO_CLINIC: (
        "请按预检分诊的指引到相应门诊就诊。",
        "Please go to the clinic that the screening has named.",
    ),
    Reason.EXCUSED: ("这次缺诊已获谅解。", "This absence is excused."),
    Reason.SAME_DEPARTMENT: ("患者已在该科室。", "The patient is in this department already."),
    Reason.RIGHT_NEEDED: ("您没有办理此项业务的权限。", "You have no right to do this."),
    Reason.NOT_THEIR_DOCTOR: ("只有患者的接诊医生可以办理。", "Only the patient's own doctor can do this."),
    Reason.REASON_NEEDED: ("请填写原因。", "Please give a reason."),
    Reason.ADD_ONS_USED_UP: ("本场次加号已达上限（{limit} 个）。", "This session has all of its {limit} added places."),
    Reason.EXEMPTIONS_USED_UP: (
        "本场次的例外名额已用完（{limit} 个）。",
        "This session has all of its {limit} exemptions.",
    ),
    Reason.OFF_HOURS_OFF: (
        "本院不提供非工作时间预约服务。",
        "This hospital gives no appointments outside working hours.",
    ),
    Reason.OFF_HOURS_NOT_ENTITLED: (
        "非工作时间预约服务面向 {limit} 岁以上、残疾或行动不便的人士。",
        "Appointments outside working hours are for people over {limit}, disabled or prevented.",
    ),
    Reason.PUBLIC_HOLIDAY: ("{service_date} 是法定节假日，不能预约。", "{service_date} is a public holiday."),
    Reason.OFF_HOURS_TOO_SOON: (
        "请至少提前 {limit} 个工作日预约。",
        "Please book at least {limit} working days ahead.",
    ),
    Reason.WITHIN_WORKING_HOURS: (
        "该时间在工作时间内，请按普通方式预约。",
        "This lies within working hours: please book as usual.",
    ),
    Reason.STAFF_NOT_NAMED: ("请填写接待人员姓名和电话。", "Please name the member of staff and their phone."),
    Reason.REQUESTS_OFF: ("本院不受理此类申请。", "This hospital takes no such requests."),
    Reason.REQUEST_STATE_FORBIDS: (
        "这个申请目前的状态不能办理此项操作。",
        "This cannot be done with the request as it stands.",
    ),
    Reason.TIME_NEEDED: ("请填写安排的时间。", "Please give the time that was granted."),
}
