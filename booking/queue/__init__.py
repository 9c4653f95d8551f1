"""The order of a queue, with the reason for each place (rules G2, G3), its calls (rule J4), and how long it will take.

Pure: the queue is a value, each step gives another. Whoever keeps it brings ids and instants.
"""

from __future__ import annotations

from booking.queue.entries import Entry, Line, line_for
from booking.queue.expect import Ahead, Expected, Pace, expected, pace_of
from booking.queue.order import Place, Turns, Why, order
from booking.queue.steps import Call, Declined, Queue, WhyNot

__all__ = [
    "Ahead",
    "Call",
    "Declined",
    "Entry",
    "Expected",
    "Line",
    "Pace",
    "Place",
    "Queue",
    "Turns",
    "Why",
    "WhyNot",
    "expected",
    "line_for",
    "order",
    "pace_of",
]
