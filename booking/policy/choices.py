"""The words that settings are made of. The values are what a hospital writes into its file."""

from __future__ import annotations

from enum import StrEnum


class WhenUnknown(StrEnum):
    """What a fact that is not at hand means for a decision."""

    REFUSE = "refuse"
    ASK_SERVER = "ask_server"
    ASSUME = "assume"


class ProvedWrong(StrEnum):
    """What becomes of a booking that a terminal made off line, and that a rule it could not ask would have refused.
    Never points.  # rule F4
    """

    STANDS = "stands"
    STANDS_WITH_NOTICE = "stands_with_notice"
    CANCELLED_WITH_NOTICE = "cancelled_with_notice"


class CutOff(StrEnum):
    """When the bookings for a day close.  # rule D1"""

    DAY_BEFORE = "day_before"
    BEFORE_START = "before_start"


class Confirmation(StrEnum):
    """Who confirms a booking.  # rule D4"""

    NOBODY = "nobody"
    HOSPITAL = "hospital"
    PATIENT = "patient"


class Prepayment(StrEnum):
    """Whether the registration fee is paid when booking.  # rule D9"""

    NEVER = "never"
    POSSIBLE = "possible"
    REQUIRED = "required"


class FreeUntil(StrEnum):
    """Until when cancelling has no consequence.  # rule E1"""

    BEFORE_START = "before_start"
    DAY_BEFORE = "day_before"
    CUT_OFF = "cut_off"
    NEVER = "never"


class AfterDeadline(StrEnum):
    """What cancelling or changing after that deadline means.  # rule E1"""

    REFUSED = "refused"
    COUNTS = "counts"


class CheckInOpens(StrEnum):
    """From when a patient may check in.  # rule G1"""

    BEFORE_SLOT = "before_slot"
    FROM_OPENING = "from_opening"


class EarlyArrival(StrEnum):
    """What happens to a patient who comes before check-in opens.  # rule G2"""

    COME_BACK = "come_back"
    LISTED = "listed"


class LateArrival(StrEnum):
    """What happens to a patient who comes after the grace.  # rule G2"""

    REQUEUE = "requeue"
    REFUSE = "refuse"


class QueueOrder(StrEnum):
    """The order of a queue.  # rule G3"""

    BOOKED_FIRST = "booked_first"
    RATIO = "ratio"


class PriorityGroup(StrEnum):
    """Who has reserved places and earlier queue places. `elder` follows from the age.  # rule C8"""

    ELDER = "elder"
    DISABLED = "disabled"
    PREGNANT = "pregnant"
    MILITARY = "military"
    MEMBER = "member"


class Clinic(StrEnum):
    """Where infection screening leads.  # rule G5"""

    RESPIRATORY = "respiratory"
    INTESTINAL = "intestinal"
