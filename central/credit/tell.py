"""What a hospital tells its group: acts that trust may depend on, and what became of them.  # rules F3, G9

Written in the hospital's own transaction; a relay carries it to the group's ledger. The message's id becomes the id of
the ledger's record, so that however often it is carried, it is there once. What an act costs is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.credit import Act, Cause
from central.credit.tables import told_to_group
from central.moment import Moment


class Kind(StrEnum):
    """What a message says; the values stand in the store."""

    ENTRY = "entry"
    VOIDED = "voided"
    ARRIVED = "arrived"
    CONFIRMED = "confirmed"
    COPIED = "copied"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPerson:
    """What all news have. `day` is the hospital's own date; `at_ms` None: now."""

    person_id: UUID
    day: date
    at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActDone(_OfPerson):
    """`decide.effects.RecordAct`. The same act of the same booking is told once, unless it was voided meanwhile."""

    act: Act
    booking_id: UUID | None = None
    cause: Cause = Cause.PATIENT
    is_provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsVoided(_OfPerson):
    """`decide.effects.VoidAct`: every entry that was told for this booking is void.  # rule F4"""

    booking_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientArrived(_OfPerson):
    """The patient had checked in for this booking: no no-show of it stands.  # rule G9"""

    booking_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDelivered(_OfPerson):
    """Every terminal has delivered: the booking's provisional entries are final.  # rule G9"""

    booking_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCopyMade(_OfPerson):
    """The hospital has a copy of this person now, made at a version that may be old already."""

    ver: int


News = ActDone | ActsVoided | PatientArrived | AllDelivered | FirstCopyMade


def tell_group(connection: sa.Connection, hospital_id: UUID, news: News, moment: Moment) -> tuple[UUID, ...]:
    """Write down what the group must hear; the ids of the messages, none where all was told already."""
    match news:
        case ActDone():
            return _tell_act(connection, hospital_id, news, moment)
        case ActsVoided():
            return _about_entries(connection, hospital_id, news, Kind.VOIDED, moment)
        case AllDelivered():
            return _about_entries(connection, hospital_id, news, Kind.CONFIRMED, moment)
        case PatientArrived():
            body = {"booking_id": str(news.booking_id)}
            return (_write(connection, hospital_id, news, Kind.ARRIVED, body, moment),)
        case FirstCopyMade():
            return (_write(connection, hospital_id, news, Kind.COPIED, {"ver": news.ver}, moment),)


def _tell_act(connection: sa.Connection, hospital_id: UUID, news: ActDone, moment: Moment) -> tuple[UUID, ...]:
    told: tuple[UUID, ...] = ()
    if news.booking_id is not None:
        so_far = _told_of(connection, hospital_id, news, news.booking_id)
        if news.act in so_far.entries:
            return ()
        if news.act is Act.NO_SHOW:  # the arrival was taken back meanwhile
            void = partial(_write, connection, hospital_id, news, Kind.VOIDED, moment=moment)
            told = tuple(void(body={"about_id": str(message_id)}) for message_id in so_far.arrivals)
    body = {
        "act": news.act.value,
        "cause": news.cause.value,
        "booking_id": None if news.booking_id is None else str(news.booking_id),
        "is_provisional": news.is_provisional,
    }
    return (*told, _write(connection, hospital_id, news, Kind.ENTRY, body, moment))


def _about_entries(
    connection: sa.Connection, hospital_id: UUID, news: ActsVoided | AllDelivered, kind: Kind, moment: Moment
) -> tuple[UUID, ...]:
    entries = _told_of(connection, hospital_id, news, news.booking_id).entries
    return tuple(
        _write(connection, hospital_id, news, kind, {"about_id": str(entry_id)}, moment)
        for entry_id in entries.values()
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What was told of a booking and not voided: entries by their act, and arrivals."""

    entries: dict[Act, UUID]
    arrivals: tuple[UUID, ...]


def _told_of(connection: sa.Connection, hospital_id: UUID, news: _OfPerson, booking_id: UUID) -> _Told:
    told = connection.execute(
        sa.select(told_to_group.c.message_id, told_to_group.c.kind, told_to_group.c.body)
        .where(
            told_to_group.c.hospital_id == hospital_id,
            told_to_group.c.person_id == news.person_id,
            told_to_group.c.kind.in_((Kind.ENTRY.value, Kind.VOIDED.value, Kind.ARRIVED.value)),
        )
        .order_by(told_to_group.c.message_id)
    ).all()
    voided = {it.body["about_id"] for it in told if it.kind == Kind.VOIDED}
    standing = [it for it in told if str(it.message_id) not in voided and it.body.get("booking_id") == str(booking_id)]
    return _Told(
        entries={Act(it.body["act"]): it.message_id for it in standing if it.kind == Kind.ENTRY},
        arrivals=tuple(it.message_id for it in standing if it.kind == Kind.ARRIVED),
    )


def _write(
    connection: sa.Connection, hospital_id: UUID, news: _OfPerson, kind: Kind, body: dict[str, Any], moment: Moment
) -> UUID:
    message_id = moment.new_id()
    at_ms = moment.now_ms if news.at_ms is None else news.at_ms
    connection.execute(
        told_to_group.insert().values(
            hospital_id=hospital_id,
            message_id=message_id,
            person_id=news.person_id,
            kind=kind.value,
            body={"day": news.day.isoformat(), "at_ms": at_ms, **body},
            made_ms=moment.now_ms,
            provisional_since_ms=moment.now_ms if body.get("is_provisional") and body["booking_id"] else None,
        )
    )
    return message_id
