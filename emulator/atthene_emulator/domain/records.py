"""The agents and sessions of a namespace, loaded from a seed. This module is that part."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from atthene_emulator.contracts import CONTRACTS, USUAL, SessionStyle
from atthene_emulator.domain.agent import AGENTS, Agent, Version
from atthene_emulator.domain.artifact import ARTIFACTS, Artifact
from atthene_emulator.domain.clock import Clock
from atthene_emulator.domain.feedback import FEEDBACK, Feedback
from atthene_emulator.domain.file import FILES, File
from atthene_emulator.domain.ids import Ids
from atthene_emulator.domain.image import IMAGES, Image
from atthene_emulator.domain.parts import Json, Saved, SavedPart
from atthene_emulator.domain.record_set import Kind, RecordSet
from atthene_emulator.domain.seed import AgentSeed, MessageSeed, Seed, SessionSeed
from atthene_emulator.domain.session import SESSIONS, Session
from atthene_emulator.domain.transcript import Message, Transcript
from atthene_emulator.errors import Conflict

KINDS: tuple[Kind[Any], ...] = (AGENTS, SESSIONS, FEEDBACK, FILES, ARTIFACTS, IMAGES)


class Loaded(NamedTuple):
    """Ids of agents and sessions that were loaded together."""

    agents: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


class Records(SavedPart):
    """A set for each kind of records.

    Args:
        ids, clock: of the namespace.
    """

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock
        self._all = {kind.name: RecordSet(kind) for kind in KINDS}
        self.agents: RecordSet[Agent] = self._all[AGENTS.name]
        self.sessions: RecordSet[Session] = self._all[SESSIONS.name]
        self.feedback: RecordSet[Feedback] = self._all[FEEDBACK.name]
        self.files: RecordSet[File] = self._all[FILES.name]
        self.artifacts: RecordSet[Artifact] = self._all[ARTIFACTS.name]
        self.images: RecordSet[Image] = self._all[IMAGES.name]
        # Those that name bytes, in their index `content`.
        self.with_content: tuple[RecordSet[Any], ...] = (self.files, self.artifacts, self.images)

    def reset(self, seed: Seed) -> None:
        """Keep just what the seed has."""
        self.clear()
        self.load_seeds(seed.agents, seed.sessions, seed)

    def clear(self) -> None:
        """Keep nothing."""
        for each in self._all.values():
            each.clear()

    def save(self) -> Json:
        """Lists of records, and the configurations that they name by digest."""
        named = {
            configuration.digest: configuration
            for each in self._all.values()
            for record in each
            for configuration in each.kind.configurations_of(record)
        }
        return {
            "configurations": {digest: configuration.value for digest, configuration in named.items()},
            **{name: list(map(each.kind.save, each)) for name, each in self._all.items()},
        }

    def load(self, saved: Saved) -> None:
        """Keep just what was saved."""
        self.clear()
        for name, each in self._all.items():
            for entry in saved.document.get(name, ()):
                each.add(each.kind.load(entry, saved))

    def copy(self) -> Any:
        """References to all records."""
        return [each.copy() for each in self._all.values()]

    def restore(self, copied: Any) -> None:
        """Keep just what was copied."""
        for each, one in zip(self._all.values(), copied, strict=True):
            each.restore(one)

    @property
    def weight(self) -> int:
        """How many bytes all records take, roughly."""
        return sum(each.weight for each in self._all.values())

    def load_seeds(self, agents: Iterable[AgentSeed], sessions: Iterable[SessionSeed], seed: Seed) -> Loaded:
        """Add agents and sessions, in the order of their age (D17, D20); `seed` tells the contract."""
        now, style = self._clock.now(), CONTRACTS[seed.contract or USUAL.name].session_ids
        loaded = [self._agent(one, now) for one in agents]
        for agent in sorted(loaded, key=lambda agent: agent.created_at):
            self.agents.add(agent)
        ids = []
        for one in sorted(sessions, key=lambda one: now if one.created_at is None else one.created_at):
            found = self.agents.find("owner_key", (one.owner.id, one.agent.key)) if one.agent else None
            session = self._session(one, found.id if found else None, style, now, seed.history_limit)
            self.sessions.add(session)
            ids.append(session.id)
        return Loaded(tuple(agent.id for agent in loaded), tuple(ids))

    def check_room(self, agents: Iterable[AgentSeed], sessions: Iterable[SessionSeed], leaving: Loaded) -> None:
        """Refuse seeds of what is there already, but for what is leaving.

        Raises:
            Conflict: an agent or a session is there.
        """
        for agent in agents:
            there = self.agents.find("owner_key", (agent.owner.id, agent.key)) or self.agents.get(agent.id)
            if there and there.id not in leaving.agents:
                raise _there_already("an agent", agent.key)
        for session in sessions:
            if session.id not in leaving.sessions and self.sessions.get(session.id):
                raise _there_already("a session", session.id or "")

    def unload(self, loaded: Loaded) -> None:
        """Forget what was loaded, where it is still there."""
        for agent_id in loaded.agents:
            self.agents.remove(agent_id)
        for session_id in loaded.sessions:
            self.sessions.remove(session_id)

    def _agent(self, seed: AgentSeed, now: float) -> Agent:
        created_at = now if seed.created_at is None else seed.created_at
        return Agent(
            id=seed.id or self._ids.uuid("agent"),
            key=seed.key,
            owner=seed.owner.id,
            company=seed.owner.company,
            created_at=created_at,
            versions=tuple(
                Version(one.number, one.configuration, created_at if one.created_at is None else one.created_at)
                for one in seed.versions
            ),
            is_public=seed.is_public,
            is_shared=seed.is_shared,
            origin_url=seed.origin_url,
        )

    def _session(
        self, seed: SessionSeed, agent_id: str | None, style: SessionStyle, now: float, history_limit: int
    ) -> Session:
        created_at = now if seed.created_at is None else seed.created_at
        messages = [self._message(message, created_at) for message in seed.messages]
        return Session(
            id=seed.id or self._ids.session(style),
            owner=seed.owner.id,
            configuration=seed.configuration,
            created_at=created_at,
            last_activity=max((message.created_at for message in messages), default=created_at),
            agent_id=agent_id,
            agent_key=seed.agent.key if seed.agent else None,
            failed=seed.failed,
            turns=sum(message.role == "user" for message in messages),
            transcript=Transcript().extended(messages, history_limit),
            variables=dict(seed.variables),
        )

    def _message(self, seed: MessageSeed, created_at: float) -> Message:
        content = seed.content if isinstance(seed.content, str) else tuple(seed.content)
        at = created_at if seed.created_at is None else seed.created_at
        return Message(self._ids.prefixed("msg_"), seed.role, content, at)


def _there_already(kind: str, name: str) -> Conflict:
    return Conflict(f"There is {kind} {name} already; delete it, or reset the namespace first")
