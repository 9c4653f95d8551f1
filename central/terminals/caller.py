"""Who asks: the terminal whose signature was checked. What it may read is decided by its hospital alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Caller:
    """An enrolled terminal."""

    terminal_id: UUID
    hospital_id: UUID
