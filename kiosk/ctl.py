"""`kioskctl`: all at a terminal that is not the application itself. Exit code 0 is good; `--json` is for scripts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kiosk.app import DEFAULT_SETTINGS, EXIT_SETTINGS, EXIT_STORE
from kiosk.settings import Problem, Settings, load

EXIT_REFUSED = 1
EXIT_NOT_RUNNING = 3
_LIST_PATIENCE_S = 15.0
"""A day's list of a large hospital takes a second or two to put together."""
_WHY_NOT_ENROLLED = {
    "wrong_code": "this code is wrong, used or out of date; ask for a new one",
    "busy": "too many attempts; wait a minute",
}
_LONGEST_CODE = 1024
"""What the running application is asked at most; no ticket's code is half as long."""
_WHY_NOT_VALID = {
    "ticket_damaged": "the code is damaged, or it is forged",
    "ticket_not_checked": "its signer is not known here or was shut out before, or it is of a newer kind",
    "ticket_of_other_hospital": "it is another hospital's",
    "not_enrolled": "this terminal is not enrolled and knows no other",
}

_WHY_NOT_SOLD = {
    "none_left": "none of it is left",
    "clock_lost": "the clock is not to be believed until the server has told the time",
    "past_last_sale": "the booking time is over",
    "past_its_use": "it was lent too long ago",
    "no_numbers": "no booking numbers are left",
}


def main(arguments: list[str] | None = None) -> int:
    """Do one thing and say how it went."""
    parser = argparse.ArgumentParser(prog="kioskctl", description="Look after a self-service terminal.")
    parser.add_argument("--settings", type=Path, default=DEFAULT_SETTINGS, help="the TOML file")
    parser.add_argument("--json", action="store_true", help="answer as one JSON object")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check the settings file")
    commands.add_parser("show", help="show the settings in force")
    enrolling = commands.add_parser("enrol", help="enrol this terminal with a one-time code")
    enrolling.add_argument("code")
    commands.add_parser("status", help="ask the running application how it is")
    commands.add_parser("sync", help="ask the running application to sync now")
    commands.add_parser("leases", help="which places this terminal may sell without the server, and until when")
    _add_lists(commands)
    verifying = commands.add_parser("ticket", help="about a ticket").add_subparsers(dest="doing", required=True)
    verified = verifying.add_parser("verify", help="say who signed a ticket, when and for what; needs no network")
    verified.add_argument("code", help="what the QR code says (in quotes), or - to read it from standard input")
    chosen = parser.parse_args(arguments)
    settings = load(chosen.settings)
    if not isinstance(settings, Settings):
        return _settings_problems(chosen, settings)
    return _COMMANDS[chosen.command](chosen, settings)


def _add_lists(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    arrivals = commands.add_parser("arrivals", help="who checked in here and the server does not know it")
    arrivals.add_argument("--since", metavar="HH:MM", help="all who checked in here from then on today")
    day = commands.add_parser("daylist", help="who is booked today")
    day.add_argument("--department", default="", help="a part of the department's name")
    for command in (arrivals, day):
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as before the command")
        command.add_argument("--print", action="store_true", dest="is_printed", help="on the terminal's printer")


def _say(chosen: argparse.Namespace, facts: dict[str, object], sentence: str) -> None:
    print(json.dumps(facts, ensure_ascii=False) if chosen.json else sentence)


def _settings_problems(chosen: argparse.Namespace, problems: list[Problem]) -> int:
    facts: dict[str, object] = {"ok": False, "problems": [asdict(problem) for problem in problems]}
    _say(chosen, facts, "\n".join(f"{chosen.settings}: {problem}" for problem in problems))
    return EXIT_SETTINGS


def _check(chosen: argparse.Namespace, _settings: Settings) -> int:
    _say(chosen, {"ok": True}, f"{chosen.settings} is good")
    return 0


def _show(chosen: argparse.Namespace, settings: Settings) -> int:
    facts = asdict(settings)
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    _say(chosen, facts, "\n".join(lines))
    return 0


def _enrol(chosen: argparse.Namespace, settings: Settings) -> int:
    from kiosk import bootstrap  # noqa: PLC0415 - slow to import, needed here only
    from kiosk.devices.clock import SystemClock  # noqa: PLC0415 - as above
    from kiosk.ports.store import StoreFault  # noqa: PLC0415 - as above
    from kiosk.sync.server import Unanswered  # noqa: PLC0415 - as above

    try:
        store = bootstrap.open_terminal_store(settings, SystemClock())
    except StoreFault as fault:
        _say(
            chosen, {"ok": False, "code": fault.code}, f"the store in {settings.store_dir()} cannot be opened: {fault}"
        )
        return EXIT_STORE
    try:
        site = bootstrap.enrol_terminal(settings, store, chosen.code)
    except Unanswered as failure:
        sentence = _WHY_NOT_ENROLLED.get(failure.reason, f"the server gave no usable answer ({failure})")
        _say(chosen, {"ok": False, "code": failure.reason or "no_answer"}, f"not enrolled: {sentence}")
        return EXIT_REFUSED
    finally:
        store.close()
    facts: dict[str, object] = {"ok": True, "terminal": str(site.terminal_id), "label": site.label}
    _say(chosen, facts, f"enrolled as {site.label} ({site.terminal_id})")
    return 0


def _ask(chosen: argparse.Namespace, settings: Settings) -> int:
    from kiosk.health.control import ask  # noqa: PLC0415 - only for this

    try:
        facts = ask(settings.control_socket(), chosen.command)
    except (OSError, ValueError) as fault:
        _say(chosen, {"running": False}, f"the application does not answer: {type(fault).__name__}")
        return EXIT_NOT_RUNNING
    _say(chosen, facts, "\n".join(f"{key}: {value}" for key, value in facts.items()))
    return 0


def _leases(chosen: argparse.Namespace, settings: Settings) -> int:
    from kiosk.health.control import ask  # noqa: PLC0415 - only for this

    try:
        facts = ask(settings.control_socket(), chosen.command)
    except (OSError, ValueError) as fault:
        _say(chosen, {"running": False}, f"the application does not answer: {type(fault).__name__}")
        return EXIT_NOT_RUNNING
    if "error" in facts:
        _say(chosen, facts, f"no leases: {facts['error']}")
        return EXIT_REFUSED
    _say(chosen, facts, "\n".join(_lease_lines(facts)))
    return 0


def _lease_lines(facts: dict[str, Any]) -> Iterator[str]:
    yield f"clock: {facts['clock_trust']}; {len(facts['leases'])} lease(s)"
    for one in facts["leases"]:
        what = "walk-ins" if one["walk_ins"] else "bookings"
        numbers = ", ".join(map(str, one["lent"])) or "none"
        yield f"{one['day']}  session {one['session']}  {what}: numbers {numbers}; {one['sold']} sold"
        why = _WHY_NOT_SOLD.get(one["why_not"], one["why_not"])
        yield f"  not sold: {why}" if why else f"  sold until {one['until']}"


def _list(chosen: argparse.Namespace, settings: Settings) -> int:
    from kiosk.health.control import ask  # noqa: PLC0415 - only for this

    details = {name: value for name in ("since", "department") if (value := getattr(chosen, name, None)) is not None}
    try:
        facts = ask(
            settings.control_socket(),
            chosen.command,
            details={**details, "print": chosen.is_printed},
            timeout_s=_LIST_PATIENCE_S,
        )
    except (OSError, ValueError) as fault:
        _say(chosen, {"running": False}, f"the application does not answer: {type(fault).__name__}")
        return EXIT_NOT_RUNNING
    if "error" in facts:
        _say(chosen, facts, f"no list: {facts['error']}")
        return EXIT_REFUSED
    _say(chosen, facts, "\n".join(_lines(facts)))
    return 0


def _lines(facts: dict[str, Any]) -> Iterator[str]:
    since = f", off line since {facts['off_line_since']}" if facts["off_line_since"] else ""
    yield f"{facts['terminal']}{since}: {facts['people']} on the list"
    if "ordered" in facts:
        what = f"{facts['pages']} page(s) come as soon as nobody is at the terminal and the printer is ready"
        yield what if facts["ordered"] else "nothing to print"
    for group in facts.get("departments", ()):
        yield ""
        yield f"{group['department']}  {group['desk']}".rstrip()
        for one in group["people"]:
            yield f"  {one['number']}  {one['time']}  {one['name']}{'  *' if one['known'] else ''}"
    for group in facts.get("lent", ()):
        yield ""
        yield f"lent to this terminal: {group['department']}  {group['desk']}".rstrip()
        for one in group["numbers"]:
            yield f"  {one['number']}  {one['time']}{'  given' if one['given'] else ''}"


def _verify_ticket(chosen: argparse.Namespace, settings: Settings) -> int:
    """The running application is asked; where none runs, its store is opened."""
    from kiosk.health.control import ask  # noqa: PLC0415 - only for this

    code = sys.stdin.readline().strip("\r\n") if chosen.code == "-" else chosen.code
    try:
        facts = ask(settings.control_socket(), "verify_ticket", details={"code": code[:_LONGEST_CODE]})
    except (OSError, ValueError):
        facts = _verify_by_store(settings, code)
    is_good = facts.get("ok") is True
    sentence = "valid" if is_good else f"not valid: {_WHY_NOT_VALID.get(str(facts.get('why')), facts.get('why'))}"
    lines = [f"{name}: {value}" for name, value in facts.items() if name not in ("ok", "why") and value != ""]
    _say(chosen, facts, "\n".join((sentence, *lines)))
    if is_good:
        return 0
    return EXIT_STORE if str(facts.get("why")).startswith("store") else EXIT_REFUSED


def _verify_by_store(settings: Settings, code: str) -> dict[str, object]:
    from kiosk import bootstrap  # noqa: PLC0415 - slow to import, needed here only
    from kiosk.devices.clock import SystemClock  # noqa: PLC0415 - as above
    from kiosk.ports.store import StoreFault  # noqa: PLC0415 - as above
    from kiosk.ticket_verify import verify_ticket  # noqa: PLC0415 - as above

    try:
        store = bootstrap.open_terminal_store(settings, SystemClock())
    except StoreFault as fault:
        return {"ok": False, "why": fault.code}
    try:
        return dict(verify_ticket(store, code))
    finally:
        store.close()


_COMMANDS: dict[str, Callable[[argparse.Namespace, Settings], int]] = {
    "check": _check,
    "show": _show,
    "enrol": _enrol,
    "status": _ask,
    "sync": _ask,
    "leases": _leases,
    "arrivals": _list,
    "daylist": _list,
    "ticket": _verify_ticket,
}


if __name__ == "__main__":
    sys.exit(main())
