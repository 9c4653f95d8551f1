"""`make gallery`: every page in each language and on each panel, and the tickets, as pictures under build/gallery.

Pages are made by the journey's own `view` from states, so that a picture shows what the terminal would show.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha512
from html import escape
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.decide import Reason, RefusalFacts
from booking.localized import LocalizedText
from booking.numbers import booking_number, booking_qr
from booking.people import DocumentKind, Sex
from booking.signed_ticket import TicketPlace, ticket_code
from kiosk.devices.printers.font_choice import FontChoice
from kiosk.devices.printers.picture import picture_png
from kiosk.devices.printers.press import open_press
from kiosk.devices.printers.profile import packaged_profile
from kiosk.journey.events import Moment
from kiosk.journey.facts import Facts
from kiosk.journey.lists import Lists
from kiosk.journey.screen import Screen
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
    Inserted,
    Journey,
    NoFurtherCopy,
    Paper,
    Printing,
    Reading,
    Scanned,
    State,
    Trouble,
    Troubled,
    Typed,
    Visit,
)
from kiosk.journey.ticket import Tickets
from kiosk.journey.view import view
from kiosk.ports.cards import Insertion, ReaderCondition
from kiosk.ports.desk import BookingView, CanCheckIn, CannotCheckIn, IsCheckedIn, PersonView, Standing, TicketFacts
from kiosk.ports.lists import DoubtfulSlip, ListFacts, ListGroup, ListKind, ListLine
from kiosk.ports.printers import NotPrinted, PaperOut, Printed, Ready, Unconfirmed
from kiosk.words.catalogue import load_all

_FOLDER = Path("build/gallery")
_ZONE = ZoneInfo("Asia/Shanghai")
_NOW_MS = int(datetime(2026, 11, 22, 9, 5, tzinfo=_ZONE).timestamp() * 1000)
_ID = UUID(int=7)
_CARD = Insertion("front", 1)
_NUMBER = booking_number(hospital_code="01", drawn=234567890)
_PANELS = {"portrait": (1080, 1920, 21.5, 4), "landscape": (1366, 768, 15.6, 2)}
"""Pixels, inches, and how many bookings a page has room for."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One moment of a terminal."""

    name: str
    state: State
    facts: Facts
    quiet_ms: int = 0
    """Since the last touch."""


def _both(chinese: str, english: str) -> LocalizedText:
    return LocalizedText({"zh-CN": chinese, "en": english})


FACTS = Facts(
    languages=("zh-CN", "en"),
    bookings_per_page=4,
    is_enrolled=True,
    hospital=_both("江城市第一人民医院", "Jiangcheng First People's Hospital"),
    hospital_code="01",
    terminal_label="门诊楼 1 层 03",
    time_zone=_ZONE,
    is_online=True,
    printer=Ready(),
    readers=(("front", ReaderCondition.READY),),
)
_PERSON = PersonView("欧阳*", Sex.FEMALE, 1958, DocumentKind.SOCIAL_SECURITY, "1234")
_VISIT = Visit(_ID, Inserted(_CARD))
_TYPED = Visit(_ID, Typed())
_SCANNED = Visit(_ID, Scanned())
_NOBODY = PersonView("", Sex.UNKNOWN, 0)
"""Whoever holds a ticket of a booking that the terminal has not heard of."""
_EARLY = CannotCheckIn(Reason.TOO_EARLY, RefusalFacts(opens_ms=_NOW_MS + 7_200_000, closed_ms=_NOW_MS + 11_700_000))


def _booking(no: int, after_min: int, standing: Standing) -> BookingView:
    starts_ms = _NOW_MS + after_min * 60_000
    return BookingView(
        booking_id=UUID(int=no),
        ver=1,
        service_date="2026-11-22",
        starts_ms=starts_ms,
        ends_ms=starts_ms + 600_000,
        department=_both("心血管内科门诊", "Cardiology Clinic"),
        is_sensitive=False,
        doctor=_both("王建国", "Wang Jianguo"),
        doctor_title=_both("主任医师", "Chief physician"),
        building=_both("门诊楼", "Main building"),
        floor=_both("3 楼", "Floor 3"),
        area=_both("A 区", "Area A"),
        room=_both("306 诊室", "Room 306"),
        number_last_four="8901",
        standing=standing,
    )


_NEXT = _booking(1, 25, CanCheckIn())
_SEVERAL = (_NEXT, _booking(2, 60, CanCheckIn()), _booking(3, -30, IsCheckedIn("A012")), _booking(4, 240, _EARLY))


def _line(number: str, minute: int, name: str, *, is_known: bool = False) -> ListLine:
    return ListLine(number=number, at_ms=_NOW_MS + minute * 60_000, masked_name=name, is_known=is_known)


_GROUPS = (
    ListGroup(
        department=_NEXT.department,
        is_sensitive=False,
        building=_NEXT.building,
        floor=_NEXT.floor,
        area=_NEXT.area,
        lines=(_line("A037", -25, "欧阳*"), _line("A041", -12, "张*丰", is_known=True), _line("A044", -3, "J*** S***")),
        is_continued=True,
    ),
    ListGroup(
        department=_both("皮肤性病科", "Dermatology"),
        is_sensitive=True,
        building=_NEXT.building,
        floor=_both("2 楼", "Floor 2"),
        area=_both("C 区", "Area C"),
        lines=(_line("C008", -9, "𠮷*"),),
    ),
)


def _finished(paper: Paper) -> Finished:
    return Finished(
        visit=_VISIT,
        booking=replace(_NEXT, standing=IsCheckedIn("A037")),
        queue_number="A037",
        is_confirmed=True,
        job_id=_ID,
        paper=paper,
        qr=booking_qr(_NUMBER),
    )


def scenes() -> Iterator[Scene]:
    """Every page there is."""
    off_line = replace(FACTS, is_online=False)
    yield Scene("attract", Idle(), FACTS)
    yield Scene("attract-off-line", Idle(), off_line)
    yield Scene("attract-no-paper", Idle(), replace(FACTS, printer=PaperOut()))
    yield Scene("attract-no-reader", Idle(), replace(FACTS, readers=(("front", ReaderCondition.ABSENT),)))
    yield Scene("attract-not-enrolled", Idle(), replace(FACTS, is_enrolled=False))
    yield Scene("reading", Reading(_VISIT), FACTS)
    yield Scene("reading-slow", Reading(_VISIT), FACTS, quiet_ms=11_000)
    yield Scene("finding", Finding(_VISIT), FACTS)
    yield Scene("number", EnteringNumber(_TYPED), FACTS)
    yield Scene("number-half", EnteringNumber(_TYPED, _NUMBER[:7]), FACTS)
    yield Scene("number-mistyped", EnteringNumber(_TYPED, _NUMBER, is_mistyped=True), FACTS)
    yield Scene("question", EnteringAnswer(_TYPED, _NUMBER), FACTS)
    yield Scene("question-again", EnteringAnswer(_TYPED, _NUMBER, digits="12", tries_left=2), FACTS)
    yield Scene("bookings-1", Choosing(_VISIT, _PERSON, (_NEXT,), _NEXT.booking_id), FACTS)
    yield Scene("bookings-4", Choosing(_VISIT, _PERSON, _SEVERAL, _NEXT.booking_id), FACTS)
    yield Scene("bookings-warning", Choosing(_VISIT, _PERSON, (_NEXT,), _NEXT.booking_id), FACTS, quiet_ms=70_000)
    yield Scene("bookings-by-ticket", Choosing(_SCANNED, _NOBODY, (_NEXT,), _NEXT.booking_id), off_line)
    yield Scene("checking-in", CheckingIn(_VISIT, _NEXT, _ID), FACTS)
    papers: dict[str, Paper] = {
        "printing": Printing(),
        "printed": Printed(),
        "no-paper": NotPrinted(PaperOut()),
        "unconfirmed": Unconfirmed("cut"),
        "no-further-copy": NoFurtherCopy(),
    }
    for name, paper in papers.items():
        yield Scene(f"done-{name}", _finished(paper), FACTS)
    yield Scene("done-off-line", replace(_finished(Printed()), is_confirmed=False), off_line)
    no_paper = replace(_finished(NotPrinted(PaperOut())), is_confirmed=False)
    yield Scene("done-off-line-no-paper", no_paper, off_line)
    for trouble in Trouble:
        facts = RefusalFacts(opens_ms=_NOW_MS + 7_200_000, closed_ms=_NOW_MS - 900_000)
        page = Troubled(_VISIT, trouble, facts=facts, next_date="2026-11-24", next_starts_ms=_NOW_MS + 172_800_000)
        yield Scene(f"trouble-{trouble.value.replace('_', '-')}", page, FACTS)
    unheard = replace(_NEXT, standing=IsCheckedIn("A037", is_confirmed=False))
    yield Scene("bookings-off-line", Choosing(_VISIT, _PERSON, (unheard,), unheard.booking_id), off_line)
    again = Troubled(_VISIT, Trouble.ALREADY_CHECKED_IN, queue_number="A037", shows_first=True)
    yield Scene("trouble-already-checked-in-off-line", again, off_line)
    yield Scene("help", Helping(Idle()), FACTS)
    yield Scene("take-your-card", AwaitingRemoval(_CARD), FACTS)


def screen_of(scene: Scene, language: str, *, rows: int) -> Screen:
    """What the terminal shows at this moment."""
    boot_ms = 1_000_000
    begun_ms = boot_ms - scene.quiet_ms
    journey = Journey(scene.state, language, entered_ms=begun_ms, touched_ms=begun_ms)
    facts = replace(scene.facts, bookings_per_page=rows)
    return view(journey, facts, load_all(), Moment(_NOW_MS, boot_ms, (_ID, _ID, _ID)))


def _code() -> str:
    """As long as a ticket's code is."""
    place = TicketPlace(
        hospital_code="01",
        session_id=_ID,
        slot_no=37,
        service_date=_NEXT.service_date,
        starts_ms=_NEXT.starts_ms,
        ends_ms=_NEXT.ends_ms,
        queue_number="A037",
        booking_ver=1,
        issued_ms=_NOW_MS,
        is_checked_in=True,
    )
    return ticket_code(terminal_id=_ID, booking_id=_ID, place=place, sign=lambda said: sha512(said).digest())


def tickets() -> Iterator[tuple[str, bytes]]:
    """The ticket in each language, first print and copy, as PNG."""
    words = load_all()
    press = open_press(packaged_profile("epson"), FontChoice())
    for language in words:
        for copy_no, is_confirmed in ((1, True), (2, True), (1, False)):
            facts = TicketFacts(
                hospital=FACTS.hospital,
                terminal_label=FACTS.terminal_label,
                booking=_NEXT,
                queue_number="A037",
                time_zone=_ZONE,
                masked_name=_PERSON.masked_name,
                qr=_code(),
                checked_in_ms=_NOW_MS,
                printed_ms=_NOW_MS,
                is_confirmed=is_confirmed,
                copy_no=copy_no,
            )
            ticket = Tickets(words, "zh-CN").check_in_ticket(facts, language)
            name = f"ticket-{copy_no}{'' if is_confirmed else '-off-line'}-{language}"
            yield name, picture_png(press.page(ticket).image)


def lists() -> Iterator[tuple[str, bytes]]:
    """What staff get on paper, in each language and on both papers, as PNG."""
    words = load_all()
    hour_ms = 3_600_000
    unheard = ListFacts(
        kind=ListKind.ARRIVALS,
        hospital=FACTS.hospital,
        terminal_label=FACTS.terminal_label,
        time_zone=_ZONE,
        service_date="2026-11-22",
        groups=_GROUPS,
        people=4,
        cut_ms=_NOW_MS - hour_ms,
        since_ms=None,
        doubtful=(DoubtfulSlip(_NOW_MS - hour_ms // 2, ("A031", "B004")),),
        printed_ms=_NOW_MS,
        page=1,
        pages=1,
    )
    since = replace(unheard, since_ms=_NOW_MS - 2 * hour_ms, cut_ms=None, doubtful=())
    day = replace(since, kind=ListKind.DAY, since_ms=None, page=2, pages=3, people=65)
    for profile in ("epson", "gb18030_clone"):
        press = open_press(packaged_profile(profile), FontChoice())
        for language in words:
            for name, facts in (("arrivals", unheard), ("since", since), ("day", day)):
                page = press.page(Lists(words, "zh-CN").list_page(facts, language))
                yield f"list-{name}-{profile}-{language}", picture_png(page.image)


def index(names: list[str]) -> str:
    """A page that shows all pictures, small."""
    figures = "\n".join(
        f'<figure><a href="{escape(name)}.png"><img loading="lazy" src="{escape(name)}.png"></a>'
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name in names
    )
    style = "body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}img{height:420px}"
    return f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{style}</style>\n{figures}\n"


def main() -> int:
    """Draw everything."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from kiosk.ui.pictures import Easel
    from kiosk.ui.theme import Panel, Theme

    app = QApplication.instance() or QApplication(["gallery"])
    _FOLDER.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    for panel, (width, height, inches, rows) in _PANELS.items():
        theme = Theme.for_panel(Panel(width, height, inches), reduced_motion=True)
        with Easel(theme) as easel:
            for language in FACTS.languages:
                for scene in scenes():
                    name = f"{scene.name}-{panel}-{language}"
                    (_FOLDER / f"{name}.png").write_bytes(easel.png(screen_of(scene, language, rows=rows)))
                    names.append(name)
    for name, png in (*tickets(), *lists()):
        (_FOLDER / f"{name}.png").write_bytes(png)
        names.append(name)
    (_FOLDER / "index.html").write_text(index(names), encoding="utf-8")
    print(f"{len(names)} pictures: {_FOLDER / 'index.html'}")
    del app
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
