"""What happened between two looks at the bench, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lab.panel.seen import BenchSeen, CardFault, CardSeen, NetworkCondition, News, PrinterLink, PrinterSeen
from lab.printer.status import Paper

Line = tuple[str, News]
_NETWORK = {
    None: "Network: a condition of its own",
    NetworkCondition.WORKING: "Network works",
    NetworkCondition.CUT: "Network cut",
    NetworkCondition.SLOW: "Network slow",
    NetworkCondition.ANSWERS_LOST: "Network loses the server's answers",
    NetworkCondition.SERVER_ERRORS: "Server answers with errors",
    NetworkCondition.CAPTIVE_PORTAL: "A captive portal answers",
}
_PAPER = {Paper.PLENTY: "Paper loaded", Paper.NEAR_END: "Paper near its end", Paper.OUT: "Paper out"}
_PAPER_NEWS = {Paper.PLENTY: News.GOOD, Paper.NEAR_END: News.CARE, Paper.OUT: News.BAD}


def changes(before: BenchSeen, after: BenchSeen) -> Iterator[Line]:
    """One line for each change."""
    yield from _card(before.card, after.card)
    yield from _printer(before.printer, after.printer)
    if before.network is not after.network:
        is_well = after.network is NetworkCondition.WORKING
        yield _NETWORK[after.network], News.GOOD if is_well else News.BAD
    yield from _terminal(before, after)


def printer_in_words(printer: PrinterSeen) -> Line:
    """The one thing about the printer that matters most now."""
    health = printer.health
    table: tuple[tuple[bool, str, News], ...] = (
        (printer.link is PrinterLink.UNPLUGGED, "Unplugged", News.BAD),
        (health.is_cover_open, "Cover open", News.BAD),
        (health.paper is Paper.OUT, "Paper out", News.BAD),
        (health.is_cutter_jammed, "Cutter jammed", News.BAD),
        (health.is_overheated, "Print head too hot", News.BAD),
        (health.is_broken, "Broken", News.BAD),
        (printer.link is PrinterLink.SILENT, "Answers nothing", News.BAD),
        (health.paper is Paper.NEAR_END, "Paper near end", News.CARE),
        (printer.unfinished_mm > 0, "Printing", News.GOOD),
    )
    return next(((words, news) for holds, words, news in table if holds), ("Ready", News.GOOD))


def _card(before: CardSeen | None, after: CardSeen | None) -> Iterator[Line]:
    if before == after:
        return
    if after is None:
        by_itself = before is not None and before.fault is CardFault.LEAVES
        yield ("Card pulled out while it was read", News.BAD) if by_itself else ("Card removed", News.PLAIN)
        return
    owner = f": {after.person.name}" if after.person else ""
    fault = "" if after.fault is CardFault.NONE else f" ({after.fault.value})"
    yield f"Card inserted{owner}{fault}", News.CARE if fault else News.PLAIN


def _printer(before: PrinterSeen, after: PrinterSeen) -> Iterator[Line]:
    was, now = before.health, after.health
    if was.paper is not now.paper:
        yield _PAPER[now.paper], _PAPER_NEWS[now.paper]
    if was.is_cover_open != now.is_cover_open:
        yield ("Cover opened", News.BAD) if now.is_cover_open else ("Cover closed", News.GOOD)
    if was.is_cutter_jammed != now.is_cutter_jammed:
        yield ("Cutter jammed", News.BAD) if now.is_cutter_jammed else ("Cutter free again", News.GOOD)
    if before.link is not after.link:
        is_well = after.link is PrinterLink.ANSWERING
        yield f"Printer {after.link.value}", News.GOOD if is_well else News.BAD
    if after.is_stalled and not before.is_stalled:
        yield "A ticket waits in the printer", News.CARE


def _terminal(before: BenchSeen, after: BenchSeen) -> Iterator[Line]:
    was, now = before.terminal, after.terminal
    if was == now:
        return
    if now is None or was is None:
        yield ("Terminal does not answer", News.BAD) if now is None else ("Terminal answers", News.GOOD)
        return
    if was.is_online != now.is_online and now.is_online is not None:
        yield ("Terminal on line", News.GOOD) if now.is_online else ("Terminal off line", News.CARE)
    if was.waiting != now.waiting and now.waiting is not None:
        yield ("Everything sent", News.GOOD) if now.waiting == 0 else (f"{now.waiting} waiting to be sent", News.CARE)
