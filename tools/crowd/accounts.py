"""What must hold whatever a crowd did. Each finding is a line; none means that all adds up.

`central.rosters.laws` says whether places add up. Here its findings are joined by what clients know: whatever was
acknowledged is there, once, and nothing that was sent again did anything.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.states import counts_for_limits
from booking.roster import BookingState, SlotState
from central.appointments.at_hand import EXEMPTED
from central.appointments.tables import ACTIVE_STATES, booking, booking_step, hold, waiting_entry
from central.channels.tables import answer
from central.checkins.tables import check_in, operation
from central.credit.bring import read_person, rules_of
from central.credit.standing import standing_to_copy
from central.credit.tables import credit_record, told_to_group
from central.credit.tell import Kind
from central.notify.tables import message
from central.people.personal import GroupKeys
from central.people.tables import patient
from central.queues.tables import queue_entry
from central.rosters.laws import breaches
from central.rosters.tables import extra_place, session_pool, slot
from central.staff.tables import audit, staff_task
from central.sync.tables import feed
from central.web.parts import Parts
from tools.crowd.journal import Journal, outcome, send
from tools.crowd.stage import GROUP, HOSPITAL, KEYS, PER_DAY, ask

_MOST_LINES = 10
_ACTIVE = tuple(it.value for it in ACTIVE_STATES)
_COUNTING = tuple(it.value for it in BookingState if counts_for_limits(it))
_NO_LONGER_COUNTING = tuple(it.value for it in BookingState if not counts_for_limits(it))
_WHOLE = (booking, slot, hold, waiting_entry, check_in, queue_entry, extra_place, session_pool, patient)
_COUNTED = (booking_step, answer, operation, feed, message, told_to_group, credit_record, audit, staff_task)


def findings(parts: Parts, journal: Journal) -> list[str]:
    """All that does not add up, a few lines of each kind. Nobody may be writing."""
    found = list(_some("wrong", journal.wrong))
    found += _some("law", (str(it) for it in ask(parts, breaches, HOSPITAL)))
    checks: tuple[tuple[str, Callable[[sa.Connection, Journal], Iterable[str]]], ...] = (
        ("acknowledged", _acknowledged),
        ("place", _places),
        ("feed", _feed),
        ("trail", _trails),
        ("limit", _limits),
        ("change", _changes),
        ("hold", _holds),
        ("list", _lists),
        ("arrival", _arrivals),
        ("ledger", _ledger),
    )
    for name, check in checks:
        found += _some(name, ask(parts, lambda connection, check=check: list(check(connection, journal))))
    return found


def replayed(parts: Parts, journal: Journal, *, most: int, seed: int) -> list[str]:
    """Send earlier writes again: the answers are the same and nothing else happens."""
    rng = Random(seed)
    before = ask(parts, state)
    chosen = rng.sample(journal.answered, min(most, len(journal.answered)))
    found = []
    for sent, said in chosen:
        again = send(parts, sent, journal)
        if again != said:
            found.append(f"{sent.kind}: {outcome(said)}, and again {'nothing' if again is None else outcome(again)}")
    after = ask(parts, state)
    found += [f"{name} changed" for name in before if before[name] != after[name]]
    return list(_some("again", found))


def state(connection: sa.Connection) -> dict[str, str]:
    """All that acts may change, as short texts."""
    told = {}
    for table in _WHOLE:
        digest = hashlib.sha256()
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)):
            digest.update(repr(tuple(row)).encode())
        told[table.name] = digest.hexdigest()
    for table in _COUNTED:
        told[table.name] = str(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
    return told


def _some(name: str, lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from (f"{name}: {line}" for line in every[:_MOST_LINES])
    if len(every) > _MOST_LINES:
        yield f"{name}: {len(every) - _MOST_LINES} more"


def _acknowledged(connection: sa.Connection, journal: Journal) -> Iterator[str]:
    """Every booking that was acknowledged exists as it was said; every end that was said stands in its trail."""
    rows = connection.execute(
        sa.select(booking.c.booking_id, booking.c.person_id, booking.c.session_id, booking.c.slot_no)
    )
    there = {it.booking_id: tuple(it) for it in rows}
    for known in journal.booked:
        if there.get(known.booking_id) != (known.booking_id, known.person_id, known.session_id, known.slot_no):
            yield f"booking {known.booking_id} is not as it was acknowledged"
    entered = set(map(tuple, connection.execute(sa.select(booking_step.c.booking_id, booking_step.c.after))))
    for booking_id, said in journal.ended:
        if (booking_id, said) not in entered:
            yield f"booking {booking_id} was never {said}"


def _places(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Every booking that counts has one busy place, and every busy place one booking."""
    busy = sa.select(slot.c.booking_id, slot.c.session_id, slot.c.no).where(slot.c.state == SlotState.BUSY.value)
    above = sa.select(extra_place.c.booking_id, extra_place.c.session_id, extra_place.c.no)
    held = Counter(map(tuple, connection.execute(busy.union_all(above.where(extra_place.c.ended_ms.is_(None))))))
    counting = sa.select(booking.c.booking_id, booking.c.session_id, booking.c.slot_no)
    wanted = Counter(map(tuple, connection.execute(counting.where(booking.c.state.in_(_ACTIVE)))))
    yield from (f"{it} is held {held[it]} times, wanted {wanted[it]}" for it in held | wanted if held[it] != wanted[it])
    each = Counter((session_id, no) for _, session_id, no in wanted)
    yield from (f"{it} is sold {count} times" for it, count in each.items() if count > 1)


def _feed(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Positions without a gap, and the newest version of each booking is told."""
    query = sa.select(feed.c.pos).where(feed.c.tenant_id == HOSPITAL).order_by(feed.c.pos)
    positions = list(connection.execute(query).scalars())
    if positions != list(range(1, len(positions) + 1)):
        yield f"{len(positions)} positions, the last {positions[-1]}"
    newest = (
        sa.select(feed.c.entity_id, sa.func.max(feed.c.ver))
        .where(feed.c.tenant_id == HOSPITAL, feed.c.entity == "booking")
        .group_by(feed.c.entity_id)
    )
    told = {it[0]: it[1] for it in connection.execute(newest)}
    for it in connection.execute(sa.select(booking.c.booking_id, booking.c.ver)):
        if told.get(it.booking_id) != it.ver:
            yield f"booking {it.booking_id} has version {it.ver}, told is {told.get(it.booking_id)}"


def _trails(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Each booking's steps lead from nothing to the state it is in."""
    balance: dict[UUID, Counter[str | None]] = defaultdict(Counter)
    for it in connection.execute(sa.select(booking_step.c.booking_id, booking_step.c.before, booking_step.c.after)):
        balance[it.booking_id][it.after] += 1
        balance[it.booking_id][it.before] -= 1
    for now in connection.execute(sa.select(booking.c.booking_id, booking.c.state)):
        rest = {name: count for name, count in balance[now.booking_id].items() if count}
        if rest != {now.state: 1, None: -1}:
            yield f"booking {now.booking_id} is {now.state}, its steps say {rest}"


def _limits(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Nobody has more than the rules allow, but for exemptions, and those who came on a booking that was over."""
    allowed = sa.or_(
        booking_step.c.reason == EXEMPTED,
        sa.and_(booking_step.c.reason == "checked_in", booking_step.c.before.in_(_NO_LONGER_COUNTING)),
    )
    beyond = sa.select(booking_step.c.booking_id).where(allowed)
    query = (
        sa.select(booking.c.person_id, booking.c.service_date, sa.func.count().label("bookings"))
        .where(booking.c.state.in_(_COUNTING), booking.c.booking_id.not_in(beyond))
        .group_by(booking.c.person_id, booking.c.service_date)
        .having(sa.func.count() > PER_DAY)
    )
    for it in connection.execute(query):
        yield f"person {it.person_id} has {it.bookings} bookings on {it.service_date}"


def _changes(connection: sa.Connection, journal: Journal) -> Iterator[str]:
    """A change ends with the new booking, and the earlier one given up for it."""
    rows = connection.execute(sa.select(booking.c.booking_id, booking.c.state, booking.c.later_booking_id))
    there = {it.booking_id: it for it in rows}
    for known in journal.booked:
        if known.earlier_id is not None:
            earlier = there[known.earlier_id]
            if (earlier.state, earlier.later_booking_id) != (BookingState.MOVED.value, known.booking_id):
                yield f"booking {known.earlier_id} is {earlier.state} after its change"
    for it in there.values():
        if it.state == BookingState.MOVED.value and it.later_booking_id not in there:
            yield f"booking {it.booking_id} moved nowhere"


def _holds(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """A person thinks over one place at a time."""
    query = (
        sa.select(hold.c.person_id, sa.func.count().label("holds"))
        .where(hold.c.ended_ms.is_(None), hold.c.purpose == "choosing")
        .group_by(hold.c.person_id)
        .having(sa.func.count() > 1)
    )
    yield from (f"person {it.person_id} keeps {it.holds} places" for it in connection.execute(query))


def _lists(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Each person waits once for a session; whoever has an offer has a place kept, and the other way round."""
    query = (
        sa.select(waiting_entry.c.person_id, sa.func.count().label("entries"))
        .where(waiting_entry.c.state.in_(("waiting", "offered")))
        .group_by(waiting_entry.c.session_id, waiting_entry.c.person_id)
        .having(sa.func.count() > 1)
    )
    yield from (f"person {it.person_id} waits {it.entries} times" for it in connection.execute(query))
    offered = sa.select(waiting_entry.c.hold_id).where(waiting_entry.c.state == "offered")
    kept = sa.select(hold.c.hold_id).where(hold.c.ended_ms.is_(None), hold.c.purpose == "offer")
    apart = set(connection.execute(offered).scalars()) ^ set(connection.execute(kept).scalars())
    yield from (f"offer {it} has no place, or no person" for it in apart)


def _arrivals(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """Whoever is checked in has arrived once and waits in one queue."""
    here = sa.select(booking.c.booking_id).where(booking.c.state == BookingState.CHECKED_IN.value)
    checked_in = set(connection.execute(here).scalars())
    arrived = Counter(connection.execute(sa.select(check_in.c.booking_id)).scalars())
    waiting = Counter(connection.execute(sa.select(queue_entry.c.booking_id)).scalars())
    for it in checked_in | set(arrived):
        if (it in checked_in, arrived[it]) != (True, 1) or waiting[it] > 1:
            yield f"booking {it}: {arrived[it]} arrivals, {waiting[it]} places in queues"


def _ledger(connection: sa.Connection, _journal: Journal) -> Iterator[str]:
    """The group has heard all that was told, once; and how each person stands is what the ledger says."""
    told = sa.select(told_to_group.c.message_id).where(told_to_group.c.kind != Kind.COPIED.value)
    kept = sa.select(credit_record.c.record_id)
    apart = set(connection.execute(told).scalars()) ^ set(connection.execute(kept).scalars())
    yield from (f"message {it} is on one side only" for it in apart)
    now_ms = connection.execute(sa.select(sa.func.max(told_to_group.c.made_ms))).scalar()
    rules = {HOSPITAL: rules_of(connection, HOSPITAL, now_ms or 0)}
    keys = GroupKeys(GROUP, KEYS)
    for it in connection.execute(sa.select(patient.c.person_id, patient.c.standing)).all():
        brought = read_person(connection, keys, it.person_id)
        if brought is None or not brought.ledger.kept:
            continue
        expected = standing_to_copy(HOSPITAL, brought.ledger, rules, 0)
        if _without_time(it.standing) != _without_time(expected):
            yield f"person {it.person_id} stands otherwise than the ledger says"


def _without_time(standing: Any) -> Any:  # noqa: ANN401 - a document
    return None if standing is None else {name: value for name, value in standing.items() if name != "as_of_ms"}
