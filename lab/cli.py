"""`lab`: virtual devices at a shell, for trying things out and for training.

Each command starts one device, says how to reach it, and then obeys lines from standard input; `help` lists them.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path

from lab import outages
from lab.cards.card import PlainCard
from lab.cards.faulty import Garbling, Hanging, with_noise
from lab.cards.slot import Slot
from lab.network import Relay
from lab.pcscd import CardDaemon, DaemonFault
from lab.people import BadPeopleFile, SamplePerson, read_people
from lab.printer.paper import PrintedTicket
from lab.printer.server import VirtualPrinter
from lab.scanner import VirtualScanner

Action = Callable[[list[str]], object]
_OUTAGES: dict[str, outages.Condition] = {
    "pass": outages.Passing(),
    "refuse": outages.Refusing(),
    "black-hole": outages.BlackHole(),
    "lose-answers": outages.LosingAnswers(),
    "half-bodies": outages.HalvingBodies(),
    "portal": outages.CAPTIVE_PORTAL,
    "error-500": outages.SERVER_ERROR,
}


def obey(lines: Iterable[str], actions: dict[str, Action]) -> None:
    """Carry out one line after the other until `quit` or the end; a line that fails is answered, not fatal."""
    for line in lines:
        name, *arguments = line.split() or [""]
        if name == "quit":
            return
        if name not in actions:
            print("commands:", ", ".join(sorted(actions)), "and quit")
            continue
        try:
            said = actions[name](arguments)
        except (ValueError, IndexError, OSError, DaemonFault) as error:
            print(f"not done: {error}")
        else:
            print("done" if said is None else said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one device. 0 when it was ended, 1 when it could not be had, 2 for a wrong command line."""
    options = _parser().parse_args(arguments)
    # A person's Ctrl-C and a service's SIGTERM both end it in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            options.run(options)
    except (DaemonFault, BadPeopleFile, OSError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="Virtual devices for trying out and training.")
    devices = parser.add_subparsers(required=True, metavar="DEVICE")

    printer = devices.add_parser("printer", help="an ESC/POS ticket printer on TCP")
    printer.add_argument("--port", type=int, default=9100, help="port on 127.0.0.1; 0 takes a free one (9100)")
    printer.add_argument("--width", type=int, choices=(384, 576), default=576, help="dots: 384 is 58 mm, 576 is 80 mm")
    printer.add_argument("--speed", type=float, default=150.0, help="mm per second (150); 0 prints in no time")
    printer.add_argument("--png-dir", type=Path, help="folder for a picture of each ticket")
    printer.set_defaults(run=_run_printer)

    reader = devices.add_parser("reader", help="a card reader with two slots, and the sample people's cards")
    reader.add_argument("--driver", type=Path, default=Path("build/vpcd/libifdvpcd.so"), help="the vpcd driver")
    reader.add_argument("--people", type=Path, help="the file that `central init --sample` wrote")
    reader.set_defaults(run=_run_reader)

    network = devices.add_parser("network", help="a network to a server that can be cut")
    network.add_argument("--to", required=True, type=_address, metavar="HOST:PORT", help="the server")
    network.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    network.set_defaults(run=_run_network)

    scanner = devices.add_parser("scanner", help="a serial code scanner")
    scanner.add_argument("--link", type=Path, help="a name that points to the device")
    scanner.set_defaults(run=_run_scanner)
    return parser


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def _run_printer(options: argparse.Namespace) -> None:
    numbers = count(1)

    def keep(ticket: PrintedTicket) -> None:
        number = next(numbers)
        print(f"ticket {number}: {ticket.height_mm:.0f} mm", flush=True)
        if options.png_dir:
            (options.png_dir / f"ticket-{number:04d}.png").write_bytes(ticket.png)

    if options.png_dir:
        options.png_dir.mkdir(parents=True, exist_ok=True)
    with VirtualPrinter(width_dots=options.width, port=options.port, on_ticket=keep) as printer:
        printer.set_speed(options.speed or None)
        print("printer at {}:{}".format(*printer.address), flush=True)
        obey(sys.stdin, printer_actions(printer))


def printer_actions(printer: VirtualPrinter) -> dict[str, Action]:
    """What a person can do to a printer, by the words for it."""
    return {
        "near-end": lambda _: printer.paper_near_end(),
        "out": lambda _: printer.take_paper_out(),
        "out-after": lambda words: printer.run_out_after(float(words[0])),
        "paper": lambda _: printer.load_paper(),
        "open": lambda _: printer.open_cover(),
        "close": lambda _: printer.close_cover(),
        "jam": lambda _: printer.jam_cutter(),
        "free": lambda _: printer.free_cutter(),
        "heat": lambda _: printer.overheat(),
        "cool": lambda _: printer.cool_down(),
        "mute": lambda _: printer.fall_silent(),
        "speak": lambda _: printer.speak_again(),
        "refuse": lambda _: printer.refuse_connections(),
        "accept": lambda _: printer.accept_connections(),
        "drop": lambda _: printer.drop_connection(),
        "unplug": lambda _: printer.unplug(),
        "plug": lambda _: printer.plug_in(),
        "off": lambda _: printer.power_off(),
        "on": lambda _: printer.power_on(),
        "status": lambda _: printer.health,
    }


def _run_reader(options: argparse.Namespace) -> None:
    people = read_people(options.people) if options.people else ()
    with tempfile.TemporaryDirectory(prefix="lab-") as directory, contextlib.ExitStack() as slots:
        daemon = slots.enter_context(CardDaemon(Path(directory), driver=options.driver))
        both = [slots.enter_context(Slot(daemon, number)) for number in range(daemon.slot_count)]
        for name, value in daemon.environment().items():
            print(f"{name}={value}", flush=True)
        obey(sys.stdin, reader_actions(daemon, both, people))


def reader_actions(daemon: CardDaemon, slots: Sequence[Slot], people: Sequence[SamplePerson]) -> dict[str, Action]:
    """What a person can do at a reader.

    People are numbered from 1 in the file's order; a slot's number, from 1, comes last and is 1 where left out.
    """

    def person(words: list[str]) -> SamplePerson:
        number = int(words[0])
        if not 1 <= number <= len(people):
            raise ValueError(f"there are {len(people)} people")
        return people[number - 1]

    def slot(words: list[str]) -> Slot:
        return slots[int(words[0]) - 1] if words else slots[0]

    return {
        "people": lambda _: "\n".join(f"{number} {each.name} {each.note}" for number, each in enumerate(people, 1)),
        "readers": lambda _: "\n".join(f"{each.name}: {each.has_card}" for each in daemon.reader_states()),
        "insert": lambda words: slot(words[1:]).insert(person(words).social_security_card()),
        "swap": lambda words: slot(words[1:]).swap(person(words).social_security_card()),
        "foreign": lambda words: slot(words).insert(PlainCard()),
        "hanging": lambda words: slot(words[1:]).insert(Hanging(person(words).social_security_card())),
        "garbled": lambda words: slot(words[1:]).insert(Garbling(person(words).social_security_card(), with_noise)),
        "remove": lambda words: slot(words).remove(),
        "kill": lambda _: daemon.kill(),
        "start": lambda _: daemon.start(),
        "unplug": lambda _: daemon.start(readers=0),
        "plug": lambda _: daemon.start(readers=1),
    }


def _run_network(options: argparse.Namespace) -> None:
    with Relay(options.to, port=options.port) as relay:
        print("network at {}:{}".format(*relay.address), flush=True)
        obey(sys.stdin, network_actions(relay))


def network_actions(relay: Relay) -> dict[str, Action]:
    """What can happen to a network; a number behind it means: so many times, then all is well."""

    def switch_to(condition: outages.Condition) -> Action:
        return lambda words: relay.switch(condition, times=int(words[0]) if words else None)

    actions: dict[str, Action] = {name: switch_to(condition) for name, condition in _OUTAGES.items()}
    actions["cut"] = lambda _: relay.cut()
    actions["delay"] = lambda words: relay.switch(outages.Delaying(delay_ms=int(words[0])))
    return actions


def _run_scanner(options: argparse.Namespace) -> None:
    with VirtualScanner(link=options.link) as scanner:
        print(f"scanner at {scanner.path}", flush=True)
        obey(
            sys.stdin,
            {
                "scan": lambda words: scanner.scan(" ".join(words)),
                "unplug": lambda _: scanner.unplug(),
                "plug": lambda _: scanner.plug_in(),
            },
        )
