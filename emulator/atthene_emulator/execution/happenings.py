"""What happens in an execution while it runs, in the order in which it happens. This module is those records.

A walk notes them before each of its waits and at its end; those who read the stream of a session number them and spell them
out. `at` is in unix seconds. `run` counts the turns of agents in the execution, from 1; texts, tool calls and pauses
belong to one. What the configuration does not show to users is not noted.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.execution.streaming import Streaming
from atthene_emulator.execution.usage import Usage
from atthene_emulator.execution.waits import Pause, Resolution
from atthene_emulator.knowledge.hit import Hit


class ExecutionStarted(NamedTuple):
    """The execution begins."""

    at: float


class ExecutionFinished(NamedTuple):
    """It has ended, well or not; one that was cancelled does not finish."""

    at: float
    finish_reason: str
    usage: Usage


class ExecutionFailed(NamedTuple):
    """It has failed, or taken too long."""

    at: float
    type: str
    message: str


class ExecutionCancelled(NamedTuple):
    """Somebody cancelled it."""

    at: float


class RunStarted(NamedTuple):
    """An agent's turn begins."""

    at: float
    run: int
    agent: str


class RunFinished(NamedTuple):
    """An agent's turn has ended."""

    at: float
    run: int
    agent: str


class RunFailed(NamedTuple):
    """An agent's turn has failed."""

    at: float
    run: int
    agent: str
    message: str


class Introduced(NamedTuple):
    """An agent is introduced, before anything else of its turn."""

    at: float
    run: int
    agent: str
    text: str
    main_chatbox: bool


class Thought(NamedTuple):
    """What an agent thought; `id` is that of the message which follows."""

    at: float
    run: int
    id: str
    text: str
    streaming: Streaming


class TextSaid(NamedTuple):
    """A whole message is said at once, in the pieces that `streaming` asks for; `id` is the one that it has in the history."""

    at: float
    run: int
    id: str
    text: str
    streaming: Streaming


class TextStarted(NamedTuple):
    """A message begins, and comes piece by piece."""

    at: float
    run: int
    id: str


class TextWritten(NamedTuple):
    """A message goes on: all that comes at once, in the pieces that `streaming` asks for."""

    at: float
    run: int
    id: str
    text: str
    streaming: Streaming


class TextEnded(NamedTuple):
    """A message is complete, or comes no further."""

    at: float
    run: int
    id: str


class ToolCalled(NamedTuple):
    """A tool is called."""

    at: float
    run: int
    agent: str
    id: str
    name: str
    arguments: Mapping[str, Any]


class ToolAnswered(NamedTuple):
    """What the tool answered: the error's message, if it failed."""

    at: float
    run: int
    id: str
    result: Any
    failed: bool


class LookedUp(NamedTuple):
    """A knowledge base was asked; `knowledge_base` is its name, and `hits` are what was found."""

    at: float
    run: int
    agent: str
    id: str
    knowledge_base: str
    query: str
    hits: tuple[Hit, ...]


class Paused(NamedTuple):
    """A person is asked, and everything waits for the answer."""

    at: float
    run: int
    pause: Pause


class Resolved(NamedTuple):
    """The person has answered."""

    at: float
    run: int
    id: str
    resolution: Resolution


class ConditionChecked(NamedTuple):
    """A conditional edge is taken; `result` is yes, no, or the target."""

    at: float
    source: str
    target: str
    result: str
    reasoning: str


class Scripted(NamedTuple):
    """An event that a script gives, sent as it is."""

    at: float
    run: int
    event: Mapping[str, Any]


Happening = (
    ExecutionStarted
    | ExecutionFinished
    | ExecutionFailed
    | ExecutionCancelled
    | RunStarted
    | RunFinished
    | RunFailed
    | Introduced
    | Thought
    | TextSaid
    | TextStarted
    | TextWritten
    | TextEnded
    | ToolCalled
    | ToolAnswered
    | LookedUp
    | Paused
    | Resolved
    | ConditionChecked
    | Scripted
)
