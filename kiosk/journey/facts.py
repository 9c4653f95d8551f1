"""What is so around the visit: line, printer, readers, and who we are. Passed into `step` and `view`, never states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from booking.localized import LocalizedText
from kiosk.ports.cards import ReaderChanged, ReaderCondition
from kiosk.ports.central import ConnectionChanged, WaitingChanged
from kiosk.ports.desk import CheckedIn, DeskAnswer, DeskFault, ReprintReady, TerminalEnrolled
from kiosk.ports.printers import PrinterChanged, PrinterStatus, UnknownStatus
from kiosk.ports.store import StoreAnswered, StoreBroken

BROKEN_AFTER = 3
"""Answers in a row that say that the store is damaged: more patients are not asked to try."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts, immutable; `learn` makes the next ones."""

    languages: tuple[str, ...]
    """BCP 47 tags that the terminal offers, the hospital's own first."""
    bookings_per_page: int
    is_enrolled: bool = False
    hospital: LocalizedText = LocalizedText()
    hospital_code: str = ""
    terminal_label: str = ""
    time_zone: tzinfo = UTC
    is_online: bool = False
    waiting: int = 0
    not_applied: int = 0
    printer: PrinterStatus = UnknownStatus("not asked yet")
    readers: tuple[tuple[str, ReaderCondition], ...] = ()
    broken_answers: int = 0
    """Of the desk, in a row, up to now."""
    broken_syncs: int = 0
    """As told by the synchronisation, in a row, up to now: it may meet what no patient has met yet."""

    def is_store_broken(self) -> bool:
        """Whether the store is past use: opened anew it is put aside."""
        return max(self.broken_answers, self.broken_syncs) >= BROKEN_AFTER

    def is_open(self) -> bool:
        """Whether patients are served at all."""
        return self.is_enrolled and not self.is_store_broken()

    def has_reader(self) -> bool:
        """Whether some reader can take a card."""
        return any(condition is ReaderCondition.READY for _, condition in self.readers)

    def is_lost(self, reader: str) -> bool:
        """Whether this reader is not there any more, so that nothing is known of a card in it."""
        return dict(self.readers).get(reader) in (ReaderCondition.ABSENT, ReaderCondition.NO_SERVICE)


FactEvent = (
    ReaderChanged | PrinterChanged | ConnectionChanged | WaitingChanged | StoreAnswered | TerminalEnrolled | DeskAnswer
)


def learn(facts: Facts, event: object) -> Facts:
    """The facts after an event; the same object when the event tells nothing new."""
    learnt = _learn(facts, event)
    return facts if learnt == facts else learnt


def _learn(facts: Facts, event: object) -> Facts:
    match event:
        case ReaderChanged(reader=reader, condition=condition):
            others = tuple(entry for entry in facts.readers if entry[0] != reader)
            if condition is ReaderCondition.READY:
                # A reader that went is remembered until the next one comes: whose card it took with it is told by then.
                others = tuple(entry for entry in others if entry[1] is not ReaderCondition.ABSENT)
            return replace(facts, readers=tuple(sorted((*others, (reader, condition)))))
        case PrinterChanged(status=status):
            return replace(facts, printer=status)
        case ConnectionChanged(is_online=is_online):
            return replace(facts, is_online=is_online)
        case WaitingChanged(waiting=waiting, not_applied=not_applied):
            return replace(facts, waiting=waiting, not_applied=not_applied)
        case StoreAnswered(code=StoreBroken.code):
            return replace(facts, broken_syncs=facts.broken_syncs + 1)
        case StoreAnswered():
            return replace(facts, broken_syncs=0)
        case DeskFault(code=StoreBroken.code):
            return replace(facts, broken_answers=facts.broken_answers + 1)
        case CheckedIn() | ReprintReady():  # the desk has written: so can the synchronisation
            return replace(facts, broken_answers=0, broken_syncs=0)
        case _ if isinstance(event, DeskAnswer):
            return replace(facts, broken_answers=0)
        case TerminalEnrolled():
            return replace(
                facts,
                is_enrolled=True,
                hospital=event.hospital,
                hospital_code=event.hospital_code,
                terminal_label=event.label,
                time_zone=event.time_zone,
            )
        case _:
            return facts
