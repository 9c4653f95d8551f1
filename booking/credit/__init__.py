"""Trust (信誉度): what acts cost, who is suspended until when, and what an act would cost now.  # rules F1-F6

`account_of(policy, ledger, today)` is the whole answer about a person, `would_cost(policy, ledger, planned, now)` the
warning before an act. Both are pure: records and dates come from the caller, sentences are the screens'.
"""

from booking.credit.account import Account, Level, Line, LineState, account_of, cost_of
from booking.credit.cost import Moment, Planned, Price, act_in_time, would_cost
from booking.credit.ledger import (
    Appeal,
    Appealed,
    AppealRefused,
    Arrived,
    Blacklisted,
    Cause,
    Confirmed,
    Entry,
    Ledger,
    Record,
    Reinstated,
    Voided,
)
from booking.credit.settings import (
    Act,
    AllowanceRules,
    CreditPolicy,
    PointRules,
    Scheme,
    StrikeRules,
    WrongSetting,
    wrong_settings,
)
from booking.credit.windows import Suspension, months_later

__all__ = [
    "Account",
    "Act",
    "AllowanceRules",
    "Appeal",
    "AppealRefused",
    "Appealed",
    "Arrived",
    "Blacklisted",
    "Cause",
    "Confirmed",
    "CreditPolicy",
    "Entry",
    "Ledger",
    "Level",
    "Line",
    "LineState",
    "Moment",
    "Planned",
    "PointRules",
    "Price",
    "Record",
    "Reinstated",
    "Scheme",
    "StrikeRules",
    "Suspension",
    "Voided",
    "WrongSetting",
    "account_of",
    "act_in_time",
    "cost_of",
    "months_later",
    "would_cost",
    "wrong_settings",
]
