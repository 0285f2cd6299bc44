"""Agents of a seed. This module reads them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from atthene_emulator.configuration.document import Path
from atthene_emulator.configuration.findings import Finding
from atthene_emulator.domain.agent import FIRST, Number
from atthene_emulator.domain.seed import AgentSeed, VersionSeed
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
    versions, created_at = _versions(entry, path, so_far), so_far.time(entry, "created_at", path)
    so_far.findings += _hints(entry, path)
    if owner is None or versions is None:
        so_far.refused |= _keys(entry)
        return None
    key = agent_key(versions[0].configuration.name)
    if (owner.id, key) in so_far.agents:
        so_far.wrong(path, f"{owner.id} has an agent with the key {key} already; choose another name.")
        return None
    agent = AgentSeed(
        id=given,
        owner=owner,
        key=key,
        versions=versions,
        created_at=created_at,
        is_public=entry.get("is_public", False),
        is_shared=entry.get("is_shared", False),
        origin_url=entry.get("origin_url"),
    )
    so_far.agents[owner.id, key] = agent
    return agent


def _hints(entry: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """What is written, but does nothing by itself (D66)."""
    is_public, has_origin = entry.get("is_public", False), "origin_url" in entry
    if is_public and not has_origin:
        message = "No page can start this agent: is_public needs origin_url, such as https://app.example.com."
        yield Finding("F142", (*path, "is_public"), message, severity="warning")
    if has_origin and not is_public:
        message = "No page can start this agent: origin_url needs is_public: true."
        yield Finding("F142", (*path, "origin_url"), message, severity="warning")


def _keys(entry: Mapping[str, Any]) -> set[str]:
    """The keys that an agent with mistakes may have been meant to have."""
    written = [one.get("system_config") for one in (entry, *entry.get("earlier_versions", ()))]
    names = [one.get("name") for one in written if isinstance(one, Mapping)]
    return {agent_key(name) for name in names if isinstance(name, str)}


def _versions(entry: Mapping[str, Any], path: Path, so_far: Collected) -> tuple[VersionSeed, ...] | None:
    """Its earlier versions and then the current one, whose numbers count up; None if one of them is wrong."""
    earlier = enumerate(entry.get("earlier_versions", ()))
    entries = [*((one, (*path, "earlier_versions", number)) for number, one in earlier), (entry, path)]
    versions: list[VersionSeed] = []
    for one, place in entries:
        configuration = read_configuration(one, place, "system_config", so_far)
        number = _number(one, place, versions[-1].number if versions else None, so_far)
        if configuration is None:
            return None
        created_at = None if one is entry else so_far.time(one, "created_at", place)
        versions.append(VersionSeed(number, configuration, created_at))
    return tuple(versions)


def _number(entry: Mapping[str, Any], path: Path, before: Number | None, so_far: Collected) -> Number:
    """The number of a version: the one that is given, else the next one."""
    following = FIRST if before is None else (*before[:2], before[2] + 1)
    if "version_number" not in entry:
        return following
    major, minor, patch = map(int, entry["version_number"].split("."))
    if before is not None and (major, minor, patch) <= before:
        earlier = ".".join(map(str, before))
        so_far.wrong((*path, "version_number"), f"{entry['version_number']} must be later than {earlier}.")
    return major, minor, patch
