"""A turn that a script answers: its waits, its tool calls and the pauses before them, its text. This module is that turn."""

from collections.abc import Generator, Mapping
from itertools import islice
from typing import Any

from atthene_emulator.configuration.approvals import SESSION_WIDE, approval_source
from atthene_emulator.configuration.system import Agent, tool_of
from atthene_emulator.errors import Unscripted
from atthene_emulator.execution.decisions import check_route
from atthene_emulator.execution.failures import Failed
from atthene_emulator.execution.happenings import (
    Paused,
    Resolved,
    Scripted,
    TextEnded,
    TextSaid,
    TextStarted,
    TextWritten,
    Thought,
    ToolAnswered,
    ToolCalled,
)
from atthene_emulator.execution.knowledge import LookUp, check_knowledge
from atthene_emulator.execution.outputs import checked_output, made_output, written
from atthene_emulator.execution.prompts import Prompt
from atthene_emulator.execution.record import Record
from atthene_emulator.execution.scripts import NOTHING, MadeArtifact, Step, ToolCall
from atthene_emulator.execution.situation import Situation, scope_of
from atthene_emulator.execution.streaming import AS_WORDS, WHOLE, Streaming, pieces
from atthene_emulator.execution.templates import fill
from atthene_emulator.execution.turn import AgentTurn, State, usage_of
from atthene_emulator.execution.usage import Usage, estimate_tokens
from atthene_emulator.execution.variables import assigned_by_script
from atthene_emulator.execution.waits import Answer, Cancelled, Decision, EndedEarly, Pause, Wait
from atthene_emulator.knowledge.hit import Hit

Steps = Generator[Wait, Answer, None]


class ScriptedTurn:
    """One agent's turn as a script has it.

    Args:
        situation: of the execution.
        record: what is written down.
        prompt: what the agent is sent, whose turn it is; the calls that it makes are added.
        state: what the agent knows.
        run: its number.
    """

    __slots__ = ("_agent", "_knowledge", "_record", "_run", "_said", "_script", "_situation", "_state", "prompt")

    def __init__(self, situation: Situation, record: Record, prompt: Prompt, state: State, run: int) -> None:
        self._situation = situation
        self._record = record
        self._agent = prompt.agent
        self._state = state
        self._run = run
        self._script = ""
        self._said: Mapping[str, str] = NOTHING  # by a person, to the last pause
        self._knowledge: tuple[Hit, ...] = ()
        self.prompt = prompt

    def play(self, script: str, step: Step) -> Generator[Wait, Answer, Step]:
        """Do what a script's step says; the step that was done, which is another one where a person gave it at the gate.

        Raises:
            Failed: the execution fails with this turn.
            Unscripted: the script does not fit.
        """
        record, agent, self._script = self._record, self._agent, script
        record.on_disconnect = step.on_disconnect
        if step.knowledge is None and agent.knowledge_bases:
            self._knowledge = self._look_up.found()
        if step.gate is not None or step.delay or step.knowledge is not None:
            step = yield from self._wait(step)
        done = step
        try:
            if step.tool_calls:
                step = yield from self._call_tools(step)
            turn = self._answer(step)
            if turn.id and self._has_message(turn.text):
                streaming = step.stream if agent.streams else _in_one(step.stream)
                if streaming.delay or streaming.gate is not None:
                    yield from self._write(turn.id, turn.text, streaming)
                    turn = turn._replace(ended_at=record.at)
                else:
                    record.happened.append(TextSaid(record.at, self._run, turn.id, turn.text, streaming))
            record.answered(turn)
        except (Failed, EndedEarly):
            self._fail(step)
            raise
        return done

    def check(self, step: Step) -> None:
        """Refuse a step that cannot be done here, as far as that is known before.

        Raises:
            Unscripted: it calls a tool that the agent lacks, routes to where no edge leads, or assigns what does not fit.
        """
        system, script = self._situation.system, self._script
        _check_tools(self._agent, script, step)
        check_knowledge(self._agent, script, step)
        if step.route is not None:
            check_route(system, self._agent, step.route, script)
        for name, value in (step.assign or NOTHING).items():
            assigned_by_script(system, self._state.variables, name, value, script)
        if step.on_decline is not None:
            self.check(step.on_decline)

    def _fail(self, step: Step) -> None:
        """Keep a turn that does not come to its end."""
        usage = step.usage or Usage(estimate_tokens(self.prompt.characters), 0)
        self._record.taken.append(AgentTurn(
            agent=self._agent.name, text="", script=self._script, shown=False, structured=False, usage=usage,
            prompt=self.prompt, ended_at=self._record.at, tool_calls=self.prompt.calls, failed=True,
            knowledge=self._knowledge,
        ))  # fmt: skip

    # Tools

    def _call_tools(self, step: Step) -> Generator[Wait, Answer, Step]:
        """Make the calls, of a react_agent as many as `max_iterations` allows (K35); the step that then answers.

        That is another one where a person has declined and the script has `on_decline`.
        """
        _check_tools(self._agent, self._script, step)
        for call in step.tool_calls:
            if self._agent.type == "react_agent" and len(self.prompt.calls) >= self._agent.max_iterations:
                break
            declined = yield from self._call(call._replace(id=self._situation.new_id("call_")))
            if declined and step.on_decline is not None:
                instead = yield from self._wait(step.on_decline)
                return (yield from self._call_tools(instead))
        return step

    def _call(self, call: ToolCall) -> Generator[Wait, Answer, bool]:
        """Make a call, after a pause if somebody must be asked; whether that person has declined it."""
        pause = self._pause(call)
        if pause is not None:
            decision = yield from self._ask(call, pause)
            self._said = {"feedback": decision.feedback, "answer": decision.answer}
            if decision.resolution in ("declined", "validation_failed"):
                feedback = f": {decision.feedback}" if decision.feedback else ""
                self._made(call._replace(result=f"declined by user{feedback}", failed=True))
                return True
            call = self._decided(call, decision)
        if self._agent.shows_tools:
            at, run = self._record.at, self._run
            self._record.happened += (
                ToolCalled(at, run, self._agent.name, call.id, call.name, call.arguments),
                ToolAnswered(at, run, call.id, call.result, call.failed),
            )
        self._made(call)
        return False

    def _made(self, call: ToolCall) -> None:
        self.prompt = self.prompt._replace(calls=(*self.prompt.calls, call))

    def _pause(self, call: ToolCall) -> Pause | None:
        """The pause before a call: the one that the script wants, else the one that the configuration does."""
        tool, forced = tool_of(self._agent, call.name), call.forced
        if tool is None:
            return None
        source = approval_source(tool.hitl, self._situation.requirements.get(tool.type, "never"))
        is_allowed = call.name in self._record.allowed and source in SESSION_WIDE
        if forced is None and (source is None or is_allowed):
            return None
        schemas = self._situation.tool_schemas
        pause = Pause(
            call.id, "approval", self._agent.name, call.name, call.arguments, source, tool.hitl.prompt,
            schema=schemas.get(call.name) or schemas.get(tool.type),
        )  # fmt: skip
        if forced is None:
            return pause
        shown = forced.display_text or forced.question or pause.prompt
        return pause._replace(kind=forced.kind, prompt=shown, question=forced.question or "", options=forced.options)

    def _ask(self, call: ToolCall, pause: Pause) -> Generator[Wait, Answer, Decision]:
        """Ask a person, and wait for what they say."""
        record, run = self._record, self._run
        record.happened.append(Paused(record.at, run, pause))
        try:
            decision = yield from record.wait(Wait(pause=pause))
        except Cancelled:
            self._made(call._replace(result="cancelled by user", failed=True))
            raise
        decision = decision if isinstance(decision, Decision) else Decision("declined")
        for said in (decision.feedback, decision.answer, written(decision.arguments or "")):
            record.hold(said)
        record.happened.append(Resolved(record.at, run, call.id, decision.resolution))
        return decision

    def _decided(self, call: ToolCall, decision: Decision) -> ToolCall:
        """The call as a person has decided: with their arguments, or with their answer as its result."""
        if decision.for_session:
            self._record.allow(call.name)
        if decision.resolution == "answered":
            return call._replace(result=decision.answer, failed=False)
        return call if decision.arguments is None else call._replace(arguments=decision.arguments)

    # The answer

    def _has_message(self, text: str) -> bool:
        """Whether users are told a text: a supervisor that only hands over says none."""
        return self._agent.shows_output and (bool(text) or self._agent.type != "supervisor")

    def _answer(self, step: Step) -> AgentTurn:
        """The turn as it will be; what comes before its text has happened.

        Raises:
            Failed: the step is a failure, or its output is of a wrong type.
        """
        if step.failure is not None:
            raise Failed(step.failure)
        record, agent = self._record, self._agent
        output, structured, text = self._output(step)
        record.hold(text)
        thinking = step.thinking if agent.shows_reasoning else ""
        message = self._situation.new_id("msg_") if thinking or self._has_message(text) else ""
        if thinking:
            in_pieces = AS_WORDS if agent.streams else WHOLE
            record.happened.append(Thought(record.at, self._run, message, thinking, in_pieces))
        for event in step.events:
            record.happened.append(Scripted(record.at, self._run, event))
        usage, shown, failed = step.usage or usage_of(self.prompt, text), bool(text) and agent.shows_output, False
        return AgentTurn(
            agent.name, text, self._script, shown, structured, usage, self.prompt, record.at, output, self.prompt.calls,
            thinking, step.assign or NOTHING, failed, message, step.finish_reason,
            tuple(map(self._made_artifact, step.artifacts)) if step.artifacts else (), (), self._knowledge,
        )  # fmt: skip

    def _output(self, step: Step) -> tuple[Any, bool, str]:
        """The structured output, whether the text is that, and the text."""
        agent = self._agent
        if step.output is None and (step.reply is not None or agent.output is None):
            return None, False, self._filled(step.reply or "")
        times = self._record.answers(agent.name)
        if step.output is None:
            output = made_output(agent, times)
        else:
            output = checked_output(agent, step.output, self._script, times)
            if step.reply is not None:
                return output, False, self._filled(step.reply)
        return output, True, written(output)

    def _made_artifact(self, one: MadeArtifact) -> MadeArtifact:
        """A file as it will be kept when the execution has ended."""
        if isinstance(one.data, bytes):
            return one
        text = self._filled(one.data)
        self._record.hold(text)
        return one._replace(data=text)

    def _filled(self, text: str) -> str:
        """The text with its templates filled in."""
        if "{{" not in text:
            return text
        one = self._situation
        scope = scope_of(one.system, one.content, one.history, one.prompts, self._state)
        return fill(text, scope._replace(hitl=self._said, knowledge=self._knowledge))

    def _write(self, message: str, text: str, streaming: Streaming) -> Steps:
        """Say a text in parts, since something lies between its pieces."""
        record, run = self._record, self._run
        record.happened.append(TextStarted(record.at, run, message))
        try:
            before = "".join(islice(pieces(text, streaming), streaming.after))
            yield from self._write_part(message, before, streaming)
            if streaming.gate is not None:
                yield from record.wait(Wait(gate=streaming.gate))
            if before and len(before) < len(text) and streaming.delay:
                yield from record.wait(Wait(seconds=streaming.delay))
            yield from self._write_part(message, text[len(before) :], streaming)
        finally:
            record.happened.append(TextEnded(record.at, run, message))

    def _write_part(self, message: str, text: str, streaming: Streaming) -> Steps:
        record, run = self._record, self._run
        if text and not streaming.delay:
            record.happened.append(TextWritten(record.at, run, message, text, streaming))
        for number, piece in enumerate(pieces(text, streaming) if streaming.delay else ()):
            if number:
                yield from record.wait(Wait(seconds=streaming.delay))
            record.happened.append(TextWritten(record.at, run, message, piece, WHOLE))

    def _wait(self, step: Step) -> Generator[Wait, Answer, Step]:
        """Wait as the step wants, or as the one that a person gives at its gate; the last of them.

        What a step says that was found is found before it waits.
        """
        self._begin(step)
        while step.gate is not None:
            instead = yield from self._record.wait(Wait(gate=step.gate, check=self.check))
            if not isinstance(instead, Step):
                break
            step = instead
            self._begin(step)
        if step.delay:
            yield from self._record.wait(Wait(seconds=step.delay))
        return step

    def _begin(self, step: Step) -> None:
        """Have found what the step says, if it says anything of that, and be told what it says of a client that leaves."""
        self._record.on_disconnect = step.on_disconnect or self._record.on_disconnect
        if step.knowledge is not None:
            self._knowledge = self._look_up.said(self._script, step)

    @property
    def _look_up(self) -> LookUp:
        return LookUp(self._situation, self._record, self._agent, self._run)


def _in_one(streaming: Streaming) -> Streaming:
    """The same in one piece, for an agent that does not stream."""
    return streaming._replace(chunk="all", delay=0.0)


def _check_tools(agent: Agent, script: str, step: Step) -> None:
    """Only of react agents and supervisors, and only their own tools [documented: agent-types@G0, yaml-configuration@G3]."""
    tools = () if agent.type == "llm_agent" else tuple(agent.tools)
    for call in step.tool_calls:
        if not tools or tool_of(agent, call.name) is None:
            message = (
                f"Script {script}: {agent.name} cannot call {call.name}; its tools are: {', '.join(tools) or 'none'}; "
                "add it to tools of a react_agent or supervisor in the configuration"
            )
            raise Unscripted(message)
