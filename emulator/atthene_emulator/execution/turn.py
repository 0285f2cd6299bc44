"""What agents do in an execution. This module is the record of a turn, and of what later turns know of those before."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.configuration.system import Assignment, System
from atthene_emulator.execution.nearest import Near
from atthene_emulator.execution.prompts import Prompt
from atthene_emulator.execution.scripts import NOTHING, MadeArtifact, ToolCall
from atthene_emulator.execution.templates import as_json, inside
from atthene_emulator.execution.usage import Usage, estimate_tokens
from atthene_emulator.execution.variables import MISSING, assigned_by_agent, assigned_by_script
from atthene_emulator.knowledge.hit import Hit


def usage_of(prompt: Prompt, text: str) -> Usage:
    """What a turn has used: arguments of tools are written by the agent, and their results are read by it."""
    written = read = 0
    for call in prompt.calls:
        written += len(as_json(call.arguments))
        read += len(as_json(call.result))
    return Usage(estimate_tokens(prompt.characters + read), estimate_tokens(len(text) + written))


class AgentTurn(NamedTuple):
    """One agent's turn.

    Attributes:
        text: what it said; empty for a supervisor that only hands over.
        script: the script that answered; None for a default answer.
        shown: whether the user sees the text.
        structured: the text is a structured output, which histories leave out.
        ended_at: unix seconds.
        output: its structured output; a bare value for one of `__root__`.
        tool_calls: those that were made.
        thinking: what it thought, for those who are shown reasoning.
        assigned: values that its script gives to variables.
        failed: the turn did not come to its end, so that nothing follows from it.
        id: of the message that the text is; empty where it is none.
        finish_reason: why it ended, if its script says so.
        artifacts: files that it makes; they are kept when the execution has ended.
        nearest: where no script answered, those that nearly did.
        knowledge: what was found for it in knowledge bases.
    """

    agent: str
    text: str
    script: str | None
    shown: bool
    structured: bool
    usage: Usage
    prompt: Prompt
    ended_at: float
    output: Any = None
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""
    assigned: Mapping[str, Any] = NOTHING
    failed: bool = False
    id: str = ""
    finish_reason: str | None = None
    artifacts: tuple[MadeArtifact, ...] = ()
    nearest: tuple[Near, ...] = ()
    knowledge: tuple[Hit, ...] = ()


class State(NamedTuple):
    """What the agents of a round know of what was before it.

    Attributes:
        variables: their values.
        outputs: structured outputs of agents that have run.
        said: what agents have done in this execution.
        notes: what the service would write into its log.
    """

    variables: Mapping[str, Any]
    outputs: Mapping[str, Any] = NOTHING
    said: tuple[AgentTurn, ...] = ()
    notes: tuple[str, ...] = ()

    def output_of(self, system: System, name: str, missing: Any = None) -> Any:
        """The structured output of an agent, or the text of its last message if it has none in the configuration.

        [documented: prompt-configuration@G1t]
        """
        agent = system.agents.get(name)
        if agent is None or agent.output is not None:
            return self.outputs.get(name, missing)
        return next((one.text for one in reversed(self.said) if one.agent == name and one.text), missing)

    def after(self, system: System, turn: AgentTurn) -> "State":
        """What is known when a turn has ended: its output, its message, and what is assigned right after it."""
        if turn.failed:
            return self
        variables, outputs, said, notes = self
        if turn.structured or turn.output is not None:
            outputs = {**outputs, turn.agent: turn.output}
        if turn.assigned:
            for name, value in turn.assigned.items():
                variables = assigned_by_script(system, variables, name, value, turn.script or "")
        state = State(variables, outputs, (*said, turn), notes)
        for one in system.agents[turn.agent].assignments:
            state = state._assigned(system, one)
        return state

    def _assigned(self, system: System, one: Assignment) -> "State":
        value = one.constant
        if one.agent is not None:
            value = inside(self.output_of(system, one.agent, MISSING), one.path, MISSING)
        variables, note = assigned_by_agent(system, self.variables, one, value)
        return State(variables, self.outputs, self.said, (*self.notes, note) if note else self.notes)
