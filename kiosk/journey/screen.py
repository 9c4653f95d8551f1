"""What a screen shows, as data: immutable view models with finished texts, and the intents that its controls emit.

Made by `view(state, facts, words)`; drawn by `kiosk.ui`, which decides and formats nothing. Every text is final
(translated, dated, masked). A list has at most as many entries as fit: nothing scrolls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Style(StrEnum):
    """How much a control asks to be pressed."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"
    QUIET = "quiet"


class Tone(StrEnum):
    """The kind of news. Always shown by icon and word as well as by colour."""

    NEUTRAL = "neutral"
    GOOD = "good"
    CARE = "care"
    BAD = "bad"


class Icon(StrEnum):
    """The pictures there are (24-unit strokes, drawn for this project in kiosk/ui/icons)."""

    CHECK = "check"
    CROSS = "cross"
    CLOCK = "clock"
    CALENDAR = "calendar"
    CALENDAR_CHECK = "calendar_check"
    PERSON = "person"
    PIN = "pin"
    CARD = "card"
    ID_CARD = "id_card"
    KEYPAD = "keypad"
    QR = "qr"
    PRINTER = "printer"
    TICKET = "ticket"
    GLOBE = "globe"
    HELP = "help"
    MORE = "more"
    """The next page of a list."""
    EXIT = "exit"
    BACK = "back"
    INFO = "info"
    WARNING = "warning"
    OFFLINE = "offline"
    DESK = "desk"
    BACKSPACE = "backspace"
    PHONE = "phone"
    CAKE = "cake"
    HOSPITAL = "hospital"
    WRENCH = "wrench"
    CHEVRON_DOWN = "chevron_down"


class IntentKind(StrEnum):
    """What a finger can ask for. `arg` says which one where there are several."""

    TYPE_NUMBER = "type_number"
    DIGIT = "digit"
    """arg: `0` to `9`."""
    ERASE = "erase"
    SUBMIT = "submit"
    CHOOSE_QUESTION = "choose_question"
    """arg: a `wire.CheckQuestion`."""
    SELECT = "select"
    """arg: a booking's id."""
    CHECK_IN = "check_in"
    REPRINT = "reprint"
    BACK = "back"
    END = "end"
    STAY = "stay"
    HELP = "help"
    MORE = "more"
    """The next page of a list."""
    LANGUAGE = "language"
    """arg: a BCP 47 tag."""
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Intent:
    """A control was used. Sent on release, once."""

    kind: IntentKind
    arg: str = field(default="", repr=False)
    """May be a digit of a number that somebody types."""


@dataclass(frozen=True, slots=True)
class Action:
    """One control with its words."""

    intent: Intent
    label: str
    style: Style = Style.SECONDARY
    icon: Icon | None = None
    sub_label: str = ""
    """A second, smaller line: the same in the other language, or the data it acts on."""
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round every page. `utilities` keep their places: help always, language always, end during a visit."""

    hospital: str
    date: str
    time: str
    language: str
    utilities: tuple[Action, ...]
    offline_note: str = ""
    """Shown quietly in the header while the server cannot be reached."""


@dataclass(frozen=True, slots=True)
class TimeoutWarning:
    """The modal before a time-out: covers what is behind it."""

    title: str
    text: str
    seconds_left: int
    seconds_total: int
    stay: Action
    leave: Action


@dataclass(frozen=True, slots=True)
class Tile:
    """Something the terminal can do, shown on the first page; not a control."""

    icon: Icon
    label: str


@dataclass(frozen=True, slots=True)
class AttractScreen:
    """The first page: says in three seconds what the machine is for."""

    frame: Frame
    greeting: str
    services_title: str
    services: tuple[Tile, ...]
    title: str
    title_other: str
    """The same in the other language."""
    hint: str
    card_word: str
    """The word on the drawn card, e.g. 社保卡; empty where no card is taken, and then none is drawn."""
    other_ways_title: str
    """Empty where the other ways are the only ones."""
    other_ways: tuple[Action, ...]
    notice: str = ""
    """What does not work at the moment, and what still does."""
    notice_tone: Tone = Tone.CARE


@dataclass(frozen=True, slots=True)
class BusyScreen:
    """Something is being done. `steps` name what happens; the one at `current` is under way."""

    frame: Frame
    title: str
    text: str
    steps: tuple[str, ...] = ()
    current: int = 0
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class KeypadScreen:
    """Typing a number. `entered` is shown in groups; `empty` holds the places still to fill."""

    frame: Frame
    title: str
    text: str
    groups: tuple[str, ...]
    """What is typed, padded with `_` to the full length, already grouped."""
    keys: tuple[Action, ...]
    """Twelve keys in rows of three: 1-9, erase, 0, submit or empty label."""
    actions: tuple[Action, ...]
    error: str = ""
    choices: tuple[Action, ...] = ()
    """The ways to answer, where there are two (phone, birthday); the chosen one has style PRIMARY."""


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Who stands here, masked."""

    masked_name: str
    about: str
    """Sex and year of birth, in words."""
    document: str = ""
    """Kind and last four digits of what was shown."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One booking in the list."""

    part_of_day: str
    time: str
    """Of 24 hours."""
    department: str
    doctor: str
    place: str
    chip: str
    chip_tone: Tone
    chip_icon: Icon
    select: Action | None
    """None where it cannot be chosen; the chip says why."""
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class BookingsScreen:
    """Is this you, and these are your bookings today."""

    frame: Frame
    title: str
    privacy_note: str
    person: PersonCard
    list_title: str
    list_hint: str
    rows: tuple[BookingRow, ...]
    actions: tuple[Action, ...]
    """Left to right; the primary one last."""
    more_note: str = ""


@dataclass(frozen=True, slots=True)
class DoneScreen:
    """It is done: the number, where to go, what to take."""

    frame: Frame
    title: str
    number_caption: str
    number: str
    place_caption: str
    place_title: str
    place_text: str
    first_note: str
    """Stands above the number when the server does not know the arrival yet: show this at the clinic's desk."""
    take_text: str
    """What to take along (ticket, card), or what happened to the ticket."""
    take_tone: Tone
    take_icon: Icon
    actions: tuple[Action, ...]
    seconds_left: int
    seconds_total: int
    clears_text: str
    """After the ring with the seconds: when the page clears."""
    qr: str = ""
    """The ticket's QR text, shown large when there is no paper."""
    qr_caption: str = ""


@dataclass(frozen=True, slots=True)
class MessageScreen:
    """A refusal, a fault, or help: what happened, what is safe, one to three things to do."""

    frame: Frame
    tone: Tone
    icon: Icon
    title: str
    safe: str
    """What is safe: nothing was changed, the booking stands, ..."""
    steps: tuple[str, ...]
    actions: tuple[Action, ...]
    code: str = ""
    """Small, for staff: `R-102`."""
    big: str = ""
    """The one figure that matters, e.g. when check-in opens; each line of it stays one line."""
    big_caption: str = ""
    seconds_left: int = 0
    seconds_total: int = 0
    clears_text: str = ""
    """After the ring with the seconds, where there is one."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One page and what lies over it."""

    page: AttractScreen | BusyScreen | KeypadScreen | BookingsScreen | DoneScreen | MessageScreen
    warning: TimeoutWarning | None = None


Page = AttractScreen | BusyScreen | KeypadScreen | BookingsScreen | DoneScreen | MessageScreen
