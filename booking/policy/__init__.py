"""One hospital's settings, typed and validated; every field has a sensible default.

The default is the preset *general*. A hospital's file names a preset and overrides single keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from booking.credit.settings import CreditPolicy
from booking.policy.after import (
    AddOnPolicy,
    CancellingPolicy,
    ChangingPolicy,
    CheckInPolicy,
    MissingPolicy,
    OffHoursPolicy,
    QueuePolicy,
    RequestsPolicy,
    ScreeningPolicy,
    StandingPolicy,
    UnknownPolicy,
    WalkInPolicy,
)
from booking.policy.before import (
    ChannelRights,
    ChannelsPolicy,
    ConfirmationPolicy,
    LendingPolicy,
    LimitsPolicy,
    NoticePolicy,
    OrdersPolicy,
    PaymentPolicy,
    PeoplePolicy,
    PriorityPolicy,
    SuggestPolicy,
    WaitingListPolicy,
    WindowPolicy,
)
from booking.policy.choices import (
    AfterDeadline,
    CheckInOpens,
    Clinic,
    Confirmation,
    CutOff,
    EarlyArrival,
    FreeUntil,
    LateArrival,
    Prepayment,
    PriorityGroup,
    ProvedWrong,
    QueueOrder,
    WhenUnknown,
)
from booking.policy.fields import DayMinute
from booking.roster.channels import Channel
from booking.roster.settings import RosterPolicy

__all__ = [
    "AddOnPolicy",
    "AfterDeadline",
    "CancellingPolicy",
    "ChangingPolicy",
    "Channel",
    "ChannelRights",
    "ChannelsPolicy",
    "CheckInOpens",
    "CheckInPolicy",
    "Clinic",
    "Confirmation",
    "ConfirmationPolicy",
    "CreditPolicy",
    "CutOff",
    "DayMinute",
    "EarlyArrival",
    "FreeUntil",
    "LateArrival",
    "LendingPolicy",
    "LimitsPolicy",
    "MissingPolicy",
    "NoticePolicy",
    "OffHoursPolicy",
    "OrdersPolicy",
    "PaymentPolicy",
    "PeoplePolicy",
    "Policy",
    "Prepayment",
    "PriorityGroup",
    "PriorityPolicy",
    "ProvedWrong",
    "QueueOrder",
    "QueuePolicy",
    "RequestsPolicy",
    "RosterPolicy",
    "ScreeningPolicy",
    "StandingPolicy",
    "SuggestPolicy",
    "UnknownPolicy",
    "WaitingListPolicy",
    "WalkInPolicy",
    "WhenUnknown",
    "WindowPolicy",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings in force at a hospital from `version` on. Acts name the version they were decided under."""

    version: int = 1
    check_in: CheckInPolicy = field(default_factory=CheckInPolicy)
    people: PeoplePolicy = field(default_factory=PeoplePolicy)
    channels: ChannelsPolicy = field(default_factory=ChannelsPolicy)
    window: WindowPolicy = field(default_factory=WindowPolicy)
    limits: LimitsPolicy = field(default_factory=LimitsPolicy)
    priority: PriorityPolicy = field(default_factory=PriorityPolicy)
    confirmation: ConfirmationPolicy = field(default_factory=ConfirmationPolicy)
    payment: PaymentPolicy = field(default_factory=PaymentPolicy)
    notices: NoticePolicy = field(default_factory=NoticePolicy)
    waiting_list: WaitingListPolicy = field(default_factory=WaitingListPolicy)
    lending: LendingPolicy = field(default_factory=LendingPolicy)
    suggest: SuggestPolicy = field(default_factory=SuggestPolicy)
    orders: OrdersPolicy = field(default_factory=OrdersPolicy)
    cancelling: CancellingPolicy = field(default_factory=CancellingPolicy)
    changing: ChangingPolicy = field(default_factory=ChangingPolicy)
    queue: QueuePolicy = field(default_factory=QueuePolicy)
    walk_in: WalkInPolicy = field(default_factory=WalkInPolicy)
    screening: ScreeningPolicy = field(default_factory=ScreeningPolicy)
    missing: MissingPolicy = field(default_factory=MissingPolicy)
    standing: StandingPolicy = field(default_factory=StandingPolicy)
    off_hours: OffHoursPolicy = field(default_factory=OffHoursPolicy)
    add_on: AddOnPolicy = field(default_factory=AddOnPolicy)
    requests: RequestsPolicy = field(default_factory=RequestsPolicy)
    unknown: UnknownPolicy = field(default_factory=UnknownPolicy)
    roster: RosterPolicy = field(default_factory=RosterPolicy)
    credit: CreditPolicy = field(default_factory=CreditPolicy)
