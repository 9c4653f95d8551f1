"""Every installed distribution against the licences that the project accepts; writes and checks docs/licences.md."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

_PAGE = Path("docs/licences.md")
_ACCEPTED = re.compile(
    r"\b(MIT|MIT-CMU|HPND|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|OFL|zlib|Unicode|LGPL)\b", re.I
)
_GPL = re.compile(r"(?<![L])GPL|General Public", re.I)
_LESSER = re.compile(r"(?:GNU )?(?:Lesser|Library) General Public License[^;]*", re.I)
# Distributions whose metadata does not say it in a form that the pattern knows; read from their licence files.
_STATED = {
    "pyside6-essentials": "LGPL-3.0-only (used as unmodified shared libraries)",
    "shiboken6": "LGPL-3.0-only (used as unmodified shared libraries)",
    "pyscard": "LGPL-2.1-or-later (used as an unmodified shared library)",
    "sqlcipher3": "zlib/libpng (SQLCipher: BSD-3-Clause, OpenSSL: Apache-2.0)",
}
_SELF = {"hospital-kiosk", "pip"}
# GPL, but separate programs that only build: nothing of them is in what they make.
_BUILD_PROGRAMS = {"swig"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One distribution and what its metadata says of its licence."""

    name: str
    version: str
    licence: str


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(distribution: Distribution) -> str:
    metadata = distribution.metadata.json
    stated = _STATED.get(_normal(distribution.name))
    if stated:
        return stated
    expression = metadata.get("license_expression")
    if expression:
        return str(expression)
    classifiers = [
        value.rsplit("::", 1)[-1].strip()
        for value in metadata.get("classifier") or []
        if value.startswith("License ::") and value.count("::") > 1
    ]
    plain = str(metadata.get("license") or "").strip().splitlines()
    return "; ".join(classifiers) or (plain[0] if plain else "")


def entries() -> list[Entry]:
    """All installed distributions but the project itself, by name."""
    found = {
        _normal(d.name): Entry(d.name, d.version, _licence(d)) for d in distributions() if _normal(d.name) not in _SELF
    }
    return [found[name] for name in sorted(found)]


def page() -> str:
    """docs/licences.md as it should be."""
    text = _PAGE.read_text(encoding="utf-8") if _PAGE.exists() else ""
    head = text.split("<!-- table -->")[0] if "<!-- table -->" in text else "# Licences\n\n"
    rows = "\n".join(f"| {e.name} | {e.licence} |" for e in entries())
    return f"{head}<!-- table -->\n| distribution | licence |\n| --- | --- |\n{rows}\n"


def is_accepted(licence: str) -> bool:
    """Whether a stated licence is among those accepted. One GPL among them is one too many."""
    plain = _LESSER.sub("LGPL", licence)
    return bool(_ACCEPTED.search(plain)) and not _GPL.search(plain)


def problems() -> list[str]:
    """One line for each distribution outside the accepted licences, and one when the page is out of date."""
    found = []
    for entry in entries():
        if entry.name.lower() in _BUILD_PROGRAMS:
            continue
        if not is_accepted(entry.licence):
            found.append(f"{entry.name} {entry.version}: licence '{entry.licence}' is not among those accepted")
    listed = _PAGE.read_text(encoding="utf-8").splitlines() if _PAGE.exists() else []
    if not {line for line in page().splitlines() if line.startswith("|")} <= set(listed):
        found.append(f"{_PAGE} is out of date: .venv/bin/python -m tools.licences --write")
    return found


def main() -> int:
    """Print the problems, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/licences.md")
    if parser.parse_args().write:
        _PAGE.write_text(page(), encoding="utf-8")
    for line in problems():
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
