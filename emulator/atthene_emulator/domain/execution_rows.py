"""An execution with its events as a row. This module is how it is written, and read again.

What others have is not written with it: the configuration, of which its digest is named, and with it the agents; the history, of
which `histories` keeps the pieces. What agents knew of one another is counted.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.system import END, START, Agent
from atthene_emulator.domain.execution import Execution, told
from atthene_emulator.domain.histories import EXECUTIONS, Histories, history_of
from atthene_emulator.domain.mark import Mark
from atthene_emulator.domain.record_json import Readers, tagged
from atthene_emulator.domain.rows import Row, as_bytes
from atthene_emulator.domain.stream import Events
from atthene_emulator.domain.transcript import Transcript
from atthene_emulator.execution.happenings import Happening, Scripted, TextSaid, TextWritten, Thought
from atthene_emulator.execution.message_content import Content, text_of
from atthene_emulator.execution.prompts import Prompt
from atthene_emulator.execution.turn import AgentTurn
from atthene_emulator.execution.walk import Outcome
from atthene_emulator.limits import TURNS
from atthene_emulator.timestamps import FIRST, LAST

_PROMPT, _TURNS = AgentTurn._fields.index("prompt"), Outcome._fields.index("turns")


class _Prompt(NamedTuple):
    """What a prompt has besides what its execution, its turn and its agent have.

    Attributes:
        system_prompt: with its templates filled in; None for the agent's as it is.
        first, last: the earlier turns that the agent knows: so many from the first one, and so many before its own.
    """

    system_prompt: str | None
    first: int
    last: int


class _Written(NamedTuple):
    """A row. `history` is how many messages there were before; None where no agent had a turn."""

    session_id: str
    correlation_id: str | None
    turn: int
    started_at: float
    completed_at: float
    time_limit: float
    content: Content | None
    configuration: str
    history: int | None
    outcome: Outcome
    before: Mark
    happened: tuple[Happening, ...]


def execution_row(place: int, events: Events) -> Row:
    """The row of an execution that has ended."""
    one: Execution = events.result
    outcome, history = one.outcome, history_of(one)
    turns = [_written(outcome.turns, number) for number in range(len(outcome.turns))]
    written = (
        one.session_id, one.correlation_id, one.turn, one.started_at, one.completed_at, one.time_limit, one.content,
        one.configuration.digest, None if history is None else len(history),
        (*outcome[:_TURNS], turns, *outcome[_TURNS + 1 :]), events.before, [*map(tagged, events.happened)],
    )  # fmt: skip
    return Row(EXECUTIONS, one.id, place, as_bytes(written))


def _written(turns: Sequence[AgentTurn], number: int) -> tuple[Any, ...]:
    """One of the turns."""
    turn = turns[number]
    prompt = turn.prompt
    said: Any = prompt.said
    first = len(said)
    if 0 < first < number:  # of its own round it knows nobody, or whom its supervisor has heard
        first = bisect_left(range(first), 1, key=lambda one: said[one].prompt is not turns[one].prompt)
    own = None if prompt.system_prompt == prompt.agent.system_prompt else prompt.system_prompt
    return (*turn[:_PROMPT], (own, first, len(said) - first), *turn[_PROMPT + 1 :])


def read_execution(row: Row, configurations: Mapping[str, Configuration], histories: Histories) -> Events:
    """The execution of a row, whose history comes next in its session.

    Raises:
        ValueError, TypeError, KeyError: the row is damaged.
    """
    written: _Written = _READERS.of(_Written)(row.read())
    configuration = configurations[written.configuration]
    history = histories.history(written.session_id, written.history)
    turns = _turns(written, _agents(configuration), history)
    outcome = written.outcome._replace(turns=turns)
    messages, tool_calls = told(outcome)
    events = Events(row.key, written.session_id, written.correlation_id, written.before, list(written.happened))
    events.result = Execution(
        id=row.key,
        session_id=written.session_id,
        correlation_id=written.correlation_id,
        turn=written.turn,
        started_at=written.started_at,
        completed_at=written.completed_at,
        time_limit=written.time_limit,
        content=written.content,
        messages=messages,
        tool_calls=tool_calls,
        event_count=len(turns) + 2,  # D43
        outcome=outcome,
        configuration=configuration,
    )
    _check(events)
    return events


def _agents(configuration: Configuration) -> Mapping[str, Agent]:
    try:
        return configuration.system.agents
    except (
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:  # it comes from elsewhere, and was accepted by nobody
        raise ValueError("the configuration is none") from error


def _turns(written: _Written, agents: Mapping[str, Agent], history: Transcript) -> tuple[AgentTurn, ...]:
    turns, content = list[AgentTurn](), written.content or ""
    if len(written.outcome.turns) > TURNS.most or bool(written.outcome.turns) is (written.history is None):
        raise ValueError("the turns of agents are not those of an execution")
    for number, turn in enumerate(written.outcome.turns):
        short: Any = turn.prompt
        own, first, last = short
        if first < 0 or last < 0 or first + last > number:
            raise ValueError("an agent knows what comes later")
        agent = agents[turn.agent]
        text = agent.system_prompt if own is None else own
        said = (*turns[:first], *turns[number - last : number])
        turns.append(turn._replace(prompt=Prompt(agent, text, history, said, content, turn.tool_calls)))
    return tuple(turns)


def _check(events: Events) -> None:
    """Refuse what could not be shown.

    Raises:
        ValueError, TypeError, KeyError: there is something.
    """
    one: Execution = events.result
    times = [one.started_at, one.completed_at, *(turn.ended_at for turn in one.outcome.turns)]
    for what in events.happened:
        times.append(what.at)
        if isinstance(what, Scripted):
            "".join((what.event["type"],))
        elif isinstance(what, TextSaid | TextWritten | Thought) and not isinstance(what.streaming.chunk, str):
            range(0, 1, what.streaming.chunk)
    if min(times) < FIRST or max(times) > LAST or one.turn < 1:
        raise ValueError("no execution was at such a time, or in such a turn")
    text_of(one.content or "")
    for move in one.outcome.moves:
        known = one.configuration.system.agents
        if (move.source != START and move.source not in known) or (move.target != END and move.target not in known):
            raise ValueError("a step leads to where nobody is")


_READERS = Readers({Prompt: _Prompt})
