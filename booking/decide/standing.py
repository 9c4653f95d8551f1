"""What the credit rules' account of a person means for a decision.  # rules F1, F2, F6"""

from __future__ import annotations

from booking.credit.account import Account, Level
from booking.decide.given import Standing


def standing_of(account: Account) -> Standing:
    """The facts of `decide` from a person's account of today."""
    last_day = None if account.suspension is None else account.suspension.last_day
    return Standing(
        suspended_until=last_day if account.level is Level.SUSPENDED else None,
        restricted_until=last_day if account.level is Level.RESTRICTED else None,
        allowance_lost=account.bookings_off,
        awaits_reactivation=account.level is Level.AWAITING_REACTIVATION,
        is_barred_by_blacklist=account.level is Level.BLACKLISTED and not account.may_book,
    )
