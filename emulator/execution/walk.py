"""The walk through a configuration's graph: pure, and synchronous between the waits that it yields.

This module is the walk. For now it runs the entry agent alone; edges are followed by nobody yet.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from emulator.configuration.system import System
from emulator.errors import EmulatorRefusal
from emulator.execution.scripts import Script, choose
from emulator.execution.usage import Usage, estimate_tokens

DEFAULT_ANSWER = 'This is the emulated agent "{agent}". You said: {content}'
MARKER = "default"
_USER_INPUT = r"\{\{\s*user_input\s*\}\}"


class Situation(NamedTuple):
    """What an execution starts from.

    Attributes:
        system: the session's configuration.
        content: the user's text; images are named, not shown.
        history_characters: length of the earlier messages that the agent remembers.
        variables: their values.
        turn: which execution of the session this is, from 1.
        scripts: those that may answer, in order.
        default_answer: what an agent does without a script: echo, template or error.
        default_template: for `template`, with {{ user_input }}.
    """

    system: System
    content: str
    history_characters: int
    variables: Mapping[str, Any]
    turn: int
    scripts: Sequence[Script]
    default_answer: str = "echo"
    default_template: str | None = None


class Wait(NamedTuple):
    """The walk asks for time to pass, or for a gate to open."""

    seconds: float = 0.0
    gate: str | None = None


class AgentTurn(NamedTuple):
    """One agent's answer. `script` is None for a default answer."""

    agent: str
    text: str
    script: str | None
    usage: Usage
    shown: bool = True


class Outcome(NamedTuple):
    """How an execution ended."""

    status: Literal["completed", "error", "timeout"]
    turns: tuple[AgentTurn, ...]
    variables: Mapping[str, Any]

    @property
    def usage(self) -> Usage:
        """Tokens of all turns."""
        return sum((turn.usage for turn in self.turns), Usage())

    @property
    def answered_by(self) -> tuple[str, ...]:
        """The scripts that answered, `default` for default answers, in order and once each."""
        return tuple(dict.fromkeys(turn.script or MARKER for turn in self.turns))


def walk(situation: Situation) -> Generator[Wait, None, Outcome]:
    """Run the configuration; yields what to wait for, returns how it ended."""
    system = situation.system
    entry = system.entry_point or next(iter(system.agents))
    agent = system.agents[entry]
    script = choose(situation.scripts, agent.name, situation.turn, situation.content)
    if script is None:
        text = _default_answer(agent.name, situation)
    else:
        if script.then.gate:
            yield Wait(gate=script.then.gate)
        if script.then.delay:
            yield Wait(seconds=script.then.delay)
        text = script.then.reply
    prompt = len(agent.system_prompt) + situation.history_characters + len(situation.content)
    usage = Usage(estimate_tokens(prompt), estimate_tokens(len(text)))
    turn = AgentTurn(agent.name, text, script.name if script else None, usage)
    return Outcome("completed", (turn,), situation.variables)


def _default_answer(agent: str, situation: Situation) -> str:
    """What an agent says when nobody wrote it a script: deterministic, names the agent, repeats the input.

    Raises:
        EmulatorRefusal: 501 where default answers are not wanted.
    """
    if situation.default_answer == "error":
        raise EmulatorRefusal(
            501,
            f"No script answers the turn of {agent} (execution {situation.turn}); add one, or allow default answers",
        )
    if situation.default_answer == "template" and situation.default_template is not None:
        return re.sub(_USER_INPUT, lambda _: situation.content, situation.default_template)
    return DEFAULT_ANSWER.format(agent=agent, content=situation.content)
