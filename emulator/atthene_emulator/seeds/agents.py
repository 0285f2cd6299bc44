"""Agents of a seed. This module reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.seed import AgentSeed
from atthene_emulator.domain.slug import agent_key
from atthene_emulator.seeds.accounts import owner_of
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.configurations import read_configuration


def read_agents(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[AgentSeed, ...]:
    """Those of these agents that nothing is wrong with; sessions may name them from now on."""
    read = (_agent(entry, ("agents", index), so_far) for index, entry in enumerate(entries))
    return tuple(agent for agent in read if agent is not None)


def _agent(entry: Mapping[str, Any], path: Path, so_far: Collected) -> AgentSeed | None:
    owner, given = owner_of(entry, path, so_far), so_far.new_id(entry, path)
    configuration = read_configuration(entry, path, "system_config", so_far)
    if owner is None or configuration is None:
        return None
    key = agent_key(configuration.name)
    if (owner.id, key) in so_far.agents:
        so_far.wrong(path, f"{owner.id} has an agent with the key {key} already; choose another name.")
        return None
    agent = AgentSeed(
        id=given,
        owner=owner,
        key=key,
        configuration=configuration,
        created_at=so_far.time(entry, "created_at", path),
    )
    so_far.agents[owner.id, key] = agent
    return agent
