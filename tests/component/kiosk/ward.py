"""A small hospital for the terminal's store, desk and sync: invented people, fixed ids, a clock in the hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.lending import ClockTrust, Now
from booking.localized import LocalizedText
from booking.numbers import booking_number
from booking.people import DocumentKind, Identity, mask_name
from booking.wire import (
    BookingRow,
    CheckInAct,
    CheckQuestion,
    DepartmentRow,
    DoctorRow,
    EventResult,
    FindReply,
    FindRequest,
    PlaceRow,
    PolicyRow,
    Row,
    SessionRow,
    booking_lookup_message,
    check_message,
    lookup_message,
)
from kiosk.desk.desk import DeskCore
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import SlipFacts, TicketFacts
from kiosk.ports.store import DeskStore, Site
from kiosk.ports.tickets import BigNumber, KeyValue, Mark, QrCode, Text, Ticket
from kiosk.store.store import Store, StoreSettings, open_store
from kiosk.sync.codec import WireCodec
from kiosk.sync.identity import seal

KEY = bytes(range(32))
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = "2026-03-02"
NOON_MS = 1_772_424_000_000  # 2026-03-02 12:00 in Shanghai
HOUR_MS = 3_600_000
CODEC = WireCodec()
HOSPITAL = UUID(int=0x100)
SESSION, DEPARTMENT, DOCTOR, PLACE = (UUID(int=number) for number in (1, 2, 3, 4))
POLICY = PolicyRow(
    version=3,
    check_in_opens_before_min=60,
    check_in_grace_min=15,
    check_in_late="refuse",
    check_in_state_unknown="assume",
)
SITE = Site(
    terminal_id=UUID(int=0x200),
    group_id=UUID(int=0x300),
    hospital_id=HOSPITAL,
    hospital_code="01",
    hospital_name=LocalizedText({"zh-CN": "江滨医院", "en": "Riverside Hospital"}),
    time_zone="Asia/Shanghai",
    label="门诊楼 1 层 03",
    lookup_key=KEY,
    policy=POLICY,
)


def zh(text: str) -> LocalizedText:
    return LocalizedText({"zh-CN": text})


def _hash(message: bytes, size: int) -> bytes:
    return hmac.digest(KEY, message, hashlib.sha256)[:size]


def look_up(message: bytes) -> str:
    return base64.b64encode(b"\x01" + _hash(message, 16)).decode()


@dataclass(frozen=True)
class Patient:
    """An invented person with a card, a phone and a booking number."""

    no: int
    name: str = "欧阳测试"

    @property
    def id_number(self) -> str:
        return f"1101011990{self.no:08d}"

    @property
    def card_number(self) -> str:
        return f"C{self.no:08d}"

    @property
    def number(self) -> str:
        return booking_number(hospital_code="01", drawn=700_000_000 + self.no)

    @property
    def phone(self) -> str:
        return f"{self.no:04d}"

    @property
    def booking_id(self) -> UUID:
        return UUID(int=0xB000_0000 + self.no)

    def card(self) -> Identity:
        return Identity(
            kind=DocumentKind.SOCIAL_SECURITY,
            id_number=self.id_number,
            card_number=self.card_number,
            name=self.name,
        )


def booking_row(
    patient: Patient,
    *,
    ver: int = 1,
    state: str = "booked",
    day: str = TODAY,
    starts_ms: int = NOON_MS + HOUR_MS // 2,
    queue_number: str = "",
    slot_no: int | None = None,
) -> Row:
    return Row(
        kind="booking",
        id=str(patient.booking_id),
        ver=ver,
        booking=BookingRow(
            id=patient.booking_id,
            session_id=SESSION,
            slot_no=slot_no or patient.no,
            slot_starts_ms=starts_ms,
            slot_ends_ms=starts_ms + 600_000,
            service_date=day,
            state=state,
            person_id=UUID(int=0xA000_0000 + patient.no),
            masked_name=mask_name(patient.name),
            sex="female",
            birth_year=1990,
            number_hash=look_up(booking_lookup_message(patient.number)),
            number_last_four=patient.number[-4:],
            credential_hashes=(
                look_up(lookup_message(kind="resident_id", number=patient.id_number)),
                look_up(lookup_message(kind="social_security", number=patient.card_number)),
            ),
            check_phone=base64.b64encode(
                _hash(check_message(number=patient.number, question=CheckQuestion.PHONE, answer=patient.phone), 2)
            ).decode(),
            check_birthday="",
            queue_number=queue_number,
        ),
    )


def catalogue(*, ver: int = 1, day: str = TODAY) -> tuple[Row, ...]:
    return (
        Row(kind="policy", id="policy", ver=ver, policy=POLICY),
        Row(
            kind="department",
            id=str(DEPARTMENT),
            ver=ver,
            department=DepartmentRow(id=DEPARTMENT, name=zh("心内科")),
        ),
        Row(
            kind="doctor", id=str(DOCTOR), ver=ver, doctor=DoctorRow(id=DOCTOR, name=zh("陈医生"), title=zh("主任医师"))
        ),
        Row(
            kind="place",
            id=str(PLACE),
            ver=ver,
            place=PlaceRow(id=PLACE, building=zh("门诊楼"), floor=zh("3 层"), area=zh("A 区"), room=zh("305")),
        ),
        Row(
            kind="session",
            id=str(SESSION),
            ver=ver,
            session=SessionRow(
                id=SESSION,
                department_id=DEPARTMENT,
                doctor_id=DOCTOR,
                place_id=PLACE,
                service_date=day,
                starts_ms=NOON_MS,
                ends_ms=NOON_MS + 4 * HOUR_MS,
                letters="A",
            ),
        ),
    )


@dataclass
class HandClock:
    """A clock that stands still until it is moved."""

    wall_ms: int = NOON_MS
    boot: int = 1_000_000
    ids: int = 0

    def now_ms(self) -> int:
        return self.wall_ms

    def boot_ms(self) -> int:
        return self.boot

    def boot_id(self) -> str:
        return "boot-of-test"

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=0xF000_0000 + self.ids)

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.boot += ms


@dataclass
class ScriptedLine:
    """A line to the server that says what it was told to say."""

    online: bool = True
    on_check_in: Callable[[CheckInAct], EventResult | NoAnswer] = lambda act: NoAnswer("not scripted")
    on_person: Callable[[FindRequest], FindReply | NoAnswer] = lambda request: NoAnswer("not scripted")
    on_act: Callable[[str, Any], Any] = lambda what, ask: NoAnswer("not scripted")
    offset_ms: int | None = 0
    acts: list[tuple[str, UUID, Any]] = field(default_factory=list)
    asked: list[CheckInAct] = field(default_factory=list)
    woken: int = 0

    def is_online(self) -> bool:
        return self.online

    def ask_check_in(self, act: CheckInAct) -> EventResult | NoAnswer:
        self.asked.append(act)
        return self.on_check_in(act)

    def ask_person(self, request: FindRequest) -> FindReply | NoAnswer:
        return self.on_person(request)

    # Acts besides check-ins: `on_act` answers them all, `acts` has what was asked and under which id
    def ask_booking(self, operation_id: UUID, ask: Any, *, is_walk_in: bool = False) -> Any:
        return self._act("walk_in" if is_walk_in else "book", operation_id, ask)

    def ask_change(self, operation_id: UUID, booking_id: UUID, ask: Any) -> Any:
        return self._act(f"change {booking_id}", operation_id, ask)

    def ask_cancel(self, operation_id: UUID, booking_id: UUID, ask: Any) -> Any:
        return self._act(f"cancel {booking_id}", operation_id, ask)

    def ask_waiting(self, operation_id: UUID, ask: Any) -> Any:
        return self._act("wait", operation_id, ask)

    def ask_register(self, operation_id: UUID, ask: Any) -> Any:
        return self._act("register", operation_id, ask)

    def ask_sessions(self, wanted: Any) -> Any:
        return self.on_act("sessions", wanted)

    def ask_places(self, session_id: UUID) -> Any:
        return self.on_act("places", session_id)

    def _act(self, what: str, operation_id: UUID, ask: Any) -> Any:
        self.acts.append((what, operation_id, ask))
        return self.on_act(what, ask)

    def now_offset_ms(self) -> int | None:
        return self.offset_ms

    def wake(self) -> None:
        self.woken += 1


class PlainTickets:
    """Tickets with all their facts, in no particular words."""

    def check_in_ticket(self, facts: TicketFacts, language: str) -> Ticket:
        marks = (Mark("补打"),) if facts.copy_no > 1 else ()
        marks = (*marks, Mark("现场挂号")) if facts.is_walk_in else marks
        confirmed = "confirmed" if facts.is_confirmed else "subject to confirmation"
        return Ticket(
            template="check_in",
            template_version=1,
            language=language,
            blocks=(
                *marks,
                Text(facts.hospital.text(language)),
                BigNumber(facts.queue_number),
                KeyValue("name", facts.masked_name),
                KeyValue("state", confirmed),
                QrCode(facts.qr),
            ),
        )

    def slip(self, facts: SlipFacts, language: str) -> Ticket:
        says = "request" if facts.is_request else "subject to confirmation" if facts.is_assumed else "done"
        return Ticket(
            template=f"slip_{facts.kind.value}",
            template_version=1,
            language=language,
            blocks=(
                Text(says),
                KeyValue("name", facts.masked_name),
                KeyValue("number", facts.number),
                KeyValue("state", "confirmed" if facts.is_confirmed else "off line"),
                QrCode(facts.qr),
            ),
        )


def sign(message: bytes) -> bytes:
    return hashlib.sha512(message).digest()


def is_signed(*, public_key: str, signature: bytes, message: bytes) -> bool:
    return public_key == "" and signature == sign(message)


def open_ward(directory: Path, clock: HandClock, *, max_pages: int | None = None) -> Store:
    """The terminal's store, enrolled at this hospital."""
    store = open_store(StoreSettings(directory=directory, max_pages=max_pages), codec=CODEC, now_ms=clock.now_ms)
    if store.site.site() is None:
        store.site.keep_site(SITE)
    return store


def lending_now(clock: HandClock, trust: ClockTrust = ClockTrust.SYNCED) -> Now:
    return Now(boot_id=clock.boot_id(), boot_ms=clock.boot_ms(), wall_ms=clock.now_ms(), trust=trust)


def core_of(
    store: Store,
    line: ScriptedLine,
    clock: HandClock,
    *,
    arrivals: DeskStore | None = None,
    tickets: PlainTickets | None = None,
    expect_ticket: Callable[[Ticket], None] = lambda _ticket: None,
) -> DeskCore:
    """The desk at this store; `arrivals` is what stands in for its part of it."""
    return DeskCore(
        Surroundings(
            store=arrivals or store.arrivals(HOSPITAL),
            line=line,
            clock=clock,
            site=SITE,
            zone=ZONE,
            tickets=tickets or PlainTickets(),
            sign=sign,
            is_signed=is_signed,
            sales=store.sales(HOSPITAL),
            lending_now=lambda: lending_now(clock),
            seal=seal,
            expect_ticket=expect_ticket,
        )
    )
