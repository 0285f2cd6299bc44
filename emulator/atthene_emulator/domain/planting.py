"""A seed becoming records in a namespace's store. This module is that step."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from atthene_emulator.domain.records import AGENTS, SESSIONS, Agent, Session
from atthene_emulator.domain.seed import AgentSeed, MessageSeed, SessionSeed
from atthene_emulator.domain.transcript import Message, Transcript
from atthene_emulator.errors import EmulatorRefusal
from atthene_emulator.settings import Contract

if TYPE_CHECKING:
    from atthene_emulator.domain.ids import SessionStyle
    from atthene_emulator.domain.namespace import Namespace

SESSION_STYLES: dict[Contract, "SessionStyle"] = {"current": "uuid", "reference": "session_", "connecting": "sess_"}


class Planted(NamedTuple):
    """Ids of the agents and sessions that were put into the store."""

    agents: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


async def plant(agents: Iterable[AgentSeed], sessions: Iterable[SessionSeed], namespace: "Namespace") -> Planted:
    """Put agents and sessions into the store, in the order of their age (D17, D20)."""
    now = namespace.clock.now()
    kept_agents, kept_sessions = namespace.store.collection(AGENTS), namespace.store.collection(SESSIONS)
    agent_records = [_agent(seed, namespace, now) for seed in agents]
    for agent in sorted(agent_records, key=lambda agent: agent.created_at):
        await kept_agents.add(agent)
    ids = []
    for seed in sorted(sessions, key=lambda one: now if one.created_at is None else one.created_at):
        found = await kept_agents.find("owner_key", (seed.owner.id, seed.agent.key)) if seed.agent else None
        session = _session(seed, found.id if found else None, namespace, now)
        await kept_sessions.add(session)
        ids.append(session.id)
    return Planted(tuple(agent.id for agent in agent_records), tuple(ids))


async def check_room(
    agents: Iterable[AgentSeed], sessions: Iterable[SessionSeed], namespace: "Namespace", leaving: Planted
) -> None:
    """Refuse what is there already, but for what is leaving.

    Raises:
        EmulatorRefusal: 409, an agent or a session is there.
    """
    kept_agents, kept_sessions = namespace.store.collection(AGENTS), namespace.store.collection(SESSIONS)
    for agent in agents:
        there = await kept_agents.find("owner_key", (agent.owner.id, agent.key)) or await kept_agents.get(
            agent.id or ""
        )
        if there and there.id not in leaving.agents:
            raise EmulatorRefusal(
                409, f"There is an agent {agent.key} already; delete it, or reset the namespace first"
            )
    for session in sessions:
        if session.id not in leaving.sessions and await kept_sessions.get(session.id or ""):
            raise EmulatorRefusal(
                409, f"There is a session {session.id} already; delete it, or reset the namespace first"
            )


async def uproot(planted: Planted, namespace: "Namespace") -> None:
    """Take what was planted out of the store, where it is still there."""
    agents, sessions = namespace.store.collection(AGENTS), namespace.store.collection(SESSIONS)
    for agent_id in planted.agents:
        if agent := await agents.get(agent_id):
            await agents.remove(agent)
    for session_id in planted.sessions:
        if session := await sessions.get(session_id):
            await sessions.remove(session)


def _agent(seed: AgentSeed, namespace: "Namespace", now: float) -> Agent:
    created_at = now if seed.created_at is None else seed.created_at
    return Agent(
        id=seed.id or namespace.ids.uuid("agent"),
        key=seed.key,
        owner=seed.owner.id,
        company=seed.owner.company,
        configuration=seed.configuration,
        name=seed.configuration.name,
        version=(1, 0, 0),
        created_at=created_at,
        updated_at=created_at,
    )


def _session(seed: SessionSeed, agent_id: str | None, namespace: "Namespace", now: float) -> Session:
    created_at = now if seed.created_at is None else seed.created_at
    messages = [_message(message, namespace, created_at) for message in seed.messages]
    return Session(
        id=seed.id or namespace.ids.session(SESSION_STYLES[namespace.contract]),
        owner=seed.owner.id,
        configuration=seed.configuration,
        created_at=created_at,
        last_activity=max((message.created_at for message in messages), default=created_at),
        agent_id=agent_id,
        agent_key=seed.agent.key if seed.agent else None,
        phase="failed" if seed.failed else "ready",
        turns=sum(message.role == "user" for message in messages),
        transcript=Transcript().extended(messages),
        variables=dict(seed.variables),
    )


def _message(seed: MessageSeed, namespace: "Namespace", created_at: float) -> Message:
    content = seed.content if isinstance(seed.content, str) else tuple(seed.content)
    at = created_at if seed.created_at is None else seed.created_at
    return Message(namespace.ids.prefixed("msg_"), seed.role, content, at)
