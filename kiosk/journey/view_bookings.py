"""The pages of a visit that goes well: today's bookings, and the number."""

from __future__ import annotations

from booking.people import Sex
from booking.reasons import Reason
from kiosk.journey.pages import Light, control, frame, retiring
from kiosk.journey.screen import (
    Action,
    BookingRow,
    BookingsScreen,
    DoneScreen,
    Icon,
    Intent,
    IntentKind,
    PersonCard,
    Style,
    Tone,
)
from kiosk.journey.states import Choosing, Finished, Inserted, NoFurtherCopy, Printing
from kiosk.journey.timeouts import CARD_GONE_MS, PRINTING_LIMIT_MS, TABLE, clears_at_ms
from kiosk.ports.desk import BookingView, CanCheckIn, CannotCheckIn, IsCheckedIn, PersonView
from kiosk.ports.printers import CoverOpen, NotPrinted, PaperOut, Printed, PrinterStatus, Ready, Unconfirmed

_SHORT_CHIP = {
    Reason.TOO_LATE: ("chip.late", Tone.CARE, Icon.CLOCK),
    Reason.BOOKING_CANCELLED: ("chip.cancelled", Tone.NEUTRAL, Icon.CROSS),
    Reason.CLINIC_STOPPED: ("chip.stopped", Tone.BAD, Icon.WARNING),
}


def person_card(light: Light, person: PersonView) -> PersonCard:
    """The person, masked (rule A4); who holds a ticket that names nobody, as just that."""
    if not person.masked_name:
        return PersonCard(light.text("person.by_ticket"), light.text("person.by_ticket_about"), "")
    sex = light.text(f"sex.{(person.sex or Sex.UNKNOWN).value}")
    about = (
        light.text("person.about", sex=sex, year=person.birth_year)
        if person.birth_year
        else light.text("person.about_no_year", sex=sex)
    )
    document = ""
    if person.document is not None and person.document_last_four:
        kind = light.text(f"document.{person.document.value}")
        document = light.text("document.ending", kind=kind, digits=person.document_last_four)
    return PersonCard(person.masked_name, about, document)


def bookings_page(light: Light, state: Choosing) -> BookingsScreen:
    """Is this you, and these are today's bookings."""
    size = light.facts.bookings_per_page
    shown = state.bookings[state.first : state.first + size]
    pages = -(-len(state.bookings) // size)
    chosen = next((b for b in state.bookings if b.booking_id == state.selected), None)
    hint = "choose.hint_none"
    if chosen is not None:
        hint = "choose.hint" if len(state.bookings) > 1 else "choose.hint_one"
    return BookingsScreen(
        frame=frame(light),
        title=light.text("choose.title"),
        privacy_note=light.text("choose.privacy"),
        person=person_card(light, state.person),
        list_title=light.text("choose.list"),
        list_hint=light.text(hint),
        rows=tuple(_row(light, booking, is_selected=booking is chosen) for booking in shown),
        actions=_choices(light, chosen, has_more=pages > 1),
        more_note=light.text("choose.more", page=state.first // size + 1, pages=pages) if pages > 1 else "",
    )


def _choices(light: Light, chosen: BookingView | None, *, has_more: bool) -> tuple[Action, ...]:
    actions = [light.action("action.not_me", IntentKind.END, icon=Icon.CROSS)]
    if has_more:
        actions.append(light.action("action.more", IntentKind.MORE, icon=Icon.CHEVRON_DOWN))
    if chosen is not None and isinstance(chosen.standing, CanCheckIn):
        label = light.text("action.check_in", time=light.time(chosen.starts_ms))
        actions.append(control(label, Intent(IntentKind.CHECK_IN), style=Style.PRIMARY, icon=Icon.CHECK))
    elif chosen is not None and isinstance(chosen.standing, IsCheckedIn):
        actions.append(light.action("action.reprint", IntentKind.REPRINT, style=Style.PRIMARY, icon=Icon.PRINTER))
    return tuple(actions)


def _row(light: Light, booking: BookingView, *, is_selected: bool) -> BookingRow:
    chip, tone, icon = _chip(light, booking)
    zone, language = light.facts.time_zone, light.journey.language
    department = light.text("booking.sensitive") if booking.is_sensitive else booking.department.text(language)
    select = control(department, Intent(IntentKind.SELECT, str(booking.booking_id)))
    return BookingRow(
        part_of_day=light.words.part_of_day(booking.starts_ms, zone),
        time=light.time(booking.starts_ms),
        department=department,
        doctor="" if booking.is_sensitive else doctor_line(light, booking),
        place=_place(light, booking),
        chip=chip,
        chip_tone=tone,
        chip_icon=icon,
        select=select,
        is_selected=is_selected,
    )


def doctor_line(light: Light, booking: BookingView) -> str:
    """Name and title, or that it is a general clinic."""
    language = light.journey.language
    if booking.doctor is None:
        return light.text("booking.no_doctor")
    title = booking.doctor_title.text(language) if booking.doctor_title else ""
    return light.text("booking.doctor", name=booking.doctor.text(language), title=title).rstrip(" ,")


def _place(light: Light, booking: BookingView) -> str:
    language = light.journey.language
    return light.text(
        "booking.place",
        building=booking.building.text(language),
        floor=booking.floor.text(language),
        area=booking.area.text(language),
        room=booking.room.text(language),
    )


def _chip(light: Light, booking: BookingView) -> tuple[str, Tone, Icon]:
    match booking.standing:
        case CanCheckIn():
            return light.text("chip.ready"), Tone.GOOD, Icon.CHECK
        case IsCheckedIn(queue_number=number, is_confirmed=False):
            return light.text("chip.checked_in_show", number=number), Tone.CARE, Icon.DESK
        case IsCheckedIn(queue_number=number):
            return light.text("chip.checked_in", number=number), Tone.GOOD, Icon.CHECK
        case CannotCheckIn(reason=Reason.TOO_EARLY, facts=facts) if facts.opens_ms is not None:
            return light.text("chip.opens", time=light.time(facts.opens_ms)), Tone.CARE, Icon.CLOCK
        case CannotCheckIn(reason=reason):
            message, tone, icon = _SHORT_CHIP.get(reason, ("chip.other", Tone.NEUTRAL, Icon.INFO))
            return light.text(message), tone, icon


def done_page(light: Light, state: Finished) -> DoneScreen:
    """The number, where to go, what to take. No name stands here."""
    booking, language = state.booking, light.journey.language
    text, tone, icon = _take(light, state)
    building, floor, area = (it.text(language) for it in (booking.building, booking.floor, booking.area))
    department = light.text("booking.sensitive") if booking.is_sensitive else booking.department.text(language)
    clears_ms = clears_at_ms(light.journey) or light.moment.boot_ms
    total_ms = CARD_GONE_MS if state.is_card_gone else TABLE[Finished].clears_ms or 0
    return DoneScreen(
        frame=frame(light),
        title=light.text("done.title_reprint" if state.is_reprint else "done.title"),
        number_caption=light.text("done.number"),
        number=state.queue_number,
        place_caption=light.text("done.place"),
        place_title=light.text("done.place_title", building=building, floor=floor, area=area),
        place_text=light.text("done.place_text", department=department, room=booking.room.text(language)),
        first_note="" if state.is_confirmed else light.text("done.show_first"),
        take_text=text,
        take_tone=tone,
        take_icon=icon,
        actions=_done_actions(light, state),
        seconds_left=retiring(clears_ms - light.moment.boot_ms),
        seconds_total=total_ms // 1000,
        clears_text=light.text("done.clears"),
        qr=state.qr if isinstance(state.paper, NotPrinted) else "",
        qr_caption=light.text("done.qr"),
    )


def _done_actions(light: Light, state: Finished) -> tuple[Action, ...]:
    done = light.action("action.done", IntentKind.END, style=Style.PRIMARY, icon=Icon.CHECK)
    is_open = isinstance(state.paper, Printed | Unconfirmed | NotPrinted) and isinstance(light.facts.printer, Ready)
    if not is_open:
        return (done,)
    return light.action("action.reprint_missing", IntentKind.REPRINT, icon=Icon.PRINTER), done


def _take(light: Light, state: Finished) -> tuple[str, Tone, Icon]:
    has_card = isinstance(state.visit.anchor, Inserted) and not state.is_card_gone
    match state.paper:
        case Printing():
            is_slow = light.moment.boot_ms - light.journey.entered_ms >= PRINTING_LIMIT_MS
            if is_slow:
                return light.text("done.printing_slow"), Tone.CARE, Icon.PRINTER
            trouble = _printer_trouble(light.facts.printer)
            if trouble is not None:
                return light.text(trouble), Tone.CARE, Icon.WARNING
            return light.text("done.printing"), Tone.NEUTRAL, Icon.PRINTER
        case Printed():
            message = "done.take_ticket_card" if has_card else "done.take_ticket"
            return light.text(message), Tone.CARE, Icon.TICKET
        case NotPrinted(status=status):
            return light.text(_printer_trouble(status) or "done.no_printer"), Tone.CARE, Icon.WARNING
        case Unconfirmed():
            return light.text("done.unconfirmed"), Tone.CARE, Icon.WARNING
        case NoFurtherCopy():
            return light.text("done.no_further_copy"), Tone.CARE, Icon.INFO


def _printer_trouble(status: PrinterStatus) -> str | None:
    match status:
        case PaperOut():
            return "done.paper_out"
        case CoverOpen():
            return "done.cover_open"
        case _:
            return None
