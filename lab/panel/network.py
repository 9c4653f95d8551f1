"""The network's section: what becomes of the way to the booking server."""

from __future__ import annotations

from lab.panel.bench import Bench
from lab.panel.controls import Choice, Lamp, Section, Segments
from lab.panel.seen import SLOW_MS, NetworkCondition, News

_CHOICES = (
    Choice(NetworkCondition.WORKING, "Working"),
    Choice(NetworkCondition.CUT, "Cut", News.BAD, "Nobody answers; open connections are reset"),
    Choice(NetworkCondition.SLOW, "Slow", News.CARE, f"Each answer comes {SLOW_MS / 1000:.1f} s later"),
    Choice(
        NetworkCondition.ANSWERS_LOST,
        "Answers lost",
        News.BAD,
        "The server hears and acts; its answers never arrive",
    ),
    Choice(NetworkCondition.SERVER_ERRORS, "Server errors", News.BAD, "Each request is answered with status 500"),
    Choice(
        NetworkCondition.CAPTIVE_PORTAL,
        "Captive portal",
        News.BAD,
        "A guest network's log-in page answers in the server's place",
    ),
)


class Network(Section):
    """One control with the conditions of the network."""

    def __init__(self, bench: Bench) -> None:
        """Marks nothing before the bench has looked."""
        super().__init__("Network to the server")
        self._lamp = Lamp()
        self.head.addWidget(self._lamp)
        self.condition = Segments("Network", _CHOICES, columns=3)
        self.condition.chosen.connect(bench.set_network)
        self.body.addWidget(self.condition)

    def show_network(self, condition: NetworkCondition | None) -> None:
        """What it is like now; None is a condition that cannot be set from here."""
        self.condition.show_value(condition)
        is_well = condition is NetworkCondition.WORKING
        is_slow = condition is NetworkCondition.SLOW
        self._lamp.show_news(News.GOOD if is_well else News.CARE if is_slow else News.BAD)
