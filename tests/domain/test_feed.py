"""The feed tells requests and changes in the order in which they came, from wherever a reader stopped."""

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.feed import Change, EventSource, Feed
from atthene_emulator.domain.journal import Entry, Journal
from atthene_emulator.domain.seed import Seed

WORLD = EventSource("world")


def entry(name: str) -> Entry:
    return Entry(name, 0.0, None, "GET", "/", "", b"", b"", 200, b"", 0.0, "ok", None, (), "", (), delivered=True)


def name_of(what: Entry | Change) -> str:
    return what.id if isinstance(what, Entry) else str(what.data["name"])


def told(feed: Feed, number: int, limit: int = 100) -> tuple[int, list[tuple[int, str]]]:
    """How many are missed, and the events with their names."""
    missed, events = feed.since(number, limit)
    return missed, [(event.number, name_of(event.what)) for event in events]


def played(steps: str, journal: Journal) -> Feed:
    """A feed after requests (r), changes (c) and clearings of the journal (x), each named by its number."""
    feed, number = Feed(journal, WORLD), 0
    for step in steps:
        if step == "x":
            journal.reset(Seed())
            continue
        number += 1
        if step == "r":
            journal.add(entry(f"r{number}"))
        else:
            kind: Literal["control"] = "control"
            feed.note(kind, 0.0, {"name": f"c{number}"})
    return feed


def test_a_new_feed_tells_nothing() -> None:
    feed = Feed(Journal(), WORLD)
    assert (feed.last, feed.since(0)) == (0, (0, []))
    assert not feed.has_lost(0)


def test_requests_and_changes_are_told_in_order() -> None:
    feed = played("rrcrcc", Journal())
    assert told(feed, 0) == (0, [(1, "r1"), (2, "r2"), (3, "c3"), (4, "r4"), (5, "c5"), (6, "c6")])
    assert told(feed, 4) == (0, [(5, "c5"), (6, "c6")])
    assert told(feed, 6) == (0, [])


def test_a_reader_that_is_ahead_misses_nothing() -> None:
    feed = played("rc", Journal())
    assert told(feed, 7) == (0, [])
    assert not feed.has_lost(7)


def test_what_the_journal_has_forgotten_is_counted_as_missed() -> None:
    feed = played("rrrrr", Journal(max_entries=2))
    assert told(feed, 0) == (3, [(4, "r4"), (5, "r5")])
    assert told(feed, 3) == (0, [(4, "r4"), (5, "r5")])
    assert (feed.has_lost(2), feed.has_lost(3)) == (True, False)


def test_changes_are_bounded_too() -> None:
    feed = played("c" * 1001, Journal())
    assert feed.since(0)[0] == 1
    assert told(feed, 998) == (0, [(999, "c999"), (1000, "c1000"), (1001, "c1001")])


def test_the_oldest_are_told_first_when_not_all_are_wanted() -> None:
    feed = played("rcrcr", Journal())
    assert told(feed, 0, limit=2) == (0, [(1, "r1"), (2, "c2")])
    assert told(feed, 2, limit=2) == (0, [(3, "r3"), (4, "c4")])


def test_a_journal_that_was_cleared_leaves_a_gap() -> None:
    feed = played("rcrxr", Journal())
    assert told(feed, 0) == (3, [(4, "r4")])


def test_an_ended_feed_still_tells_what_it_has() -> None:
    feed = played("rc", Journal())
    feed.signal.end()
    assert told(feed, 0) == (0, [(1, "r1"), (2, "c2")])


@given(st.text("rrrcccx", max_size=40), st.integers(1, 8), st.integers(1, 10))
def test_a_reader_that_goes_on_from_what_it_got_sees_each_event_once_and_in_order(
    steps: str, kept: int, limit: int
) -> None:
    feed = played(steps, Journal(max_entries=kept))
    names = [f"{step}{number}" for number, step in enumerate(steps.replace("x", ""), 1)]
    assert feed.last == len(names)
    for start in range(len(names) + 1):
        at, seen = start, []
        missed, events = feed.since(at, limit)
        first = start + missed
        while events:
            seen += [(event.number, name_of(event.what)) for event in events]
            at = events[-1].number
            more, events = feed.since(at, limit)
            assert more == 0
        assert seen == [(number, names[number - 1]) for number in range(first + 1, len(names) + 1)]
        assert feed.has_lost(start) is (missed > 0)
