"""From the daemon's states to what happened: in particular, two cards that look the same are two cards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.cards.watch import (
    Seen,
    Watched,
    WatchEvent,
    daemon_counter,
    hang,
    is_current,
    lose_service,
    observe,
    refusal,
)
from kiosk.ports.cards import CardInserted, CardRemoved, Insertion, ReaderChanged, ReaderCondition, Unreadable

NOW = 5_000
EMPTY = Seen("A", is_present=False, counter=0)
FIRST = Insertion("A", 1 << 16 | 1)


def play(*steps: list[Seen] | None, before: Watched | None = None) -> tuple[Watched, list[WatchEvent]]:
    """What happens over these observations; None is a daemon that does not answer."""
    watched = before or Watched()
    events: list[WatchEvent] = []
    for step in steps:
        change = lose_service(watched) if step is None else observe(watched, step, now_boot_ms=NOW)
        watched = change.watched
        events += change.events
    return watched, events


def card(counter: int, reader: str = "A") -> Seen:
    return Seen(reader, is_present=True, counter=counter)


def test_a_reader_a_card_and_its_removal() -> None:
    _, events = play([EMPTY], [card(1)], [Seen("A", is_present=False, counter=2)])
    assert events == [ReaderChanged("A", ReaderCondition.READY), CardInserted(FIRST, NOW), CardRemoved(FIRST)]


def test_nothing_new_is_nothing_told() -> None:
    watched, _ = play([EMPTY], [card(1)])
    assert play([card(1)], [card(1)], before=watched) == (watched, [])


def test_a_card_that_was_in_before_the_start_is_seen() -> None:
    _, events = play([card(0)])
    assert events == [ReaderChanged("A", ReaderCondition.READY), CardInserted(Insertion("A", 1 << 16), NOW)]


def test_a_swap_between_two_looks_is_two_cards() -> None:
    watched, _ = play([EMPTY], [card(1)])
    _, events = play([card(3)], before=watched)
    assert events == [CardRemoved(FIRST), CardInserted(Insertion("A", 1 << 16 | 3), NOW)]


def test_a_card_that_came_and_went_between_two_looks_is_not_told() -> None:
    watched, _ = play([EMPTY])
    assert play([Seen("A", is_present=False, counter=2)], before=watched)[1] == []


def test_a_new_daemon_makes_the_card_a_new_one() -> None:
    watched, _ = play([EMPTY], [card(1)])
    after, events = play(None, [card(1)], before=watched)
    new = Insertion("A", 2 << 16 | 1)
    assert events == [
        ReaderChanged("A", ReaderCondition.NO_SERVICE),
        CardRemoved(FIRST),
        ReaderChanged("A", ReaderCondition.READY),
        CardInserted(new, NOW),
    ]
    assert is_current(after, new)
    assert not is_current(after, FIRST)
    assert daemon_counter(new) == daemon_counter(FIRST) == 1


def test_a_counter_that_runs_backwards_is_another_life_of_the_reader() -> None:
    watched, _ = play([EMPTY], [card(7)])
    _, events = play([card(1)], before=watched)
    assert events == [CardRemoved(Insertion("A", 1 << 16 | 7)), CardInserted(Insertion("A", 2 << 16 | 1), NOW)]


def test_a_daemon_that_forgets_to_count_still_gives_two_cards() -> None:
    watched, _ = play([card(1)], [Seen("A", is_present=False, counter=1)])
    _, events = play([card(1)], before=watched)
    assert events == [CardInserted(Insertion("A", 3 << 16 | 1), NOW)]


def test_a_reader_is_pulled_out_and_put_back() -> None:
    watched, _ = play([EMPTY, Seen("B", is_present=False, counter=0)], [card(1), Seen("B", False, 0)])
    after, events = play([Seen("B", False, 0)], before=watched)
    assert events == [ReaderChanged("A", ReaderCondition.ABSENT), CardRemoved(FIRST)]
    assert refusal(after, FIRST) is Unreadable.READER
    assert play([card(1), Seen("B", False, 0)], before=after)[1] == [
        ReaderChanged("A", ReaderCondition.READY),
        CardInserted(Insertion("A", 3 << 16 | 1), NOW),
    ]


def test_without_any_reader_the_terminal_as_a_whole_has_none() -> None:
    watched, events = play(None, None, [], [])
    assert events == [ReaderChanged("", ReaderCondition.NO_SERVICE), ReaderChanged("", ReaderCondition.ABSENT)]
    assert play([EMPTY], before=watched)[1] == [ReaderChanged("A", ReaderCondition.READY)]


def test_a_hung_card_costs_its_reader_until_it_is_out() -> None:
    watched, _ = play([EMPTY], [card(1)])
    change = hang(watched, FIRST)
    assert change.events == (ReaderChanged("A", ReaderCondition.HUNG),)
    assert refusal(change.watched, FIRST) is Unreadable.NO_ANSWER
    assert hang(change.watched, FIRST).events == ()
    assert play([card(1)], before=change.watched)[1] == []
    _, events = play([Seen("A", is_present=False, counter=2)], before=change.watched)
    assert events == [CardRemoved(FIRST), ReaderChanged("A", ReaderCondition.READY)]


def test_a_card_that_hung_but_is_out_by_now_harms_nobody() -> None:
    watched, _ = play([EMPTY], [card(1)], [card(3)])
    assert hang(watched, FIRST).events == ()
    assert refusal(watched, FIRST) is Unreadable.REMOVED
    assert refusal(watched, Insertion("A", 1 << 16 | 3)) is None


readers = st.sampled_from(["A", "B"])
looks = st.none() | st.dictionaries(readers, st.tuples(st.booleans(), st.integers(0, 4))).map(
    lambda found: [Seen(name, present, counter) for name, (present, counter) in found.items()]
)


@given(st.lists(looks, max_size=30))
def test_whatever_the_daemon_reports_cards_come_and_go_in_turn(steps: list[list[Seen] | None]) -> None:
    watched, events = play(*steps)
    inside: dict[str, Insertion] = {}
    met: set[Insertion] = set()
    for event in events:
        if isinstance(event, CardInserted):
            assert event.insertion.reader not in inside, "one reader, one card"
            assert event.insertion not in met, "an insertion's counter is never used again"
            inside[event.insertion.reader] = event.insertion
            met.add(event.insertion)
        elif isinstance(event, CardRemoved):
            assert inside.pop(event.insertion.reader) == event.insertion
    last = steps[-1] if steps else None
    assert set(inside) == {seen.reader for seen in last or [] if seen.is_present}
    assert all(is_current(watched, insertion) for insertion in inside.values())
