"""The states of a visit, as data. A state is a condition; what it shows is decided by `view`, what it does by `step`.

Connectivity, printer and readers are facts (`facts.py`), not states. Everything about a person hangs on the state, so
that reaching `Idle` drops it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from booking.localized import LocalizedText
from booking.reasons import RefusalFacts
from booking.wire import CheckQuestion
from kiosk.ports.cards import CardInserted, Insertion
from kiosk.ports.desk import BookingView, PersonView
from kiosk.ports.printers import PrintResult
from kiosk.ports.scanners import CodeScanned


@dataclass(frozen=True, slots=True)
class Inserted:
    """The visit hangs on a card in a reader: taking it out ends the visit."""

    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Typed:
    """The visit began by typing a number."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The visit began with a scanned code."""


Anchor = Inserted | Typed | Scanned


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at the terminal. The id is on everything that is asked and answered for them."""

    id: UUID
    anchor: Anchor


class Trouble(StrEnum):
    """Why a visit cannot go on as wished. Each has its own page: words, what is safe, what to do next."""

    CARD_UNREADABLE = "card_unreadable"
    CARD_SILENT = "card_silent"
    CARD_NOT_KNOWN = "card_not_known"
    CARD_TAKEN_EARLY = "card_taken_early"
    READER_FAULT = "reader_fault"
    PERSON_UNKNOWN = "person_unknown"
    CANNOT_KNOW = "cannot_know"
    NOTHING_TODAY = "nothing_today"
    OTHER_HOSPITAL = "other_hospital"
    CODE_UNKNOWN = "code_unknown"
    TICKET_DAMAGED = "ticket_damaged"
    TICKET_NOT_CHECKED = "ticket_not_checked"
    TICKET_OF_OTHER_HOSPITAL = "ticket_of_other_hospital"
    TOO_MANY_TRIES = "too_many_tries"
    ALREADY_CHECKED_IN = "already_checked_in"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_NOT_ACTIVE = "booking_not_active"
    CLINIC_STOPPED = "clinic_stopped"
    OTHER_DAY = "other_day"
    NEEDS_SERVER = "needs_server"
    REFUSED_OTHERWISE = "refused_otherwise"
    DESK_FAULT = "desk_fault"
    RESULT_UNKNOWN = "result_unknown"


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is here. Nothing of anybody is kept."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The card is being read."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Finding:
    """The desk looks for the person and today's bookings."""

    visit: Visit
    number: str = field(default="", repr=False)
    """The typed number that is being looked for; empty after a card."""
    question: CheckQuestion = CheckQuestion.PHONE


@dataclass(frozen=True, slots=True)
class EnteringNumber:
    """A booking number is being typed."""

    visit: Visit
    digits: str = field(default="", repr=False)
    is_mistyped: bool = False


@dataclass(frozen=True, slots=True)
class EnteringAnswer:
    """The second question to a typed number: phone's last four digits, or birthday."""

    visit: Visit
    number: str = field(repr=False)
    question: CheckQuestion = CheckQuestion.PHONE
    digits: str = field(default="", repr=False)
    tries_left: int | None = None
    """Set after a wrong answer."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """This is you, and these are today's bookings."""

    visit: Visit
    person: PersonView = field(repr=False)
    bookings: tuple[BookingView, ...] = field(repr=False)
    selected: UUID | None
    first: int = 0
    """Index of the first booking on the page, where there are more than fit."""


@dataclass(frozen=True, slots=True)
class CheckingIn:
    """An act is under way: it is always finished, whatever happens to card and screen."""

    visit: Visit
    booking: BookingView = field(repr=False)
    operation_id: UUID
    queue_number: str = ""
    """Set for a reprint: the number that the booking already has."""
    is_confirmed: bool = True
    is_card_gone: bool = False

    @property
    def is_reprint(self) -> bool:
        """Whether only paper is wanted."""
        return bool(self.queue_number)


@dataclass(frozen=True, slots=True)
class Printing:
    """The ticket is on its way."""


@dataclass(frozen=True, slots=True)
class NoFurtherCopy:
    """Two copies are the most."""


Paper = Printing | PrintResult | NoFurtherCopy


@dataclass(frozen=True, slots=True)
class Finished:
    """Checked in: the number, and where to go. Holds no name."""

    visit: Visit
    booking: BookingView = field(repr=False)
    queue_number: str
    is_confirmed: bool
    job_id: UUID
    paper: Paper
    is_card_gone: bool = False
    is_reprint: bool = False
    qr: str = field(default="", repr=False)
    """The ticket's code, for the screen when there is no paper."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """A refusal or a fault, explained. Holds no name and no number."""

    visit: Visit
    trouble: Trouble
    facts: RefusalFacts = RefusalFacts()
    sentence: LocalizedText = LocalizedText()
    next_date: str = ""
    next_starts_ms: int | None = None
    queue_number: str = ""
    shows_first: bool = False
    """The server does not know of the arrival: the number is to be shown at the desk of the clinic."""
    back: Choosing | None = field(default=None, repr=False)
    """Where "back" leads, when there is something to go back to."""
    is_card_gone: bool = False


@dataclass(frozen=True, slots=True)
class Helping:
    """The help page lies over another state."""

    over: HelpedState


@dataclass(frozen=True, slots=True)
class AwaitingRemoval:
    """The visit has ended and the card is still in: please take it. Nothing of anybody is kept."""

    insertion: Insertion


BusyState = Reading | Finding | CheckingIn
"""Something is being done for the patient, and bounded by its own limit."""
HelpedState = Idle | BusyState | EnteringNumber | EnteringAnswer | Choosing | Troubled | Finished | AwaitingRemoval
State = (
    Idle
    | Reading
    | Finding
    | EnteringNumber
    | EnteringAnswer
    | Choosing
    | CheckingIn
    | Finished
    | Troubled
    | Helping
    | AwaitingRemoval
)


@dataclass(frozen=True, slots=True)
class Journey:
    """The machine as a whole. Instants are milliseconds of the boot clock."""

    state: State
    language: str
    entered_ms: int
    """When this state was entered."""
    touched_ms: int
    """The last sign of a person."""
    next_identity: CardInserted | CodeScanned | None = None
    """Somebody's card or code that came during an act under way: it waits until that is done."""
    left_cards: tuple[Insertion, ...] = ()
    """Cards that are still in, though the visit does not hang on them: somebody typed or scanned past them."""


def uncovered(state: State) -> State:
    """What lies under the help page, if that is open."""
    return state.over if isinstance(state, Helping) else state


def visit_of(state: State) -> Visit | None:
    """The visit that this state belongs to."""
    match state:
        case Idle() | AwaitingRemoval():
            return None
        case Helping(over=over):
            return visit_of(over)
        case _:
            return state.visit


def insertion_of(state: State) -> Insertion | None:
    """The card that is in, as far as this state knows."""
    if isinstance(state, AwaitingRemoval):
        return state.insertion
    if isinstance(state, Helping):
        return insertion_of(state.over)
    if isinstance(state, CheckingIn | Finished | Troubled) and state.is_card_gone:
        return None
    visit = visit_of(state)
    if visit is not None and isinstance(visit.anchor, Inserted):
        return visit.anchor.insertion
    return None
