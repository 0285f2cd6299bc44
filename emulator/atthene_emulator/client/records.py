"""What the control plane shows, as records. This module is those records, and how they are read from JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from atthene_emulator.contracts import ContractName

Json = dict[str, Any]

_RENAMED = {"source": "from", "target": "to"}  # `from` is no name in Python
_SHORT = 240  # characters of a body in a message


@dataclass(frozen=True, slots=True)
class Health:
    """That an emulator runs, and as what.

    Attributes:
        contract: of the namespace `default`.
        uptime_seconds: whole ones, real time.
        namespaces: how many there are.
    """

    status: str
    version: str
    contract: "ContractName"
    uptime_seconds: int
    namespaces: int


@dataclass(frozen=True, slots=True)
class NamespaceInfo:
    """A namespace in the list of all.

    Attributes:
        api_key: the one that was made for it; of `default` the first that may do everything, None if there is none.
    """

    name: str
    api_key: str | None
    base_url: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request and its answer; see the journal in the README for the fields.

    Attributes:
        at: ISO-8601 in the namespace's time.
        operation: such as runtime.execute; None for a path that there is not.
        body, response: JSON where they are JSON, else text; None for none.
        status: 0 for a request that was not answered.
        outcome: ok, default_answer, client_error, auth_error, not_found, rate_limited, fault, server_error or aborted.
        script: names of the scripts that answered; `default` for a default answer.

    As text it is a line: method, path, status, outcome, scripts.
    """

    id: str
    at: str
    operation: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: Any
    status: int
    response: Any
    duration_ms: float
    outcome: str
    session_id: str | None
    script: tuple[str, ...]
    evidence: str
    findings: tuple[str, ...]
    delivered: bool

    @property
    def content(self) -> str | None:
        """The user's text in a message to a session, its text blocks joined by line breaks; None without one."""
        content = self.body.get("content") if isinstance(self.body, dict) else None
        if isinstance(content, list):
            texts = [block.get("text", "") for block in content if isinstance(block, dict) and "text" in block]
            return "\n".join(texts)
        return content if isinstance(content, str) else None

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        scripts = f" · {', '.join(self.script)}" if self.script else ""
        return f"{self.method} {self.path}{query} → {self.status or 'no answer'} {self.outcome}{scripts}"

    def with_bodies(self) -> str:
        """The line, and one more for each body, shortened."""
        bodies = [f"    {mark} {shortened(body)}" for mark, body in ((">", self.body), ("<", self.response)) if body]
        return "\n".join([str(self), *bodies])


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: `kind` is request (`data` is an entry of the journal), control, session or gap."""

    id: int
    kind: str
    data: Json


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a snapshot; `agents` and `sessions` are how many it has, `taken_at` is ISO-8601."""

    name: str
    taken_at: str
    agents: int
    sessions: int


@dataclass(frozen=True, slots=True)
class Script:
    """A script and how often it has answered; `source` is added, scenario or seed, `times` its limit."""

    name: str
    source: str
    hits: int
    times: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault; `matched` counts the requests that it was about, `fired` those that it struck, `entry` is all that is shown."""

    id: str
    kind: str
    operation: str
    matched: int
    fired: int
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the clock of a namespace shows: `mode` is running or frozen, `now` is ISO-8601 in UTC."""

    mode: str
    now: str


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in so many seconds, for each key or each session."""

    requests: int
    per_seconds: float
    scope: str


@dataclass(frozen=True, slots=True)
class GateState:
    """A gate that is open or waited at; `waiting` is how many executions wait."""

    name: str
    open: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """What can be switched to."""

    name: str
    description: str
    active: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one node to another: `arm` is yes or no of a boolean edge, `why` is the reason."""

    source: str
    target: str
    arm: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a session.

    Attributes:
        turn: which execution of the session it is, from 1.
        status: completed, error or timeout; `error` has type and message.
        turns: one for each turn of an agent, as JSON: agent, script, prompt, text, output, tool_calls, usage.
        usage: tokens, input_tokens and output_tokens.
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

    @property
    def agents(self) -> tuple[str, ...]:
        """Whose turns they were, in order."""
        return tuple(turn["agent"] for turn in self.turns)


Record = TypeVar("Record")


def record(kind: type[Record], shown: Mapping[str, Any], **more: Any) -> Record:
    """Read what is shown; what a newer emulator shows besides is passed over."""
    names = [field.name for field in fields(kind) if field.name not in more]  # type: ignore[arg-type]
    return kind(**{name: shown[_RENAMED.get(name, name)] for name in names}, **more)


def read_entries(shown: Sequence[Mapping[str, Any]]) -> tuple[JournalEntry, ...]:
    """Entries of the journal."""
    return tuple(
        record(JournalEntry, one, script=tuple(one["script"]), findings=tuple(one["findings"])) for one in shown
    )


def read_execution(shown: Mapping[str, Any]) -> Execution:
    """An execution with its path."""
    path = tuple(record(Move, one) for one in shown["path"])
    return record(Execution, shown, path=path, turns=tuple(shown["turns"]), scripts=tuple(shown["scripts"]))


def shortened(body: Any) -> str:
    """A body in one line of bounded length."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def listed(entries: Sequence[JournalEntry]) -> str:
    """Entries below one another, with their bodies."""
    return "\n".join(f"  {one.with_bodies()}" for one in entries)
