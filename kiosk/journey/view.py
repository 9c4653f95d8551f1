"""What the screen shows: `view(journey, facts, words, moment) -> Screen`. Pure; every text is finished here."""

from __future__ import annotations

from collections.abc import Mapping

from booking.numbers import BOOKING_DIGITS
from kiosk.journey.events import Moment
from kiosk.journey.facts import Facts
from kiosk.journey.identify import ANSWER_DIGITS
from kiosk.journey.pages import Light, control, frame, retiring
from kiosk.journey.screen import (
    Action,
    AttractScreen,
    BusyScreen,
    Icon,
    Intent,
    IntentKind,
    KeypadScreen,
    MessageScreen,
    Page,
    Screen,
    Style,
    Tile,
    TimeoutWarning,
    Tone,
)
from kiosk.journey.states import (
    AwaitingRemoval,
    CheckingIn,
    Choosing,
    EnteringAnswer,
    EnteringNumber,
    Finding,
    Finished,
    Helping,
    Idle,
    Journey,
    Reading,
    Troubled,
)
from kiosk.journey.timeouts import READING_SLOW_MS, READING_WAY_OUT_MS, TABLE, warning_left_ms
from kiosk.journey.view_bookings import bookings_page, done_page
from kiosk.journey.view_trouble import trouble_page
from kiosk.ports.printers import CoverOpen, Faulty, PaperOut, UnknownStatus, Unreachable
from kiosk.words.catalogue import Words


def view(journey: Journey, facts: Facts, words: Mapping[str, Words], moment: Moment) -> Screen:
    """The screen for this state, in the journey's language."""
    light = Light(journey, facts, words[journey.language], words, moment)
    return Screen(page=_page(light), warning=_warning(light))


def _page(light: Light) -> Page:
    match light.journey.state:
        case Idle() if light.facts.is_open():
            return _attract(light)
        case Idle():
            return _closed(light)
        case Reading():
            return _reading(light)
        case Finding():
            return BusyScreen(frame(light), light.text("finding.title"), light.text("finding.text"))
        case EnteringNumber() as state:
            return _number(light, state)
        case EnteringAnswer() as state:
            return _answer(light, state)
        case Choosing() as state:
            return bookings_page(light, state)
        case CheckingIn() as state:
            title = "reprinting.title" if state.is_reprint else "checking_in.title"
            return BusyScreen(frame(light), light.text(title), light.text("checking_in.text"))
        case Finished() as state:
            return done_page(light, state)
        case Troubled() as state:
            return trouble_page(light, state)
        case Helping():
            return _help(light)
        case AwaitingRemoval():
            return _removal(light)


def _attract(light: Light) -> AttractScreen:
    facts = light.facts
    other = next((tag for tag in facts.languages if tag != light.journey.language), light.journey.language)
    other_words = light.all_words[other]
    has_reader = _takes_cards(facts)
    key = light.action(
        "attract.type_number",
        IntentKind.TYPE_NUMBER,
        style=Style.SECONDARY if has_reader else Style.PRIMARY,
        icon=Icon.KEYPAD,
        sub="attract.type_number_sub" if has_reader else "",
    )
    title, hint = ("attract.title", "attract.hint") if has_reader else ("attract.title_number", "attract.hint_number")
    notice, tone = _notice(light)
    return AttractScreen(
        frame=frame(light),
        greeting=light.text("attract.greeting"),
        services_title=light.text("attract.services"),
        services=(
            Tile(Icon.CALENDAR_CHECK, light.text("attract.service.check_in")),
            Tile(Icon.CALENDAR, light.text("attract.service.bookings")),
            Tile(Icon.PRINTER, light.text("attract.service.reprint")),
        ),
        title=light.text(title),
        title_other=other_words.text(title),
        hint=light.text(hint),
        card_word=light.text("attract.card") if has_reader else "",
        other_ways_title=light.text("attract.ways") if has_reader else "",
        other_ways=(key,),
        notice=notice,
        notice_tone=tone,
    )


def _takes_cards(facts: Facts) -> bool:
    """Whether to ask for a card. The first page stands before its devices do: until one of them speaks, it does."""
    is_beginning = not facts.readers and isinstance(facts.printer, UnknownStatus)
    return is_beginning or facts.has_reader()


def _notice(light: Light) -> tuple[str, Tone]:
    """The one thing that matters most before a card is put in; nothing when all is well."""
    facts = light.facts
    if not _takes_cards(facts):
        return light.text("attract.notice.no_reader"), Tone.CARE
    if isinstance(facts.printer, PaperOut | CoverOpen | Faulty | Unreachable):
        return light.text("attract.notice.no_printer"), Tone.CARE
    if not facts.is_online:
        return light.text("attract.notice.offline"), Tone.NEUTRAL
    return "", Tone.NEUTRAL


def _closed(light: Light) -> MessageScreen:
    return MessageScreen(
        frame=frame(light),
        tone=Tone.NEUTRAL,
        icon=Icon.WRENCH,
        title=light.text("closed.title"),
        safe=light.text("closed.safe"),
        steps=(light.text("closed.step"),),
        actions=(),
        code="D-801",
    )


def _reading(light: Light) -> BusyScreen:
    elapsed_ms = light.moment.boot_ms - light.journey.entered_ms
    text = "reading.slow" if elapsed_ms >= READING_SLOW_MS else "reading.text"
    way_out = (light.action("action.end", IntentKind.END, icon=Icon.EXIT),)
    return BusyScreen(
        frame(light),
        light.text("reading.title"),
        light.text(text),
        actions=way_out if elapsed_ms >= READING_WAY_OUT_MS else (),
    )


def _keys(light: Light, *, submit: str, is_full: bool, has_digits: bool) -> tuple[Action, ...]:
    digits = [Action(Intent(IntentKind.DIGIT, d), d, Style.SECONDARY) for d in "123456789"]
    erase = light.action("key.erase", IntentKind.ERASE, icon=Icon.BACKSPACE, is_enabled=has_digits)
    zero = Action(Intent(IntentKind.DIGIT, "0"), "0", Style.SECONDARY)
    go = light.action(submit, IntentKind.SUBMIT, style=Style.PRIMARY, is_enabled=is_full)
    return (*digits, erase, zero, go)


def _groups(digits: str, length: int) -> tuple[str, ...]:
    padded = digits.ljust(length, "_")
    return tuple(padded[start : start + 4] for start in range(0, length, 4))


def _number(light: Light, state: EnteringNumber) -> KeypadScreen:
    is_full = len(state.digits) == BOOKING_DIGITS
    return KeypadScreen(
        frame=frame(light),
        title=light.text("number.title"),
        text=light.text("number.text"),
        groups=_groups(state.digits, BOOKING_DIGITS),
        keys=_keys(light, submit="key.next", is_full=is_full, has_digits=bool(state.digits)),
        actions=(light.action("action.end", IntentKind.END, icon=Icon.EXIT),),
        error=light.text("number.mistyped") if state.is_mistyped else "",
    )


def _answer(light: Light, state: EnteringAnswer) -> KeypadScreen:
    question = state.question.value
    choices = tuple(
        control(
            light.text(f"answer.choice.{kind}"),
            Intent(IntentKind.CHOOSE_QUESTION, kind),
            style=Style.PRIMARY if kind == question else Style.SECONDARY,
            icon=icon,
        )
        for kind, icon in (("phone", Icon.PHONE), ("birthday", Icon.CAKE))
    )
    is_full = len(state.digits) == ANSWER_DIGITS
    return KeypadScreen(
        frame=frame(light),
        title=light.text(f"answer.title.{question}"),
        text=light.text(f"answer.text.{question}"),
        groups=_groups(state.digits, ANSWER_DIGITS),
        keys=_keys(light, submit="key.find", is_full=is_full, has_digits=bool(state.digits)),
        actions=(light.action("action.back", IntentKind.BACK, icon=Icon.BACK),),
        error=light.text("answer.wrong") if state.tries_left is not None else "",
        choices=choices,
    )


def _help(light: Light) -> MessageScreen:
    label = light.facts.terminal_label
    return MessageScreen(
        frame=frame(light),
        tone=Tone.NEUTRAL,
        icon=Icon.HELP,
        title=light.text("help.title"),
        safe=light.text("help.safe"),
        steps=(light.text("help.step.desk"), light.text("help.step.card"), light.text("help.step.number")),
        actions=(light.action("action.back", IntentKind.BACK, style=Style.PRIMARY, icon=Icon.BACK),),
        code=light.text("help.terminal", label=label) if label else "",
    )


def _removal(light: Light) -> MessageScreen:
    return MessageScreen(
        frame=frame(light),
        tone=Tone.CARE,
        icon=Icon.CARD,
        title=light.text("remove.title"),
        safe=light.text("remove.safe"),
        steps=(light.text("remove.step"),),
        actions=(light.action("action.type_number", IntentKind.TYPE_NUMBER, icon=Icon.KEYPAD),),
    )


def _warning(light: Light) -> TimeoutWarning | None:
    left_ms = warning_left_ms(light.journey, light.moment.boot_ms)
    if left_ms is None:
        return None
    return TimeoutWarning(
        title=light.text("warning.title"),
        text=light.text("warning.text"),
        seconds_left=retiring(left_ms),
        seconds_total=TABLE[type(light.journey.state)].warning_ms // 1000,
        stay=light.action("action.stay", IntentKind.STAY, style=Style.PRIMARY, icon=Icon.CHECK),
        leave=light.action("action.leave", IntentKind.END, icon=Icon.EXIT),
    )
