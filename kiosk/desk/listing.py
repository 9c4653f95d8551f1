"""What is on a list for staff, page by page: who arrived here and the server does not know it, or who is booked today.

Grouped by department and desk, in order of time. Decides nothing about when a list is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from booking.localized import LocalizedText
from booking.numbers import queue_number
from booking.roster import BookingState
from booking.wire import DepartmentRow, PlaceRow, Row, RowKind
from kiosk.desk.list_source import ListSource
from kiosk.desk.standing import number_of
from kiosk.ports.lending import PlaceState
from kiosk.ports.lists import (
    DoubtfulSlip,
    Fate,
    ListedArrival,
    ListFacts,
    ListGroup,
    ListKind,
    ListLine,
    ListOrder,
)

LINES_A_PAGE = 30
"""A page is out in two seconds: a patient who comes meanwhile has not yet been read."""
_HERE = frozenset({BookingState.CHECKED_IN, BookingState.CALLED, BookingState.IN_CONSULTATION, BookingState.VISITED})
_GONE = frozenset({BookingState.CANCELLED, BookingState.MOVED, BookingState.STOPPED, BookingState.LAPSED})
_NOTHING = LocalizedText()
_NO_DEPARTMENT = DepartmentRow(id=UUID(int=0), name=_NOTHING, is_sensitive=True)
_NO_PLACE = PlaceRow(id=UUID(int=0), building=_NOTHING, floor=_NOTHING, area=_NOTHING, room=_NOTHING)


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page, and the acts that it names for the first time or again."""

    facts: ListFacts
    operation_ids: tuple[UUID, ...]


def pages_of(source: ListSource, order: ListOrder) -> tuple[ListPage, ...]:
    """The pages of a list that staff ask for: everybody, whatever was printed before. No page when nobody is on it."""
    if order.kind is ListKind.DAY:
        day = _paged(source, order, _day_groups(source, order.department), ())
        return (*day, *_paged(source, replace(order, kind=ListKind.LENT), _lent_groups(source, order.department), ()))
    found = source.store.unheard() if order.since_ms is None else source.store.arrivals_since(order.since_ms)
    return _paged(source, order, _arrival_groups(source, found), ())


def pages_of_new(source: ListSource) -> tuple[ListPage, ...]:
    """The pages of what no list has told so far. Whom a list names that perhaps never came out, it names by number."""
    found = source.store.unheard()
    slips: dict[int, list[ListedArrival]] = {}
    for one in found:
        if one.fate is Fate.DOUBTFUL:
            slips.setdefault(one.slip_ms, []).append(one)
    doubtful = tuple(
        DoubtfulSlip(at_ms, tuple(one.arrival.queue_number for one in slip)) for at_ms, slip in sorted(slips.items())
    )
    groups = _arrival_groups(source, (one for one in found if one.fate is Fate.NEW))
    pages = _paged(source, ListOrder(ListKind.ARRIVALS), groups, doubtful)
    told_again = tuple(one.arrival.operation_id for slip in slips.values() for one in slip)
    return (replace(pages[0], operation_ids=(*pages[0].operation_ids, *told_again)), *pages[1:]) if pages else ()


def _paged(
    source: ListSource, order: ListOrder, groups: tuple[ListGroup, ...], doubtful: tuple[DoubtfulSlip, ...]
) -> tuple[ListPage, ...]:
    sheets = _sheets(groups)
    if not sheets and doubtful:
        sheets = [()]
    whole = ListFacts(
        kind=order.kind,
        hospital=source.site.hospital_name,
        terminal_label=source.site.label,
        time_zone=source.zone,
        service_date=source.today(),
        groups=(),
        people=_people(groups, order.kind),
        cut_ms=source.store.cut_ms(),
        since_ms=order.since_ms,
        doubtful=(),
        printed_ms=source.now_ms(),
        page=1,
        pages=len(sheets),
    )
    return tuple(
        ListPage(
            replace(whole, groups=sheet, page=number, doubtful=doubtful if number == 1 else ()),
            tuple(line.operation_id for group in sheet for line in group.lines if line.operation_id is not None),
        )
        for number, sheet in enumerate(sheets, start=1)
    )


def _people(groups: Iterable[ListGroup], kind: ListKind) -> int:
    lines = [line for group in groups for line in group.lines]
    return len(lines) if kind is not ListKind.LENT else sum(not line.is_known for line in lines)


def _sheets(groups: Iterable[ListGroup]) -> list[tuple[ListGroup, ...]]:
    """Page by page; a department that does not fit goes on overleaf under its name."""
    sheets: list[tuple[ListGroup, ...]] = []
    sheet: list[ListGroup] = []
    room = LINES_A_PAGE
    for group in groups:
        left = group
        while left.lines:
            sheet.append(replace(left, lines=left.lines[:room]))
            left = replace(left, lines=left.lines[room:], is_continued=True)
            room -= len(sheet[-1].lines)
            if room == 0:
                sheets.append(tuple(sheet))
                sheet, room = [], LINES_A_PAGE
    return [*sheets, tuple(sheet)] if sheet else sheets


@dataclass(slots=True)
class _Sorted:
    """Lines on their way into groups; each row of the catalogue is looked up once."""

    source: ListSource
    rows: dict[UUID, Row | None] = field(default_factory=dict)
    groups: dict[tuple[object, ...], tuple[ListGroup, list[ListLine]]] = field(default_factory=dict)

    def row(self, kind: RowKind, row_id: UUID) -> Row | None:
        if row_id not in self.rows:
            self.rows[row_id] = self.source.store.row(kind, row_id)
        return self.rows[row_id]

    def letters_of(self, session_id: UUID) -> str:
        session = self.row(RowKind.SESSION, session_id)
        return "" if session is None or session.session is None else session.session.letters

    def where(self, session_id: UUID | None) -> tuple[DepartmentRow, PlaceRow]:
        """The department and its desk; nothing readable where the mirror does not know."""
        session = None if session_id is None else self.row(RowKind.SESSION, session_id)
        if session is None or session.session is None:
            return _NO_DEPARTMENT, _NO_PLACE
        department = self.row(RowKind.DEPARTMENT, session.session.department_id)
        place = self.row(RowKind.PLACE, session.session.place_id)
        return (department and department.department) or _NO_DEPARTMENT, (place and place.place) or _NO_PLACE

    def add(self, department: DepartmentRow, place: PlaceRow, line: ListLine) -> None:
        desk = tuple(tuple(sorted(part.by_language.items())) for part in (place.building, place.floor, place.area))
        key = (department is _NO_DEPARTMENT, department.position, str(department.id), desk)
        if key not in self.groups:
            group = ListGroup(
                department=department.name,
                is_sensitive=department.is_sensitive,
                building=place.building,
                floor=place.floor,
                area=place.area,
                lines=(),
            )
            self.groups[key] = (group, [])
        self.groups[key][1].append(line)

    def done(self) -> tuple[ListGroup, ...]:
        return tuple(
            replace(group, lines=tuple(sorted(lines, key=lambda line: (line.at_ms, line.number))))
            for _, (group, lines) in sorted(self.groups.items(), key=lambda item: item[0])
        )


def _arrival_groups(source: ListSource, found: Iterable[ListedArrival]) -> tuple[ListGroup, ...]:
    groups = _Sorted(source)
    for one in found:
        arrival = one.arrival
        row = source.store.row(RowKind.BOOKING, arrival.booking_id)
        booking = None if row is None else row.booking
        line = ListLine(
            number=arrival.queue_number,
            at_ms=arrival.checked_in_ms,
            masked_name="" if booking is None else booking.masked_name,
            is_known=arrival.is_confirmed,
            operation_id=arrival.operation_id,
        )
        groups.add(*groups.where(None if booking is None else booking.session_id), line)
    return groups.done()


def _day_groups(source: ListSource, department: str) -> tuple[ListGroup, ...]:
    groups = _Sorted(source)
    came_here = {one.arrival.booking_id for one in source.store.arrivals_since(0)}
    for row in source.store.bookings_on(source.today()):
        booking = row.booking
        if booking is None or booking.state in _GONE:
            continue
        where, place = groups.where(booking.session_id)
        if not _is_of(where, department):
            continue
        line = ListLine(
            number=booking.queue_number or number_of(booking, groups.letters_of(booking.session_id)),
            at_ms=booking.slot_starts_ms,
            masked_name=booking.masked_name,
            is_known=booking.state in _HERE or booking.id in came_here,
        )
        groups.add(where, place, line)
    return groups.done()


def _lent_groups(source: ListSource, department: str) -> tuple[ListGroup, ...]:
    """The numbers that nobody but this terminal gives today, and which of them it has given."""
    groups = _Sorted(source)
    listed = {PlaceState.LENT: False, PlaceState.SOLD: True, PlaceState.KEPT_FOR_CHANGE: True}
    for lease in source.store.leases():
        where, place = groups.where(lease.session_id)
        if lease.service_date != source.today() or not _is_of(where, department):
            continue
        letters = groups.letters_of(lease.session_id)
        for no, starts_ms, state in lease.places:
            if state in listed:
                number = queue_number(letters=letters, slot_no=no) if letters else f"{no:03d}"
                line = ListLine(number=number, at_ms=starts_ms, masked_name="", is_known=listed[state])
                groups.add(where, place, line)
    return groups.done()


def _is_of(department: DepartmentRow, part_of_name: str) -> bool:
    names = department.name.by_language.values()
    return not part_of_name or any(part_of_name.casefold() in name.casefold() for name in names)
