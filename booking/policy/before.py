"""The settings of everything before the day of the visit: who may book, through what, until when, how much."""

from __future__ import annotations

from dataclasses import dataclass, field

from booking.people import DocumentKind
from booking.policy.choices import Confirmation, CutOff, Prepayment, PriorityGroup
from booking.policy.fields import END_OF_DAY, DayMinute, at, whole
from booking.roster.channels import Channel


@dataclass(frozen=True, slots=True)
class PeoplePolicy:
    """Who a person is, and who may act for another.  # rules A1, A2, A3, A5"""

    accepted_documents: tuple[DocumentKind, ...] = tuple(DocumentKind)
    """What a terminal or desk takes as a document or card."""
    contact_needed: bool = True
    """A mobile number or another way to be reached."""
    unverified_may_book: bool = True
    """A profile made without a card read may book; the card is read at the visit."""
    guardian_may_act: bool = True
    phone_confirmed_at_check_in: bool = True


@dataclass(frozen=True, slots=True)
class ChannelRights:
    """What one channel may do, and when.  # rules B1, B2"""

    on: bool = True
    opens: DayMinute = field(default=at(8))
    closes: DayMinute = field(default=at(17))
    may_book: bool = True
    may_change: bool = True
    may_cancel: bool = True
    may_walk_in: bool = False


_ROUND_THE_CLOCK = ChannelRights(opens=at(0), closes=END_OF_DAY)
_ON_THE_SPOT = ChannelRights(may_walk_in=True)


@dataclass(frozen=True, slots=True)
class ChannelsPolicy:
    """Each channel by itself: any of them can be switched off alone.  # rules B1, B2"""

    kiosk: ChannelRights = _ON_THE_SPOT
    web: ChannelRights = ChannelRights()
    app: ChannelRights = ChannelRights()
    phone: ChannelRights = ChannelRights(opens=at(8), closes=at(23, 30))
    window: ChannelRights = _ON_THE_SPOT
    guide_desk: ChannelRights = _ON_THE_SPOT
    consulting_room: ChannelRights = ChannelRights()
    community: ChannelRights = ChannelRights()
    service_hall: ChannelRights = ChannelRights()
    partner: ChannelRights = ChannelRights()

    def of(self, channel: Channel) -> ChannelRights:
        """The rights of this channel."""
        rights: ChannelRights = getattr(self, channel)
        return rights


@dataclass(frozen=True, slots=True)
class WindowPolicy:
    """Until when a day can be booked, and by whom further ahead.  # rules C5, C7, D1, D2"""

    earliest_days: int = whole(1, 0, 60)
    """Days from today to the first day that can be booked; 0 is today. The last one is `roster.release.opens`."""
    rush_min: int = whole(0, 0, 1440)
    """Minutes after the release during which the fair waiting room gives the turns; 0 switches it off."""
    cut_off: CutOff = CutOff.BEFORE_START
    cut_off_at: DayMinute = field(default=at(14))
    """With `day_before`: this time of the day before."""
    cut_off_before_min: int = whole(60, 0, 10_080)
    """With `before_start`: so long before the session begins."""
    follow_up_latest_days: int = whole(180, 0, 730)
    """The last day for follow-up and discharged patients."""
    follow_up_channels: tuple[Channel, ...] = (Channel.CONSULTING_ROOM, Channel.PHONE, Channel.WINDOW)


@dataclass(frozen=True, slots=True)
class LimitsPolicy:
    """How much one person may book. 0 means no limit.  # rules D3, F6"""

    per_department_and_day: int = whole(1, 0, 20)
    per_day: int = whole(3, 0, 20)
    per_week: int = whole(0, 0, 100)
    """A week is Monday to Sunday."""


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """Who may take reserved places and earlier queue places; how many, says `roster.priority`.  # rule C8"""

    groups: tuple[PriorityGroup, ...] = (PriorityGroup.ELDER, PriorityGroup.DISABLED, PriorityGroup.PREGNANT)
    referred_first: bool = True
    """A family doctor's patient may take a reserved place and an earlier queue place.  # rule D8"""


@dataclass(frozen=True, slots=True)
class ConfirmationPolicy:
    """Who confirms a booking, and within what time.  # rule D4"""

    by: Confirmation = Confirmation.NOBODY
    within_min: int = whole(1440, 1, 10_080)


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """Booking itself is free of charge; the fee may be paid beforehand.  # rule D9"""

    prepayment: Prepayment = Prepayment.NEVER
    hold_min: int = whole(15, 1, 1440)
    """An unpaid hold lapses after so long."""


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """What a patient is told, and when.  # rules D5, D10"""

    shown_before_booking: bool = True
    first_reminder_before_deadline_min: int = whole(720, 0, 10_080)
    """The first reminder comes so long before cancelling stops being free."""
    second_reminder_at: DayMinute = field(default=at(17))
    """The second comes at this time of the day before."""


@dataclass(frozen=True, slots=True)
class WaitingListPolicy:
    """Waiting for a place that may become free.  # rules D6, E2"""

    on: bool = True
    longest: int = whole(10, 1, 500)
    """People waiting for one session."""
    offer_min: int = whole(30, 1, 1440)
    """A freed place is kept so long for the first fitting person."""


@dataclass(frozen=True, slots=True)
class SuggestPolicy:
    """What is offered instead of a full or stopped session. The three weights are parts of a whole.  # rule D6"""

    most: int = whole(5, 1, 50)
    """Doctors that are shown."""
    rarely_full_weight: int = whole(30, 0, 100)
    rarely_stopped_weight: int = whole(30, 0, 100)
    rating_weight: int = whole(40, 0, 100)


@dataclass(frozen=True, slots=True)
class OrdersPolicy:
    """Examinations and blood draws.  # rules D11, D12"""

    order_needed: bool = True
    must_be_paid: bool = True
    fasting_until: DayMinute = field(default=at(10, 30))
    """A fasting item begins before this time."""
    series_min: int = whole(120, 0, 600)
    """So long a timed series takes."""
    incompatible_pairs: tuple[tuple[str, str], ...] = ()
    """Codes of items that may not be on the same day."""
    on_the_spot_on_rest_days: bool = True
    on_the_spot_channels: tuple[Channel, ...] = (Channel.KIOSK, Channel.WINDOW, Channel.GUIDE_DESK)
    laboratory_until: DayMinute = field(default=at(12))
    """Booked on a rest day, a laboratory place begins before this time."""


@dataclass(frozen=True, slots=True)
class LendingPolicy:
    """Places lent to terminals, which sell them when the server does not answer.  # rule C5"""

    on: bool = True
    good_for_hours: int = whole(72, 1, 168)
    """The promise to work off line: so long a terminal sells what it was lent without being heard."""
    most_places: int = whole(120, 0, 1000)
    """Lent to one terminal at a time."""
    of_common_percent: int = whole(20, 0, 100)
    """Of a session's common places, lent to all terminals together. A quota of the terminals may be lent whole."""
    of_walk_in_percent: int = whole(50, 0, 100)
    """Of a session's places for walk-ins, lent to all terminals together."""
    asked_every_min: int = whole(30, 1, 1440)
    """A terminal that is on line asks anew after so long."""
    release_within_min: int = whole(60, 1, 1440)
    """Within so long after the first of the staff a second one confirms a forced release."""
