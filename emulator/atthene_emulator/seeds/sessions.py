"""Sessions of a seed, with what was said in them. This module reads them."""

from collections.abc import Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.configuration.document import Path
from atthene_emulator.domain.accounts import Account
from atthene_emulator.domain.seed import AgentSeed, MessageSeed, SessionSeed
from atthene_emulator.seeds.accounts import owner_of
from atthene_emulator.seeds.collected import Collected
from atthene_emulator.seeds.configurations import read_configuration
from atthene_emulator.seeds.uploads import read_artifacts
from atthene_emulator.wording import did_you_mean


def read_sessions(entries: Sequence[Mapping[str, Any]], so_far: Collected) -> tuple[SessionSeed, ...]:
    """Those of these sessions that have an owner and a configuration."""
    read = (_session(entry, ("sessions", index), so_far) for index, entry in enumerate(entries))
    return tuple(session for session in read if session is not None)


def _session(entry: Mapping[str, Any], path: Path, so_far: Collected) -> SessionSeed | None:
    owner, given = owner_of(entry, path, so_far), so_far.new_id(entry, path)
    agent = None
    if "agent_key" in entry:
        agent = _agent(entry["agent_key"], owner, (*path, "agent_key"), so_far) if owner else None
        configuration = agent.configuration if agent else None
    else:
        configuration = read_configuration(entry, path, "config", so_far)
    created_at, said = so_far.time(entry, "created_at", path), enumerate(entry.get("messages", ()))
    messages = tuple(_message(one, (*path, "messages", number), so_far) for number, one in said)
    artifacts = read_artifacts(entry.get("artifacts", ()), (*path, "artifacts"), so_far)
    if owner is None or configuration is None:
        return None
    variables = entry.get("variables", {})
    _check_variables(variables, configuration, (*path, "variables"), so_far)
    return SessionSeed(
        id=given,
        owner=owner,
        configuration=configuration,
        agent=agent,
        messages=messages,
        created_at=created_at,
        failed=entry.get("status") == "error",
        variables=variables,
        artifacts=artifacts,
    )


def _agent(key: str, owner: Account, path: Path, so_far: Collected) -> AgentSeed | None:
    agent = so_far.agents.get((owner.id, key))
    if agent is None and key not in so_far.refused and not so_far.may_lack_agents:
        near = did_you_mean(key, [known for account, known in so_far.agents if account == owner.id])
        so_far.wrong(path, f"{owner.id} has no agent {key}{near}")
    return agent


def _message(entry: Mapping[str, Any], path: Path, so_far: Collected) -> MessageSeed:
    return MessageSeed(role=entry["role"], content=entry["content"], created_at=so_far.time(entry, "timestamp", path))


def _check_variables(values: Mapping[str, Any], configuration: Configuration, path: Path, so_far: Collected) -> None:
    declared = configuration.system.variables if values else {}
    for name, value in values.items():
        if name not in declared:
            near = did_you_mean(name, tuple(declared))
            so_far.wrong((*path, name), f"{name} is not a variable of this configuration{near}")
        elif not declared[name].type.fits(value):
            so_far.wrong((*path, name), f"{name} must be {declared[name].type}.")
