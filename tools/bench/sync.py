"""The figures of the synchronisation (issue D), from what a terminal of its own measured."""

from __future__ import annotations

from collections.abc import Mapping

from tools.bench.figures import Bar, Figure


def sync_figures(said: Mapping[str, float]) -> list[Figure]:
    """Each beside the least that it could be."""
    bookings = int(said["bookings"])
    return [
        Figure("idle sync round, bytes both ways", said["round_bytes"] / 1000, "kB", Bar(2)),
        Figure("idle sync round, processor", said["round_cpu_ms"], "ms", Bar(5), said["bare_cpu_ms"]),
        Figure(
            f"a day's mirror of {bookings} bookings on the wire",
            said["day_wire"] / 1e6,
            "MB",
            Bar(1.5),
            said["day_least"] / 1e6,
        ),
        Figure("the whole mirror on disk", said["disk"] / 1e6, "MB", Bar(20), said["day_plain"] / 1e6),
        Figure(
            "the catalogue on the wire", said["catalogue_wire"] / 1000, "kB", Bar(300), said["catalogue_least"] / 1000
        ),
        Figure("digests of the whole mirror, processor, every ten minutes", said["digests_cpu_ms"], "ms"),
    ]
