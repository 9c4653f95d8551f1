"""What must never be committed: machine paths, index addresses, secrets, blobs; and files that have grown too long."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_MOST_BYTES = 1_000_000
_MOST_LINES = 400
_FORBIDDEN = {
    "an absolute path of a machine": re.compile(
        r"(?<![\w./])/(?:work|farm|root|home|Users|mnt)(?=/|[\"'\s,:)\]]|$)|\b[A-Z]:\\{1,2}Users\b"
    ),
    "the address of a package index": re.compile(
        r"https?://[^\s\"]*(?:/simple\b|/packages/|registry\.|py" + r"pi\b|python" + r"hosted\b|/debian\b)"
    ),
    "a private key": re.compile("BEGIN [A-Z ]*PRIVATE" + " KEY"),
}
_BINARY = {".png", ".wav", ".ico", ".gz", ".db"}


def problems() -> list[str]:
    """One line a finding; empty when the repository is clean."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = []
    for name in filter(None, listed.stdout.split("\0")):
        path = Path(name)
        if not path.is_file():
            continue
        if path.stat().st_size >= _MOST_BYTES:
            found.append(f"{name}: 1 MB or more")
        if path.suffix not in _BINARY:
            found += _in_text(path)
    return found


def _in_text(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = text.splitlines()
    found = [
        f"{path}:{number}: holds {what}"
        for number, line in enumerate(lines, start=1)
        for what, pattern in _FORBIDDEN.items()
        if pattern.search(line)
    ]
    # A migration is one release's tables in one piece.
    if path.suffix == ".py" and len(lines) > _MOST_LINES and "migrations" not in path.parts:
        found.append(f"{path}: {len(lines)} lines; split it")
    return found
