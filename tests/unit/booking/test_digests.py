"""The digest of rows: whatever differs shows, whatever the order is does not; and the laws would find a wrong one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import reduce
from itertools import permutations

import pytest

from booking.wire_digest import digest_of

Mark = tuple[str, str, int]
Digest = Callable[[Iterable[Mark]], str]
ROWS: tuple[Mark, ...] = (("booking", "a1", 1), ("booking", "a", 11), ("session", "b", 2), ("doctor", "c", 2))
OTHERS: dict[str, tuple[Mark, ...]] = {
    "none": (),
    "one lost": ROWS[1:],
    "one too many": (*ROWS, ("booking", "d", 1)),
    "one twice": (*ROWS, ROWS[0]),
    "two more that are alike": (*ROWS, ("booking", "d", 1), ("booking", "d", 1)),
    "an older version": (("booking", "a1", 0), *ROWS[1:]),
    "versions changed places": (("booking", "a1", 11), ("booking", "a", 1), *ROWS[2:]),
    "another kind": (("session", "a1", 1), *ROWS[1:]),
    "an id that runs on into the version": (ROWS[1], ROWS[1], *ROWS[2:]),
}


def is_lawful(digest: Digest) -> bool:
    """Whether a digest says the same of the same rows in any order, and something else of any others."""
    same = {digest(order) for order in permutations(ROWS)}
    return len(same) == 1 and all(digest(rows) not in same for rows in OTHERS.values())


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


WRONG: dict[str, Digest] = {
    "of ids alone": lambda rows: str(sum(_mark(f"{kind} {it}") for kind, it, _ in rows)),
    "of versions alone": lambda rows: str(sum(ver for _, _, ver in rows)),
    "without kinds": lambda rows: str(sum(_mark(f"{it} {ver}") for _, it, ver in rows)),
    "a count": lambda rows: str(len(list(rows))),
    "the sum without its marks": lambda rows: str(sum(len(kind + it) * (ver + 1) for kind, it, ver in rows)),
    "in order": lambda rows: hashlib.blake2b(repr(list(rows)).encode()).hexdigest(),
    "exclusive or": lambda rows: str(reduce(lambda one, it: one ^ _mark(repr(it)), rows, 0)),
    "run together": lambda rows: str(sum(_mark(f"{kind}{it}{ver}") for kind, it, ver in rows)),
}


def test_the_digest_keeps_the_laws() -> None:
    assert is_lawful(digest_of)
    assert digest_of(()) == "0" * 16
    assert digest_of(ROWS) == "d91066404725ee5c"  # both sides of an old and a new release must agree


@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_wrong_digest_breaks_them(wrong: str) -> None:
    assert not is_lawful(WRONG[wrong])
