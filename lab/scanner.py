"""A code scanner in serial mode, on a pseudo-terminal. Knows what a scanner sends, nothing of what codes mean."""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path
from typing import Self


class VirtualScanner:
    """A scanner at `path`. A context manager; `unplug` and `plug_in` give it another path, as real ones may."""

    def __init__(self, *, end: bytes = b"\r", link: Path | None = None) -> None:
        """`end` follows each code; `link` is a name that always points to the present device, as udev makes one."""
        self._end = end
        self._link = link
        self._near: int | None = None
        self._far: int | None = None

    @property
    def path(self) -> Path:
        """The device to open. Raises ValueError while it is unplugged."""
        if self._far is None:
            raise ValueError("the scanner is not plugged in")
        return self._link or Path(os.ttyname(self._far))

    def plug_in(self) -> None:
        """Make the device. Harmless when it is there."""
        if self._near is not None:
            return
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        if self._link is not None:
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(self._far))

    def unplug(self) -> None:
        """Take the device away: whoever reads from it gets an error or an end of file."""
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        for end in (self._far, self._near):
            if end is not None:
                with contextlib.suppress(OSError):
                    os.close(end)
        self._near = self._far = None

    def scan(self, text: str, *, encoding: str = "utf-8") -> None:
        """Hold a code before it. Raises ValueError while it is unplugged."""
        self.send(text.encode(encoding) + self._end)

    def send(self, data: bytes) -> None:
        """Exactly these bytes: half a code, no end, noise. Raises ValueError while it is unplugged."""
        if self._near is None:
            raise ValueError("the scanner is not plugged in")
        os.write(self._near, data)

    def __enter__(self) -> Self:
        """Plug in."""
        self.plug_in()
        return self

    def __exit__(self, *_error: object) -> None:
        """Unplug."""
        self.unplug()
