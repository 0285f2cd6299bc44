"""The records that a namespace keeps, all frozen: account, key, agent, session. This module is the nouns.

Times are unix seconds. Nothing here knows how it looks on the wire. Records are named tuples: they are made and copied
with every request, and a frozen dataclass takes several times as long for both.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.transcript import Transcript
from atthene_emulator.execution.usage import Usage
from atthene_emulator.store import Kind

Group = Literal["agents", "sessions", "runtime"]
Phase = Literal["ready", "processing", "failed"]
Status = Literal["active", "processing", "idle", "error"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Account(NamedTuple):
    """Who owns agents and sessions."""

    id: str
    company: str


class ApiKey(NamedTuple):
    """A key of an account. `permissions` is None for everything, else the groups of operations it opens (D42)."""

    key: str
    account: Account
    expires_at: float | None = None
    permissions: frozenset[str] | None = None


class Agent(NamedTuple):
    """A stored agent. `key` is unique in its account and never changes (D14)."""

    id: str
    key: str
    owner: str
    company: str
    configuration: Configuration
    name: str
    version: tuple[int, int, int]
    created_at: float
    updated_at: float


class Session(NamedTuple):
    """One conversation. It keeps its configuration for its whole life.

    Attributes:
        phase: `processing` while an execution runs, `failed` after one that ended in an error or a timeout.
        turns: how many executions began.
        variables: the checkpoint: values of session-level variables.
        agent_id: the agent it was started from, None for an inline configuration.
        usage: estimated tokens of all its executions.
        positions: how many steps of each script with several it has used.
    """

    id: str
    owner: str
    configuration: Configuration
    created_at: float
    last_activity: float
    agent_id: str | None = None
    agent_key: str | None = None
    phase: Phase = "ready"
    turns: int = 0
    transcript: Transcript = Transcript()
    variables: Mapping[str, Any] = NOTHING
    usage: Usage = Usage()
    positions: Mapping[str, int] = NOTHING

    def status(self, now: float, idle_after: float) -> Status:
        """The session's status at a time (D40)."""
        match self.phase:
            case "processing":
                return "processing"
            case "failed":
                return "error"
            case _:
                return "idle" if now - self.last_activity >= idle_after else "active"


AGENTS: Kind[Agent] = Kind(
    "agents",
    {"owner": lambda agent: agent.owner, "owner_key": lambda agent: (agent.owner, agent.key)},
    unique=frozenset({"owner_key"}),
)
SESSIONS: Kind[Session] = Kind(
    "sessions",
    {
        "owner": lambda session: session.owner,
        "owner_agent": lambda session: (session.owner, session.agent_key) if session.agent_key else None,
    },
)
