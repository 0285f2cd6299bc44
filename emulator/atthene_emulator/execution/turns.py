"""One agent's turn: what it is sent, and what it answers in place of a model. This module is the order of that."""

from collections.abc import Generator
from typing import Any

from atthene_emulator.configuration.language_models import Model
from atthene_emulator.configuration.system import Agent
from atthene_emulator.errors import EmulatorRefusal, Unscripted
from atthene_emulator.execution.failures import TIMEOUT, Failed, no_media, no_tools, too_many_turns
from atthene_emulator.execution.happenings import Introduced, RunFailed, RunFinished, RunStarted, TextSaid
from atthene_emulator.execution.knowledge import LookUp
from atthene_emulator.execution.message_content import has_image, text_of
from atthene_emulator.execution.nearest import Near, sentence
from atthene_emulator.execution.outputs import made_output, written
from atthene_emulator.execution.prompts import Prompt
from atthene_emulator.execution.record import Record
from atthene_emulator.execution.scripted_turn import ScriptedTurn
from atthene_emulator.execution.scripts import NOTHING, Moment, Step
from atthene_emulator.execution.situation import Situation, scope_of
from atthene_emulator.execution.streaming import AS_WORDS, WHOLE
from atthene_emulator.execution.templates import fill
from atthene_emulator.execution.turn import AgentTurn, State, usage_of
from atthene_emulator.execution.waits import Answer, TimeLimit, Wait
from atthene_emulator.knowledge.hit import Hit
from atthene_emulator.limits import NEAREST, TURNS

DEFAULT_ANSWER = 'This is the emulated agent "{agent}". You said: {content}'

Choice = tuple[str, Step] | None


class Turns:
    """The turns of an execution.

    Args:
        situation: what it starts from.
        record: what is written down of it.
    """

    __slots__ = ("_begun", "_has_image", "_looked_at", "_record", "_situation", "_text")

    def __init__(self, situation: Situation, record: Record) -> None:
        self._situation = situation
        self._record = record
        self._text = text_of(situation.content)
        self._has_image = has_image(situation.content)
        self._begun = 0
        self._looked_at = 0  # how many scripts, to find the nearest ones

    def take(self, agent: Agent, state: State) -> Generator[Wait, Answer, Choice]:
        """One turn of one agent; the name and the step of the script that answered.

        Raises:
            Failed: the execution fails with this turn.
            Unscripted: no script matched and default answers are not wanted, or a script does not fit.
            NoRoom: the agents are sent, or say, more than one execution may hold.
        """
        if self._begun >= TURNS.most:
            raise too_many_turns(TURNS.most)
        self._begun += 1
        run, record = self._begun, self._record
        record.happened.append(RunStarted(record.at, run, agent.name))
        if agent.is_introduced:
            record.happened.append(Introduced(record.at, run, agent.name, agent.name, agent.in_main_chatbox))  # D125
        try:
            chosen, prompt, moment = self._choose(agent, state)
            if chosen is None:
                self._answer_by_default(agent, state, run, prompt, self._nearest(moment))
            else:
                name, step = chosen
                turn = ScriptedTurn(self._situation, record, prompt, state, run)
                chosen = name, (yield from turn.play(name, step))
        except Failed as end:
            record.happened.append(RunFailed(record.at, run, agent.name, end.failure.message))
            raise
        except TimeLimit:
            record.happened.append(RunFailed(record.at, run, agent.name, TIMEOUT.message))
            raise
        except EmulatorRefusal as refusal:
            record.happened.append(RunFailed(record.at, run, agent.name, refusal.message))
            raise
        record.happened.append(RunFinished(record.at, run, agent.name))
        return chosen

    def _choose(self, agent: Agent, state: State) -> tuple[Choice, Prompt, Moment]:
        """What answers, what it is sent, and the turn as scripts see it."""
        situation, system_prompt = self._situation, agent.system_prompt
        if agent.has_templates:
            system_prompt = self._filled(system_prompt, state)
            if system_prompt is not agent.system_prompt:
                self._record.hold(system_prompt)
        prompt = Prompt(agent, system_prompt, situation.history, state.said, situation.content)
        if agent.model is not None:
            _check_model(agent, agent.model, prompt)
        moment = Moment(
            agent.name,
            situation.agent_key,
            situation.session,
            situation.turn,
            self._text,
            state.variables,
            self._has_image,
        )
        return situation.scripts.choose(moment, self._record.positions, situation.matched), prompt, moment

    def _filled(self, text: str, state: State, knowledge: tuple[Hit, ...] = ()) -> str:
        """The text with its templates filled in."""
        if "{{" not in text:
            return text
        one = self._situation
        scope = scope_of(one.system, one.content, one.history, one.prompts, state)
        return fill(text, scope._replace(knowledge=knowledge) if knowledge else scope)

    def _answer_by_default(self, agent: Agent, state: State, run: int, prompt: Prompt, near: tuple[Near, ...]) -> None:
        situation, record = self._situation, self._record
        if situation.default_answer == "error" and agent.type != "supervisor":
            message = f"No script answers the turn of {agent.name} (execution {situation.turn}){sentence(near)}"
            raise Unscripted(f"{message}; add one, or allow default answers")
        knowledge = LookUp(situation, record, agent, run).found() if agent.knowledge_bases else ()
        structured = agent.output is not None
        output = made_output(agent, record.answers(agent.name)) if structured else None
        text = self._default_text(agent, state, output, knowledge, structured=structured)
        record.hold(text)
        at, shown, failed, message = record.at, bool(text) and agent.shows_output, False, ""
        if agent.shows_output and (text or agent.type != "supervisor"):
            message = situation.new_id("msg_")
            record.happened.append(TextSaid(at, run, message, text, AS_WORDS if agent.streams else WHOLE))
        record.answered(AgentTurn(
            agent.name, text, None, shown, structured, usage_of(prompt, text), prompt, at, output, (), "", NOTHING, failed,
            message, None, (), near, knowledge,
        ))  # fmt: skip

    def _nearest(self, moment: Moment) -> tuple[Near, ...]:
        """The scripts that nearly answered; none of further turns, when many were looked at already."""
        scripts = self._situation.scripts
        self._looked_at += len(scripts)
        return scripts.nearest(moment) if self._looked_at <= NEAREST.most else ()

    def _default_text(
        self, agent: Agent, state: State, output: Any, knowledge: tuple[Hit, ...], *, structured: bool
    ) -> str:
        situation = self._situation
        if agent.type == "supervisor":
            return ""
        if structured:
            return written(output)
        if situation.default_answer == "template" and situation.default_template is not None:
            return self._filled(situation.default_template, state, knowledge)
        return DEFAULT_ANSWER.format(agent=agent.name, content=self._text)


def _check_model(agent: Agent, model: Model, prompt: Prompt) -> None:
    """What the catalogue does not say of a model never fails."""
    if model.calls_tools is False and (agent.type == "supervisor" or (agent.type == "react_agent" and agent.tools)):
        raise no_tools()
    if model.is_text_only and prompt.has_media:
        raise no_media(model.name)
