"""Memory that a visit needed goes back to the system when it has ended."""

from __future__ import annotations

import subprocess
import sys

_SCRIPT = """
import ctypes
from pathlib import Path
from kiosk.health.allocator import calm_allocator

def resident_mb():
    return int(Path('/proc/self/statm').read_text().split()[1]) * 4096 / 1e6

give_back = calm_allocator()
library = ctypes.CDLL(None)
library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [library.malloc(64_000) for _ in range(1_500)]
for block in blocks:
    ctypes.memset(block, 1, 64_000)
keep = library.malloc(64_000)  # holds the heap's end, so that nothing is given back by itself
for block in blocks:
    library.free(block)
held = resident_mb()
give_back()
print(held - resident_mb())
"""


def test_what_is_free_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 50


_LINES_SCRIPT = """
import linecache
from kiosk.health import allocator

give_back = allocator.calm_allocator()
read = linecache.getlines(allocator.__file__)
held = len(linecache.cache)
give_back()
print(len(read), held, len(linecache.cache))
"""


def test_lines_of_source_that_were_read_are_not_kept() -> None:
    done = subprocess.run([sys.executable, "-c", _LINES_SCRIPT], capture_output=True, text=True, check=True)
    read, held, left = map(int, done.stdout.split())
    assert read > 0
    assert held > 0
    assert left == 0
