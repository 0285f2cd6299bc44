"""A seed becoming records in a namespace's store. This module is that step."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emulator.domain.records import AGENTS, SESSIONS, Agent, Session
from emulator.domain.seed import AgentSeed, MessageSeed, SessionSeed
from emulator.domain.transcript import Message, Transcript
from emulator.settings import Contract

if TYPE_CHECKING:
    from emulator.domain.ids import SessionStyle
    from emulator.domain.namespace import Namespace

SESSION_STYLES: dict[Contract, "SessionStyle"] = {"current": "uuid", "reference": "session_", "connecting": "sess_"}


async def plant(agent_seeds: Iterable[AgentSeed], session_seeds: Iterable[SessionSeed], namespace: "Namespace") -> None:
    """Put agents and sessions into the store, in the place of any that are there; sessions in the order of their age."""
    now = namespace.clock.now()
    agents, sessions = namespace.store.collection(AGENTS), namespace.store.collection(SESSIONS)
    for seed in agent_seeds:
        there = await agents.find("owner_key", (seed.owner.id, seed.key)) or (seed.id and await agents.get(seed.id))
        if there:
            await agents.remove(there)
        await agents.add(_agent(seed, namespace, now))
    for one in sorted(session_seeds, key=lambda one: now if one.created_at is None else one.created_at):
        agent = await agents.find("owner_key", (one.owner.id, one.agent.key)) if one.agent else None
        before = await sessions.get(one.id) if one.id else None
        if before:
            await sessions.remove(before)
        await sessions.add(_session(one, agent.id if agent else None, namespace, now))


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
