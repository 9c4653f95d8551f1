"""Facts may be unknown: a terminal off line does not know all that the server knows, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Known(Generic[Value]):
    """A fact at hand."""

    value: Value


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact not at hand. Never silently the lenient value: the policy says what it means."""


Fact = Known[Value] | Unknown
UNKNOWN = Unknown()
