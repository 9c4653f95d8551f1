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

_M_ARENA_MAX = -8
_ARENAS = 2


def calm_allocator() -> Callable[[], None]:
    """Limit the arenas from now on; the returned function gives back what is not needed (about a millisecond)."""
    library = ctypes.CDLL(None)
    limit = getattr(library, "mallopt", None)
    trim = getattr(library, "malloc_trim", None)
    if limit is None or trim is None:
        return linecache.clearcache
    limit(_M_ARENA_MAX, _ARENAS)

    def give_back() -> None:
        linecache.clearcache()
        trim(0)

    return give_back
