"""Executions that are kept to be looked at: the newest of a namespace. This module is the record, and that part."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.seed import Seed
from atthene_emulator.domain.transcript import CalledTool, Message
from atthene_emulator.execution.prompts import Content
from atthene_emulator.execution.walk import Outcome

MAX_EXECUTIONS = 200


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


class Executions(SavedPart):
    """The newest executions of all sessions, oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Execution] = deque(maxlen=MAX_EXECUTIONS)

    def __iter__(self) -> Iterator[Execution]:
        return iter(self._kept)

    def add(self, execution: Execution) -> None:
        """Keep one; the oldest leaves when there is no room."""
        self._kept.append(execution)

    def of_session(self, session_id: str) -> list[Execution]:
        """Those of a session, oldest first."""
        return [one for one in self._kept if one.session_id == session_id]

    def reset(self, seed: Seed) -> None:  # noqa: ARG002  # a seed has executed nothing
        """Forget all."""
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def save(self) -> Json:
        """Nothing: what is kept to be looked at is not carried elsewhere."""
        return {}

    def load(self, saved: Saved) -> None:  # noqa: ARG002  # none are saved
        """Forget all."""
        self.clear()

    def copy(self) -> tuple[Execution, ...]:
        """All of them."""
        return tuple(self._kept)

    def restore(self, copied: tuple[Execution, ...]) -> None:
        """Have those that were copied."""
        self.clear()
        self._kept.extend(copied)
