"""The surroundings in which a terminal's acts are judged: as things were when they happened, and as they are now."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from booking.people import DocumentKind
from booking.reasons import Assumption
from booking.roster.channels import Channel
from central.acts.answering import Hearing
from central.acts.operations import Act, Told
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker
from central.moment import Moment
from central.policies.service import policy_of_version


@dataclass(frozen=True, slots=True)
class TwoTimes:
    """Both, with the settings that the terminal decided under. What is written is written now."""

    now: Scene
    then: Scene


def two_times(connection: sa.Connection, told: Told[Act], hearing: Hearing, policy_version: int) -> TwoTimes:
    """The surroundings of one act."""
    asker = Asker(hearing.caller.terminal_id, hearing.hospital_id, Channel.KIOSK, is_terminal=True)
    now = scene_at(connection, asker, hearing.keys, hearing.moment)
    policy = policy_of_version(connection, hearing.hospital_id, policy_version, hearing.moment.now_ms)
    now = replace(now, policy=policy)
    return TwoTimes(now, replace(now, moment=Moment(told.true_ms, hearing.moment.random)))


def document_of(kind: str) -> DocumentKind | None:
    """What the person showed, if we know such a thing; None: what the hospital knows counts."""
    return DocumentKind(kind) if kind in set(DocumentKind) else None


def assumptions_of(assumed: tuple[str, ...]) -> tuple[Assumption, ...]:
    """Those that this release knows."""
    return tuple(Assumption(it) for it in assumed if it in set(Assumption))
