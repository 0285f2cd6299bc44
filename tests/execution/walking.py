"""Walks through a configuration without a server."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from atthene_emulator.configuration.system import read_system
from atthene_emulator.configuration.yaml_text import read_yaml
from atthene_emulator.domain.scripts import Scripts
from atthene_emulator.domain.transcript import Message, Transcript
from atthene_emulator.execution.scripts import Script, read_script
from atthene_emulator.execution.situation import Situation, scope_of
from atthene_emulator.execution.templates import NEWEST
from atthene_emulator.execution.turn import State
from atthene_emulator.execution.variables import resolve_variables
from atthene_emulator.execution.waits import Decision, EndedEarly, Wait
from atthene_emulator.execution.walk import Outcome, walk

NOON = 1736942400.0


def read(text: str) -> Any:
    """A YAML text's value."""
    return read_yaml(text.encode()).value


def scripts_of(text: str) -> Scripts:
    """The scripts of a YAML list."""
    return Scripts([read_script(entry, number) for number, entry in enumerate(read(text) or [], 1)])


def script(text: str, number: int = 1) -> Script:
    """The script of a YAML mapping."""
    return read_script(read(text), number)


def transcript(*messages: tuple[str, Any] | tuple[str, Any, bool]) -> Transcript:
    """A history of role, content, and whether it is a structured output."""
    return Transcript().extended(
        [
            Message(f"msg_{number}", one[0], one[1], NOON, structured=len(one) > 2 and bool(one[2]))  # type: ignore[arg-type]
            for number, one in enumerate(messages)
        ]
    )


def ids() -> Callable[[str], str]:
    """Ids that count up: `call_1`, `msg_2`."""
    numbers = count(1)
    return lambda prefix: f"{prefix}{next(numbers)}"


def situation(
    configuration: str | Mapping[str, Any],
    content: Any = "Good morning",
    *,
    scripts: str | Scripts = "[]",
    history: Transcript | None = None,
    inputs: Mapping[str, Any] | None = None,
    checkpoint: Mapping[str, Any] | None = None,
    prompts: Mapping[str, str] | None = None,
    turn: int = 1,
    positions: Mapping[str, int] | None = None,
    **more: Any,
) -> Situation:
    """What an execution of a configuration starts from."""
    system = read_system(read(configuration) if isinstance(configuration, str) else configuration)
    before = history or Transcript()
    stored = {name: {NEWEST: text} for name, text in (prompts or {}).items()}
    return Situation(
        system=system,
        session="s1",
        agent_key=None,
        content=content,
        history=before,
        variables=resolve_variables(
            system,
            checkpoint or {},
            inputs or {},
            lambda values: scope_of(system, content, before, stored, State(values)),
        ),
        turn=turn,
        scripts=scripts_of(scripts) if isinstance(scripts, str) else scripts,
        prompts=stored,
        now=lambda: NOON,
        new_id=ids(),
        positions=positions or {},
        matched=[],
        **more,
    )


def walked(configuration: str | Mapping[str, Any], content: Any = "Good morning", **more: Any) -> Outcome:
    """How an execution ends; waiting takes no time."""
    return finished(situation(configuration, content, **more))[0]


def finished(start: Situation, decisions: Iterable[Decision | EndedEarly] = ()) -> tuple[Outcome, list[Wait]]:
    """How an execution ends, and what it waited for.

    Each approval takes the next of the decisions; what ends the walk early is thrown at the first wait when it is next.
    """
    steps, left = walk(start), list(decisions)
    waits: list[Wait] = []
    answer: Decision | EndedEarly | None = None
    while True:
        try:
            waits.append(steps.throw(answer) if isinstance(answer, EndedEarly) else steps.send(answer))
        except StopIteration as stop:
            return stop.value, waits
        answer = left.pop(0) if left and (waits[-1].pause or isinstance(left[0], EndedEarly)) else None


def arrows(outcome: Outcome) -> list[str]:
    """The path, a line for each step: `a -> b: why`."""
    return [f"{move.source} {'-' + move.arm if move.arm else ''}-> {move.target}: {move.why}" for move in outcome.moves]


def agents_of(outcome: Outcome) -> list[str]:
    """The agents in the order of their turns."""
    return [turn.agent for turn in outcome.turns]


def prompt_of(outcome: Outcome, agent: str) -> list[dict[str, Any]]:
    """The prompt of the last turn of an agent."""
    return [turn for turn in outcome.turns if turn.agent == agent][-1].prompt.messages()


def system_prompt(configuration: Sequence[Any] | Mapping[str, Any] | str, **more: Any) -> str:
    """The rendered system prompt of the agent `main` of a flat configuration."""
    prompt = prompt_of(walked(configuration, **more), "main")  # type: ignore[arg-type]
    return str(prompt[0]["content"])
