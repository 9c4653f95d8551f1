"""Trials side by side, each in a forked child that answers with one word."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

from tools.mutation.trial import TIME, confine

Job = TypeVar("Job")
_MOST_BYTES = 60_000
"""Less than a pipe holds, so that no child waits until it is heard."""


def each_in_a_child(jobs: Iterator[Job], do: Callable[[Job], str], *, processes: int) -> Iterator[tuple[Job, str]]:
    """What `do` says of each job, in the order of being done; TIME where the child was ended by a limit.

    A job is taken when a child is free for it, so that the iterator may decide late, or end early.
    """
    under_way: dict[int, tuple[Job, int]] = {}
    is_over = False
    while under_way or not is_over:
        while not is_over and len(under_way) < processes:
            job = next(jobs, None)
            if job is None:
                is_over = True
                break
            child, answer = _forked(job, do)
            under_way[child] = (job, answer)
        if not under_way:
            return
        child, _status = os.wait()
        done, answer = under_way.pop(child)
        with os.fdopen(answer, "rb") as pipe:
            said = pipe.read()
        yield done, said[1:].decode() if said else TIME


def _forked(job: Job, do: Callable[[Job], str]) -> tuple[int, int]:
    answer, mouth = os.pipe()
    child = os.fork()
    if child:
        os.close(mouth)
        return child, answer
    code = 1
    try:
        confine()
        os.write(mouth, b":" + do(job).encode()[:_MOST_BYTES])
        code = 0
    finally:
        os._exit(code)
