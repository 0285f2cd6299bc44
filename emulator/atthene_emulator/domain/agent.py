"""An agent as it is kept. This module is the record, how it is found, and how it is saved.

Times are unix seconds. Nothing here knows how it looks on the wire. Records are named tuples: they are made and copied with
every request, and a frozen dataclass takes several times as long for both.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.collection import Kind
from atthene_emulator.domain.parts import Json, Saved


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


def _save(agent: Agent) -> Json:
    fields = agent._asdict()
    del fields["company"], fields["name"]
    return {**fields, "configuration": agent.configuration.digest, "version": list(agent.version)}


def _load(entry: Mapping[str, Any], saved: Saved) -> Agent:
    configuration = saved.configurations[entry["configuration"]]
    major, minor, patch = map(int, entry["version"])
    known = {"company": saved.companies[entry["owner"]], "name": configuration.name, "version": (major, minor, patch)}
    return Agent(**{**entry, **known, "configuration": configuration})


AGENTS: Kind[Agent] = Kind(
    "agents",
    _save,
    _load,
    configuration_of=lambda agent: agent.configuration,
    indexes={"owner": lambda agent: agent.owner, "owner_key": lambda agent: (agent.owner, agent.key)},
    unique=frozenset({"owner_key"}),
)
