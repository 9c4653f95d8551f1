"""Why an act was refused, and which rule says so: one closed list for all acts, and the facts that explain each.

The values travel on the wire and name the sentence that people read. Every reason belongs to exactly one rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why an act was refused."""

    # Check-in
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    ALREADY_CHECKED_IN = "already_checked_in"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_NOT_ACTIVE = "booking_not_active"
    CLINIC_STOPPED = "clinic_stopped"
    OTHER_DAY = "other_day"
    UNKNOWN_BOOKING = "unknown_booking"
    NEEDS_SERVER = "needs_server"
    # Who asks, and through what
    CANNOT_KNOW = "cannot_know"
    NAME_NEEDED = "name_needed"
    DOCUMENT_NEEDED = "document_needed"
    DOCUMENT_NOT_ACCEPTED = "document_not_accepted"
    CONTACT_NEEDED = "contact_needed"
    CARD_READ_NEEDED = "card_read_needed"
    NOT_THE_GUARDIAN = "not_the_guardian"
    NOT_FOR_THESE_EYES = "not_for_these_eyes"
    CHANNEL_OFF = "channel_off"
    CHANNEL_CLOSED = "channel_closed"
    CHANNEL_MAY_NOT = "channel_may_not"
    # Whether there is a place
    NOT_OFFERED = "not_offered"
    NOT_YET_RELEASED = "not_yet_released"
    WAIT_FOR_TURN = "wait_for_turn"
    DAY_TOO_SOON = "day_too_soon"
    DAY_TOO_FAR = "day_too_far"
    BOOKING_CLOSED = "booking_closed"
    FULL = "full"
    ONLY_RESERVED_LEFT = "only_reserved_left"
    # What else the person has
    SAME_DEPARTMENT_AND_DAY = "same_department_and_day"
    TOO_MANY_THAT_DAY = "too_many_that_day"
    TOO_MANY_THAT_WEEK = "too_many_that_week"
    SAME_TIME = "same_time"
    SUSPENDED = "suspended"
    REACTIVATION_NEEDED = "reactivation_needed"
    BLACKLISTED = "blacklisted"
    RESTRICTED = "restricted"
    NOTICE_NOT_SHOWN = "notice_not_shown"
    # Orders
    ORDER_NEEDED = "order_needed"
    ORDER_UNPAID = "order_unpaid"
    ORDER_DIFFERS = "order_differs"
    ORDER_BOOKED = "order_booked"
    FASTING_IN_THE_MORNING = "fasting_in_the_morning"
    PREPARATION_TOO_SHORT = "preparation_too_short"
    SERIES_TOO_LATE = "series_too_late"
    INCOMPATIBLE_ITEMS = "incompatible_items"
    WORKING_DAYS_ONLY = "working_days_only"
    LABORATORY_MORNINGS_ONLY = "laboratory_mornings_only"
    NOT_ON_REST_DAYS = "not_on_rest_days"
    # Waiting list, change, cancel, confirm
    WAITING_LIST_OFF = "waiting_list_off"
    PLACES_ARE_FREE = "places_are_free"
    ALREADY_WAITING = "already_waiting"
    WAITING_LIST_FULL = "waiting_list_full"
    DEADLINE_PASSED = "deadline_passed"
    COST_NOT_SHOWN = "cost_not_shown"
    TOO_MANY_CHANGES = "too_many_changes"
    STATE_FORBIDS = "state_forbids"
    CONFIRMED_TOO_LATE = "confirmed_too_late"
    CONFIRMATION_NOT_ASKED = "confirmation_not_asked"
    NOT_YET_DUE = "not_yet_due"
    # The day of the visit
    NOT_TODAY = "not_today"
    WALK_IN_OFF = "walk_in_off"
    WALK_IN_CLOSED = "walk_in_closed"
    SCREENING_NEEDED = "screening_needed"
    LED_TO_CLINIC = "led_to_clinic"
    EXCUSED = "excused"
    SAME_DEPARTMENT = "same_department"
    # What staff may do
    RIGHT_NEEDED = "right_needed"
    NOT_THEIR_DOCTOR = "not_their_doctor"
    REASON_NEEDED = "reason_needed"
    ADD_ONS_USED_UP = "add_ons_used_up"
    EXEMPTIONS_USED_UP = "exemptions_used_up"
    OFF_HOURS_OFF = "off_hours_off"
    OFF_HOURS_NOT_ENTITLED = "off_hours_not_entitled"
    PUBLIC_HOLIDAY = "public_holiday"
    OFF_HOURS_TOO_SOON = "off_hours_too_soon"
    WITHIN_WORKING_HOURS = "within_working_hours"
    STAFF_NOT_NAMED = "staff_not_named"
    REQUESTS_OFF = "requests_off"
    REQUEST_STATE_FORBIDS = "request_state_forbids"
    TIME_NEEDED = "time_needed"


class Assumption(StrEnum):
    """What an accepted act relied on without knowing it; the same words name what was missing for a refused one."""

    BOOKING_STATE = "booking_state"
    PROFILE = "profile"
    BOOKINGS = "bookings"
    STANDING = "standing"
    FREE_PLACES = "free_places"
    ORDER = "order"
    TURN = "turn"
    SCREENING = "screening"
    CHANGES = "changes"
    SESSION = "session"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """What a screen needs to explain a refusal; None where it does not apply. Instants are milliseconds UTC."""

    opens_ms: int | None = None
    closed_ms: int | None = None
    service_date: str | None = None
    until: str | None = None
    """The last day of a suspension or restriction, `YYYY-MM-DD`."""
    limit: int | None = None
    count: int | None = None
    collides: str | None = None
    """The number of the booking that stands in the way."""
    items: tuple[str, ...] = ()
    """Codes: unpaid or differing items, documents, groups, the state that forbids."""
    missing: tuple[Assumption, ...] = ()
    """What nobody here knows."""


RULE_OF = {
    Reason.TOO_EARLY: "G1",
    Reason.TOO_LATE: "G2",
    Reason.ALREADY_CHECKED_IN: "D13",
    Reason.BOOKING_CANCELLED: "D13",
    Reason.BOOKING_NOT_ACTIVE: "D13",
    Reason.CLINIC_STOPPED: "H1",
    Reason.OTHER_DAY: "G1",
    Reason.UNKNOWN_BOOKING: "D4",
    Reason.NEEDS_SERVER: "D4",
    Reason.CANNOT_KNOW: "D4",
    Reason.NAME_NEEDED: "A1",
    Reason.DOCUMENT_NEEDED: "A1",
    Reason.DOCUMENT_NOT_ACCEPTED: "A3",
    Reason.CONTACT_NEEDED: "A1",
    Reason.CARD_READ_NEEDED: "A2",
    Reason.NOT_THE_GUARDIAN: "A5",
    Reason.NOT_FOR_THESE_EYES: "A4",
    Reason.CHANNEL_OFF: "B1",
    Reason.CHANNEL_CLOSED: "B2",
    Reason.CHANNEL_MAY_NOT: "B1",
    Reason.NOT_OFFERED: "C12",
    Reason.NOT_YET_RELEASED: "C5",
    Reason.WAIT_FOR_TURN: "C7",
    Reason.DAY_TOO_SOON: "D2",
    Reason.DAY_TOO_FAR: "D2",
    Reason.BOOKING_CLOSED: "D1",
    Reason.FULL: "C6",
    Reason.ONLY_RESERVED_LEFT: "C8",
    Reason.SAME_DEPARTMENT_AND_DAY: "D3",
    Reason.TOO_MANY_THAT_DAY: "D3",
    Reason.TOO_MANY_THAT_WEEK: "D3",
    Reason.SAME_TIME: "D3",
    Reason.SUSPENDED: "F1",
    Reason.REACTIVATION_NEEDED: "F1",
    Reason.BLACKLISTED: "F2",
    Reason.RESTRICTED: "F6",
    Reason.NOTICE_NOT_SHOWN: "D10",
    Reason.ORDER_NEEDED: "D11",
    Reason.ORDER_UNPAID: "D11",
    Reason.ORDER_DIFFERS: "D11",
    Reason.ORDER_BOOKED: "D11",
    Reason.FASTING_IN_THE_MORNING: "D11",
    Reason.PREPARATION_TOO_SHORT: "D11",
    Reason.SERIES_TOO_LATE: "D11",
    Reason.INCOMPATIBLE_ITEMS: "D11",
    Reason.WORKING_DAYS_ONLY: "D12",
    Reason.LABORATORY_MORNINGS_ONLY: "D12",
    Reason.NOT_ON_REST_DAYS: "D12",
    Reason.WAITING_LIST_OFF: "D6",
    Reason.PLACES_ARE_FREE: "D6",
    Reason.ALREADY_WAITING: "D6",
    Reason.WAITING_LIST_FULL: "D6",
    Reason.DEADLINE_PASSED: "E1",
    Reason.COST_NOT_SHOWN: "F5",
    Reason.TOO_MANY_CHANGES: "E4",
    Reason.STATE_FORBIDS: "D13",
    Reason.CONFIRMED_TOO_LATE: "D4",
    Reason.CONFIRMATION_NOT_ASKED: "D4",
    Reason.NOT_YET_DUE: "G9",
    Reason.NOT_TODAY: "G4",
    Reason.WALK_IN_OFF: "G4",
    Reason.WALK_IN_CLOSED: "G4",
    Reason.SCREENING_NEEDED: "G5",
    Reason.LED_TO_CLINIC: "G5",
    Reason.EXCUSED: "G9",
    Reason.SAME_DEPARTMENT: "G6",
    Reason.RIGHT_NEEDED: "I5",
    Reason.NOT_THEIR_DOCTOR: "E5",
    Reason.REASON_NEEDED: "I2",
    Reason.ADD_ONS_USED_UP: "C14",
    Reason.EXEMPTIONS_USED_UP: "C14",
    Reason.OFF_HOURS_OFF: "C11",
    Reason.OFF_HOURS_NOT_ENTITLED: "C11",
    Reason.PUBLIC_HOLIDAY: "C11",
    Reason.OFF_HOURS_TOO_SOON: "C11",
    Reason.WITHIN_WORKING_HOURS: "C11",
    Reason.STAFF_NOT_NAMED: "C11",
    Reason.REQUESTS_OFF: "D14",
    Reason.REQUEST_STATE_FORBIDS: "D14",
    Reason.TIME_NEEDED: "D14",
}
"""The rule that each reason comes from."""

CHECK_IN_REASONS = frozenset(
    {
        Reason.TOO_EARLY,
        Reason.TOO_LATE,
        Reason.ALREADY_CHECKED_IN,
        Reason.BOOKING_CANCELLED,
        Reason.BOOKING_NOT_ACTIVE,
        Reason.CLINIC_STOPPED,
        Reason.OTHER_DAY,
        Reason.UNKNOWN_BOOKING,
        Reason.NEEDS_SERVER,
    }
)
"""What a check-in is refused for while screening (rule G5) is off; each has a page of its own on the terminal."""
