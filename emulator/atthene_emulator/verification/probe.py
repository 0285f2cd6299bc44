"""What is asked of a service, one open question each. This module is the records, and the visit on which they are asked."""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any, Literal, NamedTuple

from atthene_emulator.domain.ids import Ids
from atthene_emulator.errors import EmulatorUnreachable
from atthene_emulator.verification.service import Answer, Service

Kind = Literal["reading", "writing"]
PREFIX = "atthene-verify-"
OK = range(200, 300)


class NotSeen(Exception):  # an event, not an error
    """The question cannot be answered here; the message says why."""


class Probe(NamedTuple):
    """One open question.

    Attributes:
        id: the decision, and after a dot which part of it.
        question: what is asked.
        decided: what the emulator does.
        kind: whether something is created to find out.
        look: what the service does; raises `NotSeen`.
    """

    id: str
    question: str
    decided: Any
    kind: Kind
    look: Callable[["Visit"], Any]


class Visit:
    """One look at a service: what is there, and what was made there and must be taken away again.

    Attributes:
        made: paths of agents and sessions that were made and not yet deleted, with what they are.
    """

    def __init__(self, service: Service, *, writes: bool) -> None:
        self.service = service
        self.writes = writes
        self.made: dict[str, str] = {}
        self._ids = Ids(None)

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """See `Service.ask`."""
        return self.service.ask(method, path, body, **options)

    def new_name(self) -> str:
        """A name that nobody else has, and that tells where it comes from."""
        return self._ids.prefixed(PREFIX)

    def flat(self, **more: Any) -> dict[str, Any]:
        """A small valid configuration with a new name."""
        return {
            "name": self.new_name(),
            "agent_type": "llm_agent",
            "system_prompt": "Answer with one word.",
            "llm_config": {"model": "gpt-4o", "temperature": 0.7},
            **more,
        }

    # What is there

    @cached_property
    def agents(self) -> list[dict[str, Any]]:
        """The account's agents, as they are listed."""
        return self._list("/agent/", "agents")

    @cached_property
    def sessions(self) -> list[dict[str, Any]]:
        """The account's sessions, as they are listed."""
        return self._list("/sessions/", "sessions")

    def _list(self, path: str, what: str) -> list[dict[str, Any]]:
        answer = self.ask("GET", path)
        if answer.status not in OK or not isinstance(answer.json, list):
            raise NotSeen(f"the list of {what} answers {answer.status}, not an array")
        return [one for one in answer.json if isinstance(one, dict)]

    def some(self, records: list[dict[str, Any]], least: int, what: str) -> list[dict[str, Any]]:
        """The records, if there are enough of them."""
        if len(records) < least:
            raise NotSeen(f"the account has {len(records)} {what}, {least} are needed")
        return records

    # What is made

    def create_agent(self, configuration: dict[str, Any] | None = None) -> Answer:
        """Make an agent, to be deleted at the end."""
        answer = self.ask("POST", "/agent/", {"system_config": configuration or self.flat()})
        if answer.status in OK and isinstance(answer.json, dict) and "id" in answer.json:
            self.made[f"/agent/{answer.json['id']}/"] = f"agent {answer.json.get('name', '')}"
        return answer

    def create_session(self, configuration: dict[str, Any] | None = None, **options: Any) -> Answer:
        """Make a session, to be deleted at the end."""
        return self.noting_session(self.ask("POST", "/sessions/", configuration or self.flat(), **options))

    def noting_session(self, answer: Answer) -> Answer:
        """Remember the session that an answer tells of."""
        if answer.status in OK and isinstance(answer.json, dict) and "session_id" in answer.json:
            self.made[f"/sessions/{answer.json['session_id']}/"] = f"session {answer.json['session_id']}"
        return answer

    @cached_property
    def agent(self) -> dict[str, Any]:
        """An agent of our own."""
        return self.needed(self.create_agent(), "an agent cannot be created")

    @cached_property
    def session_id(self) -> str:
        """A session of our own, that nothing was said in."""
        made: str = self.needed(self.create_session(), "a session cannot be created")["session_id"]
        return made

    @cached_property
    def executed(self) -> dict[str, Any]:
        """What the first message of a session of our own was answered with; `session_id` is added."""
        made = self.needed(self.create_session(), "a session cannot be created")["session_id"]
        answer = self.ask("POST", f"/runtime/{made}/execute/", {"content": "Hello", "correlation_id": "corr_verify"})
        return {**self.needed(answer, "a message cannot be sent"), "session_id_of_ours": made}

    def needed(self, answer: Answer, otherwise: str) -> dict[str, Any]:
        """The object of a success."""
        if answer.status not in OK or not isinstance(answer.json, dict):
            raise NotSeen(f"{otherwise}: {answer.status}")
        return answer.json

    def forget(self, path: str) -> None:
        """What was made there is gone already."""
        self.made.pop(path, None)

    def clean_up(self) -> list[str]:
        """Delete what was made, sessions first; what could not be deleted."""
        for path in sorted(self.made, key=lambda path: path.startswith("/agent/")):
            with suppress(EmulatorUnreachable):
                answer = self.ask("DELETE", path)
                if answer.status in OK or answer.status == 404:  # noqa: PLR2004
                    self.forget(path)
        return [f"{what} at {path}" for path, what in self.made.items()]
