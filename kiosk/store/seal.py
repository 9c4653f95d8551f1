"""Where the store's key comes from: the one place that knows. Today a file that only the terminal's user may read.

Decides how a key is made and kept; knows nothing of what it opens.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kiosk.ports.store import StoreBroken, StoreFull, StoreKeyLost

KEY_BYTES = 32


def store_key(key_file: Path, *, is_new_store: bool) -> bytes:
    """The 256-bit key; made only when there is no store yet that it would have to open.

    Raises StoreKeyLost, StoreBroken (not a key) or StoreFull.
    """
    try:
        kept = bytes.fromhex(key_file.read_text("ascii").strip())
    except FileNotFoundError:
        if not is_new_store:
            raise StoreKeyLost("there is a store without its key") from None
        return _make(key_file)
    except (OSError, ValueError) as fault:
        raise StoreBroken("the key file cannot be read") from fault
    if len(kept) != KEY_BYTES:
        raise StoreBroken("the key file holds no key")
    return kept


def _make(key_file: Path) -> bytes:
    """Written beside and renamed, so that a power cut leaves a whole key or none."""
    key = secrets.token_bytes(KEY_BYTES)
    half_written = key_file.with_suffix(".new")
    try:
        half_written.unlink(missing_ok=True)
        handle = os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, key.hex().encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        half_written.rename(key_file)
        sync_directory(key_file.parent)
    except OSError as fault:
        raise StoreFull("the key cannot be written") from fault
    return key


def sync_directory(directory: Path) -> None:
    """Make renames in this directory survive a power cut."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
