"""Examinations with their one-time notices, announcements, and the public holidays. Data only."""

from __future__ import annotations

from booking.roster.plans import ClinicKind
from central.sample.kinds import SampleNotice, SampleService, Two

_ORDER: Two = ("检查申请单、就诊卡或身份证", "The order, and your card or ID card")

SERVICES = (
    SampleService(
        code="GLU",
        kind=ClinicKind.BLOOD_DRAW,
        name=("空腹血糖", "Fasting glucose"),
        bring=_ORDER,
        prepare=("采血前空腹 8 至 12 小时，可少量饮水。", "Eat nothing for 8 to 12 hours; a little water is fine."),
        duration_min=5,
        fee_cents=600,
        is_fasting=True,
    ),
    SampleService(
        code="CBC",
        kind=ClinicKind.BLOOD_DRAW,
        name=("血常规", "Blood count"),
        bring=_ORDER,
        prepare=None,
        duration_min=5,
        fee_cents=2_000,
    ),
    SampleService(
        code="OGTT",
        kind=ClinicKind.BLOOD_DRAW,
        name=("葡萄糖耐量试验", "Glucose tolerance test"),
        bring=_ORDER,
        prepare=(
            "空腹 8 至 12 小时；服糖后 60、120 分钟各采血一次，全程约 2.5 小时，请勿进食。",
            "Eat nothing for 8 to 12 hours; blood is drawn again after 60 and 120 minutes.",
        ),
        duration_min=150,
        fee_cents=4_800,
        is_fasting=True,
    ),
    SampleService(
        code="US-ABD",
        kind=ClinicKind.ULTRASOUND,
        name=("腹部超声", "Ultrasound of the abdomen"),
        bring=_ORDER,
        prepare=("检查前空腹 8 小时以上。", "Eat nothing for at least 8 hours."),
        duration_min=15,
        fee_cents=12_000,
        is_fasting=True,
    ),
    SampleService(
        code="US-HEART",
        kind=ClinicKind.ULTRASOUND,
        name=("心脏超声", "Echocardiography"),
        bring=_ORDER,
        prepare=None,
        duration_min=20,
        fee_cents=18_000,
    ),
    SampleService(
        code="CT-CHEST",
        kind=ClinicKind.RADIOLOGY,
        name=("胸部 CT 平扫", "CT of the chest"),
        bring=_ORDER,
        prepare=(
            "请取下金属饰物；孕妇及备孕者请先告知医生。",
            "Take off metal; tell us if you may be pregnant.",
        ),
        duration_min=10,
        fee_cents=26_000,
    ),
)

_NOTES = SampleNotice(
    kind="notes",
    title=("预约须知", "Booking notes"),
    body=(
        "预约实行实名制，请携带本人有效证件，并于就诊时段前到自助机或导诊台报到。",
        "Book under your own name, bring your document, and check in before your time.",
    ),
)
_STEPS = SampleNotice(
    kind="steps",
    title=("就诊流程", "How your visit goes"),
    body=(
        "预约、报到、候诊、就诊、缴费、检查或取药。",
        "Book, check in, wait, see the doctor, pay, pharmacy.",
    ),
)
_COMPLAINTS = SampleNotice(
    kind="complaints",
    title=("投诉与建议", "Complaints and suggestions"),
    body=("服务监督电话 000-8200 1699，每日 08:00 至 17:30。", "Call 000-8200 1699, every day 08:00 to 17:30."),
)

FIRST_NOTICES = (
    _NOTES,
    _STEPS,
    _COMPLAINTS,
    SampleNotice(
        kind="rule_change",
        title=("预约取消规则", "Cancelling a booking"),
        body=(
            "就诊前 24 小时可免责取消；多次爽约将列入名单，暂停预约。",
            "Cancelling is free of consequence until 24 hours before; missed visits suspend booking.",
        ),
    ),
)
SECOND_NOTICES = (
    _NOTES,
    _STEPS,
    SampleNotice(
        kind="rule_change",
        title=("预约信誉分", "Trust points"),
        body=(
            "每人 12 分：爽约扣 4 分，迟到扣 3 分，取消扣 2 分；三个月内扣满 12 分，暂停预约 90 天。",
            "Twelve points: a missed visit costs 4, coming late 3, cancelling 2; all lost within three months means 90 days without booking.",  # noqa: E501 - one sentence
        ),
    ),
)

HOLIDAYS: tuple[tuple[int, int, Two], ...] = (
    (1, 1, ("元旦", "New Year's Day")),
    (5, 1, ("劳动节", "Labour Day")),
    (5, 2, ("劳动节", "Labour Day")),
    (10, 1, ("国庆节", "National Day")),
    (10, 2, ("国庆节", "National Day")),
    (10, 3, ("国庆节", "National Day")),
)
"""Month, day, name."""
