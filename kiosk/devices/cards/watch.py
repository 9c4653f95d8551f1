"""From what the card daemon reports to what happened: reader states in, events out.

Decides when a card is a new card: by the daemon's event counter, never by the ATR, for all cards of one issue share an
ATR and a quick swap leaves reader and ATR as they were. Pure: knows no daemon and no thread.

Counters of insertions stay unique while the process lives: the daemon's 16 bits are the low part, and the high part
(the generation) rises whenever a reader is met anew or its counter runs backwards (daemon restarted, reader replugged).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from kiosk.ports.cards import CardInserted, CardRemoved, Insertion, ReaderChanged, ReaderCondition, Unreadable

DAEMON_COUNTER_BITS = 16
NO_READER = ""
"""Stands for the terminal's readers as a whole, while no reader has ever been seen."""

WatchEvent = CardInserted | CardRemoved | ReaderChanged


@dataclass(frozen=True, slots=True)
class Seen:
    """One reader as the daemon reports it now."""

    reader: str
    is_present: bool
    counter: int
    """The daemon's own event counter, 16 bits."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader as far as it is known."""

    condition: ReaderCondition
    generation: int = 0
    counter: int = 0
    insertion: Insertion | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """All readers ever seen, and the number of the last generation given."""

    readers: Mapping[str, Reader] = field(default_factory=dict)
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """The new state and what happened, in order."""

    watched: Watched
    events: tuple[WatchEvent, ...] = ()


def observe(watched: Watched, seen: Iterable[Seen], *, now_boot_ms: int) -> Change:
    """The daemon answers, and these are all its readers."""
    readers = dict(watched.readers)
    generation = watched.generation
    events: list[WatchEvent] = []
    here = {state.reader: state for state in seen}
    for name in [n for n in readers if n not in here and n != NO_READER]:
        readers[name], gone = _lose(name, readers[name], ReaderCondition.ABSENT)
        events += gone
    if not here and not any(readers):
        readers[NO_READER], lacking = _lose(NO_READER, readers.get(NO_READER), ReaderCondition.ABSENT)
        events += lacking
    for name, state in here.items():
        readers.pop(NO_READER, None)
        known = readers.get(name)
        if known is None or not _is_connected(known) or _counts_anew(known, state):
            generation += 1
            known = replace(known or Reader(ReaderCondition.UNKNOWN), generation=generation, counter=-1)
        readers[name], happened = _follow(known, state, now_boot_ms=now_boot_ms)
        events += happened
    return Change(Watched(readers, generation), tuple(events))


def lose_service(watched: Watched) -> Change:
    """The daemon does not answer: no card and no reader is known of any more."""
    known: Mapping[str, Reader | None] = watched.readers or {NO_READER: None}
    readers: dict[str, Reader] = {}
    events: list[WatchEvent] = []
    for name, reader in known.items():
        readers[name], happened = _lose(name, reader, ReaderCondition.NO_SERVICE)
        events += happened
    return Change(Watched(readers, watched.generation), tuple(events))


def hang(watched: Watched, insertion: Insertion) -> Change:
    """The card of this insertion did not answer in time. Its reader is out of order until that card is out."""
    if not is_current(watched, insertion):
        return Change(watched)
    reader = watched.readers[insertion.reader]
    if reader.condition is ReaderCondition.HUNG:
        return Change(watched)
    readers = {**watched.readers, insertion.reader: replace(reader, condition=ReaderCondition.HUNG)}
    return Change(Watched(readers, watched.generation), (ReaderChanged(insertion.reader, ReaderCondition.HUNG),))


def is_current(watched: Watched, insertion: Insertion) -> bool:
    """Whether this very card is still in its reader, as far as is known."""
    reader = watched.readers.get(insertion.reader)
    return reader is not None and reader.insertion == insertion


def refusal(watched: Watched, insertion: Insertion) -> Unreadable | None:
    """Why the card of this insertion cannot be read (any more), or None."""
    reader = watched.readers.get(insertion.reader)
    if reader is None or reader.condition in (ReaderCondition.ABSENT, ReaderCondition.NO_SERVICE):
        return Unreadable.READER
    if reader.insertion != insertion:
        return Unreadable.REMOVED
    return Unreadable.NO_ANSWER if reader.condition is ReaderCondition.HUNG else None


def daemon_counter(insertion: Insertion) -> int:
    """The daemon's own 16 bits of an insertion's counter."""
    return insertion.counter & ((1 << DAEMON_COUNTER_BITS) - 1)


def _follow(known: Reader, state: Seen, *, now_boot_ms: int) -> tuple[Reader, list[WatchEvent]]:
    """What happened in a reader that is there, between what is known and what is seen."""
    events: list[WatchEvent] = []
    has_moved = state.counter != known.counter or state.is_present != (known.insertion is not None)
    insertion = known.insertion
    if has_moved and insertion is not None:
        events.append(CardRemoved(insertion))
        insertion = None
    condition = ReaderCondition.READY if has_moved else known.condition
    if condition is not known.condition:
        events.append(ReaderChanged(state.reader, condition))
    if has_moved and state.is_present:
        insertion = Insertion(state.reader, known.generation << DAEMON_COUNTER_BITS | state.counter)
        events.append(CardInserted(insertion, now_boot_ms))
    return Reader(condition, known.generation, state.counter, insertion), events


def _lose(name: str, known: Reader | None, condition: ReaderCondition) -> tuple[Reader, list[WatchEvent]]:
    events: list[WatchEvent] = []
    if known is None:
        return Reader(condition), [ReaderChanged(name, condition)]
    # The reader first: whoever hears that the card is out then knows that nobody has pulled it.
    if known.condition is not condition:
        events.append(ReaderChanged(name, condition))
    if known.insertion is not None:
        events.append(CardRemoved(known.insertion))
    return replace(known, condition=condition, insertion=None), events


def _counts_anew(known: Reader, state: Seen) -> bool:
    """The counter ran backwards, or a card came or went that it did not count."""
    has_card = known.insertion is not None
    return state.counter < known.counter or (state.counter == known.counter and state.is_present != has_card)


def _is_connected(reader: Reader) -> bool:
    return reader.condition in (ReaderCondition.READY, ReaderCondition.HUNG)
