"""A session's stream: what happened in its executions, as numbered events. This module is those events, and how they are read.

Nothing is kept for it but what happened: a text is one record, and its pieces are made for whoever reads them. So a reader
that is slow costs nothing, and one that comes later sees the same.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.domain.mark import Mark, milliseconds
from atthene_emulator.execution.happenings import (
    ConditionChecked,
    ExecutionCancelled,
    ExecutionFailed,
    ExecutionFinished,
    ExecutionStarted,
    Happening,
    Introduced,
    LookedUp,
    Paused,
    Resolved,
    RunFailed,
    RunFinished,
    RunStarted,
    Scripted,
    TextEnded,
    TextSaid,
    TextStarted,
    TextWritten,
    Thought,
    ToolAnswered,
    ToolCalled,
)
from atthene_emulator.execution.streaming import count_pieces, pieces

_EVENT = 300  # bytes


class Events:
    """The events of one execution, which may still run.

    Attributes:
        before: where the stream was before the first.
        happened: what they are made of.
        result: the `Execution` that came of it, when it is over.
    """

    __slots__ = ("_counts", "before", "correlation_id", "execution_id", "happened", "result", "session_id")

    def __init__(
        self, execution_id: str, session_id: str, correlation_id: str | None, before: Mark, happened: list[Happening]
    ) -> None:
        self.execution_id = execution_id
        self.session_id = session_id
        self.correlation_id = correlation_id
        self.before = before
        self.happened = happened
        self.result: Any = None
        self._counts: list[int] = []

    @property
    def counts(self) -> Sequence[int]:
        """By how many events each that has happened is told; pieces of a text are counted once."""
        self._counts += map(_count, self.happened[len(self._counts) :])
        return self._counts

    def run_id(self, run: int) -> str:
        """The id of an agent's turn: they count a session's, from 1."""
        return f"run_{self.before.runs + run}"

    @property
    def end(self) -> Mark:
        """Where the stream is after those that have happened."""
        ms, n, runs = self.before
        at = -math.inf
        for what in self.happened:
            if what.at != at:
                at = what.at
                here = milliseconds(at)
                if here > ms:
                    ms, n = here, -1
            kind = type(what)
            n += _SEVERAL[kind](what) if kind in _SEVERAL else 1
            if kind is RunStarted:
                runs += 1
        return Mark(ms, n, runs)

    def __len__(self) -> int:
        return sum(self.counts)

    def until(self, place: Mark) -> int:
        """How many of them have come by a place."""
        mark, found = self.before, 0
        for what, count in zip(self.happened, self.counts, strict=True):
            first = mark.after(what.at)
            mark = first.behind(count - 1)
            if mark.is_after(place):
                return found + max(0, place.n - first.n + 1) * (place.ms == first.ms)
            found += count
        return found

    @property
    def weight(self) -> int:
        """How many bytes are told of it, roughly."""
        each = _EVENT + len(self.correlation_id or "")
        return sum(each + _length(what) for what in self.happened)


def _length(what: Happening) -> int:
    """Characters that are told besides what every event has."""
    if isinstance(what, LookedUp):
        return sum(len(hit.text) for hit in what.hits)
    return len(what.text) if isinstance(what, TextSaid | TextWritten) else 0


class Event(NamedTuple):
    """One event.

    Attributes:
        mark: its place.
        previous: that of the one before it in its execution (D93).
        type: what the service calls it.
        what: happened; `text` is the piece of it that this event tells.
    """

    mark: Mark
    previous: Mark | None
    type: str
    what: Happening
    text: str


def read(events: Events, skipped: int = 0) -> Iterator[Event | None]:
    """The events of an execution, from the first or behind so many; None where there is none yet."""
    mark, previous, known = events.before, None, 0
    while True:
        while known < len(events.happened):
            what = events.happened[known]
            over = min(skipped, events.counts[known]) if skipped else 0
            known += 1
            if over:  # without making them: there may be a million
                mark = previous = mark.after(what.at).behind(over - 1)
                skipped -= over
            for kind, text in _spelled(what, over):
                mark = mark.after(what.at)
                yield Event(mark, previous, kind, what, text)
                previous = mark
        if events.result is not None:
            return
        yield None


def newest(executions: Sequence[Events], most: int) -> Iterator[tuple[Events, Event]]:
    """The last `most` events of executions that have ended or run, oldest first."""
    left = sum(map(len, executions)) - most
    for events in executions:
        count = len(events)
        if count > left:
            for event in read(events, max(0, left)):
                if event is None:
                    break
                yield events, event
        left -= count


def since(executions: Sequence[Events], after: Mark, most: int) -> Sequence[tuple[Events, int]]:
    """Which executions are read again after a place, each behind how many events: of the last `most`, those that came later.

    One that has ended by then is left out, with its result. A place that has not come yet hides nothing of what is to come.
    """
    found: list[tuple[Events, int]] = []
    left = most
    for events in reversed(executions):
        count, seen = len(events), events.until(after)
        if left <= 0 or (events.result is not None and seen == count):
            break
        found.append((events, max(seen, count - left)))
        left -= count
    return found[::-1]


_SINGLE: Mapping[type[Any], str] = {
    ExecutionStarted: "ExecutionStarted",
    ExecutionFinished: "ExecutionFinished",
    ExecutionFailed: "ExecutionError",
    ExecutionCancelled: "ExecutionCancelled",
    RunStarted: "RunStarted",
    RunFinished: "RunFinished",
    RunFailed: "RunError",
    TextStarted: "TextMessageStart",
    TextEnded: "TextMessageEnd",
    Paused: "HitlRequired",
    Resolved: "HitlResolved",
    ConditionChecked: "ConditionChecked",
}
_LOOKED_UP = tuple((f"KnowledgeBaseCall{part}", "") for part in ("Start", "Args", "End", "Result"))  # D112
_CALLED = (("ToolCallStart", ""), ("ToolCallArgs", ""), ("ToolCallEnd", ""))


def _spelled(what: Happening, over: int) -> Iterator[tuple[str, str]]:
    """The type and the text of each event that a happening is told by, less so many that come first."""
    match what:
        case TextSaid():
            return _in_pieces("TextMessage", what, over)
        case TextWritten():
            return (("TextMessageContent", piece) for piece in pieces(what.text, what.streaming, over))
        case Thought():
            return _in_pieces("Thinking", what, over)
        case Introduced():
            all_of_them = _introduced(what)
        case ToolCalled():
            all_of_them = _CALLED
        case LookedUp():
            all_of_them = _LOOKED_UP
        case ToolAnswered():
            all_of_them = (("ToolCallError" if what.failed else "ToolCallResult", ""),)
        case Scripted():
            all_of_them = ((what.event["type"], ""),)
        case _:
            all_of_them = ((_SINGLE[type(what)], ""),)
    return iter(all_of_them[over:])


def _introduced(what: Introduced) -> tuple[tuple[str, str], ...]:
    return ("AgentIntroductionStart", ""), ("AgentIntroductionContent", what.text), ("AgentIntroductionEnd", "")


def _in_pieces(kind: str, what: TextSaid | Thought, over: int) -> Iterator[tuple[str, str]]:
    if not over:
        yield f"{kind}Start", ""
    if over < _count(what):
        for piece in pieces(what.text, what.streaming, max(0, over - 1)):
            yield f"{kind}Content", piece
        yield f"{kind}End", ""


_SEVERAL: Mapping[type[Any], Callable[[Any], int]] = {  # events that a happening is told by, where it is not one
    TextSaid: lambda what: 2 + count_pieces(what.text, what.streaming),
    TextWritten: lambda what: count_pieces(what.text, what.streaming),
    Thought: lambda what: 2 + count_pieces(what.text, what.streaming),
    Introduced: lambda _: 3,
    ToolCalled: lambda _: len(_CALLED),
    LookedUp: lambda _: len(_LOOKED_UP),
}


def _count(what: Happening) -> int:
    """How many events a happening is told by."""
    several = _SEVERAL.get(type(what))
    return 1 if several is None else several(what)
