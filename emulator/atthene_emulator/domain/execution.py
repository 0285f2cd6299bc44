"""An execution of a session, when it has ended. This module is that record, and what of it users are told."""

from typing import NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.transcript import CalledTool, Message
from atthene_emulator.domain.weight import weight
from atthene_emulator.execution.message_content import Content
from atthene_emulator.execution.walk import Outcome

_EXECUTION, _TURN, _MOVE = 700, 600, 120  # bytes, without their texts


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
        configuration: what was executed.
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
    configuration: Configuration
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
            total += _TURN + turn.text.__sizeof__()
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


def told(outcome: Outcome) -> tuple[tuple[Message, ...], tuple[CalledTool, ...]]:
    """The answers that the user is shown, and the tool calls of all agents."""
    answers: tuple[Message, ...] = ()
    all_called: tuple[CalledTool, ...] = ()
    for turn in outcome.turns:
        called: tuple[CalledTool, ...] = ()
        if turn.tool_calls:
            called = tuple(CalledTool(call.id, call.name, call.arguments, call.result) for call in turn.tool_calls)
            all_called = (*all_called, *called)
        if turn.shown:
            answer = Message(
                turn.id, "assistant", turn.text, turn.ended_at, turn.agent, called, turn.structured, turn.thinking
            )
            answers = (*answers, answer)
    return answers, all_called
