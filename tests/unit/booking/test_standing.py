"""From a person's account of trust to what `decide` asks of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from booking.credit import CreditPolicy, Ledger
from booking.credit.account import Account, Level, account_of
from booking.credit.settings import Act
from booking.credit.windows import Suspension
from booking.decide.given import Standing
from booking.decide.standing import standing_of
from booking.facts import Known
from tests.unit.booking.acts import BOOK, FACTS, ask, word

DAY = date(2026, 11, 23)
GOOD = account_of(CreditPolicy(), Ledger(), DAY)
ENDING = Suspension(date(2026, 10, 1), DAY, date(2026, 11, 24), because=Act.NO_SHOW, needs_staff=False)


@pytest.mark.parametrize(
    ("of", "standing", "wanted"),
    [
        (GOOD, Standing(), "accepted"),
        (replace(GOOD, level=Level.WARNED), Standing(), "accepted"),
        (replace(GOOD, bookings_off=1), Standing(allowance_lost=1), "accepted"),
        (replace(GOOD, level=Level.BLACKLISTED), Standing(), "accepted"),
        (replace(GOOD, level=Level.BLACKLISTED, may_book=False), Standing(is_barred_by_blacklist=True), "blacklisted"),
        (
            replace(GOOD, level=Level.SUSPENDED, may_book=False, suspension=ENDING),
            Standing(suspended_until=DAY),
            "suspended",
        ),
        (replace(GOOD, level=Level.RESTRICTED, suspension=ENDING), Standing(restricted_until=DAY), "restricted"),
        (
            replace(GOOD, level=Level.AWAITING_REACTIVATION, suspension=ENDING),
            Standing(awaits_reactivation=True),
            "reactivation_needed",
        ),
    ],
)
def test_what_an_account_means_for_booking(of: Account, standing: Standing, wanted: str) -> None:  # rules F1, F2, F6
    assert standing_of(of) == standing
    assert word(ask(replace(FACTS, standing=Known(standing_of(of))), BOOK)) == wanted
