"""Trust (信誉度): what acts cost, who is suspended until when, and what an act would cost now.  # rules F1-F6"""

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

__all__ = [
    "Act",
    "AllowanceRules",
    "CreditPolicy",
    "PointRules",
    "Scheme",
    "StrikeRules",
    "WrongSetting",
    "wrong_settings",
]
