"""The walk through a configuration's graph: pure, and synchronous between the waits that it yields.

Nodes run in steps, as branches reach them; branches that meet at a node in one step run it once (K29). The walk ends when
no branch is left. This module is the walk; where it goes is decided in `decisions`.
"""

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.system import END, ENDS, START, Agent, System
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.decisions import Move, moves
from atthene_emulator.execution.outputs import checked_output, made_output
from atthene_emulator.execution.prompts import Content, History, Prompt, Said, history_lines, text_of
from atthene_emulator.execution.scripts import Chooser, Failure, Moment, Step, ToolCall
from atthene_emulator.execution.templates import Scope, fill, inside
from atthene_emulator.execution.usage import Usage, estimate_tokens
from atthene_emulator.execution.variables import assigned
from atthene_emulator.wording import did_you_mean

DEFAULT_ANSWER = 'This is the emulated agent "{agent}". You said: {content}'
MARKER = "default"

Status = Literal["completed", "error", "timeout"]


class Situation(NamedTuple):
    """What an execution starts from.

    Attributes:
        system: the session's configuration.
        session, agent_key: what scripts may ask for.
        content: the user's message.
        history: the messages that the agents remember.
        variables: their values.
        turn: which execution of the session this is, from 1.
        scripts: those that may answer; their matches are counted.
        prompts: stored prompts by name.
        now: tells the time, in unix seconds.
        positions: how many steps of each script with several the session has used.
        matched: receives the keys of the scripts that match.
        default_answer: what an agent does without a script: echo, template or error.
        default_template: for `template`.
    """

    system: System
    session: str
    agent_key: str | None
    content: Content
    history: History
    variables: Mapping[str, Any]
    turn: int
    scripts: Chooser
    prompts: Mapping[str, str]
    now: Callable[[], float]
    positions: Mapping[str, int]
    matched: list[str]
    default_answer: str = "echo"
    default_template: str | None = None


class Wait(NamedTuple):
    """The walk asks for time to pass, or for a gate to open."""

    seconds: float = 0.0
    gate: str | None = None


class AgentTurn(NamedTuple):
    """One agent's turn.

    Attributes:
        text: what it said; empty for a supervisor that only hands over.
        script: the script that answered; None for a default answer.
        shown: whether the user sees the text.
        structured: the text is a structured output, which histories leave out.
        ended_at: unix seconds.
    """

    agent: str
    text: str
    script: str | None
    shown: bool
    structured: bool
    usage: Usage
    prompt: Prompt
    ended_at: float
    output: Mapping[str, Any] | None = None
    tool_calls: tuple[ToolCall, ...] = ()


class Outcome(NamedTuple):
    """How an execution ended.

    `failure` is None for a completed one. `positions` are those of the situation, moved on;
    `usage` is that of all turns, `answered_by` names the scripts that answered, `default` for default answers.
    """

    status: Status
    failure: Failure | None
    turns: tuple[AgentTurn, ...]
    moves: tuple[Move, ...]
    variables: Mapping[str, Any]
    positions: Mapping[str, int]
    usage: Usage
    answered_by: tuple[str, ...]


class _EndedError(Exception):
    """The execution fails here."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


_Choice = tuple[str, Step] | None
_Waits = Generator[Wait, None, _Choice]


def walk(situation: Situation) -> Generator[Wait, None, Outcome]:
    """Run the configuration; yields what to wait for, returns how it ended.

    Raises:
        Unscripted: no script matched and default answers are not wanted, or a script does not fit.
    """
    return (yield from _Walk(situation).run())


class _Walk:
    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._system = situation.system
        self._text = text_of(situation.content)
        self._has_image = not isinstance(situation.content, str) and any(
            block["type"] == "image_url" for block in situation.content
        )
        self._variables = situation.variables
        self._positions = dict(situation.positions)
        self._outputs: dict[str, Mapping[str, Any]] = {}
        self._said: tuple[Said, ...] = ()
        self._turns: list[AgentTurn] = []
        self._moves: list[Move] = []
        self._passes: dict[str, int] = {}
        self._answers: dict[str, int] = {}

    def run(self) -> Generator[Wait, None, Outcome]:
        status: Status = "completed"
        failure = None
        try:
            yield from self._graph()
        except _EndedError as end:
            failure = end.failure
            status = "timeout" if failure.status == "timeout" else "error"
        usage = self._turns[0].usage if self._turns else Usage()
        for turn in self._turns[1:]:
            usage = usage.plus(turn.usage)
        turns, taken = tuple(self._turns), tuple(self._moves)
        answered_by = {turn.script or MARKER: None for turn in self._turns if turn.script or turn.text}
        return Outcome(status, failure, turns, taken, self._variables, self._positions, usage, tuple(answered_by))

    def _graph(self) -> Generator[Wait, None, None]:
        reached = self._leave(START, None)
        while reached:
            following: dict[str, None] = {}
            for name in reached:
                chosen = yield from self._visit(name)
                following.update(dict.fromkeys(self._leave(name, chosen)))
            reached = list(following)

    def _leave(self, source: str, chosen: _Choice) -> list[str]:
        """Take the steps from a node; the agents that they lead to."""
        route = (chosen[0], chosen[1].route) if chosen and chosen[1].route is not None else None
        passes = self._passes.get(source, 0)
        self._passes[source] = passes + 1
        taken = moves(self._system, source, route, self._outputs, passes)
        self._moves += taken
        return [move.target for move in taken if move.target != END]

    def _visit(self, name: str) -> _Waits:
        """Run an agent, a supervisor with all that it hands over; the script's step, if it says where to go next."""
        agent = self._system.agents[name]
        if agent.type == "supervisor":
            yield from self._supervise(agent)
            return None
        return (yield from self._turn(agent))

    def _supervise(self, agent: Agent) -> Generator[Wait, None, None]:
        """Hand work over until the supervisor ends; without a script, once to each in order (K16)."""
        waiting = list(dict.fromkeys(agent.supervised))
        handoffs = 0
        chosen = yield from self._turn(agent)
        while True:
            target, why = self._next_worker(agent, chosen, waiting)
            self._moves.append(Move(agent.name, target, why, handoff=True))
            if target == END:
                return
            handoffs += 1
            if handoffs > agent.max_handoffs:
                message = f"{agent.name} has handed over {agent.max_handoffs} times, which is its limit"
                raise _EndedError(Failure("error", "handoff_limit_error", message))
            if target in waiting:
                waiting.remove(target)
            visited = yield from self._visit(target)
            if visited is not None and visited[1].route is not None:
                message = f"Script {visited[0]}: {target} is supervised, so its supervisor decides where to go; route {agent.name}"
                raise Unscripted(message)
            if agent.returns_to_supervisor:
                self._moves.append(Move(target, agent.name, "returns to supervisor", handoff=True))
                chosen = yield from self._turn(agent)
            elif chosen is not None:
                self._moves.append(Move(target, END, "does not return to supervisor", handoff=True))
                return

    def _next_worker(self, agent: Agent, chosen: _Choice, waiting: list[str]) -> tuple[str, str]:
        if chosen is None:
            return (waiting[0], "policy: the next in order") if waiting else (END, "policy: all had their turn")
        script, step = chosen
        if step.route is None:
            return END, f"script {script} answers"
        if step.route in ENDS:
            return END, f"script {script}"
        if step.route not in agent.supervised:
            near = did_you_mean(step.route, agent.supervised, f"; it supervises {', '.join(agent.supervised)}")
            raise Unscripted(f"Script {script}: {agent.name} does not supervise {step.route}{near}")
        return step.route, f"script {script}"

    def _turn(self, agent: Agent) -> _Waits:
        """One turn of one agent; the script that answered."""
        if len(self._turns) >= self._system.recursion_limit:
            message = f"The recursion limit of {self._system.recursion_limit} agent runs was reached"
            raise _EndedError(Failure("error", "recursion_limit_error", message))
        situation = self._situation
        system_prompt = self._filled(agent.system_prompt)
        prompt = Prompt(agent, system_prompt, situation.history, self._said, situation.content)
        chosen = situation.scripts.choose(self._moment(agent), self._positions, situation.matched)
        if chosen is None:
            self._answer_by_default(agent, prompt)
            return None
        name, step = chosen
        if step.gate is not None:
            yield Wait(gate=step.gate)
        if step.delay:
            yield Wait(seconds=step.delay)
        self._answer_by_script(agent, prompt, name, step)
        return chosen

    def _moment(self, agent: Agent) -> Moment:
        situation = self._situation
        return Moment(
            agent.name,
            situation.agent_key,
            situation.session,
            situation.turn,
            self._text,
            self._variables,
            self._has_image,
        )

    def _filled(self, text: str) -> str:
        """The text with its templates filled in."""
        if "{{" not in text:
            return text
        history = self._situation.history
        scope = Scope(
            self._text,
            lambda count: history_lines(history, count),
            self._variables,
            self._outputs,
            self._system.agents,
            self._situation.prompts,
        )
        return fill(text, scope)

    def _answer_by_script(self, agent: Agent, prompt: Prompt, name: str, step: Step) -> None:
        failure = _tool_failure(agent, step, name) or step.failure
        if failure is not None:
            self._turns.append(AgentTurn(
                agent=agent.name, text="", script=name, shown=False, structured=False, prompt=prompt,
                usage=step.usage or Usage(estimate_tokens(prompt.characters), 0),
                ended_at=self._situation.now(), tool_calls=step.tool_calls,
            ))  # fmt: skip
            raise _EndedError(failure)
        output = None
        if step.output is not None:
            output = checked_output(agent, step.output, name, self._answers.get(agent.name, 0))
        elif agent.output is not None and step.reply is None:
            output = made_output(agent, self._answers.get(agent.name, 0))
        structured = step.reply is None and output is not None
        text = _json(output) if structured else self._filled(step.reply or "")
        for variable, value in (step.assign or {}).items():
            self._variables = assigned(self._system, self._variables, variable, value, f"Script {name}")
        self._answered(agent, AgentTurn(
            agent=agent.name, text=text, script=name, shown=bool(text) and agent.shows_output, structured=structured,
            usage=step.usage or _usage(prompt, text, step.tool_calls), prompt=prompt, ended_at=self._situation.now(),
            output=output, tool_calls=step.tool_calls,
        ))  # fmt: skip

    def _answer_by_default(self, agent: Agent, prompt: Prompt) -> None:
        output = made_output(agent, self._answers.get(agent.name, 0)) if agent.output is not None else None
        if agent.type == "supervisor":
            text = ""
        elif self._situation.default_answer == "error":
            message = f"No script answers the turn of {agent.name} (execution {self._situation.turn})"
            raise Unscripted(f"{message}; add one, or allow default answers")
        elif output is not None:
            text = _json(output)
        elif self._situation.default_answer == "template" and self._situation.default_template is not None:
            text = self._filled(self._situation.default_template)
        else:
            text = DEFAULT_ANSWER.format(agent=agent.name, content=self._text)
        self._answered(agent, AgentTurn(
            agent=agent.name, text=text, script=None, shown=bool(text) and agent.shows_output, structured=output is not None,
            usage=_usage(prompt, text), prompt=prompt, ended_at=self._situation.now(), output=output,
        ))  # fmt: skip

    def _answered(self, agent: Agent, turn: AgentTurn) -> None:
        """Remember a turn for those that follow."""
        self._turns.append(turn)
        self._answers[agent.name] = self._answers.get(agent.name, 0) + 1
        if turn.output is not None:
            self._outputs = {**self._outputs, agent.name: turn.output}
            for one in agent.assignments:
                value = one.constant if one.agent is None else inside(self._outputs.get(one.agent), one.path)
                self._variables = assigned(self._system, self._variables, one.variable, value, f"Agent {agent.name}")
        if turn.text and not turn.structured:
            self._said = (*self._said, Said(agent.name, turn.text, turn.shown))


def _tool_failure(agent: Agent, step: Step, script: str) -> Failure | None:
    """The failure of an agent that calls tools more often than it may.

    Raises:
        Unscripted: the agent has no such tool.
    """
    for call in step.tool_calls:
        if agent.type != "react_agent" or call.name not in agent.tools:
            has = ", ".join(agent.tools) if agent.type == "react_agent" and agent.tools else "none"
            raise Unscripted(f"Script {script}: {agent.name} cannot call {call.name}; its tools are: {has}")
    if len(step.tool_calls) <= agent.max_iterations:
        return None
    return Failure(
        "error", "tool_iterations_error", f"{agent.name} may call tools {agent.max_iterations} times in a turn"
    )


def _usage(prompt: Prompt, text: str, calls: tuple[ToolCall, ...] = ()) -> Usage:
    """Arguments of tools are written by the agent, and their results are read by it."""
    written = read = 0
    for call in calls:
        written += len(_json(call.arguments))
        read += len(_json(call.result))
    return Usage(estimate_tokens(prompt.characters + read), estimate_tokens(len(text) + written))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
