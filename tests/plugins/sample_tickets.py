"""Tickets of invented people, for every test that prints."""

from __future__ import annotations

from kiosk.ports.tickets import Align, BigNumber, KeyValue, Mark, Notice, QrCode, Rule, Size, Space, Text, Ticket

BOOKING_QR = "B1123456789012"
SIGNED_QR = "T1" + "7G4RX0PZ+C2A9KQ$B/" * 8

CHINESE = Ticket(
    "queue",
    1,
    "zh-CN",
    (
        Text("仁和市第一人民医院", Size.TITLE, Align.CENTRE, is_bold=True),
        Text("就诊凭条", align=Align.CENTRE),
        Mark("预约专用章"),
        BigNumber("A023", "就诊序号"),
        Rule(),
        KeyValue("姓名", "张*丰"),
        KeyValue("科室", "心血管内科门诊"),
        KeyValue("医生", "王建国 主任医师"),
        KeyValue("诊室", "门诊楼3层 306诊室（东区）"),
        KeyValue("就诊时段", "11月22日 09:30–10:00"),
        KeyValue("前面还有", "6 人，预计 09:40 就诊"),
        Rule(),
        Notice("请空腹，并携带既往检查报告（心电图、彩超）。请提前5分钟到诊室门口候诊。"),
        QrCode(BOOKING_QR, "在诊室门口扫码\n预约号 1234 5678 9012"),
        Rule(is_dashed=False),
        Text("打印时间 2026-11-22 09:12   终端 K-03", Size.SMALL, Align.CENTRE),
    ),
)

ENGLISH = Ticket(
    "queue",
    1,
    "en",
    (
        Text("Renhe First People's Hospital", Size.TITLE, Align.CENTRE, is_bold=True),
        Text("Queue ticket", align=Align.CENTRE),
        Mark("预约专用章 Booked visit"),
        BigNumber("A023", "Your number"),
        Rule(),
        KeyValue("Name", "Z*** S***"),
        KeyValue("Department", "Cardiology"),
        KeyValue("Doctor", "Dr Wang, Chief Physician"),
        KeyValue("Room", "Building A, Floor 3, Room 306 (East Wing)"),
        KeyValue("Time slot", "22 Nov, 09:30–10:00"),
        KeyValue("People ahead", "6, expected 09:40"),
        Rule(),
        Notice("Please come fasting and bring earlier reports (ECG, ultrasound) to the clinic’s desk."),
        QrCode(BOOKING_QR, "Scan at the room\n1234 5678 9012"),
        Rule(is_dashed=False),
        Text("Printed 2026-11-22 09:12   Terminal K-03", Size.SMALL, Align.CENTRE),
    ),
)

RARE = Ticket(
    "queue",
    1,
    "zh-CN",
    (
        Text("仁和市第一人民医院", Size.TITLE, Align.CENTRE, is_bold=True),
        Mark("补打 第2联"),
        BigNumber("内012", "就诊序号"),
        Rule(),
        KeyValue("姓名", "𠮷*䶮"),
        KeyValue("医生", "㛃𫖯鿏 副主任医师"),
        KeyValue("字库外", "\U000e0041\uf8ff"),
        Space(2),
        Notice("本凭条为补打，原凭条同样有效；就诊以叫号屏为准。"),
        QrCode(SIGNED_QR, "脱机凭条：请在诊室出示"),
        Rule(is_dashed=False),
        Text("打印时间 2026-11-22 09:12   终端 K-03", Size.SMALL, Align.CENTRE),
    ),
)


def numbered(number: str) -> Ticket:
    """A short ticket that can be told from others by its QR code."""
    return Ticket("queue", 1, "zh-CN", (BigNumber(number, "就诊序号"), QrCode(f"T1{number}", "扫码")))
