"""Invented view models for every page, in Chinese and English, plain and hard."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from kiosk.journey.screen import (
    Action,
    AttractScreen,
    BookingRow,
    BookingsScreen,
    BusyScreen,
    DoneScreen,
    Frame,
    Icon,
    Intent,
    IntentKind,
    KeypadScreen,
    MessageScreen,
    PersonCard,
    Screen,
    Style,
    Tile,
    TimeoutWarning,
    Tone,
)

K = IntentKind


def pick(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def frame(lang: str, *, visit: bool = True, offline: bool = False) -> Frame:
    utilities = [
        Action(Intent(K.HELP), pick(lang, "帮助", "Help"), Style.QUIET, Icon.HELP),
        Action(
            Intent(K.LANGUAGE, "en" if lang == "zh" else "zh"), pick(lang, "English", "中文"), Style.QUIET, Icon.GLOBE
        ),
    ]
    if visit:
        utilities.append(Action(Intent(K.END), pick(lang, "结束", "Finish"), Style.DANGER, Icon.EXIT))
    return Frame(
        hospital=pick(lang, "江城市第一人民医院", "Jiangcheng First People's Hospital"),
        date=pick(lang, "11月22日 周日", "Sun 22 Nov"),
        time="10:08",
        language=pick(lang, "zh-CN", "en-GB"),
        utilities=tuple(utilities),
        offline_note=pick(lang, "离线办理", "Offline") if offline else "",
    )


def attract(lang: str = "zh", *, notice: bool = False, offline: bool = False) -> AttractScreen:
    return AttractScreen(
        frame=frame(lang, visit=False, offline=offline),
        greeting=pick(lang, "您好，欢迎就诊", "Welcome"),
        services_title=pick(lang, "在这里可以", "Here you can"),
        services=(
            Tile(Icon.CALENDAR_CHECK, pick(lang, "签到取号", "Check in")),
            Tile(Icon.TICKET, pick(lang, "打印小票", "Print ticket")),
            Tile(Icon.PIN, pick(lang, "候诊指引", "Find your clinic")),
        ),
        title=pick(lang, "请插入社保卡", "Insert your card"),
        title_other=pick(lang, "Insert your social security card", "请插入社保卡"),
        hint=pick(
            lang,
            "芯片朝下，轻轻推到底。读卡口在屏幕正下方。",
            "Chip first, push gently to the end. The slot is below the screen.",
        ),
        card_word=pick(lang, "社会保障卡", "Social security"),
        other_ways_title=pick(lang, "没有带卡？", "No card with you?"),
        other_ways=(
            Action(
                Intent(K.TYPE_NUMBER),
                pick(lang, "输入预约号", "Type number"),
                Style.QUIET,
                Icon.KEYPAD,
                pick(lang, "Booking number", "预约号"),
            ),
        ),
        notice=pick(
            lang,
            "小票纸用完了。签到照常办理，号码显示在屏幕上。",
            "No paper. You can still check in; your number is on the screen.",
        )
        if notice
        else "",
    )


def attract_no_reader(lang: str = "zh") -> AttractScreen:
    return replace(
        attract(lang, notice=True),
        title=pick(lang, "请输入预约号", "Type your booking number"),
        title_other=pick(lang, "Type your booking number", "请输入预约号"),
        hint=pick(lang, "在预约短信上，共 12 位数字", "12 digits, from your message"),
        card_word="",
        other_ways_title="",
    )


def busy(lang: str = "zh") -> BusyScreen:
    return BusyScreen(
        frame=frame(lang),
        title=pick(lang, "正在读卡", "Reading your card"),
        text=pick(lang, "请不要取出卡片。", "Leave your card in the slot."),
        steps=(
            pick(lang, "读取社保卡", "Read the card"),
            pick(lang, "查找今天的预约", "Find today's appointments"),
            pick(lang, "准备签到", "Get ready to check in"),
        ),
        current=1,
        actions=(Action(Intent(K.END), pick(lang, "取消", "Cancel"), Style.SECONDARY, Icon.CROSS),),
    )


def busy_plain(lang: str = "zh") -> BusyScreen:
    return replace(
        busy(lang),
        steps=(),
        actions=(),
        title=pick(lang, "正在打印小票", "Printing your ticket"),
        text=pick(lang, "出票口在屏幕右下方。", "The ticket comes out below the screen."),
    )


def keys(lang: str, *, submit: bool) -> tuple[Action, ...]:
    digits = [Action(Intent(K.DIGIT, d), d, Style.QUIET) for d in "123456789"]
    erase = Action(Intent(K.ERASE), pick(lang, "删除", "Delete"), Style.QUIET, Icon.BACKSPACE)
    zero = Action(Intent(K.DIGIT, "0"), "0", Style.QUIET)
    done = Action(
        Intent(K.SUBMIT), pick(lang, "确定", "OK") if submit else "", Style.PRIMARY, Icon.CHECK if submit else None
    )
    return (*digits, erase, zero, done)


def keypad(lang: str = "zh", *, error: bool = False) -> KeypadScreen:
    return KeypadScreen(
        frame=frame(lang),
        title=pick(lang, "输入预约号", "Type your booking number"),
        text=pick(lang, "预约短信里的 12 位数字。", "The 12 digits in your booking message."),
        groups=("3601", "82__", "____") if not error else ("3601", "8245", "7713"),
        keys=keys(lang, submit=False),
        actions=(
            Action(Intent(K.BACK), pick(lang, "返回", "Back"), Style.SECONDARY, Icon.BACK),
            Action(
                Intent(K.SUBMIT), pick(lang, "查找预约", "Find booking"), Style.PRIMARY, Icon.CHECK, is_enabled=error
            ),
        ),
        error=pick(lang, "这个号码对不上，请再看一遍短信。", "This number does not match. Check your message.")
        if error
        else "",
    )


def question(lang: str = "zh") -> KeypadScreen:
    return replace(
        keypad(lang),
        title=pick(lang, "核对是您本人", "Confirm it is you"),
        text=pick(lang, "请选一种方式，输入四位数字。", "Choose one, then type four digits."),
        groups=("66__",),
        choices=(
            Action(
                Intent(K.CHOOSE_QUESTION, "phone"),
                pick(lang, "手机后四位", "End of phone number"),
                Style.PRIMARY,
                Icon.PHONE,
            ),
            Action(
                Intent(K.CHOOSE_QUESTION, "birthday"), pick(lang, "生日月日", "Birthday"), Style.SECONDARY, Icon.CAKE
            ),
        ),
    )


def row(lang: str, i: int = 0) -> BookingRow:
    if i == 0:
        return BookingRow(
            pick(lang, "上午", "Morning"),
            "10:30",
            pick(lang, "心血管内科", "Cardiology"),
            pick(lang, "周文 主任医师", "Zhou Wen, chief physician"),
            pick(lang, "2 楼 B 区 3 诊室", "Floor 2, area B, room 3"),
            pick(lang, "可以签到", "Ready"),
            Tone.GOOD,
            Icon.CHECK,
            Action(Intent(K.SELECT, "b0"), pick(lang, "选择", "Choose")),
            is_selected=True,
        )
    if i == 1:
        return BookingRow(
            pick(lang, "上午", "Morning"),
            "11:00",
            pick(lang, "内分泌科", "Endocrinology"),
            pick(lang, "何敏 副主任医师", "He Min, senior physician"),
            pick(lang, "3 楼 A 区 1 诊室", "Floor 3, area A, room 1"),
            pick(lang, "可以签到", "Ready"),
            Tone.GOOD,
            Icon.CHECK,
            Action(Intent(K.SELECT, "b1"), pick(lang, "选择", "Choose")),
        )
    return BookingRow(
        pick(lang, "下午", "Afternoon"),
        "14:00",
        pick(lang, "眼科", "Eye clinic"),
        pick(lang, "林月 副主任医师", "Lin Yue, senior physician"),
        pick(lang, "3 楼 A 区 7 诊室", "Floor 3, area A, room 7"),
        pick(lang, "13:30 开始签到", "Opens 13:30"),
        Tone.CARE,
        Icon.CLOCK,
        None,
    )


def bookings(lang: str = "zh", count: int = 2) -> BookingsScreen:
    rows = {1: (row(lang, 0),), 2: (row(lang, 0), row(lang, 2)), 3: (row(lang, 0), row(lang, 1), row(lang, 2))}[count]
    return BookingsScreen(
        frame=frame(lang, offline=count == 3),
        title=pick(lang, "这是您吗？", "Is this you?"),
        privacy_note=pick(lang, "为保护隐私，部分信息用 * 代替。", "Some details are hidden to protect your privacy."),
        person=PersonCard(
            pick(lang, "张*丰", "J*** S***"),
            pick(lang, "男，1953 年出生", "Male, born 1953"),
            pick(lang, "社保卡，尾号 6688", "Card ending in 6688"),
        ),
        list_title=pick(lang, "您今天的预约", "Your appointments today"),
        list_hint=pick(lang, "选一个，再按“签到”", "Choose one, then check in"),
        rows=rows,
        actions=(
            Action(Intent(K.END), pick(lang, "不是我", "Not me"), Style.SECONDARY, Icon.CROSS),
            Action(Intent(K.CHECK_IN), pick(lang, "签到 10:30", "Check in 10:30"), Style.PRIMARY, Icon.CHECK),
        ),
    )


def bookings_hard(lang: str = "zh") -> BookingsScreen:
    """The longest names there are, and characters outside the common fonts."""
    hard = replace(
        row(lang, 0),
        department=pick(
            lang, "小儿心胸血管外科与心脏康复联合门诊", "Paediatric cardiothoracic surgery and rehabilitation"
        ),
        doctor=pick(lang, "阿卜杜热西提·艾尔肯 主任医师", "Abdurishit Erkin-Montgomery, consultant physician"),
        place=pick(lang, "门诊综合大楼 12 楼 C 区 108 诊室", "Outpatient building, floor 12, area C, room 108"),
    )
    rare = replace(row(lang, 1), doctor=pick(lang, "㛃𠅤䶮 主治医师", "㛃𠅤䶮 (Dr Jie), attending physician"))
    return replace(
        bookings(lang, 3),
        rows=(hard, rare, row(lang, 2)),
        person=replace(bookings(lang).person, masked_name="𠅤*䶮"),
        more_note=pick(lang, "还有 2 个预约，请到 1 号窗口办理。", "2 more appointments: go to window 1."),
    )


def done(lang: str = "zh") -> DoneScreen:
    return DoneScreen(
        frame=frame(lang),
        title=pick(lang, "签到成功", "You are checked in"),
        number_caption=pick(lang, "您的排队号", "Your number"),
        number="A037",
        place_caption=pick(lang, "请到这里候诊", "Wait here"),
        place_title=pick(lang, "2 楼 B 区 心血管内科", "Floor 2, area B, Cardiology"),
        place_text=pick(lang, "3 诊室，看大屏，听叫号", "Room 3. Watch the screen for your number"),
        first_note="",
        take_text=pick(lang, "请取走小票和社保卡", "Take your ticket and card"),
        take_tone=Tone.CARE,
        take_icon=Icon.TICKET,
        actions=(
            Action(Intent(K.REPRINT), pick(lang, "没拿到小票", "No ticket came out"), Style.SECONDARY, Icon.PRINTER),
            Action(Intent(K.END), pick(lang, "完成", "Done"), Style.PRIMARY, Icon.CHECK),
        ),
        seconds_left=24,
        seconds_total=30,
        clears_text=pick(lang, "秒后清除屏幕上的信息", "seconds until this page clears"),
    )


def done_no_paper(lang: str = "zh") -> DoneScreen:
    return replace(
        done(lang),
        first_note=pick(lang, "请先到分诊台出示此号码", "Show this number at the clinic desk first"),
        take_text=pick(lang, "小票纸用完了，请记住号码", "No paper left. Remember your number"),
        take_icon=Icon.PRINTER,
        qr="T1" + "6BFOXN*TS0BI$ZDFRH.5ZR8" * 6,
        qr_caption=pick(lang, "可用手机拍下", "Take a photo of this"),
    )


def message(lang: str = "zh") -> MessageScreen:
    return MessageScreen(
        frame=frame(lang, visit=False),
        tone=Tone.CARE,
        icon=Icon.WARNING,
        title=pick(lang, "没有读到您的卡", "We could not read your card"),
        safe=pick(lang, "您的预约没有变化。", "Your appointment has not changed."),
        steps=(
            pick(lang, "取出卡，看看芯片是否干净", "Take the card out and wipe the chip"),
            pick(lang, "芯片朝下，再慢慢推到底", "Chip first, push it in slowly to the end"),
            pick(lang, "还不行，请到 1 号窗口", "If it still does not work, go to window 1"),
        ),
        actions=(
            Action(Intent(K.TYPE_NUMBER), pick(lang, "输入预约号", "Type number"), Style.SECONDARY, Icon.KEYPAD),
            Action(Intent(K.RETRY), pick(lang, "再试一次", "Try again"), Style.PRIMARY, Icon.CARD),
        ),
        code="R-102",
        seconds_left=40,
        seconds_total=60,
        clears_text=pick(lang, "秒后回到首页", "seconds until the first page"),
    )


def too_early(lang: str = "zh") -> MessageScreen:
    return replace(
        message(lang),
        tone=Tone.NEUTRAL,
        icon=Icon.CLOCK,
        title=pick(lang, "还没到签到时间", "Check-in is not open yet"),
        safe=pick(lang, "您的预约已保留。", "Your appointment is kept."),
        big="13:30",
        big_caption=pick(lang, "开始签到", "Check-in opens at"),
        steps=(pick(lang, "可先到 3 楼 A 区等候", "You can wait at floor 3, area A"),),
        actions=(Action(Intent(K.END), pick(lang, "知道了", "Got it"), Style.PRIMARY, Icon.CHECK),),
        code="C-301",
        seconds_left=0,
        seconds_total=0,
    )


def next_booking(lang: str = "zh") -> MessageScreen:
    return replace(
        too_early(lang),
        title=pick(lang, "您今天没有预约", "No booking for today"),
        big=pick(lang, "11月24日 星期二\n09:05", "Wednesday 24 November\n09:05"),
        big_caption=pick(lang, "您下一次预约", "Your next booking"),
        code="R-203",
    )


def warning(lang: str = "zh") -> TimeoutWarning:
    return TimeoutWarning(
        title=pick(lang, "您还在吗？", "Are you still there?"),
        text=pick(
            lang,
            "为保护您的隐私，倒计时结束后会清除信息。",
            "To protect your privacy, this page will clear when the time is up.",
        ),
        seconds_left=22,
        seconds_total=30,
        stay=Action(Intent(K.STAY), pick(lang, "我还在，继续办理", "I need more time"), Style.PRIMARY, Icon.CHECK),
        leave=Action(Intent(K.END), pick(lang, "办完了", "I am done"), Style.SECONDARY, Icon.EXIT),
    )


def screens(lang: str) -> dict[str, Screen]:
    """Every page by name."""
    pages: dict[str, Any] = {
        "attract": attract(lang),
        "attract-notice": attract(lang, notice=True, offline=True),
        "attract-no-reader": attract_no_reader(lang),
        "busy": busy(lang),
        "busy-plain": busy_plain(lang),
        "keypad": keypad(lang),
        "keypad-error": keypad(lang, error=True),
        "question": question(lang),
        "bookings-1": bookings(lang, 1),
        "bookings-2": bookings(lang, 2),
        "bookings-3": bookings(lang, 3),
        "bookings-hard": bookings_hard(lang),
        "done": done(lang),
        "done-no-paper": done_no_paper(lang),
        "message": message(lang),
        "too-early": too_early(lang),
        "next-booking": next_booking(lang),
    }
    found = {name: Screen(page) for name, page in pages.items()}
    found["warning"] = Screen(bookings(lang, 2), warning(lang))
    return found


_CLOCK_LIKE = (
    "time", "number", "code", "big", "groups", "qr", "language", "intent",
    "masked_name", "department", "doctor", "place", "hospital",
)  # fmt: skip


def doubled(value: Any, name: str = "") -> Any:
    """The pseudo-language: every text twice as long; numbers, codes and enums stay."""
    if isinstance(value, Enum) or name in _CLOCK_LIKE:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: doubled(getattr(value, f.name), f.name) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(doubled(item, name) for item in value)
    if isinstance(value, str) and len(value) > 1:
        return f"{value} {value}"
    return value
