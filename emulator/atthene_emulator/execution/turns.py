"""One agent's turn: what it is sent, and what it answers in place of a model. This module is the order of that."""

from collections.abc import Generator
from typing import Any

from atthene_emulator.configuration.approvals import approval_source
from atthene_emulator.configuration.language_models import Model
from atthene_emulator.configuration.system import Agent, tool_of
from atthene_emulator.errors import NoRoom, Unscripted
from atthene_emulator.execution.failures import Failed, no_media, no_tools, too_many_turns
from atthene_emulator.execution.outputs import checked_output, made_output
from atthene_emulator.execution.prompts import Prompt, has_image, text_of
from atthene_emulator.execution.scripts import NOTHING, Moment, Step, ToolCall
from atthene_emulator.execution.situation import Situation, scope_of
from atthene_emulator.execution.templates import as_json, fill
from atthene_emulator.execution.turn import AgentTurn, State
from atthene_emulator.execution.usage import Usage, estimate_tokens
from atthene_emulator.execution.waits import Approval, Cancelled, Decision, EndedEarly, Wait
from atthene_emulator.limits import EXECUTION, TURNS

DEFAULT_ANSWER = 'This is the emulated agent "{agent}". You said: {content}'

Choice = tuple[str, Step] | None


class Turns:
    """The turns of an execution; `taken` has them in their order, a failed one at the end.

    `positions` are those of the situation, moved on.
    """

    __slots__ = ("_answers", "_bytes", "_has_image", "_situation", "_text", "positions", "taken")

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._text = text_of(situation.content)
        self._has_image = has_image(situation.content)
        self._answers: dict[str, int] = {}
        self._bytes = 0
        self.positions = dict(situation.positions)
        self.taken: list[AgentTurn] = []

    def take(self, agent: Agent, state: State) -> Generator[Wait, Decision | None, Choice]:
        """One turn of one agent; the name and the step of the script that answered.

        Raises:
            Failed: the execution fails with this turn.
            Unscripted: no script matched and default answers are not wanted, or a script does not fit.
            NoRoom: the agents are sent, or say, more than one execution may hold.
        """
        if len(self.taken) >= TURNS.most:
            raise too_many_turns(TURNS.most)
        situation = self._situation
        system_prompt = self._filled(agent.system_prompt, state)
        if system_prompt is not agent.system_prompt:
            self._hold(system_prompt)
        prompt = Prompt(agent, system_prompt, situation.history, state.said, situation.content)
        if agent.model is not None:
            _check_model(agent, agent.model, prompt)
        chosen = situation.scripts.choose(self._moment(agent, state), self.positions, situation.matched)
        if chosen is None:
            self._answer_by_default(agent, state, prompt)
            return None
        name, step = chosen
        if step.gate is not None:
            yield Wait(gate=step.gate)
        if step.delay:
            yield Wait(seconds=step.delay)
        if step.tool_calls:
            calls = yield from self._call_tools(agent, name, step, prompt)
            prompt = prompt._replace(calls=calls)
        try:
            self._answer_by_script(agent, state, prompt, name, step)
        except Failed:
            self._fail(agent, prompt, name, step)
            raise
        return chosen

    def _moment(self, agent: Agent, state: State) -> Moment:
        situation = self._situation
        return Moment(
            agent.name,
            situation.agent_key,
            situation.session,
            situation.turn,
            self._text,
            state.variables,
            self._has_image,
        )

    def _filled(self, text: str, state: State) -> str:
        """The text with its templates filled in."""
        if "{{" not in text:
            return text
        situation = self._situation
        return fill(text, scope_of(situation.system, situation.content, situation.history, situation.prompts, state))

    def _call_tools(
        self, agent: Agent, script: str, step: Step, prompt: Prompt
    ) -> Generator[Wait, Decision | None, tuple[ToolCall, ...]]:
        """The calls that are made: of a react_agent as many as `max_iterations` allows, then its turn ends (K35).

        A call that somebody must approve waits for that; without approval it is not made, which its result says.
        """
        _check_tools(agent, script, step)
        made: tuple[ToolCall, ...] = ()
        for call in step.tool_calls[: agent.max_iterations] if agent.type == "react_agent" else step.tool_calls:
            tool = tool_of(agent, call.name)
            source = tool and approval_source(tool.hitl, self._situation.requirements.get(tool.type, "never"))
            if tool is None or source is None:
                made = (*made, call)
                continue
            try:
                approval = Approval(agent.name, call.name, call.arguments, source, tool.hitl.prompt)
                decision = yield Wait(approval=approval)
            except EndedEarly as end:
                abandoned = (
                    (call._replace(result="cancelled by user", failed=True),) if isinstance(end, Cancelled) else ()
                )
                self._fail(agent, prompt._replace(calls=(*made, *abandoned)), script, step)
                raise
            made = (*made, _decided(call, decision))
        return made

    def _fail(self, agent: Agent, prompt: Prompt, script: str, step: Step) -> None:
        """Keep a turn that does not come to its end."""
        usage = step.usage or Usage(estimate_tokens(prompt.characters), 0)
        self.taken.append(AgentTurn(
            agent=agent.name, text="", script=script, shown=False, structured=False, usage=usage, prompt=prompt,
            ended_at=self._situation.now(), tool_calls=prompt.calls, failed=True,
        ))  # fmt: skip

    def _answer_by_script(self, agent: Agent, state: State, prompt: Prompt, name: str, step: Step) -> None:
        if step.failure is not None:
            raise Failed(step.failure)
        times = self._answers.get(agent.name, 0)
        output = None if step.output is None else checked_output(agent, step.output, name, times)
        structured = step.reply is None and (step.output is not None or agent.output is not None)
        if structured and step.output is None:
            output = made_output(agent, times)
        text = _written(output) if structured else self._filled(step.reply or "", state)
        self._answered(AgentTurn(
            agent=agent.name, text=text, script=name, shown=bool(text) and agent.shows_output, structured=structured,
            usage=step.usage or _usage(prompt, text), prompt=prompt, ended_at=self._situation.now(),
            output=output, tool_calls=prompt.calls, thinking=step.thinking if agent.shows_reasoning else "",
            assigned=step.assign or NOTHING,
        ))  # fmt: skip

    def _answer_by_default(self, agent: Agent, state: State, prompt: Prompt) -> None:
        structured = agent.output is not None
        output = made_output(agent, self._answers.get(agent.name, 0)) if structured else None
        if agent.type == "supervisor":
            text = ""
        elif self._situation.default_answer == "error":
            message = f"No script answers the turn of {agent.name} (execution {self._situation.turn})"
            raise Unscripted(f"{message}; add one, or allow default answers")
        elif structured:
            text = _written(output)
        elif self._situation.default_answer == "template" and self._situation.default_template is not None:
            text = self._filled(self._situation.default_template, state)
        else:
            text = DEFAULT_ANSWER.format(agent=agent.name, content=self._text)
        self._answered(AgentTurn(
            agent=agent.name, text=text, script=None, shown=bool(text) and agent.shows_output, structured=structured,
            usage=_usage(prompt, text), prompt=prompt, ended_at=self._situation.now(), output=output,
        ))  # fmt: skip

    def _hold(self, text: str) -> None:
        """Add the bytes of a text to those that the execution holds."""
        self._bytes += text.__sizeof__()
        if self._bytes > EXECUTION.most:
            raise NoRoom(
                f"Prompts and answers of this execution have more than {EXECUTION.shown}; send a shorter message, or let "
                "fewer agents repeat it"
            )

    def _answered(self, turn: AgentTurn) -> None:
        self._hold(turn.text)
        self.taken.append(turn)
        self._answers[turn.agent] = self._answers.get(turn.agent, 0) + 1


def _check_model(agent: Agent, model: Model, prompt: Prompt) -> None:
    """What the catalogue does not say of a model never fails."""
    if model.calls_tools is False and (agent.type == "supervisor" or (agent.type == "react_agent" and agent.tools)):
        raise no_tools()
    if model.is_text_only and prompt.has_media:
        raise no_media(model.name)


def _check_tools(agent: Agent, script: str, step: Step) -> None:
    """Only of react agents and supervisors, and only their own tools [documented: agent-types@G0, yaml-configuration@G3]."""
    tools = () if agent.type == "llm_agent" else tuple(agent.tools)
    for call in step.tool_calls:
        if not tools or tool_of(agent, call.name) is None:
            message = (
                f"Script {script}: {agent.name} cannot call {call.name}; its tools are: {', '.join(tools) or 'none'}"
            )
            raise Unscripted(message)


def _decided(call: ToolCall, decision: Decision | None) -> ToolCall:
    """The call as a person has decided."""
    if decision is not None and decision.approved:
        return call if decision.arguments is None else call._replace(arguments=decision.arguments)
    feedback = f": {decision.feedback}" if decision is not None and decision.feedback else ""
    return call._replace(result=f"declined by user{feedback}", failed=True)


def _usage(prompt: Prompt, text: str) -> Usage:
    """Arguments of tools are written by the agent, and their results are read by it."""
    written = read = 0
    for call in prompt.calls:
        written += len(as_json(call.arguments))
        read += len(as_json(call.result))
    return Usage(estimate_tokens(prompt.characters + read), estimate_tokens(len(text) + written))


def _written(output: Any) -> str:
    """A structured output as a message: a bare text as it is, everything else as JSON."""
    return output if isinstance(output, str) else as_json(output)
