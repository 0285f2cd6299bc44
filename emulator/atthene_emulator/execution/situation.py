"""What an execution starts from. This module is that record, what chooses scripts, and what templates may name."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol

from atthene_emulator.configuration.approvals import REQUIREMENTS, Requirement
from atthene_emulator.configuration.system import KnowledgeBase, System
from atthene_emulator.execution.message_content import Content, text_of
from atthene_emulator.execution.nearest import Near
from atthene_emulator.execution.prompts import History, full_history_lines, history_lines
from atthene_emulator.execution.scripts import NOTHING, Moment, Step
from atthene_emulator.execution.templates import Prompts, Scope
from atthene_emulator.execution.turn import State
from atthene_emulator.knowledge.hit import Hit


class Chooser(Protocol):
    """What chooses the script that answers a turn."""

    def choose(self, moment: Moment, positions: dict[str, int], matched: list[str]) -> tuple[str, Step] | None:
        """The name and the step of the first script that answers this turn, or None.

        Args:
            moment: the turn.
            positions: how many steps of each script the session has used; it is moved on.
            matched: receives the key of the script.

        Raises:
            Misuse: the message names a script that does not exist.
        """
        ...

    def __len__(self) -> int: ...

    def nearest(self, moment: Moment) -> tuple[Near, ...]:
        """The scripts that came nearest to answering a turn that none has answered."""
        ...


class KnowledgeSource(Protocol):
    """What finds things in the knowledge bases that agents name."""

    def find(self, base: KnowledgeBase, query: str) -> tuple[Hit, ...] | None:
        """What a knowledge base has for a text, the best first, as many as the agent wants.

        None where there is no such knowledge base, or it is not ready: then nothing is told of it.
        """
        ...


class NoKnowledge:
    """None of the knowledge bases that agents name are there."""

    def find(self, base: KnowledgeBase, query: str) -> None:
        """None."""


NO_KNOWLEDGE: KnowledgeSource = NoKnowledge()


class Situation(NamedTuple):
    """What an execution starts from.

    Attributes:
        system: the session's configuration.
        session, agent_key: what scripts may ask for.
        content: the user's message; empty for none.
        history: the messages that the agents remember.
        variables: their values.
        turn: which execution of the session this is, from 1.
        scripts: those that may answer; their matches are counted.
        prompts: stored prompts.
        now: tells the time, in unix seconds.
        new_id: makes an id that begins with a prefix.
        positions: how many steps of each script with several the session has used.
        matched: receives the keys of the scripts that match.
        allowed: tools that are called without asking, as a person has decided for the whole session; sorted.
        requirements: which tools wait for approval, by the names of their types.
        tool_schemas: what tools take, by the names of their instances or types.
        default_answer: what an agent does without a script: echo, template or error.
        default_template: for `template`.
        knowledge: what finds things in knowledge bases.
    """

    system: System
    session: str
    agent_key: str | None
    content: Content
    history: History
    variables: Mapping[str, Any]
    turn: int
    scripts: Chooser
    prompts: Prompts
    now: Callable[[], float]
    new_id: Callable[[str], str]
    positions: Mapping[str, int]
    matched: list[str]
    allowed: tuple[str, ...] = ()
    requirements: Mapping[str, Requirement] = REQUIREMENTS
    tool_schemas: Mapping[str, Mapping[str, Any]] = NOTHING
    default_answer: str = "echo"
    default_template: str | None = None
    knowledge: KnowledgeSource = NO_KNOWLEDGE


def scope_of(system: System, content: Content, history: History, prompts: Prompts, state: State) -> Scope:
    """What templates may name, when agents know this."""
    return Scope(
        text_of(content),
        lambda count: history_lines(history, state.said, count),
        lambda count: full_history_lines(history, state.said, count),
        state.variables,
        cache(lambda name: state.output_of(system, name)),
        prompts,
    )
