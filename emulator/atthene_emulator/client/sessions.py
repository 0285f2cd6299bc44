"""The sessions of a namespace, whoever made them. This module is that part of the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict, Unpack

from atthene_emulator.client.connection import NamespaceControl, quoted
from atthene_emulator.client.reading import Json, read


class SessionFilters(TypedDict, total=False):
    """Which sessions are meant: `config_hash` may be the beginning of one, `q` is a part of the session's id."""

    status: str
    agent_key: str
    config_hash: str
    q: str


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session in the list of all.

    Attributes:
        session_id: names it.
        owner: id of its account.
        user: the end user that it was made for, if any.
        agent_id, agent_key: of the agent that it was started from, if any.
        configuration: name and config_hash of the one that it keeps.
        status: active, processing, idle or error.
        waits_for: what its execution waits for: `{"gate": name}`, `{"pause": tool_call_id}` or `{"time": True}`; None where
            none runs.
        turns: how many executions began.
        message_count: how many messages its history has.
        created_at, last_activity: ISO-8601 in the namespace's time.
    """

    session_id: str
    owner: str
    user: str | None
    agent_id: str | None
    agent_key: str | None
    configuration: Mapping[str, str]
    status: str
    waits_for: Json | None
    turns: int
    message_count: int
    created_at: str
    last_activity: str


@dataclass(frozen=True, slots=True)
class SessionDetails(SessionInfo):
    """A session by itself.

    Attributes:
        session_id, owner, user, agent_id, agent_key, configuration, status, waits_for, turns, message_count, created_at,
            last_activity: as in the list.
        api_key: a key that may use it, if one may that the caller may know.
        usage: estimated tokens, input_tokens and output_tokens.
        variables: values of those that the session keeps.
        running: the execution that is on its way: turn, started_at, content, agent and seconds_left; None if none is.
    """

    api_key: str | None
    usage: Mapping[str, int]
    variables: Json
    running: Json | None


class Sessions(NamespaceControl):
    """Reading sessions."""

    def sessions(
        self, *, limit: int = 50, offset: int = 0, **filters: Unpack[SessionFilters]
    ) -> tuple[SessionInfo, ...]:
        """Sessions of all accounts, newest activity first; 500 at most at a time."""
        shown = self._ask("GET", "/sessions", query={"limit": limit, "offset": offset, **filters})
        return tuple(read(SessionInfo, one) for one in shown)

    def session(self, session_id: str) -> SessionDetails:
        """A session with its usage, its variables and a key that may use it."""
        return read(SessionDetails, self._ask("GET", f"/sessions/{quoted(session_id)}"))

    def messages(self, session_id: str, *, tail: int = 500) -> tuple[Json, ...]:
        """The newest messages of a session, oldest first, as its owner is shown them; 500 at most."""
        shown = self._ask("GET", f"/sessions/{quoted(session_id)}/messages", query={"tail": tail})
        return tuple(shown["messages"])
