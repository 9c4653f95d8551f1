"""The terminal's settings: one strict TOML file without secrets -> frozen dataclasses. Nothing is read at import.

`parse` finds every problem at once, each with its line, what was wrong and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the file. `line` counts from 1; 0 when the line cannot be told."""

    line: int
    text: str

    def __str__(self) -> str:
        """As people read it."""
        return f"line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The central booking server."""

    url: str = "http://127.0.0.1:8080"
    """`https://` but for a server on this very machine."""
    ca_file: str = ""
    """The hospital's own certificate authority; empty: the system's."""
    proxy: str = ""
    """An HTTP proxy's URL; empty: none. The environment's proxies are not looked at."""


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """The display. Sizes on screen are millimetres: the diagonal tells how many pixels one has."""

    width_px: int = 1080
    height_px: int = 1920
    diagonal_inch: float = 21.5
    is_fullscreen: bool = True
    fit_px: int = 0
    """Not fullscreen: scale the window so that it is at most this high (0: not scaled)."""


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """The ticket printer."""

    host: str = "127.0.0.1"
    port: int = 9100
    profile: str = "epson"
    """A name in kiosk/devices/printers/profiles."""


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """The code scanner in serial mode."""

    device: str = ""
    """Its node, e.g. /dev/serial/by-id/...; empty: none."""


@dataclass(frozen=True, slots=True)
class ListSettings:
    """The list of arrivals that the server does not know, printed by itself while the line is cut."""

    is_automatic: bool = True
    every_min: int = 30
    """Between two lists, when there is something new."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a terminal is told from outside."""

    data_dir: str = "/var/lib/hospital-kiosk"
    languages: tuple[str, ...] = ("zh-CN", "en")
    """Offered on screen, the hospital's own first."""
    server: ServerSettings = ServerSettings()
    screen: ScreenSettings = ScreenSettings()
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()
    lists: ListSettings = ListSettings()

    def store_dir(self) -> Path:
        """Where the store, its key and its lock are."""
        return Path(self.data_dir)

    def control_socket(self) -> Path:
        """The local socket that kioskctl asks."""
        return Path(self.data_dir) / "control.sock"


KNOWN_LANGUAGES = ("zh-CN", "en")


def parse(text: str) -> Settings | list[Problem]:
    """Settings from the text of a TOML file, or all its problems."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        return [Problem(int(found.group(1)) if found else 0, f"not TOML: {error}")]
    problems: list[Problem] = []
    settings = _build(Settings, data, "", text, problems)
    if isinstance(settings, Settings):
        problems += _ranges(settings, text)
        if not problems:
            return settings
    return problems


def load(path: Path) -> Settings | list[Problem]:
    """Settings from a file, or all its problems. A missing file is one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [Problem(0, f"{path}: {error}")]
    return parse(text)


def _line_of(text: str, section: str, key: str) -> int:
    """The line on which a key stands, found by eye: TOML's parser does not tell."""
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        head = re.match(r"\s*\[([^\]]+)\]", line)
        if head:
            here = head.group(1).strip()
            if here == key and not section:
                return number
        elif here == section and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return 0


def _build(kind: type, data: dict[str, Any], section: str, text: str, problems: list[Problem]) -> object | None:
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}
    for key in data.keys() - known:
        allowed = ", ".join(sorted(known))
        problems.append(Problem(_line_of(text, section, key), f"unknown key '{key}'; known are: {allowed}"))
    values: dict[str, object] = {}
    for key in data.keys() & known:
        hint, value = hints[key], data[key]
        if is_dataclass(hint) and isinstance(hint, type):
            if isinstance(value, dict):
                values[key] = _build(hint, value, key, text, problems)
            else:
                problems.append(Problem(_line_of(text, section, key), f"'{key}' is a section: [{key}]"))
            continue
        good = _value(hint, value)
        if good is None:
            wanted = {"bool": "true or false", "int": "a whole number", "float": "a number", "str": "a text"}
            name = wanted.get(getattr(hint, "__name__", ""), "a list of texts")
            problems.append(Problem(_line_of(text, section, key), f"'{key}' must be {name}, not {value!r}"))
        else:
            values[key] = good
    return None if problems else kind(**values)


def _value(hint: object, value: object) -> object | None:
    if hint is bool or isinstance(value, bool):
        return value if hint is bool and isinstance(value, bool) else None
    if hint is int:
        return value if isinstance(value, int) else None
    if hint is float:
        return float(value) if isinstance(value, int | float) else None
    if hint is str:
        return value if isinstance(value, str) else None
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return tuple(value)
    return None


def _ranges(settings: Settings, text: str) -> list[Problem]:
    problems: list[Problem] = []

    def wrong(section: str, key: str, sentence: str) -> None:
        problems.append(Problem(_line_of(text, section, key), sentence))

    if not settings.languages or set(settings.languages) - set(KNOWN_LANGUAGES):
        wrong("", "languages", f"'languages' names one or more of {', '.join(KNOWN_LANGUAGES)}")
    if not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", settings.server.url):
        wrong("server", "url", "'url' must look like https://booking.example.org")
    elif settings.server.url.startswith("http://") and not re.match(
        r"http://(127\.0\.0\.1|localhost|\[::1\])[:/]?", settings.server.url
    ):
        wrong("server", "url", "'url' must be https:// for a server on another machine")
    if not 5 <= settings.screen.diagonal_inch <= 100:
        wrong("screen", "diagonal_inch", "'diagonal_inch' must be between 5 and 100")
    for key in ("width_px", "height_px"):
        if not 480 <= getattr(settings.screen, key) <= 8192:
            wrong("screen", key, f"'{key}' must be between 480 and 8192")
    if not 1 <= settings.printer.port <= 65535:
        wrong("printer", "port", "'port' must be between 1 and 65535")
    if not 5 <= settings.lists.every_min <= 240:
        wrong("lists", "every_min", "'every_min' must be between 5 and 240")
    return problems
