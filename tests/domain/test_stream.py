"""The stream of a session: where its events are, from wherever it is read."""

from collections.abc import Sequence
from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.stream import Event, Events, newest, read, since
from atthene_emulator.execution.happenings import (
    ExecutionFinished,
    ExecutionStarted,
    Happening,
    Introduced,
    RunStarted,
    Scripted,
    TextSaid,
    TextWritten,
    Thought,
    ToolCalled,
)
from atthene_emulator.execution.streaming import Streaming
from atthene_emulator.execution.usage import Usage

_CHUNKS = st.sampled_from([Streaming(), Streaming("all"), Streaming("character"), Streaming(3)])
_TEXTS = st.text("ab \n", max_size=12)
_HAPPENINGS = st.one_of(
    st.builds(TextSaid, st.just(0.0), st.just(1), st.just("m"), _TEXTS, _CHUNKS),
    st.builds(TextWritten, st.just(0.0), st.just(1), st.just("m"), _TEXTS.filter(bool), _CHUNKS),
    st.builds(Thought, st.just(0.0), st.just(1), st.just("m"), _TEXTS, _CHUNKS),
    st.just(Introduced(0.0, 1, "main", "main", False)),  # noqa: FBT003  # what it says does not matter
    st.just(ToolCalled(0.0, 1, "main", "call", "tool", {})),
    st.just(Scripted(0.0, 1, {"type": "Custom"})),
    st.just(RunStarted(0.0, 1, "main")),
)
_TIMED = st.lists(st.tuples(st.sampled_from([0.0, 0.0004, 0.001, 5.0, -3.0]), _HAPPENINGS), max_size=6)


def executions_of(parts: Sequence[Sequence[tuple[float, Happening]]], start: float) -> list[Events]:
    """Executions one after the other; between what happens, the clock is moved by so many seconds."""
    found, before, now = list[Events](), Mark(), start
    for part in parts:
        happened: list[Happening] = []
        for seconds, what in part:
            now += seconds
            happened.append(what._replace(at=now))
        events = Events("exec", "s", None, before, [ExecutionStarted(now), *happened])
        events.happened.append(ExecutionFinished(now, "stop", Usage()))
        events.result = "done"
        found.append(events)
        before = events.end
    return found


def told(events: Events, skipped: int = 0) -> list[Event]:
    return [one for one in takewhile(lambda one: one is not None, read(events, skipped)) if one is not None]


@given(_TIMED, st.sampled_from([0.0, 1736937000.0, 1736937000.123456]), st.integers(0, 60))
def test_behind_some_events_the_others_are_as_they_are_from_the_first(
    part: list[tuple[float, Happening]], start: float, skipped: int
) -> None:
    events = executions_of([part], start)[0]
    every = told(events)
    assert told(events, skipped) == every[skipped:]
    assert len(events) == len(every)
    assert events.end[:2] == every[-1].mark[:2]


@given(st.lists(_TIMED, max_size=4), st.integers(0, 99), st.integers(1, 30), st.sampled_from([0, -1, 1]))
def test_since_a_place_and_the_newest_are_what_reading_all_would_find(
    parts: list[list[tuple[float, Happening]]], number: int, most: int, beside: int
) -> None:
    executions = executions_of(parts, 1736937000.0)
    every = [(events, one) for events in executions for one in told(events)]
    assert list(newest(executions, most)) == every[-most:]
    after = every[number % len(every)][1].mark.behind(beside) if every else Mark()
    found = [(events, one) for events, skipped in since(executions, after, most) for one in told(events, skipped)]
    assert found == [one for one in every[-most:] if one[1].mark.is_after(after)]


def test_the_last_of_a_million_pieces_are_found_without_the_others() -> None:
    said = TextSaid(0.0, 1, "m", "a" * 1_000_000, Streaming("character"))
    events = executions_of([[(0.0, said)]], 1736937000.0)[0]
    assert [str(one.mark) for one in told(events, 1_000_001)] == [
        f"1736937000000-{number}" for number in (1_000_001, 1_000_002, 1_000_003)
    ]
    assert events.until(Mark(1736937000000, 999_999)) == 1_000_000
