"""Who writes. One place decides when work is committed; the work itself decides everything else.

Work is a function of a connection. It is handed over with `submit` and answered by a future once it is committed (or by
the exception it raised, and then nothing of it stays). On SQLite one thread writes, on PostgreSQL two; what waits
together is committed together, each piece in a savepoint of its own.
"""

from __future__ import annotations

from central.writer.contract import Busy, Overtaken, Unavailable, Writer, touch
from central.writer.group import GroupCommitWriter
from central.writer.reader import Reader

__all__ = ["Busy", "GroupCommitWriter", "Overtaken", "Reader", "Unavailable", "Writer", "touch"]
