"""One page for every way in which a visit cannot go on: what happened, what is safe, what to do next."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.journey.pages import Light, frame, retiring
from kiosk.journey.screen import Action, Icon, IntentKind, MessageScreen, Style, Tone
from kiosk.journey.states import Inserted, Trouble, Troubled
from kiosk.journey.timeouts import CARD_GONE_MS, TABLE, clears_at_ms, is_about_the_reader


@dataclass(frozen=True, slots=True)
class _Look:
    code: str
    steps: int
    icon: Icon = Icon.INFO
    tone: Tone = Tone.CARE
    can_type: bool = False
    can_retry: bool = False


_LOOKS: dict[Trouble, _Look] = {
    Trouble.CARD_UNREADABLE: _Look("R-102", 3, Icon.CARD, can_type=True, can_retry=True),
    Trouble.CARD_SILENT: _Look("R-104", 2, Icon.CARD, can_type=True, can_retry=True),
    Trouble.CARD_NOT_KNOWN: _Look("R-101", 3, Icon.CARD, can_type=True),
    Trouble.CARD_TAKEN_EARLY: _Look("R-103", 1, Icon.CARD),
    Trouble.READER_FAULT: _Look("R-105", 2, Icon.WRENCH, can_type=True),
    Trouble.PERSON_UNKNOWN: _Look("R-201", 2, Icon.PERSON, can_type=True),
    Trouble.CANNOT_KNOW: _Look("R-202", 2, Icon.OFFLINE, can_type=True),
    Trouble.NOTHING_TODAY: _Look("R-203", 1, Icon.CALENDAR, Tone.NEUTRAL, can_type=True),
    Trouble.OTHER_HOSPITAL: _Look("R-204", 2, Icon.HOSPITAL, can_type=True),
    Trouble.CODE_UNKNOWN: _Look("R-205", 2, Icon.QR, can_type=True),
    Trouble.TICKET_DAMAGED: _Look("R-207", 2, Icon.TICKET, can_type=True),
    Trouble.TICKET_NOT_CHECKED: _Look("R-208", 2, Icon.DESK, can_type=True),
    Trouble.TICKET_OF_OTHER_HOSPITAL: _Look("R-209", 2, Icon.HOSPITAL, can_type=True),
    Trouble.TOO_MANY_TRIES: _Look("R-206", 2, Icon.DESK),
    Trouble.ALREADY_CHECKED_IN: _Look("S-702", 1, Icon.CHECK, Tone.GOOD),
    Trouble.TOO_EARLY: _Look("C-301", 2, Icon.CLOCK),
    Trouble.TOO_LATE: _Look("C-302", 2, Icon.CLOCK),
    Trouble.BOOKING_CANCELLED: _Look("C-303", 1, Icon.CALENDAR, Tone.NEUTRAL),
    Trouble.CLINIC_STOPPED: _Look("C-304", 1, Icon.CALENDAR),
    Trouble.BOOKING_NOT_ACTIVE: _Look("C-305", 1, Icon.CALENDAR, Tone.NEUTRAL),
    Trouble.OTHER_DAY: _Look("C-306", 1, Icon.CALENDAR, Tone.NEUTRAL),
    Trouble.NEEDS_SERVER: _Look("N-501", 1, Icon.OFFLINE),
    Trouble.REFUSED_OTHERWISE: _Look("C-309", 1, Icon.DESK),
    Trouble.DESK_FAULT: _Look("D-802", 1, Icon.WRENCH, Tone.BAD),
    Trouble.RESULT_UNKNOWN: _Look("N-502", 1, Icon.DESK),
}


def trouble_page(light: Light, state: Troubled) -> MessageScreen:
    """The page for a trouble. Without the card, nothing of the booking stays on it."""
    look = _LOOKS[state.trouble]
    name = f"trouble.{state.trouble.value}"
    big, caption = ("", "") if state.is_card_gone else _big(light, state)
    steps = tuple(light.text(f"{name}.step{number}") for number in range(1, look.steps + 1))
    sentence = state.sentence.text(light.journey.language)
    if state.shows_first:
        steps = (light.text("done.show_first"),)
    if state.trouble is Trouble.REFUSED_OTHERWISE and sentence:
        steps = (sentence, *steps)
    clears_ms = clears_at_ms(light.journey) or light.moment.boot_ms
    is_brief = state.is_card_gone and not is_about_the_reader(state)
    total_ms = CARD_GONE_MS if is_brief else TABLE[Troubled].clears_ms or 0
    return MessageScreen(
        frame=frame(light),
        tone=look.tone,
        icon=look.icon,
        title=light.text(f"{name}.title"),
        safe=light.text(f"{name}.safe"),
        steps=steps,
        actions=_actions(light, state, look),
        code=look.code,
        big=big,
        big_caption=caption,
        seconds_left=retiring(clears_ms - light.moment.boot_ms),
        seconds_total=total_ms // 1000,
        clears_text=light.text("done.clears"),
    )


def _actions(light: Light, state: Troubled, look: _Look) -> tuple[Action, ...]:
    actions: list[Action] = []
    if look.can_type:
        actions.append(light.action("action.type_number", IntentKind.TYPE_NUMBER, icon=Icon.KEYPAD))
    has_card = isinstance(state.visit.anchor, Inserted) and not state.is_card_gone
    if state.back is not None:
        actions.append(light.action("action.back", IntentKind.BACK, style=Style.PRIMARY, icon=Icon.BACK))
    elif look.can_retry and has_card:
        retry = light.action("action.retry_card", IntentKind.RETRY, style=Style.PRIMARY, icon=Icon.CARD)
        actions.append(retry)
    else:
        actions.append(light.action("action.done", IntentKind.END, style=Style.PRIMARY, icon=Icon.CHECK))
    return tuple(actions)


def _big(light: Light, state: Troubled) -> tuple[str, str]:
    """The one figure that matters on this page, and what it is."""
    match state.trouble:
        case Trouble.TOO_EARLY if state.facts.opens_ms is not None:
            return light.time(state.facts.opens_ms), light.text("trouble.too_early.opens")
        case Trouble.TOO_LATE if state.facts.closed_ms is not None:
            return light.time(state.facts.closed_ms), light.text("trouble.too_late.closed")
        case Trouble.ALREADY_CHECKED_IN if state.queue_number:
            return state.queue_number, light.text("trouble.already_checked_in.number")
        case Trouble.NOTHING_TODAY if state.next_date and state.next_starts_ms is not None:
            day, time = light.words.service_date(state.next_date), light.time(state.next_starts_ms)
            return f"{day}\n{time}", light.text("trouble.nothing_today.next")
        case Trouble.OTHER_DAY if state.next_date:
            return light.words.service_date(state.next_date), light.text("trouble.other_day.date")
        case _:
            return "", ""
