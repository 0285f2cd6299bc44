"""What happened in a session. This module is that part of the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import Json, read
from atthene_emulator.wording import unmet


@dataclass(frozen=True, slots=True)
class Move:
    """A step from the node `source` to `target`: `arm` is yes or no of a boolean edge, `why` is the reason."""

    source: str
    target: str
    arm: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a session.

    Attributes:
        id: of the execution.
        turn: which execution of the session it is, from 1.
        status: completed, error, timeout or cancelled.
        error: type and message; None unless it failed.
        started_at, completed_at: ISO-8601 in the namespace's time.
        path: the steps that it took.
        turns: one for each turn of an agent, as JSON: agent, script, prompt, text, output, tool_calls, artifacts, knowledge, usage,
            nearest; `prompt` is None where it was not asked for, `nearest` are scripts that nearly answered where none did.
        variables: their values at the end.
        usage: tokens, input_tokens and output_tokens.
        scripts: names of the scripts that answered; `default` for a default answer.
        notes: what is worth knowing besides, such as a knowledge base that is not there.
        cut: whether it was too large for an answer, so that only the beginnings of its texts are there.
    """

    id: str
    turn: int
    status: str
    error: Mapping[str, str] | None
    started_at: str
    completed_at: str
    path: tuple[Move, ...]
    turns: tuple[Json, ...]
    variables: Json
    usage: Mapping[str, int]
    scripts: tuple[str, ...]
    notes: tuple[str, ...]
    cut: bool

    @property
    def agents(self) -> tuple[str, ...]:
        """Whose turns they were, in order."""
        return tuple(turn["agent"] for turn in self.turns)

    @property
    def knowledge(self) -> tuple[Json, ...]:
        """What was found in knowledge bases, in all turns: knowledge_base, source, source_id, chunk, score, text."""
        return tuple(hit for turn in self.turns for hit in turn["knowledge"])

    @property
    def unanswered(self) -> tuple[str, ...]:
        """A sentence for each answer that no script has given, which names the nearest script and what it wants."""
        return tuple(_unanswered(turn) for turn in self.turns if turn["script"] is None and turn["text"])


@dataclass(frozen=True, slots=True)
class Pause:
    """An execution that waits until a person decides about a call of a tool.

    Attributes:
        turn: which execution of the session it is, from 1.
        started_at: ISO-8601 in the namespace's time.
        tool_call_id, agent, tool, arguments: the call.
        kind: what a person is asked for: approval unless a script asks for something else.
        source: why a person is asked: mandatory, policy, tool_default or instance; None where a script alone wants it.
        prompt: what the person is told.
        question, options: of a question to the user.
    """

    turn: int
    started_at: str
    tool_call_id: str
    kind: str
    agent: str
    tool: str
    arguments: Json
    source: str | None
    prompt: str
    question: str
    options: tuple[str, ...]


class Executions(NamespaceControl):
    """Reading what happened in sessions."""

    def executions(self, session_id: str, *, tail: int = 0, prompts: bool = False) -> tuple[Execution, ...]:
        """What happened in a session, oldest first; the newest 200 of the namespace are kept.

        Args:
            session_id: of the session.
            tail: only so many of the newest; 0 for all.
            prompts: with what models would have been sent, which may be much.
        """
        wanted = {"tail": tail, **({"prompts": "true"} if prompts else {})}
        shown = self._ask("GET", f"/sessions/{quoted(session_id)}/executions", query=wanted)
        return tuple(_execution(one) for one in shown["executions"])

    def paused(self, session_id: str) -> Pause | None:
        """The execution of a session that waits until a person decides; None if none does."""
        shown = self._ask("GET", f"/sessions/{quoted(session_id)}/executions", query={"tail": 1})["paused"]
        return None if shown is None else read(Pause, shown, source=shown["source"])

    def stream(self, session_id: str, *, tail: int = 0) -> tuple[Json, ...]:
        """The newest events of a session, oldest first, as the frames that sockets are sent; 1,000 at most.

        Args:
            session_id: of the session.
            tail: only so many of the newest; 0 for all.
        """
        shown = self._ask("GET", f"/sessions/{quoted(session_id)}/events", query={"tail": tail})
        return tuple(shown["events"])


def _unanswered(turn: Json) -> str:
    near = turn["nearest"][:1]
    said = [f"; the nearest is {unmet(one['script'], one['condition'], one['wanted'], one['got'])}" for one in near]
    return f"no script answers {turn['agent']}{''.join(said) or '; there is none'}"


def _execution(shown: Mapping[str, Any]) -> Execution:
    path = tuple(read(Move, one) for one in shown["path"])
    lists = {name: tuple(shown[name]) for name in ("turns", "scripts", "notes")}
    return read(Execution, shown, path=path, **lists)
