"""Executions that are kept to be looked at: the newest of a namespace. This module is the record, and that part."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.stream import Events
from atthene_emulator.domain.transcript import CalledTool, Message
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.limits import EXECUTION_BYTES, EXECUTIONS

_EXECUTION, _TURN, _MOVE, _HAPPENING = 700, 600, 120, 120  # bytes, without their texts


class Execution(NamedTuple):
    """One execution of a session, when it has ended.

    Attributes:
        turn: which execution of the session it is, from 1.
        started_at, completed_at: unix seconds.
        time_limit: seconds that it might take (D57).
        content: the user's message; None where only inputs were given (D52).
        messages: what the user is shown; `tool_calls` are those of all agents, shown or not.
        event_count: agent turns plus two (D43).
        outcome: how it went: agents' turns with their prompts, and the path with its reasons.
        is_paused: it is answered like one that took too long, and waits until a person decides (D56).
    """

    id: str
    session_id: str
    correlation_id: str | None
    turn: int
    started_at: float
    completed_at: float
    time_limit: float
    content: Content | None
    messages: tuple[Message, ...]
    tool_calls: tuple[CalledTool, ...]
    event_count: int
    outcome: Outcome
    is_paused: bool = False

    @property
    def weight(self) -> int:
        """How many bytes it takes, roughly: what its agents were sent and have said, without what is the configuration's.

        The messages that came before it are not its own; see `history`.
        """
        outcome = self.outcome
        total = _EXECUTION + _MOVE * len(outcome.moves) + weight(self.content)
        if outcome.variables:
            total += weight(outcome.variables)
        for turn in outcome.turns:
            prompt = turn.prompt
            total += _TURN + weight(turn.text)
            if prompt.system_prompt is not prompt.agent.system_prompt:
                total += weight(prompt.system_prompt)
            if turn.output is not None or turn.tool_calls:
                total += weight((turn.output, turn.tool_calls))
            if turn.artifacts:
                total += weight(turn.artifacts)
            if turn.knowledge:
                total += weight(turn.knowledge)
            if turn.nearest:
                total += weight(turn.nearest)
        return total

    @property
    def history(self) -> int:
        """How many bytes the messages take that came before it."""
        turns = self.outcome.turns
        return turns[0].prompt.history.weight if turns else 0


class Executions(SavedPart):
    """The newest executions of all sessions, oldest first, bounded by their number and by bytes.

    The executions of a session share its messages: what came before is weighed with the oldest that is kept.

    Attributes:
        weight: how many bytes they take.
        dropped: how many had to leave for others.
    """

    def __init__(self, most: int = EXECUTIONS.most, max_bytes: int = EXECUTION_BYTES.most) -> None:
        self._most = most
        self._max_bytes = max_bytes
        self.clear()

    def __iter__(self) -> Iterator[Execution]:
        return (events.result for events, _ in self._kept)

    def add(self, events: Events) -> None:
        """Keep one that has ended, with its events; the oldest leave when there is no room for both."""
        execution: Execution = events.result
        own = execution.weight + _HAPPENING * len(events.happened)
        self._kept.append((events, own))
        self.weight += own
        of_session = self._of_sessions.get(execution.session_id)
        if of_session is None:
            of_session = self._of_sessions[execution.session_id] = deque()
            self.weight += execution.history
        of_session.append(events)
        while len(self._kept) > self._most or (self.weight > self._max_bytes and len(self._kept) > 1):
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        events, own = self._kept.popleft()
        execution: Execution = events.result
        of_session = self._of_sessions[execution.session_id]
        of_session.popleft()
        self.weight -= own + execution.history
        if of_session:
            self.weight += of_session[0].result.history
        else:
            del self._of_sessions[execution.session_id]
        self.dropped += 1

    def of_session(self, session_id: str) -> Sequence[Execution]:
        """Those of a session, oldest first."""
        return tuple(events.result for events in self.events_of(session_id))

    def events_of(self, session_id: str) -> Sequence[Events]:
        """The same with their events."""
        return tuple(self._of_sessions.get(session_id, ()))

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has executed nothing
        """Forget all."""
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._kept: deque[tuple[Events, int]] = deque()
        self._of_sessions: dict[str, deque[Events]] = {}
        self.weight = self.dropped = 0

    def save(self) -> Json:
        """Nothing: what is kept to be looked at is not carried elsewhere."""
        return {}

    def load(self, saved: Saved) -> None:  # noqa: ARG002  # none are saved
        """Forget all."""
        self.clear()

    def copy(self) -> tuple[Events, ...]:
        """All of them."""
        return tuple(events for events, _ in self._kept)

    def restore(self, copied: tuple[Events, ...]) -> None:
        """Have those that were copied."""
        self.clear()
        for events in copied:
            self.add(events)
