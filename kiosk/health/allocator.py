"""How the process asks the C library for memory: few arenas, and what is free goes back when a visit ends.

glibc gives every thread that allocates an arena of its own and keeps what each once needed. The terminal has a dozen
threads and is at work in one at a time, so two arenas are enough. Elsewhere than on glibc nothing of this is done.

Qt's binding reads the source of every module that is imported after it, to see whether the module speaks of Qt, and
Python keeps the lines: megabytes that nobody looks at again.
"""

from __future__ import annotations

import ctypes
import linecache
from collections.abc import Callable

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_ARENAS = 2
_LARGE = 128 * 1024
"""Bytes from which a block has pages of its own, which go back when it is freed. It is what glibc begins with; left to
itself, it takes even a snapshot's text from the common heap as soon as one like it has been freed, and small things
then settle in the gap.
"""
_SPARE = 4 * 1024 * 1024
"""Bytes that may lie free at the heap's end between visits."""


def calm_allocator() -> Callable[[], None]:
    """Limit the arenas from now on; the returned function gives back what is not needed (about a millisecond)."""
    library = ctypes.CDLL(None)
    limit = getattr(library, "mallopt", None)
    trim = getattr(library, "malloc_trim", None)
    if limit is None or trim is None:
        return linecache.clearcache
    for what, most in ((_M_ARENA_MAX, _ARENAS), (_M_MMAP_THRESHOLD, _LARGE), (_M_TRIM_THRESHOLD, _SPARE)):
        limit(what, most)

    def give_back() -> None:
        linecache.clearcache()
        trim(0)

    return give_back
