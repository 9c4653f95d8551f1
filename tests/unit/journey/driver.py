"""A terminal without devices, for tests that read as visits: fingers, cards, answers, and a clock that only tests move.

The sample people are invented. `Machine` runs the real `step` and `view`; nothing of the product is replaced.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.decide import Reason, RefusalFacts
from booking.ids import uuid7
from booking.localized import LocalizedText
from booking.numbers import booking_number, booking_qr
from booking.people import DocumentKind, Identity, Sex
from kiosk.journey.events import Effect, Event, Forget, Moment, TimePassed
from kiosk.journey.facts import Facts, learn
from kiosk.journey.screen import Action, BookingRow, Intent, IntentKind, Page, Screen, TimeoutWarning
from kiosk.journey.states import Journey, State, Visit, visit_of
from kiosk.journey.step import begin, step
from kiosk.journey.timeouts import wake_at
from kiosk.journey.view import view
from kiosk.ports.cards import (
    CardInserted,
    CardNotRead,
    CardRead,
    CardRemoved,
    Insertion,
    ReadCard,
    ReaderCondition,
    Unreadable,
)
from kiosk.ports.desk import (
    BookingView,
    CanCheckIn,
    CannotCheckIn,
    CheckedIn,
    CheckInBooking,
    DeskCommand,
    FindByCard,
    FindByNumber,
    FindByTicket,
    IsCheckedIn,
    PersonFound,
    PersonView,
    ReprintReady,
    ReprintTicket,
    Standing,
)
from kiosk.ports.printers import Printed, PrintFinished, PrintResult, PrintTicket, Ready
from kiosk.ports.scanners import CodeScanned
from kiosk.ports.tickets import BigNumber, QrCode, Ticket
from kiosk.words.catalogue import Words, load_all

Found = TypeVar("Found")
ZONE = ZoneInfo("Asia/Shanghai")
HOSPITAL_CODE = "01"
NUMBER = booking_number(hospital_code=HOSPITAL_CODE, drawn=234567890)
OTHER_NUMBER = booking_number(hospital_code="02", drawn=234567890)
READER = "front"


def at(hour: int, minute: int = 0) -> int:
    """An instant of the sample day, milliseconds UTC."""
    return int(datetime(2026, 11, 22, hour, minute, tzinfo=ZONE).timestamp() * 1000)


def both(chinese: str, english: str) -> LocalizedText:
    return LocalizedText({"zh-CN": chinese, "en": english})


@cache
def words() -> dict[str, Words]:
    return load_all()


FACTS = Facts(
    languages=("zh-CN", "en"),
    bookings_per_page=3,
    is_enrolled=True,
    hospital=both("江城市第一人民医院", "Jiangcheng First Hospital"),
    hospital_code=HOSPITAL_CODE,
    terminal_label="门诊楼 03",
    time_zone=ZONE,
    is_online=True,
    printer=Ready(),
    readers=((READER, ReaderCondition.READY),),
)
ZHANG = PersonView("张*丰", Sex.MALE, 1958, DocumentKind.SOCIAL_SECURITY, "1234")
LI = PersonView("李*", Sex.FEMALE, 1990, DocumentKind.SOCIAL_SECURITY, "5678")
IDENTITY = Identity(DocumentKind.SOCIAL_SECURITY, "", "A12345678", "张三丰")


def booking(no: int = 1, *, hour: int = 9, minute: int = 30, standing: Standing | None = None) -> BookingView:
    """An invented booking of the sample day; `no` makes its id."""
    return BookingView(
        booking_id=UUID(int=no),
        ver=1,
        service_date="2026-11-22",
        starts_ms=at(hour, minute),
        ends_ms=at(hour, minute) + 600_000,
        department=both("心内科", "Cardiology"),
        is_sensitive=False,
        doctor=both("王芳", "Wang Fang"),
        doctor_title=both("主任医师", "Chief physician"),
        building=both("门诊楼", "Main building"),
        floor=both("3 楼", "Floor 3"),
        area=both("A 区", "Area A"),
        room=both("305 诊室", "Room 305"),
        number_last_four="8901",
        standing=standing or CanCheckIn(),
    )


def too_early(no: int = 1) -> BookingView:
    standing = CannotCheckIn(Reason.TOO_EARLY, RefusalFacts(opens_ms=at(13, 30), closed_ms=at(14, 45)))
    return booking(no, hour=14, standing=standing)


def checked_in(no: int = 1, number: str = "A037") -> BookingView:
    return booking(no, standing=IsCheckedIn(number))


def ticket(number: str = "A037") -> Ticket:
    return Ticket("check_in", 1, "zh-CN", (BigNumber(number), QrCode("T1SAMPLE")))


def texts(thing: Any) -> list[str]:
    """Every text in a view model, label or title alike."""
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, tuple | list):
        return [text for part in thing for text in texts(part)]
    if is_dataclass(thing) and not isinstance(thing, type | Intent):
        return [text for part in fields(thing) for text in texts(getattr(thing, part.name))]
    return []


def controls(thing: Any) -> list[Action]:
    """Every control in a view model."""
    if isinstance(thing, Action):
        return [thing]
    if isinstance(thing, tuple | list):
        return [action for part in thing for action in controls(part)]
    if is_dataclass(thing) and not isinstance(thing, type):
        return [action for part in fields(thing) for action in controls(getattr(thing, part.name))]
    return []


class Machine:
    """One terminal, driven step by step."""

    def __init__(self, facts: Facts = FACTS) -> None:
        self.facts = facts
        self.now_ms = at(9, 5)
        self.boot_ms = 1_000_000
        self.effects: list[Effect] = []
        self.cards = 0
        self._ids = 0
        self._jobs = 0
        self.journey: Journey = begin(facts, self.moment())

    # ---- what can be seen

    @property
    def state(self) -> State:
        return self.journey.state

    @property
    def visit(self) -> Visit:
        visit = visit_of(self.state)
        assert visit is not None, "nobody is here"
        return visit

    @property
    def screen(self) -> Screen:
        return view(self.journey, self.facts, words(), self.moment())

    @property
    def page(self) -> Page:
        return self.screen.page

    @property
    def warning(self) -> TimeoutWarning | None:
        return self.screen.warning

    @property
    def title(self) -> str:
        title = getattr(self.page, "title", "")
        assert isinstance(title, str)
        return title

    @property
    def rows(self) -> tuple[BookingRow, ...]:
        rows: tuple[BookingRow, ...] = getattr(self.page, "rows", ())
        return rows

    def shows(self, text: str) -> bool:
        return any(text in shown for shown in texts(self.screen))

    def offers(self, kind: IntentKind) -> bool:
        return any(action.intent.kind is kind and action.is_enabled for action in controls(self.page))

    def asked(self, kind: type[Found]) -> list[Found]:
        """The effects of one kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def last(self, kind: type[Found]) -> Found:
        return self.asked(kind)[-1]

    @property
    def has_forgotten(self) -> bool:
        return bool(self.asked(Forget))

    # ---- what happens

    def moment(self) -> Moment:
        self._ids += 1
        first = self._ids * 3
        ids = [uuid7(now_ms=self.now_ms, random=(first + i).to_bytes(10, "big")) for i in range(3)]
        return Moment(self.now_ms, self.boot_ms, (ids[0], ids[1], ids[2]))

    def happens(self, event: Event) -> Machine:
        self.facts = learn(self.facts, event)
        self.journey, effects = step(self.journey, event, self.facts, self.moment())
        self.effects += effects
        return self

    def wait(self, seconds: float) -> Machine:
        """Let time pass; the machine is woken whenever it asked for it."""
        end_ms = self.boot_ms + int(seconds * 1000)
        while True:
            at_ms = wake_at(self.journey, self.boot_ms)
            if at_ms is None or at_ms > end_ms:
                break
            self._pass_ms(at_ms - self.boot_ms)
            self.happens(TimePassed())
        self._pass_ms(end_ms - self.boot_ms)
        return self

    def _pass_ms(self, passed_ms: int) -> None:
        self.boot_ms += passed_ms
        self.now_ms += passed_ms

    def touch(self, kind: IntentKind, arg: str = "") -> Machine:
        """An intent as such, whether or not the page offers it."""
        return self.happens(Intent(kind, arg))

    def tap(self, label: str) -> Machine:
        """Press the control with this label; it must be there and enabled."""
        found = [action for action in controls(self.screen) if action.label == label and action.is_enabled]
        assert found, f"no control {label!r} on {type(self.page).__name__}"
        return self.happens(found[0].intent)

    def type(self, digits: str) -> Machine:
        for digit in digits:
            self.tap(digit)
        return self

    def insert_card(self, reader: str = READER) -> Insertion:
        self.cards += 1
        insertion = Insertion(reader, self.cards)
        self.happens(CardInserted(insertion, self.boot_ms))
        return insertion

    def take_card(self, insertion: Insertion) -> Machine:
        return self.happens(CardRemoved(insertion))

    def scan(self, text: str) -> Machine:
        return self.happens(CodeScanned(text))

    # ---- what the workers answer to the last command

    def card_says(self, why: Unreadable | None = None, identity: Identity = IDENTITY) -> Machine:
        read = self.last(ReadCard)
        if why is not None:
            return self.happens(CardNotRead(read.visit_id, read.insertion, why))
        return self.happens(CardRead(read.visit_id, read.insertion, identity))

    def _command(self) -> DeskCommand:
        kinds = FindByCard | FindByNumber | FindByTicket | CheckInBooking | ReprintTicket
        return [effect for effect in self.effects if isinstance(effect, kinds)][-1]

    def desk_answers(self, kind: type[Any], *values: Any, **named: Any) -> Machine:
        """An answer of this kind to the last command."""
        return self.happens(kind(self._command().visit_id, *values, **named))

    def desk_finds(self, *bookings: BookingView, person: PersonView = ZHANG) -> Machine:
        return self.desk_answers(PersonFound, person, bookings)

    def desk_checks_in(self, view: BookingView | None = None, number: str = "A037", **named: Any) -> Machine:
        act = self.last(CheckInBooking)
        shown = replace(view or booking(), standing=IsCheckedIn(number))
        printing = PrintTicket(act.visit_id, act.job_id, ticket(number))
        confirmed = named.pop("is_confirmed", True)
        return self.desk_answers(CheckedIn, shown, number, confirmed, printing)

    def desk_reprints(self, number: str = "A037", **named: Any) -> Machine:
        act = self.last(ReprintTicket)
        return self.desk_answers(
            ReprintReady, checked_in(), number, PrintTicket(act.visit_id, act.job_id, ticket(number)), **named
        )

    def printer_says(self, result: PrintResult | None = None) -> Machine:
        job = self.last(PrintTicket)
        return self.happens(PrintFinished(job.visit_id, job.job_id, result or Printed()))

    # ---- short ways into a visit

    def reach_bookings(self, *bookings: BookingView, person: PersonView = ZHANG) -> Insertion:
        insertion = self.insert_card()
        self.card_says().desk_finds(*(bookings or (booking(),)), person=person)
        return insertion

    def reach_act(self) -> Insertion:
        insertion = self.reach_bookings()
        self.touch(IntentKind.CHECK_IN)
        return insertion

    def reach_number(self) -> Insertion:
        insertion = self.reach_act()
        self.desk_checks_in()
        return insertion

    def reach_question(self, number: str = NUMBER) -> Machine:
        return self.touch(IntentKind.TYPE_NUMBER).type(number).touch(IntentKind.SUBMIT)


BOOKING_CODE = booking_qr(NUMBER)
