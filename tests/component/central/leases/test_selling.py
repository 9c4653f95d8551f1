"""A lent place is sold from its lease, and its booking numbers are used once each.  # sync C4, C5"""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from central.leases.places import (
    LentNow,
    NotLent,
    NumberUse,
    NumberWanted,
    WhyNotLent,
    lent_place,
    return_to_lease,
    sell_lent_place,
    use_number,
)
from central.moment import Moment
from central.writer import Overtaken
from tests.plugins.booking_hall import FIRST, GROUP, KEYS, NOW_MS, TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of, key_of, sell
from tests.plugins.postgres import on_both_engines

KIOSK = "channel:kiosk"
MOMENT = Moment(NOW_MS)
LOOKUP = KEYS.lookup(GROUP)


@on_both_engines
def test_a_place_is_sold_from_its_lease_once(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 3})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    key, first = key_of(lent, 3), new_id()
    found = hall.do(lambda connection: lent_place(connection, FIRST, key))
    assert found == LentNow(terminal_id=kiosk.signed.terminal_id, is_for_walk_ins=False)
    sell(hall, lent, 3, first)
    with pytest.raises(Overtaken):
        sell(hall, lent, 3, new_id())
    again = hall.do(lambda connection: lent_place(connection, FIRST, key))
    assert (again.why, again.booking_id) == (WhyNotLent.ALREADY_SOLD, first)
    assert hall.places(session_id) == {"free": 2, "busy": 1}
    assert hall.breaches() == []


@pytest.mark.parametrize("wrong", ["lease", "session", "no"])
def test_what_was_never_lent_under_a_lease_is_not_sold_from_it(hall: Hall, lending: Lending, wrong: str) -> None:
    hall.session(TOMORROW, pools={KIOSK: 3})
    (lent,) = bookings_of(lending.kiosk().ask())
    if wrong == "lease":
        lent["id"] = str(uuid4())
    if wrong == "session":
        lent["session_id"] = str(hall.session(TOMORROW))
    key = key_of(lent, 1 if wrong == "no" else 3)
    found = hall.do(lambda connection: lent_place(connection, FIRST, key))
    assert isinstance(found, NotLent)
    assert found.why in {WhyNotLent.NO_SUCH_LEASE, WhyNotLent.NOT_IN_LEASE}
    with pytest.raises(Overtaken):
        hall.do(lambda connection: sell_lent_place(connection, FIRST, key, booking_id=uuid4(), moment=MOMENT))


@on_both_engines
def test_a_cancelled_bookings_place_is_the_same_leases_again(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1})
    kiosk, booking_id = lending.kiosk(), new_id()
    (lent,) = bookings_of(kiosk.ask())
    key = key_of(lent, 1)

    def take_back(of: UUID) -> bool:
        return bool(hall.do(lambda connection: return_to_lease(connection, FIRST, key, booking_id=of, moment=MOMENT)))

    assert not take_back(booking_id)
    sell(hall, lent, 1, booking_id)
    assert lending.leases() == {UUID(lent["id"]): "settled"}
    assert not take_back(new_id())
    assert take_back(booking_id)
    assert lending.leases() == {UUID(lent["id"]): "active"}
    assert hall.places(session_id) == {"leased": 1}
    assert [it["places"] for it in bookings_of(kiosk.ask())] == [lent["places"]]


@on_both_engines
def test_a_number_is_used_once_and_only_by_its_lease(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 3})
    hall.session(TOMORROW, pools={KIOSK: 3})
    one, other = bookings_of(lending.kiosk().ask())
    booking_id = new_id()

    def use(lease_id: str, digits: str, of: UUID) -> NumberUse:
        wanted = NumberWanted(lease_id=UUID(lease_id), digits=digits, booking_id=of)
        use: NumberUse = hall.do(lambda connection: use_number(connection, FIRST, wanted, lookup=LOOKUP, moment=MOMENT))
        return use

    digits = one["numbers"][0]
    assert use(other["id"], digits, booking_id) is NumberUse.NOT_OF_LEASE
    assert use(one["id"], digits, booking_id) is NumberUse.USED_NOW
    assert use(one["id"], digits, booking_id) is NumberUse.USED_BEFORE
    assert use(one["id"], digits, new_id()) is NumberUse.OTHER_BOOKINGS
    assert use(one["id"], "010000000000", booking_id) is NumberUse.NOT_OF_LEASE


def test_a_lease_whose_numbers_are_used_up_gets_new_ones(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 3})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    for digits in lent["numbers"]:
        wanted = NumberWanted(lease_id=UUID(lent["id"]), digits=digits, booking_id=new_id())
        hall.do(lambda connection, wanted=wanted: use_number(connection, FIRST, wanted, lookup=LOOKUP, moment=MOMENT))
    (after,) = bookings_of(kiosk.ask())
    assert len(after["numbers"]) == 2
    assert not set(after["numbers"]) & set(lent["numbers"])
