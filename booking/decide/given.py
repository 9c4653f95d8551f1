"""What is given when somebody asks: the person, the place, what else they have. Facts that may be missing are `Fact`.

Instants are milliseconds UTC; dates are the hospital's own; `zone` is the hospital's time zone, passed in as a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, timezone, tzinfo
from enum import StrEnum

from booking.facts import Fact, Known
from booking.people import DocumentKind
from booking.policy.choices import Clinic, PriorityGroup
from booking.roster import BookingState
from booking.roster.plans import ClinicKind

CHINA = timezone(timedelta(hours=8))
"""The time of all hospitals in China, without summer time."""


class Acting(StrEnum):
    """For whom the person asks.  # rule A5"""

    SELF = "self"
    GUARDIAN = "guardian"
    STAFF = "staff"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Grant:
    """A priority group that staff granted on sight of a document, and its last day.  # rule C8"""

    group: PriorityGroup
    until: date


@dataclass(frozen=True, slots=True)
class Person:
    """The patient, as far as rules ask. Nothing that identifies anybody.  # rules A1, A2, A5"""

    has_name: bool = True
    document: DocumentKind | None = DocumentKind.RESIDENT_ID
    is_reachable: bool = True
    is_verified: bool = True
    acting: Acting = Acting.SELF
    age: int | None = None
    grants: tuple[Grant, ...] = ()
    is_referred: bool = False
    """A family doctor or community centre sent them.  # rule D8"""
    is_follow_up: bool = False
    """A doctor asked them to come again, or they were discharged.  # rule D2"""


@dataclass(frozen=True, slots=True)
class Place:
    """The place that is asked for or held: its session and its own time.  # rule C1"""

    service_date: date
    starts_ms: int
    ends_ms: int
    department: str = ""
    kind: ClinicKind = ClinicKind.GENERAL
    session_ends_ms: int | None = None
    """None: the place's own end."""
    is_working_day: bool = True
    is_public_holiday: bool = False
    owner_confirms: bool = False
    """The hospital's own system owns the session and confirms each booking.  # rule D4"""

    @property
    def closes_ms(self) -> int:
        """When the session ends."""
        return self.ends_ms if self.session_ends_ms is None else self.session_ends_ms


@dataclass(frozen=True, slots=True)
class SessionNow:
    """What staff have set for the session meanwhile.  # rules C12, H1"""

    is_stopped: bool = False
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Free:
    """Places free now.  # rules C5, C6, C8"""

    in_channel: int = 0
    in_pool: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """Another booking of the same person that still counts.  # rule D3"""

    number: str
    service_date: date
    starts_ms: int
    ends_ms: int
    department: str
    items: tuple[str, ...] = ()
    order: str = ""
    """The doctor's order that it was booked with.  # rule D11"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the credit rules say of a person today.  # rules F1, F2, F6"""

    suspended_until: date | None = None
    restricted_until: date | None = None
    """Grabbing or frequent changing restricts booking until then."""
    allowance_lost: int = 0
    """Bookings that no-shows took off the weekly, else the daily allowance."""
    awaits_reactivation: bool = False
    """The suspension is over; staff reactivate on sight of a document.  # rule F1"""
    is_barred_by_blacklist: bool = False
    """On the blacklist, where that is a bar.  # rule F2"""


@dataclass(frozen=True, slots=True)
class Order:
    """A doctor's order for examinations or blood draws.  # rule D11"""

    items: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    """Items where what is paid and what is ordered do not agree."""
    is_urgent: bool = False
    is_fasting: bool = False
    is_series: bool = False
    preparation_days: int = 0
    id: str = ""
    """Which order it is; empty where nobody need tell one from another."""


@dataclass(frozen=True, slots=True)
class Screened:
    """The last infection screening of this person and companion.  # rule G5"""

    taken_ms: int
    clinic: Clinic | None = None
    """Where it leads; None: nothing found."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The session's waiting list.  # rule D6"""

    people: int = 0
    is_on_it: bool = False


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """One person asks for one place: to book, to wait for, to walk in, as an add-on, outside hours."""

    place: Place
    zone: tzinfo = CHINA
    person: Fact[Person] = Known(Person())
    session: Fact[SessionNow] = Known(SessionNow())
    free: Fact[Free] = Known(Free())
    bookings: Fact[tuple[Held, ...]] = Known(())
    instead_of: str = ""
    """The number of the booking that is given up for this place; it does not count against it.  # rule E3"""
    standing: Fact[Standing] = Known(Standing())
    order: Fact[Order | None] = Known(None)
    turn: Fact[bool] = Known(True)  # noqa: FBT003 - a fact's value
    """Whether the waiting room of a release rush has let this person through.  # rule C7"""
    screening: Fact[Screened | None] = Known(None)
    waiting: Fact[Waiting] = Known(Waiting())
    add_ons: int = 0
    """Add-on places that the session already has; exemptions likewise.  # rule C14"""
    exemptions: int = 0
    today_is_rest_day: bool = False
    working_days_ahead: int = 0
    """Working days between today and the place's day, by the hospital's calendar.  # rule C11"""


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking that exists, and what is asked about it."""

    place: Place
    number: str = ""
    zone: tzinfo = CHINA
    state: Fact[BookingState] = Known(BookingState.BOOKED)
    last_known_state: BookingState = BookingState.BOOKED
    acting: Acting = Acting.SELF
    session: Fact[SessionNow] = Known(SessionNow())
    booked_ms: int = 0
    is_paid: bool = False
    waiting: Fact[Waiting] = Known(Waiting())
    changes: Fact[int] = Known(0)
    """How often the person changed bookings within the policy's period.  # rule E4"""
    was_assumed: bool = False
    """Accepted on an assumption that proved wrong: never costs anything.  # rule F4"""
    was_our_fault: bool = False
    """A fault of the hospital's own sync or devices is known.  # rule F4"""
    is_excused: bool = False
    terminals_off_line: Fact[bool] = Known(False)  # noqa: FBT003 - a fact's value
    """Whether any terminal may hold a check-in that nobody has seen.  # rule G9"""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """The booking to change, and the new place."""

    old: BookingFacts
    new: PlaceFacts


class RequestState(StrEnum):
    """The one state a request is in.  # rule D14"""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A matter without slots: bed, operation, consultation, family-doctor signing.  # rule D14"""

    state: RequestState | None = None
    """None: not submitted yet."""
    person: Fact[Person] = Known(Person())


@dataclass(frozen=True, slots=True)
class LookFacts:
    """Who wants to see a booking or figures.  # rule A4"""

    acting: Acting = Acting.STRANGER
    is_of_own_department: bool = False
    has_need: bool = False
    consent_recorded: bool = False
    """For personal data that go to a third party."""


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """Nothing has to be known to screen somebody."""

    zone: tzinfo = CHINA
