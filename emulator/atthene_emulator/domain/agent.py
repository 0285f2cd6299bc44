"""An agent as it is kept, with all its versions. This module is the records, how they are found, and how they are saved.

Times are unix seconds. Nothing here knows how it looks on the wire. Records are named tuples: they are made and copied with
every request, and a frozen dataclass takes several times as long for both.
"""

import uuid
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from atthene_emulator.configuration.accepted import Configuration
from atthene_emulator.domain.parts import Json, Saved
from atthene_emulator.domain.record_set import Kind
from atthene_emulator.domain.weight import weight

_AGENT, _VERSION = 700, 250  # bytes, without the configuration

Number = tuple[int, int, int]
FIRST: Number = (1, 0, 0)  # [documented: agents/create@G1]


class Version(NamedTuple):
    """What an agent was when it was saved once."""

    number: Number
    configuration: Configuration
    created_at: float


class Agent(NamedTuple):
    """A stored agent. `key` is unique in its account and never changes (D14).

    Attributes:
        versions: all that were saved, oldest first; the last one is the current (D60).
        is_public: pages of `origin_url` start sessions of it without a key (D66).
        is_shared: its company sees it and starts sessions of it (D51).
    """

    id: str
    key: str
    owner: str
    company: str
    created_at: float
    versions: tuple[Version, ...]
    is_public: bool = False
    is_shared: bool = False
    origin_url: str | None = None

    @property
    def current(self) -> Version:
        """The version that sessions are started from."""
        return self.versions[-1]

    @property
    def configuration(self) -> Configuration:
        """That of the current version."""
        return self.versions[-1].configuration

    @property
    def name(self) -> str:
        """What the current version calls it."""
        return self.configuration.name

    @property
    def updated_at(self) -> float:
        """When the current version was saved."""
        return self.versions[-1].created_at

    def saved(self, configuration: Configuration, now: float) -> "Agent":
        """The agent with a new current version, whose number rises in its last part (D15)."""
        major, minor, patch = self.current.number
        return self._replace(versions=(*self.versions, Version((major, minor, patch + 1), configuration, now)))

    def id_of(self, version: Version) -> str:
        """The id of one of its versions: a UUID that follows from its own id and the number (D60)."""
        digest = blake2b(f"{self.id} {version.number}".encode(), digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))


def _save(agent: Agent) -> Json:
    fields = agent._asdict()
    del fields["company"]
    versions = [
        {"number": list(one.number), "configuration": one.configuration.digest, "created_at": one.created_at}
        for one in agent.versions
    ]
    return {**fields, "versions": versions}


def _load(entry: Mapping[str, Any], saved: Saved) -> Agent:
    fields = {name: value for name, value in entry.items() if name not in ("configuration", "version", "updated_at")}
    versions = entry.get("versions") or [_only_version(entry)]
    known = {"company": saved.companies[entry["owner"]], "versions": tuple(_version(one, saved) for one in versions)}
    return Agent(**{**fields, **known})


def _only_version(entry: Mapping[str, Any]) -> Json:
    """The one version of which documents of emulator 0.1 knew."""
    return {
        "number": entry["version"],
        "configuration": entry["configuration"],
        "created_at": entry["updated_at"],
    }


def _version(entry: Mapping[str, Any], saved: Saved) -> Version:
    major, minor, patch = map(int, entry["number"])
    return Version((major, minor, patch), saved.configurations[entry["configuration"]], entry["created_at"])


AGENTS: Kind[Agent] = Kind(
    "agents",
    _save,
    _load,
    configurations_of=lambda agent: [version.configuration for version in agent.versions],
    weight=lambda agent: _AGENT + _VERSION * len(agent.versions) + weight(agent.key),
    indexes={
        "owner": lambda agent: agent.owner,
        "owner_key": lambda agent: (agent.owner, agent.key),
        "shared": lambda agent: agent.company if agent.is_shared and agent.company else None,
        "public": lambda agent: agent.key if agent.is_public else None,
        "origin": lambda agent: agent.origin_url if agent.is_public else None,
    },
    unique=frozenset({"owner_key"}),
)
